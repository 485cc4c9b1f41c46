//! The program under attack, what it is sent over bare sockets, and what it answers.

use std::time::Duration;

use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::commands::server::{Server, status_of};
use crate::commands::{PATIENCE, program_over};
use crate::support::{TestApp, metrics};

/// The media type in which requests that fail as a whole have a status of their own.
pub const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";

/// A program of its own, over the database of a test.
pub struct Target {
    // Ends before its database goes.
    server: Server,
    /// Host and port.
    pub host: String,
    pub database: TestApp,
}

impl Target {
    /// Starts the program with these settings over the article.
    pub async fn start(settings: &[(&str, &str)]) -> Self {
        let database = TestApp::with(&["article"]).await;
        let server = Server::start(program_over(&database).envs(settings.iter().copied()));
        let host = server
            .address
            .trim_start_matches("http://")
            .trim_end_matches("/graphql");
        let target = Self {
            host: host.to_owned(),
            server,
            database,
        };
        target.serves_good_requests("the start").await;
        target
    }

    /// How much memory the process holds, in KiB.
    pub fn memory(&self) -> u64 {
        let resident = status_of(self.server.child.id(), "VmRSS:").expect("the process is alive");
        let number = resident.split_whitespace().next().expect("a number and its unit");
        number.parse().expect("a number")
    }

    /// Opens a connection.
    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.host)
            .await
            .expect("the server accepts connections")
    }

    /// Opens a connection from another address of this machine: the server takes it for another client.
    async fn connect_as_another(&self) -> TcpStream {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket
            .bind(([127, 0, 0, 2], 0).into())
            .expect("all of 127.0.0.0/8 is this machine");
        let address = self.host.parse().expect("an address");
        socket.connect(address).await.expect("the server accepts connections")
    }

    /// Sends the bytes of a request on a connection of its own; nothing where the connection ends without an answer.
    pub async fn send(&self, request: &[u8]) -> Option<Answer> {
        Self::sent(self.connect().await, request).await
    }

    /// The same as another client.
    pub async fn send_as_another(&self, request: &[u8]) -> Option<Answer> {
        Self::sent(self.connect_as_another().await, request).await
    }

    /// The value of a metric, by its name and labels as they are written.
    pub async fn metric(&self, name: &str) -> f64 {
        let answer = loop {
            let answer = self.send_as_another(&get("/metrics", "*/*")).await;
            let answer = answer.expect("the metrics");
            // Where a debug build on a busy machine comes to a connection only after the time for its request's head, the
            // request has not come in time: then it is asked again.
            if answer.status != 408 {
                break answer;
            }
        };
        assert_eq!(answer.status, 200, "{answer:?}");
        metrics::value(&String::from_utf8_lossy(&answer.body), name)
    }

    async fn sent(stream: TcpStream, request: &[u8]) -> Option<Answer> {
        let (mut from, mut to) = stream.into_split();
        let request = request.to_vec();
        // A refusal may come before all has been taken, so both go on at once. The half that writes is given back, for
        // dropping it would tell the server that the client has left.
        let writing = tokio::spawn(async move {
            let _ = to.write_all(&request).await;
            to
        });
        let answer = timeout(PATIENCE, read(&mut from)).await.expect("an answer or an end");
        writing.abort();
        answer
    }

    /// A good request of a client that has done no harm is answered well.
    pub async fn serves_good_requests(&self, after: &str) {
        let good = query("{ gift(slug: \"ru-kp-2024\") { total { text } } }");
        let answer = self.send_as_another(&good).await;
        let answer = answer.unwrap_or_else(|| panic!("no answer to a good request after {after}"));
        assert_eq!(
            (answer.status, answer.json()),
            (
                200,
                Some(json!({ "data": { "gift": { "total": { "text": "71 or more" } } } }))
            ),
            "a good request after {after}"
        );
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Answer {
    /// The body, where it is JSON.
    pub fn json(&self) -> Option<Json> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The code of each error.
    pub fn codes(&self) -> Vec<String> {
        let json = self.json().unwrap_or_default();
        let errors = json["errors"].as_array().cloned().unwrap_or_default();
        let code = |error: &Json| error["extensions"]["code"].as_str().unwrap_or("no code").to_owned();
        errors.iter().map(code).collect()
    }
}

/// Reads one answer. A connection that breaks behind a whole answer has done its work.
pub async fn read(from: &mut (impl AsyncReadExt + Unpin)) -> Option<Answer> {
    let mut bytes = Vec::new();
    let mut piece = vec![0_u8; 64 * 1024];
    loop {
        if let Some(answer) = whole(&bytes) {
            return Some(answer);
        }
        match from.read(&mut piece).await {
            Ok(0) | Err(_) => return None,
            Ok(length) => bytes.extend_from_slice(&piece[..length]),
        }
    }
}

/// The answer in these bytes, if it is all there.
fn whole(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let field = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(found, _)| *found == name).map(|(_, value)| value.trim())
    };
    let rest = &bytes[end + 4..];
    let body = if field("transfer-encoding") == Some("chunked") {
        dechunked(rest)?
    } else {
        let length = field("content-length").map_or(Some(0), |length| length.parse().ok())?;
        rest.get(..length)?.to_vec()
    };
    Some(Answer { status, body })
}

fn dechunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n")?;
        let length = std::str::from_utf8(&rest[..end]).ok()?;
        let length = usize::from_str_radix(length.trim(), 16).ok()?;
        if length == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(end + 2..end + 2 + length)?);
        rest = rest.get(end + 2 + length + 2..)?;
    }
}

/// The bytes of a request by POST with these headers beside those that HTTP needs.
pub fn post_with(headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut request = format!(
        "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {GRAPHQL_RESPONSE}\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    let mut request = (request + "\r\n").into_bytes();
    request.extend_from_slice(body);
    request
}

/// The bytes of a request by POST whose body says that it is JSON.
pub fn post(body: impl AsRef<[u8]>) -> Vec<u8> {
    post_with(&[("Content-Type", "application/json")], body.as_ref())
}

/// The bytes of a request for a document.
pub fn query(document: &str) -> Vec<u8> {
    post(json!({ "query": document }).to_string())
}

/// The bytes of a request for a document with variables.
pub fn query_with(document: &str, variables: &Json) -> Vec<u8> {
    post(json!({ "query": document, "variables": variables }).to_string())
}

/// The bytes of a GET of this path.
pub fn get(path: &str, accept: &str) -> Vec<u8> {
    get_with(path, &[("Accept", accept)])
}

/// The bytes of a GET of this path with these headers.
pub fn get_with(path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n");
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    (request + "\r\n").into_bytes()
}

/// How long is waited between two looks at something that is waited for.
pub const LOOK: Duration = Duration::from_millis(20);
