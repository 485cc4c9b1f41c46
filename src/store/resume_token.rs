//! Resume tokens: the position of a reader of the change feed, as an opaque text from which anyone can resume.
//!
//! The database's own tokens have two known forms. From each, only the position that orders tokens is read.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mongodb::bson::{RawDocument, RawDocumentBuf, rawdoc};

/// The first byte of the text; another form would get another number.
const FORM: u8 = 1;
/// The longest token in bytes; the longest ones seen have some hundred.
const LONGEST: usize = 1_024;

/// The type byte of a timestamp, with which MongoDB's tokens begin.
const TIMESTAMP: u8 = 0x82;

/// A position after an event of the feed, or between two. Later tokens are greater.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResumeToken {
    position: u64,
    /// The token's bytes, which the database writes in hexadecimal. In MongoDB all events of a transaction have the
    /// same position; the bytes after it are ordered.
    token: Vec<u8>,
}

/// The text is not a resume token.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("it is no place in the feed of changes; accepted is the `cursor` of a change, or `changesCursor`, unchanged")]
pub struct UnknownToken;

impl ResumeToken {
    /// Decodes the database's token; `None` if its form is unknown.
    pub(super) fn new(token: &RawDocument) -> Option<Self> {
        let digits = token.get_str("_data").ok()?;
        let token = (0..digits.len())
            .step_by(2)
            .map(|start| u8::from_str_radix(digits.get(start..start + 2)?, 16).ok())
            .collect::<Option<Vec<u8>>>()?;
        Self::of_bytes(token)
    }

    fn of_bytes(token: Vec<u8>) -> Option<Self> {
        let position = position_of(&token)?;
        Some(Self { position, token })
    }

    /// The token in the database's form.
    pub(super) fn token(&self) -> RawDocumentBuf {
        let digits: String = self.token.iter().map(|byte| format!("{byte:02X}")).collect();
        rawdoc! { "_data": digits }
    }

    /// Whether this position has reached another. Two shards have events of one moment, which only the whole token tells
    /// apart; SecantusDB's tokens say besides when they were made, which is no position.
    pub fn has_come_to(&self, other: &Self) -> bool {
        match (self.token.first(), other.token.first()) {
            (Some(&TIMESTAMP), Some(&TIMESTAMP)) => self >= other,
            _ => self.position >= other.position,
        }
    }

    /// The token as text: letters, digits, `-` and `_`.
    pub fn text(&self) -> String {
        let mut bytes = Vec::with_capacity(1 + self.token.len());
        bytes.push(FORM);
        bytes.extend(&self.token);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Parses the text of a token.
    ///
    /// # Errors
    /// [`UnknownToken`] if it is not one.
    pub fn parse(text: &str) -> Result<Self, UnknownToken> {
        if text.len() > (1 + LONGEST) * 4 / 3 + 4 {
            return Err(UnknownToken);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| UnknownToken)?;
        match bytes.split_first() {
            Some((&FORM, token)) => Self::of_bytes(token.to_vec()).ok_or(UnknownToken),
            _ => Err(UnknownToken),
        }
    }
}

/// The position that orders tokens. MongoDB's tokens begin with the cluster time, big-endian, after the type byte of a
/// timestamp. SecantusDB's are BSON documents: `s` counts the log entries that were examined. (Their time `t` is the
/// current one if nothing happened, and does not tell how far they reach.)
fn position_of(token: &[u8]) -> Option<u64> {
    match token {
        [TIMESTAMP, a, b, c, d, e, f, g, h, ..] => Some(u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h])),
        token => RawDocument::from_bytes(token).ok()?.get_i64("s").ok()?.try_into().ok(),
    }
}

#[cfg(test)]
mod tests {
    use mongodb::bson::doc;
    use proptest::prelude::*;

    use super::*;

    fn mongo(position: u64, rest: &[u8]) -> Vec<u8> {
        [&[0x82], &position.to_be_bytes()[..], rest].concat()
    }

    fn secantus(position: i64, rest: &str) -> Vec<u8> {
        let token = doc! { "s": position, "n": rest };
        RawDocumentBuf::try_from(&token).expect("BSON").as_bytes().to_vec()
    }

    fn place(token: Vec<u8>) -> ResumeToken {
        ResumeToken::of_bytes(token).expect("a token")
    }

    proptest! {
        #[test]
        fn a_place_comes_back_from_its_text_and_from_its_token(
            position in 0..i64::MAX, rest in "[a-z]{0,80}", of_mongo: bool,
        ) {
            let token = if of_mongo {
                mongo(position.unsigned_abs(), rest.as_bytes())
            } else {
                secantus(position, &rest)
            };
            let place = place(token);
            prop_assert_eq!(ResumeToken::parse(&place.text()), Ok(place.clone()));
            prop_assert_eq!(ResumeToken::new(&place.token()), Some(place));
        }

        #[test]
        fn no_text_is_taken_for_a_place_that_it_does_not_come_back_from(text in ".{0,60}") {
            if let Ok(place) = ResumeToken::parse(&text) {
                prop_assert_eq!(place.text(), text);
            }
        }

        #[test]
        fn the_position_goes_before_all_else(one in 0..i64::MAX, other in 0..i64::MAX, a in "[a-z]{0,9}", b in "[a-z]{0,9}") {
            let (x, y) = (place(secantus(one, &a)), place(secantus(other, &b)));
            prop_assert!(one == other || (x < y) == (one < other));
            let (one, other) = (one.unsigned_abs(), other.unsigned_abs());
            let (x, y) = (place(mongo(one, a.as_bytes())), place(mongo(other, b.as_bytes())));
            prop_assert_eq!(x < y, (one, a) < (other, b));
        }
    }

    #[test]
    fn a_position_of_the_same_moment_is_reached_only_by_the_event_itself() {
        let (before, event) = (place(mongo(7, b"\x10")), place(mongo(7, b"\x20")));
        assert!(!before.has_come_to(&event) && event.has_come_to(&before) && event.has_come_to(&event));
        let (quiet, event) = (place(secantus(7, "a")), place(secantus(7, "b")));
        assert!(quiet.has_come_to(&event) && event.has_come_to(&quiet));
    }

    #[test]
    fn a_token_of_another_form_is_no_place() {
        for token in [
            doc! {},
            doc! { "_data": 1 },
            doc! { "_data": "821" },
            doc! { "_data": "ä0" },
            doc! { "_data": "0A" },
        ] {
            let raw = RawDocumentBuf::try_from(&token).expect("BSON");
            assert_eq!(ResumeToken::new(&raw), None, "{token}");
        }
        for token in [&b""[..], b"\x82", b"\x05\0\0\0\0", b"other"] {
            assert_eq!(position_of(token), None);
        }
    }
}
