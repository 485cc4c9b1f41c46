//! Slow, silent, broken and many connections: they cost the server little, and others do not notice.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::target::{Answer, LOOK, Target, post, query, read};
use super::{GROWTH, by_default};
use crate::commands::PATIENCE;

/// How many connections at once.
const MANY: usize = 500;

/// The deadline of requests, in milliseconds: what never comes is waited for so long. A good request has to be done by
/// then, also on a busy machine.
const DEADLINE: &str = "5000";

async fn impatient() -> Target {
    let settings = [
        ("MENAGERIE_MAX_POINTS_PER_MINUTE", "0"),
        ("MENAGERIE_REQUEST_TIMEOUT_MS", DEADLINE),
    ];
    Target::start(&settings).await
}

/// Opens a connection and sends these bytes on it, and nothing more.
async fn begun(target: &Target, bytes: &[u8]) -> TcpStream {
    let mut stream = target.connect().await;
    stream.write_all(bytes).await.expect("the server takes the bytes");
    stream
}

/// What a connection gets for what it has sent; nothing where it is closed without an answer.
async fn outcome(mut stream: TcpStream, name: &str) -> Option<Answer> {
    let read = timeout(PATIENCE, read(&mut stream)).await;
    read.unwrap_or_else(|_| panic!("{name}: the server waits for ever"))
}

/// A request whose body never comes to its end.
fn endless() -> Vec<u8> {
    let mut request = post(r#"{"query":"{__typename}"}"#);
    request.truncate(request.len() - 5);
    request
}

#[tokio::test]
async fn what_never_comes_to_its_end_is_not_waited_for() {
    let target = impatient().await;
    let begins = [
        ("nothing at all", Vec::new()),
        ("half a request line", b"POST /gra".to_vec()),
        ("half a head", b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-".to_vec()),
        ("a head without its body", endless()[..endless().len() - 19].to_vec()),
        ("half a body", endless()),
        (
            "half a piece",
            b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{".to_vec(),
        ),
    ];
    // All at once, for each is waited for.
    let mut streams = Vec::new();
    for (name, bytes) in begins {
        streams.push((name, begun(&target, &bytes).await));
    }
    target.serves_good_requests("requests that were only begun").await;
    for (name, stream) in streams {
        let answer = outcome(stream, name).await;
        let statuses = [400, 408, 504];
        assert!(
            answer.as_ref().is_none_or(|answer| statuses.contains(&answer.status)),
            "{name}: {answer:?}"
        );
    }
    target.serves_good_requests("requests that never came").await;
}

#[tokio::test]
async fn a_body_that_drips_is_refused_at_the_deadline() {
    let target = impatient().await;
    let (mut from, mut to) = begun(&target, &post(" ".repeat(100_000))[..200]).await.into_split();
    // One byte after another, each long before any deadline between two of them.
    let dripping = tokio::spawn(async move {
        while to.write_all(b" ").await.is_ok() {
            sleep(LOOK).await;
        }
    });
    let answer = timeout(PATIENCE, read(&mut from))
        .await
        .expect("the server does not wait for ever");
    assert!(
        answer.as_ref().is_none_or(|answer| [408, 504].contains(&answer.status)),
        "{answer:?}"
    );
    drop(from);
    dripping.abort();
    target.serves_good_requests("a body that drips").await;
}

#[tokio::test]
async fn an_answer_that_nobody_takes_holds_nobody_up() {
    let target = impatient().await;
    // Twenty of these are more than fits into the buffers between.
    let large = query("{__schema{types{name description fields{name description args{name description}}}}}");
    let large = String::from_utf8(large)
        .expect("text")
        .replace("Connection: close\r\n", "");
    let mut streams = Vec::new();
    for _ in 0..20 {
        streams.push(begun(&target, large.repeat(20).as_bytes()).await);
    }
    target.serves_good_requests("answers that nobody takes").await;
    drop(streams);
    target.serves_good_requests("clients that left").await;
}

#[tokio::test]
async fn five_hundred_connections_of_any_kind_hold_nobody_up_and_leave_no_memory_behind() {
    let target = by_default().await;
    let whole = query("{gifts(first:20){nodes{id title}}}");
    let nested = query(&"{a".repeat(66));
    let before = target.memory();
    for (name, bytes) in [
        ("silent connections", Vec::new()),
        ("half heads", b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\n".to_vec()),
        ("half bodies", endless()),
        ("large half bodies", post(" ".repeat(20_000))[..15_000].to_vec()),
        ("good requests", whole.clone()),
        ("nested documents", nested.clone()),
        ("no HTTP", b"\x00\x01\x02\x03\r\n\r\n".to_vec()),
    ] {
        let mut streams = Vec::with_capacity(MANY);
        for _ in 0..MANY {
            streams.push(begun(&target, &bytes).await);
        }
        target.serves_good_requests(name).await;
        if bytes == whole {
            // Over what one client may have under way some are told to come again; none is left without an answer.
            for stream in streams {
                let answer = outcome(stream, name).await.expect("an answer");
                assert!([200, 429, 503].contains(&answer.status), "{name}: {answer:?}");
            }
        }
        target.serves_good_requests(&format!("{name} that left")).await;
    }
    let after = target.memory();
    assert!(after < before + GROWTH, "{before} KiB before, {after} KiB after");
}

#[tokio::test]
async fn requests_in_one_go_on_one_connection_are_answered_in_their_order() {
    let target = by_default().await;
    let ask = |number: usize| {
        let request = query(&format!("{{a{number}:__typename}}"));
        String::from_utf8(request)
            .expect("text")
            .replace("Connection: close\r\n", "")
    };
    let requests: String = (0..50).map(ask).collect();
    let mut stream = begun(&target, requests.as_bytes()).await;
    let mut bytes = Vec::new();
    let all = async {
        use tokio::io::AsyncReadExt;
        let mut piece = [0; 4096];
        while !String::from_utf8_lossy(&bytes).contains("\"a49\"") {
            let length = stream.read(&mut piece).await.expect("the connection stays");
            assert!(length > 0, "the connection ends early");
            bytes.extend_from_slice(&piece[..length]);
        }
    };
    timeout(Duration::from_secs(60), all).await.expect("all are answered");
    let text = String::from_utf8_lossy(&bytes);
    let places: Vec<_> = (0..50).map(|number| text.find(&format!("\"a{number}\""))).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}");
}
