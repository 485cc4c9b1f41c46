//! How long sockets and streams last: as long as their token, their client and their server do.

use std::time::{Duration, Instant};

use menagerie::api::viewer::Role;
use menagerie::http::{Settings, Timeouts};
use menagerie::limits::Limit;
use serde_json::{Value as Json, json};

use super::socket::{Frame, PONG, PROTOCOL, Socket};
use super::stream::Stream;
use super::{CHANGES, PATIENCE, listeners, loaded, patient, retitle};
use crate::commands::program_over;
use crate::commands::server::Server;
use crate::identity::made;
use crate::support::{TestApp, client, settings, until};

/// A short time that something may take.
const SHORT: Duration = Duration::from_millis(200);

/// A little longer than all that happens before the token is used.
const LIFETIME: Duration = Duration::from_secs(5);

fn known_only(mut settings: Settings) -> Settings {
    settings.config.anonymous = false;
    settings
}

/// A socket whose connection is asked for with this payload, or this header.
async fn asking(app: &TestApp, header: Option<&str>, payload: Json) -> Socket {
    let mut headers = vec![("Sec-WebSocket-Protocol", PROTOCOL)];
    headers.extend(header.map(|header| ("Authorization", header)));
    let mut socket = Socket::shake(&app.address, &headers).await.expect("it opens");
    socket.init(payload).await;
    socket
}

#[tokio::test]
async fn who_asks_is_told_by_the_handshake_or_by_the_payload() {
    let app = TestApp::set(known_only(settings())).await;
    let (one, other) = (
        format!("Bearer {}", made(&app, "one", Role::Reader, None).await),
        format!("Bearer {}", made(&app, "other", Role::Reader, None).await),
    );
    for (header, payload, refusal) in [
        (None, json!({ "authorization": one }), None),
        (None, json!({ "Authorization": one, "other": 1 }), None),
        (Some(&one), json!({}), None),
        (Some(&one), json!({ "Authorization": one }), None),
        (None, json!({}), Some("does not say who asks")),
        (None, json!({ "Authorization": 1 }), Some("no text")),
        (
            None,
            json!({ "Authorization": "Bearer x" }),
            Some("no form that is known"),
        ),
        (Some(&one), json!({ "Authorization": other }), Some("said twice")),
        (
            None,
            json!({ "Authorization": one, "authorization": other }),
            Some("said twice"),
        ),
    ] {
        let mut socket = asking(&app, header.map(String::as_str), payload.clone()).await;
        match refusal {
            None => assert_eq!(socket.message().await["type"], "connection_ack", "{payload}"),
            Some(part) => {
                let (code, reason) = socket.closed().await;
                assert!(code == 4403 && reason.contains(part), "{payload}: {code} {reason}");
                assert!(!reason.contains("mng_"), "{reason}");
            }
        }
    }
}

