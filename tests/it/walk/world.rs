//! Random documents, as people would write them: few distinct values so that sort keys tie, null dates, open and
//! unknown bounds, dates that are uncertain, counts that are approximate, text of many scripts. Ids depend on the place only, so that filters can be made without a world.

use menagerie::domain::id::Kind;
use menagerie::domain::text::{tidied, unseen};
use proptest::collection::{SizeRange, vec};
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value as Json, json};

/// How many documents of each kind a world has.
const COUNTS: [(Kind, usize); Kind::ALL.len()] = [
    (Kind::Source, 2),
    (Kind::Nation, 8),
    (Kind::Animal, 8),
    (Kind::Event, 24),
    (Kind::Gift, 60),
    (Kind::Claim, 50),
];

/// UTF-8 bytes, UTF-16 units, letters without accents and letters without case would each order these differently.
pub const TITLES: [&str; 17] = [
    "panda",
    "Panda",
    "panda-",
    "pandas, a pair",
    "Éléphant",
    "Elephánt",
    "Elephant",
    "Ñandú",
    "大熊猫",
    "판다",
    "\u{ff5e}\u{ff5e}",
    "🐼",
    "\u{10348}",
    "𠮷",
    "{\"$gt\": \"\"}",
    "null",
    "a byte",
];
pub const DATES: [&str; 28] = [
    "2018",
    "2018-09",
    "2018-09-27",
    "2018-09-28",
    "2018?",
    "2018-09~",
    "2018-23",
    "2018-24",
    "2018-09-XX",
    "201X",
    "19XX",
    "1965/",
    "1959/..",
    "../1975",
    "/2018-09-27",
    "1965/1980",
    "2018-09-27T10:00:00Z",
    "-0044-03-15",
    "Y12024",
    "1969-12-31/1970-01-01",
    "2018-25",
    "2018-30",
    "2018-09-%27",
    "1964~/1966",
    "[2017,2019-09..]",
    "{1965,1967}",
    "-0049/0003",
    "-9999/2024",
];
/// Days as the Julian calendar calls them.
pub const JULIAN: [&str; 3] = ["1515-05-20", "1500-02-29", "1969-12-19"];
/// When something became of a gift; the last says no end.
const STEPS: [&str; 5] = ["1966", "1979-06", "2018-10", "2018-10~", "2018-10/"];
pub const STATUSES: [&str; 4] = ["PLANNED", "DELIVERED", "DIED", "UNKNOWN"];
pub const MODES: [&str; 3] = ["GIFT", "LOAN", "UNSPECIFIED"];
pub const CERTAINTIES: [&str; 4] = ["STATED", "REPORTED", "SPECULATION", "UNKNOWN"];
pub const RANKS: [&str; 3] = ["SPECIES", "BREED", "GROUP"];
pub const CATEGORIES: [&str; 3] = ["VU", "EN", "NE"];
pub const REGIONS: [&str; 3] = ["Asia", "Europe", "Ásia"];
pub const CODES: [&str; 3] = ["JP", "KP", "RU"];
pub const TAXA: [&str; 3] = ["Carnivora", "carnivora", "Ursidæ"];
pub const CLAIM_CODES: [&str; 6] = ["C1", "c1", "C10", "Ç1", "𠮷1", "~"];
/// Bounds of counts, and what filters ask for.
pub const NUMBERS: [i32; 6] = [0, 1, 2, 50, 71, i32::MAX];

/// All documents, each with the moments `createdAt` and `updatedAt` in milliseconds, which the store keeps by itself.
#[derive(Clone, Debug)]
pub struct World {
    documents: Vec<(Kind, Vec<Json>)>,
}

impl World {
    /// The documents of a kind.
    pub fn of(&self, kind: Kind) -> &[Json] {
        let found = self.documents.iter().find(|(found, _)| *found == kind);
        found.map_or(&[], |(_, documents)| documents)
    }
}

/// The ids of a kind, in the order in which they are written, which is not that of the ids.
pub fn ids(kind: Kind) -> Vec<String> {
    let count = COUNTS
        .iter()
        .find(|(found, _)| *found == kind)
        .map_or(0, |(_, count)| *count);
    let letters = ["m", "B", "z-", "9"];
    let id = |place: usize| format!("{}_{}{place}", kind.prefix(), letters[place % letters.len()]);
    (0..count).map(id).collect()
}

/// The slugs of a kind.
pub fn slugs(kind: Kind) -> Vec<String> {
    let slug = |id: &String| id.to_lowercase().replace('_', "-");
    ids(kind).iter().map(slug).collect()
}

