//! Highlights: the texts of a hit in parts, with the matching words marked.

use std::collections::HashMap;

use super::query::{MatchQuality, TextQuery};
use crate::domain::words::{Spot, spots};

/// A text with at least one match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Highlight {
    /// The path of the text in the document: `items.names`.
    pub field: String,
    pub parts: Vec<Part>,
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub text: String,
    /// Whether it is a word that matches.
    pub matched: bool,
}

/// The texts of one document that have a match. `texts`: (path, text).
///
/// Words that match only with typing errors are marked if the document has no better match for that word of the query.
pub(super) fn highlights(query: &TextQuery, texts: &[(String, String)]) -> Vec<Highlight> {
    let spotted: Vec<Vec<Spot>> = texts.iter().map(|(_, text)| spots(text)).collect();
    let mut qualities: HashMap<&str, Vec<Option<MatchQuality>>> = HashMap::new();
    for spot in spotted.iter().flatten() {
        qualities
            .entry(&spot.word)
            .or_insert_with(|| query.words().iter().map(|word| word.matches(&spot.word)).collect());
    }
    let best: Vec<Option<MatchQuality>> = (0..query.words().len())
        .map(|place| qualities.values().filter_map(|qualities| qualities[place]).max())
        .collect();
    let counts = |word: &str| {
        let qualities = qualities.get(word).into_iter().flatten();
        qualities.zip(&best).any(|(quality, best)| {
            quality.is_some_and(|quality| quality > MatchQuality::Typo || *best == Some(MatchQuality::Typo))
        })
    };
    texts
        .iter()
        .zip(&spotted)
        .filter_map(|((field, text), spots)| {
            let mut parts = Vec::new();
            let mut behind = 0;
            for spot in spots.iter().filter(|spot| counts(&spot.word)) {
                // One character can be folded to several words.
                if spot.place.start < behind {
                    continue;
                }
                push(&mut parts, text.get(behind..spot.place.start), false);
                push(&mut parts, text.get(spot.place.clone()), true);
                behind = spot.place.end;
            }
            if parts.is_empty() {
                return None;
            }
            push(&mut parts, text.get(behind..), false);
            Some(Highlight {
                field: field.clone(),
                parts,
            })
        })
        .collect()
}

fn push(parts: &mut Vec<Part>, text: Option<&str>, matched: bool) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        parts.push(Part {
            text: text.to_owned(),
            matched,
        });
    }
}
