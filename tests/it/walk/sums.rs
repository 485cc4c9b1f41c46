//! Statistics over random gifts are those of a naive model: every list with its order, its rest and what stands apart,
//! for any filter.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet};

use menagerie::domain::date::Day;
use menagerie::domain::id::Kind;
use menagerie::domain::text::sort_key;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestCaseResult;
use serde_json::{Value as Json, json};

use super::asks::about_gifts;
use super::bed::{Bed, hold};
use super::dates::{When, when};
use super::model::{gift_matches, texts_at};
use super::times::times;
use crate::support::text;

const QUERY: &str = "query($where: GiftFilter, $first: Int, $order: GroupOrder) {
    giftStats(where: $where) {
        gifts animals { min max approximate } unknownCounts
        byGiver(first: $first, orderBy: $order) { nation { id } ...N }
        byRecipient(first: $first, orderBy: $order) { nation { id } ...N }
        byAnimal(first: $first, orderBy: $order) { animal { id } ...A }
        byFamily: byAnimal(by: FAMILY, first: $first, orderBy: $order) { animal { id } ...A }
        byClass: byAnimal(by: CLASS, first: $first, orderBy: $order) { animal { id } ...A }
        byYear(first: $first, orderBy: $order) { ...T }
        byDecade(first: $first, orderBy: $order) { ...T }
        byStatus { status kind gifts animals { min max approximate } unknownCounts }
        byMode { mode kind gifts animals { min max approximate } unknownCounts }
        byCertainty { certainty kind gifts animals { min max approximate } unknownCounts }
    }
    giftFlows(where: $where, first: $first) {
        giver { id } recipient { id } gifts animals { min max approximate } unknownCounts firstDate lastDate
    }
}
fragment N on GiftsByNation { kind label gifts animals { min max approximate } unknownCounts others }
fragment A on GiftsByAnimal { kind label gifts animals { min max approximate } unknownCounts others }
fragment T on GiftsByTime { year start end possible kind label gifts animals { min max approximate } unknownCounts others }";

const NEVER_GIVEN: [&str; 4] = ["PLANNED", "SHELVED", "OFFERED", "DECLINED"];

/// The first and the order of the lists.
pub type Cut = (Option<usize>, Option<(&'static str, &'static str)>);

#[test]
fn statistics_over_random_gifts_are_those_of_a_naive_model() {
    let order = (select(vec!["LABEL", "GIFTS", "ANIMALS"]), select(vec!["ASC", "DESC"]));
    let question = (about_gifts(), weighted(0.7, 0_usize..6), weighted(0.7, order));
    hold(10, 12, question, async |bed, (ask, first, order)| {
        check(bed, &ask.filter, (first, order)).await
    });
}

async fn check(bed: &Bed, filter: &Json, cut: Cut) -> TestCaseResult {
    let order = cut
        .1
        .map(|(field, direction)| json!({ "field": field, "direction": direction }));
    let variables = json!({ "where": filter, "first": cut.0, "order": order });
    let found = bed.app.query_with(QUERY, variables).await;
    let gifts: Vec<&Json> = bed
        .present(Kind::Gift)
        .filter(|gift| gift_matches(&bed.world, filter, gift))
        .collect();
    let expected = statistics(bed, &gifts, cut);
    for (list, expected) in expected.as_object().into_iter().flatten() {
        prop_assert_eq!(&found["giftStats"][list], expected, "{}", list);
    }
    prop_assert_eq!(&found["giftFlows"], &flows(&gifts, cut.0), "giftFlows");
    Ok(())
}

/// How many gifts and animals.
#[derive(Clone, Debug)]
pub struct Sum {
    pub gifts: u64,
    min: i64,
    max: Option<i64>,
    unknown: u64,
    approximate: bool,
}

impl Sum {
    pub const NOTHING: Self = Self {
        gifts: 0,
        min: 0,
        max: Some(0),
        unknown: 0,
        approximate: false,
    };

    pub fn plus(&mut self, other: &Self) {
        self.gifts += other.gifts;
        self.min += other.min;
        self.max = self.max.zip(other.max).map(|(one, other)| one + other);
        self.unknown += other.unknown;
        self.approximate |= other.approximate;
    }

    fn shown(&self, mut entry: Json) -> Json {
        entry["gifts"] = json!(self.gifts);
        let least = self.min.min(i32::MAX.into());
        let most = self.max.filter(|max| *max <= i32::MAX.into());
        entry["animals"] = json!({ "min": least, "max": most, "approximate": self.approximate });
        entry["unknownCounts"] = json!(self.unknown);
        entry
    }
}

fn was_never_given(document: &Json) -> bool {
    NEVER_GIVEN.iter().any(|status| document["status"] == *status)
}

