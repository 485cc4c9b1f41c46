//! The operators of a filter on one field: each with its translation for the database and, next to it, its evaluation
//! on a value in memory; and the names of those that clients can use.
//!
//! Both follow MongoDB: values are only compared with values of their own type, a path leads through lists, and an
//! operator holds for a list if it holds for one of its items. To add an operator for clients, add a variant, both of
//! its meanings, and a [`Comparison`] to the list for its type: the GraphQL inputs are made from these lists.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

use mongodb::bson::{Bson, RawBsonRef, RawDocument, doc};

use super::value::{Value, compared};
use crate::store::path::walk;

/// Ids that replace a join: many, and the same in several places.
pub type Ids = Arc<BTreeSet<String>>;

/// A test of one field. An absent field and null are the same.
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
    /// At least this, or absent: not ruled out.
    MaybeAtLeast(Value),
    /// At most this, or absent: not ruled out.
    MaybeAtMost(Value),
    Known,
    Unknown,
    /// A string that begins with exactly this; for an array, one of its elements does.
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
            // `$not` lets absent fields pass and can still use an index: everything but the range that is ruled out.
            Self::MaybeAtLeast(bound) => doc! { "$not": { "$lt": value(bound) } },
            Self::MaybeAtMost(bound) => doc! { "$not": { "$gt": value(bound) } },
            Self::Known => doc! { "$ne": Bson::Null },
            Self::Unknown => doc! { "$eq": Bson::Null },
            Self::Prefix(prefix) => doc! { "$regex": format!("^{}", regex::escape(prefix)) },
        };
        condition.into()
    }

    /// Tests one value, or its absence. If [`Operator::rules_out`], no value may pass this test; otherwise one must.
    pub(in crate::store) fn is_about(&self, found: Option<RawBsonRef<'_>>) -> bool {
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

    pub(in crate::store) const fn rules_out(&self) -> bool {
        matches!(
            self,
            Self::NotIn(_) | Self::MaybeAtLeast(_) | Self::MaybeAtMost(_) | Self::Known
        )
    }

    /// Whether it holds for the values of a document at a path.
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

/// An operator for clients.
#[derive(Debug)]
pub struct Comparison {
    /// The name in their filters.
    pub name: &'static str,
    /// The description in the schema; `{}` stands for what is compared, such as `text`.
    pub meaning: &'static str,
    pub operator: Takes,
}

/// The operator that a comparison becomes, by the number of values that it takes.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    One(fn(Value) -> Operator),
    Many(fn(Vec<Value>) -> Operator),
    /// None: whether there is a value at all.
    Presence,
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
const PRESENT: Comparison = Comparison {
    name: "known",
    meaning: "Whether there is any {} at all: `false` finds what has none.",
    operator: Takes::Presence,
};

/// The comparisons of ids.
pub const OF_IDS: &[Comparison] = &[
    EQUAL,
    ANY_OF,
    Comparison {
        meaning: "None of these {}s.",
        ..NONE_OF
    },
    PRESENT,
];
/// The comparisons of texts.
pub const OF_TEXTS: &[Comparison] = &[EQUAL, ANY_OF, NONE_OF, PRESENT];
/// The comparisons of the words of a vocabulary.
pub const OF_WORDS: &[Comparison] = &[EQUAL, ANY_OF, NONE_OF, PRESENT];

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
