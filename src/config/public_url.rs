//! Where people reach the server, if that is not where it listens: behind a proxy, with a name and perhaps a path.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use reqwest::Url;

/// The address at which people reach the server: an origin, and the path that a proxy serves it under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    prefix: String,
}

impl PublicUrl {
    /// Scheme, host and port, as browsers send them in `Origin`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The path, without a slash at its end: empty at the root.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }
}

impl FromStr for PublicUrl {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let url = Url::parse(text).map_err(|_| ())?;
        let prefix = url.path().trim_end_matches('/');
        // It is written into pages and compared with paths: nothing that needs escaping in either.
        let is_plain = prefix.split('/').all(|part| {
            let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
            part.bytes().all(allowed)
        });
        let is_whole = matches!(url.scheme(), "http" | "https")
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
            && !prefix.contains("//");
        (is_plain && is_whole).then_some(()).ok_or(())?;
        Ok(Self {
            origin: url.origin().ascii_serialization(),
            prefix: prefix.to_owned(),
        })
    }
}

impl Display for PublicUrl {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        write!(to, "{}{}/", self.origin, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_an_origin_and_a_path() {
        for (text, origin, prefix) in [
            ("https://zoo.example", "https://zoo.example", ""),
            ("https://zoo.example/", "https://zoo.example", ""),
            ("https://zoo.example/menagerie/", "https://zoo.example", "/menagerie"),
            ("http://Zoo.example:80/a/b", "http://zoo.example", "/a/b"),
            ("http://[::1]:8080/a", "http://[::1]:8080", "/a"),
        ] {
            let url: PublicUrl = text.parse().expect(text);
            assert_eq!((url.origin(), url.prefix()), (origin, prefix), "{text}");
            assert_eq!(url.to_string().parse(), Ok(url), "{text}");
        }
    }

    #[test]
    fn what_could_not_be_compared_or_written_is_refused() {
        for text in [
            "zoo.example",
            "ftp://zoo.example/",
            "https://zoo.example/?a",
            "https://zoo.example/#a",
            "https://me@zoo.example/",
            "https://zoo.example/a//b",
            "https://zoo.example/a%20b",
            "https://zoo.example/a\"b",
            "https:///a b",
        ] {
            assert!(text.parse::<PublicUrl>().is_err(), "{text}");
        }
    }
}
