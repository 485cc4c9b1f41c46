//! One date in words and digits: its qualifiers, its era, and what it names.

use super::tokens::Token;
use super::words::{ABOUT, AD, BC, CENTURY, FILLERS, PART, PERHAPS, month, season};

/// One date as it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Point {
    /// EDTF without a qualifier.
    pub core: String,
    pub approximate: bool,
    pub uncertain: bool,
    /// Whether the text says of which side of Christ's birth it is.
    pub era: Option<Era>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Era {
    Before,
    After,
}

impl Point {
    /// The date in EDTF. A span of its own has no qualifier.
    pub(super) fn edtf(&self) -> String {
        let mark = match (self.approximate, self.uncertain) {
            (true, true) => "%",
            (true, false) => "~",
            (false, true) => "?",
            (false, false) => "",
        };
        let ends: Vec<String> = self.core.split('/').map(|end| format!("{end}{mark}")).collect();
        ends.join("/")
    }
}

/// The year, in EDTF, that people call so.
pub(super) fn year(number: i64, era: Option<Era>) -> Option<String> {
    match era {
        // The year before 1 AD is 1 BC, and ISO 8601 calls it 0.
        Some(Era::Before) if (1..=10_000).contains(&number) => Some(four(1 - number)),
        Some(Era::Before) => None,
        _ => (0..=9999).contains(&number).then(|| four(number)),
    }
}

fn four(year: i64) -> String {
    let sign = if year < 0 { "-" } else { "" };
    format!("{sign}{:04}", year.abs())
}

/// The date that these tokens name. `era`: that of the other end of a span, where this one says none.
pub(super) fn read(tokens: &[Token], era: Option<Era>) -> Option<Point> {
    let mut point = Point::default();
    let mut rest: Vec<Token> = tokens.to_vec();
    point.strip_qualifiers(&mut rest);
    point.strip_era(&mut rest);
    point.strip_qualifiers(&mut rest);
    rest.retain(|token| match token {
        Token::Mark(mark) => !matches!(mark, '.' | ',' | '\''),
        Token::Word(word) => !FILLERS.contains(&word.as_str()),
        Token::Number(..) => true,
    });
    point.core = core(&rest, point.era.or(era))?;
    Some(point)
}

impl Point {
    /// Takes off what qualifies the date, before and behind it.
    fn strip_qualifiers(&mut self, rest: &mut Vec<Token>) {
        loop {
            let many = rest.len() > 1;
            let (first, last) = (rest.first(), rest.last());
            let is_word = |token: Option<&Token>, words: &[&str]| {
                many && token.and_then(Token::word).is_some_and(|word| words.contains(&word))
            };
            let is_mark = |token: Option<&Token>, mark: char| many && token == Some(&Token::Mark(mark));
            // `19th c.` is a century, and no qualifier stands behind it.
            let about_last = is_word(last, &ABOUT[1..]);
            match () {
                () if is_word(first, &ABOUT) || is_mark(first, '~') => self.approximate = true,
                () if is_word(first, &PERHAPS) || is_mark(first, '?') => self.uncertain = true,
                () if is_mark(first, '.') || is_mark(first, ',') || is_mark(first, '-') => {}
                () if is_word(first, &FILLERS) || is_mark(first, '(') || is_mark(first, '[') => {}
                () if about_last || is_mark(last, '~') => {
                    self.approximate = true;
                    rest.pop();
                    continue;
                }
                () if is_word(last, &PERHAPS) || is_mark(last, '?') => {
                    self.uncertain = true;
                    rest.pop();
                    continue;
                }
                () if [')', ']', '(', '[', '.', ','].iter().any(|mark| is_mark(last, *mark)) => {
                    rest.pop();
                    continue;
                }
                () => return,
            }
            rest.remove(0);
        }
    }

    /// Takes off `BC`, `A.D.` and the like, before or behind the date.
    fn strip_era(&mut self, rest: &mut Vec<Token>) {
        let words = |tokens: &[Token]| {
            let parts = tokens.iter().filter(|token| **token != Token::Mark('.'));
            parts.map(|token| token.word().unwrap_or("0")).collect::<String>()
        };
        for length in (1..=6).rev().filter(|length| *length < rest.len()) {
            for at in [rest.len() - length, 0] {
                let found = words(&rest[at..at + length]);
                let era = match () {
                    () if BC.contains(&found.as_str()) => Era::Before,
                    () if AD.contains(&found.as_str()) => Era::After,
                    () => continue,
                };
                rest.drain(at..at + length);
                self.era = Some(era);
                return;
            }
        }
    }
}

