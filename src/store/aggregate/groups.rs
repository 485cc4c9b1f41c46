//! Groups of gifts: their keys, and what is counted of each. Plain values, whoever has computed them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::domain::count::Sum;
use crate::domain::date::Day;

/// The number of gifts, and of animals that changed hands by them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub gifts: u64,
    /// Gifts that were never given add nothing. Empty if animals are not counted.
    pub animals: Sum,
}

impl Tally {
    /// Adds another tally.
    pub fn merge(&mut self, other: &Self) {
        self.gifts = self.gifts.saturating_add(other.gifts);
        self.animals.merge(&other.animals);
    }
}

/// The gifts that share a key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    pub tally: Tally,
    /// The first day that any of their dates can mean; `None` if that of one of them is not known, or if the key has no
    /// accumulator for it.
    pub first: Option<Day>,
    /// Like `first`, the last day.
    pub last: Option<Day>,
}

impl Group {
    /// Adds other gifts of the same key.
    fn merge(&mut self, other: &Self) {
        self.tally.merge(&other.tally);
        self.first = self.first.zip(other.first).map(|(one, other)| one.min(other));
        self.last = self.last.zip(other.last).map(|(one, other)| one.max(other));
    }
}

/// Groups by their keys, in the order of the keys.
pub type Groups<K> = BTreeMap<K, Group>;

/// Adds gifts to the group of a key.
pub fn add<K: Ord>(groups: &mut Groups<K>, key: K, group: Group) {
    match groups.entry(key) {
        Entry::Vacant(place) => drop(place.insert(group)),
        Entry::Occupied(mut known) => known.get_mut().merge(&group),
    }
}

/// All gifts in one group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct All {}

/// Gifts by status and mode.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Words {
    pub status: Option<String>,
    pub mode: Option<String>,
}

/// Gifts from one nation to another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    pub giver: String,
    pub recipient: String,
}

/// Gifts by the years in which their dates begin and end.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Whether there is a date at all.
    pub dated: bool,
    /// Whether the date is marked as uncertain or approximate.
    pub qualified: bool,
    /// Whether `to` is absent because the end is not known, rather than open.
    pub end_unknown: bool,
    /// `None` if the beginning is open or unknown.
    pub from: Option<i64>,
    /// `None` if the end is open or unknown.
    pub to: Option<i64>,
}

/// The taxonomic rank to group by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    /// Each kind of animal on its own.
    Animal,
    Family,
    Order,
    Class,
}

impl Rank {
    /// The path of the name of the taxon; `None` for [`Rank::Animal`].
    pub const fn taxon(self) -> Option<&'static str> {
        match self {
            Self::Animal => None,
            Self::Family => Some("taxonomy.family"),
            Self::Order => Some("taxonomy.order"),
            Self::Class => Some("taxonomy.class"),
        }
    }
}

/// Which groups are wanted; of each, whether animals are counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// All gifts in one group.
    pub all: Option<bool>,
    /// By status and mode.
    pub words: Option<bool>,
    /// By the nation that gave.
    pub givers: Option<bool>,
    /// By the nation that received.
    pub recipients: Option<bool>,
    /// By both: far more groups than by each of them.
    pub flows: Option<bool>,
    /// By the years of their dates.
    pub spans: Option<bool>,
    /// By the certainties of the claims about them.
    pub certainties: Option<bool>,
    /// By their animals, or the taxa of these.
    pub by_animal: Vec<(Rank, bool)>,
}

/// The groups that were wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    pub all: Option<Groups<All>>,
    pub words: Option<Groups<Words>>,
    /// By the ids of the nations.
    pub givers: Option<Groups<String>>,
    /// The same.
    pub recipients: Option<Groups<String>>,
    pub flows: Option<Groups<Pair>>,
    pub spans: Option<Groups<Span>>,
    /// By the certainties in alphabetical order; without claims by none.
    pub certainties: Option<Groups<Vec<String>>>,
    /// In the order in which they were wanted. By the ids of the animals or the names of the taxa; by `None` without items,
    /// and of items without such a taxon.
    pub by_animal: Vec<Groups<Option<String>>>,
}
