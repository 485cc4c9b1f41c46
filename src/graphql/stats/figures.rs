//! The groups that were read, and the lists made from them. Does no I/O.

use std::collections::{BTreeMap, HashMap};

use serde::de::DeserializeOwned;
use serde::de::value::{Error, StrDeserializer};

use super::groups::{AnimalGrouping, GroupEntry, GroupKind, Listing, MOST_GIFTS};
use super::times::{Buckets, Step};
use super::types::{
    EntryFields, GiftsByAnimal, GiftsByCertainty, GiftsByMode, GiftsByNation, GiftsByStatus, GiftsByTime,
};
use crate::api::error::{ApiError, Result};
use crate::domain::date::Day;
use crate::domain::text::sort_key;
use crate::domain::vocabulary::{GiftMode, GiftStatus};
use crate::store::aggregate::{Groups, Span, Tally, Words};
use crate::store::bson_types::Timestamp;

/// The groups that were read, where they are selected, and the names of their documents by id.
#[derive(Debug, Default)]
pub struct Figures {
    pub(super) totals: Option<Tally>,
    pub(super) words: Option<Groups<Words>>,
    pub(super) givers: Option<Groups<String>>,
    pub(super) recipients: Option<Groups<String>>,
    pub(super) spans: Option<Groups<Span>>,
    pub(super) certainties: Option<Groups<Vec<String>>>,
    pub(super) animals: Vec<(AnimalGrouping, Groups<Option<String>>)>,
    pub(super) names: HashMap<String, String>,
}

/// One end of the gifts.
#[derive(Clone, Copy, Debug)]
pub enum End {
    Giver,
    Recipient,
}

/// Fails if the plan did not read these groups.
pub(super) fn read<T>(groups: Option<&T>) -> Result<&T> {
    groups.ok_or(ApiError::Internal)
}

impl Figures {
    /// The sums over all gifts.
    pub fn totals(&self) -> Result<&Tally> {
        read(self.totals.as_ref())
    }

    /// The groups by the nation at one end of the gifts.
    pub(super) fn of_nations(&self, end: End) -> Result<&Groups<String>> {
        read(match end {
            End::Giver => self.givers.as_ref(),
            End::Recipient => self.recipients.as_ref(),
        })
    }

    /// The ids of all nations at one end of the gifts.
    pub fn nations(&self, end: End) -> Vec<String> {
        let groups = self.of_nations(end).into_iter();
        groups.flat_map(BTreeMap::keys).cloned().collect()
    }

    /// The ids of all animals in the gifts.
    pub fn animal_ids(&self) -> Vec<String> {
        let groups = self.of_animals(AnimalGrouping::Animal).into_iter();
        groups.flat_map(BTreeMap::keys).flatten().cloned().collect()
    }

    pub(super) fn of_animals(&self, by: AnimalGrouping) -> Result<&Groups<Option<String>>> {
        let found = self.animals.iter().find(|(other, _)| *other == by);
        read(found.map(|(_, groups)| groups))
    }

    pub(super) fn name<'s>(&'s self, key: &'s String) -> &'s str {
        self.names.get(key).unwrap_or(key)
    }

    fn by_name(&self, key: &String) -> (String, String) {
        (sort_key(self.name(key)), key.clone())
    }

    /// The list of nations at one end of the gifts.
    pub fn by_nation(&self, end: End, listing: &Listing) -> Result<Vec<GiftsByNation>> {
        let groups = self.of_nations(end)?.iter();
        let nations = groups.map(|(key, group)| (key.clone(), group.tally.clone()));
        let entries = listing.entries(nations, |key| self.by_name(key), []);
        let shown = |entry: GroupEntry<String>| GiftsByNation {
            told: EntryFields::of(&entry, |key| key.map_or("", |key| self.name(key)).to_owned()),
            nation: entry.key.into(),
        };
        Ok(entries.into_iter().map(shown).collect())
    }

    /// The list of animals, families, orders or classes.
    pub fn by_animal(&self, by: AnimalGrouping, listing: &Listing) -> Result<Vec<GiftsByAnimal>> {
        let groups = self.of_animals(by)?;
        let named = groups
            .iter()
            .filter_map(|(key, group)| Some((key.clone()?, group.tally.clone())));
        let missing = groups.get(&None);
        let missing = missing.map(|group| GroupEntry::apart(GroupKind::Missing, group.tally.clone()));
        let without = match by {
            AnimalGrouping::Animal => "no animal",
            AnimalGrouping::Family => "no family",
            AnimalGrouping::Order => "no order",
            AnimalGrouping::Class => "no class",
        };
        let entries = listing.entries(named, |key| self.by_name(key), missing);
        let shown = |entry: GroupEntry<String>| GiftsByAnimal {
            told: EntryFields::of(&entry, |key| key.map_or(without, |key| self.name(key)).to_owned()),
            animal: entry.key.filter(|_| by == AnimalGrouping::Animal).into(),
        };
        Ok(entries.into_iter().map(shown).collect())
    }