pub fn world() -> impl Strategy<Value = World> {
    let conflicts = subsequence(ids(Kind::Claim), 8);
    (
        (many(Kind::Source, source()), many(Kind::Nation, nation())),
        (many(Kind::Animal, animal()), many(Kind::Event, event())),
        (many(Kind::Gift, gift()), many(Kind::Claim, claim())),
        conflicts,
    )
        .prop_map(
            |((sources, nations), (animals, events), (gifts, mut claims), conflicts)| {
                for pair in conflicts.chunks_exact(2) {
                    for (one, other) in [(&pair[0], &pair[1]), (&pair[1], &pair[0])] {
                        let named = claims.iter_mut().filter(|claim| claim["_id"] == **one);
                        named.for_each(|claim| claim["conflictsWith"] = json!([other]));
                    }
                }
                let documents = vec![
                    (Kind::Source, sources),
                    (Kind::Nation, nations),
                    (Kind::Animal, animals),
                    (Kind::Event, events),
                    (Kind::Gift, gifts),
                    (Kind::Claim, claims),
                ];
                World { documents }
            },
        )
}

/// Documents of a kind with their ids, slugs and moments.
fn many(kind: Kind, one: impl Strategy<Value = Json>) -> impl Strategy<Value = Vec<Json>> {
    let (ids, slugs) = (ids(kind), slugs(kind));
    let moment = || select(vec![1_700_000_000_000_i64, 1_700_000_000_001, 1_700_000_000_999]);
    vec((one, moment(), moment()), ids.len()).prop_map(move |documents| {
        let named = documents.into_iter().zip(ids.iter().zip(&slugs));
        named
            .map(|((mut document, created, updated), (id, slug))| {
                document["_id"] = json!(id);
                if !matches!(kind, Kind::Claim | Kind::Source) {
                    document["slug"] = json!(slug);
                }
                document["createdAt"] = json!(created);
                document["updatedAt"] = json!(updated);
                document
            })
            .collect()
    })
}

/// An object of these fields; what is `None` is left out.
pub fn object<const N: usize>(fields: [(&str, Option<Json>); N]) -> Json {
    let given = fields
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Json::Object(given.collect::<Map<_, _>>())
}

/// One of these, as JSON.
pub fn one_of<T: Clone + Into<Json> + std::fmt::Debug + 'static>(values: &[T]) -> BoxedStrategy<Json> {
    select(values.to_vec()).prop_map(Into::into).boxed()
}

/// One of these or null.
fn maybe(strategy: impl Strategy<Value = Json>) -> impl Strategy<Value = Json> {
    weighted(0.7, strategy).prop_map(|value| value.unwrap_or(Json::Null))
}

fn some_of(values: Vec<String>, size: impl Into<SizeRange>) -> impl Strategy<Value = Json> {
    subsequence(values, size).prop_shuffle().prop_map(Json::from)
}

fn text() -> impl Strategy<Value = Json> {
    // The longest that is accepted, of a character that grows in JSON: it must fit into a cursor all the same.
    let longest = Just(json!("\"".repeat(300)));
    prop_oneof![24 => one_of(&TITLES), 3 => "\\PC{1,6}".prop_map(|text| tidy(&text)), 1 => longest]
}

/// The text as it is stored, so that the model need not know how texts are put in order.
fn tidy(text: &str) -> Json {
    let tidy = tidied(text);
    if tidy.is_empty() || unseen(&tidy).is_some() {
        json!("x")
    } else {
        json!(tidy)
    }
}

fn date() -> impl Strategy<Value = Json> {
    let date = one_of(&DATES).prop_map(|edtf| json!({ "edtf": edtf }));
    let julian = one_of(&JULIAN).prop_map(|edtf| json!({ "edtf": edtf, "calendar": "JULIAN" }));
    maybe(prop_oneof![9 => date, 1 => julian])
}

fn steps() -> impl Strategy<Value = Json> {
    let date = weighted(0.7, one_of(&STEPS));
    let step = (one_of(&["DELIVERED", "DIED", "LOST_IN_TRANSIT"]), date).prop_map(|(status, date)| {
        object([
            ("status", Some(status)),
            ("note", Some(json!("So it is told."))),
            ("date", date.map(|edtf| json!({ "edtf": edtf }))),
        ])
    });
    prop_oneof![2 => Just(vec![]), 1 => vec(step, 1..=2)].prop_map(Json::from)
}

fn count() -> impl Strategy<Value = Json> {
    let bound = || weighted(0.6, select(NUMBERS.to_vec()));
    let approximate = weighted(0.3, proptest::bool::ANY);
    maybe(
        (bound(), bound(), approximate).prop_map(|(one, other, approximate)| match (one, other) {
            (Some(one), Some(other)) => {
                json!({ "min": one.min(other), "max": one.max(other), "approximate": approximate })
            }
            (min, max) => json!({ "min": min, "max": max, "approximate": approximate, "phrase": "so many" }),
        }),
    )
}

