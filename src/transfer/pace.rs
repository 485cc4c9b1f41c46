//! How many rows are written in one transaction: fewer where the last ones took long.
//!
//! A database ends a transaction that takes too long: MongoDB after 60 seconds, Azure after 30.

use std::time::Duration;

use super::pieces::ROWS;

/// The fewest rows of a transaction.
const LEAST: usize = ROWS / 16;
/// Longer than this a transaction should not take.
const LONG: Duration = Duration::from_secs(5);
/// After one that took less, the next has twice as many rows.
const SHORT: Duration = Duration::from_secs(2);

/// How many rows the next transaction has.
#[derive(Debug)]
pub(super) struct Pace {
    rows: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self { rows: ROWS }
    }
}

impl Pace {
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// A transaction took that long.
    pub fn took(&mut self, time: Duration) {
        self.rows = match time {
            time if time > LONG => (self.rows / 2).max(LEAST),
            time if time < SHORT => (self.rows * 2).min(ROWS),
            _ => self.rows,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transactions_shrink_while_they_take_long_and_grow_again() {
        let mut pace = Pace::default();
        let rows: Vec<usize> = [1, 6, 4, 6, 60, 60, 60, 1, 1, 3, 1, 1, 1]
            .map(|seconds| {
                pace.took(Duration::from_secs(seconds));
                pace.rows()
            })
            .to_vec();
        assert_eq!(rows, [1000, 500, 500, 250, 125, 62, 62, 124, 248, 248, 496, 992, 1000]);
    }
}
