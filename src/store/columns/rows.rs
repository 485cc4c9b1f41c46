//! A set of rows of a table: one bit for each row.

/// How many rows are in a block.
pub(super) const BITS: usize = u64::BITS as usize;

/// A set of rows, which are numbered from 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rows {
    words: Vec<u64>,
    len: usize,
}

impl Rows {
    /// None of so many rows.
    pub fn none(len: usize) -> Self {
        Self {
            words: vec![0; len.div_ceil(BITS)],
            len,
        }
    }

    /// Those of so many rows for which `holds` is true.
    pub fn of(len: usize, mut holds: impl FnMut(usize) -> bool) -> Self {
        let word = |start: usize| {
            let rows = start..len.min(start + BITS);
            rows.fold(0, |word, row| word | u64::from(holds(row)) << (row - start))
        };
        Self {
            words: (0..len).step_by(BITS).map(word).collect(),
            len,
        }
    }

    /// Adds a row; the set grows up to it.
    pub fn insert(&mut self, row: usize) {
        if row >= self.len {
            self.len = row + 1;
            self.words.resize(self.len.div_ceil(BITS), 0);
        }
        self.words[row / BITS] |= 1 << (row % BITS);
    }

    /// Takes a row out.
    pub fn remove(&mut self, row: usize) {
        if row < self.len {
            self.words[row / BITS] &= !(1 << (row % BITS));
        }
    }

    /// Whether a row is in the set.
    pub fn contains(&self, row: usize) -> bool {
        self.words
            .get(row / BITS)
            .is_some_and(|word| word >> (row % BITS) & 1 == 1)
    }

    /// Keeps the rows that are in both.
    pub fn and(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
    }

    /// Adds the rows of another set.
    pub fn or(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
    }

    /// The rows that are not in the set.
    pub fn invert(&mut self) {
        for word in &mut self.words {
            *word = !*word;
        }
        let rest = self.len % BITS;
        if let Some(last) = self.words.last_mut().filter(|_| rest > 0) {
            *last &= (1 << rest) - 1;
        }
    }

    /// How many rows are in the set.
    pub fn count(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// Calls `visit` with every row, in order.
    pub fn each(&self, mut visit: impl FnMut(usize)) {
        self.each_block(|start, block| block.each(|at| visit(start + at)));
    }

    /// Calls `visit` with every block that has rows of the set: where it starts, and the rows in it.
    pub fn each_block(&self, mut visit: impl FnMut(usize, Block)) {
        for (word, start) in self.words.iter().zip((0..).step_by(BITS)) {
            if *word != 0 {
                visit(start, Block(*word));
            }
        }
    }

    /// How many bytes it takes.
    pub fn bytes(&self) -> usize {
        self.words.capacity() * size_of::<u64>()
    }
}

/// Some of [`BITS`] rows.
#[derive(Clone, Copy)]
pub(super) struct Block(u64);

impl Block {
    /// Calls `visit` with the place of every row in the block, in order.
    pub fn each(self, mut visit: impl FnMut(usize)) {
        if self.0 == u64::MAX {
            (0..BITS).for_each(visit);
            return;
        }
        let mut rest = self.0;
        while rest != 0 {
            visit(rest.trailing_zeros() as usize);
            rest &= rest - 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_set_of_rows_is_like_any_other_set(
            len in 1..300_usize, one in prop::collection::btree_set(0..300_usize, 0..200),
            other in prop::collection::btree_set(0..300_usize, 0..200),
        ) {
            let within = |rows: BTreeSet<usize>| rows.into_iter().filter(|row| *row < len).collect::<BTreeSet<_>>();
            let (one, other) = (within(one), within(other));
            let rows = |set: &BTreeSet<usize>| Rows::of(len, |row| set.contains(&row));
            let listed = |rows: &Rows| {
                let mut listed = Vec::new();
                rows.each(|row| listed.push(row));
                listed
            };
            let (mut both, mut either, mut not) = (rows(&one), rows(&one), rows(&one));
            both.and(&rows(&other));
            either.or(&rows(&other));
            not.invert();
            prop_assert_eq!(listed(&both), one.intersection(&other).copied().collect::<Vec<_>>());
            prop_assert_eq!(listed(&either), one.union(&other).copied().collect::<Vec<_>>());
            prop_assert_eq!(listed(&not), (0..len).filter(|row| !one.contains(row)).collect::<Vec<_>>());
            prop_assert_eq!(not.count() as usize + one.len(), len);
            let mut built = Rows::default();
            one.iter().for_each(|row| built.insert(*row));
            prop_assert_eq!(listed(&built), one.iter().copied().collect::<Vec<_>>());
            one.iter().for_each(|row| built.remove(*row));
            prop_assert_eq!(built.count(), 0);
        }
    }
}
