//! Random questions: filters, orders and pages, as the JSON that a client would send.

use menagerie::domain::id::Kind;
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::Union;
use serde_json::{Value as Json, json};

use super::world::{self, ids, object, one_of, slugs};

/// Spans whose beginning and end are both known; filters may compare with either.
const SPANS: [&str; 11] = [
    "2018",
    "2018-09",
    "2018-09-27",
    "2018-09-28",
    "9999",
    "201X",
    "1965/1980",
    "1970-01-01",
    "-0044",
    "Y12024",
    "2018-28",
];
/// Spans that do not say for certain what they mean, so that nothing lies in them for certain.
const VAGUE: [&str; 3] = ["2018-24", "[2017,2019]", "2018-09-27~"];
/// Spans without a known end; turned round, without a known beginning.
const HALF_OPEN: [(&str, &str); 3] = [
    ("1965/", "/1965"),
    ("2018-09-27/..", "../2018-09-27"),
    ("201X/..", "../201X"),
];
/// Words, beginnings of words, words of other scripts, and no words.
const TEXTS: [&str; 14] = [
    "panda",
    "PANDÁ",
    "pan",
    "ele",
    "elephant nothing",
    "da xiong",
    "nandu",
    "p",
    "so many",
    "gt",
    "m1",
    "---",
    "",
    " ",
];

/// Which page to ask for, and in which order of what.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The filter; null for none.
    pub filter: Json,
    /// The parts of the order.
    pub order: Json,
    /// How many rows; `None` leaves it to the server.
    pub size: Option<usize>,
    /// `last` and `before` instead of `first` and `after`.
    pub backward: bool,
}

/// A question about gifts.
pub fn about_gifts() -> BoxedStrategy<Ask> {
    let fields = ["ID", "TITLE", "DATE", "DATE_END", "TOTAL", "CREATED_AT", "UPDATED_AT"];
    ask(gift_filter(), &fields, 7)
}

/// A question about claims.
pub fn about_claims() -> BoxedStrategy<Ask> {
    ask(claim_filter(), &["ID", "CODE", "CREATED_AT", "UPDATED_AT"], 7)
}

/// A question about the timeline, whose order is one of two.
pub fn about_the_timeline() -> BoxedStrategy<Ask> {
    let kinds = subsequence(vec!["GIFT", "EVENT"], 0..=2).prop_map(Json::from);
    let filter = (
        weighted(0.3, kinds),
        weighted(0.4, nation_filter(1)),
        weighted(0.4, date()),
    )
        .prop_map(|(kinds, nation, date)| object([("kinds", kinds), ("nation", nation), ("date", date)]));
    let direction = select(vec!["ASC", "DESC"]);
    // It has half as many rows again as the gifts, and its filters leave more of them.
    (ask(filter.boxed(), &["ID"], 14), direction)
        .prop_map(|(ask, direction)| Ask {
            order: json!([
                { "field": "DATE", "direction": direction },
                { "field": "DATE_END", "direction": direction },
            ]),
            ..ask
        })
        .boxed()
}

