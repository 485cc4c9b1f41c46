//! Flows and statistics as rows of tables: every group, none cut off.

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::EARLIEST;
use super::figures::{End, Figures};
use super::groups::{AnimalGrouping, GroupKind, GroupOrder, Listing, MOST_GIFTS};
use super::times::Step;
use super::types::{EntryFields, GiftsByAnimal, GiftsByNation, GiftsByTime};
use crate::api::error::Result;
use crate::domain::id::Kind;
use crate::graphql::cost::SUMS;
use crate::store::Store;
use crate::store::aggregate::{Group, Pair, Wanted};
use crate::store::filter::Filter;

/// Each list of the statistics costs what it costs in `giftStats`, in points.
const LIST: u64 = SUMS as u64;
/// What the flows cost.
pub const COST_OF_FLOWS: u64 = LIST;
/// What the statistics cost.
pub const COST_OF_STATISTICS: u64 = 11 * LIST;

/// How much went from which nation to which: a row for each pair, most gifts first.
///
/// # Errors
/// If the database fails.
pub async fn flows(store: &Store, filter: &Filter) -> Result<Vec<Json>> {
    let wanted = Wanted {
        flows: Some(true),
        ..Wanted::default()
    };
    let pairs = store.statistics(filter, &wanted).await?.flows.unwrap_or_default();
    let mut pairs: Vec<_> = pairs.into_iter().collect();
    pairs.sort_by_key(|(_, group)| std::cmp::Reverse(group.tally.gifts));
    let row = |(pair, group): (Pair, Group)| {
        json!({
            "giver": pair.giver,
            "recipient": pair.recipient,
            "gifts": group.tally.gifts,
            "animals": group.tally.animals.total(),
            "unknownCounts": group.tally.animals.unknown_counts,
            "firstDate": group.first.map(|day| day.to_string()),
            "lastDate": group.last.map(|day| day.to_string()),
        })
    };
    Ok(pairs.into_iter().map(row).collect())
}

/// The lists of `giftStats` one behind the other: a row for each of their entries. All are of the same moment.
///
/// # Errors
/// If the database fails.
pub async fn statistics(store: &Store, filter: &Filter) -> Result<Vec<Json>> {
    const RANKS: [(AnimalGrouping, &str); 4] = [
        (AnimalGrouping::Animal, "animal"),
        (AnimalGrouping::Family, "family"),
        (AnimalGrouping::Order, "order"),
        (AnimalGrouping::Class, "class"),
    ];
    let figures = read(store, filter, &RANKS.map(|(rank, _)| rank)).await?;
    let mut rows = Rows::default();
    let all = |order: GroupOrder| Listing {
        first: usize::MAX,
        order,
    };
    let of_nation = |entry: GiftsByNation| (entry.nation.into_ids(), entry.told);
    let givers = figures.by_nation(End::Giver, &all(MOST_GIFTS))?;
    rows.extend("giver", givers, of_nation);
    let recipients = figures.by_nation(End::Recipient, &all(MOST_GIFTS))?;
    rows.extend("recipient", recipients, of_nation);
    for (rank, by) in RANKS {
        let of_animal = |entry: GiftsByAnimal| match rank {
            AnimalGrouping::Animal => (entry.animal.into_ids(), entry.told),
            _ => (entry.told.value(), entry.told),
        };
        rows.extend(by, figures.by_animal(rank, &all(MOST_GIFTS))?, of_animal);
    }
    for (step, by) in [(Step::Year, "year"), (Step::Decade, "decade")] {
        for entry in figures.by_time(step, &all(EARLIEST))? {
            rows.push_time(by, &entry);
        }
    }
    rows.extend("status", figures.by_status()?, |entry| (entry.status, entry.told));
    rows.extend("mode", figures.by_mode()?, |entry| (entry.mode, entry.told));
    let certainties = figures.by_certainty()?;
    rows.extend("certainty", certainties, |entry| (entry.certainty, entry.told));
    Ok(rows.0)
}

/// Reads all groups at once, and then their names.
async fn read(store: &Store, filter: &Filter, ranks: &[AnimalGrouping]) -> Result<Figures> {
    let wanted = Wanted {
        words: Some(true),
        givers: Some(true),
        recipients: Some(true),
        spans: Some(true),
        certainties: Some(true),
        by_animal: ranks.iter().map(|rank| ((*rank).into(), true)).collect(),
        ..Wanted::default()
    };
    let found = store.statistics(filter, &wanted).await?;
    let mut figures = Figures {
        words: found.words,
        givers: found.givers,
        recipients: found.recipients,
        spans: found.spans,
        certainties: found.certainties,
        animals: ranks.iter().copied().zip(found.by_animal).collect(),
        ..Figures::default()
    };
    let mut nations = figures.nations(End::Giver);
    nations.extend(figures.nations(End::Recipient));
    for (kind, ids) in [(Kind::Nation, nations), (Kind::Animal, figures.animal_ids())] {
        figures.names.extend(store.names(kind, ids).await?);
    }
    Ok(figures)
}

#[derive(Default)]
struct Rows(Vec<Json>);

impl Rows {
    /// Adds the entries of one list. `split`: what an entry stands for, and what all entries tell.
    fn extend<T, K: Serialize>(&mut self, by: &str, entries: Vec<T>, split: impl Fn(T) -> (K, EntryFields)) {
        for entry in entries {
            let (key, told) = split(entry);
            self.push(by, json!(key), &told);
        }
    }

    fn push_time(&mut self, by: &str, entry: &GiftsByTime) {
        self.push(by, json!(entry.year.map(|year| year.to_string())), &entry.told);
        if let Some(row) = self.0.last_mut() {
            row["start"] = json!(entry.start.map(|day| day.to_string()));
            row["end"] = json!(entry.end.map(|day| day.to_string()));
            row["possible"] = json!(entry.possible);
        }
    }

    fn push(&mut self, by: &str, key: Json, told: &EntryFields) {
        let mut row = told.row();
        row["by"] = by.into();
        row["key"] = key;
        self.0.push(row);
    }
}

impl EntryFields {
    /// What the entry stands for, where it is its own name.
    fn value(&self) -> Option<String> {
        (self.kind == GroupKind::Value).then(|| self.label.clone())
    }

    fn row(&self) -> Json {
        json!({
            "by": null,
            "key": null,
            "kind": self.kind.as_str(),
            "label": self.label,
            "start": null,
            "end": null,
            "gifts": self.gifts,
            "possible": null,
            "animals": self.animals.0,
            "unknownCounts": self.unknown_counts,
        })
    }
}
