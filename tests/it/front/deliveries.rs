//! Answers that nobody takes: they count as under way and keep their places, and are cut off like streams.

use std::time::Duration;

use menagerie::http::Serving;
use menagerie::limits::Limit;
use reqwest::Version;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use super::exports::large;
use super::{Answer, Door, PATIENCE};
use crate::observing::tls;
use crate::support::{TestApp, settings, until};

const IN_FLIGHT: &str = "menagerie_requests_in_flight";
const CUT_OFF: &str = "menagerie_answers_cut_off_total";
const ANSWERED: &str = "menagerie_requests_total{kind=\"query\",status_class=\"2xx\"} 1\n";

/// An answer of about 5 MB over [`large`], more than all buffers between take.
const LARGE: &str = "{ nations(first: 200) { nodes { a: officialName b: officialName c: officialName } } }";

/// An answer of about 24 kB, which fits into the buffer of its connection.
const SMALL: &str = "{ nation(slug: \"0-000\") { a: officialName b: officialName c: officialName } }";

/// A server that lets its clients take nothing for so long.
async fn waiting(stalled: Duration) -> (TestApp, Door) {
    let app = TestApp::empty().await;
    large(&app).await;
    let mut settings = settings();
    settings.timeouts.stalled = stalled;
    let door = Door::over(&app, settings);
    (app, door)
}

/// A connection whose client has next to no room for what comes.
async fn narrow(door: &Door) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4_096).expect("a small buffer");
    let host = door.address.trim_start_matches("http://").parse().expect("an address");
    socket.connect(host).await.expect("a connection")
}

