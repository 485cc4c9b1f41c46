//! The ids of documents, readable and with their type in front: `gift_ru-kp-2024`; and slugs, the names of documents
//! in addresses. Making new ids, and whether a document of that id exists, is the store's business.

#[cfg(test)]
mod tests;

use std::fmt;

use async_graphql::Enum;

/// The kinds of documents.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Animals that one nation gave to another.
    Gift,
    /// A giver or a recipient.
    Nation,
    /// A species, or another group of animals that sources name.
    Animal,
    /// What a gift belongs to: a visit, a treaty, a war.
    Event,
    /// A sentence of a source about other documents.
    Claim,
    /// Where claims come from.
    Source,
}

/// An id or a slug that is not accepted. Its display is the whole message, with control characters made visible.
#[derive(thiserror::Error, Debug, Clone, PartialEq, Eq)]
pub enum IdError {
    /// The text does not begin with a type.
    #[error("{found} is not an id: an id begins with the type of its document and `_`. Accepted: {accepted}")]
    NoKind {
        /// The text, quoted.
        found: String,
        /// Beginnings that are accepted, with an example.
        accepted: String,
    },
    /// A good id, but of a document of another type.
    #[error("{found} is the id of {}; here the id of {} is expected, such as `{}`", .actual.noun(), .expected.noun(), .expected.example())]
    OtherKind {
        /// The id, quoted.
        found: String,
        /// The type that it has.
        actual: Kind,
        /// The type that it should have.
        expected: Kind,
    },
    /// The part after the type is not of the accepted form.
    #[error(
        "{found} is not the id of {}: {problem}. Accepted after `{}_`: 1 to {MAX_LENGTH} letters (a-z, A-Z), digits and `-`, \
         the first and the last of them a letter or a digit, such as `{}`", .kind.noun(), .kind.prefix(), .kind.example()
    )]
    Form {
        /// The text, quoted.
        found: String,
        /// The type at its beginning.
        kind: Kind,
        /// What is wrong with the rest.
        problem: String,
    },
    /// Not a slug.
    #[error(
        "{found} is not a slug: {problem}. Accepted: 1 to {MAX_LENGTH} lower case letters (a-z) and digits, \
         with single `-` between them, such as `ru-kp-2024`"
    )]
    Slug {
        /// The text, quoted.
        found: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// Characters of a slug, and of an id after its prefix.
const MAX_LENGTH: usize = 120;

impl Kind {
    /// Every type.
    pub const ALL: [Kind; 6] = [
        Kind::Gift,
        Kind::Nation,
        Kind::Animal,
        Kind::Event,
        Kind::Claim,
        Kind::Source,
    ];

    /// Every type, in an order in which most references lead back.
    pub const REFERRED_FIRST: [Kind; 6] = [
        Kind::Source,
        Kind::Nation,
        Kind::Animal,
        Kind::Event,
        Kind::Gift,
        Kind::Claim,
    ];

    /// What stands before the `_` of an id: "gift".
    pub fn prefix(self) -> &'static str {
        match self {
            Kind::Gift => "gift",
            Kind::Nation => "nation",
            Kind::Animal => "animal",
            Kind::Event => "event",
            Kind::Claim => "claim",
            Kind::Source => "source",
        }
    }

    /// The collection that holds the documents: "gifts".
    pub fn collection(self) -> &'static str {
        match self {
            Kind::Gift => "gifts",
            Kind::Nation => "nations",
            Kind::Animal => "animals",
            Kind::Event => "events",
            Kind::Claim => "claims",
            Kind::Source => "sources",
        }
    }

    /// The type whose documents this collection holds.
    pub fn of_collection(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.collection() == name)
    }

    /// The type of the document with this id. Fails when the id is not of the accepted form: a prefix, `_`, and 1 to
    /// 120 ASCII letters, digits and `-`, the first and the last of them a letter or a digit.
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

    /// Whether this is the id of a document of this type. Fails when it is the id of another type, or none at all.
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

    fn noun(self) -> &'static str {
        match self {
            Kind::Gift => "a gift",
            Kind::Nation => "a nation",
            Kind::Animal => "an animal",
            Kind::Event => "an event",
            Kind::Claim => "a claim",
            Kind::Source => "a source",
        }
    }

    fn example(self) -> &'static str {
        match self {
            Kind::Gift => "gift_ru-kp-2024",
            Kind::Nation => "nation_japan",
            Kind::Animal => "animal_brown-bear",
            Kind::Event => "event_defence-pledge-2024",
            Kind::Claim => "claim_article-C05",
            Kind::Source => "source_article",
        }
    }
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

/// What keeps a text from being a slug or the end of an id.
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

/// A text from outside, in backticks, fit for a message: what is long is shortened, and characters that a terminal or
/// a log would obey, or that nobody would see, are escaped.
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

/// Control characters, blanks of no width, and the marks that turn the direction of writing.
fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
