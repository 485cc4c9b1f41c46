//! Filters as plain values, and their translation to MongoDB's query language: pure, no I/O.
//!
//! A [`Filter`] is made from GraphQL inputs. Joins across relations ([`Filter::Joined`]) are first replaced by sets of
//! ids (`store/join.rs`); the rest becomes one document. Values are always compared as values, so no string from a user
//! can become an operator.

pub(super) mod matches;
mod merge;
pub mod operator;
mod value;

use mongodb::bson::{Document, doc};

use crate::domain::id::Kind;
use operator::Operator;
pub use value::Value;

/// A condition on documents of one collection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Filter {
    /// All of these; with none, every document.
    All(Vec<Filter>),
    /// At least one of these; with none, no document.
    Any(Vec<Filter>),
    Not(Box<Filter>),
    /// A test of the field at a dotted path.
    Field(&'static str, Operator),
    /// The value at `path` is one of those that the matching documents of another collection have at `take`.
    Joined {
        path: &'static str,
        /// The other collection.
        of: Kind,
        /// The top-level field there: `_id`, or an array of ids.
        take: &'static str,
        filter: Box<Filter>,
    },
}

impl Filter {
    /// Whether it contains a join.
    pub fn is_joined(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::is_joined),
            Self::Not(part) => part.is_joined(),
            Self::Field(..) => false,
            Self::Joined { .. } => true,
        }
    }

    /// A test of one field.
    pub const fn field(path: &'static str, operator: Operator) -> Self {
        Self::Field(path, operator)
    }

    /// The field has a value, or (`known: false`) has none.
    pub const fn presence(path: &'static str, known: bool) -> Self {
        Self::Field(path, if known { Operator::Known } else { Operator::Unknown })
    }

    /// The list of texts or ids on the way to `path` has one, or (`known: false`) has none.
    pub fn presence_in_list(path: &'static str, known: bool) -> Self {
        // Every text is at least the empty one, so this means "the list is not empty", and can use the list's index.
        let filled = Self::Field(path, Operator::AtLeast("".into()));
        if known { filled } else { Self::Not(Box::new(filled)) }
    }

    /// The field has this value.
    pub fn equal(path: &'static str, value: impl Into<Value>) -> Self {
        Self::Field(path, Operator::In(vec![value.into()]))
    }

    /// The reference at `path` refers to a document of `of` that matches `filter`.
    ///
    /// A filter on ids alone does not need the other collection, since no reference dangles.
    pub fn refers(path: &'static str, of: Kind, filter: Self) -> Self {
        match filter {
            Self::All(parts) if parts.len() == 1 => parts
                .into_iter()
                .next()
                .map_or(Self::All(vec![]), |part| Self::refers(path, of, part)),
            Self::Field("_id", Operator::In(ids)) => Self::Field(path, Operator::In(ids)),
            filter => Self::Joined {
                path,
                of,
                take: "_id",
                filter: Box::new(filter),
            },
        }
    }

    /// A claim that matches `filter` is about the document, which is of `kind`.
    pub fn claimed(kind: Kind, filter: Self) -> Self {
        // Ids of a kind share a prefix; with it, MongoDB does not read claims about other kinds.
        let about = Self::field("about", Operator::Prefix(kind.prefix().to_owned()));
        Self::Joined {
            path: "_id",
            of: Kind::Claim,
            take: "about",
            filter: Box::new(Self::All(vec![filter, about])),
        }
    }

    /// The same test on another field; any other filter is unchanged.
    #[must_use]
    pub fn at(&self, path: &'static str) -> Self {
        match self {
            Self::Field(_, operator) => Self::Field(path, operator.clone()),
            other => other.clone(),
        }
    }

    /// Whether every document matches, as far as can be told without looking at any.
    pub fn is_everything(&self) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(Self::is_everything),
            Self::Any(parts) => parts.iter().any(Self::is_everything),
            Self::Not(part) => part.is_nothing(),
            Self::Field(..) | Self::Joined { .. } => false,
        }
    }

    /// Whether no document matches, as far as can be told without looking at any.
    pub fn is_nothing(&self) -> bool {
        match self {
            Self::All(parts) => parts.iter().any(Self::is_nothing),
            Self::Any(parts) => parts.iter().all(Self::is_nothing),
            Self::Not(part) => part.is_everything(),
            Self::Field(..) | Self::Joined { .. } => false,
        }
    }

    /// The query document. Joins must be resolved; an unresolved one matches nothing.
    pub(in crate::store) fn to_document(&self) -> Document {
        match self {
            filter if filter.is_nothing() => nothing(),
            filter if filter.is_everything() => doc! {},
            Self::All(parts) => all_of(parts.iter().map(Self::to_document).collect()),
            Self::Any(parts) => {
                let parts = parts.iter().filter(|part| !part.is_nothing());
                let mut parts: Vec<Document> = parts.map(Self::to_document).collect();
                match parts.len() {
                    1 => parts.pop().unwrap_or_default(),
                    _ => doc! { "$or": parts },
                }
            }
            Self::Not(part) => doc! { "$nor": [part.to_document()] },
            Self::Field(path, operator) => doc! { *path: operator.to_bson() },
            Self::Joined { .. } => nothing(),
        }
    }
}

/// A condition that no document matches, on the index that every collection has.
pub(in crate::store) fn nothing() -> Document {
    doc! { "_id": { "$in": [] } }
}

/// The conjunction. `$and` only if needed, so that plain filters stay readable in the database's log.
pub(in crate::store) fn all_of(parts: Vec<Document>) -> Document {
    let mut parts: Vec<Document> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    match parts.len() {
        0 | 1 => parts.pop().unwrap_or_default(),
        _ => doc! { "$and": parts },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_filter_matches_everything_and_its_negation_nothing() {
        assert_eq!(Filter::All(vec![]).to_document(), doc! {});
        assert_eq!(Filter::Not(Box::new(Filter::All(vec![]))).to_document(), nothing());
        assert_eq!(Filter::Any(vec![]).to_document(), nothing());
        assert_eq!(
            Filter::Any(vec![Filter::All(vec![]), Filter::equal("a", 1)]).to_document(),
            doc! {}
        );
    }

    #[test]
    fn a_string_stays_a_value_whatever_it_holds() {
        assert_eq!(
            Filter::equal("slug", "{\"$gt\": \"\"}").to_document(),
            doc! { "slug": { "$eq": "{\"$gt\": \"\"}" } }
        );
    }

    #[test]
    fn a_reference_filter_that_only_names_ids_is_not_joined() {
        let by_id = Filter::All(vec![Filter::equal("_id", "nation_japan")]);
        assert_eq!(
            Filter::refers("giver", Kind::Nation, by_id),
            Filter::equal("giver", "nation_japan")
        );
        assert!(matches!(
            Filter::refers("giver", Kind::Nation, Filter::equal("region", "Asia")),
            Filter::Joined { .. }
        ));
    }

    #[test]
    fn what_may_be_is_written_as_not_ruled_out() {
        assert_eq!(
            Filter::field("total.max", Operator::MaybeAtLeast(50.into())).to_document(),
            doc! { "total.max": { "$not": { "$lt": 50_i64 } } }
        );
    }
}
