//! The entries of a list of groups: ordered and cut, with the rest summed up. Does no I/O.

use async_graphql::{Enum, InputObject};

use crate::graphql::order::OrderDirection;
use crate::store::aggregate::{Rank, Tally};

/// What an entry stands for.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupKind {
    /// One nation, animal, year, status …
    Value,
    /// Only by time: more than 20 years or decades in a row that are alike, from `start` to `end`. No gift lies in any of
    /// them for certain, and the same number may lie in each: `possible`.
    Run,
    /// Only by time: gifts that lie in no year or decade for certain, as their date spans several, has an open or unknown
    /// end, or is uncertain or approximate. Each is counted once, here; in the entries that it may belong to it is
    /// `possible`.
    Spanning,
    /// Gifts without one: without a date, a claim, an animal, a family.
    Missing,
    /// The rest behind `first`, summed up.
    Others,
}

impl GroupKind {
    /// The word in the schema.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Value => "VALUE",
            Self::Run => "RUN",
            Self::Spanning => "SPANNING",
            Self::Missing => "MISSING",
            Self::Others => "OTHERS",
        }
    }
}

/// What animals are put together by.
#[derive(Enum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AnimalGrouping {
    /// Each kind for itself.
    #[default]
    Animal,
    /// By family.
    Family,
    /// By order.
    Order,
    /// By class.
    Class,
}

impl From<AnimalGrouping> for Rank {
    fn from(by: AnimalGrouping) -> Self {
        match by {
            AnimalGrouping::Animal => Self::Animal,
            AnimalGrouping::Family => Self::Family,
            AnimalGrouping::Order => Self::Order,
            AnimalGrouping::Class => Self::Class,
        }
    }
}

/// What groups can be ordered by.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupOrderField {
    /// By label; years and decades by time.
    Label,
    /// By the number of gifts.
    Gifts,
    /// By the least that the number of animals can be.
    Animals,
}

/// The order of groups. Ties are decided by label. What stands for several or for none comes last in any order.
#[derive(InputObject, Clone, Copy, Debug)]
pub struct GroupOrder {
    /// What to order by.
    pub field: GroupOrderField,
    /// Which way.
    #[graphql(default)]
    pub direction: OrderDirection,
}

/// The default order.
pub const MOST_GIFTS: GroupOrder = GroupOrder {
    field: GroupOrderField::Gifts,
    direction: OrderDirection::Desc,
};

/// How a list of groups is ordered and cut.
#[derive(Clone, Copy, Debug)]
pub struct Listing {
    /// The maximum number of groups; the rest is summed up.
    pub first: usize,
    pub order: GroupOrder,
}

/// An entry of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupEntry<K> {
    pub kind: GroupKind,
    /// `None` unless the entry stands for a value.
    pub key: Option<K>,
    pub tally: Tally,
    /// How many groups it sums up; 0 unless it stands for the rest.
    pub others: usize,
}

impl<K> GroupEntry<K> {
    /// An entry without a key.
    pub const fn apart(kind: GroupKind, tally: Tally) -> Self {
        Self {
            kind,
            key: None,
            tally,
            others: 0,
        }
    }
}

impl Listing {
    /// The groups as a list. `label`: what orders keys by their labels, computed once for each. `apart`: entries that come
    /// after all groups and before the rest.
    pub fn entries<K, L: Ord>(
        &self,
        groups: impl IntoIterator<Item = (K, Tally)>,
        label: impl Fn(&K) -> L,
        apart: impl IntoIterator<Item = GroupEntry<K>>,
    ) -> Vec<GroupEntry<K>> {
        let groups = groups.into_iter().map(|(key, tally)| (label(&key), key, tally));
        let mut groups: Vec<(L, K, Tally)> = groups.collect();
        let least = |tally: &Tally| tally.animals.total().min;
        groups.sort_by(|(one, _, of_one), (other, _, of_other)| {
            let by_label = || one.cmp(other);
            let ordering = match self.order.field {
                GroupOrderField::Label => by_label(),
                GroupOrderField::Gifts => of_one.gifts.cmp(&of_other.gifts),
                GroupOrderField::Animals => least(of_one).cmp(&least(of_other)),
            };
            match self.order.direction {
                OrderDirection::Asc => ordering,
                OrderDirection::Desc => ordering.reverse(),
            }
            .then_with(by_label)
        });
        let rest = groups.split_off(self.first.min(groups.len()));
        let mut entries: Vec<GroupEntry<K>> = groups
            .into_iter()
            .map(|(_, key, tally)| GroupEntry {
                key: Some(key),
                ..GroupEntry::apart(GroupKind::Value, tally)
            })
            .collect();
        entries.extend(apart);
        if !rest.is_empty() {
            let mut tally = Tally::default();
            rest.iter().for_each(|(_, _, other)| tally.merge(other));
            entries.push(GroupEntry {
                others: rest.len(),
                ..GroupEntry::apart(GroupKind::Others, tally)
            });
        }
        entries
    }
}
