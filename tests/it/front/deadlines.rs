//! A database that is gone or silent, a client that leaves, a body that does not come: none of them holds anything up
//! longer than the deadline, and what is over leaves nothing behind.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::join_all;
use http_body::{Body, Frame};
use menagerie::api::viewer::Role;
use menagerie::http::Serving;
use menagerie::limits::Limit;
use reqwest::Version;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::proxy::{Mode, Proxy};
use super::{Answer, Door, PATIENCE};
use crate::identity::made;
use crate::observing::tls;
use crate::support::{TestApp, awaited, settings, until};

const QUERY: &str = "{ gifts { nodes { id } } }";
const IN_FLIGHT: &str = "menagerie_requests_in_flight";

/// A server whose requests may take so long, over a store that comes by the proxy.
fn within(app: &TestApp, milliseconds: u64) -> Door {
    Door::limited(app, |limits| limits.request_timeout_ms = milliseconds)
}

async fn serves_again(door: &Door) {
    awaited("service to come back", async || {
        let answer = door.ask(QUERY).await;
        (answer.status == 200).then(|| answer.data().clone())
    })
    .await;
}

#[tokio::test]
async fn without_its_database_the_server_says_so_before_the_deadline_and_comes_back_by_itself() {
    let proxy = Proxy::start().await;
    let app = proxy.app().await;
    let door = within(&app, 60_000);
    door.ask(QUERY).await.data();
    proxy.set(Mode::Stopped);
    for accept in ["application/graphql-response+json", "application/json"] {
        let request = door.post(&json!({ "query": QUERY })).header("accept", accept);
        let answer = Answer::to(request).await;
        answer.is_refused(503, "UNAVAILABLE");
        assert_eq!(answer.header("retry-after"), "1");
        let told = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(
            !told.contains("127.0.0.1") && !told.contains("Kind"),
            "causes stay in the log: {told}"
        );
    }
    // What needs no database is served meanwhile; readiness tells what is missing.
    door.ask("{ __typename }").await.data();
    assert_eq!(Answer::to(door.get("/healthz")).await.status, 200);
    assert_eq!(Answer::to(door.get("/readyz")).await.status, 503);
    proxy.set(Mode::Passing);
    serves_again(&door).await;
    assert_eq!(Answer::to(door.get("/readyz")).await.status, 200);
    assert_eq!(door.metric(IN_FLIGHT), 0.0);
}

#[tokio::test]
async fn who_left_while_connections_were_opened_holds_nobody_up() {
    let app = TestApp::with(&["article"]).await;
    let door = within(&app, 30_000);
    for _ in 0..20 {
        let asks =
            (0..100).map(|_| door.ask("{ gifts { nodes { giver { id } recipient { id } } } claims { totalCount } }"));
        // They leave wherever their requests are just then: most wait for a connection to the database.
        let left = timeout(Duration::from_millis(20), join_all(asks)).await;
        drop(left);
    }
    until("those who left to be gone", || door.metric(IN_FLIGHT) == 0.0).await;
    door.ask(QUERY).await.data();
}

#[tokio::test]
async fn a_database_that_is_silent_is_not_waited_for_beyond_the_deadline() {
    let proxy = Proxy::start().await;
    let app = proxy.app().await;
    let door = within(&app, 1_000);
    proxy.set(Mode::Silent);
    for accept in ["application/graphql-response+json", "application/json"] {
        let request = door.post(&json!({ "query": QUERY })).header("accept", accept);
        Answer::to(request).await.is_refused(504, "TIMEOUT");
    }
    proxy.set(Mode::Passing);
    serves_again(&door).await;
    assert_eq!(door.metric(IN_FLIGHT), 0.0);
}

