//! A file that is sent as a whole: with its length, an entity tag, and the part that is asked for (RFC 9110, 13 and 14).

use actix_web::http::header::{ACCEPT_RANGES, CONTENT_RANGE, ContentEncoding, ETAG, EntityTag, Header, IfRange, Range};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};

use crate::http::cached_response::CachedResponse;
use crate::http::etag;

/// The part of a file that is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    All,
    /// From the first byte to the last.
    Of(usize, usize),
    /// One that is not in the file.
    Nothing,
}

/// The response with the file, or with the part of it that is asked for. It is never encoded, so that what a client counts is
/// what it gets.
pub fn respond(http: &HttpRequest, mut response: HttpResponseBuilder, file: &CachedResponse) -> HttpResponse {
    let (tag, body) = (file.plain_tag(), file.bytes());
    let length = body.len();
    response
        .insert_header((ETAG, tag.clone()))
        .insert_header((ACCEPT_RANGES, "bytes"))
        .insert_header(ContentEncoding::Identity);
    if etag::is_held(http, &tag) {
        return response.status(StatusCode::NOT_MODIFIED).finish();
    }
    match part(http, &tag, length) {
        Part::All => response.body(body),
        Part::Of(first, last) => response
            .status(StatusCode::PARTIAL_CONTENT)
            .insert_header((CONTENT_RANGE, format!("bytes {first}-{last}/{length}")))
            .body(body.slice(first..=last)),
        Part::Nothing => response
            .status(StatusCode::RANGE_NOT_SATISFIABLE)
            .insert_header((CONTENT_RANGE, format!("bytes */{length}")))
            .finish(),
    }
}

/// Several parts at once are answered with all, as is allowed.
fn part(http: &HttpRequest, tag: &EntityTag, length: usize) -> Part {
    let is_of_this = match http.headers().contains_key("if-range").then(|| IfRange::parse(http)) {
        None => true,
        Some(Ok(IfRange::EntityTag(asked))) => asked.strong_eq(tag),
        Some(_) => false,
    };
    if http.method() != Method::GET || !is_of_this || !http.headers().contains_key("range") {
        return Part::All;
    }
    let Ok(Range::Bytes(specs)) = Range::parse(http) else {
        return Part::All;
    };
    let [spec] = specs.as_slice() else {
        return Part::All;
    };
    let place = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    match spec.to_satisfiable_range(length as u64) {
        Some((first, last)) => Part::Of(place(first), place(last)),
        None => Part::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn one_part_is_given_where_it_is_of_this_file() {
        let tag = EntityTag::new_strong("x".into());
        for (range, condition, expected) in [
            ("", "", Part::All),
            ("bytes=0-3", "", Part::Of(0, 3)),
            ("bytes=4-", "", Part::Of(4, 9)),
            ("bytes=-3", "", Part::Of(7, 9)),
            ("bytes=8-99", "", Part::Of(8, 9)),
            ("bytes=10-", "", Part::Nothing),
            ("bytes=0-1,3-4", "", Part::All),
            ("lines=1-2", "", Part::All),
            ("bytes=x", "", Part::All),
            ("bytes=0-3", "\"x\"", Part::Of(0, 3)),
            ("bytes=0-3", "\"y\"", Part::All),
            ("bytes=0-3", "W/\"x\"", Part::All),
        ] {
            let mut http = TestRequest::get();
            if !range.is_empty() {
                http = http.insert_header(("range", range));
            }
            if !condition.is_empty() {
                http = http.insert_header(("if-range", condition));
            }
            assert_eq!(part(&http.to_http_request(), &tag, 10), expected, "{range} {condition}");
        }
    }
}
