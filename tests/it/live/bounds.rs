//! How much may be open over WebSockets: operations, sockets and subscriptions, by all, by a client, and by its points.

use menagerie::api::viewer::Role;
use menagerie::limits::Limit;
use serde_json::{Value as Json, json};

use super::socket::{PROTOCOL, Socket};
use super::ws::{QUERY, code};
use super::{CHANGES, listeners, loaded};
use crate::identity::made;
use crate::support::{TestApp, settings, until};

#[tokio::test]
async fn operations_sockets_and_subscriptions_have_their_limits() {
    let mut settings = settings();
    settings.config.limits.set(Limit::Sockets, 2);
    settings.config.limits.set(Limit::ClientShare, 100);
    settings.config.limits.set(Limit::SocketOperations, 2);
    settings.config.limits.set(Limit::Subscriptions, 3);
    let app = loaded(settings).await;
    let (mut one, mut other) = (Socket::connected(&app).await, Socket::connected(&app).await);
    let headers = [("Sec-WebSocket-Protocol", PROTOCOL)];
    let (status, body) = Socket::shake(&app.address, &headers)
        .await
        .err()
        .expect("there are enough");
    assert!(status == 503 && body.contains("UNAVAILABLE"), "{status} {body}");
    one.subscribe("1", CHANGES).await;
    one.subscribe("2", CHANGES).await;
    listeners(&app, 2).await;
    one.subscribe("3", QUERY).await;
    let message = one.message().await;
    assert_eq!(code(&message, "3"), "LIMIT_EXCEEDED");
    let extensions = &message["payload"][0]["extensions"];
    assert_eq!(
        (&extensions["name"], &extensions["limit"]),
        (&json!("socketOperations"), &json!(2))
    );
    other.subscribe("1", CHANGES).await;
    listeners(&app, 3).await;
    other.subscribe("2", CHANGES).await;
    assert_eq!(code(&other.message().await, "2"), "UNAVAILABLE");
    // What was refused takes no place.
    drop(one);
    listeners(&app, 1).await;
    until("the place to be free", || app.metric("menagerie_sockets_open") == 1.0).await;
    let mut again = Socket::connected(&app).await;
    again.subscribe("1", CHANGES).await;
    listeners(&app, 2).await;
}

#[tokio::test]
async fn a_client_opens_no_more_than_its_share_of_sockets_and_subscriptions() {
    let mut settings = settings();
    settings.config.limits.set(Limit::Sockets, 4);
    settings.config.limits.set(Limit::Subscriptions, 4);
    settings.config.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")];
    let app = loaded(settings).await;
    let token = made(&app, "desk", Role::Reader, None).await;
    let shake = async |address: &'static str| {
        let headers = [("Sec-WebSocket-Protocol", PROTOCOL), ("X-Forwarded-For", address)];
        Socket::shake(&app.address, &headers).await
    };
    let connected = async |address: &'static str, payload: Json| {
        let mut socket = shake(address).await.expect("it opens");
        socket.acknowledged(payload).await;
        socket
    };
    let mut first = connected("198.51.100.1", json!({})).await;
    let second = connected("198.51.100.1", json!({})).await;
    let (status, body) = shake("198.51.100.1").await.err().expect("it has its share");
    assert!(status == 429 && body.contains("RATE_LIMITED"), "{status} {body}");
    assert!(body.contains("3 WebSockets") && body.contains("up to 2 "), "{body}");
    // Another address, and whoever turns out to be the bearer of a token, have shares of their own.
    let bearer = json!({ "authorization": format!("Bearer {token}") });
    drop(second);
    until("the place to be free", || app.metric("menagerie_sockets_open") == 1.0).await;
    let known = connected("198.51.100.1", bearer.clone()).await;
    let again = connected("198.51.100.1", bearer.clone()).await;
    let mut third = shake("198.51.100.1")
        .await
        .expect("those of the token are not counted here");
    third.init(bearer).await;
    let (code_of_close, reason) = third.closed().await;
    assert!(
        code_of_close == 1013 && reason.contains("up to 2 "),
        "{code_of_close} {reason}"
    );
    drop(known);

    for id in ["1", "2"] {
        first.subscribe(id, CHANGES).await;
    }
    listeners(&app, 2).await;
    first.subscribe("3", CHANGES).await;
    let message = first.message().await;
    assert_eq!(code(&message, "3"), "RATE_LIMITED");
    let mut other = connected("198.51.100.2", json!({})).await;
    other.subscribe("1", CHANGES).await;
    listeners(&app, 3).await;
    assert!(app.metric("menagerie_over_limit_total{limit=\"clientShare\"}") >= 3.0);
    drop((first, other, again));
    listeners(&app, 0).await;
    until("all permits to be given back", || {
        let held = |resource| app.metric(&format!("menagerie_permits_held{{resource=\"{resource}\"}}"));
        held("sockets") == 0.0 && held("subscriptions") == 0.0 && app.metric("menagerie_permit_clients") == 0.0
    })
    .await;
}

#[tokio::test]
async fn operations_spend_the_points_of_who_asks() {
    let mut settings = settings();
    settings.config.limits.set(Limit::PointsPerMinute, 40);
    let app = TestApp::set(settings).await;
    let mut socket = Socket::connected(&app).await;
    let mut answered = 0;
    let message = loop {
        socket.subscribe("1", "{ gifts(first: 1) { totalCount } }").await;
        let message = socket.message().await;
        if message["type"] == "error" {
            break message;
        }
        assert_eq!(socket.message().await["type"], "complete");
        answered += 1;
        assert!(answered < 40, "the points never end");
    };
    assert!(answered > 0, "{message}");
    assert_eq!(code(&message, "1"), "RATE_LIMITED");
}
