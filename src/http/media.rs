//! Media types: content negotiation by `Accept`, and the accepted types of a body.
//!
//! By GraphQL over HTTP (media types) and RFC 9110, 12.5.1.

use actix_web::http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};

/// The media types of responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaType {
    /// `application/graphql-response+json`: the status tells whether the request was valid.
    GraphqlResponse,
    /// `application/json`: every request that could be read gets 200.
    Json,
    /// `text/event-stream`: one event for each result, by graphql-sse.
    EventStream,
    /// `multipart/mixed;subscriptionSpec=1.0`: one part for each event of a subscription, by Apollo's protocol.
    Multipart,
}

impl MediaType {
    const OFFERED: [Self; 4] = [Self::Json, Self::GraphqlResponse, Self::EventStream, Self::Multipart];

    /// Without parameters.
    pub const fn name(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json",
            Self::Json => "application/json",
            Self::EventStream => "text/event-stream",
            Self::Multipart => "multipart/mixed",
        }
    }

    /// Whether an answer in it can be a stream, of the events of a subscription.
    pub const fn is_stream(self) -> bool {
        matches!(self, Self::EventStream | Self::Multipart)
    }

    /// The value of the header `Content-Type`.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
            Self::EventStream => "text/event-stream; charset=utf-8",
            Self::Multipart => "multipart/mixed; boundary=\"graphql\"; subscriptionSpec=1.0",
        }
    }

    /// The type that the client prefers. Among equal ones, the one that it names first, or JSON if it names none.
    /// `None` if it accepts none. A stream must be named, not only matched by a wildcard.
    pub fn negotiated(headers: &HeaderMap) -> Option<Self> {
        let mut ranges = Vec::new();
        for header in headers.get_all(ACCEPT) {
            // No offered type has invalid bytes.
            let text = String::from_utf8_lossy(header.as_bytes());
            ranges.extend(text.split(',').filter_map(Range::read));
        }
        if ranges.is_empty() {
            return Some(Self::Json);
        }
        let weight = |offered: Self| {
            let best = ranges
                .iter()
                .enumerate()
                .filter_map(|(place, range)| Some((range.specificity(offered)?, range.quality, place)))
                .max_by_key(|(specificity, ..)| *specificity)?;
            let (specificity, quality, place) = best;
            // A wildcard names nothing, so the order of `OFFERED` decides.
            (quality > 0).then_some((quality, if specificity == 2 { usize::MAX - place } else { 0 }))
        };
        let liked = Self::OFFERED
            .into_iter()
            .rev()
            .filter_map(|offered| Some((weight(offered)?, offered)));
        liked.max_by_key(|(weight, _)| *weight).map(|(_, offered)| offered)
    }
}

/// An element of an `Accept` header.
struct Range {
    name: String,
    /// In thousandths.
    quality: u32,
    /// Whether it is that of Apollo's subscriptions.
    has_subscriptions: bool,
}

impl Range {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let name = parts.next().filter(|name| !name.is_empty())?.to_ascii_lowercase();
        let (mut quality, mut has_subscriptions) = (1_000, false);
        for part in parts {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.trim().trim_matches('"');
            match key.trim().to_ascii_lowercase().as_str() {
                // A weight that cannot be parsed is ignored.
                "q" => {
                    quality = value
                        .parse()
                        .map_or(1_000, |q: f32| (q.clamp(0.0, 1.0) * 1_000.0) as u32)
                }
                "subscriptionspec" => has_subscriptions = value == "1.0",
                // Responses are in UTF-8, so another charset is not acceptable.
                "charset" if !value.eq_ignore_ascii_case("utf-8") => quality = 0,
                _ => {}
            }
        }
        Some(Self {
            name,
            quality,
            has_subscriptions,
        })
    }

    fn specificity(&self, offered: MediaType) -> Option<u8> {
        match self.name.as_str() {
            // Other specs have parts of their own.
            name if name == offered.name() => (offered != MediaType::Multipart || self.has_subscriptions).then_some(2),
            _ if offered.is_stream() => None,
            "application/*" => Some(1),
            "*/*" => Some(0),
            _ => None,
        }
    }
}

