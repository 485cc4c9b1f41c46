//! Reads a request: its method, its headers and its body, as far as they must be right before GraphQL begins.
//!
//! The head is looked at first, for that costs nothing. The body is read once the request has its permit, so that there are
//! no more bodies on their way than requests. What has come of one while more of it is waited for counts among the bytes of
//! unfinished bodies, and one that came with its head never does. A length that is only announced holds nothing: counted is what
//! is there. Below this actix holds up to 32 KiB that nobody has asked for yet, and stops reading from the socket then.
//!
//! What the parameters are stands in `parameters`; what they mean is decided behind them.

use std::time::Instant;

use actix_web::HttpRequest;
use actix_web::http::{Method, StatusCode};
use actix_web::web::Payload;
use futures_util::FutureExt;
use futures_util::StreamExt;
use tokio::time::timeout_at;

use crate::api::error::ApiError;
use crate::config::Config;
use crate::guard::Rejection;
use crate::http::answer::Answer;
use crate::http::client::Client;
use crate::http::cross_origin;
use crate::http::media::{refused_content, refused_encoding};
use crate::http::parameters::{Parameters, RequestBody};
use crate::http::permits::{Permit, Resource};
use crate::http::state::State;

/// Looks at all of a request but its body.
pub fn head(request: &HttpRequest, config: &Config) -> Result<(), Answer> {
    let unread = |status, message: String| Err(Answer::unread(status, &Rejection::input(message)));
    let method = request.method();
    let is_post = method == Method::POST;
    if !is_post && method != Method::GET {
        let message = format!("the method is {method}; accepted are GET and POST");
        return unread(StatusCode::METHOD_NOT_ALLOWED, message);
    }
    let headers = request.headers();
    if let Some(message) = refused_content(headers, is_post) {
        return unread(StatusCode::UNSUPPORTED_MEDIA_TYPE, message);
    }
    if let Some(message) = refused_encoding(headers) {
        return unread(StatusCode::UNSUPPORTED_MEDIA_TYPE, message);
    }
    if let Some(message) = cross_origin::forged(headers, &config.cors_origins) {
        return Err(Answer::failed(&ApiError::Forbidden(message.to_owned())));
    }
    Ok(())
}

/// The parameters of a request of this client, by its address or by its body.
pub async fn read(
    request: &HttpRequest,
    body: Payload,
    state: &State,
    client: &Client,
    until: Instant,
) -> Result<RequestBody, Answer> {
    let body = if request.method() == Method::POST {
        let bytes = bytes(body, state, client, until).await?;
        RequestBody::of_body(&bytes, &state.config.limits)
    } else {
        Parameters::of_query(request.query_string()).map(|parameters| RequestBody::One(Box::new(parameters)))
    };
    body.map_err(|refusal| Answer::unread(StatusCode::BAD_REQUEST, &refusal))
}

/// The body, up to its limit and to the deadline.
async fn bytes(mut body: Payload, state: &State, client: &Client, until: Instant) -> Result<Vec<u8>, Answer> {
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

/// Appends a piece of a body, and makes room for no more than the largest has.
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
    /// So many bytes are in memory while more is waited for.
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
