//! Answers as HTTP responses: the status, the headers and the body of one operation, or of a batch.

use std::borrow::Cow;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, RETRY_AFTER, VARY, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use serde_json::Value as Json;

use super::answer::{Answer, PARTIAL_SUCCESS, partial_success};
use super::cached_response::CachedResponse;
use super::headers::REQUEST_ID;
use super::media::MediaType;
use super::methods;
use crate::config::StatusText;
use crate::graphql::eager::json::ListWriter;

/// The end of a stream of events. `EventSource` only dispatches events with a `data` field; it may be empty.
const COMPLETE: &[u8] = b"event: complete\ndata:\n\n";

/// The answer to one operation.
#[derive(Debug)]
pub enum Answered {
    /// Made for this operation alone.
    Fresh(Box<Answer>),
    /// Successful, and shared with others as bytes.
    Cached(Arc<CachedResponse>),
}

impl Answered {
    /// Appends the JSON.
    pub fn write(&self, into: &mut Vec<u8>) {
        match self {
            Self::Fresh(answer) => answer.write(into),
            Self::Cached(cached) => into.extend_from_slice(cached.body()),
        }
    }

    /// Its data; null where nothing was executed, `None` if it cannot be read back, which should never happen.
    pub fn data(&self) -> Option<Json> {
        let mut body = Vec::new();
        self.write(&mut body);
        let mut whole: Json = serde_json::from_slice(&body).ok()?;
        Some(whole["data"].take())
    }

    /// The answer, if it can have errors: a cached one has none.
    pub fn fresh(&self) -> Option<&Answer> {
        match self {
            Self::Fresh(answer) => Some(answer),
            Self::Cached(_) => None,
        }
    }
}

impl From<Answer> for Answered {
    fn from(answer: Answer) -> Self {
        Self::Fresh(Box::new(answer))
    }
}

/// The answers to the operations of one request.
#[derive(Debug)]
pub enum Answers {
    One(Answered),
    /// In the order of the requests in the body.
    Batch(Vec<Answered>),
}

impl From<Answer> for Answers {
    fn from(answer: Answer) -> Self {
        Self::One(answer.into())
    }
}

impl Answers {
    /// The answers that can have errors.
    pub fn fresh(&self) -> impl Iterator<Item = &Answer> {
        let all = match self {
            Self::One(answered) => std::slice::from_ref(answered),
            Self::Batch(all) => all,
        };
        all.iter().filter_map(Answered::fresh)
    }

    /// The cached response, if its bytes can be sent in this media type without a copy.
    pub const fn shared(&self, media: MediaType) -> Option<&Arc<CachedResponse>> {
        match (self, media) {
            (Self::One(Answered::Cached(cached)), MediaType::Json | MediaType::GraphqlResponse) => Some(cached),
            _ => None,
        }
    }

    /// The HTTP response to this request. `text` decides its status.
    pub fn response(&self, media: MediaType, text: StatusText, request_id: &str, http: &HttpRequest) -> HttpResponse {
        // What is no subscription has no parts.
        let media = match media {
            MediaType::Multipart => MediaType::GraphqlResponse,
            media => media,
        };
        if let Some(cached) = self.shared(media) {
            return cached.response(media, request_id, http);
        }
        let (status, body) = match self {
            Self::One(Answered::Fresh(answer)) => (answer.status(media, text), Cow::Owned(answer.json())),
            Self::One(Answered::Cached(cached)) => (StatusCode::OK, Cow::Borrowed(cached.body())),
            Self::Batch(all) => (StatusCode::OK, Cow::Owned(list(all))),
        };
        // Errors of the request or of the server have a status, and do not need a stream.
        let (media, body) = match media {
            MediaType::EventStream if status == StatusCode::OK => (media, whole_stream(&body)),
            MediaType::EventStream => (MediaType::GraphqlResponse, body.into_owned()),
            media => (media, body.into_owned()),
        };
        let mut response = HttpResponse::build(status);
        response
            .insert_header((&REQUEST_ID, request_id))
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header((VARY, "Accept"))
            .content_type(media.content_type());
        if let Some(seconds) = self.fresh().find_map(|answer| answer.retry_after) {
            response.insert_header((RETRY_AFTER, seconds));
        }
        add_header_of(status, &mut response);
        response.body(body)
    }
}

fn list(all: &[Answered]) -> Vec<u8> {
    let mut list = ListWriter::within(Vec::new());
    all.iter().for_each(|answered| answered.write(list.place()));
    list.end()
}

/// A complete stream of events with one answer.
pub fn whole_stream(answer: &[u8]) -> Vec<u8> {
    [b"event: next\ndata: ", answer, b"\n\n", COMPLETE].concat()
}

/// Adds the header that this status requires, and the name of one that has none in HTTP.
fn add_header_of(status: StatusCode, response: &mut HttpResponseBuilder) {
    match status {
        StatusCode::METHOD_NOT_ALLOWED => {
            response
                .insert_header((ALLOW, methods::ALLOWED))
                .insert_header(("accept-query", methods::ACCEPTED_QUERY));
        }
        status if status == partial_success() => {
            response.reason(PARTIAL_SUCCESS);
        }
        StatusCode::UNAUTHORIZED => {
            response.insert_header((WWW_AUTHENTICATE, "Bearer"));
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            // The accepted encodings (RFC 9110, 15.5.16).
            response.insert_header((ACCEPT_ENCODING, "identity"));
        }
        StatusCode::REQUEST_TIMEOUT | StatusCode::PAYLOAD_TOO_LARGE => {
            // The rest of the body may still arrive, and is not read.
            response.force_close();
        }
        _ => {}
    }
}
