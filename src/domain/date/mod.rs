//! Dates as sources give them: the Extended Date/Time Format (EDTF) of ISO 8601-2:2019 and the Library of Congress,
//! levels 0 and 1, and what a date implies: first and last day, precision, certainty. The grammar is in `parse.rs`
//! (intervals), `calendar.rs` (one date) and `time.rs`; the reader and the messages are in `reader.rs`, day arithmetic
//! in `day.rs`. Phrases and inferred parts, which documents store beside a date, are not covered.
//!
//! Where the specification leaves a choice, ours is:
//! - Seasons: EDTF does not say when they begin. We use the meteorological ones of the northern hemisphere: 21 spring
//!   is March to May, 22 summer June to August, 23 autumn September to November, 24 winter December to February of the
//!   following year.
//! - `?`, `~` and `%` do not widen the bounds: nothing says by how much.
//! - They may follow anything but a time of day, including seasons, unspecified digits and long years.
//! - The bounds of a date-time are its day as written; its zone does not move it to another day.
//! - An interval is refused only if its start is certainly after its end: `2004-06-XX/2004-06-03` is accepted.
//! - Hours are 00 to 23 and seconds 00 to 59: neither `24:00:00` nor leap seconds.

mod calendar;
mod day;
mod parse;
mod reader;
#[cfg(test)]
mod tests;
mod time;

use std::fmt;
use std::str::FromStr;

pub use day::{Day, DayError};
pub use reader::EdtfError;

/// A date, date-time or interval in EDTF, level 0 or 1.
///
/// The text is kept as written: in levels 0 and 1, different spellings have different meanings (`1965/` has an unknown
/// end, `1965/..` an open one).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edtf {
    text: String,
    facts: Facts,
}

/// What the text implies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Facts {
    bounds: Bounds,
    precision: Precision,
    approximate: bool,
    uncertain: bool,
}

/// The first and the last day that a date may mean, both inclusive. `None` at an open or unknown end. If both are
/// given, `earliest` is not after `latest`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    pub earliest: Option<Day>,
    pub latest: Option<Day>,
}

/// How precisely a date is known.
#[derive(async_graphql::Enum, serde::Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[graphql(name = "DatePrecision")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Precision {
    /// A day with a time of day, such as `1985-04-12T23:20:30Z`.
    Time,
    /// One day, such as `1985-04-12`.
    #[default]
    Day,
    /// A month, such as `1985-04`, or some day in it: `1985-04-XX`.
    Month,
    /// A season of three months, such as `2001-21` for spring 2001.
    Season,
    /// A year, such as `1985` or `Y12000`, or some month or day in it: `1985-XX`, `1985-XX-XX`.
    Year,
    /// Some year of a decade, such as `201X`.
    Decade,
    /// Some year of a century, such as `20XX`.
    Century,
    /// A stretch between two dates, one of which may be open or unknown, such as `1959/1965` or `1959/..`.
    Interval,
}

impl Edtf {
    /// The first and the last day that the date may mean.
    pub fn bounds(&self) -> Bounds {
        self.facts.bounds
    }

    /// How precisely the date is known.
    pub fn precision(&self) -> Precision {
        self.facts.precision
    }

    /// Whether the date, or one end of the interval, is marked as approximate: `~` or `%`.
    pub fn is_approximate(&self) -> bool {
        self.facts.approximate
    }

    /// Whether the date, or one end of the interval, is marked as uncertain: `?` or `%`.
    pub fn is_uncertain(&self) -> bool {
        self.facts.uncertain
    }

    /// Whether it is an interval with an unknown end, such as `1965/`: neither given nor open.
    pub fn has_unknown_end(&self) -> bool {
        self.text.starts_with('/') || self.text.ends_with('/')
    }

    /// The text as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for Edtf {
    type Err = EdtfError;

    fn from_str(text: &str) -> Result<Edtf, EdtfError> {
        let facts = parse::parse(text)?;
        Ok(Edtf {
            text: text.to_owned(),
            facts,
        })
    }
}

impl fmt::Display for Edtf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Precision {
    /// Every precision, from finest to coarsest; the interval, which may be either, is last.
    pub const ALL: [Precision; 8] = [
        Precision::Time,
        Precision::Day,
        Precision::Month,
        Precision::Season,
        Precision::Year,
        Precision::Decade,
        Precision::Century,
        Precision::Interval,
    ];

    /// The word in documents and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Precision::Time => "TIME",
            Precision::Day => "DAY",
            Precision::Month => "MONTH",
            Precision::Season => "SEASON",
            Precision::Year => "YEAR",
            Precision::Decade => "DECADE",
            Precision::Century => "CENTURY",
            Precision::Interval => "INTERVAL",
        }
    }
}
