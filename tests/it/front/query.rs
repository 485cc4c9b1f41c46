//! The method QUERY (RFC 10008): a question with a body, which changes nothing and whose answer can be kept.

use reqwest::{Method, RequestBuilder};
use serde_json::json;

use super::{Answer, Door};
use crate::support::{TestApp, settings};

fn query(door: &Door, body: &serde_json::Value) -> RequestBuilder {
    let method = Method::from_bytes(b"QUERY").expect("a method");
    let request = door.client.request(method, format!("{}/graphql", door.address));
    request
        .header("content-type", "application/json")
        .body(body.to_string())
}

#[tokio::test]
async fn a_question_by_query_is_answered_as_by_post_and_not_sent_again() {
    let app = TestApp::with(&["article"]).await;
    let door = Door::over(&app, settings());
    let title = "query($s: String!) { gift(slug: $s) { title total { text } } }";
    let body = |slug: &str| json!({ "query": title, "variables": { "s": slug } });
    let posted = Answer::to(door.post(&body("cn-kr"))).await;
    let queried = Answer::to(query(&door, &body("cn-kr"))).await;
    assert_eq!((queried.status, &queried.body), (200, &posted.body));
    let tag = queried.header("etag");
    assert!(tag.starts_with('"') && posted.header("etag").is_empty(), "{tag}");
    let again = Answer::to(query(&door, &body("cn-kr")).header("if-none-match", &tag)).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    // The body is a part of the question.
    let other = Answer::to(query(&door, &body("cn-jp")).header("if-none-match", &tag)).await;
    assert_eq!(other.status, 200);
    assert_ne!(other.header("etag"), tag);
}

#[tokio::test]
async fn nothing_is_changed_by_query() {
    let app = TestApp::with(&["article"]).await;
    let door = Door::over(&app, settings());
    let before = app.store.commands_sent();
    let mutation = json!({ "query": "mutation { resetSets(input: { sets: [\"article\"] }) { userErrors { code } } }" });
    let refused = Answer::to(query(&door, &mutation)).await;
    refused.is_refused(405, "BAD_USER_INPUT");
    assert_eq!(
        (refused.header("allow"), refused.header("accept-query")),
        ("GET, POST, QUERY".into(), "\"application/json\"".into())
    );
    assert_eq!(app.store.commands_sent(), before);
}

#[tokio::test]
async fn a_body_of_query_is_read_with_the_same_care() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    let good = json!({ "query": "{ __typename }" });
    let method = Method::from_bytes(b"QUERY").expect("a method");
    let bare = || door.client.request(method.clone(), format!("{}/graphql", door.address));
    Answer::to(bare().body(good.to_string()))
        .await
        .is_refused(415, "BAD_USER_INPUT");
    let form = bare().header("content-type", "text/plain").body(good.to_string());
    Answer::to(form).await.is_refused(415, "BAD_USER_INPUT");
    let long = json!({ "query": format!("{{ __typename }} # {}", "x".repeat(2_000_000)) });
    assert_eq!(Answer::to(query(&door, &long)).await.status, 413);
    let options = Answer::to(
        door.client
            .request(Method::OPTIONS, format!("{}/graphql", door.address)),
    )
    .await;
    assert_eq!(options.header("accept-query"), "\"application/json\"");
}
