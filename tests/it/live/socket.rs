//! A client of WebSockets: small, and able to do what no client does.

use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::PATIENCE;
use crate::support::TestApp;

/// The protocol of GraphQL over WebSockets.
pub const PROTOCOL: &str = "graphql-transport-ws";

/// The kinds of frames (RFC 6455, 5.2).
pub const CONTINUATION: u8 = 0;
pub const TEXT: u8 = 1;
pub const BINARY: u8 = 2;
pub const CLOSE: u8 = 8;
pub const PING: u8 = 9;
pub const PONG: u8 = 10;

/// What comes from the server.
#[derive(Debug, PartialEq)]
pub enum Frame {
    Message(Json),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    /// The code, 0 where there is none, and the reason.
    Close(u16, String),
    /// The connection has ended.
    Gone,
}

/// An open socket.
pub struct Socket {
    stream: TcpStream,
    /// What has come and is not read yet.
    buffer: Vec<u8>,
    /// Whether the server's pings are answered.
    pub answers: bool,
}

impl Socket {
    /// A handshake with these further headers: the socket, or the status and body of the refusal; no status where nobody
    /// answers.
    pub async fn shake(address: &str, headers: &[(&str, &str)]) -> Result<Self, (u16, String)> {
        let host = address.strip_prefix("http://").expect("HTTP");
        let connected = TcpStream::connect(host).await;
        let mut stream = connected.map_err(|error| (0, error.to_string()))?;
        let more: String = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let head = format!(
            "GET /graphql HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more}\r\n"
        );
        let sent = stream.write_all(head.as_bytes()).await;
        sent.map_err(|error| (0, error.to_string()))?;
        let mut socket = Self {
            stream,
            buffer: Vec::new(),
            answers: true,
        };
        let head = loop {
            if let Some(end) = socket.buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break String::from_utf8(socket.buffer.drain(..end + 4).collect()).expect("text");
            }
            if !socket.more().await {
                return Err((0, "the handshake is not answered".to_owned()));
            }
        };
        let status: u16 = head.split(' ').nth(1).expect("a status").parse().expect("a number");
        if status == 101 {
            assert!(
                head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
                "the key is answered: {head}"
            );
            let offers = headers.iter().any(|(_, value)| value.contains(PROTOCOL));
            assert_eq!(head.contains(PROTOCOL), offers, "{head}");
            return Ok(socket);
        }
        let length = head.to_lowercase();
        let length = length
            .split("content-length: ")
            .nth(1)
            .and_then(|rest| rest.split('\r').next());
        let length: usize = length.map_or(0, |length| length.parse().expect("a number"));
        while socket.buffer.len() < length {
            assert!(socket.more().await, "the body comes");
        }
        Err((status, String::from_utf8_lossy(&socket.buffer).into_owned()))
    }

    /// An open socket of the protocol, nothing said yet.
    pub async fn open(app: &TestApp) -> Self {
        Self::shake(&app.address, &[("Sec-WebSocket-Protocol", PROTOCOL)])
            .await
            .expect("it opens")
    }

    /// A connection that is acknowledged.
    pub async fn connected(app: &TestApp) -> Self {
        let mut socket = Self::open(app).await;
        socket.acknowledged(json!({})).await;
        socket
    }

    pub async fn init(&mut self, payload: Json) {
        self.send(&json!({ "type": "connection_init", "payload": payload }))
            .await;
    }

    /// Begins the protocol, and is acknowledged.
    pub async fn acknowledged(&mut self, payload: Json) {
        self.init(payload).await;
        assert_eq!(self.message().await, json!({ "type": "connection_ack" }));
    }

    /// Asks for an operation.
    pub async fn subscribe(&mut self, id: &str, query: &str) {
        self.send(&json!({ "type": "subscribe", "id": id, "payload": { "query": query } }))
            .await;
    }

    pub async fn complete(&mut self, id: &str) {
        self.send(&json!({ "type": "complete", "id": id })).await;
    }

    pub async fn send(&mut self, message: &Json) {
        self.text(&message.to_string()).await;
    }

    pub async fn text(&mut self, text: &str) {
        self.frame(0x80 | TEXT, text.as_bytes()).await;
    }

    /// A frame with this first byte. What cannot be sent any more is not.
    pub async fn frame(&mut self, first: u8, bytes: &[u8]) {
        let mut frame = vec![first];
        match bytes.len() {
            short @ ..126 => frame.push(0x80 | u8::try_from(short).expect("short")),
            middle @ ..65_536 => {
                frame.push(0x80 | 126);
                frame.extend(u16::try_from(middle).expect("not long").to_be_bytes());
            }
            long => {
                frame.push(0x80 | 127);
                frame.extend((long as u64).to_be_bytes());
            }
        }
        // A mask of zeros leaves all as it is.
        frame.extend([0; 4]);
        frame.extend(bytes);
        let _ = timeout(PATIENCE, self.stream.write_all(&frame))
            .await
            .expect("it is sent in time");
    }

    async fn more(&mut self) -> bool {
        let mut bytes = [0; 16 * 1024];
        let read = timeout(PATIENCE, self.stream.read(&mut bytes)).await;
        let read = read.expect("something comes, or the end").unwrap_or(0);
        self.buffer.extend(&bytes[..read]);
        read > 0
    }

    /// What comes next; pings are answered and left out where `answers` says so.
    pub async fn next(&mut self) -> Frame {
        loop {
            let Some((opcode, bytes)) = self.taken() else {
                match self.more().await {
                    true => continue,
                    false => return Frame::Gone,
                }
            };
            return match opcode {
                TEXT => Frame::Message(serde_json::from_slice(&bytes).expect("JSON")),
                PING if self.answers => {
                    self.frame(0x80 | PONG, &bytes).await;
                    continue;
                }
                PING => Frame::Ping(bytes),
                PONG => Frame::Pong(bytes),
                CLOSE if bytes.is_empty() => Frame::Close(0, String::new()),
                CLOSE => {
                    let code = u16::from_be_bytes([bytes[0], bytes[1]]);
                    Frame::Close(code, String::from_utf8(bytes[2..].to_vec()).expect("text"))
                }
                other => panic!("a frame of the kind {other}"),
            };
        }
    }

    /// A whole frame from the buffer. The server sends each message in one, without a mask.
    fn taken(&mut self) -> Option<(u8, Vec<u8>)> {
        let [first, second, rest @ ..] = self.buffer.as_slice() else {
            return None;
        };
        let (head, length) = match second {
            126 => (4, u16::from_be_bytes(rest.get(..2)?.try_into().ok()?).into()),
            127 => (
                10,
                usize::try_from(u64::from_be_bytes(rest.get(..8)?.try_into().ok()?)).ok()?,
            ),
            short => (2, usize::from(*short)),
        };
        assert_eq!(first & 0x80, 0x80, "the frame is whole");
        let opcode = first & 0x0f;
        if self.buffer.len() < head + length {
            return None;
        }
        let frame: Vec<u8> = self.buffer.drain(..head + length).collect();
        Some((opcode, frame[head..].to_vec()))
    }

    /// The next message; anything else fails the test.
    pub async fn message(&mut self) -> Json {
        match self.next().await {
            Frame::Message(message) => message,
            other => panic!("no message but {other:?}"),
        }
    }

    /// The code and reason by which the server closes; messages before that are let pass.
    pub async fn closed(&mut self) -> (u16, String) {
        loop {
            match self.next().await {
                Frame::Close(code, reason) => return (code, reason),
                Frame::Gone => panic!("the connection ended without a close"),
                _ => {}
            }
        }
    }
}
