//! Conversion of BSON dates to days and points in time, and back.

use std::ops::RangeInclusive;
use std::time::Duration;

use mongodb::bson::{DateTime, RawBsonRef, RawDocument};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::domain::date::Day;

/// A point in time, as in BSON: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(DateTime);

impl Default for Timestamp {
    fn default() -> Self {
        Self(DateTime::from_millis(0))
    }
}

impl Timestamp {
    /// Now, by this machine's clock.
    pub fn now() -> Self {
        Self(DateTime::now())
    }

    /// So long ago, by this machine's clock.
    pub fn before(ago: Duration) -> Self {
        let ago = i64::try_from(ago.as_millis()).unwrap_or(i64::MAX);
        Self(DateTime::from_millis(
            DateTime::now().timestamp_millis().saturating_sub(ago),
        ))
    }

    /// Its day in UTC.
    pub fn day(self) -> Day {
        Day::from_millis(self.0.timestamp_millis())
    }

    /// The time until then, by this machine's clock; zero if it has passed.
    pub fn ahead(self) -> Duration {
        let millis = self
            .0
            .timestamp_millis()
            .saturating_sub(DateTime::now().timestamp_millis());
        Duration::from_millis(u64::try_from(millis).unwrap_or(0))
    }

    /// RFC 3339 in UTC, always with three digits of a second, as the specification of our `DateTime` asks for. A time
    /// outside the years 0–9999 has no such form, and is given in milliseconds.
    pub fn to_rfc3339(self) -> String {
        /// From the beginning of the year 0 to the end of the year 9999.
        const WRITTEN: RangeInclusive<i64> = -62_167_219_200_000..=253_402_300_799_999;
        let millis = self.0.timestamp_millis();
        if !WRITTEN.contains(&millis) {
            return millis.to_string();
        }
        let second = DateTime::from_millis(millis.div_euclid(1_000).saturating_mul(1_000));
        match second.try_to_rfc3339_string() {
            Ok(text) => format!("{}.{:03}Z", text.trim_end_matches('Z'), millis.rem_euclid(1_000)),
            Err(_) => millis.to_string(),
        }
    }
}

impl From<DateTime> for Timestamp {
    fn from(moment: DateTime) -> Self {
        Self(moment)
    }
}

/// Reads a BSON date (UTC midnight) or null as a day: for `#[serde(deserialize_with)]`.
pub fn optional_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Day>, D::Error> {
    // As a raw value: `DateTime` deserializes through extended JSON, which writes the number as text and parses it.
    match RawBsonRef::deserialize(deserializer)? {
        RawBsonRef::Null => Ok(None),
        RawBsonRef::DateTime(moment) => Ok(Some(Day::from_millis(moment.timestamp_millis()))),
        other => Err(D::Error::custom(format!("found {other:?} in the place of a date"))),
    }
}

/// The whole number in a field of a document, in either width that BSON has for it.
pub(super) fn whole_at(document: &RawDocument, field: &str) -> Option<i64> {
    match document.get(field) {
        Ok(Some(RawBsonRef::Int32(number))) => Some(number.into()),
        Ok(Some(RawBsonRef::Int64(number))) => Some(number),
        _ => None,
    }
}

/// A day in BSON: UTC midnight.
pub(super) fn date_of(day: Day) -> DateTime {
    DateTime::from_millis(day.to_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_three_digits_of_a_second() {
        let text = |millis| Timestamp::from(DateTime::from_millis(millis)).to_rfc3339();
        assert_eq!(text(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(text(64_800_040), "1970-01-01T18:00:00.040Z");
        assert_eq!(text(-1), "1969-12-31T23:59:59.999Z");
        assert_eq!(text(253_402_300_799_999), "9999-12-31T23:59:59.999Z");
        assert_eq!(text(253_402_300_800_000), "253402300800000");
    }
}
