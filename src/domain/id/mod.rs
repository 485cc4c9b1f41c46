//! The ids of documents, readable and with their type as prefix: `gift_ru-kp-2024`; and slugs, the names of documents
//! in URLs. The store makes new ids and knows which exist.

#[cfg(test)]
mod tests;

use std::fmt;

pub use super::collections::Kind;

/// An id or a slug that is not accepted. Its display is the complete message, with control characters escaped.
#[derive(thiserror::Error, Debug, Clone, PartialEq, Eq)]
pub enum IdError {
    /// The text has no prefix of a type.
    #[error("{found} is not an id: an id begins with the type of its document and `_`. Accepted: {accepted}")]
    NoKind {
        found: String,
        /// The accepted prefixes, with an example.
        accepted: String,
    },
    /// A valid id, but of a document of another type.
    #[error("{found} is the id of {}; here the id of {} is expected, such as `{}`", .actual.noun(), .expected.noun(), .expected.example())]
    OtherKind {
        found: String,
        actual: Kind,
        expected: Kind,
    },
    /// The part after the prefix has a wrong form.
    #[error(
        "{found} is not the id of {}: {problem}. Accepted after `{}_`: 1 to {MAX_LENGTH} letters (a-z, A-Z), digits and `-`, \
         the first and the last of them a letter or a digit, such as `{}`", .kind.noun(), .kind.prefix(), .kind.example()
    )]
    Form { found: String, kind: Kind, problem: String },
    #[error(
        "{found} is not a slug: {problem}. Accepted: 1 to {MAX_LENGTH} lower case letters (a-z) and digits, \
         with single `-` between them, such as `ru-kp-2024`"
    )]
    Slug { found: String, problem: String },
}

/// The maximum length of a slug, and of an id after its prefix, in characters.
const MAX_LENGTH: usize = 120;
/// A regular expression for the part after the `_` of an id.
const END: &str = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,118}[A-Za-z0-9])?";

impl Kind {
    /// The type of the document with this id. Fails if the id is not of the accepted form: a prefix, `_`, and 1 to 120
    /// ASCII letters, digits and `-`, with a letter or a digit first and last.
    pub fn of(id: &str) -> Result<Kind, IdError> {
        let Some((kind, rest)) = split(id) else {
            let prefixes: Vec<String> = Kind::ALL.iter().map(|kind| format!("`{}_`", kind.prefix())).collect();
            let accepted = format!("one of {}, such as `{}`", prefixes.join(", "), Kind::Gift.example());
            return Err(IdError::NoKind {
                found: quoted(id),
                accepted,
            });
        };
        let problem = match flaw(rest, |letter| letter.is_ascii_alphanumeric()) {
            None => return Ok(kind),
            Some(Flaw::Empty) => format!("nothing follows `{}_`", kind.prefix()),
            Some(flaw) => flaw.to_string(),
        };
        Err(IdError::Form {
            found: quoted(id),
            kind,
            problem,
        })
    }

    /// The id that a document of this type gets by its slug, where that can be part of an id.
    pub fn id_of_slug(self, slug: &str) -> Option<String> {
        let id = format!("{}_{slug}", self.prefix());
        self.check(&id).is_ok().then_some(id)
    }

    /// Checks that this is an id of this type. Fails if it is the id of another type, or not an id.
    pub fn check(self, id: &str) -> Result<(), IdError> {
        if split(id).is_none() {
            let (prefix, example) = (self.prefix(), self.example());
            let accepted = format!("`{prefix}_` at the beginning, such as `{example}`");
            return Err(IdError::NoKind {
                found: quoted(id),
                accepted,
            });
        }
        let actual = Kind::of(id)?;
        if actual == self {
            return Ok(());
        }
        Err(IdError::OtherKind {
            found: quoted(id),
            actual,
            expected: self,
        })
    }

    /// A regular expression for the ids of this kind, without anchors.
    pub fn id_pattern(self) -> String {
        format!("{}_{END}", self.prefix())
    }
}

/// A regular expression for the ids of all kinds, without anchors.
pub fn any_id_pattern() -> String {
    format!("(?:{})_{END}", Kind::ALL.map(Kind::prefix).join("|"))
}

fn split(id: &str) -> Option<(Kind, &str)> {
    let (prefix, rest) = id.split_once('_')?;
    let kind = Kind::ALL.into_iter().find(|kind| kind.prefix() == prefix)?;
    Some((kind, rest))
}

/// Checks a slug: 1 to 120 lower case ASCII letters and digits, with single hyphens between them.
pub fn check_slug(slug: &str) -> Result<(), IdError> {
    let refuse = |problem: String| {
        Err(IdError::Slug {
            found: quoted(slug),
            problem,
        })
    };
    match flaw(slug, |letter| letter.is_ascii_lowercase() || letter.is_ascii_digit()) {
        Some(flaw) => refuse(flaw.to_string()),
        None if slug.contains("--") => refuse("it has two `-` in a row".to_owned()),
        None => Ok(()),
    }
}

/// Why a text is not a slug or the end of an id.
enum Flaw {
    Empty,
    Letter(char),
    Hyphen,
    Length(usize),
}

fn flaw(text: &str, is_letter: impl Fn(char) -> bool) -> Option<Flaw> {
    if text.is_empty() {
        return Some(Flaw::Empty);
    }
    if let Some(letter) = text.chars().find(|letter| *letter != '-' && !is_letter(*letter)) {
        return Some(Flaw::Letter(letter));
    }
    if text.starts_with('-') || text.ends_with('-') {
        return Some(Flaw::Hyphen);
    }
    (text.len() > MAX_LENGTH).then_some(Flaw::Length(text.len()))
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Flaw::Empty => f.write_str("nothing is there"),
            Flaw::Letter(letter) => write!(f, "{} has no place in it", quoted(&letter.to_string())),
            Flaw::Hyphen => f.write_str("a `-` stands at an edge"),
            Flaw::Length(length) => write!(f, "{length} characters are too many"),
        }
    }
}

/// A text from outside, in backticks, for messages: long texts are cut, and characters that are invisible or that a
/// terminal or log would interpret are escaped.
pub(crate) fn quoted(text: &str) -> String {
    const MAX_SHOWN: usize = 60;
    if text.is_empty() {
        return "an empty text".to_owned();
    }
    let mut shown = String::from("`");
    for letter in text.chars().take(MAX_SHOWN) {
        if is_invisible(letter) {
            shown.extend(letter.escape_unicode());
        } else {
            shown.push(letter);
        }
    }
    shown.push_str(if text.chars().nth(MAX_SHOWN).is_some() {
        "…`"
    } else {
        "`"
    });
    shown
}

/// Control characters, zero-width blanks, and marks of writing direction.
fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
