//! Dates as sources give them: the Extended Date/Time Format (EDTF) of ISO 8601-2:2019 and the Library of Congress,
//! levels 0 and 1 and of level 2 sets, seasons and qualified parts, and what a date implies: first and last day,
//! precision, certainty. The grammar is in `parse.rs` (intervals), `set.rs`, `calendar.rs` (one date), `season.rs` and
//! `time.rs`; the reader and the messages are in `reader.rs`, day arithmetic in `day.rs`, what a text implies in
//! `facts.rs`, its words in `in_words.rs`. `told/` reads dates as people write them. Phrases and inferred parts, which
//! documents store beside a date, are not covered.
//!
//! Where the specification leaves a choice, ours is:
//! - Seasons: EDTF does not say when they begin. We use the meteorological ones: spring of the north (25) is March to May,
//!   its winter (28) and the summer of the south (30) are December to February of the following year. The codes 21 to 24
//!   do not say in which hemisphere, so their bounds enclose the season of both.
//! - `?`, `~` and `%` do not widen the bounds: nothing says by how much.
//! - They may stand at anything but a time of day, including seasons, unspecified digits and long years; which part of a
//!   date they qualify makes no difference.
//! - The bounds of a date-time are its day as written; its zone does not move it to another day.
//! - An interval is refused only if its start is certainly after its end: `2004-06-XX/2004-06-03` is accepted.
//! - Hours are 00 to 23 and seconds 00 to 59: neither `24:00:00` nor leap seconds.

mod calendar;
mod day;
mod facts;
mod in_words;
mod parse;
mod reader;
mod season;
mod set;
#[cfg(test)]
mod tests;
mod time;
mod told;

use std::fmt;
use std::str::FromStr;

pub use day::{Calendar, Day, DayError};
use facts::Facts;
pub use facts::{Bounds, Precision};
pub use in_words::in_words;
pub use reader::EdtfError;

/// A date, date-time, interval or set in EDTF.
///
/// The text is kept as written: different spellings have different meanings (`1965/` has an unknown end, `1965/..` an
/// open one).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edtf {
    text: String,
    facts: Facts,
}

impl Edtf {
    /// Reads a text whose days are counted in a calendar; the bounds are days of the Gregorian one.
    ///
    /// # Errors
    /// A text that is no EDTF, or of a part of level 2 that is not accepted.
    pub fn read(text: &str, calendar: Calendar) -> Result<Edtf, EdtfError> {
        let facts = parse::parse(text, calendar).map_err(|error| error.proposing(told::proposals(text)))?;
        Ok(Edtf {
            text: text.to_owned(),
            facts,
        })
    }

    /// The first and the last day that the date may mean.
    pub fn bounds(&self) -> Bounds {
        self.facts.bounds
    }

    /// How precisely the date is known.
    pub fn precision(&self) -> Precision {
        self.facts.precision
    }

    /// Whether the date, or a part of it, is marked as approximate: `~` or `%`.
    pub fn is_approximate(&self) -> bool {
        self.facts.approximate
    }

    /// Whether the date, or a part of it, is marked as uncertain: `?` or `%`.
    pub fn is_uncertain(&self) -> bool {
        self.facts.uncertain
    }

    /// Whether its end is not known, rather than open: `1965/`, or `[1965..]`, which is some day since then.
    pub fn has_unknown_end(&self) -> bool {
        self.facts.end_unknown
    }

    /// Whether it is an interval whose beginning is not known, such as `/1965`: neither given nor open.
    pub fn has_unknown_beginning(&self) -> bool {
        self.text.starts_with('/')
    }

    /// Whether its bounds enclose days that it does not mean: those of a season without a hemisphere, such as `2001-21`,
    /// and of a set of several dates.
    pub fn is_loose(&self) -> bool {
        self.facts.loose
    }

    /// The text as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// A text as EDTF: as it is, or as it is plainly meant. `None` where it has no meaning or several.
pub fn as_told(text: &str) -> Option<String> {
    match Edtf::read(text, Calendar::Gregorian) {
        Ok(date) => Some(date.text),
        Err(error) => match error.proposals.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        },
    }
}

impl FromStr for Edtf {
    type Err = EdtfError;

    fn from_str(text: &str) -> Result<Edtf, EdtfError> {
        Edtf::read(text, Calendar::Gregorian)
    }
}

impl fmt::Display for Edtf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
