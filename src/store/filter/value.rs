//! The values in filters, and how stored values compare with them.

use std::cmp::Ordering;

use mongodb::bson::{Bson, RawBsonRef};

use crate::domain::date::Day;
use crate::store::bson_types::date_of;

/// A value to compare with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// Compared by its bytes.
    Text(String),
    Number(i64),
    /// Stored as UTC midnight.
    Day(Day),
    Flag(bool),
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

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<Value> for Bson {
    fn from(value: Value) -> Self {
        match value {
            Value::Text(text) => Self::String(text),
            Value::Number(number) => Self::Int64(number),
            Value::Day(day) => Self::DateTime(date_of(day)),
            Value::Flag(flag) => Self::Boolean(flag),
        }
    }
}

/// Compares a stored value; `None` if the types differ.
pub(super) fn compared(stored: RawBsonRef<'_>, value: &Value) -> Option<Ordering> {
    match (stored, value) {
        (RawBsonRef::String(stored), Value::Text(text)) => Some(stored.cmp(text.as_str())),
        (RawBsonRef::Int32(stored), Value::Number(number)) => Some(i64::from(stored).cmp(number)),
        (RawBsonRef::Int64(stored), Value::Number(number)) => Some(stored.cmp(number)),
        (RawBsonRef::Double(stored), Value::Number(number)) => real_to_whole(stored, *number),
        (RawBsonRef::DateTime(stored), Value::Day(day)) => Some(stored.cmp(&date_of(*day))),
        (RawBsonRef::Boolean(stored), Value::Flag(flag)) => Some(stored.cmp(flag)),
        _ => None,
    }
}

/// Exact, as in the database: converting the whole number to a float would lose digits.
fn real_to_whole(real: f64, whole: i64) -> Option<Ordering> {
    /// 2^63: above every `i64`, and exact as a float.
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
    // In range, as checked above.
    let by_floor = (floor as i64).cmp(&whole);
    Some(if by_floor.is_eq() && real > floor {
        Ordering::Greater
    } else {
        by_floor
    })
}
