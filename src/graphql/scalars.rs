//! The scalars that GraphQL lacks: a day and a moment.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

use crate::domain::date::Day;
use crate::store::bson_types::Timestamp;

/// A day of the proleptic Gregorian calendar, as ISO 8601 writes it: `2024-11-20`. Years outside 0–9999 carry a sign
/// and at least five digits.
#[Scalar(
    name = "Date",
    specified_by_url = "https://www.iso.org/iso-8601-date-and-time-format.html"
)]
impl ScalarType for Day {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => text.parse().map_err(|_| {
                InputValueError::custom(format!("{text:?} is no day; accepted is a form such as \"2024-11-20\""))
            }),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }
}

/// A moment in UTC, as RFC 3339 writes it, always with three digits of a second: `2024-11-20T08:30:00.000Z`. Only ever
/// given out.
#[Scalar(
    name = "DateTime",
    specified_by_url = "https://scalars.graphql.org/andimarek/date-time.html"
)]
impl ScalarType for Timestamp {
    fn parse(value: Value) -> InputValueResult<Self> {
        Err(InputValueError::expected_type(value))
    }

    fn to_value(&self) -> Value {
        Value::String(self.to_rfc3339())
    }
}
