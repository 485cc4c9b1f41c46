//! Dates as sources give them: the Extended Date/Time Format (EDTF) of ISO 8601-2:2019 and the Library of Congress,
//! levels 0 and 1, and what a date implies: first and last day, precision, certainty. The grammar is in `parse.rs`
//! (intervals), `calendar.rs` (one date) and `time.rs`; the reader and the messages are in `reader.rs`, day arithmetic
//! in `day.rs`, what a text implies in `facts.rs`. Phrases and inferred parts, which documents store beside a date, are
//! not covered.
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
mod facts;
mod parse;
mod reader;
#[cfg(test)]
mod tests;
mod time;

use std::fmt;
use std::str::FromStr;

pub use day::{Day, DayError};
use facts::Facts;
pub use facts::{Bounds, Precision};
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
