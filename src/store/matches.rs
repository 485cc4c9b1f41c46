//! Filters held against documents that are at hand, as the database holds them against those that it stores.
//!
//! Pure: a [`Filter`] and a document go in, yes or no comes out. What a test means is said in `filter.rs`, by its
//! translation; here the same is done by hand: values are only compared with values of their own type, a path leads
//! through arrays, and a test holds for an array where it holds for one of its elements.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use mongodb::bson::{RawBsonRef, RawDocument};

use super::bson_types::{date_of, first_step};
use super::filter::{Filter, Test, Value, plain};

/// Whether a document meets a filter. As in a query, a join that has not been resolved holds for none.
pub(super) fn meets(filter: &Filter, document: &RawDocument) -> bool {
    let leaf = |part: &Filter| match part {
        Filter::Field(path, test) => Some(holds(test, document, path)),
        _ => Some(false),
    };
    decide(filter, &leaf) == Some(true)
}

/// Whether any document of this id could meet a filter.
pub(super) fn may_be_met_by(filter: &Filter, id: &str) -> bool {
    let id = RawBsonRef::String(id);
    let leaf = |part: &Filter| match part {
        Filter::Field("_id", test) => Some(test_on(test, &[Found::Value(id)])),
        _ => None,
    };
    decide(filter, &leaf) != Some(false)
}

/// Whether a filter looks at one of these top-level fields, other than the id.
pub(super) fn looks_at(filter: &Filter, fields: &[String]) -> bool {
    let looked_at = top_fields(filter);
    fields.iter().any(|field| looked_at.contains(field.as_str()))
}

/// The top-level fields that a filter looks at: a document with just these meets it where the whole document does.
pub(super) fn top_fields(filter: &Filter) -> BTreeSet<&'static str> {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().flat_map(top_fields).collect(),
        Filter::Not(part) => top_fields(part),
        Filter::Field(path, _) | Filter::Joined { path, .. } => BTreeSet::from([first_step(path).0]),
    }
}

/// Whether a filter holds, where `leaf` tells it of tests and joins; `None` where that depends on what is not known.
fn decide(filter: &Filter, leaf: &impl Fn(&Filter) -> Option<bool>) -> Option<bool> {
    // One such part decides; otherwise all must be known.
    let first = |parts: &[Filter], decisive: bool| {
        let mut outcome = Some(!decisive);
        for part in parts {
            match decide(part, leaf) {
                Some(found) if found == decisive => return Some(decisive),
                Some(_) => {}
                None => outcome = None,
            }
        }
        outcome
    };
    match filter {
        Filter::All(parts) => first(parts, false),
        Filter::Any(parts) => first(parts, true),
        Filter::Not(part) => decide(part, leaf).map(|held| !held),
        Filter::Field(..) | Filter::Joined { .. } => leaf(filter),
    }
}

/// What lies at the end of a path.
#[derive(Clone, Copy)]
enum Found<'a> {
    Value(RawBsonRef<'a>),
    Nothing,
}

fn holds(test: &Test, document: &RawDocument, path: &str) -> bool {
    let mut found = Vec::new();
    look(document, path, &mut found);
    test_on(test, &found)
}

/// Puts down what lies at a path: through arrays of documents, and beside an array its elements.
fn look<'a>(document: &'a RawDocument, path: &str, found: &mut Vec<Found<'a>>) {
    let (head, rest) = first_step(path);
    let value = document.get(head).ok().flatten();
    match (value, rest) {
        (None, _) => found.push(Found::Nothing),
        (Some(RawBsonRef::Array(items)), None) => {
            found.push(Found::Value(RawBsonRef::Array(items)));
            found.extend(items.into_iter().flatten().map(Found::Value));
        }
        (Some(value), None) => found.push(Found::Value(value)),
        (Some(RawBsonRef::Document(inner)), Some(rest)) => look(inner, rest, found),
        // Elements that are no documents have nothing there, not even null.
        (Some(RawBsonRef::Array(items)), Some(rest)) => {
            for item in items.into_iter().flatten() {
                if let RawBsonRef::Document(inner) = item {
                    look(inner, rest, found);
                }
            }
        }
        (Some(_), Some(_)) => found.push(Found::Nothing),
    }
}

fn test_on(test: &Test, found: &[Found<'_>]) -> bool {
    let any = |value: &Value, wanted: fn(Ordering) -> bool| {
        found.iter().any(|found| match found {
            Found::Value(stored) => compared(stored, value).is_some_and(wanted),
            Found::Nothing => false,
        })
    };
    let one_of = |values: &[Value]| values.iter().any(|value| any(value, Ordering::is_eq));
    let absent = || {
        found.iter().any(|found| match found {
            Found::Value(stored) => matches!(stored, RawBsonRef::Null),
            Found::Nothing => true,
        })
    };
    match test {
        Test::In(values) => one_of(values),
        Test::Among(ids) => found.iter().any(|found| match found {
            Found::Value(RawBsonRef::String(id)) => ids.contains(*id),
            _ => false,
        }),
        Test::NotIn(values) => !one_of(values),
        Test::AtLeast(bound) => any(bound, Ordering::is_ge),
        Test::AtMost(bound) => any(bound, Ordering::is_le),
        Test::Below(bound) => any(bound, Ordering::is_lt),
        Test::Above(bound) => any(bound, Ordering::is_gt),
        Test::MaybeAtLeast(bound) => !any(bound, Ordering::is_lt),
        Test::MaybeAtMost(bound) => !any(bound, Ordering::is_gt),
        Test::Known => !absent(),
        Test::Unknown => absent(),
        Test::Prefix(prefix) => {
            let plain = plain(prefix);
            found.iter().any(|found| match found {
                Found::Value(RawBsonRef::String(text)) => text.starts_with(&plain),
                _ => false,
            })
        }
    }
}

/// How a stored value stands to one that it is compared with; `None` where they are of different types.
fn compared(stored: &RawBsonRef<'_>, value: &Value) -> Option<Ordering> {
    match (stored, value) {
        (RawBsonRef::String(stored), Value::Text(text)) => Some((*stored).cmp(text.as_str())),
        (RawBsonRef::Int32(stored), Value::Number(number)) => Some(i64::from(*stored).cmp(number)),
        (RawBsonRef::Int64(stored), Value::Number(number)) => Some(stored.cmp(number)),
        (RawBsonRef::Double(stored), Value::Number(number)) => real_to_whole(*stored, *number),
        (RawBsonRef::DateTime(stored), Value::Day(day)) => Some(stored.cmp(&date_of(*day))),
        _ => None,
    }
}

/// Exact, as the database compares: not by making the whole number a real one.
fn real_to_whole(real: f64, whole: i64) -> Option<Ordering> {
    /// Just above every i64, and itself exact.
    const TOO_LARGE: f64 = 9_223_372_036_854_775_808.0;
    if real.is_nan() {
        return None;
    }
    if real >= TOO_LARGE {
        return Some(Ordering::Greater);
    }
    if real < -TOO_LARGE {
        return Some(Ordering::Less);
    }
    let floor = real.floor();
    // In range, as just seen.
    let by_floor = (floor as i64).cmp(&whole);
    Some(if by_floor.is_eq() && real > floor {
        Ordering::Greater
    } else {
        by_floor
    })
}
