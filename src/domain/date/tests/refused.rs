//! Tables of refused texts with a part of the message.

use super::super::Edtf;

fn refusal(text: &str) -> String {
    match text.parse::<Edtf>() {
        Ok(edtf) => panic!("{text:?} is accepted: {edtf:?}"),
        Err(error) => error.to_string(),
    }
}

/// What is refused, and a part of the message that says why.
#[rustfmt::skip]
const REFUSED: &[(&str, &str)] = &[
    ("", "an empty text is not accepted as a date: the end at character 1 stands where a year is expected"),
    ("2023-02-29", "`29` at character 9 is no day of February 2023. Accepted: 01 to 28, such as `2023-02-28`"),
    ("1900-02-29", "such as `1900-02-28`"),
    ("1985-04-31", "`31` at character 9 is no day of April 1985"),
    ("1985-04-00", "`00` at character 9 is no day of April 1985"),
    ("2004-06/2023-02-29", "`29` at character 17 is no day of February 2023. Accepted: 01 to 28, such as `2023-02-28`"),
    ("1985-13", "`13` at character 6 is no month. Accepted: 01 to 12 for a month, 21 to 41 for a season or another part of the year"),
    ("1985-00", "`00` at character 6 is no month"),
    ("1985-20", "`20` at character 6 is no month"),
    ("1985-42", "`42` at character 6 is no month"),
    ("198", "the end at character 4 stands where a digit of the year is expected"),
    ("1985-", "the end at character 6 stands where a digit of the month is expected"),
    ("1985-4", "the end at character 7 stands where a digit of the month is expected"),
    ("1985-4-12", "`-` at character 7 stands where a digit of the month is expected"),
    ("1985-04-", "the end at character 9 stands where a digit of the day is expected"),
    ("19850", "`0` at character 5 is a digit too many. Accepted: four digits for a year"),
    ("19850412", "`0` at character 5 is a digit too many"),
    ("1985-04-123", "`3` at character 11 is a digit too many"),
    ("März/1985/86", "`/` at character 10 is a second one"),
    ("12/04/1985", "`/` at character 6 is a second one"),
    ("04-12-1985", "`-` at character 3 stands where a digit of the year is expected"),
    (" 1985", "` ` at character 1"),
    ("1985 ", "` ` at character 5 stands where the date should end"),
    ("1985\n", "`\\u{a}` at character 5"),
    ("+1985", "`+` at character 1"),
    ("März 1985", "`M` at character 1"),
    ("1985-0٤", "`٤` at character 7 stands where a digit of the month is expected"),
    ("about 1985", "`a` at character 1"),
    ("-0000", "`-0000` at character 1 is the year 0 with a minus"),
    ("-0000-03-15", "is the year 0 with a minus"),
    // Long years.
    ("Y1985", "`1985` at character 2 after `Y` has too few digits"),
    ("Y01985", "begins with 0"),
    ("Y-0000", "has too few digits"),
    ("Y", "the end at character 2 stands where a digit of the year is expected"),
    ("Y/2004", "the end at character 2"),
    ("Y292000001", "is too far away. Accepted: years from -292000000 to 292000000"),
    ("Y-99999999999999999999", "is too far away"),
    ("Y12024-05", "`-` at character 7 stands where the date should end"),
    // Lower case and older drafts.
    ("y12024", "`y` at character 1 stands where a digit of the year is expected (letters are upper case in EDTF)"),
    ("201x", "`x` at character 4 stands where a digit of the year is expected (letters are upper case"),
    ("1985-04-12t23:20:30", "`t` at character 11 stands where the date should end (letters are upper case"),
    ("1985-04-12T23:20:30z", "`z` at character 20 stands where the date should end (letters are upper case"),
    ("198u", "the `u` of older drafts is `X` now"),
    ("1985/open", "`open` at character 6 is a word of an older draft"),
    ("unknown/1985", "`unknown` at character 1 is a word of an older draft"),
    ("yesterday", "`y` at character 1 stands where a digit of the year is expected. Accepted"),
    ("today", "`t` at character 1 stands where a digit of the year is expected. Accepted"),
    ("zoo", "`z` at character 1 stands where a digit of the year is expected. Accepted"),
    ("1985-04t", "`t` at character 8 stands where the date should end. Accepted"),
    ("1985y", "`y` at character 5 stands where the date should end. Accepted"),
    // Sets.
    ("[1667", "`[` at character 1 begins a set that does not end"),
    ("[1667}", "`[` at character 1 begins a set that does not end"),
    ("[]", "the end at character 2 stands where a digit of the year is expected"),
    ("[1667,]", "the end at character 7 stands where a digit of the year is expected"),
    ("[1667..1668,..1984]", "`..1984` at character 13 is no stretch of dates in its place"),
    ("[1984..,1667]", "`1984..` at character 2 is no stretch of dates in its place"),
    ("[1670..1668]", "is no stretch of dates in its place"),
    ("[..]", "is no stretch of dates in its place"),
    ("[1985-04-12T23:20:30]", "has a time of day, which a set does not take"),
    ("[1667/1668]", "`/` at character 6 stands where the date should end"),
    ("[1667]/1700", "`[` at character 1 begins a set that does not end"),
    ("1667/[1668,1670]", "`[` at character 6 begins a set of dates, which stands alone"),
    // Times.
    ("1985-04-12T24:00:00", "`24` at character 12 is not accepted as the hour. Accepted: two digits, 00 to 23"),
    ("1985-04-12T23:60:00", "`60` at character 15 is not accepted as the minute"),
    ("1985-04-12T23:59:60", "`60` at character 18 is not accepted as the second"),
    ("1985-04-12T23:20", "the end at character 17 stands where a colon is expected"),
    ("1985-04-12T232030", "`2` at character 14 stands where a colon is expected"),
    ("1985-04-12T23:20:30.5", "`.` at character 20 stands where the date should end"),
    ("1985-04-12T23:20:30+24", "is not accepted as the hours from UTC"),
    ("1985-04-12T23:20:30+04:60", "is not accepted as the minutes from UTC"),
    ("1985-04-12T23:20:30+0430", "`3` at character 23 is a digit too many"),
    ("1985-04-12T23:20:30-00:00", "`-00:00` at character 20 is zero with a minus"),
    ("1985-04-12T23:20:XX", "`XX` at character 18 is not accepted as the second"),
    ("1985-04-12T23:20:30Z?", "`?` at character 21 qualifies a time of day"),
    ("1985-04T23:20:30", "`T` at character 8 stands where the date should end"),
    ("1985-04-XXT23:20:30", "`T` at character 11 stands where the date should end"),
    // Qualifiers.
    ("1984??", "`?` at character 6 is a second qualifier. Did you mean `1984?`? Accepted: one of them; `%` means uncertain and approximate"),
    ("1984?~", "`~` at character 6 is a second qualifier"),
    // Intervals.
    ("/", "`/` at character 1 is an interval without any date"),
    ("../..", "is an interval without any date"),
    ("/..", "is an interval without any date"),
    ("../", "is an interval without any date"),
    ("..", "`..` at character 1 is an open end without an interval"),
    ("1984..", "`.` at character 5 stands where the date should end"),
    ("1984/..?", "`.` at character 6 stands where a digit of the year is expected"),
    ("1984/1985/1986", "`/` at character 10 is a second one"),
    ("1984//1986", "`/` at character 6 is a second one"),
    ("2005/2004", "`2004` at character 6 is the end of an interval and over on 2004-12-31, before its start `2005` begins on 2005-01-01. Accepted: an end that is not before the start, such as `2004/2005`"),
    ("2004-07-03/2004-06-XX", "such as `2004-06-XX/2004-07-03`"),
    ("2004-24/2004-02", "is the end of an interval and over on 2004-02-29, before its start `2004-24` begins on 2004-06-01"),
    ("-0044/-0100", "before its start `-0044` begins"),
    ("2004-01-01T10:10:10Z/2005", "`2004-01-01T10:10:10Z` at character 1 has a time of day"),
    ("2004/2005-01-01T10:10:10Z", "at character 6 has a time of day"),
];

