//! What the schema's descriptions say, evaluated one document after the other: which documents a filter holds for,
//! how an order puts them, what a page of them shows. Slow, plain, and without any of the code under test but the
//! bounds of dates and the folding of words, which have tests of their own.

use menagerie::domain::id::Kind;
use menagerie::domain::words::{spots, words};
use serde_json::Value as Json;

use super::dates::date_matches;
use super::ordering::compare;
use super::world::World;

/// Whether `filter` holds for a gift.
pub fn gift_matches(world: &World, filter: &Json, gift: &Json) -> bool {
    holds(filter, &|name, test| match name {
        "id" => is_member(test, gift, "_id"),
        "event" | "slug" | "status" | "mode" => is_member(test, gift, name),
        "giver" | "recipient" => related(test, world.with_ids_at(Kind::Nation, gift, name), |nation| {
            nation_matches(world, test, nation)
        }),
        "animal" => related(test, world.with_ids_at(Kind::Animal, gift, "items.animal"), |animal| {
            animal_matches(world, test, animal)
        }),
        "date" => date_matches(test, gift, name),
        "total" => count_matches(test, &gift["total"]),
        "certainty" => certainty_matches(world, test, gift),
        "text" => {
            let persons = ["presentedBy.name", "presentedTo.name", "onBehalfOf.name"];
            let rest = [
                "slug",
                "title",
                "items.names",
                "items.attributes",
                "total.phrase",
                "origin.name",
                "destination.name",
            ];
            let nations = ["giver", "recipient"].map(|end| world.with_ids_at(Kind::Nation, gift, end));
            let mut known = vec![(gift, [&persons[..], &rest[..]].concat())];
            known.extend(nations.into_iter().flatten().map(|nation| (nation, NATION.to_vec())));
            let animals = world.with_ids_at(Kind::Animal, gift, "items.animal");
            known.extend(animals.map(|animal| (animal, ANIMAL.to_vec())));
            any_text_matches(test, &known)
        }
        _ => panic!("the model knows no `{name}` of gifts"),
    })
}

/// Where the words of a nation stand, and those of a kind of animal.
const NATION: [&str; 5] = ["slug", "name", "officialName", "isoAlpha2", "capital.name"];
const ANIMAL: [&str; 5] = [
    "taxonomy.class",
    "taxonomy.order",
    "taxonomy.family",
    "slug",
    "commonName",
];

fn nation_matches(world: &World, filter: &Json, nation: &Json) -> bool {
    holds(filter, &|name, test| match name {
        "id" => is_member(test, nation, "_id"),
        "slug" | "name" | "isoAlpha2" | "region" | "subregion" => is_member(test, nation, name),
        "existed" => date_matches(test, nation, name),
        "certainty" => certainty_matches(world, test, nation),
        "text" => text_matches(test, nation, &NATION),
        _ => panic!("the model knows no `{name}` of nations"),
    })
}

fn animal_matches(world: &World, filter: &Json, animal: &Json) -> bool {
    holds(filter, &|name, test| match name {
        "id" => is_member(test, animal, "_id"),
        "slug" | "commonName" | "rank" | "nativeTo" => is_member(test, animal, name),
        "class" | "order" | "family" => is_member(test, &animal["taxonomy"], name),
        "conservation" => is_member(test, animal, "conservation.category"),
        "origin" => related(test, world.with_ids_at(Kind::Nation, animal, "origin"), |nation| {
            nation_matches(world, test, nation)
        }),
        "certainty" => certainty_matches(world, test, animal),
        "text" => text_matches(test, animal, &ANIMAL),
        _ => panic!("the model knows no `{name}` of animals"),
    })
}

/// Whether `filter` of the timeline holds for a gift or an event.
pub fn entry_matches(world: &World, filter: &Json, entry: &Json) -> bool {
    let is_gift = entry.get("giver").is_some();
    holds(filter, &|name, test| match name {
        "kinds" => list(test).any(|kind| *kind == if is_gift { "GIFT" } else { "EVENT" }),
        "nation" => {
            let paths: &[&str] = if is_gift {
                &["giver", "recipient"]
            } else {
                &["nations.nation"]
            };
            let nations = paths
                .iter()
                .flat_map(|path| world.with_ids_at(Kind::Nation, entry, path));
            related(test, nations, |nation| nation_matches(world, test, nation))
        }
        "date" => date_matches(test, entry, name),
        _ => panic!("the model knows no `{name}` of the timeline"),
    })
}

