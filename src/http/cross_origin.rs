//! Protection of people in browsers: against forged requests of other sites, and against pages that may not read
//! responses (CORS); and the policy for the server's own pages.

use actix_cors::Cors;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::{DefaultHeaders, Next};
use actix_web::web::Data;
use actix_web::{Error, HttpRequest};

use super::headers::REQUEST_ID;
use super::pipeline::admission::turned_away;
use super::state::State;
use crate::api::error::ApiError;

static SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Why a request is refused that a page of another site may have forged; `None` if it is accepted.
///
/// Only requests without a preflight can be forged. A POST needs JSON, which always has a preflight, as has QUERY, so only
/// GET is left. Browsers tell where a request comes from (Fetch Metadata, `Origin`); programs do not, and need no protection.
/// A header that is not allowed in a simple request proves that there was a preflight.
pub fn forged(headers: &HeaderMap, allowed: &[String]) -> Option<&'static str> {
    const PREFLIGHTED: [&str; 4] = [
        "x-requested-with",
        "apollo-require-preflight",
        "x-apollo-operation-name",
        "graphql-require-preflight",
    ];
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let origin = text(&header::ORIGIN);
    let from_elsewhere = match text(&SEC_FETCH_SITE) {
        Some("same-origin" | "none") => false,
        Some(_) => true,
        // A browser without Fetch Metadata: it sends `Origin` if the page may read the response at all.
        None => origin.is_some_and(|origin| !is_own(origin, text(&header::HOST))),
    };
    let is_allowed = || origin.is_some_and(|origin| allows(allowed, origin));
    let by_preflight = || {
        PREFLIGHTED.iter().any(|name| headers.contains_key(*name))
            || headers.get(header::CONTENT_TYPE).is_some_and(has_preflight)
            || headers.contains_key(header::AUTHORIZATION)
    };
    (from_elsewhere && !is_allowed() && !by_preflight()).then_some(
        "the request comes from a page of another site, without a preflight; accepted is POST with the content type \
         application/json, or a header such as Apollo-Require-Preflight: true",
    )
}

/// Whether this content type makes browsers send a preflight. Three types do not (Fetch, 2.2.2, "CORS-safelisted
/// request-header"), and what is not a media type proves nothing.
fn has_preflight(value: &HeaderValue) -> bool {
    const SIMPLE: [&str; 3] = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];
    let text = value.to_str().unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_token = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    let is_type = essence
        .split_once('/')
        .is_some_and(|(one, other)| is_token(one) && is_token(other));
    is_type && !SIMPLE.contains(&essence.as_str())
}

/// Whether a WebSocket is opened by a page of another site that may not read responses. Browsers send no preflight for
/// WebSockets, but always the page's origin; programs do not, and need no protection.
pub fn is_foreign(headers: &HeaderMap, allowed: &[String]) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    text(&header::ORIGIN).is_some_and(|origin| !is_own(origin, text(&header::HOST)) && !allows(allowed, origin))
}

/// The error for a page of another site: names its origin, this server's, and the setting that would allow it.
pub fn foreign(http: &HttpRequest, asks: &str) -> ApiError {
    /// At most so many characters of what the client sent are repeated.
    const SHOWN: usize = 100;
    let shown = |text: &str| text.chars().take(SHOWN).collect::<String>();
    let header = |name| http.headers().get(name);
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let origin = header(header::ORIGIN).map(text).unwrap_or_default();
    let authority = || http.uri().authority().map(ToString::to_string);
    let host = header(header::HOST).map(text).or_else(authority).unwrap_or_default();
    let scheme = match http.connection_info().scheme() {
        "https" => "https",
        _ => "http",
    };
    let (origin, own) = (shown(&origin), format!("{scheme}://{}", shown(&host)));
    ApiError::Forbidden(format!(
        "a page of {origin:?} {asks} of this server, which is {own:?}; accepted are pages of this server and of the \
         origins that the setting MENAGERIE_CORS_ORIGINS names"
    ))
}

/// Whether this is a preflight for a page that may not send the request.
pub fn is_refused_preflight(method: &Method, headers: &HeaderMap, allowed: &[String]) -> bool {
    *method == Method::OPTIONS
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
        && is_foreign(headers, allowed)
}

/// Answers preflights that are refused, with the reason; passes the others on to [`cors`].
pub async fn refuse_preflights<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let state = request.app_data::<Data<State>>().cloned();
    match state {
        Some(state) if is_refused_preflight(request.method(), request.headers(), &state.origins) => {
            let error = foreign(request.request(), "wants to send requests that it must ask for first");
            let response = turned_away(request.request(), &state, "/{path}", error);
            Ok(request.into_response(response).map_into_right_body())
        }
        _ => Ok(next.call(request).await?.map_into_left_body()),
    }
}

fn allows(allowed: &[String], origin: &str) -> bool {
    allowed.iter().any(|one| one == "*" || one == origin)
}

