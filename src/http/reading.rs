//! Reads a request: its method, its headers and its body, as far as they must be right before GraphQL begins.
//!
//! What the parameters are stands in `parameters`; what they mean is decided behind them.

use std::time::Instant;

use actix_web::HttpRequest;
use actix_web::http::{Method, StatusCode};
use actix_web::web::Payload;
use futures_util::StreamExt;
use tokio::time::timeout_at;

use super::answer::Answer;
use super::browser;
use super::guard::Refusal;
use super::media::{refused_content, refused_encoding};
use super::parameters::{Asked, Parameters};
use super::state::Settings;
use crate::graphql::error::ApiError;
use crate::graphql::limits::Limits;

/// The parameters of a request, by its address or by its body.
///
/// # Errors
/// The answer to a request that cannot be read, or that a browser sends for another site.
pub async fn read(request: &HttpRequest, body: Payload, settings: &Settings, until: Instant) -> Result<Asked, Answer> {
    let unread = |status, message: String| Err(Answer::unread(status, &Refusal::input(message)));
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
    if let Some(message) = browser::forged(headers, &settings.cors_origins) {
        return Err(Answer::failed(&ApiError::Forbidden(message.to_owned())));
    }
    let asked = if is_post {
        let bytes = bytes(body, &settings.limits, until).await?;
        Asked::of_body(&bytes, &settings.limits)
    } else {
        Parameters::of_query(request.query_string()).map(|parameters| Asked::One(Box::new(parameters)))
    };
    asked.map_err(|refusal| Answer::unread(StatusCode::BAD_REQUEST, &refusal))
}

/// The body, up to its limit and to the deadline.
async fn bytes(mut body: Payload, limits: &Limits, until: Instant) -> Result<Vec<u8>, Answer> {
    let most = limits.body_limit_bytes;
    let mut bytes = Vec::new();
    loop {
        let Ok(next) = timeout_at(until.into(), body.next()).await else {
            let refusal = Refusal::new(
                "TIMEOUT",
                "the body did not come in time; send it at once, or less of it",
            );
            return Err(Answer::unread(StatusCode::REQUEST_TIMEOUT, &refusal));
        };
        match next {
            None => return Ok(bytes),
            Some(Ok(chunk)) if bytes.len() + chunk.len() <= most => bytes.extend_from_slice(&chunk),
            Some(Ok(_)) => {
                let message = format!("the body is larger than {most} bytes, which is the most that is accepted");
                let error = ApiError::over("bodyBytes", most as u64, most as u64 + 1, message);
                return Err(Answer::unread(StatusCode::PAYLOAD_TOO_LARGE, &error.into()));
            }
            Some(Err(error)) => {
                let refusal = Refusal::input(format!("the body broke off: {error}"));
                return Err(Answer::unread(StatusCode::BAD_REQUEST, &refusal));
            }
        }
    }
}
