//! Tables of accepted texts with their meaning.

use super::super::*;
use super::edtf;

fn shown(day: Option<Day>) -> String {
    day.map_or_else(String::new, |day| day.to_string())
}

/// A text, its earliest and its latest day, its precision.
#[rustfmt::skip]
const ACCEPTED: &[(&str, &str, &str, Precision)] = &[
    // Level 0.
    ("1985", "1985-01-01", "1985-12-31", Precision::Year),
    ("0000", "0000-01-01", "0000-12-31", Precision::Year),
    ("1985-04", "1985-04-01", "1985-04-30", Precision::Month),
    ("2024-02", "2024-02-01", "2024-02-29", Precision::Month),
    ("1900-02", "1900-02-01", "1900-02-28", Precision::Month),
    ("1985-04-12", "1985-04-12", "1985-04-12", Precision::Day),
    ("2200-02", "2200-02-01", "2200-02-28", Precision::Month),
    ("2000-02-29", "2000-02-29", "2000-02-29", Precision::Day),
    ("1985-04-12T23:20:30", "1985-04-12", "1985-04-12", Precision::Time),
    ("1985-04-12T23:20:30Z", "1985-04-12", "1985-04-12", Precision::Time),
    ("1985-04-12T23:20:30-04", "1985-04-12", "1985-04-12", Precision::Time),
    ("1985-04-12T23:20:30+00", "1985-04-12", "1985-04-12", Precision::Time),
    ("1985-04-12T23:20:30+00:00", "1985-04-12", "1985-04-12", Precision::Time),
    ("1985-04-12T00:00:00+04:30", "1985-04-12", "1985-04-12", Precision::Time),
    ("1985-04-12T00:00:00-00:30", "1985-04-12", "1985-04-12", Precision::Time),
    ("1964/2008", "1964-01-01", "2008-12-31", Precision::Interval),
    ("2004-06/2006-08", "2004-06-01", "2006-08-31", Precision::Interval),
    ("2004-02-01/2005-02-08", "2004-02-01", "2005-02-08", Precision::Interval),
    ("2004-02-01/2005", "2004-02-01", "2005-12-31", Precision::Interval),
    ("2005/2006-02", "2005-01-01", "2006-02-28", Precision::Interval),
    ("2004-06-03/2004-06-03", "2004-06-03", "2004-06-03", Precision::Interval),
    ("2004/2004", "2004-01-01", "2004-12-31", Precision::Interval),
    // Level 1.
    ("Y12024", "+12024-01-01", "+12024-12-31", Precision::Year),
    ("Y-12024", "-12024-01-01", "-12024-12-31", Precision::Year),
    ("Y170000002", "+170000002-01-01", "+170000002-12-31", Precision::Year),
    ("Y-292000000", "-292000000-01-01", "-292000000-12-31", Precision::Year),
    ("-1985", "-01985-01-01", "-01985-12-31", Precision::Year),
    ("-0044-03-15", "-00044-03-15", "-00044-03-15", Precision::Day),
    ("-0004-02", "-00004-02-01", "-00004-02-29", Precision::Month),
    ("2001-21", "2001-03-01", "2001-05-31", Precision::Season),
    ("2001-22", "2001-06-01", "2001-08-31", Precision::Season),
    ("2001-23", "2001-09-01", "2001-11-30", Precision::Season),
    ("2001-24", "2001-12-01", "2002-02-28", Precision::Season),
    ("2003-24", "2003-12-01", "2004-02-29", Precision::Season),
    ("9999-24", "9999-12-01", "+10000-02-29", Precision::Season),
    ("-0001-24", "-00001-12-01", "0000-02-29", Precision::Season),
    ("1984?", "1984-01-01", "1984-12-31", Precision::Year),
    ("2004-06~", "2004-06-01", "2004-06-30", Precision::Month),
    ("2004-06-11%", "2004-06-11", "2004-06-11", Precision::Day),
    ("2001-21~", "2001-03-01", "2001-05-31", Precision::Season),
    ("201X~", "2010-01-01", "2019-12-31", Precision::Decade),
    ("Y12024?", "+12024-01-01", "+12024-12-31", Precision::Year),
    ("201X", "2010-01-01", "2019-12-31", Precision::Decade),
    ("20XX", "2000-01-01", "2099-12-31", Precision::Century),
    ("000X", "0000-01-01", "0009-12-31", Precision::Decade),
    ("-201X", "-02019-01-01", "-02010-12-31", Precision::Decade),
    ("-000X", "-00009-01-01", "-00001-12-31", Precision::Decade),
    ("-00XX", "-00099-01-01", "-00001-12-31", Precision::Century),
    ("2004-XX", "2004-01-01", "2004-12-31", Precision::Year),
    ("1985-04-XX", "1985-04-01", "1985-04-30", Precision::Month),
    ("1985-XX-XX", "1985-01-01", "1985-12-31", Precision::Year),
    ("1985-04-12/..", "1985-04-12", "", Precision::Interval),
    ("1959/..", "1959-01-01", "", Precision::Interval),
    ("1965/", "1965-01-01", "", Precision::Interval),
    ("../1985-04", "", "1985-04-30", Precision::Interval),
    ("/1985-04-12", "", "1985-04-12", Precision::Interval),
    ("1984~/2004-06", "1984-01-01", "2004-06-30", Precision::Interval),
    ("1984?/2004%", "1984-01-01", "2004-12-31", Precision::Interval),
    ("2004-06-XX/2004-07-03", "2004-06-01", "2004-07-03", Precision::Interval),
    ("2004-06-XX/2004-06-03", "2004-06-01", "2004-06-03", Precision::Interval),
    ("-0044-03-15/0014", "-00044-03-15", "0014-12-31", Precision::Interval),
    ("2003-24/2004-02", "2003-12-01", "2004-02-29", Precision::Interval),
    ("195X/..", "1950-01-01", "", Precision::Interval),
];

#[test]
fn accepted_texts_have_their_bounds_and_precision() {
    for &(text, earliest, latest, precision) in ACCEPTED {
        let date = edtf(text);
        assert_eq!(shown(date.bounds().earliest), earliest, "earliest of {text}");
        assert_eq!(shown(date.bounds().latest), latest, "latest of {text}");
        assert_eq!(date.precision(), precision, "precision of {text}");
        assert_eq!(date.to_string(), text);
    }
}

#[test]
fn qualifiers_say_approximate_uncertain_or_both() {
    #[rustfmt::skip]
    let cases = [
        ("1984", false, false),
        ("1984~", true, false),
        ("1984?", false, true),
        ("1984%", true, true),
        ("1984/1985", false, false),
        ("1984~/1985", true, false),
        ("1984/1985~", true, false),
        ("1984?/..", false, true),
        ("/1985%", true, true),
        ("1984~/1985?", true, true),
    ];
    for (text, approximate, uncertain) in cases {
        let date = edtf(text);
        assert_eq!(
            (date.is_approximate(), date.is_uncertain()),
            (approximate, uncertain),
            "{text}"
        );
    }
}

#[test]
fn an_unknown_end_and_an_open_end_have_equal_bounds_but_stay_apart() {
    assert_eq!(edtf("1965/").bounds(), edtf("1965/..").bounds());
    assert_ne!(edtf("1965/"), edtf("1965/.."));
}

#[test]
fn precisions_have_distinct_names_in_capitals() {
    let names: Vec<_> = Precision::ALL.iter().map(|precision| precision.as_str()).collect();
    assert_eq!(
        names,
        [
            "TIME", "DAY", "MONTH", "SEASON", "YEAR", "DECADE", "CENTURY", "INTERVAL"
        ]
    );
}
