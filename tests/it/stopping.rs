//! How the server stops: signals under load, with a request half sent, and twice.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::Value as Json;

use crate::commands::server::{Server, embedded_in, lives, until};
use crate::commands::{PATIENCE, program_over};
use crate::support::TestApp;

const QUERY: &str = r#"{"query":"{ gifts { totalCount nodes { title } } }"}"#;

/// A connection that stays open from request to request.
struct Connection(BufReader<TcpStream>);

impl Connection {
    /// To the server's port; nothing where it accepts none any more.
    fn open(server: &Server) -> Option<Self> {
        Self::open_to(host(server))
    }

    fn open_to(host: &str) -> Option<Self> {
        let stream = TcpStream::connect(host).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).expect("a bound");
        Some(Self(BufReader::new(stream)))
    }

    fn send(&mut self, text: &str) {
        self.0.get_mut().write_all(text.as_bytes()).expect("sent");
    }

    /// One answer: its status, whether it tells the connection to close, and its body, which must be whole.
    fn answer(&mut self) -> (u16, bool, String) {
        let (mut status, mut close, mut length) = (0, false, 0);
        for number in 0.. {
            let mut line = String::new();
            let read = self.0.read_line(&mut line).expect("a line");
            assert!(read > 0, "the answer is cut off");
            let line = line.trim().to_lowercase();
            if number == 0 {
                status = line.split(' ').nth(1).expect("a status").parse().expect("a number");
            } else if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.parse().expect("a number");
            } else if line == "connection: close" {
                close = true;
            } else if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).expect("the whole body");
        (status, close, String::from_utf8(body).expect("text"))
    }
}

fn host(server: &Server) -> &str {
    let host = server.address.strip_prefix("http://").expect("HTTP");
    host.strip_suffix("/graphql").expect("the API")
}

/// The head of a query's request.
fn head(more: &str) -> String {
    let length = QUERY.len();
    format!(
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{more}\r\n"
    )
}

fn assert_whole(body: &str) {
    let body: Json = serde_json::from_str(body).expect("JSON");
    assert_eq!(body["data"]["gifts"]["totalCount"], 6, "{body}");
}

/// Waits until the server says that it is about to stop.
fn until_it_leaves(server: &Server) {
    until("/readyz to fail", || {
        let mut connection = Connection::open(server).expect("it still accepts");
        connection.send("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n");
        let (status, close, body) = connection.answer();
        (status == 503).then(|| assert!(close && body.contains("about to stop"), "{body}"))
    });
}

#[tokio::test]
async fn a_signal_under_load_costs_no_request_an_error() {
    const CLIENTS: usize = 12;
    let app = TestApp::with(&["article"]).await;
    let mut server = Server::start(program_over(&app).env("MENAGERIE_DRAIN_MS", "5000"));
    let answered = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (host, answered) = (host(&server).to_owned(), Arc::clone(&answered));
            thread::spawn(move || {
                let mut connection = Connection::open_to(&host).expect("it accepts");
                loop {
                    connection.send(&(head("") + QUERY));
                    let (status, close, body) = connection.answer();
                    assert_eq!(status, 200, "{body}");
                    assert_whole(&body);
                    answered.fetch_add(1, Ordering::Relaxed);
                    if close {
                        return;
                    }
                }
            })
        })
        .collect();
    until("load", || {
        (answered.load(Ordering::Relaxed) > 10 * CLIENTS).then_some(())
    });
    server.signal("-TERM");
    until_it_leaves(&server);
    // New requests are served as long as it drains.
    let mut late = Connection::open(&server).expect("it still accepts");
    late.send(&(head("") + QUERY));
    let (status, close, body) = late.answer();
    assert!(status == 200 && close, "{status} {close} {body}");
    for client in clients {
        client
            .join()
            .expect("every answer is whole, and the last one says close");
    }
    assert_eq!(server.ended().code(), Some(0), "{}", server.log());
}

#[tokio::test]
async fn a_request_that_is_half_sent_may_end_after_the_port_is_closed() {
    let app = TestApp::with(&["article"]).await;
    let mut server = Server::start(&mut program_over(&app));
    let mut connection = Connection::open(&server).expect("it accepts");
    connection.send(&head("Expect: 100-continue\r\n"));
    let (status, ..) = connection.answer();
    assert_eq!(status, 100, "the request is taken on");
    server.signal("-INT");
    until("the port to close", || {
        Connection::open(&server).is_none().then_some(())
    });
    connection.send(QUERY);
    let (status, close, body) = connection.answer();
    assert!(status == 200 && close, "{status} {close} {body}");
    assert_whole(&body);
    assert_eq!(server.ended().code(), Some(0), "{}", server.log());
}

#[tokio::test]
async fn a_request_that_does_not_end_is_waited_for_no_longer_than_the_grace() {
    let app = TestApp::empty().await;
    let mut server = Server::start(program_over(&app).env("MENAGERIE_GRACE_MS", "300"));
    let mut connection = Connection::open(&server).expect("it accepts");
    connection.send(&head("Expect: 100-continue\r\n"));
    assert_eq!(connection.answer().0, 100);
    server.signal("-TERM");
    assert_eq!(server.ended().code(), Some(0), "{}", server.log());
}

#[tokio::test]
async fn a_second_signal_ends_the_server_and_its_database_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    for (drain, grace) in [("600000", "0"), ("0", "600000")] {
        let mut command = embedded_in(folder.path());
        command
            .env("MENAGERIE_DRAIN_MS", drain)
            .env("MENAGERIE_GRACE_MS", grace);
        let mut server = Server::start(&mut command);
        let database = server.database();
        let mut connection = Connection::open(&server).expect("it accepts");
        connection.send(&head("Expect: 100-continue\r\n"));
        assert_eq!(connection.answer().0, 100);
        server.signal("-TERM");
        if drain == "0" {
            until("the port to close", || {
                Connection::open(&server).is_none().then_some(())
            });
        } else {
            until_it_leaves(&server);
        }
        server.signal("-TERM");
        assert_eq!(server.ended().code(), Some(1), "{}", server.log());
        assert!(!lives(database), "it waits for its database to end");
    }
}