/// One gift: what a source gives in all, else these of its items.
fn one_gift(gift: &Json, total: &Json, items: &[&Json]) -> Sum {
    let mut sum = Sum {
        gifts: 1,
        ..Sum::NOTHING
    };
    if was_never_given(gift) {
        return sum;
    }
    let counts: Vec<&Json> = if total["min"].is_i64() || total["max"].is_i64() {
        vec![total]
    } else if items.is_empty() {
        vec![&Json::Null]
    } else {
        items
            .iter()
            .filter(|item| !was_never_given(item))
            .map(|item| &item["count"])
            .collect()
    };
    for count in &counts {
        sum.min += count["min"].as_i64().unwrap_or(0);
        sum.max = sum.max.zip(count["max"].as_i64()).map(|(one, other)| one + other);
        sum.approximate |= count["approximate"] == true;
    }
    let is_unknown = |count: &&Json| !count["min"].is_i64() && !count["max"].is_i64();
    sum.unknown = u64::from(!counts.is_empty() && counts.iter().all(is_unknown));
    sum
}

fn items(gift: &Json) -> Vec<&Json> {
    gift["items"].as_array().into_iter().flatten().collect()
}

/// All animals of a gift.
pub fn whole(gift: &Json) -> Sum {
    one_gift(gift, &gift["total"], &items(gift))
}

/// Groups by label and key.
pub type Sums = BTreeMap<(String, String), Sum>;

fn grouped<'a>(gifts: impl IntoIterator<Item = ((String, String), Sum)> + 'a) -> Sums {
    let mut sums = Sums::new();
    for (key, sum) in gifts {
        sums.entry(key).or_insert(Sum::NOTHING).plus(&sum);
    }
    sums
}

/// Labels by their words and then by themselves; keys where labels are the same.
fn by_label((one, one_key): &(String, String), (other, other_key): &(String, String)) -> Ordering {
    (sort_key(one), one_key).cmp(&(sort_key(other), other_key))
}

/// The entries of a list; `apart` are kinds and labels of what stands behind.
pub fn list(
    sums: Sums,
    apart: Vec<(&str, &str, Sum)>,
    (first, order): Cut,
    usual: (&str, &str),
    compare: impl Fn(&(String, String), &(String, String)) -> Ordering,
    keyed: impl Fn(Option<&str>) -> Json,
) -> Json {
    let (field, direction) = order.unwrap_or(usual);
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_by(|(one, of_one), (other, of_other)| {
        let ordering = match field {
            "LABEL" => compare(one, other),
            "GIFTS" => of_one.gifts.cmp(&of_other.gifts),
            _ => of_one.min.min(i32::MAX.into()).cmp(&of_other.min.min(i32::MAX.into())),
        };
        let ordering = if direction == "DESC" {
            ordering.reverse()
        } else {
            ordering
        };
        ordering.then(compare(one, other))
    });
    let shown = |key: Option<&str>, kind: &str, label: &str, others: usize, sum: &Sum| {
        let mut entry = keyed(key);
        entry["kind"] = json!(kind);
        entry["label"] = json!(label);
        entry["others"] = json!(others);
        sum.shown(entry)
    };
    let rest = sums.split_off(first.unwrap_or(20).min(sums.len()));
    let mut entries: Vec<Json> = Vec::new();
    for ((label, key), sum) in &sums {
        entries.push(shown(Some(key), "VALUE", label, 0, sum));
    }
    for (kind, label, sum) in apart.iter().filter(|(.., sum)| sum.gifts > 0) {
        entries.push(shown(None, kind, label, 0, sum));
    }
    if !rest.is_empty() {
        let mut sum = Sum::NOTHING;
        rest.iter().for_each(|(_, other)| sum.plus(other));
        let label = if rest.len() == 1 {
            "1 other".to_owned()
        } else {
            format!("{} others", rest.len())
        };
        entries.push(shown(None, "OTHERS", &label, rest.len(), &sum));
    }
    entries.into()
}

/// The order of a list that nobody orders.
const MOST: (&str, &str) = ("GIFTS", "DESC");

fn statistics(bed: &Bed, gifts: &[&Json], cut: Cut) -> Json {
    let mut all = Sum::NOTHING;
    gifts.iter().for_each(|gift| all.plus(&whole(gift)));
    let nations = |end: &str| by_nation(bed, gifts, end, cut);
    let animals = |label: &str, key: AnimalKey<'_>| by_animal(bed, gifts, (label, key), cut);
    let taxon =
        |rank: &'static str| move |animal: &Json| (text(&animal["taxonomy"][rank]), text(&animal["taxonomy"][rank]));
    let certainties = |gift: &Json| certainties(bed, gift);
    let mut unclaimed = Sum::NOTHING;
    for gift in gifts.iter().filter(|gift| certainties(gift).is_empty()) {
        unclaimed.plus(&whole(gift));
    }
    let mut found = json!({
        "byGiver": nations("giver"),
        "byRecipient": nations("recipient"),
        "byAnimal": animals("no animal", &|animal| (text(&animal["commonName"]), text(&animal["_id"]))),
        "byFamily": animals("no family", &taxon("family")),
        "byClass": animals("no class", &taxon("class")),
        "byYear": times(gifts, 1, "no certain year", cut),
        "byDecade": times(gifts, 10, "no certain decade", cut),
        "byStatus": by_word(gifts, "status", &|gift| vec![text(&gift["status"])], Sum::NOTHING),
        "byMode": by_word(gifts, "mode", &|gift| vec![text(&gift["mode"])], Sum::NOTHING),
        "byCertainty": by_word(gifts, "certainty", &certainties, unclaimed),
    });
    for (field, value) in all.shown(json!({})).as_object().into_iter().flatten() {
        found[field] = value.clone();
    }
    found
}

