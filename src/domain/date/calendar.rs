//! The grammar of one date: a year and what may follow, including the qualifier. `time.rs` parses times of day.

use super::day::{Day, days_in_month};
use super::facts::{Bounds, Facts, Precision};
use super::reader::{EdtfError, Pair, Reader, is_qualifier};

#[rustfmt::skip]
const MONTHS: [&str; 12] = [
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
];

/// First day, last day, precision.
type Span = (Day, Day, Precision);

impl Reader<'_> {
    /// One date, to the end of the reader.
    pub(super) fn date(&mut self) -> Result<Facts, EdtfError> {
        let (first, last, precision) = match self.peek() {
            Some(b'[' | b'{') => return Err(self.level_two("begins a set of dates", "1667/1668")),
            Some(b'Y') => self.long_year()?,
            _ => self.calendar()?,
        };
        let qualifier = self.qualifier(precision)?;
        self.finish(qualifier.is_some())?;
        Ok(Facts {
            bounds: Bounds {
                earliest: Some(first),
                latest: Some(last),
            },
            precision,
            approximate: matches!(qualifier, Some(b'~' | b'%')),
            uncertain: matches!(qualifier, Some(b'?' | b'%')),
        })
    }

    /// `Y`, an optional minus, five or more digits.
    fn long_year(&mut self) -> Result<Span, EdtfError> {
        self.at += 1;
        let begin = self.at;
        self.eat(b'-');
        let digits = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.peek() == Some(b'E') {
            return Err(self.level_two("is the exponent of a year", "Y170000000"));
        }
        if self.at == digits {
            return Err(self.expected("a digit of the year", "five digits or more after `Y`", "Y12024"));
        }
        if self.at - digits < 5 || self.text.as_bytes().get(digits) == Some(&b'0') {
            return Err(self.refuse_at(
                begin,
                self.at,
                "after `Y` has too few digits or begins with 0",
                "`Y` before a year of five digits or more; a shorter one is written with four digits and without `Y`",
                "Y12024",
            ));
        }
        match self.text[begin..self.at].parse::<i64>() {
            Ok(year) if (-Day::MAX_YEAR..=Day::MAX_YEAR).contains(&year) => Ok(years(year, year, Precision::Year)),
            _ => Err(self.refuse_at(
                begin,
                self.at,
                "is too far away",
                &format!(
                    "years from -{0} to {0}, which milliseconds in 64 bits can hold",
                    Day::MAX_YEAR
                ),
                "Y170000002",
            )),
        }
    }

    /// A year of four digits and what may follow: month, season, day, time.
    fn calendar(&mut self) -> Result<Span, EdtfError> {
        let (low, high, unspecified) = self.year()?;
        if unspecified > 0 && self.peek() == Some(b'-') {
            return Err(self.level_two("adds a month to a year with unspecified digits", "201X"));
        }
        match unspecified {
            0 => {}
            1 => return Ok(years(low, high, Precision::Decade)),
            _ => return Ok(years(low, high, Precision::Century)),
        }
        let year = low;
        if !self.eat(b'-') {
            return Ok(years(year, year, Precision::Year));
        }
        let begin = self.at;
        let month = match self.pair(
            "the month",
            "two digits, 01 to 12 for a month or 21 to 24 for a season",
            "1985-04",
        )? {
            Pair::Number(number) => number,
            Pair::Unspecified => return self.unspecified_month(year),
        };
        match month {
            1..=12 => {}
            21..=24 => return Ok(season(year, month)),
            25..=41 => {
                return Err(self.level_two_at(begin, "is a season or part of a year", "2001-21"));
            }
            _ => {
                return Err(self.refuse_at(
                    begin,
                    self.at,
                    "is no month",
                    "01 to 12 for a month, 21 to 24 for a season",
                    "1985-04",
                ));
            }
        }
        self.day_of(year, month)
    }

    /// What may follow a year and a month: a day, and a time.
    fn day_of(&mut self, year: i64, month: u8) -> Result<Span, EdtfError> {
        let length = days_in_month(year, month);
        let whole_month = (Day::of(year, month, 1), Day::of(year, month, length), Precision::Month);
        if !self.eat(b'-') {
            return Ok(whole_month);
        }
        let begin = self.at;
        let day = match self.pair("the day", "two digits", "1985-04-12")? {
            Pair::Number(number) => number,
            Pair::Unspecified => return Ok(whole_month),
        };
        if !(1..=length).contains(&day) {
            let stem = &self.text[..begin];
            let stem = &stem[stem.find('/').map_or(0, |slash| slash + 1)..];
            return Err(self.refuse_at(
                begin,
                self.at,
                &format!("is no day of {} {year}", MONTHS[usize::from(month) - 1]),
                &format!("01 to {length}"),
                &format!("{stem}{length}"),
            ));
        }
        let day = Day::of(year, month, day);
        if !self.eat(b'T') {
            return Ok((day, day, Precision::Day));
        }
        self.time()?;
        Ok((day, day, Precision::Time))
    }

    /// The lowest and the highest year that an optional minus and four places can mean, and how many places are
    /// unspecified.
    fn year(&mut self) -> Result<(i64, i64, u32), EdtfError> {
        let begin = self.at;
        let negative = self.eat(b'-');
        let (mut low, mut unspecified) = (0, 0);
        for _ in 0..4 {
            match self.place(
                "the year",
                "four digits, the last one or two of which may be `X`, or `Y` and five digits or more",
                "1985",
            )? {
                Some(_) if unspecified > 0 => {
                    return Err(self.level_two_at(begin, "has a digit after an unspecified one", "201X"));
                }
                Some(digit) => low = low * 10 + i64::from(digit),
                None => {
                    low *= 10;
                    unspecified += 1;
                }
            }
        }
        if unspecified > 2 {
            return Err(self.level_two_at(begin, "has more than two unspecified digits", "20XX"));
        }
        let high = low + 10_i64.pow(unspecified) - 1;
        if !negative {
            return Ok((low, high, unspecified));
        }
        if high == 0 {
            return Err(self.refuse_at(
                begin,
                self.at,
                "is the year 0 with a minus",
                "the year 0 without a sign; the year before it is `-0001`",
                "0000",
            ));
        }
        // `-000X` is one of the years -9 to -1: the year 0 has no minus.
        Ok((-high, (-low).min(-1), unspecified))
    }

    /// After `YYYY-XX`: nothing or `-XX`.
    fn unspecified_month(&mut self, year: i64) -> Result<Span, EdtfError> {
        if self.eat(b'-') {
            let begin = self.at;
            if let Pair::Number(_) = self.pair("the day", "`XX`", "1985-XX-XX")? {
                return Err(self.level_two_at(begin, "is a day of an unspecified month", "1985-XX-XX"));
            }
        }
        Ok(years(year, year, Precision::Year))
    }

    /// `?`, `~` or `%`, if there is one.
    fn qualifier(&mut self, precision: Precision) -> Result<Option<u8>, EdtfError> {
        let Some(byte) = self.peek().filter(|byte| is_qualifier(*byte)) else {
            return Ok(None);
        };
        if precision == Precision::Time {
            return Err(self.refuse(
                "qualifies a time of day",
                "`?`, `~` or `%` after a date without a time",
                "1985-04-12~",
            ));
        }
        self.at += 1;
        Ok(Some(byte))
    }

    fn finish(&self, qualified: bool) -> Result<(), EdtfError> {
        Err(match self.peek() {
            None => return Ok(()),
            Some(byte) if qualified && is_qualifier(byte) => self.refuse(
                "is a second qualifier",
                "one of them; `%` means uncertain and approximate",
                "1984%",
            ),
            Some(b'-') if qualified => self.qualified_part(),
            Some(b'S') => self.level_two("gives the number of significant digits", "195X"),
            Some(byte) if byte.is_ascii_digit() => self.refuse(
                "is a digit too many",
                "four digits for a year, or `Y` and five or more; two for a month or a day, with `-` between them",
                "1985-04-12",
            ),
            Some(_) => self.refuse(
                "stands where the date should end",
                "a date, date-time, interval, season or year of EDTF levels 0 and 1",
                "1985-04-12",
            ),
        })
    }
}

fn years(first: i64, last: i64, precision: Precision) -> Span {
    (Day::of(first, 1, 1), Day::of(last, 12, 31), precision)
}

/// See the parent module for the choice of months.
fn season(year: i64, code: u8) -> Span {
    let first = Day::of(year, (code - 20) * 3, 1);
    let (year, month) = if code == 24 {
        (year + 1, 2)
    } else {
        (year, (code - 20) * 3 + 2)
    };
    (
        first,
        Day::of(year, month, days_in_month(year, month)),
        Precision::Season,
    )
}
