//! A stored token and a signed one may have the same name: they are two who ask, and share nothing.

use std::sync::Arc;

use menagerie::api::viewer::Role;
use menagerie::http::Settings;
use menagerie::http::auth::Signed;
use menagerie::limits::Limit;
use reqwest::Response;
use serde_json::{Value as Json, json};

use super::issuer::{ED, claims, set_of};
use super::made;
use crate::support::{TestApp, client, settings};

/// A server that accepts stored and signed tokens, and two of an editor's that are both called `keeper`.
async fn two_keepers(change: impl FnOnce(&mut Settings)) -> (TestApp, String, String) {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), set_of(&[&ED])).expect("written");
    let signed = Signed::new(super::issuer::settings(&file.path().display().to_string())).await;
    let mut settings = Settings {
        signed: Some(Arc::new(signed.expect("the keys are read"))),
        ..settings()
    };
    change(&mut settings);
    let app = TestApp::set(settings).await;
    let stored = made(&app, "keeper", Role::Editor, None).await;
    let mut claims = claims();
    claims["role"] = json!("editor");
    (app, stored, ED.sign(&claims))
}

async fn ask(app: &TestApp, token: &str, query: &str, variables: Json) -> Response {
    let request = client().post(format!("{}/graphql", app.address)).bearer_auth(token);
    let request = request.json(&json!({ "query": query, "variables": variables }));
    request.send().await.expect("an answer")
}

async fn data(app: &TestApp, token: &str, query: &str, variables: Json) -> Json {
    let mut body: Json = ask(app, token, query, variables).await.json().await.expect("JSON");
    assert!(body.get("errors").is_none(), "{body:#}");
    body["data"].take()
}

#[tokio::test]
async fn a_stored_and_a_signed_token_of_one_name_share_no_keys_and_no_name_in_the_history() {
    let (app, stored, signed) = two_keepers(|_| {}).await;
    let create =
        "mutation($input: CreateSourceInput!) { createSource(input: $input) { source { id } userErrors { code } } }";
    let input = json!({ "input": { "title": "A source", "kind": "DATASET", "idempotencyKey": "1" } });
    let mut ids = Vec::new();
    for token in [&stored, &signed, &stored, &signed] {
        let made = data(&app, token, create, input.clone()).await;
        assert_eq!(made["createSource"]["userErrors"], json!([]), "{made:#}");
        ids.push(made["createSource"]["source"]["id"].as_str().expect("an id").to_owned());
    }
    assert_ne!(ids[0], ids[1], "the key of one is none of the other's");
    assert_eq!(ids[..2], ids[2..], "each is made once");

    for (id, by) in [(&ids[0], "keeper"), (&ids[1], "keeper@https://issuer.example/")] {
        let query = format!("{{ history(id: {id:?}) {{ nodes {{ by }} }} }}");
        let told = data(&app, &stored, &query, json!({})).await;
        assert_eq!(told["history"]["nodes"], json!([{ "by": by }]), "{told:#}");
    }
}

#[tokio::test]
async fn a_stored_and_a_signed_token_of_one_name_share_no_points() {
    let (app, stored, signed) = two_keepers(|settings| settings.config.limits.set(Limit::PointsPerMinute, 1_000)).await;
    let dear = "{ gifts(first: 60) { totalCount nodes { id } } }";
    let status = async |token: &str| ask(&app, token, dear, json!({})).await.status().as_u16();
    for token in [&stored, &signed] {
        assert_eq!(status(token).await, 200);
        let mut spent = 200;
        while spent == 200 {
            spent = status(token).await;
        }
        assert_eq!(spent, 429, "they run out for one");
    }
}
