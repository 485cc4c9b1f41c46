//! Dates as people, museums and machines write them, read as EDTF where they have one plain meaning: `c. 1844` as `1844~`,
//! `before 1900` as `../1899`, `44 BC` as `-0043`. Used for proposals in refusals, and to import a table as its dates are
//! told. Nothing is corrected silently.
//!
//! `tokens.rs` takes a text apart, `point.rs` reads one date, `numbers.rs` dates in digits only, `span.rs` what stands
//! between, before and after dates; `words.rs` has the words.

mod numbers;
mod point;
mod span;
mod tokens;
mod words;

#[cfg(test)]
mod tests;

use super::parse::parse;
use super::{Calendar, Edtf};

/// Longer texts are no dates, and are not looked into.
const LONGEST: usize = 100;

/// What a text that is no EDTF may mean, each in EDTF: one where it is plain, two where a day and a month may be the other
/// way round, none where nothing is plain.
pub(super) fn proposals(text: &str) -> Vec<String> {
    if text.len() > LONGEST {
        return Vec::new();
    }
    let tidy = tokens::tidy(text);
    let found = [
        // EDTF but for blanks, lower case, or another dash.
        vec![tidy.to_uppercase(), tidy.replace(' ', "").to_uppercase()],
        numbers::read(&tidy),
        span::read(&tokens::split(&tidy)).into_iter().collect(),
    ];
    let is_edtf = |text: &String| parse(text, Calendar::Gregorian).is_ok();
    let mut good = found
        .into_iter()
        .map(|texts| texts.into_iter().filter(is_edtf).collect::<Vec<_>>());
    let mut good = good.find(|texts| !texts.is_empty()).unwrap_or_default();
    good.dedup();
    good.truncate(2);
    good
}

/// A text as EDTF: as it is, or as it is plainly meant.
pub fn as_told(text: &str) -> Option<String> {
    match Edtf::read(text, Calendar::Gregorian) {
        Ok(date) => Some(date.as_str().to_owned()),
        Err(error) => match error.proposals.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        },
    }
}
