//! The messages of graphql-transport-ws, and the close codes.
//!
//! By PROTOCOL.md of the npm package graphql-ws. `socket` handles the messages.

use actix_ws::{CloseCode, CloseReason, ProtocolError};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::graphql::eager::json::ObjectWriter;
use crate::guard::Rejection;
use crate::http::answer::{Answer, append};
use crate::http::parameters::Parameters;
use crate::http::response::Answered;

/// The name of the subprotocol.
pub const PROTOCOL: &str = "graphql-transport-ws";

/// The longest id of an operation, in bytes: it stays in memory as long as the operation.
const LONGEST_ID: usize = 256;

/// A message of a client.
pub enum Message {
    /// Asks to be connected; the payload may contain credentials.
    Init(Option<Map<String, Value>>),
    Ping(Option<Box<RawValue>>),
    Pong,
    Subscribe {
        /// Identifies the results.
        id: String,
        /// The operation, or what is wrong with it.
        parameters: Box<Result<Parameters, Rejection>>,
    },
    /// Cancels an operation.
    Complete {
        id: String,
    },
}

#[derive(Deserialize)]
struct Envelope {
    r#type: String,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    payload: Option<Box<RawValue>>,
}

impl Message {
    /// Parses a message. The error closes the socket.
    pub fn read(text: &str) -> Result<Self, CloseReason> {
        // serde also accepts a list, as the fields in their order.
        let is_object = text.trim_start().starts_with('{');
        let envelope: Option<Envelope> = serde_json::from_str(text).ok().filter(|_| is_object);
        let Envelope { r#type, id, payload } = envelope
            .ok_or_else(|| invalid("Invalid message: no JSON object with `type`, and `id` a text where it is there"))?;
        let object = || match payload.as_deref().map(RawValue::get) {
            Some(text) if !text.starts_with('{') => Err(invalid("Invalid message: `payload` is no object")),
            _ => Ok(()),
        };
        let id = || match id.as_deref() {
            None | Some("") => Err(invalid("Invalid message: `id` is missing")),
            Some(id) if id.len() > LONGEST_ID => Err(invalid(&format!(
                "Invalid message: `id` is longer than {LONGEST_ID} bytes"
            ))),
            Some(id) => Ok(id.to_owned()),
        };
        match r#type.as_str() {
            "connection_init" => {
                object()?;
                let given = payload.map(|payload| serde_json::from_str(payload.get()));
                Ok(Self::Init(
                    given
                        .transpose()
                        .map_err(|_| invalid("Invalid message: `payload` cannot be read"))?,
                ))
            }
            "ping" => object().map(|()| Self::Ping(payload)),
            "pong" => object().map(|()| Self::Pong),
            "subscribe" => {
                let id = id()?;
                let parameters = payload.and_then(|payload| Parameters::of_payload(payload.get()));
                let parameters = parameters
                    .ok_or_else(|| invalid("Invalid message: `payload` is no request with `query` or its like"))?;
                Ok(Self::Subscribe {
                    id,
                    parameters: Box::new(parameters),
                })
            }
            "complete" => Ok(Self::Complete { id: id()? }),
            _ => Err(invalid("Invalid message: its `type` is none that a client can send")),
        }
    }
}

/// A result of the operation with this id.
pub fn next(id: &str, answered: &Answered) -> String {
    let mut message = begun(id, "next");
    answered.write(message.place("payload"));
    text(message)
}

/// The errors that end the operation with this id.
pub fn error(id: &str, answer: &Answer) -> String {
    let mut message = begun(id, "error");
    append(&answer.errors(), message.place("payload"));
    text(message)
}

/// The end of the operation with this id.
pub fn complete(id: &str) -> String {
    text(begun(id, "complete"))
}

fn begun(id: &str, name: &str) -> ObjectWriter<Vec<u8>> {
    let mut message = ObjectWriter::within(Vec::new());
    append(&id, message.place("id"));
    append(&name, message.place("type"));
    message
}

fn text(message: ObjectWriter<Vec<u8>>) -> String {
    // JSON is always UTF-8.
    String::from_utf8(message.end()).unwrap_or_default()
}

/// The reply to `connection_init`.
pub const ACKNOWLEDGED: &str = r#"{"type":"connection_ack"}"#;

