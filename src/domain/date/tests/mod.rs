//! Tests of dates, and the calendar that they judge by: counted day by day, without the code under test.

mod accepted;
mod days;
mod properties;
mod refused;

use std::sync::OnceLock;

use super::Edtf;

fn edtf(text: &str) -> Edtf {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

/// The years that are counted day by day.
const FIRST: i64 = 1890;
const LAST: i64 = 2110;

/// Every day of those years as text, with its distance from 1970-01-01, counted without the code under test.
fn calendar() -> &'static [(String, i64)] {
    static CALENDAR: OnceLock<Vec<(String, i64)>> = OnceLock::new();
    CALENDAR.get_or_init(|| {
        let mut days = Vec::new();
        for year in FIRST..=LAST {
            let february = match year {
                1900 | 2100 => 28,
                _ if year % 4 == 0 => 29,
                _ => 28,
            };
            for (month, length) in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
                .into_iter()
                .enumerate()
            {
                days.extend((1..=length).map(|day| format!("{year}-{:02}-{day:02}", month + 1)));
            }
        }
        let epoch = days.iter().position(|day| day == "1970-01-01").unwrap() as i64;
        days.into_iter()
            .enumerate()
            .map(|(index, day)| (day, index as i64 - epoch))
            .collect()
    })
}