#[test]
fn refused_texts_say_what_was_found_and_where() {
    for (text, fragment) in REFUSED {
        let message = refusal(text);
        assert!(message.contains(fragment), "{text:?}: {message}");
    }
}

#[test]
fn level_two_is_refused_by_its_name() {
    #[rustfmt::skip]
    let cases = [
        ("Y-17E7", "`E` at character 5 gives a year by its power of ten"),
        ("Y17E8S3", "gives a year by its power of ten"),
        ("1950S2", "`S` at character 5 gives the number of significant digits"),
        ("Y171010000S3", "gives the number of significant digits"),
        ("156X-12-25", "`-` at character 5 adds a month to a year with unspecified digits"),
        ("XXXX-12-XX", "`XXXX` at character 1 has more than two unspecified digits"),
        ("1XXX", "`1XXX` at character 1 has more than two unspecified digits"),
        ("1X84", "has a digit after an unspecified one"),
        ("1985-1X", "`1X` at character 6 leaves one digit of the month unspecified"),
        ("1985-04-X2", "`X2` at character 9 leaves one digit of the day unspecified"),
        ("1560-XX-25", "`25` at character 9 is a day of an unspecified month"),
    ];
    for (text, fragment) in cases {
        let message = refusal(text);
        assert!(message.contains(fragment), "{text:?}: {message}");
        let accepted = "Accepted: levels 0 and 1, and of level 2 sets, seasons and qualified parts, such as `";
        assert!(
            message.contains("level 2 of EDTF. ") && message.contains(accepted),
            "{message}"
        );
    }
}