fn is_own(origin: &str, host: Option<&str>) -> bool {
    let named = origin
        .strip_prefix("https://")
        .or_else(|| origin.strip_prefix("http://"));
    named.is_some() && named == host
}

/// Which pages of other sites may read responses. No origin is allowed to send credentials, not even with `*`: tokens
/// are in a header that the page sets by itself.
pub fn cors(origins: &[String]) -> Cors {
    let cors = Cors::default()
        .allowed_methods(["GET", "POST", "QUERY"])
        .allow_any_header()
        .expose_headers([REQUEST_ID.as_str(), "content-disposition", "etag", "retry-after"])
        .block_on_origin_mismatch(false)
        .max_age(3_600);
    if origins.iter().any(|origin| origin == "*") {
        return cors.allow_any_origin().send_wildcard();
    }
    origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
}

/// The Content-Security-Policy of the server's own pages: they may load only what this server serves. Inline styles are
/// allowed because GraphiQL's editor writes them into the page.
pub const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' \
     'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'";

/// The same for what pages of others may show: it loads its styles, and nothing runs. (Where `frame-ancestors` stands,
/// browsers do not look at `X-Frame-Options`.)
pub const EMBED_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors *";

/// The headers of every response that does not set them itself. `shared`: pages of other sites may read responses.
pub fn security_headers(shared: bool, tls: bool) -> DefaultHeaders {
    let headers = DefaultHeaders::new()
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((header::X_FRAME_OPTIONS, "DENY"))
        .add((header::REFERRER_POLICY, "no-referrer"))
        .add((
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ))
        .add((HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .add((
            HeaderName::from_static("cross-origin-resource-policy"),
            if shared { "cross-origin" } else { "same-origin" },
        ))
        .add((
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=()",
        ));
    if tls {
        headers.add((header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"))
    } else {
        headers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_another_site_is_foreign_unless_it_may_read() {
        let zoo = ["https://zoo.example".to_owned()];
        let all = ["*".to_owned()];
        for (origin, allowed, expected) in [
            (None, &zoo, false),
            (Some("http://menagerie.example:8080"), &zoo, false),
            (Some("https://menagerie.example:8080"), &zoo, false),
            (Some("https://zoo.example"), &zoo, false),
            (Some("https://zoo.example.evil.example"), &zoo, true),
            (Some("http://zoo.example"), &zoo, true),
            (Some("http://menagerie.example"), &zoo, true),
            (Some("null"), &zoo, true),
            (Some(""), &zoo, true),
            (Some("https://evil.example"), &all, false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("menagerie.example:8080"));
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            }
            assert_eq!(is_foreign(&headers, allowed), expected, "{origin:?}");
        }
    }

    #[test]
    fn only_a_simple_request_of_another_site_is_taken_for_forged() {
        let allowed = ["https://zoo.example".to_owned()];
        for (headers, expected) in [
            ("", false),
            ("sec-fetch-site: none", false),
            ("sec-fetch-site: same-origin", false),
            ("sec-fetch-site: cross-site", true),
            ("sec-fetch-site: same-site", true),
            ("sec-fetch-site: cross-site\norigin: https://zoo.example", false),
            (
                "sec-fetch-site: cross-site\norigin: https://zoo.example.evil.example",
                true,
            ),
            ("sec-fetch-site: cross-site\norigin: null", true),
            ("sec-fetch-site: cross-site\napollo-require-preflight: true", false),
            ("sec-fetch-site: cross-site\ncontent-type: application/json", false),
            ("sec-fetch-site: cross-site\ncontent-type: text/plain", true),
            (
                "sec-fetch-site: cross-site\ncontent-type: Text/Plain;charset=UTF-8",
                true,
            ),
            (
                "sec-fetch-site: cross-site\ncontent-type: application/x-www-form-urlencoded",
                true,
            ),
            (
                "sec-fetch-site: cross-site\ncontent-type: multipart/form-data; boundary=x",
                true,
            ),
            ("sec-fetch-site: cross-site\ncontent-type: json", true),
            (
                "sec-fetch-site: cross-site\ncontent-type: text/plain, application/json",
                true,
            ),
            ("sec-fetch-site: cross-site\nauthorization: Bearer x", false),
            ("origin: https://evil.example\nhost: api.example", true),
            ("origin: https://api.example\nhost: api.example", false),
            ("origin: null\nhost: api.example", true),
            ("host: api.example", false),
        ] {
            let mut map = HeaderMap::new();
            for line in headers.lines() {
                let (name, value) = line.split_once(": ").expect("a header");
                let name: HeaderName = name.parse().expect("a name");
                map.append(name, HeaderValue::from_str(value).expect("a value"));
            }
            assert_eq!(forged(&map, &allowed).is_some(), expected, "{headers}");
        }
    }
}
