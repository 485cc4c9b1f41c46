//! Answers that a client has already: entity tags of what is read by GET, and 304 (RFC 9110, 13.1.2 and 15.4.5).

use reqwest::RequestBuilder;
use serde_json::json;

use super::{Answer, Door, encoded};
use crate::support::{TestApp, settings};

const QUERY: &str = "{ gifts(first: 1) { totalCount nodes { title } } }";

fn reading(door: &Door, query: &str) -> RequestBuilder {
    door.get(&format!("/graphql?query={}", encoded(query)))
}

#[tokio::test]
async fn whoever_has_the_answer_is_told_so_until_the_data_changes() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    let first = Answer::to(reading(&door, QUERY)).await;
    first.data();
    let tag = first.header("etag");
    assert!(tag.starts_with('"') && tag.ends_with('"'), "{tag} is strong");
    let cases = [
        (tag.clone(), 304),
        (format!("W/{tag}"), 304),
        (format!("\"a\", {tag} , W/\"b\""), 304),
        ("*".into(), 304),
        ("W/\"a\"".into(), 200),
        ("a, *".into(), 200),
    ];
    for (held, status) in &cases {
        let again = Answer::to(reading(&door, QUERY).header("if-none-match", held)).await;
        assert_eq!((again.status, again.header("etag")), (*status, tag.clone()), "{held}");
        assert_eq!(again.body.is_empty(), *status == 304, "{held}");
        assert_eq!(again.header("cache-control"), "private, no-cache", "{held}");
        for name in ["accept", "accept-encoding", "authorization"] {
            assert!(again.varies_by(name), "{name}: {}", again.header("vary"));
        }
        assert!(!again.header("x-request-id").is_empty());
        assert_eq!(again.header("content-type").is_empty(), *status == 304, "{held}");
    }
    let not_sent = door.metric("menagerie_requests_total{kind=\"query\",status_class=\"3xx\"}");
    assert_eq!(not_sent, 4.0);

    app.load(&["article"]).await;
    let changed = Answer::to(reading(&door, QUERY).header("if-none-match", &tag)).await;
    assert_ne!(changed.data(), first.data());
    assert_ne!(changed.header("etag"), tag);
}

#[tokio::test]
async fn each_encoding_of_an_answer_has_a_tag_of_its_own_and_all_are_known_again() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    let query = "{ __schema { types { name description } } }";
    let plain = Answer::to(reading(&door, query)).await;
    let mut tags = vec![plain.header("etag")];
    for encoding in ["gzip", "br"] {
        let asking = || reading(&door, query).header("accept-encoding", encoding);
        let packed = Answer::to(asking()).await;
        assert_eq!(packed.header("content-encoding"), encoding);
        assert!(packed.body.len() < plain.body.len(), "{encoding}");
        tags.push(packed.header("etag"));
        // Whoever has it in another encoding has it.
        for tag in &tags {
            let again = Answer::to(asking().header("if-none-match", tag)).await;
            let found = (again.status, again.header("content-encoding"), again.header("etag"));
            assert_eq!(found, (304, String::new(), packed.header("etag")), "{encoding}: {tag}");
        }
    }
    tags.dedup();
    assert_eq!(tags.len(), 3, "strong tags name bytes");
}

#[tokio::test]
async fn what_may_be_different_the_next_time_has_no_tag() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    let posted = door.post(&json!({ "query": QUERY }));
    let cases = [
        ("by POST", posted, 200),
        (
            "with its cost",
            reading(&door, QUERY).header("x-menagerie-cost", "1"),
            200,
        ),
        (
            "with an error of a field",
            reading(&door, "{ node(id: \"x\") { id } }"),
            294,
        ),
        ("that is refused", reading(&door, "{ nothing }"), 422),
        (
            "that is refused, as JSON",
            reading(&door, "{ nothing }").header("accept", "application/json"),
            422,
        ),
        ("without a document", door.get("/graphql"), 422),
    ];
    for (name, request, status) in cases {
        let answer = Answer::to(request.header("if-none-match", "*")).await;
        assert_eq!(
            (answer.status, answer.header("etag")),
            (status, String::new()),
            "{name}: {}",
            answer.json
        );
        assert_eq!(answer.header("cache-control"), "no-store", "{name}");
        assert!(!answer.body.is_empty(), "{name}");
    }
}