#[tokio::test]
async fn a_token_that_expires_or_is_revoked_ends_its_socket_and_its_stream() {
    let app = loaded(known_only(patient(|timeouts| timeouts.check = SHORT))).await;
    let short = made(&app, "short", Role::Reader, Some(LIFETIME)).await;
    let long = made(&app, "long", Role::Reader, None).await;
    for (token, part) in [(&short, "the token has expired"), (&long, "the token was revoked")] {
        let bearer = format!("Bearer {token}");
        let mut socket = asking(&app, None, json!({ "authorization": bearer })).await;
        assert_eq!(socket.message().await["type"], "connection_ack");
        socket.subscribe("1", CHANGES).await;
        let request = client().get(format!("{}/graphql/stream", app.address));
        let request = request.query(&[("query", CHANGES)]).header("authorization", bearer);
        let mut stream = Stream::open(request).await;
        listeners(&app, 2).await;
        if *token == long {
            assert!(app.store.revoke_token("long", "the tests").await.expect("an answer"));
        }
        assert_eq!(socket.closed().await, (4403, format!("Forbidden: {part}")));
        let event = stream.next().await.json();
        assert_eq!(event["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{event}");
        assert!(
            event["errors"][0]["message"]
                .as_str()
                .is_some_and(|text| text.starts_with(part)),
            "{event}"
        );
        stream.completes().await;
        listeners(&app, 0).await;
    }
}

#[tokio::test]
async fn a_client_that_gives_no_sign_of_life_is_let_go() {
    let app = loaded(patient(|timeouts| timeouts.beat = SHORT)).await;
    let mut silent = Socket::connected(&app).await;
    silent.answers = false;
    silent.subscribe("1", CHANGES).await;
    assert_eq!(silent.next().await, Frame::Ping(Vec::new()));
    loop {
        match silent.next().await {
            Frame::Ping(_) => {}
            end => {
                assert_eq!(end, Frame::Gone);
                break;
            }
        }
    }
    listeners(&app, 0).await;
    let mut answering = Socket::connected(&app).await;
    answering.answers = false;
    for _ in 0..5 {
        assert_eq!(answering.next().await, Frame::Ping(Vec::new()));
        answering.frame(0x80 | PONG, b"").await;
    }
    answering.subscribe("1", "{ __typename }").await;
    while !matches!(answering.next().await, Frame::Message(message) if message["type"] == "complete") {}
}

/// A server that lets a client read nothing for so long, and a subscription with events of a quarter of a megabyte, so that
/// all buffers are full soon.
async fn with_large_events(stalled: Duration) -> (TestApp, String) {
    let mut settings = patient(|timeouts| timeouts.stalled = stalled);
    settings.config.limits.set(Limit::Aliases, 10_000);
    (loaded(settings).await, large_events())
}

fn large_events() -> String {
    let titles: String = (0..1_500).map(|number| format!(" a{number}:title")).collect();
    format!("subscription {{ changes {{ node {{ ... on Gift {{{titles}}} }} }} }}")
}

/// Changes the gift until nobody hears of it any more.
async fn tell_until_nobody_hears(app: &TestApp) {
    listeners(app, 1).await;
    let since = Instant::now();
    for number in 0.. {
        if app.live.status().listeners == 1 {
            break;
        }
        assert!(since.elapsed() < PATIENCE, "it is not sent away after {number} events");
        retitle(app, &format!("{number} {}", "x".repeat(150))).await;
    }
}

#[tokio::test]
async fn a_client_that_never_reads_is_cut_off_and_leaves_nothing_behind() {
    let (app, query) = with_large_events(SHORT).await;
    let mut socket = Socket::connected(&app).await;
    socket.subscribe("1", &query).await;
    tell_until_nobody_hears(&app).await;
    until("the socket to be forgotten", || {
        app.metric("menagerie_sockets_open") == 0.0
    })
    .await;

    let request = client().post(format!("{}/graphql/stream", app.address));
    let stream = Stream::open(request.json(&json!({ "query": query }))).await;
    tell_until_nobody_hears(&app).await;
    until("the subscription to be forgotten", || {
        app.metric("menagerie_subscriptions_active") == 0.0
    })
    .await;
    drop(stream);
}

#[tokio::test]
async fn a_client_that_reads_too_late_is_told_why_it_is_sent_away() {
    let (app, query) = with_large_events(LIFETIME).await;
    let mut socket = Socket::connected(&app).await;
    socket.subscribe("1", &query).await;
    tell_until_nobody_hears(&app).await;
    let (code, reason) = socket.closed().await;
    assert!(code == 1013 && reason.contains("come back"), "{code} {reason}");
}

/// Waits until the server can tell of changes: a busy database may take longer for that than a subscription waits.
async fn hears_of_changes(server: &Server) {
    let since = Instant::now();
    loop {
        let asked = client()
            .post(&server.address)
            .json(&json!({ "query": "{ changesCursor }" }));
        let answer = asked.send().await.expect("it answers").text().await.expect("text");
        if !answer.contains("errors") {
            break;
        }
        assert!(since.elapsed() < PATIENCE, "{answer}");
    }
}

#[tokio::test]
async fn a_server_that_stops_tells_sockets_and_ends_streams() {
    let app = loaded(settings()).await;
    let mut server = Server::start(&mut program_over(&app));
    let host = server.address.strip_suffix("/graphql").expect("the API").to_owned();
    hears_of_changes(&server).await;
    let mut socket = Socket::shake(&host, &[("Sec-WebSocket-Protocol", PROTOCOL)])
        .await
        .expect("it opens");
    socket.acknowledged(json!({})).await;
    socket.subscribe("1", CHANGES).await;
    let silent = Socket::shake(&host, &[("Sec-WebSocket-Protocol", PROTOCOL)])
        .await
        .expect("it opens");
    let request = client().get(format!("{host}/graphql/stream"));
    let mut stream = Stream::open(request.query(&[("query", CHANGES)])).await;
    server.signal("-TERM");
    let (code, reason) = socket.closed().await;
    assert!(code == 1001 && reason.contains("stops"), "{code} {reason}");
    // Not by `complete`: there is more to come elsewhere.
    assert_eq!(stream.event().await, None);
    assert_eq!(server.ended().code(), Some(0), "{}", server.log());
    drop(silent);
}

/// How many changes are made for a client that does not read: more than the system takes for it.
const MANY: usize = 80;

/// A server, and a client that does not read the many large events that it is sent.
async fn with_a_backlog() -> (TestApp, Server, Stream) {
    let app = loaded(settings()).await;
    let mut command = program_over(&app);
    command
        .env("MENAGERIE_MAX_ALIASES", "10000")
        .env("MENAGERIE_GRACE_MS", "600000");
    let server = Server::start(&mut command);
    hears_of_changes(&server).await;
    let host = server.address.strip_suffix("/graphql").expect("the API");
    let request = client().post(format!("{host}/graphql/stream"));
    let stream = Stream::open(request.json(&json!({ "query": large_events() }))).await;
    for number in 0..MANY {
        retitle(&app, &format!("{number} {}", "x".repeat(150))).await;
    }
    // The server has heard of them by now, and can send no more.
    tokio::time::sleep(SHORT).await;
    (app, server, stream)
}

#[tokio::test]
async fn a_server_that_stops_lets_an_event_on_its_way_arrive() {
    let (_app, mut server, mut stream) = with_a_backlog().await;
    server.signal("-TERM");
    let mut arrived = 0;
    while let Some(event) = stream.event().await {
        assert_eq!(event.event, "next", "{event:?}");
        arrived += 1;
    }
    assert!((1..MANY).contains(&arrived), "{arrived} arrived, so none was waiting");
    assert_eq!(server.ended().code(), Some(0), "{}", server.log());
}

#[tokio::test]
async fn a_server_that_stops_waits_for_no_client_that_does_not_read() {
    let (_app, mut server, stream) = with_a_backlog().await;
    let since = Instant::now();
    server.signal("-TERM");
    assert_eq!(server.ended().code(), Some(0), "{}", server.log());
    // Long before it would have been sent away anyway.
    assert!(
        since.elapsed() < Timeouts::default().stalled / 2,
        "{:?}",
        since.elapsed()
    );
    drop(stream);
}
