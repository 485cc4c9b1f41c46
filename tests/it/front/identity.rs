//! Who asks, by the header `Authorization`: what each form of it gets over HTTP. How tokens are judged is tested in
//! `identity`.

use menagerie::api::viewer::Role;
use serde_json::json;

use super::{Answer, Door, encoded};
use crate::identity::made;
use crate::support::{TestApp, settings};

async fn with(door: &Door, authorization: Option<&str>) -> Answer {
    let request = door.post(&json!({ "query": "{ __typename }" }));
    Answer::to(match authorization {
        Some(value) => request.header("authorization", value),
        None => request,
    })
    .await
}

#[track_caller]
fn is_unknown(answer: &Answer) {
    answer.is_refused(401, "UNAUTHENTICATED");
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    assert!(answer.message().contains("accepted is"), "{}", answer.message());
}

#[tokio::test]
async fn one_may_read_without_a_token_unless_that_is_turned_off() {
    let app = TestApp::empty().await;
    let token = format!("Bearer {}", made(&app, "dashboard", Role::Reader, None).await);
    let open = Door::over(&app, settings());
    with(&open, None).await.data();
    with(&open, Some(&token)).await.data();
    let mut settings = settings();
    settings.config.anonymous = false;
    let closed = Door::over(&app, settings);
    is_unknown(&with(&closed, None).await);
    let by_get = Answer::to(closed.get(&format!("/graphql?query={}", encoded("{ __typename }")))).await;
    is_unknown(&by_get);
    with(&closed, Some(&token)).await.data();
    // Whether the server is alive is no secret.
    assert_eq!(Answer::to(closed.get("/healthz")).await.status, 200);
}

#[tokio::test]
async fn the_schema_is_for_those_who_may_read() {
    let app = TestApp::empty().await;
    let token = made(&app, "dashboard", Role::Reader, None).await;
    let mut closed = settings();
    closed.config.anonymous = false;
    let (open, closed) = (Door::over(&app, settings()), Door::over(&app, closed));
    let schema = |door: &Door| door.get("/schema.graphql");
    let file = Answer::to(schema(&open)).await;
    assert_eq!(file.status, 200);
    assert!(String::from_utf8_lossy(&file.body).contains("type Query"));
    is_unknown(&Answer::to(schema(&closed)).await);
    let head = closed.client.head(format!("{}/schema.graphql", closed.address));
    assert_eq!(Answer::to(head).await.status, 401);
    let shown = Answer::to(schema(&closed).bearer_auth(&token)).await;
    assert_eq!((shown.status, shown.body), (200, file.body));
    for door in [&open, &closed] {
        is_unknown(&Answer::to(schema(door).bearer_auth("x")).await);
    }
}

#[tokio::test]
async fn a_token_that_does_not_hold_is_refused_also_where_one_may_be_anonymous() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    let revoked = made(&app, "revoked", Role::Admin, None).await;
    with(&door, Some(&format!("Bearer {revoked}"))).await.data();
    assert_eq!(app.store.revoke_token("revoked", "the tests").await.ok(), Some(true));
    let unknown = menagerie::store::tokens::random().expect("random numbers");
    for header in [
        format!("Bearer {revoked}"),
        format!("Bearer {unknown}"),
        format!("Basic {unknown}"),
        unknown.clone(),
        "Bearer".into(),
        String::new(),
        "Bearer é".into(),
        "Bearer eyJhbGciOiJub25lIn0.e30.".into(),
    ] {
        let answer = with(&door, Some(&header)).await;
        is_unknown(&answer);
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(!body.contains(&revoked) && !body.contains(&unknown), "{body}");
    }
}

#[tokio::test]
async fn a_header_that_is_given_twice_is_refused() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    let token = format!("Bearer {}", made(&app, "dashboard", Role::Reader, None).await);
    let request = door.post(&json!({ "query": "{ __typename }" }));
    let request = request.header("authorization", &token).header("authorization", &token);
    is_unknown(&Answer::to(request).await);
}

/// The header proves that a page asked first, which says nothing of whether its token holds.
#[tokio::test]
async fn a_browser_that_sends_a_token_is_asked_for_no_other_header() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    let token = format!("Bearer {}", made(&app, "dashboard", Role::Reader, None).await);
    let path = format!("/graphql?query={}", encoded("{ __typename }"));
    let request = || door.get(&path).header("sec-fetch-site", "cross-site");
    Answer::to(request()).await.is_refused(403, "FORBIDDEN");
    Answer::to(request().header("authorization", &token)).await.data();
    is_unknown(&Answer::to(request().header("authorization", "Bearer x")).await);
}