#[tokio::test]
async fn who_asks_is_not_waited_for_beyond_the_deadline_either() {
    let proxy = Proxy::start().await;
    let app = proxy.app().await;
    let token = made(&app, "dashboard", Role::Reader, None).await;
    let door = within(&app, 1_000);
    let ask = || door.post(&json!({ "query": "{ __typename }" })).bearer_auth(&token);
    awaited("the token to be known", async || {
        (Answer::to(ask()).await.status == 200).then_some(())
    })
    .await;
    proxy.set(Mode::Silent);
    let answer = timeout(PATIENCE, Answer::to(ask())).await;
    answer.expect("an answer").is_refused(504, "TIMEOUT");
    assert_eq!(door.metric(IN_FLIGHT), 0.0);
}

#[tokio::test]
async fn the_requests_of_a_batch_share_one_deadline() {
    let proxy = Proxy::start().await;
    let app = proxy.app().await;
    let door = Door::limited(&app, |limits| {
        limits.request_timeout_ms = 1_000;
        limits.set(Limit::Batch, 2);
    });
    proxy.set(Mode::Silent);
    let answer = Answer::to(door.post(&json!([{ "query": QUERY }, { "query": "{ __typename }" }]))).await;
    assert_eq!(
        answer.json[0]["errors"][0]["extensions"]["code"], "TIMEOUT",
        "{}",
        answer.json
    );
    assert_eq!(answer.json[1], json!({ "data": { "__typename": "Query" } }));
}

/// The `maxTimeMS` of the first command in these bytes: in BSON a number of 32 or 64 bits, behind its type and its name.
fn told(asked: &[u8]) -> Option<u64> {
    let name = b"maxTimeMS\0";
    let place = asked.windows(name.len()).position(|window| window == name)?;
    let value = &asked[place + name.len()..];
    match asked[place - 1] {
        0x10 => Some(u32::from_le_bytes(value.get(..4)?.try_into().ok()?).into()),
        0x12 => Some(u64::from_le_bytes(value.get(..8)?.try_into().ok()?)),
        other => panic!("the type {other:#x}"),
    }
}

#[tokio::test]
async fn the_database_is_told_how_much_time_is_left() {
    let proxy = Proxy::start().await;
    let app = proxy.app().await;
    for deadline in [5_000_u64, 20_000] {
        let door = within(&app, deadline);
        proxy.asked();
        door.ask(QUERY).await.data();
        let asked = proxy.asked();
        let told = told(&asked).expect("a command with `maxTimeMS`");
        assert!((1..=deadline).contains(&told), "{told} of {deadline}");
        assert!(told > deadline / 2, "{told} of {deadline}: most of it is left");
    }
}

/// The bytes of a request by POST, on a connection that stays.
fn bytes(query: &str) -> Vec<u8> {
    let body = json!({ "query": query }).to_string();
    let head = "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json";
    format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

async fn sent(door: &Door, bytes: &[u8]) -> TcpStream {
    let host = door.address.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).await.expect("a connection");
    stream.write_all(bytes).await.expect("the server takes the bytes");
    stream
}

#[tokio::test]
async fn a_client_that_leaves_stops_its_query() {
    let proxy = Proxy::start().await;
    let app = proxy.app().await;
    // The test gives up ten times before.
    let door = within(&app, 600_000);
    let in_flight = async |wanted: f64| {
        until("requests to begin or to end", || door.metric(IN_FLIGHT) == wanted).await;
    };
    door.ask(QUERY).await.data();
    proxy.set(Mode::Silent);
    let streams = [sent(&door, &bytes(QUERY)).await, sent(&door, &bytes(QUERY)).await];
    in_flight(2.0).await;
    let [first, second] = streams;
    drop(first);
    in_flight(1.0).await;
    // One that is still there is still worked for, also when it sends more.
    let mut second = second;
    second.write_all(&bytes("{ __typename }")).await.expect("it is taken");
    assert_eq!(door.metric(IN_FLIGHT), 1.0);
    proxy.set(Mode::Passing);
    let mut text = String::new();
    let mut piece = [0; 4096];
    while !text.contains("\"gifts\"") || !text.contains("\"__typename\"") {
        let length = second.read(&mut piece).await.expect("an answer");
        assert!(length > 0, "the connection ended behind {text}");
        text += &String::from_utf8_lossy(&piece[..length]);
    }
    in_flight(0.0).await;
    assert_eq!(
        door.metric("menagerie_requests_total{kind=\"query\",status_class=\"4xx\"}"),
        1.0,
        "who left is told apart"
    );
}

