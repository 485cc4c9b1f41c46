//! The GraphQL types of the entries of the lists, and of the flows.

use std::fmt::Debug;

use async_graphql::SimpleObject;

use super::groups::{GroupEntry, GroupKind};
use crate::domain::date::Day;
use crate::domain::vocabulary::{Certainty, GiftMode, GiftStatus};
use crate::graphql::collections::animal::Animal;
use crate::graphql::collections::nation::Nation;
use crate::graphql::cost::{DOCUMENT, cost};
use crate::graphql::eager;
use crate::graphql::loader::reference::{MaybeRef, Ref};
use crate::graphql::row_id::{RowId, RowScope};
use crate::graphql::values::Count;

/// The part that all entries share; flattened into them.
#[derive(SimpleObject, Debug)]
#[graphql(serial)]
pub struct EntryFields {
    /// The id of the entry: of its list, of what it stands for and of the filter. Of the rest behind `first` also of how the
    /// list is cut and ordered.
    id: RowId,
    /// What tells it from the other entries of its list.
    #[graphql(skip)]
    path: String,
    /// What this entry stands for.
    pub(super) kind: GroupKind,
    /// For people to read: a name, "1972", "1970s", "no certain year", "no date", "12 others".
    pub(super) label: String,
    /// How many gifts.
    pub(super) gifts: u64,
    /// How many animals changed hands; see `GiftStats.animals`.
    pub(super) animals: eager::Object<Count>,
    /// Of how many of these gifts that changed hands no number of animals is known.
    pub(super) unknown_counts: u32,
    /// How many groups this entry sums up, where it stands for the rest; else 0.
    others: u64,
}

impl EntryFields {
    /// `label` maps the key of a value to its label; `None` stands for gifts that span several keys or have none.
    pub fn of<K: Debug>(entry: &GroupEntry<K>, label: impl FnOnce(Option<&K>) -> String) -> Self {
        let label = match (entry.kind, entry.others) {
            (GroupKind::Others, 1) => "1 other".to_owned(),
            (GroupKind::Others, others) => format!("{others} others"),
            _ => label(entry.key.as_ref()),
        };
        Self {
            id: RowId::default(),
            path: match &entry.key {
                Some(key) => format!("{key:?}"),
                None => format!("{:?}", entry.kind),
            },
            kind: entry.kind,
            label,
            gifts: entry.tally.gifts,
            animals: Count(entry.tally.animals.total()).into(),
            unknown_counts: entry.tally.animals.unknown_counts,
            others: entry.others as u64,
        }
    }

    /// Gives the entry its id. `list`: whose it is; `cut`: how that is ordered and cut.
    pub fn identify(&mut self, scope: &RowScope, list: &str, cut: &str) {
        let cut = if self.kind == GroupKind::Others { cut } else { "" };
        self.id = scope.row(&[list, &self.path, cut]);
    }
}

/// An entry of a list.
pub trait ListEntry {
    fn told(&mut self) -> &mut EntryFields;
}

macro_rules! entries {
    ($($entry:ident),+) => { $(
        impl ListEntry for $entry {
            fn told(&mut self) -> &mut EntryFields {
                &mut self.told
            }
        }
    )+ };
}
entries!(
    GiftsByNation,
    GiftsByAnimal,
    GiftsByTime,
    GiftsByStatus,
    GiftsByMode,
    GiftsByCertainty
);

/// The gifts of one nation.
#[derive(SimpleObject, Debug)]
#[graphql(serial)]
pub struct GiftsByNation {
    #[graphql(flatten)]
    pub(super) told: EntryFields,
    /// The nation; null in an entry for the rest.
    #[graphql(directive = cost::apply(DOCUMENT, None))]
    pub(super) nation: MaybeRef<Nation>,
}

/// The gifts with one kind of animal, or one family, order or class. Where a gift has several of the kinds that an
/// entry for the rest sums up, it counts there once for each.
#[derive(SimpleObject, Debug)]
#[graphql(serial)]
pub struct GiftsByAnimal {
    #[graphql(flatten)]
    pub(super) told: EntryFields,
    /// The kind of animal; null in an entry for a family, an order, a class, none or the rest.
    #[graphql(directive = cost::apply(DOCUMENT, None))]
    pub(super) animal: MaybeRef<Animal>,
}

/// The gifts of one year or decade, or of a run of them.
#[derive(SimpleObject, Debug)]
#[graphql(serial)]
pub struct GiftsByTime {
    /// The year, of a decade or a run the first one; null where the entry is none. Year 0 is 1 BC.
    pub(super) year: Option<i32>,
    /// The first day of the year, decade or run.
    pub(super) start: Option<Day>,
    /// The last day of the year, decade or run.
    pub(super) end: Option<Day>,
    /// How many gifts more may lie in it: their dates span others too, have an open or unknown end, or are uncertain or
    /// approximate. Not to be added up over entries: such a gift is possible in each that it may lie in.
    pub(super) possible: u64,
    #[graphql(flatten)]
    pub(super) told: EntryFields,
}

/// The gifts of one status.
#[derive(SimpleObject, Debug)]
#[graphql(serial)]
pub struct GiftsByStatus {
    /// What has become of them.
    pub(super) status: Option<GiftStatus>,
    #[graphql(flatten)]
    pub(super) told: EntryFields,
}

/// The gifts of one mode.
#[derive(SimpleObject, Debug)]
#[graphql(serial)]
pub struct GiftsByMode {
    /// In what way the animals changed hands.
    pub(super) mode: Option<GiftMode>,
    #[graphql(flatten)]
    pub(super) told: EntryFields,
}

/// The gifts that a claim of one certainty is about.
#[derive(SimpleObject, Debug)]
#[graphql(serial)]
pub struct GiftsByCertainty {
    /// How the source puts the claim forward; null for gifts that no claim is about.
    pub(super) certainty: Option<Certainty>,
    #[graphql(flatten)]
    pub(super) told: EntryFields,
}

/// What went from one nation to another.
#[derive(SimpleObject)]
#[graphql(serial)]
pub struct GiftFlow {
    /// The id of the flow among the gifts that pass the filter: of the two nations and the filter.
    pub(super) id: RowId,
    /// How many gifts.
    pub(super) gifts: u64,
    /// How many animals changed hands; see `GiftStats.animals`.
    pub(super) animals: eager::Object<Count>,
    /// Of how many of these gifts that changed hands no number of animals is known.
    pub(super) unknown_counts: u32,
    /// The first day that the date of any of these gifts can mean; null where that of one of them is not known.
    pub(super) first_date: Option<Day>,
    /// The last day that the date of any of these gifts can mean; null where that of one of them is not known.
    pub(super) last_date: Option<Day>,
    /// The nation that gave.
    #[graphql(directive = cost::apply(DOCUMENT, None))]
    pub(super) giver: Ref<Nation>,
    /// The nation that received.
    #[graphql(directive = cost::apply(DOCUMENT, None))]
    pub(super) recipient: Ref<Nation>,
}
