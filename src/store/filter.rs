//! Filters as plain values, and their translation to MongoDB's query language: pure, no I/O.
//!
//! A [`Filter`] comes from the GraphQL inputs. Parts that reach across a relation ([`Filter::Joined`]) are first
//! replaced by sets of ids (`store/join.rs`); what is left becomes one document. Values are always compared as
//! values, so no string from a user can become an operator.

use std::collections::BTreeSet;
use std::sync::Arc;

use mongodb::bson::{Bson, Document, doc};

use super::bson_types::date_of;
use crate::domain::date::Day;
use crate::domain::id::Kind;

/// Ids that stand in for a condition: many, and the same in several places.
pub type Ids = Arc<BTreeSet<String>>;

/// A value to compare with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// A string, compared by its bytes.
    Text(String),
    /// A whole number.
    Number(i64),
    /// A day, stored as UTC midnight.
    Day(Day),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Number(number.into())
    }
}

impl From<Day> for Value {
    fn from(day: Day) -> Self {
        Self::Day(day)
    }
}

impl From<Value> for Bson {
    fn from(value: Value) -> Self {
        match value {
            Value::Text(text) => Self::String(text),
            Value::Number(number) => Self::Int64(number),
            Value::Day(day) => Self::DateTime(date_of(day)),
        }
    }
}

/// A test on one field. An absent field and a null one are the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Test {
    /// One of these values; for an array, one of its elements is.
    In(Vec<Value>),
    /// One of these ids; for an array, one of its elements is.
    Among(Ids),
    /// None of these values; an absent field passes.
    NotIn(Vec<Value>),
    /// Present and at least this.
    AtLeast(Value),
    /// Present and at most this.
    AtMost(Value),
    /// Present and below this.
    Below(Value),
    /// Present and above this.
    Above(Value),
    /// At least this, or absent: nothing rules it out.
    MaybeAtLeast(Value),
    /// At most this, or absent: nothing rules it out.
    MaybeAtMost(Value),
    /// Present.
    Known,
    /// Absent.
    Unknown,
    /// A string that begins so; for an array, one of its elements does.
    Prefix(String),
}

/// A condition on documents of one collection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Filter {
    /// All of these; with none, every document.
    All(Vec<Filter>),
    /// At least one of these; with none, no document.
    Any(Vec<Filter>),
    /// Not this.
    Not(Box<Filter>),
    /// A test on the field at a dotted path.
    Field(&'static str, Test),
    /// The value at `path` is one of those that the matching documents of another collection hold at `take`.
    Joined {
        /// The path in this collection.
        path: &'static str,
        /// The other collection.
        of: Kind,
        /// The top-level field there: `_id`, or an array of ids.
        take: &'static str,
        /// Which documents there.
        filter: Box<Filter>,
    },
}

impl Filter {
    /// Whether it reaches across a relation anywhere.
    pub fn is_joined(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::is_joined),
            Self::Not(part) => part.is_joined(),
            Self::Field(..) => false,
            Self::Joined { .. } => true,
        }
    }

    /// A test on one field.
    pub const fn field(path: &'static str, test: Test) -> Self {
        Self::Field(path, test)
    }

    /// The field has this value.
    pub fn equal(path: &'static str, value: impl Into<Value>) -> Self {
        Self::Field(path, Test::In(vec![value.into()]))
    }

    /// The reference at `path` leads to a document of `of` that matches `filter`.
    ///
    /// A filter that only names ids needs no look at the other collection, since no reference dangles.
    pub fn refers(path: &'static str, of: Kind, filter: Self) -> Self {
        match filter {
            Self::All(parts) if parts.len() == 1 => parts
                .into_iter()
                .next()
                .map_or(Self::All(vec![]), |part| Self::refers(path, of, part)),
            Self::Field("_id", Test::In(ids)) => Self::Field(path, Test::In(ids)),
            filter => Self::Joined {
                path,
                of,
                take: "_id",
                filter: Box::new(filter),
            },
        }
    }

    /// A test on one field, made on another; any other filter as it is.
    #[must_use]
    pub fn at(&self, path: &'static str) -> Self {
        match self {
            Self::Field(_, test) => Self::Field(path, test.clone()),
            other => other.clone(),
        }
    }

    /// Whether every document matches.
    pub fn is_everything(&self) -> bool {
        matches!(self, Self::All(parts) if parts.iter().all(Self::is_everything))
    }

    /// The query document. Joins must have been resolved; one that was not matches nothing.
    pub(super) fn to_document(&self) -> Document {
        match self {
            Self::All(parts) => all_of(parts.iter().map(Self::to_document).collect()),
            Self::Any(parts) if parts.is_empty() => nothing(),
            Self::Any(parts) if parts.iter().any(Self::is_everything) => doc! {},
            Self::Any(parts) => {
                doc! { "$or": parts.iter().map(Self::to_document).collect::<Vec<_>>() }
            }
            Self::Not(part) if part.is_everything() => nothing(),
            Self::Not(part) => doc! { "$nor": [part.to_document()] },
            Self::Field(path, test) => doc! { *path: test_of(test) },
            Self::Joined { .. } => nothing(),
        }
    }
}

/// A condition that no document meets, on the one index that every collection has.
pub(super) fn nothing() -> Document {
    doc! { "_id": { "$in": [] } }
}

/// The conjunction; `$and` only where it is needed, so that plain filters stay readable in the database's log.
pub(super) fn all_of(parts: Vec<Document>) -> Document {
    let mut parts: Vec<Document> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    match parts.len() {
        0 | 1 => parts.pop().unwrap_or_default(),
        _ => doc! { "$and": parts },
    }
}

/// The beginning of a word as it is looked for. Words are letters and digits (`domain::words`); anything else would be
/// taken for a pattern.
pub(super) fn plain(prefix: &str) -> String {
    prefix.chars().filter(char::is_ascii_alphanumeric).collect()
}

fn test_of(test: &Test) -> Bson {
    let list = |values: &[Value]| values.iter().cloned().map(Bson::from).collect::<Vec<_>>();
    let value = |value: &Value| Bson::from(value.clone());
    match test {
        Test::In(values) => match values.as_slice() {
            [only] => doc! { "$eq": value(only) }.into(),
            values => doc! { "$in": list(values) }.into(),
        },
        Test::Among(ids) => match ids.first() {
            Some(only) if ids.len() == 1 => doc! { "$eq": only }.into(),
            _ => doc! { "$in": ids.iter().cloned().collect::<Vec<_>>() }.into(),
        },
        Test::NotIn(values) => doc! { "$nin": list(values) }.into(),
        Test::AtLeast(bound) => doc! { "$gte": value(bound) }.into(),
        Test::AtMost(bound) => doc! { "$lte": value(bound) }.into(),
        Test::Below(bound) => doc! { "$lt": value(bound) }.into(),
        Test::Above(bound) => doc! { "$gt": value(bound) }.into(),
        // `$not` lets absent fields pass and still has index bounds: all but the range that is ruled out.
        Test::MaybeAtLeast(bound) => doc! { "$not": { "$lt": value(bound) } }.into(),
        Test::MaybeAtMost(bound) => doc! { "$not": { "$gt": value(bound) } }.into(),
        Test::Known => doc! { "$ne": Bson::Null }.into(),
        Test::Unknown => doc! { "$eq": Bson::Null }.into(),
        Test::Prefix(prefix) => doc! { "$regex": format!("^{}", plain(prefix)) }.into(),
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
            Filter::field("total.max", Test::MaybeAtLeast(50.into())).to_document(),
            doc! { "total.max": { "$not": { "$lt": 50_i64 } } }
        );
    }
}
