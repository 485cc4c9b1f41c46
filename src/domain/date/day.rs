//! A day as a number: conversion to and from year, month and day of a calendar, milliseconds, and ISO 8601 text.
//! Times of day and time zones are not covered; the parent module defines what EDTF strings mean in days.

use std::fmt;
use std::str::FromStr;

use crate::domain::id::quoted;

/// A day of the proleptic Gregorian calendar with the astronomical year 0, counted from 1970-01-01.
///
/// Every value lies between [`Day::MIN`] and [`Day::MAX`], so that [`Day::to_millis`] cannot overflow.
/// Its text is ISO 8601: `YYYY-MM-DD`, and outside the years 0000 to 9999 the expanded form `±YYYYYY-MM-DD` with six
/// digits of the year or more, as ECMA-262 has it: JavaScript reads `-00044-03-15` as a day of the year 2044.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i64);

/// A text that is not a day. Its display is the whole message.
#[derive(thiserror::Error, Debug, Clone, PartialEq, Eq)]
#[error(
    "{found} is not a day. Accepted: `YYYY-MM-DD` for the years 0000 to 9999, such as `2024-11-20`; \
     outside them a sign and at least six digits, such as `-000044-03-15` or `+012024-01-01`, \
     up to the year {}",
    Day::MAX_YEAR
)]
pub struct DayError {
    found: String,
}

const MILLIS_PER_DAY: i64 = 86_400_000;

impl Day {
    /// The last year; negated, the first year.
    ///
    /// A date in the database is a signed 64-bit number of milliseconds since 1970, which ends within the year
    /// 292278994. The round number below it leaves no year incomplete.
    pub const MAX_YEAR: i64 = 292_000_000;
    /// The first day: 1 January of the year -292000000.
    pub const MIN: Day = Day::of(-Self::MAX_YEAR, 1, 1);
    /// The last day: 31 December of the year 292000000.
    pub const MAX: Day = Day::of(Self::MAX_YEAR, 12, 31);

    /// The day of this year, month (1 to 12) and day of the month; `None` if the calendar has no such day or the year
    /// is beyond [`Day::MAX_YEAR`].
    pub fn from_civil(year: i64, month: u8, day: u8) -> Option<Day> {
        let exists = (-Self::MAX_YEAR..=Self::MAX_YEAR).contains(&year)
            && (1..=12).contains(&month)
            && (1..=Calendar::Gregorian.days_in_month(year, month)).contains(&day);
        exists.then(|| Day::of(year, month, day))
    }

    /// [`Day::from_civil`] without checks, for valid input.
    ///
    /// Eras of 400 years begin on 1 March, so that the leap day is the last day of its year and one formula covers all
    /// months before it (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    pub(super) const fn of(year: i64, month: u8, day: u8) -> Day {
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let months_since_march = (month as i64 + 9) % 12;
        let day_of_year = (153 * months_since_march + 2) / 5 + day as i64 - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Day(era * 146_097 + day_of_era - 719_468)
    }

    /// The day that the Julian calendar calls so, for valid input. Its leap years are all that 4 divides.
    ///
    /// On 1 March of the year 0, from which both formulas count, it is two days behind the Gregorian calendar.
    pub(super) const fn of_julian(year: i64, month: u8, day: u8) -> Day {
        let year = if month <= 2 { year - 1 } else { year };
        let months_since_march = (month as i64 + 9) % 12;
        let day_of_year = (153 * months_since_march + 2) / 5 + day as i64 - 1;
        Day(year * 365 + year.div_euclid(4) + day_of_year - 719_470)
    }

    /// Year, month (1 to 12) and day of the month (1 to 31).
    pub fn civil(self) -> (i64, u8, u8) {
        let days = self.0 + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let months_since_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * months_since_march + 2) / 5 + 1;
        let month = (months_since_march + 2) % 12 + 1;
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        (year, month as u8, day as u8)
    }

    /// The milliseconds from 1970-01-01T00:00:00Z to the beginning of this day in UTC.
    pub fn to_millis(self) -> i64 {
        self.0 * MILLIS_PER_DAY
    }

    /// The day of this instant in UTC. Instants before [`Day::MIN`] or after [`Day::MAX`] give that day.
    pub fn from_millis(ms: i64) -> Day {
        Day(ms.div_euclid(MILLIS_PER_DAY)).clamp(Day::MIN, Day::MAX)
    }
}

/// The calendar in which a source counts its days.
#[derive(async_graphql::Enum, serde::Deserialize, serde::Serialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Calendar {
    /// The Gregorian calendar, also for days before its introduction on 15 October 1582 (proleptic).
    #[default]
    Gregorian,
    /// The Julian calendar, which Europe kept until 1582 and some countries until the 20th century.
    Julian,
}

impl Calendar {
    /// Every calendar.
    pub const ALL: [Calendar; 2] = [Calendar::Gregorian, Calendar::Julian];

    /// The word in documents and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Calendar::Gregorian => "GREGORIAN",
            Calendar::Julian => "JULIAN",
        }
    }

    /// The day that this calendar calls so, for valid input.
    pub(super) const fn day(self, year: i64, month: u8, day: u8) -> Day {
        match self {
            Calendar::Gregorian => Day::of(year, month, day),
            Calendar::Julian => Day::of_julian(year, month, day),
        }
    }

    /// How many days this month (1 to 12) of this year has.
    pub(super) const fn days_in_month(self, year: i64, month: u8) -> u8 {
        let every_fourth = year % 4 == 0;
        let leap = match self {
            Calendar::Gregorian => every_fourth && (year % 100 != 0 || year % 400 == 0),
            Calendar::Julian => every_fourth,
        };
        match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        if (0..=9999).contains(&year) {
            write!(f, "{year:04}-{month:02}-{day:02}")
        } else {
            write!(f, "{year:+07}-{month:02}-{day:02}")
        }
    }
}

impl FromStr for Day {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Day, DayError> {
        read(text)
            // Only the canonical form is accepted: `+02024-01-01` and `2024-1-1` would be second names of a day.
            .filter(|day| day.to_string() == text)
            .ok_or_else(|| DayError { found: quoted(text) })
    }
}

fn read(text: &str) -> Option<Day> {
    let (rest, day) = text.rsplit_once('-')?;
    let (year, month) = rest.rsplit_once('-')?;
    Day::from_civil(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}