/// Whether `filter` holds for a claim.
pub fn claim_matches(filter: &Json, claim: &Json) -> bool {
    holds(filter, &|name, test| match name {
        "id" => is_member(test, claim, "_id"),
        "code" | "source" | "certainty" | "about" => is_member(test, claim, name),
        "attributedTo" => is_member(test, claim, "attributions.to"),
        "conflicting" => *test == texts_at(claim, "conflictsWith").iter().any(|_| true),
        "text" => text_matches(test, claim, &["code", "statement"]),
        _ => panic!("the model knows no `{name}` of claims"),
    })
}

impl World {
    fn with_ids_at<'a>(&'a self, kind: Kind, document: &'a Json, path: &str) -> impl Iterator<Item = &'a Json> {
        let ids = texts_at(document, path);
        let named = move |other: &&Json| ids.iter().any(|id| other["_id"] == *id);
        self.of(kind).iter().filter(named)
    }
}

/// Whether one of the related documents passes; or none is there, and that is asked for.
fn related<'a>(filter: &Json, of: impl Iterator<Item = &'a Json>, passes: impl Fn(&Json) -> bool) -> bool {
    let all: Vec<&Json> = of.collect();
    match all.is_empty() {
        true => holds_for_none(filter) == Some(true),
        false => all.into_iter().any(passes),
    }
}

/// Whether a filter across a relation holds where nothing is related; only `known` says something of that.
fn holds_for_none(filter: &Json) -> Option<bool> {
    let all = |parts: Vec<Option<bool>>, decisive: bool| {
        if parts.contains(&Some(decisive)) {
            return Some(decisive);
        }
        (!parts.is_empty() && !parts.contains(&None)).then_some(!decisive)
    };
    let parts = given(filter).flat_map(|(name, test)| match name {
        "and" => list(test).map(holds_for_none).collect(),
        "or" => vec![all(list(test).map(holds_for_none).collect(), true)],
        "not" => vec![holds_for_none(test).map(|holds| !holds)],
        "known" => vec![Some(*test == false)],
        _ => vec![None],
    });
    all(parts.collect(), false)
}

/// All given fields must hold; null is not given. What is asked is there, so it is known.
fn holds(filter: &Json, leaf: &dyn Fn(&str, &Json) -> bool) -> bool {
    given(filter).all(|(name, test)| match name {
        "known" => *test == true,
        "and" => list(test).all(|part| holds(part, leaf)),
        "or" => list(test).any(|part| holds(part, leaf)),
        "not" => !holds(test, leaf),
        name => leaf(name, test),
    })
}

/// The fields that are given.
pub fn given(object: &Json) -> impl Iterator<Item = (&str, &Json)> {
    let fields = object.as_object().into_iter().flatten();
    fields
        .map(|(name, value)| (name.as_str(), value))
        .filter(|(_, value)| !value.is_null())
}

/// The items of a list.
pub fn list(value: &Json) -> impl Iterator<Item = &Json> {
    value.as_array().into_iter().flatten()
}

/// The texts at a dotted path, through lists.
pub fn texts_at<'a>(value: &'a Json, path: &str) -> Vec<&'a str> {
    match value {
        Json::Array(items) => items.iter().flat_map(|item| texts_at(item, path)).collect(),
        Json::String(text) if path.is_empty() => vec![text],
        Json::Object(fields) => {
            let (head, rest) = path.split_once('.').unwrap_or((path, ""));
            fields.get(head).map_or_else(Vec::new, |value| texts_at(value, rest))
        }
        _ => vec![],
    }
}

fn is_member(test: &Json, document: &Json, path: &str) -> bool {
    let found = texts_at(document, path);
    let among = |wanted: &Json| list(wanted).any(|wanted| found.iter().any(|found| wanted == found));
    given(test).all(|(name, wanted)| match name {
        "eq" => found.iter().any(|found| wanted == found),
        "in" => among(wanted),
        "notIn" => !among(wanted),
        "known" => *wanted == !found.is_empty(),
        _ => panic!("the model knows no `{name}`"),
    })
}

