//! Answers: the result of one operation, as data, errors and status.
//!
//! By GraphQL over HTTP (response, status codes; the text of August 2026, e1e46e7, or that of 2025 where a setting says so):
//! a request error has no `data`; its status matters for `application/graphql-response+json`, while `application/json`
//! gives 200 to every request that could be read.

use actix_web::http::StatusCode;
use async_graphql::{Response, ServerError, Value};
use serde::Serialize;

use super::cached_response::{CachedResponse, OperationInfo};
use super::media::MediaType;
use crate::api::error::ApiError;
use crate::api::operation::OperationKind;
use crate::config::StatusText;
use crate::graphql::eager::json::ObjectWriter;
use crate::guard::Rejection;
use crate::store::Work;

/// The result of one request.
#[derive(Clone, Debug)]
pub struct Answer {
    /// `None` if nothing was executed.
    data: Option<Value>,
    errors: Vec<ServerError>,
    // Boxed: an answer is also the error of many `Result`s, and few answers have extensions.
    extensions: Option<Box<Extensions>>,
    status: AnswerStatus,
    /// In seconds; `None` if trying again would not help.
    pub retry_after: Option<u32>,
}

#[derive(Clone, Debug, Serialize)]
struct Extensions {
    cost: Cost,
}

/// The estimated cost in points, and the measured work of the database.
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

/// Determines the HTTP status, together with the media type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AnswerStatus {
    Executed,
    /// The request was readable, but its document cannot be parsed.
    Unparsed,
    /// The document or its variables are not valid.
    Invalid,
    /// An error in every media type: the request could be parsed and is no GraphQL request, or asks for too much.
    Refused,
    /// For every media type.
    Fixed(StatusCode),
}

impl Answer {
    /// The answer to an executed operation.
    pub fn executed(mut response: Response, kind: OperationKind, cost: Option<Cost>) -> Self {
        let lost = |code: &str| response.errors.iter().any(|error| code_of(error) == code);
        let has_made_something = || match &response.data {
            Value::Object(fields) => {
                kind == OperationKind::Mutation && fields.values().any(|field| *field != Value::Null)
            }
            _ => false,
        };
        // A status tells clients and load balancers that the database is unavailable; the data would be useless, except what a
        // mutation has made before.
        if lost(ApiError::Unavailable.code()) && !has_made_something() {
            return Self::failed(&ApiError::Unavailable);
        }
        for error in &mut response.errors {
            // Lines count from 1; 0 means that there is no position in the document.
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

    /// The answer to a request whose document or variables are not valid.
    pub fn refused(refusal: &Rejection) -> Self {
        let status = match refusal.faults.first().map(|fault| fault.code) {
            Some("FORBIDDEN") => AnswerStatus::Fixed(StatusCode::FORBIDDEN),
            Some("GRAPHQL_PARSE_FAILED") => AnswerStatus::Unparsed,
            _ => AnswerStatus::Invalid,
        };
        Self {
            data: None,
            errors: refusal.errors(),
            extensions: None,
            status,
            retry_after: None,
        }
    }

    /// The answer to a request that is no GraphQL request, or asks for too much.
    pub fn ill_formed(refusal: &Rejection) -> Self {
        Self {
            status: AnswerStatus::Refused,
            ..Self::refused(refusal)
        }
    }

    /// The answer to a request that could not be read.
    pub fn unread(status: StatusCode, refusal: &Rejection) -> Self {
        Self {
            status: AnswerStatus::Fixed(status),
            ..Self::refused(refusal)
        }
    }

    /// The answer to a request that the server does not or cannot serve now.
    pub fn failed(error: &ApiError) -> Self {
        let (status, retry_after) = match error {
            ApiError::Unauthenticated(_) => (StatusCode::UNAUTHORIZED, None),
            ApiError::Forbidden(_) => (StatusCode::FORBIDDEN, None),
            ApiError::RateLimited(seconds) => (StatusCode::TOO_MANY_REQUESTS, Some(*seconds)),
            ApiError::OverShare(_) => (StatusCode::TOO_MANY_REQUESTS, Some(1)),
            ApiError::Unavailable | ApiError::Unconfirmed | ApiError::NoFeed | ApiError::Busy(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, Some(1))
            }
            ApiError::Timeout => (StatusCode::GATEWAY_TIMEOUT, None),
            ApiError::LimitExceeded { .. }
            | ApiError::BadUserInput(_)
            | ApiError::CursorExpired
            | ApiError::ChangesLost => return Self::ill_formed(&Rejection::from(error.clone())),
            ApiError::NoTransactions => (StatusCode::NOT_IMPLEMENTED, None),
            ApiError::Conflict => (StatusCode::CONFLICT, None),
            ApiError::Internal => (StatusCode::INTERNAL_SERVER_ERROR, None),
        };
        Self {
            retry_after,
            ..Self::unread(status, &Rejection::from(error.clone()))
        }
    }

    /// For the log only: the client has left. nginx uses the status 499 for this.
    pub fn abandoned() -> Self {
        let status = StatusCode::from_u16(499).unwrap_or(StatusCode::BAD_REQUEST);
        Self::unread(status, &Rejection::new("CLIENT_LEFT", "the client has left"))
    }

    /// As a response for the cache, if all of it succeeded and nothing in it was measured; otherwise `None`.
    pub fn cached(&self, info: OperationInfo) -> Option<CachedResponse> {
        let stays = self.status == AnswerStatus::Executed && self.errors.is_empty() && self.extensions.is_none();
        stays.then(|| CachedResponse::new(self.json(), info))
    }

    /// The body: a JSON object with `data`, `errors` and `extensions`, as far as they are present.
    pub fn json(&self) -> Vec<u8> {
        let mut json = Vec::new();
        self.write(&mut json);
        json
    }

    /// Appends [`Answer::json`].
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

    /// The names of the limits that the request exceeded, for the metrics.
    pub fn limits(&self) -> impl Iterator<Item = &str> {
        self.errors
            .iter()
            .filter_map(|error| match error.extensions.as_ref()?.get("name")? {
                Value::String(name) => Some(name.as_str()),
                _ => None,
            })
    }

    pub fn errors(&self) -> &[ServerError] {
        &self.errors
    }

    /// The HTTP status where an answer with a hole in it is of no use: whoever comes back may find all of it, unless the
    /// request itself is at fault.
    pub fn status_as_a_whole(&self) -> StatusCode {
        let status = self.status(MediaType::GraphqlResponse, StatusText::Of2025);
        match (status, self.codes().next()) {
            (StatusCode::OK, Some("BAD_USER_INPUT" | "LIMIT_EXCEEDED")) => StatusCode::BAD_REQUEST,
            (StatusCode::OK, Some(_)) => StatusCode::SERVICE_UNAVAILABLE,
            (status, _) => status,
        }
    }

    /// Whether its request can be mended by whoever wrote it: it is not in order, or asks for too much.
    pub fn can_be_mended(&self) -> bool {
        !matches!(self.status, AnswerStatus::Fixed(_))
    }

    /// Whether something was executed: then there is data, though it may be null.
    pub const fn is_executed(&self) -> bool {
        self.data.is_some()
    }

    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.errors.iter().map(code_of)
    }

