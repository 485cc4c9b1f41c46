//! The parsed search text: words, each with the ways in which it may match.
//!
//! There is no query syntax: every character is a part of a word or separates words.

use std::ops::Bound;

use tantivy::Term;
use tantivy::query::{
    BooleanQuery, ConstScoreQuery, DisjunctionMaxQuery, FuzzyTermQuery, Occur, Query, RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::fields::{Fields, whole};
use crate::domain::id::Kind;
use crate::domain::words::spots;

/// How many distinct words count; further ones are ignored.
pub const MOST_WORDS: usize = 16;

/// How well a word of a document matches one of the query. Points are whole numbers, so that their sum does not depend
/// on the order of addition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MatchQuality {
    Typo,
    Prefix,
    Exact,
}

impl MatchQuality {
    const ALL: [Self; 3] = [Self::Exact, Self::Prefix, Self::Typo];

    /// The points for a match in a name, and in any other text. The base of one hundred ranks a document with more of
    /// the words before one with fewer, however well these match.
    const fn points(self) -> (f32, f32) {
        match self {
            Self::Exact => (160.0, 130.0),
            Self::Prefix => (150.0, 120.0),
            Self::Typo => (115.0, 110.0),
        }
    }
}

/// Additional points for a name that begins with the whole text, as while somebody is typing it: less than the
/// difference between an exact and a prefix match.
const BEGINS: f32 = 4.0;
/// Further points if the name equals the whole text.
const IS: f32 = 4.0;

/// The length from which prefixes may have typing errors too: shorter ones would match too much.
const LONG: usize = 6;

/// How many words of the query must match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    All,
    /// At least one; used if no document has all.
    Any,
}

/// A word of the query, folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    word: String,
    /// Matches as a prefix too: the user may still be typing.
    open: bool,
}

/// The search query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextQuery {
    words: Vec<Word>,
    /// All words in order, in the form of stored names.
    whole: String,
}

impl TextQuery {
    /// Parses a text. The last word may be incomplete.
    pub fn new(text: &str) -> Self {
        let all: Vec<String> = spots(text).into_iter().map(|spot| spot.word).collect();
        let mut words: Vec<Word> = Vec::new();
        for word in &all {
            if words.iter().all(|known| known.word != *word) {
                words.push(Word {
                    word: word.clone(),
                    open: false,
                });
            }
        }
        let last = all.last();
        for word in &mut words {
            word.open = Some(&word.word) == last;
        }
        words.truncate(MOST_WORDS);
        Self {
            words,
            whole: whole(all.iter().map(String::as_str)),
        }
    }

    /// Whether it has no words.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    pub fn has_several(&self) -> bool {
        self.words.len() > 1
    }

    /// The words in order, joined with spaces.
    pub fn whole(&self) -> &str {
        &self.whole
    }

    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// The query for tantivy.
    pub(super) fn tantivy(&self, fields: &Fields, kinds: &[Kind], mode: Mode) -> BooleanQuery {
        let words = self.words.iter().map(|word| word.tantivy(fields));
        let words: Box<dyn Query> = match mode {
            Mode::All => Box::new(BooleanQuery::intersection(words.collect())),
            Mode::Any => Box::new(BooleanQuery::union(words.collect())),
        };
        let kinds = kinds.iter().map(|kind| exact(fields.kind, kind.prefix())).collect();
        BooleanQuery::new(vec![
            (Occur::Must, words),
            (Occur::Must, scored(Box::new(BooleanQuery::union(kinds)), 0.0)),
            (Occur::Should, scored(beginning(fields.whole_name, &self.whole), BEGINS)),
            (Occur::Should, scored(exact(fields.whole_name, &self.whole), IS)),
        ])
    }
}

impl Word {
    /// How many typing errors are tolerated: none in a short word, where each would make another word, and none where
    /// there are digits: 1972 is another year than 1912.
    fn errors(&self) -> u8 {
        if self.word.contains(|letter: char| letter.is_ascii_digit()) {
            return 0;
        }
        match self.letters() {
            0..=3 => 0,
            4..=7 => 1,
            _ => 2,
        }
    }

    /// Whether prefixes may have typing errors.
    fn begins_nearly(&self) -> bool {
        self.open && self.letters() >= LONG
    }

    fn letters(&self) -> usize {
        self.word.chars().count()
    }

    /// How well a folded word of a document matches. Matches all that the tantivy query finds; with two errors in
    /// combination, that query overlooks a few words which match here.
    pub fn matches(&self, word: &str) -> Option<MatchQuality> {
        if word == self.word {
            return Some(MatchQuality::Exact);
        }
        if self.open && word.starts_with(&self.word) {
            return Some(MatchQuality::Prefix);
        }
        let errors = usize::from(self.errors());
        let letters = word.chars().count();
        let (least, most) = (self.letters().saturating_sub(errors), self.letters() + errors);
        let near = |word: &str| strsim::osa_distance(word, &self.word) <= errors;
        let beginning = |letters: usize| word.char_indices().nth(letters).map_or(word, |(end, _)| &word[..end]);
        let fits = if errors == 0 || letters < least {
            false
        } else if self.begins_nearly() {
            (least..=most.min(letters)).map(beginning).any(near)
        } else {
            letters <= most && near(word)
        };
        fits.then_some(MatchQuality::Typo)
    }

    /// Documents with a matching word, each scored by its best match.
    fn tantivy(&self, fields: &Fields) -> Box<dyn Query> {
        let mut ways: Vec<Box<dyn Query>> = Vec::new();
        for quality in MatchQuality::ALL {
            let (in_names, elsewhere) = quality.points();
            for (field, points) in [(fields.names, in_names), (fields.others, elsewhere)] {
                ways.extend(self.way(field, quality).map(|way| scored(way, points)));
            }
        }
        Box::new(DisjunctionMaxQuery::new(ways))
    }

    fn way(&self, field: Field, quality: MatchQuality) -> Option<Box<dyn Query>> {
        match quality {
            MatchQuality::Exact => Some(exact(field, &self.word)),
            MatchQuality::Prefix if self.open => Some(beginning(field, &self.word)),
            MatchQuality::Typo if self.errors() > 0 => {
                let term = Term::from_field_text(field, &self.word);
                let near = if self.begins_nearly() {
                    FuzzyTermQuery::new_prefix
                } else {
                    FuzzyTermQuery::new
                };
                Some(Box::new(near(term, self.errors(), true)))
            }
            MatchQuality::Prefix | MatchQuality::Typo => None,
        }
    }
}

fn exact(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(
        Term::from_field_text(field, text),
        IndexRecordOption::Basic,
    ))
}

/// Terms that begin with a folded text.
fn beginning(field: Field, text: &str) -> Box<dyn Query> {
    // Sorts after all letters, digits and spaces.
    let end = format!("{text}{}", char::MAX);
    Box::new(RangeQuery::new(
        Bound::Included(Term::from_field_text(field, text)),
        Bound::Excluded(Term::from_field_text(field, &end)),
    ))
}

/// Gives every match the same score.
fn scored(query: Box<dyn Query>, points: f32) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, points))
}
