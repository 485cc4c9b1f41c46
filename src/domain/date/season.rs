//! Seasons and the other parts of a year: the codes 21 to 41 in the place of the month.
//!
//! EDTF does not say when a season begins. We take the meteorological ones, of three whole months. The codes 21 to 24 do
//! not say in which hemisphere: their bounds enclose the season of both.

use super::calendar::Span;
use super::facts::Precision;
use super::reader::Reader;

/// The first month of each part, from the code 21 on, and how many months it has. A winter of the north and a summer of
/// the south end in the following year.
const PARTS: [(u8, u8); 21] = [
    // Spring, summer, autumn and winter of one hemisphere or the other: 21 to 24.
    (3, 9),
    (6, 9),
    (3, 9),
    (6, 9),
    // Of the north: 25 to 28.
    (3, 3),
    (6, 3),
    (9, 3),
    (12, 3),
    // Of the south: 29 to 32.
    (9, 3),
    (12, 3),
    (3, 3),
    (6, 3),
    // Quarters: 33 to 36.
    (1, 3),
    (4, 3),
    (7, 3),
    (10, 3),
    // Thirds: 37 to 39.
    (1, 4),
    (5, 4),
    (9, 4),
    // Halves: 40 and 41.
    (1, 6),
    (7, 6),
];

impl Reader<'_> {
    /// The days of a part of a year; `code` is 21 to 41.
    pub(super) fn part_of_year(&self, year: i64, code: u8) -> Span {
        let (first, length) = PARTS[usize::from(code - 21)];
        let last = first + length - 1;
        let (end, month) = if last > 12 { (year + 1, last - 12) } else { (year, last) };
        (
            self.calendar.day(year, first, 1),
            self.calendar.day(end, month, self.calendar.days_in_month(end, month)),
            Precision::Season,
        )
    }

    /// Whether the date that begins there is a season without a hemisphere: the codes 21 to 24.
    pub(super) fn names_no_hemisphere(&self, begin: usize) -> bool {
        let date = self.text[begin..self.at].trim_start_matches('-');
        let code = date.rsplit('-').next().unwrap_or_default();
        let code: String = code.chars().filter(char::is_ascii_digit).collect();
        matches!(code.as_str(), "21" | "22" | "23" | "24")
    }
}