    /// The HTTP status for this media type.
    pub fn status(&self, media: MediaType, text: StatusText) -> StatusCode {
        let is_new = text == StatusText::Of2026;
        match (self.status, media) {
            (AnswerStatus::Fixed(status), _) => status,
            (AnswerStatus::Invalid | AnswerStatus::Refused, MediaType::GraphqlResponse) if is_new => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            (AnswerStatus::Unparsed | AnswerStatus::Invalid, MediaType::GraphqlResponse)
            | (AnswerStatus::Refused, _) => StatusCode::BAD_REQUEST,
            (AnswerStatus::Executed, MediaType::GraphqlResponse) if is_new && !self.errors.is_empty() => {
                partial_success()
            }
            // The error is sent as an event, as a browser's `EventSource` does not show the body of another status.
            (
                AnswerStatus::Unparsed | AnswerStatus::Invalid,
                MediaType::Json | MediaType::EventStream | MediaType::Multipart,
            )
            | (AnswerStatus::Executed, _) => StatusCode::OK,
        }
    }
}

/// What the name of [`partial_success`] is; HTTP has none for it.
pub const PARTIAL_SUCCESS: &str = "Partial Success";

/// The status of an executed operation of which some fields failed (GraphQL over HTTP of 2026).
pub fn partial_success() -> StatusCode {
    StatusCode::from_u16(294).unwrap_or(StatusCode::OK)
}

impl From<ApiError> for Answer {
    fn from(error: ApiError) -> Self {
        Self::failed(&error)
    }
}

/// The code of an error; `INTERNAL` if it has none.
pub fn code_of(error: &ServerError) -> &str {
    match error.extensions.as_ref().and_then(|extensions| extensions.get("code")) {
        Some(Value::String(code)) => code,
        _ => "INTERNAL",
    }
}

/// Appends a value as JSON. A failure is only logged.
pub fn append(value: &impl Serialize, into: &mut Vec<u8>) {
    // Fails only for maps with other keys than strings; memory accepts every write.
    if let Err(error) = serde_json::to_writer(into, value) {
        tracing::error!("an answer cannot be written: {error}");
    }
}
