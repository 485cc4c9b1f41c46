//! Every composite field of the schema with nothing selected of it: it answers `{}` where there is an object.

use std::collections::BTreeSet;

use menagerie::api::viewer::Role;
use serde_json::{Value as Json, json};

use super::lines;
use crate::identity::made;
use crate::support::{TestApp, client};

/// Fields for which no document of the sets has data, with the reason.
const EMPTY: [(&str, &str); 1] = [(
    "Place.location",
    "no source says where in a city a gift was handed over",
)];

/// The types that Query does not lead to: what mutations and subscriptions answer with.
fn beyond_queries(name: &str) -> bool {
    name.ends_with("Payload")
        || [
            "Change",
            "GiftChange",
            "Mutation",
            "Subscription",
            "RowError",
            "SetReset",
            "UserError",
        ]
        .contains(&name)
}

/// Every composite field of the types that Query leads to: `Type.field`.
async fn composite_fields(app: &TestApp) -> BTreeSet<String> {
    let schema = app
        .query("{ __schema { types { name kind fields(includeDeprecated: true) { name type { kind ofType { kind ofType { kind ofType { kind } } } } } } } }")
        .await;
    let is_composite = |field: &Json| {
        let mut of = &field["type"];
        while of["ofType"].is_object() {
            of = &of["ofType"];
        }
        ["OBJECT", "INTERFACE", "UNION"].contains(&of["kind"].as_str().unwrap_or_default())
    };
    let list = |value: &Json| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Json| value["name"].as_str().expect("a name").to_owned();
    let types = list(&schema["__schema"]["types"]).into_iter();
    types
        .filter(|found| found["kind"] == "OBJECT" && !beyond_queries(&text(found)))
        .flat_map(|found| {
            let fields = list(&found["fields"]).into_iter().filter(is_composite);
            let name = text(&found);
            fields
                .map(move |field| format!("{name}.{}", text(&field)))
                .collect::<Vec<_>>()
        })
        .chain(["Query.__schema", "Query.__type"].map(str::to_owned))
        .collect()
}

#[tokio::test]
async fn every_composite_field_answers_an_empty_object_where_nothing_is_selected_of_it() {
    let app = TestApp::with(&["article", "history"]).await;
    app.is_indexed().await;
    let token = made(&app, "admin", Role::Admin, None).await;
    // A document with a history.
    let update = "mutation { updateGift(input: { id: \"gift_cn-kr\", title: \"Pandas\" }) { userErrors { message } } }";
    let request = client()
        .post(format!("{}/graphql", app.address))
        .bearer_auth(&token)
        .json(&json!({ "query": update }));
    let answer: Json = request.send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!(answer["data"]["updateGift"]["userErrors"], json!([]), "{answer}");

    let lines = lines("nothing.mjs", &[&app.address, "--token", &token]).await;
    let wrong: Vec<String> = lines
        .iter()
        .filter(|line| line.get("found").is_some())
        .map(Json::to_string)
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        lines.len(),
        wrong.join("\n")
    );

    let name = |line: &Json| {
        format!(
            "{}.{}",
            line["type"].as_str().unwrap_or_default(),
            line["field"].as_str().unwrap_or_default()
        )
    };
    let with_data: BTreeSet<String> = lines
        .iter()
        .filter(|line| line["objects"].as_u64() > Some(0))
        .map(name)
        .collect();
    let missing: Vec<String> = composite_fields(&app)
        .await
        .into_iter()
        .filter(|field| !with_data.contains(field))
        .collect();
    let known: Vec<&str> = EMPTY.iter().map(|(field, _)| *field).collect();
    assert_eq!(missing, known, "fields without data");
}