/// The reply to a ping, with its payload.
pub fn pong(payload: Option<Box<RawValue>>) -> String {
    payload.map_or_else(
        || r#"{"type":"pong"}"#.to_owned(),
        |payload| format!(r#"{{"type":"pong","payload":{}}}"#, payload.get()),
    )
}

/// A close with this code. A reason of more than 123 bytes is cut.
pub fn close(code: u16, reason: &str) -> CloseReason {
    CloseReason {
        code: CloseCode::Other(code),
        description: Some(reason.to_owned()),
    }
}

/// The close for a message that is not valid.
pub fn invalid(reason: &str) -> CloseReason {
    close(4400, reason)
}

/// The close for an invalid frame, or one that is too large.
pub fn broken(error: &ProtocolError, most: usize) -> CloseReason {
    match error {
        ProtocolError::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            close(1007, "A text is no UTF-8")
        }
        // `Io` also means that a continued message grew too large. On a broken connection, nobody reads this.
        ProtocolError::Overflow | ProtocolError::Io(_) => {
            close(1009, &format!("A message is larger than {most} bytes"))
        }
        _ => close(1002, "A frame is not in order"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_not_the_form_of_a_message_closes_the_socket() {
        for text in [
            "",
            "{",
            "1",
            "[]",
            r#"["ping"]"#,
            "null",
            "{}",
            r#"{"type": 1}"#,
            r#"{"type": "hello"}"#,
            r#"{"type": "connection_ack"}"#,
            r#"{"type": "next", "id": "1", "payload": {}}"#,
            r#"{"type": "error", "id": "1", "payload": []}"#,
            r#"{"type": "connection_init", "payload": 1}"#,
            r#"{"type": "connection_init", "payload": []}"#,
            r#"{"type": "ping", "payload": "x"}"#,
            r#"{"type": "pong", "payload": [1]}"#,
            r#"{"type": "subscribe", "payload": {"query": "{a}"}}"#,
            r#"{"type": "subscribe", "id": "", "payload": {"query": "{a}"}}"#,
            r#"{"type": "subscribe", "id": 1, "payload": {"query": "{a}"}}"#,
            r#"{"type": "subscribe", "id": "1"}"#,
            r#"{"type": "subscribe", "id": "1", "payload": null}"#,
            r#"{"type": "subscribe", "id": "1", "payload": "{a}"}"#,
            r#"{"type": "subscribe", "id": "1", "payload": ["{a}"]}"#,
            r#"{"type": "subscribe", "id": "1", "payload": {}}"#,
            r#"{"type": "subscribe", "id": "1", "payload": {"query": 1}}"#,
            r#"{"type": "subscribe", "id": "1", "payload": {"query": "{a}", "operationName": 1}}"#,
            r#"{"type": "complete"}"#,
            r#"{"type": "complete", "id": null}"#,
            &format!(r#"{{"type": "complete", "id": "{}"}}"#, "x".repeat(LONGEST_ID + 1)),
        ] {
            let closed = Message::read(text).err().map(|close| u16::from(close.code));
            assert_eq!(closed, Some(4400), "{text}");
        }
    }

    #[test]
    fn messages_are_read_whatever_else_is_in_them() {
        let read = |text: &str| Message::read(text).expect(text);
        assert!(matches!(read(r#"{"type": "connection_init"}"#), Message::Init(None)));
        assert!(matches!(
            read(r#"{"payload": null, "type": "connection_init", "more": [1]}"#),
            Message::Init(None)
        ));
        assert!(matches!(
            read(r#"{"type": "connection_init", "payload": {"a": 1}}"#),
            Message::Init(Some(_))
        ));
        assert!(matches!(
            read(r#"{"type": "ping", "payload": {"a": 1}}"#),
            Message::Ping(Some(_))
        ));
        assert!(matches!(read(r#"{"type": "pong"}"#), Message::Pong));
        let query = r#"{"type":"subscribe","id":"1","payload":{"query":"","variables":null,"extensions":null}}"#;
        assert!(matches!(read(query), Message::Subscribe { id, parameters } if id == "1" && parameters.is_ok()));
        let by_hash = r#"{"type":"subscribe","id":"1","payload":{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}}"#;
        assert!(matches!(read(by_hash), Message::Subscribe { parameters, .. } if parameters.is_ok()));
        let wrong = r#"{"type":"subscribe","id":"1","payload":{"query":"{a}","variables":[1]}}"#;
        assert!(matches!(read(wrong), Message::Subscribe { parameters, .. } if parameters.is_err()));
    }
}
