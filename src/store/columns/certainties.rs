//! The certainties of the claims about each gift.
//!
//! Claims stand in another order than the gifts that they are about, so that finding these takes longer than all else that
//! statistics by certainty do. What was found is kept until a claim changes, or a gift is new.

use super::measures::Certainties;
use super::rows::BITS;
use super::tables::Tables;
use crate::domain::id::Kind;

impl Tables {
    /// The certainties of the claims about each gift. `None` if a column cannot tell them.
    pub(super) fn certainties(&self) -> Option<&Certainties> {
        self.certainties.get_or_init(|| self.find_certainties()).as_ref()
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
        let mut blocks = [[0; BITS]; 2];
        claims.live.each_block(|start, block| {
            about.codes().block(start, &mut blocks[0]);
            certainty.codes().block(start, &mut blocks[1]);
            block.each(|at| {
                let [about_of, certainty_of] = [0, 1].map(|column| blocks[column][at] as usize);
                let bit = bits[certainty_of >> certainty.shift()];
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
        })
    }
}
