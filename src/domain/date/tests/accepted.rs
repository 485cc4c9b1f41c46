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
    ("Y12024", "+012024-01-01", "+012024-12-31", Precision::Year),
    ("Y-12024", "-012024-01-01", "-012024-12-31", Precision::Year),
    ("Y170000002", "+170000002-01-01", "+170000002-12-31", Precision::Year),
    ("Y-292000000", "-292000000-01-01", "-292000000-12-31", Precision::Year),
    ("-1985", "-001985-01-01", "-001985-12-31", Precision::Year),
    ("-0044-03-15", "-000044-03-15", "-000044-03-15", Precision::Day),
    ("-0004-02", "-000004-02-01", "-000004-02-29", Precision::Month),
    // In either hemisphere.
    ("2001-21", "2001-03-01", "2001-11-30", Precision::Season),
    ("2001-22", "2001-06-01", "2002-02-28", Precision::Season),
    ("2001-23", "2001-03-01", "2001-11-30", Precision::Season),
    ("2001-24", "2001-06-01", "2002-02-28", Precision::Season),
    ("2003-24", "2003-06-01", "2004-02-29", Precision::Season),
    ("9999-24", "9999-06-01", "+010000-02-29", Precision::Season),
    ("-0001-24", "-000001-06-01", "0000-02-29", Precision::Season),
    ("1984?", "1984-01-01", "1984-12-31", Precision::Year),
    ("2004-06~", "2004-06-01", "2004-06-30", Precision::Month),
    ("2004-06-11%", "2004-06-11", "2004-06-11", Precision::Day),
    ("2001-21~", "2001-03-01", "2001-11-30", Precision::Season),
    ("201X~", "2010-01-01", "2019-12-31", Precision::Decade),
    ("Y12024?", "+012024-01-01", "+012024-12-31", Precision::Year),
    ("201X", "2010-01-01", "2019-12-31", Precision::Decade),
    ("20XX", "2000-01-01", "2099-12-31", Precision::Century),
    ("000X", "0000-01-01", "0009-12-31", Precision::Decade),
    ("-201X", "-002019-01-01", "-002010-12-31", Precision::Decade),
    ("-000X", "-000009-01-01", "-000001-12-31", Precision::Decade),
    ("-00XX", "-000099-01-01", "-000001-12-31", Precision::Century),
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
    ("-0044-03-15/0014", "-000044-03-15", "0014-12-31", Precision::Interval),
    ("2003-24/2004-02", "2003-06-01", "2004-02-29", Precision::Interval),
    ("195X/..", "1950-01-01", "", Precision::Interval),
    // Level 2: parts of a year.
    ("2001-25", "2001-03-01", "2001-05-31", Precision::Season),
    ("2001-26", "2001-06-01", "2001-08-31", Precision::Season),
    ("2001-27", "2001-09-01", "2001-11-30", Precision::Season),
    ("2003-28", "2003-12-01", "2004-02-29", Precision::Season),
    ("2001-29", "2001-09-01", "2001-11-30", Precision::Season),
    ("2001-30", "2001-12-01", "2002-02-28", Precision::Season),
    ("2001-31", "2001-03-01", "2001-05-31", Precision::Season),
    ("2001-32", "2001-06-01", "2001-08-31", Precision::Season),
    ("2001-33", "2001-01-01", "2001-03-31", Precision::Season),
    ("2001-36", "2001-10-01", "2001-12-31", Precision::Season),
    ("2001-37", "2001-01-01", "2001-04-30", Precision::Season),
    ("2001-39", "2001-09-01", "2001-12-31", Precision::Season),
    ("2001-40", "2001-01-01", "2001-06-30", Precision::Season),
    ("2001-41", "2001-07-01", "2001-12-31", Precision::Season),
    // Level 2: qualified parts, which have no other bounds.
    ("2004-06~-11", "2004-06-11", "2004-06-11", Precision::Day),
    ("2004?-06-11", "2004-06-11", "2004-06-11", Precision::Day),
    ("?2004-06-~11", "2004-06-11", "2004-06-11", Precision::Day),
    ("2004-%06-11", "2004-06-11", "2004-06-11", Precision::Day),
    ("2004-06-~01/2004-06-~20", "2004-06-01", "2004-06-20", Precision::Interval),
    // Level 2: sets, by the examples of the specification.
    ("[1667,1668,1670..1672]", "1667-01-01", "1672-12-31", Precision::Set),
    ("[1667,1668..1670]", "1667-01-01", "1670-12-31", Precision::Set),
    ("[1667,1668, 1670..1672]", "1667-01-01", "1672-12-31", Precision::Set),
    ("[..1760-12-03]", "", "1760-12-03", Precision::Set),
    ("[1760-12..]", "1760-12-01", "", Precision::Set),
    ("[1760-01,1760-02,1760-12..]", "1760-01-01", "", Precision::Set),
    ("[1667,1760-12]", "1667-01-01", "1760-12-31", Precision::Set),
    ("[1760-12,1667]", "1667-01-01", "1760-12-31", Precision::Set),
    ("[..1667,1760-12]", "", "1760-12-31", Precision::Set),
    ("{1667,1668,1670..1672}", "1667-01-01", "1672-12-31", Precision::Set),
    ("{1960,1961-12}", "1960-01-01", "1961-12-31", Precision::Set),
    ("{..1984}", "", "1984-12-31", Precision::Set),
    ("[1844~,1846]", "1844-01-01", "1846-12-31", Precision::Set),
    ("[1844]", "1844-01-01", "1844-12-31", Precision::Set),
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
        ("2004-06~-11", true, false),
        ("?2004-06-11", false, true),
        ("?2004-06-~11", true, true),
        ("2004-06-%11", true, true),
        ("[1844~,1846]", true, false),
        ("{1844,1846?}", false, true),
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
fn an_end_is_unknown_where_nothing_is_said_of_it_and_open_where_it_goes_on() {
    for (text, is_unknown) in [
        ("1965/", true),
        ("[1965..]", true),
        ("1965/..", false),
        ("{1965..}", false),
        ("/1965", false),
        ("1965", false),
        ("[1965,1967]", false),
    ] {
        assert_eq!(edtf(text).has_unknown_end(), is_unknown, "{text}");
    }
}

