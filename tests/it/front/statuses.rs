//! Each kind of request in each media type: status, content type, headers, code, and whether there is data.

use std::collections::HashSet;

use menagerie::config::StatusText;
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::kinds::{GOOD, JSON, ROWS, Sent, request};
use super::{Answer, Door, GRAPHQL_RESPONSE, encoded};
use crate::support::{TestApp, settings};

#[tokio::test]
async fn every_kind_of_request_has_its_status_in_each_media_type_and_text() {
    let app = TestApp::empty().await;
    let mut ids = HashSet::new();
    for text in [StatusText::Of2026, StatusText::Of2025] {
        let mut settings = settings();
        settings.config.http_statuses = text;
        let door = Door::over(&app, settings);
        for &(name, ref sent, of_2026, of_2025, older, code) in ROWS {
            let newer = if text == StatusText::Of2026 { of_2026 } else { of_2025 };
            for (accept, status) in [(GRAPHQL_RESPONSE, newer), (JSON, older)] {
                let answer = Answer::to(request(&door, sent, accept)).await;
                let place = format!("{name} as {accept} by {text:?}: {}", answer.json);
                assert_eq!(answer.status, status, "{place}");
                has_its_headers(&answer, accept, &place);
                assert_eq!(answer.json.get("data").is_some(), code.is_none(), "{place}");
                assert_eq!(answer.codes().first().copied(), code, "{place}");
                assert!(ids.insert(answer.header("x-request-id")), "{place}");
            }
        }
    }
}

fn has_its_headers(answer: &Answer, accept: &str, place: &str) {
    let content = format!("{accept}; charset=utf-8");
    assert_eq!(answer.header("content-type"), content, "{place}");
    let kept = match answer.header("etag").as_str() {
        "" => "no-store",
        _ => "private, no-cache",
    };
    assert_eq!(answer.header("cache-control"), kept, "{place}");
    assert!(answer.varies_by("accept"), "{place}");
    let allowed = if answer.status == 405 { "GET, POST, QUERY" } else { "" };
    assert_eq!(answer.header("allow"), allowed, "{place}");
    assert!(
        answer.json["errors"].as_array().is_none_or(|errors| !errors.is_empty()),
        "{place}"
    );
    assert!(!answer.header("x-request-id").is_empty(), "{place}");
}

/// GraphQL over HTTP of August 2026, "Status Codes" and "Partial success".
#[tokio::test]
async fn what_was_executed_in_part_says_so_by_294_where_the_media_type_has_it() {
    let app = TestApp::with(&["article"]).await;
    let query = "{ node(id: \"nonsense\") { id } gift(slug: \"ru-kp-2024\") { slug } }";
    for (text, partly) in [(StatusText::Of2026, 294), (StatusText::Of2025, 200)] {
        let mut settings = settings();
        settings.config.http_statuses = text;
        let door = Door::over(&app, settings);
        for (accept, status) in [(GRAPHQL_RESPONSE, partly), (JSON, 200)] {
            let post = door.client.post(format!("{}/graphql", door.address));
            let by_post = post.json(&json!({ "query": query }));
            let by_get = door
                .client
                .get(format!("{}/graphql?query={}", door.address, encoded(query)));
            for request in [by_post, by_get] {
                let answer = Answer::to(request.header("accept", accept)).await;
                assert_eq!(answer.status, status, "{text:?} {accept}: {}", answer.json);
                assert_eq!(answer.json["data"]["gift"]["slug"], "ru-kp-2024");
                assert!(!answer.codes().is_empty(), "{}", answer.json);
                has_its_headers(&answer, accept, "in part");
            }
        }
    }
}

#[tokio::test]
async fn what_a_client_accepts_decides_the_media_type_and_406_is_left_for_the_rest() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    for (accept, status, content) in [
        ("*/*", 200, JSON),
        ("application/*", 200, JSON),
        ("application/json;q=0.9,text/plain", 200, JSON),
        (
            "application/graphql-response+json, application/json;q=0.9",
            200,
            GRAPHQL_RESPONSE,
        ),
        (
            "application/json;q=0.5, application/graphql-response+json",
            200,
            GRAPHQL_RESPONSE,
        ),
        ("text/html", 406, JSON),
        ("application/json; charset=iso-8859-1", 406, JSON),
        ("application/json;q=0", 406, JSON),
    ] {
        let answer = Answer::to(request(&door, &Sent::Post(GOOD), accept)).await;
        assert_eq!(answer.status, status, "{accept}");
        assert_eq!(
            answer.header("content-type"),
            format!("{content}; charset=utf-8"),
            "{accept}"
        );
        if status == 406 {
            answer.is_refused(406, "BAD_USER_INPUT");
            assert!(answer.message().contains("application/json"), "{}", answer.message());
            assert!(!answer.header("x-request-id").is_empty());
        }
    }
    let bare = door
        .client
        .post(format!("{}/graphql", door.address))
        .json(&json!({ "query": "{" }));
    assert_eq!(
        Answer::to(bare).await.header("content-type"),
        "application/json; charset=utf-8"
    );
}

/// RFC 9110, 9.1 and 15.5.6: a server has to know HEAD, while which methods a resource takes is the resource's own to
/// say, by 405 and `Allow`. GraphQL over HTTP knows GET and POST, and an answer whose content nobody wants is not worth
/// a query. By 9.3.2 the refusal has the header fields of its content, and no content.
#[tokio::test]
async fn head_is_refused_without_content() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    let host = door.address.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).await.expect("a connection");
    let request = "HEAD /graphql?query=%7B__typename%7D HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.expect("it is taken");
    let mut text = String::new();
    stream.read_to_string(&mut text).await.expect("an answer and an end");
    let (head, content) = text.split_once("\r\n\r\n").expect("a head");
    let head = head.to_lowercase();
    assert!(head.starts_with("http/1.1 405"), "{head}");
    for field in ["allow: get, post", "content-type: application/json", "x-request-id: "] {
        assert!(head.contains(field), "{field} in {head}");
    }
    assert_eq!(content, "");
}

/// RFC 9110, 9.1: what can be read by GET can be asked about by HEAD; 15.5.6: 405 comes with `Allow`.
#[tokio::test]
async fn the_other_paths_take_get_and_head_and_say_so() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    for path in ["/healthz", "/readyz", "/metrics", "/schema.graphql", "/graphiql"] {
        let by = |method: Method| door.client.request(method, format!("{}{path}", door.address));
        let (whole, head) = (Answer::to(by(Method::GET)).await, Answer::to(by(Method::HEAD)).await);
        assert_eq!((head.status, head.body.len()), (whole.status, 0), "{path}");
        assert_eq!(head.header("content-type"), whole.header("content-type"), "{path}");
        for method in [Method::POST, Method::PUT, Method::DELETE] {
            let refused = Answer::to(by(method)).await;
            assert_eq!(
                (refused.status, refused.header("allow")),
                (405, "GET, HEAD".into()),
                "{path}"
            );
        }
    }
}
