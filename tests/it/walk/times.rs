//! Years and decades of the naive model: every bucket is looked at, one after the other, from the first that a date names
//! to the last.

use std::collections::BTreeMap;

use menagerie::domain::date::Day;
use serde_json::{Value as Json, json};

use super::model::{today, when};
use super::sums::{Cut, Sum, list, whole};

/// A bucket, or a run of them.
#[derive(Clone)]
struct Entry {
    first: i64,
    last: i64,
    label: String,
    certain: Sum,
    possible: usize,
    buckets: usize,
}

/// Gifts by years, or by decades where `size` is 10. `none`: what those of no bucket for certain are called.
pub fn times(gifts: &[&Json], size: i64, none: &str, cut: Cut) -> Json {
    let (mut spanning, mut undated) = (Sum::NOTHING, Sum::NOTHING);
    for gift in gifts {
        match when(gift, "date") {
            None => undated.plus(&whole(gift)),
            Some(_) if certainly(gift, size).is_none() => spanning.plus(&whole(gift)),
            Some(_) => {}
        }
    }
    let entries = runs(&listed(gifts, size));
    let found = |key: &str| entries.iter().find(|entry| entry.first.to_string() == key);
    let keyed = |key: Option<&str>| {
        let day = |year, month, day| Day::from_civil(year, month, day).map(|day| day.to_string());
        match key.and_then(found) {
            Some(entry) => json!({
                "year": entry.first, "possible": entry.possible,
                "start": day(entry.first, 1, 1), "end": day(entry.last, 12, 31),
            }),
            None => json!({ "year": null, "possible": 0, "start": null, "end": null }),
        }
    };
    let number = |(_, year): &(String, String)| year.parse::<i64>().expect("a year");
    let sums = entries.iter();
    let sums = sums.map(|entry| ((entry.label.clone(), entry.first.to_string()), entry.certain.clone()));
    let apart = vec![("SPANNING", none, spanning), ("MISSING", "no date", undated)];
    let by_year = |one: &_, other: &_| number(one).cmp(&number(other));
    let mut shown = list(sums.collect(), apart, cut, ("LABEL", "ASC"), by_year, keyed);
    for entry in shown.as_array_mut().into_iter().flatten() {
        let year = entry["year"].as_i64().map(|year| year.to_string());
        if year
            .and_then(|year| found(&year))
            .is_some_and(|found| found.buckets > 1)
        {
            entry["kind"] = json!("RUN");
        }
    }
    shown
}

/// The first year of a decade as EDTF has it: `-004X` is -49 to -40, `-000X` -9 to -1.
fn first_of(year: i64, size: i64) -> i64 {
    match (size, year) {
        (1, year) => year,
        (_, ..0) => year + (-year) % 10 - 9,
        _ => year - year % 10,
    }
}

fn last_of(first: i64, size: i64) -> i64 {
    if first == -9 && size == 10 {
        -1
    } else {
        first + size - 1
    }
}

fn label(first: i64, size: i64) -> String {
    match (size, first) {
        (1, year) => year.to_string(),
        (_, ..0) => format!("-{:03}X", -first / 10),
        _ => format!("{first}s"),
    }
}

/// The bucket that a gift lies in for certain, by its first year.
fn certainly(gift: &Json, size: i64) -> Option<i64> {
    let date = when(gift, "date").filter(|date| !date.qualified)?;
    let bucket = |day: Day| first_of(day.civil().0, size);
    let from = date.earliest.map(bucket);
    from.filter(|_| from == date.latest.map(bucket))
}

/// The first and the last bucket that a gift may lie in; `None` where there is no such end.
fn perhaps(gift: &Json, size: i64) -> Option<(Option<i64>, Option<i64>)> {
    let date = when(gift, "date").filter(|_| certainly(gift, size).is_none())?;
    let bucket = |day: Day| first_of(day.civil().0, size);
    let (from, mut to) = (date.earliest.map(bucket), date.latest.map(bucket));
    if date.end_unknown && to.is_none() {
        let today = bucket(today());
        to = Some(from.map_or(today, |from| from.max(today)));
    }
    Some((from, to))
}

/// Every bucket with gifts that lie in it or may.
fn listed(gifts: &[&Json], size: i64) -> Vec<Entry> {
    let mut certain: BTreeMap<i64, Sum> = BTreeMap::new();
    for gift in gifts {
        if let Some(bucket) = certainly(gift, size) {
            certain.entry(bucket).or_insert(Sum::NOTHING).plus(&whole(gift));
        }
    }
    let possible: Vec<_> = gifts.iter().filter_map(|gift| perhaps(gift, size)).collect();
    let ends = possible.iter().flat_map(|(from, to)| [*from, *to]).flatten();
    let named: Vec<i64> = certain.keys().copied().chain(ends).collect();
    let (Some(mut year), Some(last)) = (named.iter().min().copied(), named.iter().max().copied()) else {
        return vec![];
    };
    let mut listed = Vec::new();
    while year <= last.max(first_of(today().civil().0, size)) {
        let reaches = |(from, to): &&(Option<i64>, Option<i64>)| {
            from.is_none_or(|from| from <= year) && to.is_none_or(|to| year <= to)
        };
        let entry = Entry {
            first: year,
            last: last_of(year, size),
            label: label(year, size),
            certain: certain.get(&year).cloned().unwrap_or(Sum::NOTHING),
            possible: possible.iter().filter(reaches).count(),
            buckets: 1,
        };
        year = entry.last + 1;
        listed.extend((entry.possible > 0 || entry.certain.gifts > 0).then_some(entry));
    }
    listed
}

/// More than 20 in a row that are alike are one.
fn runs(listed: &[Entry]) -> Vec<Entry> {
    let alike = |one: &Entry, next: &Entry| {
        one.last + 1 == next.first && one.possible == next.possible && one.certain.gifts + next.certain.gifts == 0
    };
    let mut entries = Vec::new();
    for row in listed.chunk_by(alike) {
        let (head, tail) = (&row[0], &row[row.len() - 1]);
        if row.len() <= 20 {
            entries.extend_from_slice(row);
            continue;
        }
        entries.push(Entry {
            last: tail.last,
            label: format!("{} to {}", head.label, tail.label),
            buckets: row.len(),
            ..head.clone()
        });
    }
    entries
}