/// By the nation at this end of the gifts.
fn by_nation(bed: &Bed, gifts: &[&Json], end: &str, cut: Cut) -> Json {
    let of = |gift: &&Json| {
        let id = text(&gift[end]);
        ((text(&bed.document(&id)["name"]), id), whole(gift))
    };
    let keyed = |id: Option<&str>| json!({ "nation": id.map(|id| json!({ "id": id })) });
    list(grouped(gifts.iter().map(of)), vec![], cut, MOST, by_label, keyed)
}

/// Says what an animal is counted by: a label and a key.
type AnimalKey<'a> = &'a dyn Fn(&Json) -> (String, String);

/// By what `key` says of the animals, as a label and a key; gifts without animals stand apart under `label`.
fn by_animal(bed: &Bed, gifts: &[&Json], (label, key): (&str, AnimalKey<'_>), cut: Cut) -> Json {
    let mut missing = Sum::NOTHING;
    let mut sums = Vec::new();
    let key_of = |item: &Json| key(bed.document(&text(&item["animal"])));
    for gift in gifts {
        let keys: BTreeSet<_> = items(gift).into_iter().map(key_of).collect();
        for one in &keys {
            let of_key: Vec<&Json> = items(gift).into_iter().filter(|item| key_of(item) == *one).collect();
            sums.push((one.clone(), one_gift(gift, &Json::Null, &of_key)));
        }
        if keys.is_empty() {
            missing.plus(&one_gift(gift, &Json::Null, &[]));
        }
    }
    let keyed = |id: Option<&str>| {
        let id = id.filter(|id| id.starts_with("animal_"));
        json!({ "animal": id.map(|id| json!({ "id": id })) })
    };
    let apart = vec![("MISSING", label, missing)];
    list(grouped(sums), apart, cut, MOST, by_label, keyed)
}

/// By words, of which a gift may have several; all of them, without labels and rest.
fn by_word(gifts: &[&Json], name: &str, of: &dyn Fn(&Json) -> Vec<String>, missing: Sum) -> Json {
    let keyed = gifts
        .iter()
        .flat_map(|gift| of(gift).into_iter().map(|word| ((word.clone(), word), whole(gift))));
    let keyed: Vec<_> = keyed.collect();
    let apart = vec![("MISSING", "", missing)];
    let shown = |word: Option<&str>| json!({ name: word });
    let mut entries = list(grouped(keyed), apart, (Some(99), None), MOST, Ord::cmp, shown);
    for entry in entries.as_array_mut().into_iter().flatten() {
        let entry = entry.as_object_mut().expect("an entry");
        entry.retain(|field, _| !["label", "others"].contains(&field.as_str()));
    }
    entries
}

/// How certain the claims about a gift are.
fn certainties(bed: &Bed, gift: &Json) -> Vec<String> {
    let claims = bed.present(Kind::Claim);
    let about = claims.filter(|claim| texts_at(claim, "about").iter().any(|id| gift["_id"] == *id));
    let words: BTreeSet<String> = about.map(|claim| text(&claim["certainty"])).collect();
    words.into_iter().collect()
}

fn flows(gifts: &[&Json], first: Option<usize>) -> Json {
    let mut pairs: BTreeMap<(String, String), Vec<&Json>> = BTreeMap::new();
    for gift in gifts {
        pairs
            .entry((text(&gift["giver"]), text(&gift["recipient"])))
            .or_default()
            .push(gift);
    }
    let mut pairs: Vec<_> = pairs.into_iter().collect();
    pairs.sort_by_key(|(pair, gifts)| (Reverse(gifts.len()), pair.clone()));
    let flow = |((giver, recipient), gifts): &((String, String), Vec<&Json>)| {
        let mut sum = Sum::NOTHING;
        gifts.iter().for_each(|gift| sum.plus(&whole(gift)));
        // One that is not known leaves all unknown.
        let days = |of: fn(When) -> Option<Day>| -> Option<Vec<Day>> {
            gifts.iter().map(|gift| when(gift, "date").and_then(of)).collect()
        };
        sum.shown(json!({
            "giver": { "id": giver }, "recipient": { "id": recipient },
            "firstDate": days(|date| date.earliest).and_then(|days| days.into_iter().min()).map(|day| day.to_string()),
            "lastDate": days(|date| date.latest).and_then(|days| days.into_iter().max()).map(|day| day.to_string()),
        }))
    };
    pairs.iter().take(first.unwrap_or(20)).map(flow).collect()
}