#[test]
fn a_season_without_a_hemisphere_and_a_set_do_not_mean_all_days_between_their_bounds() {
    for (text, is_loose) in [
        ("2001-21", true),
        ("-0044-24~", true),
        ("2001-?22", true),
        ("2001-21/2001-23", true),
        ("[1667,1670]", true),
        ("2001-25", false),
        ("2001-33", false),
        ("2021", false),
        ("2001-12-21", false),
        ("1965/1980", false),
        ("[1667..1670]", false),
    ] {
        assert_eq!(edtf(text).is_loose(), is_loose, "{text}");
    }
}

#[test]
fn days_of_the_julian_calendar_have_gregorian_bounds() {
    for (text, earliest, latest) in [
        ("1515-05-20", "1515-05-30", "1515-05-30"),
        ("1582-10-04", "1582-10-14", "1582-10-14"),
        ("1582-10-05", "1582-10-15", "1582-10-15"),
        ("1917-10-25", "1917-11-07", "1917-11-07"),
        ("1500-02-29", "1500-03-10", "1500-03-10"),
        ("1900-02-29", "1900-03-13", "1900-03-13"),
        ("0300-02-28", "0300-02-28", "0300-02-28"),
        ("0300-02-29", "0300-03-01", "0300-03-01"),
        ("0300-03-01", "0300-03-02", "0300-03-02"),
        ("0001-01-01", "0000-12-30", "0000-12-30"),
        ("-0044-03-15", "-000044-03-13", "-000044-03-13"),
        ("1515", "1515-01-11", "1516-01-10"),
        ("1514-03/1515-05~", "1514-03-11", "1515-06-10"),
    ] {
        let date = Edtf::read(text, Calendar::Julian).unwrap();
        assert_eq!(shown(date.bounds().earliest), earliest, "earliest of {text}");
        assert_eq!(shown(date.bounds().latest), latest, "latest of {text}");
    }
    for text in ["1515-02-29", "Y12024", "1900-02-30"] {
        assert!(Edtf::read(text, Calendar::Julian).is_err(), "{text}");
    }
}

#[test]
fn precisions_have_distinct_names_in_capitals() {
    let names: Vec<_> = Precision::ALL.iter().map(|precision| precision.as_str()).collect();
    assert_eq!(
        names,
        [
            "TIME", "DAY", "MONTH", "SEASON", "YEAR", "DECADE", "CENTURY", "INTERVAL", "SET"
        ]
    );
}
