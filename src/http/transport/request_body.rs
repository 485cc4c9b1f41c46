//! Reads a request: the checks of its method, headers and body that do not need GraphQL.
//!
//! The head is checked first, as that costs nothing. The body is read once the request has a permit, so there are never
//! more unfinished bodies than requests. While more of a body is awaited, its bytes count against the limit on
//! unfinished bodies; a body that arrives with its head never counts. `Content-Length` alone does not count, only bytes
//! that are in memory. actix itself buffers up to 32 KiB ahead, and then stops reading from the socket.
//!
//! `parameters` parses the body.

use std::time::Instant;

use actix_web::HttpRequest;
use actix_web::http::{Method, StatusCode};
use actix_web::web::Payload;
use futures_util::FutureExt;
use futures_util::StreamExt;
use tokio::time::timeout_at;

use crate::api::error::ApiError;
use crate::guard::Rejection;
use crate::http::answer::Answer;
use crate::http::client::Client;
use crate::http::cross_origin;
use crate::http::media::{refused_content, refused_encoding};
use crate::http::methods;
use crate::http::parameters::{Misread, Parameters, RequestBody};
use crate::http::permits::{Permit, Resource};
use crate::http::state::State;

/// Checks everything but the body.
pub fn head(request: &HttpRequest, state: &State) -> Result<(), Answer> {
    let unread = |status, message: String| Err(Answer::unread(status, &Rejection::input(message)));
    let method = request.method();
    let has_body = methods::has_body(method);
    if !has_body && method != Method::GET {
        let message = format!("the method is {method}; accepted are {}", methods::ALLOWED);
        return unread(StatusCode::METHOD_NOT_ALLOWED, message);
    }
    let headers = request.headers();
    if let Some(message) = refused_content(headers, has_body) {
        return unread(StatusCode::UNSUPPORTED_MEDIA_TYPE, message);
    }
    if let Some(message) = refused_encoding(headers) {
        return unread(StatusCode::UNSUPPORTED_MEDIA_TYPE, message);
    }
    if let Some(message) = cross_origin::forged(headers, &state.origins) {
        return Err(Answer::failed(&ApiError::Forbidden(message.to_owned())));
    }
    Ok(())
}

/// Reads the parameters from the URL or the body. `client`: counts the bytes of an unfinished body.
pub async fn read(
    request: &HttpRequest,
    body: &mut Payload,
    state: &State,
    client: &Client,
    until: Instant,
) -> Result<RequestBody, Answer> {
    let read = if methods::has_body(request.method()) {
        let bytes = bytes(body, state, client, until).await?;
        RequestBody::of_body(&bytes, &state.config.limits)
    } else {
        Parameters::of_query(request.query_string()).map(|parameters| RequestBody::One(Box::new(parameters)))
    };
    read.map_err(|misread| match misread {
        Misread::Unparsed(refusal) => Answer::unread(StatusCode::BAD_REQUEST, &refusal),
        Misread::IllFormed(refusal) => Answer::ill_formed(&refusal),
    })
}

/// Reads the body, up to its limit and to the deadline.
pub async fn bytes(body: &mut Payload, state: &State, client: &Client, until: Instant) -> Result<Vec<u8>, Answer> {
    let most = state.config.limits.body_limit_bytes;
    let mut bytes = Vec::new();
    let mut waiting = Waiting {
        state,
        client,
        permit: None,
    };
    loop {
        let next = match body.next().now_or_never() {
            Some(next) => next,
            None => {
                waiting.holds(bytes.capacity())?;
                let Ok(next) = timeout_at(until.into(), body.next()).await else {
                    let refusal = Rejection::new(
                        "TIMEOUT",
                        "the body did not come in time; send it at once, or less of it",
                    );
                    return Err(Answer::unread(StatusCode::REQUEST_TIMEOUT, &refusal));
                };
                next
            }
        };
        match next {
            None => return Ok(bytes),
            Some(Ok(chunk)) if bytes.len() + chunk.len() <= most => append(&mut bytes, &chunk, most),
            Some(Ok(_)) => {
                let message = format!("the body is larger than {most} bytes, which is the most that is accepted");
                let error = ApiError::over("bodyBytes", most as u64, most as u64 + 1, message);
                return Err(Answer::unread(StatusCode::PAYLOAD_TOO_LARGE, &error.into()));
            }
            Some(Err(error)) => {
                let refusal = Rejection::input(format!("the body broke off: {error}"));
                return Err(Answer::unread(StatusCode::BAD_REQUEST, &refusal));
            }
        }
    }
}

/// Appends a chunk without reserving more than the largest body needs.
fn append(bytes: &mut Vec<u8>, chunk: &[u8], most: usize) {
    let needed = bytes.len() + chunk.len();
    if needed > bytes.capacity() {
        let room = needed.max(2 * bytes.capacity()).min(most);
        bytes.reserve_exact(room.saturating_sub(bytes.len()));
    }
    bytes.extend_from_slice(chunk);
}

struct Waiting<'a> {
    state: &'a State,
    client: &'a Client,
    permit: Option<Permit>,
}

impl Waiting<'_> {
    /// Counts so many bytes as held while more are awaited.
    fn holds(&mut self, bytes: usize) -> Result<(), ApiError> {
        let bytes = bytes as u64;
        let held = match &mut self.permit {
            Some(permit) => permit.grow_to(bytes),
            None if bytes == 0 => Ok(()),
            None => {
                let acquired = self.state.permits.acquire(Resource::BodyBytes, self.client, bytes);
                acquired.map(|permit| self.permit = Some(permit))
            }
        };
        held.inspect_err(|error| self.state.refused(Resource::BodyBytes, error))
    }
}
