//! Dates in words, for people to read: `2024-11` is "November 2024".

use super::day::Calendar;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// EDTF's codes from 21 on: of some hemisphere, of the north, of the south.
const SEASONS: [&str; 4] = ["spring", "summer", "autumn", "winter"];
const HEMISPHERES: [&str; 3] = ["", " (north)", " (south)"];

/// A date in EDTF in English words; what has no simple words stays as it is written.
pub fn in_words(edtf: &str, calendar: Calendar) -> String {
    let words = match edtf.split_once('/') {
        None => point(edtf),
        Some(("..", end)) => format!("until {}", point(end)),
        Some(("", "..")) => "at an unknown time".to_owned(),
        Some(("", end)) => format!("from an unknown time until {}", point(end)),
        Some((start, "..")) => format!("since {}", point(start)),
        Some((start, "")) => format!("{}, until an unknown time", point(start)),
        Some((start, end)) => format!("{} to {}", point(start), point(end)),
    };
    match calendar {
        Calendar::Gregorian => words,
        Calendar::Julian => format!("{words} (Julian calendar)"),
    }
}

/// One date, without an interval.
fn point(edtf: &str) -> String {
    let (core, about, uncertain) = match edtf.as_bytes().last() {
        Some(b'~') => (&edtf[..edtf.len() - 1], true, false),
        Some(b'?') => (&edtf[..edtf.len() - 1], false, true),
        Some(b'%') => (&edtf[..edtf.len() - 1], true, true),
        _ => (edtf, false, false),
    };
    let Some(mut words) = plain(core) else {
        return edtf.to_owned();
    };
    if about {
        words.insert_str(0, "about ");
    }
    if uncertain {
        words.push_str(" (uncertain)");
    }
    words
}

/// A date without marks: `None` in forms that have no simple words.
fn plain(core: &str) -> Option<String> {
    let (is_negative, rest) = match core.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, core),
    };
    // The year of a long one may have a sign of its own, which would be taken for a part.
    if let Some(digits) = rest.strip_prefix('Y') {
        let number = digits.strip_prefix('-').unwrap_or(digits);
        return number.bytes().all(|b| b.is_ascii_digit()).then(|| digits.to_owned());
    }
    let mut parts = rest.splitn(3, '-');
    let mut words = vec![year(parts.next()?, is_negative)?];
    if let Some(month) = parts.next().filter(|month| *month != "XX") {
        let code: usize = (month.len() == 2).then(|| month.parse().ok()).flatten()?;
        let named = match code {
            1..=12 => MONTHS[code - 1].to_owned(),
            21..=32 => format!("{}{}", SEASONS[(code - 21) % 4], HEMISPHERES[(code - 21) / 4]),
            _ => return None,
        };
        words.insert(0, named);
    }
    if let Some(day) = parts.next().filter(|day| *day != "XX") {
        let day: u8 = (day.len() == 2).then(|| day.parse().ok()).flatten()?;
        words.insert(0, day.to_string());
    }
    Some(words.join(" "))
}

fn year(digits: &str, is_negative: bool) -> Option<String> {
    let number = |digits: &str| digits.parse::<u32>().ok();
    if digits.len() != 4 {
        return None;
    }
    if let Some(century) = digits.strip_suffix("XX") {
        let century = number(century).filter(|_| !is_negative)?;
        return Some(format!("{century}00–{century}99"));
    }
    if let Some(decade) = digits.strip_suffix('X') {
        return Some(format!("{}0s", number(decade).filter(|_| !is_negative)?));
    }
    let year = number(digits)?;
    // ISO's year 0 is 1 BC.
    Some(match (is_negative, year) {
        (true, _) => format!("{} BC", year + 1),
        (false, 0) => "1 BC".to_owned(),
        (false, _) => year.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_told_in_words_with_what_is_not_known_of_them() {
        for (edtf, words) in [
            ("2024-11-20", "20 November 2024"),
            ("2024-11", "November 2024"),
            ("0802", "802"),
            ("0000", "1 BC"),
            ("197X", "1970s"),
            ("19XX", "1900–1999"),
            ("1985-04-XX", "April 1985"),
            ("2001-21", "spring 2001"),
            ("2001-29", "spring (south) 2001"),
            ("1965/1980", "1965 to 1980"),
            ("1965/", "1965, until an unknown time"),
            ("1959/..", "since 1959"),
            ("/1980", "from an unknown time until 1980"),
            ("../1980", "until 1980"),
            ("1972~", "about 1972"),
            ("1972?", "1972 (uncertain)"),
            ("1972%", "about 1972 (uncertain)"),
            ("-0043", "44 BC"),
            ("-0043-03-15", "15 March 44 BC"),
            ("Y12000", "12000"),
            ("Y-12000", "-12000"),
            ("1985-04-12T23:20:30Z", "1985-04-12T23:20:30Z"),
            ("[1667,1668..1670]", "[1667,1668..1670]"),
            ("-004X", "-004X"),
        ] {
            assert_eq!(in_words(edtf, Calendar::Gregorian), words, "{edtf}");
        }
        assert_eq!(
            in_words("1515-05-20", Calendar::Julian),
            "20 May 1515 (Julian calendar)"
        );
    }

    #[test]
    fn no_text_is_too_strange_for_words() {
        for text in [
            "",
            "-",
            "/",
            "~",
            "ü~",
            "20é4-01",
            "Y",
            "Y-",
            "-Y5",
            "2024-1",
            "2024-13-01",
            "2024-001",
        ] {
            in_words(text, Calendar::Gregorian);
        }
    }
}