/// The bytes of a request whose body is this long, and those of the head alone.
fn padded(length: usize, client: &str) -> (Vec<u8>, usize) {
    let body = json!({ "query": "{ __typename }" }).to_string();
    let body = format!("{body}{}", " ".repeat(length - body.len()));
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Forwarded-For: {client}\r\n\
         Content-Length: {length}\r\n\r\n"
    );
    let whole = head.clone() + &body;
    (whole.into_bytes(), head.len())
}

/// What comes back, up to the end of the body, which is JSON.
async fn answered(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    let mut piece = [0; 4096];
    while !text.ends_with('}') {
        let length = timeout(PATIENCE, stream.read(&mut piece))
            .await
            .expect("an answer in time")
            .expect("an answer");
        assert!(length > 0, "the connection ended behind {text}");
        text += &String::from_utf8_lossy(&piece[..length]);
    }
    text
}

#[tokio::test]
async fn a_body_is_read_when_its_request_has_a_place_and_keeps_it_until_the_deadline() {
    let app = TestApp::empty().await;
    let door = Door::limited(&app, |limits| {
        limits.set(Limit::Concurrent, 1);
        limits.request_timeout_ms = 3_000;
    });
    let held = |resource: &str| door.metric(&format!("menagerie_permits_held{{resource=\"{resource}\"}}"));
    let (whole, head) = padded(1_000, "-");
    let mut unfinished = sent(&door, &whole[..head + 500]).await;
    until("the body to be waited for", || held("requests") == 1.0).await;
    // Refused before anything of its body is looked at.
    let mut refused = sent(&door, &whole[..head]).await;
    let text = answered(&mut refused).await;
    assert!(
        text.starts_with("HTTP/1.1 503 ") && text.contains("requests under way"),
        "{text}"
    );
    let text = answered(&mut unfinished).await;
    assert!(text.starts_with("HTTP/1.1 408 "), "{text}");
    assert_eq!(
        (held("requests"), held("body_bytes"), door.metric(IN_FLIGHT)),
        (0.0, 0.0, 0.0)
    );
    door.ask("{ __typename }").await.data();
}

