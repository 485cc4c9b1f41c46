//! Answers: what becomes of a request, as status, headers and body.
//!
//! By GraphQL over HTTP (response, status codes): a request error has no `data`; its status counts in
//! `application/graphql-response+json`, while `application/json` gives 200 to every request that could be read.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, RETRY_AFTER, VARY, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use async_graphql::{Response, ServerError, Value};
use serde::{Serialize, Serializer};

use super::cached_response::{About, CachedResponse};
use super::cross_origin::REQUEST_ID;
use super::media::MediaType;
use super::sse;
use crate::api::error::ApiError;
use crate::graphql::eager::json::{ListWriter, ObjectWriter};
use crate::guard::Rejection;
use crate::store::Work;

/// What becomes of one request.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What was asked for; left out where nothing was executed.
    data: Option<Value>,
    errors: Vec<ServerError>,
    // Boxed: an answer is also an error in many a `Result`, and few answers have this.
    extensions: Option<Box<Extensions>>,
    /// What the status must tell.
    told: Told,
    /// In seconds.
    retry_after: Option<u32>,
}

#[derive(Clone, Debug, Serialize)]
struct Extensions {
    cost: Cost,
}

/// What a request was estimated to cost, and what it did cost the database.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cost {
    /// In points.
    pub estimate: u64,
    #[serde(flatten, serialize_with = "work")]
    pub work: Work,
}

fn work<S: Serializer>(work: &Work, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Told {
        commands: u64,
        documents_examined: Option<u64>,
        documents_returned: u64,
        milliseconds: f64,
    }
    Told {
        commands: work.commands,
        documents_examined: work.examined,
        documents_returned: work.returned,
        milliseconds: work.milliseconds,
    }
    .serialize(serializer)
}

/// What a status tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// The operation was executed.
    Executed,
    /// The request could be read, and its document or variables are not in order.
    NotInOrder,
    /// This, in every media type.
    Status(StatusCode),
}

impl Answer {
    /// The answer to an operation that was executed.
    pub fn executed(mut response: Response, cost: Option<Cost>) -> Self {
        let lost = |code: &str| response.errors.iter().any(|error| code_of(error) == code);
        // Without its database the server has nothing to say: clients and balancers learn that by the status.
        if lost(ApiError::Unavailable.code()) {
            return Self::failed(&ApiError::Unavailable);
        }
        for error in &mut response.errors {
            // Lines count from 1: a place that is nowhere in the document is none.
            error.locations.retain(|place| place.line > 0);
        }
        Self {
            data: Some(response.data),
            errors: response.errors,
            extensions: cost.map(|cost| Box::new(Extensions { cost })),
            told: Told::Executed,
            retry_after: None,
        }
    }

    /// The answer to a request whose document or variables are not in order.
    pub fn refused(refusal: &Rejection) -> Self {
        let told = match refusal.faults.first().map(|fault| fault.code) {
            Some("FORBIDDEN") => Told::Status(StatusCode::FORBIDDEN),
            _ => Told::NotInOrder,
        };
        Self {
            data: None,
            errors: refusal.errors(),
            extensions: None,
            told,
            retry_after: None,
        }
    }

    /// The answer to a request that could not be read.
    pub fn unread(status: StatusCode, refusal: &Rejection) -> Self {
        Self {
            told: Told::Status(status),
            ..Self::refused(refusal)
        }
    }

    /// The answer to a request that the server does not, or cannot, serve now.
    pub fn failed(error: &ApiError) -> Self {
        let (status, retry_after) = match error {
            ApiError::Unauthenticated(_) => (StatusCode::UNAUTHORIZED, None),
            ApiError::Forbidden(_) => (StatusCode::FORBIDDEN, None),
            ApiError::RateLimited(seconds) => (StatusCode::TOO_MANY_REQUESTS, Some(*seconds)),
            ApiError::OverShare(_) => (StatusCode::TOO_MANY_REQUESTS, Some(1)),
            ApiError::Unavailable | ApiError::NoFeed | ApiError::Busy(_) => (StatusCode::SERVICE_UNAVAILABLE, Some(1)),
            ApiError::Timeout => (StatusCode::GATEWAY_TIMEOUT, None),
            ApiError::LimitExceeded { .. }
            | ApiError::BadUserInput(_)
            | ApiError::CursorExpired
            | ApiError::ChangesLost => (StatusCode::BAD_REQUEST, None),
            ApiError::Conflict => (StatusCode::CONFLICT, None),
            ApiError::Internal => (StatusCode::INTERNAL_SERVER_ERROR, None),
        };
        Self {
            retry_after,
            ..Self::unread(status, &Rejection::from(error.clone()))
        }
    }

    /// The answer to a request whose client has left: nobody reads it, but the log tells it from the others. 499 is
    /// what nginx calls this.
    pub fn abandoned() -> Self {
        let status = StatusCode::from_u16(499).unwrap_or(StatusCode::BAD_REQUEST);
        Self::unread(status, &Rejection::new("CLIENT_LEFT", "the client has left"))
    }

