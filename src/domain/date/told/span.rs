//! What lies between two dates, before one or after one: `between 1879 and 1880`, `before 1900`, `1965 to present`.

use super::point::{self, Era, Point};
use super::tokens::Token;
use super::words::{AFTER, BEFORE, FILLERS, NOW, SINCE, TO, UNTIL, month};
use crate::domain::date::parse::parse;
use crate::domain::date::{Bounds, Calendar, Day};

/// What these tokens mean, in EDTF.
pub(super) fn read(tokens: &[Token]) -> Option<String> {
    beside(tokens)
        .or_else(|| point::read(tokens, None).map(|point| point.edtf()))
        .or_else(|| between(tokens))
        .or_else(|| alternatives(tokens))
}

fn is_one(token: &Token, words: &[&str]) -> bool {
    token.word().is_some_and(|word| words.contains(&word))
}

/// Before or after a date, by a word or a sign before it or behind it.
fn beside(tokens: &[Token]) -> Option<String> {
    use Token::{Mark, Word};
    let (first, rest) = tokens.split_first()?;
    let whole = |tokens: &[Token]| point::read(tokens, None);
    match tokens {
        [Mark('<'), rest @ ..] => return before(&whole(rest)?),
        [Mark('>'), rest @ ..] => return after(&whole(rest)?),
        [rest @ .., Mark('+')] => return Some(format!("{}/..", whole(rest)?.edtf())),
        [rest @ .., Word(or), Word(later)] if or == "or" => {
            return match later.as_str() {
                "later" | "after" => Some(format!("{}/..", whole(rest)?.edtf())),
                "earlier" | "before" => Some(format!("../{}", whole(rest)?.edtf())),
                _ => None,
            };
        }
        [Word(not), Word(side), Word(than), rest @ ..] if matches!(not.as_str(), "no" | "not") && than == "than" => {
            return match side.as_str() {
                "later" => Some(format!("../{}", whole(rest)?.edtf())),
                "earlier" => Some(format!("{}/..", whole(rest)?.edtf())),
                _ => None,
            };
        }
        [Word(not), Word(side), rest @ ..] if not == "not" && side == "after" => {
            return Some(format!("../{}", whole(rest)?.edtf()));
        }
        [Word(not), Word(side), rest @ ..] if not == "not" && side == "before" => {
            return Some(format!("{}/..", whole(rest)?.edtf()));
        }
        [Word(prior), Word(to), rest @ ..] if prior == "prior" && to == "to" => return before(&whole(rest)?),
        [Word(up), Word(to), rest @ ..] if up == "up" && to == "to" => {
            return Some(format!("../{}", whole(rest)?.edtf()));
        }
        // `from 1879 to 1880` is a span.
        [rest @ .., Mark('-')] if !rest.is_empty() => return Some(format!("{}/..", whole(rest)?.edtf())),
        [Mark('-'), rest @ ..] if rest.len() > 1 => return Some(format!("../{}", whole(rest)?.edtf())),
        _ => {}
    }
    let rest = match rest {
        [Mark('-'), rest @ ..] => rest,
        rest => rest,
    };
    match first {
        _ if is_one(first, &BEFORE) => before(&whole(rest)?),
        _ if is_one(first, &AFTER) => after(&whole(rest)?),
        _ if is_one(first, &UNTIL) => Some(format!("../{}", whole(rest)?.edtf())),
        _ if is_one(first, &SINCE) => Some(format!("{}/..", whole(rest)?.edtf())),
        _ => None,
    }
}

/// Up to the day, month or year before a date; up to a date that is about right itself.
fn before(point: &Point) -> Option<String> {
    if point.approximate || point.uncertain {
        return Some(format!("../{}", point.edtf()));
    }
    let earliest = bounds(&point.core)?.earliest?;
    Some(format!("../{}", neighbour(&point.core, earliest, -1)?))
}

fn after(point: &Point) -> Option<String> {
    if point.approximate || point.uncertain {
        return Some(format!("{}/..", point.edtf()));
    }
    let latest = bounds(&point.core)?.latest?;
    Some(format!("{}/..", neighbour(&point.core, latest, 1)?))
}

fn bounds(core: &str) -> Option<Bounds> {
    parse(core, Calendar::Gregorian).ok().map(|facts| facts.bounds)
}

