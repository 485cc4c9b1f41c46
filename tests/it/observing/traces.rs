//! Spans that reach a collector, by the program as users run it: traces are set up once per process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;

use serde_json::json;

use crate::commands::server::Server;
use crate::commands::{ends_with, program_over};
use crate::support::{TestApp, client};

/// A collector that keeps what it gets: path and body of each request.
struct Collector {
    address: String,
    got: mpsc::Receiver<(String, Vec<u8>)>,
}

impl Collector {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let (send, got) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let send = send.clone();
                thread::spawn(move || {
                    while let Some(request) = take(&stream) {
                        if send.send(request).is_err() {
                            break;
                        }
                    }
                });
            }
        });
        Self { address, got }
    }

    /// All bodies that came until now.
    fn bodies(&self) -> Vec<u8> {
        let mut bodies = Vec::new();
        for (path, body) in self.got.try_iter() {
            assert_eq!(path, "/v1/traces");
            bodies.extend(body);
        }
        bodies
    }
}

/// The next request on a connection, which is answered with 200.
fn take(mut stream: &TcpStream) -> Option<(String, Vec<u8>)> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut length = 0;
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        if line.trim().is_empty() {
            break;
        }
        let lower = line.to_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").ok()?;
    Some((path, body))
}

fn holds(bodies: &[u8], part: &[u8]) -> bool {
    bodies.windows(part.len()).any(|window| window == part)
}

/// The bytes of an id of a trace or span.
fn bytes(id: &str) -> Vec<u8> {
    (0..id.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&id[at..at + 2], 16).expect("hexadecimal"))
        .collect()
}

#[tokio::test]
async fn a_request_and_its_commands_are_spans_of_the_callers_trace() {
    let app = TestApp::with(&["article"]).await;
    let collector = Collector::start();
    let mut server = Server::start(program_over(&app).env("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.address));
    let (trace, parent) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
    let unwanted = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1";
    for traceparent in [
        format!("00-{trace}-{parent}-01"),
        // The caller keeps no trace of this one.
        format!("00-{unwanted}-{parent}-00"),
        // These say nothing.
        format!("00-{}-{parent}-01", "0".repeat(32)),
        "00-hidden-01".to_owned(),
    ] {
        let asked =
            json!({ "query": "query Named { gift(slug: \"cn-kr\") { hiddenAlias: id } }", "operationName": "Named" });
        let request = client()
            .post(&server.address)
            .header("traceparent", &traceparent)
            .json(&asked);
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{traceparent}");
    }
    server.signal("-TERM");
    // What was not sent yet is sent before the end.
    assert_eq!(server.ended().code(), Some(0), "{}", server.log());
    let bodies = collector.bodies();
    for id in [trace, parent] {
        assert!(holds(&bodies, &bytes(id)), "{id}");
    }
    assert!(!holds(&bodies, &bytes(unwanted)));
    for name in [
        "/graphql",
        "find",
        "gifts",
        "http.request.method",
        "POST",
        "url.path",
        "graphql.operation.type",
        "db.operation.name",
        "db.namespace",
        "Named",
        "menagerie",
        env!("CARGO_PKG_VERSION"),
    ] {
        assert!(holds(&bodies, name.as_bytes()), "{name}");
    }
    assert!(!holds(&bodies, b"hidden"), "no text of a document, no header");
}

#[tokio::test]
async fn a_collector_that_does_not_answer_is_told_in_the_log_and_holds_up_nothing() {
    let app = TestApp::empty().await;
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = format!("http://{}", closed.local_addr().expect("an address"));
    drop(closed);
    let mut server = Server::start(program_over(&app).env("OTEL_EXPORTER_OTLP_ENDPOINT", &address));
    assert_eq!(server.query("{ gifts { totalCount } }").await["gifts"]["totalCount"], 0);
    server.signal("-TERM");
    assert_eq!(server.ended().code(), Some(0));
    let log = server.log();
    assert!(
        log.lines().any(|line| line.contains("ERROR") || line.contains("WARN")),
        "{log}"
    );
}

#[tokio::test]
async fn an_address_that_is_none_of_a_collector_stops_the_start() {
    let app = TestApp::empty().await;
    for address in ["collector:4318", "ftp://collector"] {
        let mut command = program_over(&app);
        command
            .env("MENAGERIE_BIND", "127.0.0.1:0")
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", address);
        let said = ends_with(&mut command, 78);
        assert!(
            said.contains("OTEL_EXPORTER_OTLP_ENDPOINT") && said.contains("http://"),
            "{said}"
        );
    }
}