fn source() -> impl Strategy<Value = Json> {
    text().prop_map(|title| json!({ "title": title, "kind": "MEDIA" }))
}

fn nation() -> impl Strategy<Value = Json> {
    let regions = (maybe(one_of(&REGIONS)), maybe(one_of(&REGIONS)));
    let names = (text(), maybe(text().prop_map(|name| json!({ "name": name }))));
    (names, regions, maybe(one_of(&CODES)), date()).prop_map(|((name, capital), (region, subregion), code, existed)| {
        json!({ "name": name, "officialName": "State of many", "isoAlpha2": code, "region": region,
            "subregion": subregion, "capital": capital, "existed": existed })
    })
}

fn animal() -> impl Strategy<Value = Json> {
    let taxa = (one_of(&TAXA), one_of(&TAXA), one_of(&TAXA));
    let origin = maybe(one_of(&ids(Kind::Nation)));
    let range = some_of(CODES.map(str::to_owned).to_vec(), 0..=2);
    let category = maybe(one_of(&CATEGORIES).prop_map(|category| json!({ "category": category })));
    (text(), one_of(&RANKS), taxa, origin, range, category).prop_map(
        |(name, rank, (class, order, family), origin, range, category)| {
            json!({ "commonName": name, "rank": rank, "origin": origin, "nativeTo": range, "conservation": category,
                "taxonomy": { "class": class, "order": order, "family": family } })
        },
    )
}

fn event() -> impl Strategy<Value = Json> {
    let nations = some_of(ids(Kind::Nation), 0..=3);
    (text(), date(), nations).prop_map(|(title, date, nations)| {
        let part = |nation: &Json| json!({ "nation": nation, "role": "PARTY" });
        let nations: Vec<Json> = nations.as_array().into_iter().flatten().map(part).collect();
        json!({ "title": title, "kind": "SUMMIT", "date": date, "nations": nations, "people": [],
            "summary": "They met." })
    })
}

fn gift() -> impl Strategy<Value = Json> {
    let nations = || one_of(&ids(Kind::Nation));
    let texts = (vec(text(), 0..2), vec(text(), 0..2));
    let status = weighted(0.3, one_of(&STATUSES)).prop_map(|status| status.unwrap_or(Json::Null));
    let item = (one_of(&ids(Kind::Animal)), count(), texts, status).prop_map(
        |(animal, count, (names, attributes), status)| {
            json!({ "animal": animal, "count": count, "names": names, "attributes": attributes, "status": status,
                "otherReadings": [] })
        },
    );
    let person = || maybe(text().prop_map(|name| json!({ "name": name })));
    let place = || maybe(text().prop_map(|name| json!({ "name": name, "kind": "ZOO" })));
    (
        (text(), nations(), nations(), one_of(&MODES), one_of(&STATUSES)),
        (
            vec(item, 0..4),
            count(),
            date(),
            steps(),
            maybe(one_of(&ids(Kind::Event))),
        ),
        (person(), person(), person(), place(), place()),
    )
        .prop_map(
            |((title, giver, recipient, mode, status), (items, total, date, steps, event), around)| {
                let (presented_by, presented_to, on_behalf_of, origin, destination) = around;
                json!({ "title": title, "giver": giver, "recipient": recipient, "mode": mode, "status": status,
                "items": items, "total": total, "date": date, "event": event, "presentedBy": presented_by,
                "presentedTo": presented_to, "onBehalfOf": on_behalf_of, "origin": origin,
                "destination": destination, "statusHistory": steps, "inferred": [] })
            },
        )
}

fn claim() -> impl Strategy<Value = Json> {
    // The first gifts have several claims each.
    let about = [&ids(Kind::Gift)[..12], &ids(Kind::Nation), &ids(Kind::Animal)].concat();
    let sources = ids(Kind::Source);
    let source = one_of(&sources);
    let attributed = some_of(sources, 0..=2);
    let facts = (one_of(&CLAIM_CODES), text(), one_of(&CERTAINTIES));
    (facts, source, attributed, some_of(about, 0..=6)).prop_map(
        |((code, statement, certainty), source, attributed, about)| {
            let to = |source: &Json| json!({ "to": source, "scope": "CLEAR" });
            let attributions: Vec<Json> = attributed.as_array().into_iter().flatten().map(to).collect();
            json!({ "code": code, "statement": statement, "certainty": certainty, "source": source,
                "attributions": attributions, "about": about, "conflictsWith": [], "dependsOn": [] })
        },
    )
}