/// A question with pages of at most so many rows, where it says how many.
fn ask(filter: BoxedStrategy<Json>, fields: &[&'static str], most: usize) -> BoxedStrategy<Ask> {
    let direction = weighted(0.8, one_of(&["ASC", "DESC"]));
    let part = (one_of(fields), direction)
        .prop_map(|(field, direction)| object([("field", Some(field)), ("direction", direction)]));
    let filter = prop_oneof![1 => Just(Json::Null), 9 => filter];
    let order = vec(part, 0..=3).prop_map(Json::from);
    (filter, order, weighted(0.9, 1..=most), any::<bool>())
        .prop_map(|(filter, order, size, backward)| Ask {
            filter,
            order,
            backward: backward && size.is_some(),
            size,
        })
        .boxed()
}

/// A filter: leaves, alone and together, and combinations of filters to a depth.
fn tree(depth: u32, leaf: BoxedStrategy<Json>) -> BoxedStrategy<Json> {
    let leaves = vec(leaf, 1..=2).prop_map(merged);
    let simple = prop_oneof![12 => leaves.clone(), 1 => Just(json!({}))].boxed();
    simple
        .prop_recursive(depth, 8, 3, move |inner| {
            let list = || {
                let some = vec(inner.clone(), 1..=3);
                prop_oneof![12 => some, 1 => Just(vec![])].prop_map(Json::from)
            };
            let (all, any) = (weighted(0.4, list()), weighted(0.5, list()));
            (weighted(0.3, leaves.clone()), all, any, weighted(0.4, inner.clone())).prop_map(|(leaf, all, any, not)| {
                let combined = object([("and", all), ("or", any), ("not", not)]);
                merged(leaf.into_iter().chain([combined]).collect())
            })
        })
        .boxed()
}

/// One object with the fields of all.
fn merged(parts: Vec<Json>) -> Json {
    let objects = parts.into_iter().filter_map(|part| match part {
        Json::Object(fields) => Some(fields),
        _ => None,
    });
    Json::Object(objects.flatten().collect())
}

/// Leaves of a filter: one field each, of which some are asked more often.
fn leaves(fields: Vec<(&'static str, BoxedStrategy<Json>)>, often: &[&str]) -> BoxedStrategy<Json> {
    let leaf = |(name, test): (&'static str, BoxedStrategy<Json>)| {
        let weight = if often.contains(&name) { 4 } else { 1 };
        (weight, test.prop_map(move |test| json!({ name: test })).boxed())
    };
    Union::new_weighted(fields.into_iter().map(leaf).collect()).boxed()
}

fn member(value: BoxedStrategy<Json>) -> BoxedStrategy<Json> {
    let list = |most| vec(value.clone(), 0..=most).prop_map(Json::from);
    (
        weighted(0.3, value.clone()),
        weighted(0.6, list(6)),
        weighted(0.4, list(3)),
        known(),
    )
        .prop_map(|(eq, any_of, not_in, known)| {
            object([("eq", eq), ("in", any_of), ("notIn", not_in), ("known", known)])
        })
        .boxed()
}

fn member_of<T: Clone + Into<Json> + std::fmt::Debug + 'static>(values: &[T]) -> BoxedStrategy<Json> {
    member(one_of(values))
}

/// Texts that may look like operators stay texts.
fn text_member(values: &[&str]) -> BoxedStrategy<Json> {
    let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
    let operator = Just(json!("{\"$gt\": \"\"}"));
    member(prop_oneof![8 => one_of(&values), 1 => operator, 1 => Just(json!(""))].boxed())
}

fn slug_member(kind: Kind) -> BoxedStrategy<Json> {
    text_member(&slugs(kind).iter().map(String::as_str).collect::<Vec<_>>())
}

fn known() -> impl Strategy<Value = Option<Json>> {
    weighted(0.2, any::<bool>().prop_map(Json::from))
}

fn date() -> BoxedStrategy<Json> {
    // An unknown end makes nothing certain, so `within` refuses it.
    let halves = || HALF_OPEN.into_iter().flat_map(|(one, other)| [one, other]);
    let certain_span = || {
        let is_known = |span: &&str| !span.starts_with('/') && !span.ends_with('/');
        one_of(&SPANS.into_iter().chain(halves()).filter(is_known).collect::<Vec<_>>())
    };
    let any_span = || one_of(&SPANS.into_iter().chain(VAGUE).chain(halves()).collect::<Vec<_>>());
    let begun: Vec<&str> = SPANS.into_iter().chain(HALF_OPEN.map(|(begun, _)| begun)).collect();
    let ended: Vec<&str> = SPANS.into_iter().chain(HALF_OPEN.map(|(_, ended)| ended)).collect();
    let part = |strategy: BoxedStrategy<Json>| weighted(0.35, strategy);
    (
        part(any_span()),
        part(certain_span()),
        part(one_of(&begun)),
        part(one_of(&ended)),
        (known(), known()),
    )
        .prop_map(|(overlaps, within, before, after, (known, qualified))| {
            object([
                ("overlaps", overlaps),
                ("within", within),
                ("before", before),
                ("after", after),
                ("known", known),
                ("includeQualified", qualified),
            ])
        })
        .boxed()
}

fn count() -> BoxedStrategy<Json> {
    let number = || weighted(0.5, one_of(&world::NUMBERS));
    (
        number(),
        number(),
        weighted(0.6, any::<bool>().prop_map(Json::from)),
        known(),
    )
        .prop_map(|(least, most, sure, known)| {
            object([("atLeast", least), ("atMost", most), ("sure", sure), ("known", known)])
        })
        .boxed()
}

fn nation_filter(depth: u32) -> BoxedStrategy<Json> {
    tree(
        depth,
        leaves(
            vec![
                ("id", member_of(&ids(Kind::Nation))),
                ("slug", slug_member(Kind::Nation)),
                ("name", text_member(&world::TITLES)),
                ("isoAlpha2", text_member(&world::CODES)),
                ("region", text_member(&world::REGIONS)),
                ("subregion", text_member(&world::REGIONS)),
                ("existed", date()),
                ("certainty", member_of(&world::CERTAINTIES)),
                ("text", one_of(&TEXTS)),
                ("known", any::<bool>().prop_map(Json::from).boxed()),
            ],
            &["id"],
        ),
    )
}

fn animal_filter() -> BoxedStrategy<Json> {
    tree(
        1,
        leaves(
            vec![
                ("id", member_of(&ids(Kind::Animal))),
                ("slug", slug_member(Kind::Animal)),
                ("commonName", text_member(&world::TITLES)),
                ("rank", member_of(&world::RANKS)),
                ("class", text_member(&world::TAXA)),
                ("order", text_member(&world::TAXA)),
                ("family", text_member(&world::TAXA)),
                ("conservation", member_of(&world::CATEGORIES)),
                ("nativeTo", text_member(&world::CODES)),
                ("origin", nation_filter(1)),
                ("certainty", member_of(&world::CERTAINTIES)),
                ("text", one_of(&TEXTS)),
                ("known", any::<bool>().prop_map(Json::from).boxed()),
            ],
            &["id", "origin"],
        ),
    )
}

fn gift_filter() -> BoxedStrategy<Json> {
    tree(
        3,
        leaves(
            vec![
                ("id", member_of(&ids(Kind::Gift))),
                ("slug", slug_member(Kind::Gift)),
                ("status", member_of(&world::STATUSES)),
                ("mode", member_of(&world::MODES)),
                ("giver", nation_filter(1)),
                ("recipient", nation_filter(2)),
                ("animal", animal_filter()),
                ("event", member_of(&ids(Kind::Event))),
                ("date", date()),
                ("total", count()),
                ("certainty", member_of(&world::CERTAINTIES)),
                ("text", one_of(&TEXTS)),
            ],
            &["giver", "animal"],
        ),
    )
}

fn claim_filter() -> BoxedStrategy<Json> {
    let sources = || member_of(&ids(Kind::Source));
    tree(
        2,
        leaves(
            vec![
                ("id", member_of(&ids(Kind::Claim))),
                ("code", text_member(&world::CLAIM_CODES)),
                ("source", sources()),
                ("attributedTo", sources()),
                ("certainty", member_of(&world::CERTAINTIES)),
                ("about", member_of(&[ids(Kind::Gift), ids(Kind::Nation)].concat())),
                ("conflicting", any::<bool>().prop_map(Json::from).boxed()),
                ("text", one_of(&TEXTS)),
            ],
            &[],
        ),
    )
}
