//! The parsed search text: words, each with the ways in which it may match.
//!
//! The text is never read as a query language: whatever stands in it is a word or parts words.

use std::ops::Bound;

use tantivy::Term;
use tantivy::query::{
    BooleanQuery, ConstScoreQuery, DisjunctionMaxQuery, FuzzyTermQuery, Occur, Query, RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::fields::{Fields, whole};
use crate::domain::id::Kind;
use crate::domain::words::spots;

/// How many distinct words count; what stands behind them is passed over.
pub const MOST_WORDS: usize = 16;

/// How well a word of a document matches one of the query. Points are whole numbers, so that sums of them are the
/// same in whichever order they are added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MatchQuality {
    /// It is nearly that word.
    Typo,
    /// It begins with it.
    Prefix,
    /// It is that word.
    Exact,
}

impl MatchQuality {
    const ALL: [Self; 3] = [Self::Exact, Self::Prefix, Self::Typo];

    /// What it counts for in a name, and in any other text. The hundred lets a document with more of the words come
    /// before one that has fewer, however well.
    const fn points(self) -> (f32, f32) {
        match self {
            Self::Exact => (160.0, 130.0),
            Self::Prefix => (150.0, 120.0),
            Self::Typo => (115.0, 110.0),
        }
    }
}

/// What a name counts for in addition that begins with the whole text, as it does while somebody types it: less than
/// the difference between a whole word and the beginning of one.
const BEGINS: f32 = 4.0;
/// And one that is the whole text.
const IS: f32 = 4.0;

/// From which length on the beginning of a word may have typing errors too. Shorter ones would begin too much.
const LONG: usize = 6;

/// Which words must match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// All of them.
    All,
    /// One at least: where no document has all.
    Any,
}

/// A word of the search text.
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
    /// All words in their order, as names are kept.
    whole: String,
}

impl TextQuery {
    /// Reads a text. The last word may be the beginning of one.
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

    /// Whether there is no word in it.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether it has more than one word.
    pub fn has_several(&self) -> bool {
        self.words.len() > 1
    }

    /// The words in their order, as one text.
    pub fn whole(&self) -> &str {
        &self.whole
    }

    /// The words.
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// The query as tantivy runs it.
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
    /// How many typing errors are forgiven: none in a short word, where each makes another word of it.
    fn errors(&self) -> u8 {
        match self.word.len() {
            0..=3 => 0,
            4..=7 => 1,
            _ => 2,
        }
    }

    /// Whether typing errors are forgiven in the beginning of a word.
    fn begins_nearly(&self) -> bool {
        self.open && self.word.len() >= LONG
    }

    /// How well a folded word of a document fits. What the query finds fits; where two errors come together, it overlooks
    /// a few words that fit as well.
    pub fn matches(&self, word: &str) -> Option<MatchQuality> {
        if word == self.word {
            return Some(MatchQuality::Exact);
        }
        if self.open && word.starts_with(&self.word) {
            return Some(MatchQuality::Prefix);
        }
        let errors = usize::from(self.errors());
        let (least, most) = (self.word.len().saturating_sub(errors), self.word.len() + errors);
        let near = |word: &str| strsim::osa_distance(word, &self.word) <= errors;
        let fits = if errors == 0 || word.len() < least {
            false
        } else if self.begins_nearly() {
            (least..=most).filter_map(|end| word.get(..end)).any(near)
        } else {
            word.len() <= most && near(word)
        };
        fits.then_some(MatchQuality::Typo)
    }

    /// Documents with a word that fits, each by its best.
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
    // Behind all letters, digits and spaces.
    let end = format!("{text}\u{7f}");
    Box::new(RangeQuery::new(
        Bound::Included(Term::from_field_text(field, text)),
        Bound::Excluded(Term::from_field_text(field, &end)),
    ))
}

/// A query that gives everything it finds the same score.
fn scored(query: Box<dyn Query>, points: f32) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, points))
}
