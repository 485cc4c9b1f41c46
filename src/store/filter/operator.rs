//! What a filter can ask of one field: each operator with what it means for the database and, beside it, for a value
//! that is at hand; and the names by which clients ask for them.
//!
//! Both meanings are MongoDB's: values are only compared with values of their own type, a path leads through lists, and
//! an operator holds for a list where it holds for one of its items. To add an operator for clients, add a variant, its
//! two meanings, and a [`Comparison`] to the list of whatever it compares: the inputs of GraphQL are made of these.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

use mongodb::bson::{Bson, RawBsonRef, RawDocument, doc};

use super::value::{Value, compared};
use crate::store::path::walk;

/// Ids that stand in for a condition: many, and the same in several places.
pub type Ids = Arc<BTreeSet<String>>;

/// A test on one field. An absent field and a null one are the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
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
    /// A string that begins so, to the letter; for an array, one of its elements does.
    Prefix(String),
}

impl Operator {
    /// The condition in MongoDB's query language.
    pub(super) fn to_bson(&self) -> Bson {
        let list = |values: &[Value]| values.iter().cloned().map(Bson::from).collect::<Vec<_>>();
        let value = |value: &Value| Bson::from(value.clone());
        let condition = match self {
            Self::In(values) => match values.as_slice() {
                [only] => doc! { "$eq": value(only) },
                values => doc! { "$in": list(values) },
            },
            Self::Among(ids) => match ids.first() {
                Some(only) if ids.len() == 1 => doc! { "$eq": only },
                _ => doc! { "$in": ids.iter().cloned().collect::<Vec<_>>() },
            },
            Self::NotIn(values) => doc! { "$nin": list(values) },
            Self::AtLeast(bound) => doc! { "$gte": value(bound) },
            Self::AtMost(bound) => doc! { "$lte": value(bound) },
            Self::Below(bound) => doc! { "$lt": value(bound) },
            Self::Above(bound) => doc! { "$gt": value(bound) },
            // `$not` lets absent fields pass and still has index bounds: all but the range that is ruled out.
            Self::MaybeAtLeast(bound) => doc! { "$not": { "$lt": value(bound) } },
            Self::MaybeAtMost(bound) => doc! { "$not": { "$gt": value(bound) } },
            Self::Known => doc! { "$ne": Bson::Null },
            Self::Unknown => doc! { "$eq": Bson::Null },
            Self::Prefix(prefix) => doc! { "$regex": format!("^{}", regex::escape(prefix)) },
        };
        condition.into()
    }

    /// Whether it is about this value, or about its absence. Where [`Operator::rules_out`], no value may be such a one;
    /// elsewhere one must be.
    fn is_about(&self, found: Option<RawBsonRef<'_>>) -> bool {
        let is = |value: &Value, wanted: fn(Ordering) -> bool| {
            found.and_then(|stored| compared(stored, value)).is_some_and(wanted)
        };
        match self {
            Self::In(values) | Self::NotIn(values) => values.iter().any(|value| is(value, Ordering::is_eq)),
            Self::Among(ids) => matches!(found, Some(RawBsonRef::String(id)) if ids.contains(id)),
            Self::AtLeast(bound) => is(bound, Ordering::is_ge),
            Self::AtMost(bound) => is(bound, Ordering::is_le),
            Self::Below(bound) | Self::MaybeAtLeast(bound) => is(bound, Ordering::is_lt),
            Self::Above(bound) | Self::MaybeAtMost(bound) => is(bound, Ordering::is_gt),
            Self::Known | Self::Unknown => matches!(found, None | Some(RawBsonRef::Null)),
            Self::Prefix(prefix) => matches!(found, Some(RawBsonRef::String(text)) if text.starts_with(prefix)),
        }
    }

    const fn rules_out(&self) -> bool {
        matches!(
            self,
            Self::NotIn(_) | Self::MaybeAtLeast(_) | Self::MaybeAtMost(_) | Self::Known
        )
    }

    /// Whether it holds for what a document has at a path.
    pub(super) fn holds_in(&self, document: &RawDocument, path: &str) -> bool {
        let found = walk(document, path, &mut |value, _| {
            if self.is_about(value) { Break(()) } else { Continue(()) }
        });
        found.is_break() != self.rules_out()
    }

    /// Whether it holds for a field with this value.
    pub(super) fn holds_for(&self, value: RawBsonRef<'_>) -> bool {
        self.is_about(Some(value)) != self.rules_out()
    }
}

/// A comparison with values that clients give, by the name that it has in their filters.
#[derive(Debug)]
pub struct Comparison {
    /// Its name.
    pub name: &'static str,
    /// What it means, for the reader of the schema; `{}` stands for what is compared, such as `text`.
    pub meaning: &'static str,
    /// What it takes, and the operator that it becomes.
    pub operator: Takes,
}

/// How many values a comparison takes.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    /// One value.
    One(fn(Value) -> Operator),
    /// A list of values.
    Many(fn(Vec<Value>) -> Operator),
}

const EQUAL: Comparison = Comparison {
    name: "eq",
    meaning: "This {}.",
    operator: Takes::One(|value| Operator::In(vec![value])),
};
const ANY_OF: Comparison = Comparison {
    name: "in",
    meaning: "One of these {}s.",
    operator: Takes::Many(Operator::In),
};
const NONE_OF: Comparison = Comparison {
    name: "notIn",
    meaning: "None of these {}s; documents without a value are among the rest.",
    operator: Takes::Many(Operator::NotIn),
};

/// What can be asked of ids.
pub const OF_IDS: &[Comparison] = &[
    EQUAL,
    ANY_OF,
    Comparison {
        meaning: "None of these {}s.",
        ..NONE_OF
    },
];
/// What can be asked of texts.
pub const OF_TEXTS: &[Comparison] = &[EQUAL, ANY_OF, NONE_OF];
/// What can be asked of the words of a vocabulary.
pub const OF_WORDS: &[Comparison] = &[EQUAL, ANY_OF, NONE_OF];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_no_pattern() {
        let prefix = Operator::Prefix("ru-kp (1)".into());
        assert_eq!(prefix.to_bson(), Bson::from(doc! { "$regex": r"^ru\-kp \(1\)" }));
        assert!(prefix.holds_for(RawBsonRef::String("ru-kp (1) 2024")));
        assert!(!prefix.holds_for(RawBsonRef::String("ru-kp 1")));
    }
}
