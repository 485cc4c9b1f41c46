//! What the methods of requests to `/graphql` mean: GET and QUERY ask and change nothing, POST may change something.
//!
//! QUERY (RFC 10008) is a GET with a body: safe, and its answer can be kept for the same body.

use actix_web::http::Method;

/// The methods that are accepted, as the header `Allow` lists them.
pub const ALLOWED: &str = "GET, POST, QUERY";
/// The media type of the bodies of QUERY, for the header `Accept-Query` (a structured field, RFC 10008).
pub const ACCEPTED_QUERY: &str = "\"application/json\"";

/// Whether this is QUERY, which the library has no name for.
pub fn is_query(method: &Method) -> bool {
    method.as_str() == "QUERY"
}

/// Whether a request by this method must not change anything, so that its answer may be kept.
pub fn is_safe(method: &Method) -> bool {
    *method == Method::GET || is_query(method)
}

/// Whether the parameters of a request by this method are in its body.
pub fn has_body(method: &Method) -> bool {
    *method == Method::POST || is_query(method)
}