    /// As bytes that can be sent again, if the same request gets the same answer for as long as the data stays: all of it
    /// worked, and nothing in it was measured.
    pub fn cached(&self, about: About) -> Option<CachedResponse> {
        let stays = self.told == Told::Executed && self.errors.is_empty() && self.extensions.is_none();
        stays.then(|| CachedResponse::new(self.json(), about))
    }

    /// As JSON.
    pub fn json(&self) -> Vec<u8> {
        let mut json = Vec::new();
        self.write(&mut json);
        json
    }

    /// Writes it as JSON.
    pub fn write(&self, into: &mut Vec<u8>) {
        let mut object = ObjectWriter::within(into);
        if let Some(data) = &self.data {
            object.field("data", data);
        }
        if !self.errors.is_empty() {
            append(&self.errors, object.place("errors"));
        }
        if let Some(extensions) = &self.extensions {
            append(extensions, object.place("extensions"));
        }
        object.end();
    }

    /// The names of the limits that it goes over.
    pub fn limits(&self) -> impl Iterator<Item = &str> {
        self.errors
            .iter()
            .filter_map(|error| match error.extensions.as_ref()?.get("name")? {
                Value::String(name) => Some(name.as_str()),
                _ => None,
            })
    }

    /// Its errors.
    pub fn errors(&self) -> &[ServerError] {
        &self.errors
    }

    /// Whether something was executed: then there is data, be it null.
    pub const fn is_executed(&self) -> bool {
        self.data.is_some()
    }

    /// The codes of its errors.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.errors.iter().map(code_of)
    }

    /// The status of this answer in this media type.
    pub fn status(&self, media: MediaType) -> StatusCode {
        match (self.told, media) {
            (Told::Status(status), _) => status,
            (Told::NotInOrder, MediaType::GraphqlResponse) => StatusCode::BAD_REQUEST,
            // A stream of events is begun, so that a browser's EventSource shows its reader what is wrong.
            (Told::NotInOrder, MediaType::Json | MediaType::EventStream) | (Told::Executed, _) => StatusCode::OK,
        }
    }
}

impl From<ApiError> for Answer {
    fn from(error: ApiError) -> Self {
        Self::failed(&error)
    }
}

/// The code of an error.
pub fn code_of(error: &ServerError) -> &str {
    match error.extensions.as_ref().and_then(|extensions| extensions.get("code")) {
        Some(Value::String(code)) => code,
        _ => "INTERNAL",
    }
}

/// One answer, or those of a batch.
#[derive(Debug)]
pub enum Answers {
    /// One that is made for this request.
    One(Box<Answer>),
    /// One that worked, as bytes.
    CachedResponse(Arc<CachedResponse>),
    /// Those of a batch.
    Batch(Vec<Answer>),
}

impl Answers {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Answer> {
        match self {
            Self::One(answer) => std::slice::from_ref(&**answer).iter(),
            // One that worked has nothing to tell of.
            Self::CachedResponse(_) => [].iter(),
            Self::Batch(answers) => answers.iter(),
        }
    }

    /// As a response to this request.
    pub fn response(&self, media: MediaType, request_id: &str, http: &HttpRequest) -> HttpResponse {
        let (status, body) = match self {
            Self::CachedResponse(cached) => return cached.response(media, request_id, http),
            Self::One(answer) => (answer.status(media), answer.json()),
            Self::Batch(answers) => (StatusCode::OK, batch(answers)),
        };
        // What is wrong with the request itself, or with the server, is told by a status, and that needs no events.
        let (media, body) = match media {
            MediaType::EventStream if status == StatusCode::OK => (media, sse::whole(&body)),
            MediaType::EventStream => (MediaType::GraphqlResponse, body),
            media => (media, body),
        };
        let mut response = HttpResponse::build(status);
        response
            .insert_header((REQUEST_ID, request_id))
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header((VARY, "Accept"))
            .content_type(media.content_type());
        if let Some(seconds) = self.iter().find_map(|answer| answer.retry_after) {
            response.insert_header((RETRY_AFTER, seconds));
        }
        hint(&mut response, status);
        response.body(body)
    }
}

/// The answers of a batch, as a list.
fn batch(answers: &[Answer]) -> Vec<u8> {
    let mut list = ListWriter::within(Vec::new());
    answers.iter().for_each(|answer| answer.write(list.place()));
    list.end()
}

/// Appends what is told to a client, as JSON.
pub fn append(told: &impl Serialize, into: &mut Vec<u8>) {
    // What is told has names for keys, and memory takes it.
    if let Err(error) = serde_json::to_writer(into, told) {
        tracing::error!("an answer cannot be written: {error}");
    }
}

/// The header that a status must come with.
fn hint(response: &mut HttpResponseBuilder, status: StatusCode) {
    match status {
        StatusCode::METHOD_NOT_ALLOWED => {
            response.insert_header((ALLOW, "GET, POST"));
        }
        StatusCode::UNAUTHORIZED => {
            response.insert_header((WWW_AUTHENTICATE, "Bearer"));
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            // What a body may be encoded in (RFC 9110, 15.5.16).
            response.insert_header((ACCEPT_ENCODING, "identity"));
        }
        StatusCode::REQUEST_TIMEOUT | StatusCode::PAYLOAD_TOO_LARGE => {
            // The rest of the body may still come, and nobody reads it.
            response.force_close();
        }
        _ => {}
    }
}
