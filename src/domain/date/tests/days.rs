//! Days: their text, their milliseconds, and their order.

use proptest::prelude::*;

use super::super::{Calendar, Day};
use super::calendar;

#[test]
fn days_are_printed_and_read_in_one_form_each() {
    for (text, civil) in [
        ("1970-01-01", (1970, 1, 1)),
        ("0000-02-29", (0, 2, 29)),
        ("9999-12-31", (9999, 12, 31)),
        ("-000001-12-31", (-1, 12, 31)),
        ("+010000-01-01", (10_000, 1, 1)),
        ("-000044-03-15", (-44, 3, 15)),
        ("-292000000-01-01", (-292_000_000, 1, 1)),
    ] {
        let day: Day = text.parse().unwrap();
        assert_eq!(day.civil(), civil);
        assert_eq!(day.to_string(), text);
    }
    for text in [
        "",
        "2024",
        "2024-1-1",
        "2024-02-30",
        "+2024-01-01",
        "+02024-01-01",
        "-00044-03-15",
        "+10000-01-01",
        "-0001-01-01",
        "-00000-01-01",
        "10000-01-01",
        "+292000001-01-01",
        "2024-01-01T00:00:00Z",
        " 2024-01-01",
        "2024-01-+1",
        "--01-01",
    ] {
        let message = text.parse::<Day>().unwrap_err().to_string();
        assert!(
            message.contains("is not a day. Accepted: `YYYY-MM-DD`"),
            "{text:?}: {message}"
        );
    }
}

#[test]
fn milliseconds_are_rounded_down_to_a_day_and_stay_within_the_limits() {
    let day = |text: &str| text.parse::<Day>().unwrap();
    assert_eq!(day("1970-01-01").to_millis(), 0);
    assert_eq!(day("1969-12-31").to_millis(), -86_400_000);
    assert_eq!(day("2000-01-01").to_millis(), 946_684_800_000);
    assert_eq!(Day::from_millis(86_399_999), day("1970-01-01"));
    assert_eq!(Day::from_millis(-1), day("1969-12-31"));
    assert_eq!(Day::from_millis(i64::MAX), Day::MAX);
    assert_eq!(Day::from_millis(i64::MIN), Day::MIN);
    for limit in [Day::MIN, Day::MAX] {
        assert_eq!(Day::from_millis(limit.to_millis()), limit);
        let (year, month, day) = limit.civil();
        assert_eq!(Day::from_civil(year, month, day), Some(limit));
    }
}

#[test]
fn a_day_that_no_calendar_has_is_none() {
    for (year, month, day) in [
        (2023, 2, 29),
        (2024, 2, 30),
        (2024, 4, 31),
        (2024, 0, 1),
        (2024, 13, 1),
        (2024, 1, 0),
        (2024, 1, 32),
        (292_000_001, 1, 1),
        (-292_000_001, 12, 31),
        (i64::MAX, 1, 1),
        (i64::MIN, 1, 1),
    ] {
        assert_eq!(Day::from_civil(year, month, day), None, "{year}-{month}-{day}");
    }
}

#[test]
fn days_agree_with_a_calendar_counted_day_by_day() {
    for (text, number) in calendar() {
        let day: Day = text.parse().unwrap();
        assert_eq!(day.to_millis(), number * 86_400_000, "{text}");
        assert_eq!(day.to_string(), *text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn a_day_survives_its_civil_form_its_text_and_its_milliseconds(ms in any::<i64>()) {
        let day = Day::from_millis(ms);
        let (year, month, date) = day.civil();
        prop_assert_eq!(Day::from_civil(year, month, date), Some(day));
        prop_assert_eq!(day.to_string().parse::<Day>(), Ok(day));
        prop_assert_eq!(Day::from_millis(day.to_millis()), day);
        if (Day::MIN.to_millis()..Day::MAX.to_millis()).contains(&ms) {
            prop_assert!(day.to_millis() <= ms && ms - day.to_millis() < 86_400_000);
        }
    }

    #[test]
    fn the_next_day_is_the_next_one_of_the_calendar(ms in Day::MIN.to_millis()..Day::MAX.to_millis()) {
        let day = Day::from_millis(ms);
        let next = Day::from_millis(day.to_millis() + 86_400_000);
        prop_assert!(day < next);
        let (year, month, date) = day.civil();
        let expected = if date < Calendar::Gregorian.days_in_month(year, month) {
            (year, month, date + 1)
        } else if month < 12 {
            (year, month + 1, 1)
        } else {
            (year + 1, 1, 1)
        };
        prop_assert_eq!(next.civil(), expected);
    }
}
