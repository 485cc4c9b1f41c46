//! Years and decades: the bucket that a gift falls into, and those that it may fall into. Does no I/O.

use std::collections::BTreeMap;

use super::groups::{GroupEntry, GroupKind};
use crate::store::aggregate::{Groups, Span, Tally};

/// Gifts in buckets of equally many years.
#[derive(Debug, Default)]
pub struct Buckets {
    /// By the first year: the gifts certainly in the bucket, and how many more may be.
    pub buckets: BTreeMap<i64, (Tally, u64)>,
    /// Gifts that span several buckets or have an unknown end.
    spanning: Tally,
    /// Gifts without a date.
    undated: Tally,
}

impl Buckets {
    /// Puts gifts into buckets of `size` years.
    ///
    /// A bucket exists if a gift lies in it, or if a date begins or ends in it. So there are never more than twice as
    /// many buckets as different dates, however long the dates last.
    pub fn of(spans: &Groups<Span>, size: i64) -> Self {
        let bucket = |year: i64| year.div_euclid(size) * size;
        let mut found = Self::default();
        let mut possible = Vec::new();
        for (span, group) in spans {
            let (from, to) = (span.from.map(bucket), span.to.map(bucket));
            if !span.dated {
                found.undated.merge(&group.tally);
            } else if from.is_some() && from == to {
                from.into_iter()
                    .for_each(|year| found.buckets.entry(year).or_default().0.merge(&group.tally));
            } else {
                found.spanning.merge(&group.tally);
                for year in [from, to].into_iter().flatten() {
                    found.buckets.entry(year).or_default();
                }
                possible.push((from, to, group.tally.gifts));
            }
        }
        found.count_possible(&possible);
        found
    }

    /// Counts for each bucket the gifts whose spans cover it, by a running sum: plus where a span begins, minus after
    /// its end.
    fn count_possible(&mut self, spans: &[(Option<i64>, Option<i64>, u64)]) {
        let years: Vec<i64> = self.buckets.keys().copied().collect();
        let mut rises = vec![0_u64; years.len() + 1];
        let mut falls = rises.clone();
        for (from, to, gifts) in spans {
            let begin = from.map_or(0, |from| years.partition_point(|year| *year < from));
            let end = to.map_or(years.len(), |to| years.partition_point(|year| *year <= to));
            rises[begin] += gifts;
            falls[end] += gifts;
        }
        let mut reaching = 0;
        for ((_, possible), (rise, fall)) in self.buckets.values_mut().zip(rises.into_iter().zip(falls)) {
            reaching = reaching + rise - fall;
            *possible = reaching;
        }
    }

    /// The entries that are not buckets.
    pub fn apart(&self) -> Vec<GroupEntry<i64>> {
        [
            (GroupKind::Spanning, &self.spanning),
            (GroupKind::Missing, &self.undated),
        ]
        .into_iter()
        .filter(|(_, tally)| tally.gifts > 0)
        .map(|(kind, tally)| GroupEntry::apart(kind, tally.clone()))
        .collect()
    }
}