/// Why the content type is refused; `None` if it is JSON in UTF-8, or missing and not `needed`.
pub fn refused_content(headers: &HeaderMap, needed: bool) -> Option<String> {
    let Some(header) = headers.get(CONTENT_TYPE) else {
        return needed.then(|| "the body has no content type; accepted is application/json".to_owned());
    };
    let text = String::from_utf8_lossy(header.as_bytes());
    let mut parts = text.split(';').map(str::trim);
    let is_json = parts
        .next()
        .is_some_and(|name| name.eq_ignore_ascii_case("application/json"));
    let is_utf8 = parts.all(|part| match part.split_once('=') {
        Some((key, value)) if key.trim().eq_ignore_ascii_case("charset") => {
            value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    });
    let shown: String = text.chars().take(100).collect();
    (!is_json || !is_utf8).then(|| format!("the content type is {shown:?}; accepted is application/json in UTF-8"))
}

/// Why a body is refused that is compressed or otherwise encoded; `None` if it is neither. Bodies are short, and a
/// compressed one may be far larger than it looks.
pub fn refused_encoding(headers: &HeaderMap) -> Option<String> {
    let mut encodings = headers.get_all(CONTENT_ENCODING);
    let refused = encodings.find(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))?;
    let shown: String = String::from_utf8_lossy(refused.as_bytes()).chars().take(100).collect();
    Some(format!(
        "the body is compressed or encoded ({shown:?}); accepted is a body without content encoding"
    ))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn negotiated(accept: &str) -> Option<MediaType> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_str(accept).expect("a header"));
        MediaType::negotiated(&headers)
    }

    #[test]
    fn the_client_gets_the_media_type_that_it_likes_best() {
        let (new, old) = (Some(MediaType::GraphqlResponse), Some(MediaType::Json));
        let events = Some(MediaType::EventStream);
        for (accept, expected) in [
            ("application/json", old),
            ("application/graphql-response+json", new),
            ("application/graphql-response+json, application/json;q=0.9", new),
            ("application/graphql-response+json;q=0.8, application/json;q=0.9", old),
            ("application/json, application/graphql-response+json", old),
            ("application/graphql-response+json, application/json", new),
            (
                "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed",
                new,
            ),
            ("application/json;q=0.9,text/plain", old),
            ("text/event-stream", events),
            ("text/event-stream, application/json", events),
            ("application/json;q=0.9, text/event-stream", events),
            ("application/json, text/event-stream", old),
            ("text/event-stream, multipart/mixed", events),
            ("text/event-stream;q=0.1, */*;q=0.1", events),
            (
                "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json",
                Some(MediaType::Multipart),
            ),
            ("multipart/mixed;deferSpec=20220824,application/json;q=0.9", old),
            ("multipart/mixed", None),
            ("text/event-stream;q=0, */*", old),
            ("text/*", None),
            ("*/*", old),
            ("application/*;q=0.1", old),
            ("*/*;q=0.1, application/graphql-response+json", new),
            ("application/json;q=0, */*", new),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", old),
            ("APPLICATION/JSON; charset=\"UTF-8\"", old),
            ("application/json; charset=iso-8859-1", None),
            ("text/plain", None),
            ("*/*;q=0", None),
            ("application/json;q=0", None),
            ("", old),
        ] {
            assert_eq!(negotiated(accept), expected, "{accept}");
        }
        assert_eq!(MediaType::negotiated(&HeaderMap::new()), old);
    }

    #[test]
    fn only_json_in_utf_8_is_understood() {
        for (content, accepted) in [
            ("application/json", true),
            ("application/json; charset=utf-8", true),
            ("Application/JSON;charset=\"UTF-8\"", true),
            ("application/json; charset=utf-16", false),
            ("application/graphql", false),
            ("text/plain", false),
            ("application/x-www-form-urlencoded", false),
            ("multipart/form-data; boundary=x", false),
            ("application/jsonx", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_str(content).expect("a header"));
            assert_eq!(refused_content(&headers, true).is_none(), accepted, "{content}");
        }
        assert!(refused_content(&HeaderMap::new(), true).is_some());
        assert!(refused_content(&HeaderMap::new(), false).is_none());
    }
}
