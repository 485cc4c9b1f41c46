//! Entity tags: whether a client already has what it requests (RFC 9110, 8.8.3 and 13.1.2).

use actix_web::HttpRequest;
use actix_web::http::header::{EntityTag, Header, IF_NONE_MATCH, IfNoneMatch};

use crate::domain::hash::sha256;

/// The tag of this content. Weak: the same content is sent in several encodings.
pub fn of(content: &[u8]) -> EntityTag {
    EntityTag::new_weak(sha256(content))
}

/// How many hexadecimal digits of the hash are in a strong tag: 128 bits.
const DIGITS: usize = 32;

/// The digits for the strong tags of this content.
pub fn digits(content: &[u8]) -> String {
    let mut hash = sha256(content);
    hash.truncate(DIGITS);
    hash
}

/// Whether the client already has the content with this tag, so that the response is 304.
pub fn is_held(http: &HttpRequest, tag: &EntityTag) -> bool {
    is_any_held(http, || [tag.clone()])
}

/// The same of several tags, which are not made for a client that names none.
pub fn is_any_held<const N: usize>(http: &HttpRequest, tags: impl FnOnce() -> [EntityTag; N]) -> bool {
    if !http.headers().contains_key(IF_NONE_MATCH) {
        return false;
    }
    match IfNoneMatch::parse(http) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(held)) => {
            let tags = tags();
            held.iter().any(|held| tags.iter().any(|tag| held.weak_eq(tag)))
        }
        // An invalid header names no tag.
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_tag_is_held_when_it_is_named_weakly_or_not_alone_or_in_a_list() {
        let tag = of(b"x");
        let hash = tag.tag();
        let cases = [
            (format!("W/\"{hash}\""), true),
            (format!("\"{hash}\""), true),
            (format!("\"a\" , W/\"{hash}\",\"b\""), true),
            ("*".into(), true),
            (" * ".into(), true),
            (hash.to_owned(), false),
            (format!("w/\"{hash}\""), false),
            (format!("\"{hash}"), false),
            ("\"*\"".into(), false),
            ("\"a\", *".into(), false),
            (String::new(), false),
            (format!("{tag:#?}"), false),
        ];
        for (header, held) in cases {
            let header = header.replace('\n', " ");
            let http = TestRequest::default().insert_header((IF_NONE_MATCH, header.clone()));
            assert_eq!(is_held(&http.to_http_request(), &tag), held, "{header}");
        }
        let twice = TestRequest::default()
            .append_header((IF_NONE_MATCH, "\"a\""))
            .append_header((IF_NONE_MATCH, tag.to_string()));
        assert!(is_held(&twice.to_http_request(), &tag));
        assert!(!is_held(&TestRequest::default().to_http_request(), &tag));
    }

    #[test]
    fn other_content_has_another_tag() {
        assert_eq!(of(b"x"), of(b"x"));
        assert_ne!(of(b"x"), of(b"y"));
    }
}
