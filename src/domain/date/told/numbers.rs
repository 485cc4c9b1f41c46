//! Dates of digits only, as machines and forms write them: `1.11.2024`, `11/2024`, `20241101`, `+2005-00-00T00:00:00Z`.

/// What a tidy text may mean, where it is such a date.
pub(super) fn read(text: &str) -> Vec<String> {
    let found = [
        of_a_machine(text),
        of_a_library(text),
        of_two_years(text),
        of_three(text),
        of_two(text),
    ];
    found.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
}

/// A number of at most so many digits, and of at least one.
fn number(text: &str, most: usize) -> Option<i64> {
    let is_number = !text.is_empty() && text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

fn day(year: i64, month: i64, day: i64) -> String {
    format!("{year:04}-{month:02}-{day:02}")
}

/// A time stamp: of Wikidata, where 00 stands for what is not known and -0044 for 44 BC; of a database, with a blank; of a
/// program, with parts of a second. Midnight is no time that anybody has told.
fn of_a_machine(text: &str) -> Vec<String> {
    let (date, time) = match text.split_once(['t', ' ']) {
        Some((date, time)) => (date, time),
        None => (text, ""),
    };
    let (sign, digits) = match date.strip_prefix(['+', '-']) {
        Some(digits) => (&date[..1], digits),
        None => ("", date),
    };
    if let (Some(compact), "") = (number(digits, 8).filter(|_| digits.len() == 8), sign) {
        return vec![day(compact / 10_000, compact / 100 % 100, compact % 100)];
    }
    let parts: Vec<Option<i64>> = digits.split('-').map(|part| number(part, 11)).collect();
    let [Some(year), Some(month), Some(of_month)] = parts[..] else {
        return Vec::new();
    };
    let is_time = time.is_empty() || time.starts_with(|first: char| first.is_ascii_digit()) && time.contains(':');
    if !is_time || digits.split('-').next().is_none_or(|year| year.len() < 4) || year > 9999 {
        return Vec::new();
    }
    // There is no year 0 there.
    let is_told = sign.is_empty() && month > 0;
    let year = if sign == "-" { 1 - year } else { year };
    let sign = if year < 0 { "-" } else { "" };
    let year = format!("{sign}{:04}", year.abs());
    let whole_seconds: String = time.chars().take_while(|character| *character != '.').collect();
    let rest =
        time.trim_start_matches(|character: char| character.is_ascii_digit() || character == ':' || character == '.');
    let is_midnight = time.is_empty() || time.starts_with("00:00");
    vec![match (month, of_month) {
        (0, _) if year == "0000" => return Vec::new(),
        (0, _) => year,
        (_, 0) => format!("{year}-{month:02}"),
        _ if is_midnight || !is_told => format!("{year}-{month:02}-{of_month:02}"),
        _ => {
            let clock = whole_seconds.trim_end_matches(|character: char| !character.is_ascii_digit());
            let seconds = if clock.len() == 5 { ":00" } else { "" };
            format!(
                "{year}-{month:02}-{of_month:02}T{clock}{seconds}{}",
                rest.to_uppercase()
            )
        }
    }]
}

/// Digits that are not known, as libraries and older drafts of EDTF write them: `197-`, `18--?`, `19uu`, `198u`, and words
/// for an end of an interval.
fn of_a_library(text: &str) -> Vec<String> {
    if let Some((start, end)) = text.split_once('/') {
        let side = |side: &str| match side.trim() {
            "open" => Some("..".to_owned()),
            "unknown" | "" => Some(String::new()),
            other if number(other, 4).is_some_and(|_| other.len() == 4) => Some(other.to_owned()),
            _ => None,
        };
        return side(start)
            .zip(side(end))
            .map(|(start, end)| format!("{start}/{end}"))
            .into_iter()
            .collect();
    }
    let (digits, mark) = text.strip_suffix('?').map_or((text, ""), |digits| (digits, "?"));
    let known: String = digits.chars().take_while(char::is_ascii_digit).collect();
    let unknown = &digits[known.len()..];
    let is_unknown = !unknown.is_empty()
        && unknown
            .chars()
            .all(|place| matches!(place, '-' | 'u' | 'x' | '?' | '_'));
    if is_unknown && (2..=3).contains(&known.len()) && known.len() + unknown.len() == 4 {
        return vec![format!("{known}{}{mark}", "X".repeat(unknown.len()))];
    }
    Vec::new()
}

/// `1879-1880`, `1879/80`. A second number that can be a month may be either; `1901-02` is a month and is read as one.
fn of_two_years(text: &str) -> Vec<String> {
    let Some((start, end)) = text.split_once(['-', '/']) else {
        return Vec::new();
    };
    let (start, end) = (start.trim(), end.trim());
    let Some(first) = number(start, 4).filter(|_| start.len() == 4) else {
        return Vec::new();
    };
    let Some(second) = number(end, 4) else {
        return Vec::new();
    };
    let years = |last: i64| (last > first).then(|| format!("{first:04}/{last:04}"));
    let month = || (1..=12).contains(&second).then(|| format!("{first:04}-{second:02}"));
    match end.len() {
        4 => years(second).into_iter().collect(),
        2 => years(first / 100 * 100 + second).into_iter().chain(month()).collect(),
        1 => month().into_iter().chain(years(first / 10 * 10 + second)).collect(),
        _ => Vec::new(),
    }
}

/// `1.11.2024`, day first where points stand between; `1/11/2024`, either way; `2024.11.1` and `2024-1-5`.
fn of_three(text: &str) -> Vec<String> {
    let Some(separator) = text.chars().find(|character| matches!(character, '.' | '/' | '-')) else {
        return Vec::new();
    };
    let parts: Vec<&str> = text.split(separator).map(str::trim).collect();
    let [one, two, three] = parts[..] else {
        return Vec::new();
    };
    let (Some(first), Some(second), Some(third)) = (number(one, 4), number(two, 2), number(three, 4)) else {
        return Vec::new();
    };
    match (one.len(), three.len(), separator) {
        (4, 1 | 2, _) => vec![day(first, second, third)],
        (1 | 2, 4, '.') => vec![day(third, second, first)],
        // Those that the calendar does not have are left out.
        (1 | 2, 4, _) => vec![day(third, second, first), day(third, first, second)],
        _ => Vec::new(),
    }
}

/// `11/2024` and `11.2024`.
fn of_two(text: &str) -> Vec<String> {
    let Some((month, year)) = text.split_once(['/', '.', '-']) else {
        return Vec::new();
    };
    let (Some(of_year), Some(year)) = (number(month, 2), number(year, 4).filter(|_| year.len() == 4)) else {
        return Vec::new();
    };
    (1..=12)
        .contains(&of_year)
        .then(|| format!("{year:04}-{of_year:02}"))
        .into_iter()
        .collect()
}
