//! Random mutations, counted by what they changed: each response key runs once, however often it is selected.

use menagerie::api::viewer::Role;
use serde_json::{Value as Json, json};

use super::{found, none_differs};
use crate::identity::made;
use crate::support::{TestApp, client};

#[tokio::test]
async fn a_mutation_runs_once_for_each_response_key_also_behind_one_that_failed() {
    let app = TestApp::with(&["article"]).await;
    let token = made(&app, "ed", Role::Editor, None).await;
    let arguments = [
        app.address.as_str(),
        "--token",
        &token,
        "--count",
        "150",
        "--seed",
        "14",
    ];
    let (differing, summary) = found("mutations.mjs", &arguments).await;
    none_differs(&differing, &summary);
    let number = |name: &str| summary[name].as_u64().unwrap_or_default();
    assert!(number("checked") >= 140, "{summary:#}");
    assert!(number("occurrences") >= 2 * number("roots"), "{summary:#}");
    assert!(number("failing") >= 15, "{summary:#}");
}

#[tokio::test]
async fn a_mutation_of_which_nothing_is_selected_answers_with_nothing_and_one_whose_payload_is_not_runs() {
    let app = TestApp::with(&["article"]).await;
    let token = made(&app, "ed", Role::Editor, None).await;
    let ask = async |query: &str| -> Json {
        let request = client()
            .post(format!("{}/graphql", app.address))
            .bearer_auth(&token)
            .json(&json!({ "query": query }));
        request.send().await.expect("an answer").json().await.expect("JSON")
    };
    let before = app.query("{ sources { totalCount } }").await["sources"]["totalCount"].as_u64();
    let nothing = "...@include(if: false) { __typename }";
    assert_eq!(ask(&format!("mutation {{ {nothing} }}")).await, json!({ "data": {} }));
    let create = "createSource(input: { title: \"A page\", kind: WEB_PAGE })";
    assert_eq!(
        ask(&format!("mutation {{ {create} {{ {nothing} }} }}")).await,
        json!({ "data": { "createSource": {} } })
    );
    assert_eq!(
        ask(&format!(
            "mutation {{ {create} {{ source {{ {nothing} }} userErrors {{ {nothing} }} }} }}"
        ))
        .await,
        json!({ "data": { "createSource": { "source": {}, "userErrors": [] } } })
    );
    let after = app.query("{ sources { totalCount } }").await["sources"]["totalCount"].as_u64();
    assert_eq!(after, before.map(|count| count + 2));
}