fn request(query: &str) -> Vec<u8> {
    let body = json!({ "query": query }).to_string();
    let head = "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json";
    format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// Reads to the end, which must come; gives the head, and how many bytes came behind it.
async fn to_the_end(mut stream: TcpStream) -> (String, usize) {
    let mut bytes = Vec::new();
    // A connection that is reset has ended too.
    let end = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await;
    drop(end.expect("the connection ends"));
    let head = bytes
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .expect("a head");
    (
        String::from_utf8_lossy(&bytes[..head]).to_lowercase(),
        bytes.len() - head - 4,
    )
}

async fn comes_to(door: &Door, name: &str, value: f64) {
    until(name, || door.metric(name) == value).await;
}

#[tokio::test]
async fn an_answer_that_nobody_takes_keeps_its_place_and_counts_as_under_way_until_it_is_cut_off() {
    // Long enough for a look at it meanwhile, also on a busy machine.
    let (_app, door) = waiting(Duration::from_secs(8)).await;
    let held = || door.metric("menagerie_permits_held{resource=\"requests\"}");
    let mut silent = narrow(&door).await;
    silent.write_all(&request(LARGE)).await.expect("it is taken");
    // What is counted first is not there before.
    let answered = || door.metrics.text().expect("text").contains(ANSWERED);
    until("the answer to be made", answered).await;
    assert_eq!((door.metric(IN_FLIGHT), held(), door.metric(CUT_OFF)), (1.0, 1.0, 0.0));
    // Others are served, and whoever takes its answer keeps nothing.
    let answer = door.ask(LARGE).await;
    assert!(answer.body.len() > 4_000_000, "{}", answer.body.len());
    comes_to(&door, CUT_OFF, 1.0).await;
    assert_eq!((door.metric(IN_FLIGHT), held()), (0.0, 0.0));
    assert_eq!(door.metric("menagerie_permit_clients"), 0.0);
    let (head, length) = to_the_end(silent).await;
    let announced = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let announced: usize = announced.expect("a length").parse().expect("a number");
    assert!(
        length < announced,
        "{length} of {announced}: nobody takes it for a whole answer"
    );
}

#[tokio::test]
async fn small_answers_are_cut_off_too_when_many_are_asked_for_in_one_go_and_none_is_taken() {
    let (_app, door) = waiting(Duration::from_millis(500)).await;
    let mut silent = narrow(&door).await;
    let ask = request(SMALL);
    let asking = async {
        // The server stops reading when it cannot write, and closes the connection then.
        while silent.write_all(&ask).await.is_ok() {}
    };
    timeout(PATIENCE, asking).await.expect("the connection is closed");
    assert!(door.metric(CUT_OFF) >= 1.0);
    comes_to(&door, IN_FLIGHT, 0.0).await;
    comes_to(&door, "menagerie_permits_held{resource=\"requests\"}", 0.0).await;
}

#[tokio::test]
async fn an_export_that_nobody_takes_is_cut_off_and_gives_its_place_back() {
    let (_app, door) = waiting(Duration::from_millis(500)).await;
    let mut silent = narrow(&door).await;
    let get = "GET /export/nations.ndjson HTTP/1.1\r\nHost: localhost\r\n\r\n";
    silent.write_all(get.as_bytes()).await.expect("it is taken");
    comes_to(&door, CUT_OFF, 1.0).await;
    comes_to(&door, "menagerie_permits_held{resource=\"exports\"}", 0.0).await;
    comes_to(&door, IN_FLIGHT, 0.0).await;
    let (head, _) = to_the_end(silent).await;
    assert!(head.starts_with("http/1.1 200 "), "{head}");
}

#[tokio::test]
async fn over_http_2_an_answer_that_nobody_takes_ends_alone_and_its_connection_goes_on() {
    let app = TestApp::empty().await;
    large(&app).await;
    let folder = tempfile::tempdir().expect("a folder");
    let certificate = tls::make(folder.path());
    let mut settings = settings();
    settings.timeouts.stalled = Duration::from_millis(500);
    let serving = Serving {
        tls: Some(tls::read(folder.path())),
        ..Serving::default()
    };
    let mut door = Door::serving(&app, settings, serving);
    // A window of a few kilobytes, which only opens as the client reads.
    let client = tls::trusting(&certificate).http2_initial_stream_window_size(4_096);
    door.client = client.build().expect("a client");
    let silent = door.post(&json!({ "query": LARGE })).send().await.expect("a head");
    assert_eq!((silent.status().as_u16(), silent.version()), (200, Version::HTTP_2));
    comes_to(&door, CUT_OFF, 1.0).await;
    comes_to(&door, IN_FLIGHT, 0.0).await;
    comes_to(&door, "menagerie_permits_held{resource=\"requests\"}", 0.0).await;
    door.ask("{ __typename }").await.data();
    silent.bytes().await.expect_err("it breaks off");
    assert_eq!(Answer::to(door.get("/healthz")).await.status, 200);
}

#[tokio::test]
async fn large_answers_that_wait_for_their_clients_have_a_bound_together() {
    let app = TestApp::empty().await;
    large(&app).await;
    let mut settings = settings();
    // As little as can be: two of the longest answers.
    settings.config.limits.set(Limit::WaitingAnswerBytes, 65_536);
    let door = Door::over(&app, settings);
    let held = || door.metric("menagerie_permits_held{resource=\"answer_bytes\"}");
    let mut silent = Vec::new();
    for _ in 0..3 {
        let mut one = narrow(&door).await;
        one.write_all(&request(LARGE)).await.expect("it is taken");
        silent.push(one);
    }
    until("three answers to wait", || held() > 12_000_000.0).await;
    let refused = door.ask(LARGE).await;
    refused.is_refused(503, "UNAVAILABLE");
    assert!(
        refused.message().contains("bytes of answers that are not taken"),
        "{}",
        refused.message()
    );
    assert_eq!(door.ask(SMALL).await.status, 200);
    drop(silent);
    comes_to(&door, "menagerie_permits_held{resource=\"answer_bytes\"}", 0.0).await;
    assert!(door.ask(LARGE).await.body.len() > 4_000_000);
}
