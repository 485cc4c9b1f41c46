//! A client of streams of events.

use reqwest::{RequestBuilder, Response};
use serde_json::Value as Json;
use tokio::time::timeout;

use super::PATIENCE;

/// An event, or a comment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event {
    /// `None` where the event has no `id` field.
    pub id: Option<String>,
    pub event: String,
    pub data: String,
}

impl Event {
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.data).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// A stream that is read.
pub struct Stream {
    pub response: Response,
    buffer: String,
}

impl Stream {
    /// Sends a request that must be answered by a stream.
    pub async fn open(request: RequestBuilder) -> Self {
        let response = request.send().await.expect("the server answers");
        let stream = Self {
            response,
            buffer: String::new(),
        };
        assert_eq!(stream.response.status(), 200);
        let header = |name: &str| {
            stream
                .response
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        assert_eq!(header("content-type"), Some("text/event-stream; charset=utf-8"));
        assert!(header("cache-control").is_some_and(|value| value == "no-store"));
        stream
    }

    /// The next event or comment; `None` at the end.
    pub async fn block(&mut self) -> Option<Event> {
        loop {
            if let Some((block, rest)) = self.buffer.split_once("\n\n") {
                let event = read(block);
                self.buffer = rest.to_owned();
                return Some(event);
            }
            let chunk = timeout(PATIENCE, self.response.chunk()).await.expect("something comes");
            match chunk.expect("the stream is whole") {
                Some(bytes) => self.buffer += std::str::from_utf8(&bytes).expect("text"),
                None => {
                    assert_eq!(self.buffer, "", "it ends behind an event");
                    return None;
                }
            }
        }
    }

    /// The next event; comments are let pass.
    pub async fn event(&mut self) -> Option<Event> {
        loop {
            match self.block().await {
                Some(comment) if comment == Event::default() => {}
                event => return event,
            }
        }
    }

    /// The next result.
    pub async fn next(&mut self) -> Event {
        let event = self.event().await.expect("an event");
        assert_eq!(event.event, "next", "{event:?}");
        event
    }

    /// What must be the end of what was asked for, and of the stream.
    pub async fn completes(&mut self) {
        let event = self.event().await.expect("an event");
        assert_eq!((event.event.as_str(), event.data.as_str()), ("complete", ""));
        assert_eq!(self.event().await, None);
    }
}

fn read(block: &str) -> Event {
    let mut event = Event::default();
    for line in block.lines() {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value).to_owned();
        match field {
            "" => {}
            "id" => event.id = Some(value),
            "event" => event.event = value,
            "data" => event.data += &value,
            other => panic!("a field {other:?} in {block:?}"),
        }
    }
    event
}
