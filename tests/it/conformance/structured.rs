//! The structured data of the pages, held against schema.org's vocabulary by the types of `schema-dts`.

use std::collections::BTreeSet;

use super::found;
use crate::support::TestApp;

#[tokio::test]
async fn the_linked_data_of_every_kind_of_page_is_valid_schema_org() {
    let app = TestApp::with(&["article", "history"]).await;
    let (pages, summary) = found("structured.mjs", &[&app.address]).await;
    let wrong: Vec<_> = pages
        .iter()
        .filter(|page| page["mistakes"] != serde_json::json!([]))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(summary["elsewhere"], serde_json::json!([]), "the compiler itself");
    let kinds: BTreeSet<&str> = pages.iter().filter_map(|page| page["type"].as_str()).collect();
    let expected = [
        "Claim",
        "CollectionPage",
        "Country",
        "CreativeWork",
        "Dataset",
        "Event",
        "GiveAction",
        "Taxon",
    ];
    assert_eq!(kinds, BTreeSet::from(expected), "some kind of page is not looked at");
}
