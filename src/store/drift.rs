//! Differences between the declarations and the database, and what a database refuses to enforce of them.

use std::fmt;

use super::collections::{Declaration, Index};

/// A difference between the declarations and the database. Indexes have the name of their collection first.
#[derive(Clone, Debug, PartialEq)]
pub enum Drift {
    MissingCollection(&'static Declaration),
    OtherValidator(&'static Declaration),
    MissingIndex(&'static str, Index),
    /// An index with this name has other fields, another uniqueness, or options that are not declared.
    OtherIndex(&'static str, Index),
    /// An index that is not declared. It is left alone.
    UndeclaredIndex(&'static str, String),
}

impl Drift {
    /// The collection that it is about.
    pub const fn collection(&self) -> &'static str {
        match self {
            Self::MissingCollection(declared) | Self::OtherValidator(declared) => declared.name,
            Self::MissingIndex(name, _) | Self::OtherIndex(name, _) | Self::UndeclaredIndex(name, _) => name,
        }
    }
}

/// A part of a declaration that a database can refuse to enforce.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    Collection,
    Validator,
    /// All of a collection that is new.
    Indexes,
    Index(String),
}

/// What a database refused to enforce, and why.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub collection: &'static str,
    pub part: Part,
    pub why: String,
}

impl Refusal {
    /// Whether a difference is there because of it.
    pub fn explains(&self, drift: &Drift) -> bool {
        self.collection == drift.collection()
            && match (drift, &self.part) {
                (Drift::MissingCollection(_), part) => *part == Part::Collection,
                (Drift::OtherValidator(_), part) => *part == Part::Validator,
                (Drift::MissingIndex(..) | Drift::OtherIndex(..), Part::Indexes) => true,
                (Drift::MissingIndex(_, index) | Drift::OtherIndex(_, index), Part::Index(name)) => index.name == *name,
                _ => false,
            }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { collection, part, why } = self;
        match part {
            Part::Collection => write!(f, "{collection}: the collection ({why})"),
            Part::Validator => write!(f, "{collection}: the validator ({why})"),
            Part::Indexes => write!(f, "{collection}: the indexes ({why})"),
            Part::Index(name) => write!(f, "{collection}: the index `{name}` ({why})"),
        }
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.collection();
        match self {
            Self::MissingCollection(_) => write!(f, "{name}: the collection is missing"),
            Self::OtherValidator(_) => write!(f, "{name}: the validator differs from schema/collections/{name}.json"),
            Self::MissingIndex(_, index) => write!(f, "{name}: the index `{}` is missing", index.name),
            Self::OtherIndex(_, index) => {
                write!(
                    f,
                    "{name}: the index `{}` differs from schema/collections/{name}.json",
                    index.name
                )
            }
            Self::UndeclaredIndex(_, index) => {
                write!(f, "{name}: the index `{index}` is not declared; it is left alone")
            }
        }
    }
}