/// The day, month or year beside a day, as precise as a date in EDTF.
fn neighbour(core: &str, day: Day, step: i64) -> Option<String> {
    const MILLIS_PER_DAY: i64 = 86_400_000;
    let (year, month, of_month) = Day::from_millis(day.to_millis() + step * MILLIS_PER_DAY).civil();
    let sign = if year < 0 { "-" } else { "" };
    let year = format!("{sign}{:04}", year.abs());
    Some(match core.trim_start_matches('-').split('-').count() {
        _ if core.contains('/') => format!("{year}-{month:02}-{of_month:02}"),
        1 => year,
        2 => format!("{year}-{month:02}"),
        _ => format!("{year}-{month:02}-{of_month:02}"),
    })
}

/// From one date to another.
fn between(tokens: &[Token]) -> Option<String> {
    use Token::{Mark, Word};
    let (tokens, is_between) = match tokens {
        [Word(word), rest @ ..] if matches!(word.as_str(), "between" | "entre" | "zwischen") => (rest, true),
        [Word(word), rest @ ..] if SINCE.contains(&word.as_str()) => (rest, false),
        all => (all, false),
    };
    let parts = |at: &usize| {
        let is_sign = matches!(tokens[*at], Mark('-' | '/'));
        let is_word = is_one(&tokens[*at], &TO) || is_between && is_one(&tokens[*at], &["and", "und", "et", "y"]);
        (is_sign || is_word) && *at > 0 && at + 1 < tokens.len()
    };
    // `mid-1844 - 1850`: the first sign that has a date on both sides.
    (0..tokens.len())
        .filter(parts)
        .find_map(|at| ends(&tokens[..at], &tokens[at + 1..]))
}

/// The two ends as an interval. What the first leaves out it has in common with the second: `12-15 March 1900`.
fn ends(start: &[Token], end: &[Token]) -> Option<String> {
    if end.len() == 1 && is_one(&end[0], &NOW) {
        return Some(format!("{}/..", point::read(start, None)?.edtf()));
    }
    let (start_era, end_era) = (era_of(start), era_of(end));
    let first = completed(start, end).and_then(|start| point::read(&start, start_era.or(end_era)))?;
    let mut last = point::read(&shortened(start, end), end_era.or(start_era))?;
    last.approximate |= first.approximate;
    let text = |point: &Point| (!point.core.contains('/')).then(|| point.edtf());
    Some(format!("{}/{}", text(&first)?, text(&last)?))
}

fn era_of(tokens: &[Token]) -> Option<Era> {
    point::read(tokens, None).and_then(|point| point.era)
}

/// The first end with the year, or with the month and the year, of the second.
fn completed(start: &[Token], end: &[Token]) -> Option<Vec<Token>> {
    let is_name = |token: &Token| token.word().is_some_and(|word| month(word).is_some());
    let year = |tokens: &[Token]| {
        let year = tokens
            .iter()
            .rev()
            .find(|token| matches!(token, Token::Number(_, 3 | 4)));
        year.cloned()
    };
    let mut whole = start.to_vec();
    let day_alone = matches!(start, [Token::Number(1..=31, 1 | 2)]);
    if day_alone && end.iter().any(is_name) {
        whole.extend(end.iter().find(|token| is_name(token)).cloned());
    }
    if whole.iter().any(is_name) && year(start).is_none() {
        whole.extend(year(end));
    }
    Some(whole)
}

/// The second end with the century of the first: `1879-80`.
fn shortened(start: &[Token], end: &[Token]) -> Vec<Token> {
    let century = start.iter().rev().find_map(|token| match token {
        Token::Number(year, 4) => Some(year / 100 * 100),
        _ => None,
    });
    match (century, end) {
        (Some(century), [Token::Number(year, 2), rest @ ..]) => [&[Token::Number(century + year, 4)], rest].concat(),
        _ => end.to_vec(),
    }
}

/// One of two years, or both.
fn alternatives(tokens: &[Token]) -> Option<String> {
    let at = tokens
        .iter()
        .position(|token| is_one(token, &["or", "oder", "ou", "and", "und"]) || *token == Token::Mark('&'))?;
    let is_one_of = is_one(&tokens[at], &["or", "oder", "ou"]);
    let read = |tokens: &[Token]| {
        let tokens: Vec<Token> = tokens
            .iter()
            .filter(|token| !is_one(token, &FILLERS))
            .cloned()
            .collect();
        point::read(&tokens, None).map(|point| point.edtf())
    };
    let (start, end) = (&tokens[..at], &tokens[at + 1..]);
    let (one, other) = (read(start)?, read(&shortened(start, end))?);
    let (open, close) = if is_one_of { ('[', ']') } else { ('{', '}') };
    (!one.contains('/') && !other.contains('/')).then(|| format!("{open}{one},{other}{close}"))
}
