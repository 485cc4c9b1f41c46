//! Running sums over gifts, and where they are kept while groups are made.

use std::array::from_fn;
use std::collections::HashMap;

use super::measures::Amount;
use crate::domain::count::Sum;
use crate::domain::date::Day;
use crate::store::aggregate::groups::{Group, Groups, Tally, add};

/// More places than this are kept by number only where there is something.
const DENSE: usize = 1 << 20;

/// Sums over gifts. In two arrays, each of which a processor adds at once.
#[derive(Clone, Copy, Default)]
pub(super) struct Sums {
    /// How many gifts; of how many the most is not known, nothing is known, and the number is approximate. There are fewer
    /// than 2^30 rows.
    counts: [u32; 4],
    /// The least and the most.
    bounds: [i64; 2],
}

impl Sums {
    /// The sums over one gift.
    pub fn of(amount: &Amount) -> Self {
        Self::new([amount.min, amount.max], amount.flags())
    }

    /// The same, by its bounds and its [`Amount::flags`].
    #[inline]
    pub const fn new(bounds: [i64; 2], flags: u32) -> Self {
        Self {
            counts: [1, flags & 1, flags >> 1 & 1, flags >> 2 & 1],
            bounds,
        }
    }

    /// Adds other gifts.
    #[inline]
    pub fn add(&mut self, other: &Self) {
        self.counts = from_fn(|at| self.counts[at] + other.counts[at]);
        self.bounds = from_fn(|at| self.bounds[at] + other.bounds[at]);
    }

    /// `animals`: whether animals are counted.
    pub fn group(self, animals: bool) -> Group {
        let ([gifts, open, unknown, approximate], [min, max]) = (self.counts, self.bounds);
        let max = (open == 0).then_some(max);
        let animals = match animals {
            true => Sum::of(min, max, unknown, approximate > 0),
            false => Sum::default(),
        };
        let gifts = gifts.into();
        Group {
            tally: Tally { gifts, animals },
            ..Group::default()
        }
    }
}

/// What is kept for each of so many numbers.
pub(super) enum Places<S> {
    Dense(Vec<S>),
    Sparse(HashMap<usize, S>),
}

impl<S: Default + Clone> Places<S> {
    pub fn new(len: usize) -> Self {
        match len <= DENSE {
            true => Self::Dense(vec![S::default(); len]),
            false => Self::Sparse(HashMap::new()),
        }
    }

    /// The place of a number.
    #[inline]
    pub fn at(&mut self, number: usize) -> &mut S {
        match self {
            Self::Dense(places) => &mut places[number],
            Self::Sparse(places) => sparse(places, number),
        }
    }

    /// The groups that have gifts.
    pub fn groups<K: Ord>(self, group: impl Fn(S) -> Group, mut key: impl FnMut(usize) -> K) -> Groups<K> {
        let mut groups = Groups::new();
        let enter = |(number, place)| {
            let group = group(place);
            if group.tally.gifts > 0 {
                add(&mut groups, key(number), group);
            }
        };
        match self {
            Self::Dense(places) => places.into_iter().enumerate().for_each(enter),
            Self::Sparse(places) => places.into_iter().for_each(enter),
        }
        groups
    }
}

/// Apart, so that the other case is short enough to stand where it is called.
#[cold]
fn sparse<S: Default>(places: &mut HashMap<usize, S>, number: usize) -> &mut S {
    places.entry(number).or_default()
}

/// The sums of a pair of nations, and the first and the last moment of its gifts. Within one line of a processor's cache:
/// there are thousands, met in any order.
#[derive(Clone)]
#[repr(align(64))]
pub(super) struct PairSums {
    pub sums: Sums,
    /// [`i64::MIN`] if that of one of them is not known.
    pub first: i64,
    /// [`i64::MAX`] if that of one of them is not known.
    pub last: i64,
}

impl Default for PairSums {
    fn default() -> Self {
        Self {
            sums: Sums::default(),
            first: i64::MAX,
            last: i64::MIN,
        }
    }
}

impl PairSums {
    /// `animals`: whether animals are counted.
    pub fn group(self, animals: bool) -> Group {
        let day = |millis: i64| (millis != i64::MIN && millis != i64::MAX).then(|| Day::from_millis(millis));
        Group {
            first: day(self.first),
            last: day(self.last),
            ..self.sums.group(animals)
        }
    }
}
