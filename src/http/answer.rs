//! Answers: what becomes of one operation, as data, errors and status.
//!
//! By GraphQL over HTTP (response, status codes): a request error has no `data`; its status counts in
//! `application/graphql-response+json`, while `application/json` gives 200 to every request that could be read.

use actix_web::http::StatusCode;
use async_graphql::{Response, ServerError, Value};
use serde::Serialize;

use super::cached_response::{CachedResponse, OperationInfo};
use super::media::MediaType;
use crate::api::error::ApiError;
use crate::graphql::eager::json::ObjectWriter;
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
    status: AnswerStatus,
    /// In seconds; none where trying again would not help.
    pub retry_after: Option<u32>,
}

#[derive(Clone, Debug, Serialize)]
struct Extensions {
    cost: Cost,
}

/// What a request was estimated to cost, in points, and what it did cost the database.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cost {
    estimate: u64,
    commands: u64,
    documents_examined: Option<u64>,
    documents_returned: u64,
    milliseconds: f64,
}

impl Cost {
    pub const fn new(estimate: u64, work: &Work) -> Self {
        Self {
            estimate,
            commands: work.commands,
            documents_examined: work.examined,
            documents_returned: work.returned,
            milliseconds: work.milliseconds,
        }
    }
}

/// What the status of an answer tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AnswerStatus {
    /// The operation was executed.
    Executed,
    /// The request could be read, and its document or variables are not in order.
    NotInOrder,
    /// This, in every media type.
    Fixed(StatusCode),
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
            status: AnswerStatus::Executed,
            retry_after: None,
        }
    }

    /// The answer to a request whose document or variables are not in order.
    pub fn refused(refusal: &Rejection) -> Self {
        let status = match refusal.faults.first().map(|fault| fault.code) {
            Some("FORBIDDEN") => AnswerStatus::Fixed(StatusCode::FORBIDDEN),
            _ => AnswerStatus::NotInOrder,
        };
        Self {
            data: None,
            errors: refusal.errors(),
            extensions: None,
            status,
            retry_after: None,
        }
    }

    /// The answer to a request that could not be read.
    pub fn unread(status: StatusCode, refusal: &Rejection) -> Self {
        Self {
            status: AnswerStatus::Fixed(status),
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
    pub fn cached(&self, info: OperationInfo) -> Option<CachedResponse> {
        let stays = self.status == AnswerStatus::Executed && self.errors.is_empty() && self.extensions.is_none();
        stays.then(|| CachedResponse::new(self.json(), info))
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
        match (self.status, media) {
            (AnswerStatus::Fixed(status), _) => status,
            (AnswerStatus::NotInOrder, MediaType::GraphqlResponse) => StatusCode::BAD_REQUEST,
            // A stream of events is begun, so that a browser's EventSource shows its reader what is wrong.
            (AnswerStatus::NotInOrder, MediaType::Json | MediaType::EventStream) | (AnswerStatus::Executed, _) => {
                StatusCode::OK
            }
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

/// Appends a value as JSON.
pub fn append(value: &impl Serialize, into: &mut Vec<u8>) {
    // Its keys are names, and memory takes it.
    if let Err(error) = serde_json::to_writer(into, value) {
        tracing::error!("an answer cannot be written: {error}");
    }
}
