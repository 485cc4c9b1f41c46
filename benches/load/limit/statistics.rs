//! The limit's answer to the query for statistics: three groupings, and the names of the nations.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use futures_util::future::try_join3;
use mongodb::bson::{Bson, doc};
use serde::{Deserialize, Serialize};

use super::answers::{answer as encoded, of};
use super::read::{Failure, Reader};
use super::shapes::Nation;

#[derive(Deserialize)]
struct Group<K> {
    #[serde(rename = "_id")]
    key: K,
    gifts: i64,
}

#[derive(Deserialize)]
struct Span {
    dated: bool,
    #[serde(default)]
    from: Option<i32>,
    #[serde(default)]
    to: Option<i32>,
}

#[derive(Serialize)]
struct Entry<R> {
    kind: &'static str,
    label: String,
    gifts: i64,
    #[serde(flatten)]
    rest: R,
}

impl<R> Entry<R> {
    fn value(label: String, gifts: i64, rest: R) -> Self {
        Self {
            kind: "VALUE",
            label,
            gifts,
            rest,
        }
    }
}

#[derive(Serialize)]
struct OfNation<'a> {
    others: usize,
    nation: Option<Id<'a>>,
}

#[derive(Serialize)]
struct Id<'a> {
    id: &'a str,
}

#[derive(Serialize)]
struct OfTime {
    year: Option<i32>,
}

#[derive(Serialize)]
struct OfStatus<'a> {
    status: &'a str,
}

/// Gifts by giver, by decade and by status.
pub async fn answer(reader: &Reader) -> Result<Vec<u8>, Failure> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Statistics<'a> {
        gifts: i64,
        by_giver: Vec<Entry<OfNation<'a>>>,
        by_decade: Vec<Entry<OfTime>>,
        by_status: Vec<Entry<OfStatus<'a>>>,
    }
    let year = |path: &str| doc! { "$cond": [{ "$gt": [path, Bson::Null] }, { "$year": path }, Bson::Null] };
    let span = doc! {
        "dated": { "$gt": ["$date.edtf", Bson::Null] }, "from": year("$date.earliest"), "to": year("$date.latest"),
    };
    let (givers, spans, statuses) =
        try_join3(reader.groups("$giver"), reader.groups(span), reader.groups("$status")).await?;
    let givers = givers.read::<Group<&str>>()?;
    let ids = givers.iter().map(|group| group.key).collect();
    let nations = reader.by_ids(&reader.nations, ids, &["name"]).await?;
    let statuses = statuses.read::<Group<&str>>()?;
    encoded(
        "giftStats",
        Statistics {
            gifts: statuses.iter().map(|group| group.gifts).sum(),
            by_giver: by_giver(givers, &nations.by_id()?)?,
            by_decade: by_decade(&spans.read()?),
            by_status: by_status(statuses),
        },
    )
}

fn by_giver<'a>(
    mut groups: Vec<Group<&'a str>>,
    nations: &HashMap<&str, Nation<'a>>,
) -> Result<Vec<Entry<OfNation<'a>>>, Failure> {
    let named = |group: &Group<&'a str>| nations.get(group.key).map_or(group.key, |nation| nation.name);
    groups.sort_by_key(|group| (Reverse(group.gifts), named(group), group.key));
    let rest = groups.split_off(groups.len().min(10));
    let mut entries = Vec::new();
    for group in groups {
        let shown = OfNation {
            others: 0,
            nation: Some(Id { id: group.key }),
        };
        entries.push(Entry::value(
            of(nations, group.key)?.name.to_owned(),
            group.gifts,
            shown,
        ));
    }
    if !rest.is_empty() {
        let label = match rest.len() {
            1 => "1 other".to_owned(),
            others => format!("{others} others"),
        };
        let shown = OfNation {
            others: rest.len(),
            nation: None,
        };
        entries.push(Entry {
            kind: "OTHERS",
            ..Entry::value(label, rest.iter().map(|group| group.gifts).sum(), shown)
        });
    }
    Ok(entries)
}

/// There are never more decades than are asked for.
fn by_decade(groups: &[Group<Span>]) -> Vec<Entry<OfTime>> {
    let decade = |year: i32| year.div_euclid(10) * 10;
    let mut decades: BTreeMap<i32, i64> = BTreeMap::new();
    let (mut spanning, mut missing) = (0, 0);
    for Group { key, gifts } in groups {
        let (from, to) = (key.from.map(decade), key.to.map(decade));
        match (from, to) {
            _ if !key.dated => missing += gifts,
            (Some(from), Some(to)) if from == to => *decades.entry(from).or_default() += gifts,
            _ => {
                spanning += gifts;
                for end in [from, to].into_iter().flatten() {
                    decades.entry(end).or_default();
                }
            }
        }
    }
    let shown = |(year, gifts)| Entry::value(format!("{year}s"), gifts, OfTime { year: Some(year) });
    let mut entries: Vec<_> = decades.into_iter().map(shown).collect();
    for (kind, label, gifts) in [
        ("SPANNING", "no certain decade", spanning),
        ("MISSING", "no date", missing),
    ] {
        if gifts > 0 {
            entries.push(Entry {
                kind,
                ..Entry::value(label.to_owned(), gifts, OfTime { year: None })
            });
        }
    }
    entries
}

fn by_status(mut groups: Vec<Group<&str>>) -> Vec<Entry<OfStatus<'_>>> {
    groups.sort_by_key(|group| (Reverse(group.gifts), group.key));
    let shown = |group: Group<_>| {
        let label = str::to_lowercase(group.key).replace('_', " ");
        Entry::value(label, group.gifts, OfStatus { status: group.key })
    };
    groups.into_iter().map(shown).collect()
}
