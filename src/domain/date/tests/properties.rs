//! Dates against the calendar, and any text at all.

use proptest::prelude::*;

use super::super::*;
use super::{calendar, edtf};

/// Whether a day belongs to a date without `/`, judged by its text alone.
fn belongs(day: &str, date: &str) -> bool {
    let date = date.trim_end_matches(['?', '~', '%']);
    let date = date.split('T').next().unwrap_or(date);
    let month = &day[5..7];
    let year = |text: &str| text[..4].parse::<i64>().unwrap();
    // The months from the first that end in the same year, and those of the next.
    let within = |same: &[&str], next: &[&str]| {
        year(day) == year(date) && same.contains(&month) || year(day) == year(date) + 1 && next.contains(&month)
    };
    let summer = ["06", "07", "08", "09", "10", "11", "12"];
    match date.get(5..) {
        // Of either hemisphere: all that lies between the season of one and that of the other.
        Some("21" | "23") => within(&["03", "04", "05", "06", "07", "08", "09", "10", "11"], &[]),
        Some("22" | "24") => within(&summer, &["01", "02"]),
        Some("25" | "31") => within(&["03", "04", "05"], &[]),
        Some("26" | "32") => within(&["06", "07", "08"], &[]),
        Some("27" | "29") => within(&["09", "10", "11"], &[]),
        Some("28" | "30") => within(&["12"], &["01", "02"]),
        Some("34") => within(&["04", "05", "06"], &[]),
        Some("37") => within(&["01", "02", "03", "04"], &[]),
        Some("41") => within(&["07", "08", "09", "10", "11", "12"], &[]),
        _ => date
            .bytes()
            .zip(day.bytes())
            .all(|(wanted, found)| wanted == b'X' || wanted == found),
    }
}

/// A date of level 0 or 1 whose days all lie in the calendar above.
fn one_date() -> impl Strategy<Value = String> {
    let year = 1900..2100_i64;
    let day = (year.clone(), 1..=12_u8, 1..=31_u8).prop_map(|(year, month, day)| {
        format!(
            "{year}-{month:02}-{:02}",
            day.min(Calendar::Gregorian.days_in_month(year, month))
        )
    });
    let shape = prop_oneof![
        year.clone().prop_map(|year| year.to_string()),
        year.clone().prop_map(|year| format!("{}X", year / 10)),
        year.clone().prop_map(|year| format!("{}XX", year / 100)),
        year.clone().prop_map(|year| format!("{year}-XX")),
        year.clone().prop_map(|year| format!("{year}-XX-XX")),
        (year.clone(), 1..=12_u8).prop_map(|(year, month)| format!("{year}-{month:02}")),
        (year.clone(), 1..=12_u8).prop_map(|(year, month)| format!("{year}-{month:02}-XX")),
        (
            year,
            prop::sample::select(vec![21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 34, 37, 41_u8])
        )
            .prop_map(|(year, season)| format!("{year}-{season}")),
        day,
    ];
    (shape, prop::sample::select(vec!["", "?", "~", "%"])).prop_map(|(date, qualifier)| date + qualifier)
}

fn date_time() -> impl Strategy<Value = String> {
    let zone = prop_oneof![
        Just(String::new()),
        Just("Z".into()),
        "[+-](0[1-9]|1[0-4])(:[0-5][0-9])?"
    ];
    (
        1900..2100_i64,
        1..=12_u8,
        1..=28_u8,
        "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]",
        zone,
    )
        .prop_map(|(year, month, day, time, zone)| format!("{year}-{month:02}-{day:02}T{time}{zone}"))
}

/// The first and the last day by looking at every day of the calendar.
fn days_of(date: &str) -> (i64, i64) {
    let mut days = calendar()
        .iter()
        .filter(|(day, _)| belongs(day, date))
        .map(|(_, number)| *number);
    let first = days.next().expect("the date lies in the calendar");
    (first, days.next_back().unwrap_or(first))
}

fn number(day: Option<Day>) -> Option<i64> {
    day.map(|day| day.to_millis() / 86_400_000)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_bounds_of_a_date_are_its_first_and_last_day_in_the_calendar(text in prop_oneof![4 => one_date(), 1 => date_time()]) {
        let bounds = edtf(&text).bounds();
        let (first, last) = days_of(&text);
        prop_assert_eq!(number(bounds.earliest), Some(first));
        prop_assert_eq!(number(bounds.latest), Some(last));
    }

    #[test]
    fn an_interval_reaches_from_its_start_to_its_end_or_is_refused(
        start in prop_oneof![4 => one_date(), 1 => Just("..".to_owned()), 1 => Just(String::new())],
        end in prop_oneof![4 => one_date(), 1 => Just("..".to_owned()), 1 => Just(String::new())],
    ) {
        let days = |end: &str| (!matches!(end, "" | "..")).then(|| days_of(end));
        let earliest = days(&start).map(|(first, _)| first);
        let latest = days(&end).map(|(_, last)| last);
        let possible = match (earliest, latest) {
            (None, None) => false,
            (Some(earliest), Some(latest)) => earliest <= latest,
            _ => true,
        };
        let text = format!("{start}/{end}");
        let read = text.parse::<Edtf>();
        prop_assert_eq!(read.is_ok(), possible, "{:?}", read);
        if let Ok(date) = read {
            prop_assert_eq!(number(date.bounds().earliest), earliest);
            prop_assert_eq!(number(date.bounds().latest), latest);
            prop_assert_eq!(date.precision(), Precision::Interval);
        }
    }
}

/// Text that is nearly a date, or nothing like one.
fn garbage() -> impl Strategy<Value = String> {
    prop_oneof![
        "[-0-9XY?~%/.TZ:+ES,{}\\[\\]]{0,24}",
        "Y?-?[0-9X]{4}(-[0-9X]{2}){0,2}[?~%]?(/(\\.\\.)?-?[0-9X]{0,4}(-[0-9X]{2}){0,2}[?~%]?)?",
        "[0-9]{4}-[01][0-9]-[0-3][0-9]T?.{0,12}",
        "\\PC{0,80}",
        "(.|\\p{Cc}){0,80}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn any_text_is_read_or_refused_with_an_example_that_is_accepted(text in garbage()) {
        match text.parse::<Edtf>() {
            Ok(date) => {
                prop_assert_eq!(date.to_string(), text.clone());
                let again: Edtf = date.to_string().parse().unwrap();
                prop_assert_eq!(&again, &date);
                let Bounds { earliest, latest } = date.bounds();
                prop_assert!(earliest.is_some() || latest.is_some());
                if let (Some(earliest), Some(latest)) = (earliest, latest) {
                    prop_assert!(earliest <= latest);
                }
            }
            Err(error) => {
                let message = error.to_string();
                let (_, example) = message.rsplit_once("such as `").expect("an example");
                let example = example.strip_suffix('`').expect("the example ends the message");
                prop_assert!(example.parse::<Edtf>().is_ok(), "{message}");
                prop_assert!(!message.chars().any(char::is_control), "{message:?}");
                prop_assert!(message.chars().count() < 700, "{message}");
                for proposal in &error.proposals {
                    prop_assert!(proposal.parse::<Edtf>().is_ok(), "{message}");
                }
            }
        }
        // Whether the text is a day does not matter here, only that there is an answer.
        if let Ok(day) = text.parse::<Day>() {
            prop_assert_eq!(day.to_string(), text);
        }
    }
}
