//! `.graphqlrc.yml`, by which editors find the schema and its documents: it names all of them, and they are valid.

use serde_json::{Value as Json, json};

use super::lines;
use crate::house::files;

#[tokio::test]
async fn every_document_is_in_the_configuration_for_editors_and_valid() {
    let projects = lines("configured.mjs", &[]).await;
    let wrong: Vec<&Json> = projects
        .iter()
        .filter(|project| project["mistakes"] != json!([]))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");

    let mut named: Vec<&str> = projects
        .iter()
        .flat_map(|project| project["files"].as_array().expect("files"))
        .filter_map(Json::as_str)
        .collect();
    named.sort_unstable();
    let schemas = ["schema/released.graphql", "schema/schema.graphql"];
    let there: Vec<String> = files()
        .into_iter()
        .map(|file| file.path)
        .filter(|path| path.ends_with(".graphql") && !schemas.contains(&path.as_str()))
        .collect();
    assert_eq!(named, there, "each document is in one project");
}