#[tokio::test]
async fn all_unfinished_bodies_have_a_bound_together_and_one_client_has_its_share_of_it() {
    let app = TestApp::empty().await;
    let mut settings = settings();
    let most = settings.config.limits.body_limit_bytes as u64;
    settings.config.limits.set(Limit::WaitingBodyBytes, 2 * most);
    settings.config.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")];
    let door = Door::over(&app, settings);
    let held = || door.metric("menagerie_permits_held{resource=\"body_bytes\"}");
    let begun = async |client: &str, length: usize| {
        let (whole, head) = padded(most as usize, client);
        let stream = sent(&door, &whole[..head + length]).await;
        (stream, whole[head + length..].to_vec())
    };
    let large = most as usize - 1_000;
    let (mut first, rest) = begun("198.51.100.1", large).await;
    until("the first body to be waited for", || held() >= large as f64).await;
    assert!(held() <= most as f64, "no more than the largest body has: {}", held());
    let (mut second, _) = begun("198.51.100.1", large).await;
    let text = answered(&mut second).await;
    assert!(
        text.starts_with("HTTP/1.1 429 ") && text.contains("unfinished bodies"),
        "{text}"
    );
    let (mut other, rest_of_other) = begun("198.51.100.2", large).await;
    until("the body of another to be waited for", || held() >= 2.0 * large as f64).await;
    let (mut third, _) = begun("198.51.100.3", large).await;
    let text = answered(&mut third).await;
    assert!(
        text.starts_with("HTTP/1.1 503 ") && text.contains("unfinished bodies"),
        "{text}"
    );
    assert!(text.contains("retry-after: 1\r\n"), "{text}");
    // A body that comes at once is not waited for, and what is announced and does not come holds nothing.
    let (whole, head) = padded(200, "198.51.100.3");
    let mut small = sent(&door, &whole).await;
    assert!(answered(&mut small).await.starts_with("HTTP/1.1 200 "));
    let announced = sent(&door, &padded(most as usize, "198.51.100.3").0[..head]).await;
    for (stream, rest) in [(&mut first, rest), (&mut other, rest_of_other)] {
        stream.write_all(&rest).await.expect("the rest is taken");
        let text = answered(stream).await;
        assert!(
            text.starts_with("HTTP/1.1 200 ") && text.contains("\"Query\""),
            "{text}"
        );
    }
    assert_eq!(held(), 0.0);
    assert_eq!(
        door.metric("menagerie_over_limit_total{limit=\"waitingBodyBytes\"}"),
        1.0
    );
    assert_eq!(door.metric("menagerie_over_limit_total{limit=\"clientShare\"}"), 1.0);
    drop(announced);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_refused_at_the_deadline() {
    let app = TestApp::empty().await;
    let door = within(&app, 500);
    let whole = bytes(QUERY);
    for length in [whole.len() - 1, whole.len() - 20] {
        let mut stream = sent(&door, &whole[..length]).await;
        let mut text = String::new();
        stream.read_to_string(&mut text).await.expect("an answer and an end");
        assert!(text.starts_with("HTTP/1.1 408 "), "{text}");
        assert!(text.contains("\"TIMEOUT\"") && !text.contains("\"data\""), "{text}");
    }
    assert_eq!(door.metric(IN_FLIGHT), 0.0);
    awaited("a whole body to be taken", async || {
        (door.ask("{ __typename }").await.status == 200).then_some(())
    })
    .await;
}

/// A body of which only this part comes.
struct Unfinished(Option<&'static [u8]>);

impl Body for Unfinished {
    type Data = &'static [u8];
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Infallible>>> {
        match self.0.take() {
            Some(part) => Poll::Ready(Some(Ok(Frame::data(part)))),
            None => Poll::Pending,
        }
    }
}

// What bounds what a stream of HTTP/2 may hold back while its body is waited for: see deny.toml.
#[tokio::test]
async fn over_http_2_a_body_that_does_not_come_ends_its_stream_at_the_deadline() {
    let app = TestApp::empty().await;
    let folder = tempfile::tempdir().expect("a folder");
    let certificate = tls::make(folder.path());
    let mut settings = settings();
    settings.config.limits.request_timeout_ms = 500;
    let serving = Serving {
        tls: Some(tls::read(folder.path())),
        ..Serving::default()
    };
    let mut door = Door::serving(&app, settings, serving);
    door.client = tls::trusting(&certificate).build().expect("a client");
    let held = |resource: &str| door.metric(&format!("menagerie_permits_held{{resource=\"{resource}\"}}"));
    let unfinished = |_| {
        let body = reqwest::Body::wrap(Unfinished(Some(b"{ \"query\": \"{ __type")));
        let request = door.client.post(format!("{}/graphql", door.address));
        request.header("content-type", "application/json").body(body).send()
    };
    for refused in join_all((0..20).map(unfinished)).await {
        let refused = refused.expect("an answer");
        assert_eq!((refused.status().as_u16(), refused.version()), (408, Version::HTTP_2));
        refused.bytes().await.expect("all of it");
    }
    until("the requests to be over", || door.metric(IN_FLIGHT) == 0.0).await;
    assert_eq!((held("requests"), held("body_bytes")), (0.0, 0.0));
    door.ask("{ __typename }").await.data();
}
