//! The headers that have a meaning of their own to this server.
//!
//! Names are constants where every request is asked for them: a lookup by a text makes a name of it each time.

use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderName};

use crate::api::error::ApiError;

/// The header with the id of a request: in its response, as in the log.
pub static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

static COST: HeaderName = HeaderName::from_static("x-menagerie-cost");

/// Whether the client wants `extensions.cost` in the response.
pub fn asks_for_cost(headers: &HeaderMap) -> bool {
    headers.get(&COST).is_some_and(|value| value == "1")
}

/// The last event that an `EventSource` got before its connection broke off; `None` if missing or empty.
pub fn last_event_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get("last-event-id")?;
    // Invalid UTF-8 is no cursor, and is refused like any other invalid cursor.
    Some(String::from_utf8_lossy(id.as_bytes()).into_owned()).filter(|id| !id.is_empty())
}

/// The header `Authorization`; an error if it is given twice.
pub fn authorization(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let mut given = headers.get_all(AUTHORIZATION);
    // No token contains `?`: what is not text is refused as an invalid token.
    let header = given.next().map(|value| value.to_str().unwrap_or("?").to_owned());
    if given.next().is_some() {
        let message = "the header `Authorization` is given twice; accepted is one of it";
        return Err(ApiError::Unauthenticated(message.to_owned()));
    }
    Ok(header)
}
