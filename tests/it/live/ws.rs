//! graphql-transport-ws to the letter: who may say what when, every close, results and errors, what counts as over HTTP.

use serde_json::{Value as Json, json};

use super::socket::{BINARY, CLOSE, CONTINUATION, Frame, PING, PROTOCOL, Socket, TEXT};
use super::{CHANGES, after, listeners, loaded, patient, retitle, title};
use crate::support::{TestApp, settings, until};

/// A query that needs no data.
pub(super) const QUERY: &str = "{ __typename }";

/// The code of the first error in a message of that type.
#[track_caller]
pub(super) fn code(message: &Json, id: &str) -> String {
    assert_eq!(
        (&message["type"], &message["id"]),
        (&json!("error"), &json!(id)),
        "{message}"
    );
    let code = message["payload"][0]["extensions"]["code"].as_str();
    code.unwrap_or_else(|| panic!("no code in {message}")).to_owned()
}

#[tokio::test]
async fn queries_and_subscriptions_get_their_results_and_a_completed_one_gets_no_more() {
    let app = loaded(settings()).await;
    let mut socket = Socket::connected(&app).await;
    socket
        .subscribe("q", "query Q($id: ID!) { gift(id: $id) { id } }")
        .await;
    assert_eq!(
        code(&socket.message().await, "q"),
        "BAD_USER_INPUT",
        "the variable is missing"
    );
    let payload = json!({
        "query": "query Q($id: ID!) { gift(id: $id) { id } } query R { __typename }",
        "operationName": "Q", "variables": { "id": super::GIFT }, "extensions": { "any": 1 }
    });
    socket
        .send(&json!({ "type": "subscribe", "id": "q", "payload": payload }))
        .await;
    let data = json!({ "gift": { "id": super::GIFT } });
    assert_eq!(
        socket.message().await,
        json!({ "id": "q", "type": "next", "payload": { "data": data } })
    );
    assert_eq!(socket.message().await, json!({ "id": "q", "type": "complete" }));

    socket.subscribe("s", CHANGES).await;
    listeners(&app, 1).await;
    retitle(&app, "first").await;
    let event = socket.message().await;
    assert_eq!((&event["type"], &event["id"]), (&json!("next"), &json!("s")), "{event}");
    assert_eq!(title(&event["payload"]), "first", "{event}");
    socket.complete("s").await;
    listeners(&app, 0).await;
    // Only what the feed has not told yet is told to who subscribes anew.
    let (_, mut feed) = app.live.listen().expect("a place");
    retitle(&app, "unheard").await;
    feed.recv().await.expect("the change");
    drop(feed);

    // The id may be used again, and the ping's answer shows that nothing came between.
    socket.subscribe("s", CHANGES).await;
    listeners(&app, 1).await;
    socket.send(&json!({ "type": "ping", "payload": { "a": [1] } })).await;
    assert_eq!(
        socket.message().await,
        json!({ "type": "pong", "payload": { "a": [1] } })
    );
    retitle(&app, "second").await;
    assert_eq!(title(&socket.message().await["payload"]), "second");
    assert_eq!(app.metric("menagerie_events_total"), 2.0);
    assert_eq!(app.metric("menagerie_subscriptions_active"), 1.0);
    assert_eq!(app.metric("menagerie_sockets_open"), 1.0);
    drop(socket);
    listeners(&app, 0).await;
    until("the socket to be forgotten", || {
        app.metric("menagerie_sockets_open") == 0.0 && app.metric("menagerie_subscriptions_active") == 0.0
    })
    .await;
}

#[tokio::test]
async fn a_subscription_goes_on_after_the_last_cursor_on_another_socket() {
    let app = loaded(settings()).await;
    let mut cursor = app.changes_cursor().await;
    for (number, text) in ["one", "two", "three"].into_iter().enumerate() {
        retitle(&app, text).await;
        let mut socket = Socket::connected(&app).await;
        socket.subscribe("s", &after(&cursor)).await;
        let event = socket.message().await;
        assert_eq!(title(&event["payload"]), text, "{number}: {event}");
        cursor = event["payload"]["data"]["changes"]["cursor"]
            .as_str()
            .expect("a cursor")
            .to_owned();
    }
}

