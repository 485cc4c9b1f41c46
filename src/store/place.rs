//! Places in the change feed: where a reader has come to, as an opaque text that it can go on from anywhere, any time.
//!
//! A place holds the database's resume token and the cluster time of its event. Times order places of different feeds;
//! within one transaction, whose events MongoDB gives one time, its tokens do.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mongodb::bson::{self, RawDocument, Timestamp, doc};
use mongodb::change_stream::event::ResumeToken;

/// The first byte of a place's text; another form would get another.
const FORM: u8 = 1;
/// The form and the time.
const HEAD: usize = 9;
/// The longest token in bytes; the longest seen have some hundred.
const LONGEST: usize = 1_024;

/// Behind an event of the feed. Later places are greater.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The cluster time in seconds, and its counter.
    at: (u32, u32),
    /// The token's bytes, which the database writes as hexadecimal digits.
    token: Vec<u8>,
}

/// A text that is no place.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("it is no place in the feed of changes; accepted is the `cursor` of a change, or `changesCursor`, unchanged")]
pub struct NoPlace;

impl Place {
    /// The place of a token and a cluster time; none where the token has a form that is not known.
    pub(super) fn new(at: Timestamp, token: &RawDocument) -> Option<Self> {
        let digits = token.get_str("_data").ok()?;
        let token = (0..digits.len())
            .step_by(2)
            .map(|start| u8::from_str_radix(digits.get(start..start + 2)?, 16).ok())
            .collect::<Option<Vec<u8>>>()?;
        Some(Self {
            at: (at.time, at.increment),
            token,
        })
    }

    /// The place of a token alone, where its form tells the time.
    pub(super) fn of_token(token: &RawDocument) -> Option<Self> {
        let place = Self::new(Timestamp { time: 0, increment: 0 }, token)?;
        let at = time_of(&place.token)?;
        Some(Self { at, ..place })
    }

    /// As the database takes it.
    pub(super) fn token(&self) -> Option<ResumeToken> {
        let digits: String = self.token.iter().map(|byte| format!("{byte:02X}")).collect();
        bson::deserialize_from_document(doc! { "_data": digits }).ok()
    }

    /// Its cluster time.
    pub(super) const fn at(&self) -> Timestamp {
        Timestamp {
            time: self.at.0,
            increment: self.at.1,
        }
    }

    /// As a text: letters, digits, `-` and `_`.
    pub fn text(&self) -> String {
        let mut bytes = Vec::with_capacity(HEAD + self.token.len());
        bytes.push(FORM);
        bytes.extend(self.at.0.to_be_bytes());
        bytes.extend(self.at.1.to_be_bytes());
        bytes.extend(&self.token);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The place of a text.
    ///
    /// # Errors
    /// Where it is none.
    pub fn parse(text: &str) -> Result<Self, NoPlace> {
        if text.len() > (HEAD + LONGEST) * 4 / 3 + 4 {
            return Err(NoPlace);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| NoPlace)?;
        let (head, token) = bytes.split_at_checked(HEAD).ok_or(NoPlace)?;
        match head {
            [FORM, a, b, c, d, e, f, g, h] if !token.is_empty() => Ok(Self {
                at: (
                    u32::from_be_bytes([*a, *b, *c, *d]),
                    u32::from_be_bytes([*e, *f, *g, *h]),
                ),
                token: token.to_vec(),
            }),
            _ => Err(NoPlace),
        }
    }
}

/// The cluster time up to which a token reaches. MongoDB writes it first, behind the mark of a timestamp, both in the
/// order of their bytes; SecantusDB has it as the field `t` of a BSON document. Of another form nothing is known.
fn time_of(token: &[u8]) -> Option<(u32, u32)> {
    const TIMESTAMP: u8 = 0x82;
    match token {
        [TIMESTAMP, a, b, c, d, e, f, g, h, ..] => {
            Some((u32::from_be_bytes([*a, *b, *c, *d]), u32::from_be_bytes([*e, *f, *g, *h])))
        }
        token => {
            let at = RawDocument::decode_from_bytes(token).ok()?.get_timestamp("t").ok()?;
            Some((at.time, at.increment))
        }
    }
}

#[cfg(test)]
mod tests {
    use mongodb::bson::RawDocumentBuf;
    use proptest::prelude::*;

    use super::*;

    fn place(time: u32, increment: u32, token: &[u8]) -> Place {
        Place {
            at: (time, increment),
            token: token.to_vec(),
        }
    }

    proptest! {
        #[test]
        fn a_place_comes_back_from_its_text_and_from_its_token(
            time: u32, increment: u32, token in proptest::collection::vec(any::<u8>(), 1..200),
        ) {
            let place = place(time, increment, &token);
            prop_assert_eq!(Place::parse(&place.text()), Ok(place.clone()));
            let raw = bson::serialize_to_raw_document_buf(&place.token().expect("a token")).expect("BSON");
            prop_assert_eq!(Place::new(Timestamp { time, increment }, &raw), Some(place));
        }

        #[test]
        fn no_text_is_taken_for_a_place_that_it_does_not_come_back_from(text in ".{0,60}") {
            if let Ok(place) = Place::parse(&text) {
                prop_assert_eq!(place.text(), text);
            }
        }
    }

    #[test]
    fn time_goes_before_the_token() {
        assert!(place(1, 2, &[9]) < place(1, 3, &[1]));
        assert!(place(1, 9, &[9]) < place(2, 0, &[1]));
        assert!(place(1, 1, &[1]) < place(1, 1, &[1, 0]));
    }

    #[test]
    fn the_time_is_read_from_both_forms_of_tokens() {
        let mongo = [0x82, 0, 0, 0, 7, 0, 0, 0, 2, 0x2B, 4];
        assert_eq!(time_of(&mongo), Some((7, 2)));
        let other = doc! { "s": 1_i64, "t": Timestamp { time: 7, increment: 2 }, "n": "" };
        let other = RawDocumentBuf::try_from(&other).expect("BSON");
        assert_eq!(time_of(other.as_bytes()), Some((7, 2)));
        for token in [&b""[..], b"\x82", b"\x05\0\0\0\0", b"other"] {
            assert_eq!(time_of(token), None);
        }
    }

    #[test]
    fn a_token_of_another_form_is_no_place() {
        let at = Timestamp { time: 1, increment: 1 };
        for token in [
            doc! {},
            doc! { "_data": 1 },
            doc! { "_data": "ABC" },
            doc! { "_data": "ä0" },
        ] {
            let raw = RawDocumentBuf::try_from(&token).expect("BSON");
            assert_eq!(Place::new(at, &raw), None, "{token}");
        }
    }
}
