//! Headers that this server reads or writes by names of its own, and what a request says in them.

use actix_web::http::header::{AUTHORIZATION, HeaderMap};

use crate::api::error::ApiError;

/// The header that names a request, in its answer and in the log.
pub const REQUEST_ID: &str = "x-request-id";

/// Whether the client asks for `extensions.cost`.
pub fn asks_for_cost(headers: &HeaderMap) -> bool {
    headers.get("x-menagerie-cost").is_some_and(|value| value == "1")
}

/// The event that a client had last, from a stream of events that broke off.
pub fn last_event_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get("last-event-id")?;
    // Bytes that are no text are no cursor, and are refused as other texts are.
    Some(String::from_utf8_lossy(id.as_bytes()).into_owned()).filter(|id| !id.is_empty())
}

/// What a request says of who asks: its header `Authorization`.
///
/// # Errors
/// Where it has several.
pub fn authorization(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let mut given = headers.get_all(AUTHORIZATION);
    // Bytes that are no text are in no token, and say so in the place of one.
    let header = given.next().map(|value| value.to_str().unwrap_or("?").to_owned());
    if given.next().is_some() {
        let message = "the header `Authorization` is given twice; accepted is one of it";
        return Err(ApiError::Unauthenticated(message.to_owned()));
    }
    Ok(header)
}
