//! Ranks matches and cuts a page in one pass, which also counts them and keeps no more rows than the page has.
//!
//! The order is total: score descending, then id ascending. tantivy's own collector has offsets but no cursors.

use std::collections::BinaryHeap;
use std::ops::Bound;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use super::cursor::HitPosition;
use super::fields::{ID, LENGTH};

/// The weight of a point over the length of a name: equal matches are ordered by length, shorter names first.
const POINT: u64 = 100;

/// The page to collect.
pub(super) struct Cut<'a> {
    /// Only rows after this position.
    pub after: Option<&'a HitPosition>,
    /// The maximum number of rows.
    pub limit: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub score: u64,
    pub id: String,
    pub address: DocAddress,
}

#[derive(Debug, Default)]
pub(super) struct Rows {
    /// The rows of the page, in order, and one more if there is a next page.
    pub rows: Vec<Row>,
    /// How many documents match.
    pub total: u64,
    /// How many matches come before the page.
    pub before: u64,
}

/// A candidate for the page; in the heap, the greatest is the worst. The order of ordinals is that of the ids.
type Candidate = (std::cmp::Reverse<u64>, u64, DocId);

pub(super) struct Segment {
    ordinal: SegmentOrdinal,
    ids: StrColumn,
    lengths: Column<u64>,
    /// The score of the row before the page, and the number of ids up to and including that row's.
    after: Option<(u64, u64)>,
    keep: usize,
    kept: BinaryHeap<Candidate>,
    total: u64,
    before: u64,
}

impl Collector for Cut<'_> {
    type Fruit = Rows;
    type Child = Segment;

    fn for_segment(&self, ordinal: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<Segment> {
        let columns = reader.fast_fields();
        let ids = columns
            .str(ID)?
            .ok_or_else(|| tantivy::TantivyError::SchemaError("a segment without ids".into()))?;
        let after = match self.after {
            None => None,
            Some(position) => {
                let behind = ids
                    .dictionary()
                    .term_bounds_to_ord(Bound::Excluded(position.id.as_str()), Bound::Unbounded)?;
                let first = match behind.0 {
                    Bound::Included(ordinal) => ordinal,
                    Bound::Excluded(ordinal) => ordinal.saturating_add(1),
                    Bound::Unbounded => 0,
                };
                Some((position.score, first))
            }
        };
        Ok(Segment {
            ordinal,
            ids,
            lengths: columns.u64(LENGTH)?,
            after,
            keep: self.limit.saturating_add(1),
            kept: BinaryHeap::new(),
            total: 0,
            before: 0,
        })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, segments: Vec<tantivy::Result<Rows>>) -> tantivy::Result<Rows> {
        let mut all = Rows::default();
        for segment in segments {
            let segment = segment?;
            all.total += segment.total;
            all.before += segment.before;
            all.rows.extend(segment.rows);
        }
        all.rows
            .sort_unstable_by(|left, right| right.score.cmp(&left.score).then_with(|| left.id.cmp(&right.id)));
        all.rows.truncate(self.limit.saturating_add(1));
        Ok(all)
    }
}

impl SegmentCollector for Segment {
    type Fruit = tantivy::Result<Rows>;

    fn collect(&mut self, document: DocId, points: Score) {
        let length = self.lengths.first(document).unwrap_or(0).min(POINT - 1);
        // Points are small whole numbers.
        let score = (points as u64) * POINT + (POINT - 1 - length);
        let ordinal = self.ids.ords().first(document).unwrap_or(0);
        self.total += 1;
        if let Some((last, first)) = self.after
            && (score > last || (score == last && ordinal < first))
        {
            self.before += 1;
            return;
        }
        let candidate = (std::cmp::Reverse(score), ordinal, document);
        if self.kept.len() < self.keep {
            self.kept.push(candidate);
        } else if let Some(mut worst) = self.kept.peek_mut()
            && candidate < *worst
        {
            *worst = candidate;
        }
    }

    fn harvest(self) -> tantivy::Result<Rows> {
        let mut rows = Vec::with_capacity(self.kept.len());
        for (score, ordinal, document) in self.kept {
            let mut id = String::new();
            self.ids.ord_to_str(ordinal, &mut id)?;
            rows.push(Row {
                score: score.0,
                id,
                address: DocAddress::new(self.ordinal, document),
            });
        }
        Ok(Rows {
            rows,
            total: self.total,
            before: self.before,
        })
    }
}
