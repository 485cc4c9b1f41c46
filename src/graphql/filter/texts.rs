//! Filters by words, in a document's own texts and in those of what it refers to.

use crate::domain::id::Kind;
use crate::domain::words::{spots, words};
use crate::store::filter::Filter;
use crate::store::filter::operator::Operator;

/// Documents that have, for every word of `text`, a word that begins with it. Blank text matches all; otherwise a text
/// without words matches none.
pub fn text_filter(text: &str) -> Filter {
    if text.trim().is_empty() {
        return Filter::All(vec![]);
    }
    let found = words([text]);
    if found.is_empty() {
        return Filter::Any(vec![]);
    }
    Filter::All(
        found
            .into_iter()
            .map(|word| Filter::field("words", Operator::Prefix(word)))
            .collect(),
    )
}

/// How many words of a text are looked for in what a document refers to.
const WIDE_WORDS: usize = 5;

/// Like [`text_filter`], where each word may also begin a word of a document that one of these references leads to: a path
/// and the kind of what stands there. Only the first words of a long text are looked for there.
pub fn wide_text_filter(text: &str, references: &[(&'static str, Kind)]) -> Filter {
    let wide: Vec<String> = spots(text).into_iter().map(|spot| spot.word).take(WIDE_WORDS).collect();
    let Filter::All(found) = text_filter(text) else {
        return Filter::Any(vec![]);
    };
    let widened = found.into_iter().map(|word| {
        let is_wide = matches!(&word, Filter::Field(_, Operator::Prefix(word)) if wide.contains(word));
        if !is_wide {
            return word;
        }
        let there = references
            .iter()
            .map(|(path, of)| Filter::refers(path, *of, word.clone()));
        Filter::Any(std::iter::once(word.clone()).chain(there).collect())
    });
    Filter::All(widened.collect())
}