#[tokio::test]
async fn what_a_client_must_not_send_closes_its_socket() {
    let app = TestApp::set(settings()).await;
    for (message, expected, part) in [
        ("x", 4400, "Invalid message"),
        ("[]", 4400, "Invalid message"),
        (r#"{"type":"hello"}"#, 4400, "`type`"),
        (
            r#"{"type":"subscribe","payload":{"query":"{a}"}}"#,
            4400,
            "`id` is missing",
        ),
        (r#"{"type":"subscribe","id":"1","payload":{}}"#, 4400, "`query`"),
        (
            r#"{"type":"connection_init"}"#,
            4429,
            "Too many initialisation requests",
        ),
    ] {
        let mut socket = Socket::connected(&app).await;
        socket.text(message).await;
        let (code, reason) = socket.closed().await;
        assert!(code == expected && reason.contains(part), "{message}: {code} {reason}");
        assert_eq!(socket.next().await, Frame::Gone, "{message}");
    }
    let mut socket = Socket::open(&app).await;
    socket.subscribe("1", QUERY).await;
    assert_eq!(socket.closed().await, (4401, "Unauthorized".into()));
    let mut socket = Socket::connected(&app).await;
    socket.frame(0x80 | BINARY, b"{}").await;
    assert_eq!(socket.closed().await.0, 4400);
    let mut socket = Socket::connected(&app).await;
    socket.subscribe("1", "subscription { changes { id } }").await;
    socket.subscribe("1", QUERY).await;
    assert_eq!(socket.closed().await, (4409, "Subscriber for 1 already exists".into()));
    listeners(&app, 0).await;
}

#[tokio::test]
async fn frames_that_are_too_large_or_not_in_order_close_the_socket_by_the_codes_of_websockets() {
    let app = TestApp::set(settings()).await;
    let most = settings().config.limits.body_limit_bytes;
    let mut socket = Socket::open(&app).await;
    socket.frame(0x80 | TEXT, &vec![b' '; 4 * most]).await;
    assert_eq!(
        socket.closed().await,
        (1009, format!("A message is larger than {most} bytes"))
    );
    let mut socket = Socket::open(&app).await;
    socket.frame(TEXT, &vec![b' '; most]).await;
    socket.frame(CONTINUATION, b"  ").await;
    assert_eq!(socket.closed().await.0, 1009, "in parts");
    let mut socket = Socket::open(&app).await;
    socket.frame(0x80 | TEXT, b"\"\xff\"").await;
    assert_eq!(socket.closed().await.0, 1007);
    let mut socket = Socket::open(&app).await;
    socket.frame(0x80 | CONTINUATION, b"x").await;
    assert_eq!(socket.closed().await.0, 1002);
    // A message in parts counts as one, and as large as allowed is not too large.
    let mut socket = Socket::open(&app).await;
    let message = json!({ "type": "ping", "payload": { "text": "x".repeat(most - 40) } }).to_string();
    let (one, other) = message.split_at(most / 2);
    socket.frame(TEXT, one.as_bytes()).await;
    socket.frame(0x80 | PING, b"between").await;
    socket.frame(0x80 | CONTINUATION, other.as_bytes()).await;
    assert_eq!(socket.next().await, Frame::Pong(b"between".to_vec()));
    assert_eq!(socket.message().await["type"], "pong");
    socket.frame(0x80 | CLOSE, &1000_u16.to_be_bytes()).await;
    assert_eq!(socket.next().await, Frame::Close(1000, String::new()));
}

#[tokio::test]
async fn another_protocol_or_none_is_told_so_in_the_socket() {
    let app = TestApp::empty().await;
    let refused = (4406, "Subprotocol not acceptable".to_owned());
    for headers in [vec![], vec![("Sec-WebSocket-Protocol", "graphql-ws, soap")]] {
        let mut socket = Socket::shake(&app.address, &headers).await.expect("it opens");
        assert_eq!(socket.closed().await, refused, "{headers:?}");
    }
    let several = format!("soap, {PROTOCOL}");
    let headers = [("Sec-WebSocket-Protocol", several.as_str())];
    let mut socket = Socket::shake(&app.address, &headers).await.expect("it opens");
    socket.acknowledged(Json::Null).await;
}

#[tokio::test]
async fn who_asks_for_no_connection_in_time_is_let_go() {
    let app = TestApp::set(patient(|timeouts| {
        timeouts.init = std::time::Duration::from_millis(200)
    }))
    .await;
    let mut socket = Socket::open(&app).await;
    socket.send(&json!({ "type": "ping" })).await;
    assert_eq!(socket.message().await, json!({ "type": "pong" }));
    assert_eq!(
        socket.closed().await,
        (4408, "Connection initialisation timeout".into())
    );
}

#[tokio::test]
async fn what_is_refused_over_http_is_an_error_and_what_fails_while_it_runs_a_result() {
    let app = loaded(settings()).await;
    let mut socket = Socket::connected(&app).await;
    for (query, expected) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        (
            "subscription { changes { id } giftChanged { id } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        ("subscription { changes { nothing } }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { __typename } query B { __typename }", "BAD_USER_INPUT"),
        ("", "BAD_USER_INPUT"),
        (
            "{ gifts(first: 200) { nodes { claims(first: 200) { nodes { about { id } } } } } }",
            "LIMIT_EXCEEDED",
        ),
        ("subscription { changes(after: \"nowhere\") { id } }", "BAD_USER_INPUT"),
    ] {
        socket.subscribe("1", query).await;
        assert_eq!(code(&socket.message().await, "1"), expected, "{query}");
        // Nothing follows, and the id is free.
        socket.subscribe("1", QUERY).await;
        assert_eq!(socket.message().await["type"], "next", "{query}");
        assert_eq!(socket.message().await["type"], "complete", "{query}");
    }
    socket.subscribe("1", "{ gifts(first: 100000) { nodes { id } } }").await;
    let message = socket.message().await;
    assert_eq!(message["type"], "next", "{message}");
    assert_eq!(
        message["payload"]["errors"][0]["extensions"]["code"], "LIMIT_EXCEEDED",
        "{message}"
    );
    assert_eq!(socket.message().await["type"], "complete");
}

#[tokio::test]
async fn documents_are_known_by_their_hash_as_over_http() {
    let app = TestApp::set(settings()).await;
    let mut socket = Socket::connected(&app).await;
    let hash = menagerie::domain::hash::sha256(QUERY);
    let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
    let by_hash = json!({ "type": "subscribe", "id": "1", "payload": { "extensions": extensions } });
    socket.send(&by_hash).await;
    assert_eq!(code(&socket.message().await, "1"), "PERSISTED_QUERY_NOT_FOUND");
    let stored = json!({ "query": QUERY, "extensions": extensions });
    socket
        .send(&json!({ "type": "subscribe", "id": "1", "payload": stored }))
        .await;
    for _ in 0..2 {
        assert_eq!(socket.message().await["type"], "next");
        assert_eq!(socket.message().await["type"], "complete");
        socket.send(&by_hash).await;
    }
}

#[tokio::test]
async fn a_page_of_another_site_opens_no_socket() {
    let mut settings = settings();
    settings.config.cors_origins = vec!["https://zoo.example".into()];
    let app = TestApp::set(settings).await;
    let shake = async |origin: &str| {
        let headers = [("Sec-WebSocket-Protocol", PROTOCOL), ("Origin", origin)];
        Socket::shake(&app.address, &headers).await.err()
    };
    for origin in ["https://evil.example", "null", "https://zoo.example.evil.example"] {
        let (status, body) = shake(origin).await.unwrap_or_else(|| panic!("{origin} opens one"));
        assert!(status == 403 && body.contains("FORBIDDEN"), "{origin}: {status} {body}");
        for part in [origin, &app.address.replace("/graphql", ""), "MENAGERIE_CORS_ORIGINS"] {
            assert!(body.contains(part), "{origin}: no {part} in {body}");
        }
    }
    for origin in ["https://zoo.example", &app.address] {
        assert_eq!(shake(origin).await, None, "{origin}");
    }
}
