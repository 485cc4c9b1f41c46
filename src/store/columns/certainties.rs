//! The certainties of the claims about each gift.
//!
//! Claims stand in another order than the gifts that they are about, so that finding these takes longer than all else that
//! statistics and filters by certainty do. What was found is kept until a claim changes, or a gift is new.

use mongodb::bson::RawBsonRef;

use super::measures::Certainties;
use super::rows::{BITS, Rows};
use super::tables::Tables;
use crate::domain::id::Kind;
use crate::store::filter::Filter;
use crate::store::filter::operator::Operator;

impl Tables {
    /// The certainties of the claims about each gift. `None` if a column cannot tell them.
    pub(super) fn certainties(&self) -> Option<&Certainties> {
        self.certainties.get_or_init(|| self.find_certainties()).as_ref()
    }

    /// The rows of the gifts that a matching claim is about ([`Filter::claimed`]). `None` for a filter that asks for more
    /// than how sure a claim is.
    pub(super) fn gifts_by_certainty(&self, filter: &Filter) -> Option<Rows> {
        let mut operators = Vec::new();
        tests_of_certainty(filter, &mut operators)?;
        let Certainties { words, sets, all_known } = self.certainties()?;
        let holds = |word: &str| {
            let word = Some(RawBsonRef::String(word));
            operators.iter().all(|one| one.is_about(word) != one.rules_out())
        };
        let bits = words.iter().enumerate().map(|(at, word)| u16::from(holds(word)) << at);
        let mask = bits.fold(0, |mask, bit| mask | bit);
        all_known.then(|| Rows::of(sets.len(), |gift| sets[gift] & mask != 0))
    }

    fn find_certainties(&self) -> Option<Certainties> {
        let claims = self.of(Kind::Claim)?;
        let (about, certainty) = (claims.column("about")?, claims.column("certainty")?);
        let texts: Vec<Option<&str>> = (0..certainty.places())
            .map(|place| certainty.text(place, &self.ids))
            .collect();
        let mut words: Vec<&str> = texts.iter().copied().flatten().collect();
        words.sort_unstable();
        if !certainty.is_single() || words.len() > u16::BITS as usize {
            return None;
        }
        let place_of = |text: &Option<&str>| words.iter().position(|word| Some(*word) == *text);
        let bits: Vec<u16> = texts
            .iter()
            .map(|text| place_of(text).map_or(0, |place| 1 << place))
            .collect();
        let mut sets = vec![0_u16; self.gifts().len()];
        let mut all_known = true;
        let mut blocks = [[0; BITS]; 2];
        claims.live.each_block(|start, block| {
            about.codes().block(start, &mut blocks[0]);
            certainty.codes().block(start, &mut blocks[1]);
            block.each(|at| {
                let [about_of, certainty_of] = [0, 1].map(|column| blocks[column][at] as usize);
                let bit = bits[certainty_of >> certainty.shift()];
                all_known &= bit != 0;
                about.each_id(about_of, |id| {
                    if let Some(gift) = self.row(Kind::Gift, id) {
                        sets[gift] |= bit;
                    }
                });
            });
        });
        Some(Certainties {
            words: words.into_iter().map(str::to_owned).collect(),
            sets,
            all_known,
        })
    }
}

/// What a filter on claims about gifts tests of their certainty. `None` if it tests anything else.
fn tests_of_certainty<'a>(filter: &'a Filter, operators: &mut Vec<&'a Operator>) -> Option<()> {
    match filter {
        Filter::All(parts) => parts.iter().try_for_each(|part| tests_of_certainty(part, operators)),
        Filter::Field("certainty", operator) => {
            operators.push(operator);
            Some(())
        }
        // True of them all.
        Filter::Field("about", Operator::Prefix(prefix)) if prefix == Kind::Gift.prefix() => Some(()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use mongodb::bson::{RawDocumentBuf, rawdoc};

    use super::*;

    #[test]
    fn a_filter_by_certainty_alone_is_answered_by_what_is_kept() {
        let mut tables = Tables::default();
        let claim = |number: &str, certainty: &str, about: &str| -> RawDocumentBuf {
            rawdoc! { "_id": format!("claim_{number}"), "certainty": certainty, "about": [format!("gift_{about}")] }
        };
        for gift in ["a", "b", "c"] {
            let gift = rawdoc! { "_id": format!("gift_{gift}") };
            tables.put(Kind::Gift, &gift).expect("a gift");
        }
        for claim in [
            claim("1", "STATED", "a"),
            claim("2", "CONCERN", "a"),
            claim("3", "CONCERN", "c"),
        ] {
            tables.put(Kind::Claim, &claim).expect("a claim");
        }
        let asked = |filter: Filter| match Filter::claimed(Kind::Gift, filter) {
            Filter::Joined { filter, .. } => tables.gifts_by_certainty(&filter),
            other => panic!("{other:?}"),
        };
        let rows = |chosen: &[usize]| Some(Rows::of(3, |row| chosen.contains(&row)));
        let stated = Filter::equal("certainty", "STATED");
        assert_eq!(asked(Filter::All(vec![])), rows(&[0, 2]));
        assert_eq!(asked(Filter::All(vec![stated.clone()])), rows(&[0]));
        let others = Filter::field("certainty", Operator::NotIn(vec!["STATED".into()]));
        assert_eq!(asked(others.clone()), rows(&[0, 2]));
        assert_eq!(asked(Filter::All(vec![stated.clone(), others])), rows(&[]));
        assert_eq!(asked(Filter::Not(Box::new(stated))), None);
        assert_eq!(asked(Filter::equal("source", "source_article")), None);
    }
}