/// What is left when qualifiers and era are gone, in EDTF.
fn core(rest: &[Token], era: Option<Era>) -> Option<String> {
    use Token::{Mark, Number, Word};
    let named = |word: &String| month(word);
    match rest {
        // `44` alone may be anything.
        [Number(number, 3 | 4)] => year(*number, era),
        [Number(number, 1 | 2)] if era.is_some() => year(*number, era),
        // `1970s`; a century of years is told so as well: `1900s` is some year from 1900 to 1999.
        [Number(number, 3 | 4), Word(s)] if s == "s" || s == "er" => decade(*number, era),
        [Word(part), Mark('-'), rest @ ..] if PART.contains(&part.as_str()) => core(rest, era),
        [Word(part), rest @ ..] if PART.contains(&part.as_str()) => core(rest, era),
        [Word(name), Number(year, 3 | 4)] => {
            let year = self::year(*year, era)?;
            match (month(name), season(name)) {
                (Some(month), _) => Some(format!("{year}-{month:02}")),
                (None, season) => season.map(|season| format!("{year}-{season}")),
            }
        }
        // A winter of two years is that of the first.
        [Word(name), Number(year, 4), Mark('/' | '-'), Number(_, 2 | 4)] if season(name) == Some(24) => {
            Some(format!("{}-24", self::year(*year, era)?))
        }
        [Number(year, 4), Word(name)] => Some(format!("{}-{:02}", self::year(*year, era)?, month(name)?)),
        [Number(year, 4), Word(q), Number(quarter @ 1..=4, 1)]
        | [Word(q), Number(quarter @ 1..=4, 1), Number(year, 4)]
            if q == "q" =>
        {
            Some(format!("{}-{}", self::year(*year, era)?, 32 + quarter))
        }
        [Number(number, 1 | 2), Word(c)] if CENTURY.contains(&c.as_str()) => century(*number, None, era),
        [Number(number, 1 | 2), Word(th), Word(c)] if is_ordinal(th) && CENTURY.contains(&c.as_str()) => {
            century(*number, None, era)
        }
        [Word(roman), Word(c)] if CENTURY.contains(&c.as_str()) => century(ordinal(roman)?, None, era),
        [Word(which), Word(half), rest @ ..] if matches!(half.as_str(), "half" | "quarter" | "third") => {
            part_of_century(ordinal(which)?, half, rest, era)
        }
        [Number(which, 1), Word(_), Word(half), rest @ ..] if matches!(half.as_str(), "half" | "quarter" | "third") => {
            part_of_century(*which, half, rest, era)
        }
        _ => {
            let (day, name, year) = match rest {
                [Number(day, 1 | 2), Word(name), Number(year, 3 | 4)]
                | [Word(name), Number(day, 1 | 2), Number(year, 3 | 4)]
                | [Number(year, 4), Word(name), Number(day, 1 | 2)]
                | [Number(day, 1 | 2), Mark('-'), Word(name), Mark('-'), Number(year, 4)] => (day, named(name)?, year),
                [Number(day, 1 | 2), Word(th), Word(name), Number(year, 3 | 4)]
                | [Word(name), Number(day, 1 | 2), Word(th), Number(year, 3 | 4)]
                    if is_ordinal(th) =>
                {
                    (day, named(name)?, year)
                }
                _ => return None,
            };
            Some(format!("{}-{name:02}-{day:02}", self::year(*year, era)?))
        }
    }
}

fn is_ordinal(word: &str) -> bool {
    matches!(word, "st" | "nd" | "rd" | "th" | "er" | "e" | "eme" | "ème")
}

/// `first`, `second` … and Roman numbers, which French and Spanish count centuries with.
fn ordinal(word: &str) -> Option<i64> {
    const WORDS: [&str; 4] = ["first", "second", "third", "fourth"];
    if let Some(at) = WORDS.iter().position(|known| *known == word) {
        return i64::try_from(at + 1).ok();
    }
    if word == "last" {
        return None;
    }
    let digits = word
        .trim_end_matches("ème")
        .trim_end_matches("eme")
        .trim_end_matches('e');
    let value = |letter: char| match letter {
        'i' => Some(1),
        'v' => Some(5),
        'x' => Some(10),
        _ => None,
    };
    let values: Option<Vec<i64>> = digits.chars().map(value).collect();
    let values = values.filter(|values| !values.is_empty())?;
    let after = values.iter().skip(1).copied().chain([0]);
    Some(
        values
            .iter()
            .zip(after)
            .map(|(one, next)| if *one < next { -one } else { *one })
            .sum(),
    )
}

fn decade(first: i64, era: Option<Era>) -> Option<String> {
    match (era, first % 100, first % 10) {
        (Some(Era::Before), ..) => None,
        (_, 0, _) => Some(format!("{:02}XX", first / 100)),
        (_, _, 0) => Some(format!("{:03}X", first / 10)),
        _ => None,
    }
}

/// A century, or from one year of it to another, both counted from 0: the 19th is `18XX`.
fn century(number: i64, part: Option<(i64, i64)>, era: Option<Era>) -> Option<String> {
    if !(1..=30).contains(&number) {
        return None;
    }
    let first = (number - 1) * 100;
    match (era, part) {
        (Some(Era::Before), None) => Some(format!("{}/{}", four(1 - number * 100), four(-first))),
        (Some(Era::Before), Some(_)) => None,
        (_, None) => Some(format!("{:02}XX", number - 1)),
        (_, Some((from, to))) => Some(format!("{}/{}", four(first + 1 + from), four(first + 1 + to))),
    }
}

/// `first half of the 19th century` is 1801 to 1850.
fn part_of_century(which: i64, part: &str, rest: &[Token], era: Option<Era>) -> Option<String> {
    let number = match rest {
        [Token::Number(number, _), Token::Word(c)] if CENTURY.contains(&c.as_str()) => *number,
        [Token::Number(number, _), Token::Word(th), Token::Word(c)]
            if is_ordinal(th) && CENTURY.contains(&c.as_str()) =>
        {
            *number
        }
        [Token::Word(roman), Token::Word(c)] if CENTURY.contains(&c.as_str()) => ordinal(roman)?,
        _ => return None,
    };
    let parts = match part {
        "half" => 2,
        "quarter" => 4,
        _ => return None,
    };
    let length = 100 / parts;
    let is_one = (1..=parts).contains(&which);
    is_one
        .then(|| ((which - 1) * length, which * length - 1))
        .and_then(|part| century(number, Some(part), era))
}
