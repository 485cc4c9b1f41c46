//! The certainties of the claims about each gift.
//!
//! Claims stand in another order than the gifts that they are about, so that finding these takes longer than all else that
//! statistics and filters by certainty do. What was found is kept until a claim changes, or a document is new.

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
        let Certainties { words, sets, all_known } = self.certainties()?;
        let mut mask = 0_u16;
        for (at, word) in words.iter().enumerate() {
            mask |= u16::from(holds(filter, word)?) << at;
        }
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

/// Whether a filter on claims holds for one about a gift that has this certainty. `None` if it asks for anything else.
fn holds(filter: &Filter, certainty: &str) -> Option<bool> {
    let each = |parts: &[Filter]| -> Option<Vec<bool>> { parts.iter().map(|part| holds(part, certainty)).collect() };
    Some(match filter {
        Filter::All(parts) => each(parts)?.into_iter().all(|part| part),
        Filter::Any(parts) => each(parts)?.into_iter().any(|part| part),
        Filter::Not(part) => !holds(part, certainty)?,
        Filter::Field("certainty", operator) => {
            operator.is_about(Some(RawBsonRef::String(certainty))) != operator.rules_out()
        }
        // A claim that counts for a gift is about one.
        Filter::Field("about", Operator::Prefix(prefix)) if prefix == Kind::Gift.prefix() => true,
        _ => return None,
    })
}
