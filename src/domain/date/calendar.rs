//! The grammar of one date: a year and what may follow, and the qualifiers of its parts. `time.rs` parses times of day,
//! `season.rs` has the parts of a year.

use super::day::{Calendar, Day};
use super::facts::{Bounds, Facts, Precision};
use super::reader::{EdtfError, Pair, Reader, is_qualifier};

#[rustfmt::skip]
const MONTHS: [&str; 12] = [
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
];

/// First day, last day, precision.
pub(super) type Span = (Day, Day, Precision);

impl Reader<'_> {
    /// One date, to the end of the reader.
    pub(super) fn date(&mut self) -> Result<Facts, EdtfError> {
        self.mark();
        let begin = self.at;
        let (first, last, precision) = match self.peek() {
            Some(b'[' | b'{') => return Err(self.misplaced_set()),
            Some(b'Y') => self.long_year()?,
            _ => self.calendar()?,
        };
        self.finish(precision)?;
        Ok(Facts {
            bounds: Bounds {
                earliest: Some(first),
                latest: Some(last),
            },
            precision,
            approximate: self.approximate,
            uncertain: self.uncertain,
            end_unknown: false,
            loose: precision == Precision::Season && self.names_no_hemisphere(begin),
        })
    }

    /// Takes `?`, `~` or `%`, if there is one. It may stand before or after any part of a date; to which parts it
    /// refers makes no difference to what is derived.
    fn mark(&mut self) {
        if let Some(byte) = self.peek().filter(|byte| is_qualifier(*byte)) {
            self.at += 1;
            self.approximate |= matches!(byte, b'~' | b'%');
            self.uncertain |= matches!(byte, b'?' | b'%');
        }
    }

    /// [`Reader::mark`] after a part, which has one at most.
    fn mark_after(&mut self) -> Result<(), EdtfError> {
        let begin = self.at;
        self.mark();
        match self.peek() {
            Some(byte) if self.at > begin && is_qualifier(byte) => Err(self.refuse(
                "is a second qualifier",
                "one of them; `%` means uncertain and approximate",
                "1984%",
            )),
            _ => Ok(()),
        }
    }

    /// The `-` before a further part, and a qualifier behind it.
    fn further(&mut self) -> bool {
        let found = self.eat(b'-');
        if found {
            self.mark();
        }
        found
    }

    /// `Y`, an optional minus, five or more digits.
    fn long_year(&mut self) -> Result<Span, EdtfError> {
        if self.calendar != Calendar::Gregorian {
            return Err(self.refuse(
                "begins a year of five digits or more",
                "four digits for a year of this calendar",
                "1515",
            ));
        }
        self.at += 1;
        let begin = self.at;
        self.eat(b'-');
        let digits = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.peek() == Some(b'E') {
            return Err(self.level_two(
                "gives a year by its power of ten, which tells no more than its digits would",
                "Y-170000000",
            ));
        }
        if self.at == digits {
            return Err(self.expected("a digit of the year", "", "five digits or more after `Y`", "Y12024"));
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
            Ok(year) if (-Day::MAX_YEAR..=Day::MAX_YEAR).contains(&year) => {
                self.mark_after()?;
                Ok(self.years(year, year, Precision::Year))
            }
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
        self.mark_after()?;
        if unspecified > 0 && self.peek() == Some(b'-') {
            return Err(self.level_two("adds a month to a year with unspecified digits", "201X"));
        }
        match unspecified {
            0 => {}
            1 => return Ok(self.years(low, high, Precision::Decade)),
            _ => return Ok(self.years(low, high, Precision::Century)),
        }
        let year = low;
        if !self.further() {
            return Ok(self.years(year, year, Precision::Year));
        }
        let begin = self.at;
        let month = self.pair(
            "the month",
            "two digits, 01 to 12 for a month or 21 to 41 for a season or another part of the year",
            "1985-04",
        )?;
        self.mark_after()?;
        let month = match month {
            Pair::Number(number) => number,
            Pair::Unspecified => return self.unspecified_month(year),
        };
        match month {
            1..=12 => self.day_of(year, month),
            21..=41 => Ok(self.part_of_year(year, month)),
            _ => Err(self.refuse_at(
                begin,
                begin + 2,
                "is no month",
                "01 to 12 for a month, 21 to 41 for a season or another part of the year",
                "1985-04",
            )),
        }
    }

    /// What may follow a year and a month: a day, and a time.
    fn day_of(&mut self, year: i64, month: u8) -> Result<Span, EdtfError> {
        let calendar = self.calendar;
        let length = calendar.days_in_month(year, month);
        let last = calendar.day(year, month, length);
        let whole_month = (calendar.day(year, month, 1), last, Precision::Month);
        if !self.further() {
            return Ok(whole_month);
        }
        let begin = self.at;
        let day = self.pair("the day", "two digits", "1985-04-12")?;
        self.mark_after()?;
        let day = match day {
            Pair::Number(number) => number,
            Pair::Unspecified => return Ok(whole_month),
        };
        if !(1..=length).contains(&day) {
            let name = MONTHS[usize::from(month) - 1];
            return Err(self.refuse_at(
                begin,
                begin + 2,
                &format!("is no day of {name} {year}"),
                &format!("01 to {length}"),
                &format!("{}-{month:02}-{length}", four_digits(year)),
            ));
        }
        let day = calendar.day(year, month, day);
        let qualified = self.approximate || self.uncertain;
        if qualified || !self.eat(b'T') {
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
        if self.further() {
            let begin = self.at;
            if let Pair::Number(_) = self.pair("the day", "`XX`", "1985-XX-XX")? {
                return Err(self.level_two_at(begin, "is a day of an unspecified month", "1985-XX-XX"));
            }
            self.mark_after()?;
        }
        Ok(self.years(year, year, Precision::Year))
    }

    fn finish(&self, precision: Precision) -> Result<(), EdtfError> {
        Err(match self.peek() {
            None => return Ok(()),
            Some(byte) if precision == Precision::Time && is_qualifier(byte) => self.refuse(
                "qualifies a time of day",
                "`?`, `~` or `%` after a date without a time",
                "1985-04-12~",
            ),
            Some(b'S') => self.level_two("gives the number of significant digits", "195X"),
            Some(byte) if byte.is_ascii_digit() => self.refuse(
                "is a digit too many",
                "four digits for a year, or `Y` and five or more; two for a month or a day, with `-` between them",
                "1985-04-12",
            ),
            Some(b't') if precision == Precision::Day => self.refuse(
                "stands where the date should end (letters are upper case in EDTF)",
                "a date, or `T` and a time of day",
                "1985-04-12T23:20:30",
            ),
            Some(b'z') if precision == Precision::Time => self.refuse(
                "stands where the date should end (letters are upper case in EDTF)",
                "a time of day, or `Z` behind it for UTC",
                "1985-04-12T23:20:30Z",
            ),
            Some(_) => self.refuse(
                "stands where the date should end",
                "a date, date-time, interval, season, set or year of EDTF",
                "1985-04-12",
            ),
        })
    }

    /// From the first day of one year to the last of another.
    fn years(&self, first: i64, last: i64, precision: Precision) -> Span {
        (
            self.calendar.day(first, 1, 1),
            self.calendar.day(last, 12, 31),
            precision,
        )
    }
}

/// A year between -9999 and 9999 as EDTF writes it.
fn four_digits(year: i64) -> String {
    let sign = if year < 0 { "-" } else { "" };
    format!("{sign}{:04}", year.abs())
}