    /// The list of years or decades.
    pub fn by_time(&self, step: Step, listing: &Listing) -> Result<Vec<GiftsByTime>> {
        let found = Buckets::of(read(self.spans.as_ref())?, step, Timestamp::now().day());
        let certain = found.found.iter().map(|(start, bucket)| (*start, bucket.tally.clone()));
        let shown = |mut entry: GroupEntry<i64>| {
            if entry.key.is_some_and(|start| found.is_run(start)) {
                entry.kind = GroupKind::Run;
            }
            let label = |start: Option<&i64>| match start {
                Some(start) => found.label(*start),
                None if entry.kind == GroupKind::Spanning => step.of_none().to_owned(),
                None => "no date".to_owned(),
            };
            let possible = entry.key.and_then(|start| found.found.get(&start));
            let years = entry.key.map(|start| found.years(start));
            GiftsByTime {
                year: years.and_then(|(first, _)| i32::try_from(first).ok()),
                start: years.and_then(|(first, _)| Day::from_civil(first, 1, 1)),
                end: years.and_then(|(_, last)| Day::from_civil(last, 12, 31)),
                possible: possible.map_or(0, |bucket| bucket.possible),
                told: EntryFields::of(&entry, label),
            }
        };
        let entries = listing.entries(certain, |start| *start, found.apart());
        Ok(entries.into_iter().map(shown).collect())
    }

    /// The list of statuses; gifts without one count as unknown.
    pub fn by_status(&self) -> Result<Vec<GiftsByStatus>> {
        let words = read(self.words.as_ref())?.iter();
        let keyed = words.map(|(words, group)| {
            let status = words.status.as_deref().unwrap_or(GiftStatus::Unknown.as_str());
            (status.to_owned(), &group.tally)
        });
        let shown = |key: Option<&String>, told| GiftsByStatus {
            status: key.and_then(|key| word(key)),
            told,
        };
        Ok(of_words(merged(keyed), None, shown))
    }

    /// The list of modes; gifts without one count as unspecified.
    pub fn by_mode(&self) -> Result<Vec<GiftsByMode>> {
        let words = read(self.words.as_ref())?.iter();
        let keyed = words.map(|(words, group)| {
            let mode = words.mode.as_deref().unwrap_or(GiftMode::Unspecified.as_str());
            (mode.to_owned(), &group.tally)
        });
        let shown = |key: Option<&String>, told| GiftsByMode {
            mode: key.and_then(|key| word(key)),
            told,
        };
        Ok(of_words(merged(keyed), None, shown))
    }

    /// The list of certainties, with the gifts without claims apart.
    pub fn by_certainty(&self) -> Result<Vec<GiftsByCertainty>> {
        let groups = read(self.certainties.as_ref())?.iter();
        let keyed = groups.flat_map(|(words, group)| words.iter().map(|word| (word.clone(), &group.tally)));
        let without = read(self.certainties.as_ref())?.get(&Vec::new());
        let missing = without.map(|group| GroupEntry::apart(GroupKind::Missing, group.tally.clone()));
        let shown = |key: Option<&String>, told| GiftsByCertainty {
            certainty: key.and_then(|key| word(key)),
            told,
        };
        Ok(of_words(merged(keyed), missing, shown))
    }
}

fn merged<'a, K: Ord>(tallies: impl Iterator<Item = (K, &'a Tally)>) -> BTreeMap<K, Tally> {
    let mut merged = BTreeMap::new();
    for (key, tally) in tallies {
        let sum: &mut Tally = merged.entry(key).or_default();
        sum.merge(tally);
    }
    merged
}

/// The list of all words of a vocabulary that occur, most gifts first.
fn of_words<T>(
    tallies: BTreeMap<String, Tally>,
    missing: Option<GroupEntry<String>>,
    shown: impl Fn(Option<&String>, EntryFields) -> T,
) -> Vec<T> {
    let listing = Listing {
        first: usize::MAX,
        order: MOST_GIFTS,
    };
    let entries = listing.entries(tallies, String::clone, missing);
    let entries = entries.into_iter();
    let label = |key: Option<&String>| key.map_or_else(|| "no claim".to_owned(), |key| in_words(key));
    entries
        .map(|entry| shown(entry.key.as_ref(), EntryFields::of(&entry, label)))
        .collect()
}

/// `RETURN_GIFT` as people write it: `return gift`.
fn in_words(word: &str) -> String {
    word.to_lowercase().replace('_', " ")
}

fn word<T: DeserializeOwned>(word: &str) -> Option<T> {
    T::deserialize(StrDeserializer::<Error>::new(word)).ok()
}
