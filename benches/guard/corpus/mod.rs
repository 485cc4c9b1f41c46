//! The documents: a few typical ones, and those that were made to cost. The latter are as long as the limits allow, and
//! hold and expand to no more than a few times what the limits accept: enough to measure what the guard spends on them,
//! and harmless to other programs.

mod built;
mod fragments;
mod rows;

use apollo_parser::Lexer;
use menagerie::limits::{Limit, Limits};

/// A document to be checked.
pub struct Sample {
    /// What it is.
    pub name: String,
    /// The document.
    pub text: String,
}

/// What a document is, and its text.
type Named = (&'static str, String);

/// What GraphiQL asks first, and the sample operations.
pub fn typical() -> Vec<Sample> {
    macro_rules! operations {
        ($($name:literal)*) => {
            vec![
                sample("introspection", include_str!("../../../tests/it/front/introspection.graphql")),
                $(sample($name, include_str!(concat!("../../../schema/operations/", $name, ".graphql"))),)*
            ]
        };
    }
    operations!["01-gift-to-pyongyang" "02-all-gifts" "03-possibly-or-certainly-2018" "04-fifty-or-more-animals"
        "05-one-nation" "06-page-by-page" "07-contradictions" "08-across-relations"]
}

/// What was made to cost.
pub fn adversarial(limits: &Limits) -> Vec<Sample> {
    let room = Room(limits);
    let repeated = rows::ROWS.iter().map(|row| sample(row.0, row.text(&room)));
    let built = fragments::all(&room).into_iter().chain(built::all(&room));
    repeated.chain(built.map(|(name, text)| sample(name, text))).collect()
}

fn sample(name: &str, text: impl Into<String>) -> Sample {
    Sample {
        name: name.to_owned(),
        text: text.into(),
    }
}

/// What a document may hold.
struct Room<'a>(&'a Limits);

impl Room<'_> {
    fn of(&self, limit: Limit) -> usize {
        usize::try_from(self.0.of(limit)).unwrap_or(usize::MAX)
    }

    /// How many fields a document may hold that is refused for them: some more than are accepted.
    fn fields(&self) -> usize {
        self.of(Limit::Fields) * 2
    }

    /// How many fragments, of which each spreads the `reach` next ones beside so many `fields`, expand to more than is
    /// accepted: the fewest.
    fn expanding(&self, reach: usize, fields: usize) -> usize {
        // From the last fragment on.
        let mut sizes = vec![fields];
        while sizes.last().is_some_and(|size| *size <= self.of(Limit::Fields)) {
            if sizes.len() == self.of(Limit::Fragments) {
                break;
            }
            let next: usize = sizes.iter().rev().take(reach).map(|size| size + 1).sum();
            sizes.push(next + fields);
        }
        sizes.len()
    }

    /// The most bytes, with some left for the mark that makes each text another one.
    fn bytes(&self) -> usize {
        self.of(Limit::DocumentBytes) - 64
    }

    /// `head`, as many pieces as there is room for in a part of the whole and as the limit allows, `tail`.
    fn fill(&self, part: f64, head: &str, piece: impl Fn(usize) -> String, tail: &str, limit: Option<Limit>) -> String {
        let share = |whole: usize| (whole as f64 * part) as usize;
        let mut bytes = share(self.bytes()).saturating_sub(head.len() + tail.len());
        let mut tokens = share(self.of(Limit::Tokens) - 8).saturating_sub(count(head) + count(tail));
        let mut text = head.to_owned();
        for index in 0..limit.map_or(usize::MAX, |limit| self.of(limit)) {
            let piece = piece(index);
            let size = count(&piece);
            if piece.len() > bytes || size > tokens || piece.is_empty() {
                break;
            }
            bytes -= piece.len();
            tokens -= size;
            text.push_str(&piece);
        }
        text + tail
    }
}

fn count(text: &str) -> usize {
    Lexer::new(text).count()
}

fn list(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect()
}