fn count_matches(test: &Json, count: &Json) -> bool {
    let (min, max) = (count["min"].as_i64(), count["max"].as_i64());
    let sure = test["sure"] != false;
    let exactly = count["approximate"] != true;
    given(test).all(|(name, wanted)| {
        let number = wanted.as_i64();
        match name {
            "atLeast" if sure => exactly && min.is_some() && min >= number,
            "atLeast" => max.is_none() || max >= number,
            "atMost" if sure => exactly && max.is_some() && max <= number,
            "atMost" => min.is_none() || min <= number,
            "known" => *wanted == (min.is_some() || max.is_some()),
            "sure" => true,
            _ => panic!("the model knows no `{name}`"),
        }
    })
}

fn certainty_matches(world: &World, test: &Json, document: &Json) -> bool {
    let is_about = |claim: &&Json| list(&claim["about"]).any(|id| *id == document["_id"]);
    let mut about = world.of(Kind::Claim).iter().filter(is_about).peekable();
    if about.peek().is_none() {
        return *test == serde_json::json!({ "known": false });
    }
    about.any(|claim| is_member(test, claim, "certainty"))
}

fn text_matches(test: &Json, document: &Json, paths: &[&str]) -> bool {
    any_text_matches(test, &[(document, paths.to_vec())])
}

/// Whether each word begins one of a document's own, the first of these, or one of the others; of a long text only the first
/// words are looked for in the others.
fn any_text_matches(test: &Json, known: &[(&Json, Vec<&str>)]) -> bool {
    let asked = test.as_str().expect("a text");
    let known: Vec<Vec<String>> = known
        .iter()
        .map(|(document, paths)| words(paths.iter().flat_map(|path| texts_at(document, path))))
        .collect();
    let wanted: Vec<String> = spots(asked).into_iter().map(|spot| spot.word).collect();
    let first: Vec<&String> = wanted.iter().take(5).collect();
    let found = |wanted: &String| {
        let is_wide = first.contains(&wanted);
        known[..if is_wide { known.len() } else { 1 }]
            .iter()
            .flatten()
            .any(|word| word.starts_with(wanted.as_str()))
    };
    asked.trim().is_empty() || !wanted.is_empty() && wanted.iter().all(found)
}

/// What a page shows.
#[derive(Debug, PartialEq, Eq)]
pub struct Page {
    pub ids: Vec<String>,
    pub has_previous: bool,
    pub has_next: bool,
    pub total: u64,
}

impl Page {
    /// Whether there is more in the direction of travel.
    pub fn goes_on(&self, backward: bool) -> bool {
        if backward { self.has_previous } else { self.has_next }
    }
}

/// Which rows a page may show, as seen in the direction of travel: those behind one document and before another.
pub struct Window<'a> {
    pub near: Option<&'a Json>,
    pub far: Option<&'a Json>,
    pub size: usize,
    pub backward: bool,
}

/// The page in this window, out of all documents that match. The documents at its ends need not be among them.
///
/// As Relay has it, a page that reaches the far end says that nothing follows: what lies there was not asked for.
pub fn page(order: &Json, mut all: Vec<&Json>, window: &Window) -> Page {
    let stand = |left: &Json, right: &Json| {
        let stand = compare(order, left, right);
        if window.backward { stand.reverse() } else { stand }
    };
    all.sort_by(|left, right| stand(left, right));
    let behind = |row: &Json| window.near.is_none_or(|near| stand(row, near).is_gt());
    let inside = |row: &&&Json| behind(row) && window.far.is_none_or(|far| stand(row, far).is_lt());
    let rows: Vec<&Json> = all.iter().filter(inside).copied().collect();
    let more = rows.len() > window.size;
    let others = all.iter().any(|row| !behind(row));
    let mut ids: Vec<String> = rows
        .iter()
        .take(window.size)
        .flat_map(|row| texts_at(row, "_id"))
        .map(str::to_owned)
        .collect();
    if window.backward {
        ids.reverse();
    }
    let (has_previous, has_next) = if window.backward {
        (more, others)
    } else {
        (others, more)
    };
    let total = all.len() as u64;
    Page {
        ids,
        has_previous,
        has_next,
        total,
    }
}
