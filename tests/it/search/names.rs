//! Nations and animals are found by everything that they are called: names, aliases, names in every language.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use menagerie::domain::id::Kind;
use menagerie::domain::words::spots;
use menagerie::store::collections::searched;
use serde_json::{Value as Json, json};

use super::{found, ids, indexed};
use crate::support::TestApp;

const SETS: [&str; 3] = ["article", "history", "nations"];

/// What a nation or a kind of animal is called.
struct Called {
    kind: Kind,
    id: String,
    names: BTreeSet<String>,
    aliases: BTreeSet<String>,
    localized: BTreeSet<String>,
}

impl Called {
    fn all(&self) -> impl Iterator<Item = &String> {
        self.names.iter().chain(&self.aliases).chain(&self.localized)
    }
}

/// All of the sets, each document once.
fn all_called() -> Vec<Called> {
    let mut called = BTreeMap::new();
    for set in SETS {
        for (kind, fields) in [
            (Kind::Nation, ["name", "officialName"]),
            (Kind::Animal, ["commonName", ""]),
        ] {
            let path = format!("{}/seed/{set}/{}.json", env!("CARGO_MANIFEST_DIR"), kind.collection());
            let text = fs::read_to_string(path).unwrap_or_else(|_| "[]".to_owned());
            let documents: Vec<Json> = serde_json::from_str(&text).expect("a set");
            for document in documents {
                let id = document["_id"].as_str().expect("an id").to_owned();
                let texts = |list: &Json, of: fn(&Json) -> &Json| {
                    let items = list.as_array().into_iter().flatten();
                    items.filter_map(|item| of(item).as_str()).map(str::to_owned).collect()
                };
                let names = fields.iter().filter_map(|field| document[*field].as_str());
                let one = Called {
                    kind,
                    id: id.clone(),
                    names: names.map(str::to_owned).collect(),
                    aliases: texts(&document["aliases"], |alias| alias),
                    localized: texts(&document["names"], |name| &name["name"]),
                };
                called.insert(id, one);
            }
        }
    }
    called.into_values().collect()
}

/// A text as the index holds it.
fn folded(text: &str) -> String {
    let words: Vec<String> = spots(text).into_iter().map(|spot| spot.word).collect();
    words.join(" ")
}

#[tokio::test]
async fn every_name_alias_and_language_leads_to_its_document_first() {
    let app = indexed(&SETS).await;
    let called = all_called();
    let mut bearers: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for one in &called {
        for name in one.all() {
            bearers.entry(folded(name)).or_default().insert(&one.id);
        }
    }
    assert!(bearers.len() > 3_000, "{}", bearers.len());
    let kinds: Vec<Kind> = searched().collect();
    let mut wrong = Vec::new();
    for one in &called {
        for name in one.all() {
            let hits = found(&app, name, &kinds).hits;
            // West Germany and Germany have the same official name.
            let bearers = &bearers[&folded(name)];
            let first: BTreeSet<&str> = hits.iter().take(bearers.len()).map(|hit| hit.id.as_str()).collect();
            if first != *bearers {
                wrong.push(format!("{name:?} of {}: {first:?}", one.id));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of them: {:#?}",
        wrong.len(),
        &wrong[..wrong.len().min(40)]
    );
}

#[tokio::test]
async fn the_filters_find_by_every_alias_and_every_language() {
    let app = TestApp::with(&SETS).await;
    for one in all_called() {
        let (root, name) = match one.kind {
            Kind::Nation => ("nations", "NationFilter"),
            _ => ("animals", "AnimalFilter"),
        };
        let query = format!("query($where: {name}!) {{ {root}(where: $where) {{ nodes {{ id }} }} }}");
        let conditions = (one.aliases.iter().map(|alias| json!({ "aliases": { "eq": alias } })))
            .chain(one.localized.iter().map(|name| json!({ "names": { "eq": name } })))
            .chain(one.all().map(|name| json!({ "text": name })));
        let conditions: Vec<Json> = conditions.collect();
        for some in conditions.chunks(20) {
            let answer = app.query_with(&query, json!({ "where": { "and": some } })).await;
            let nodes = answer[root]["nodes"].as_array().expect("nodes");
            assert!(
                nodes.iter().any(|node| node["id"] == one.id.as_str()),
                "{} by {some:?}: {answer}",
                one.id
            );
        }
    }
    let only = |root: &'static str, filter: Json| {
        let app = &app;
        async move {
            let name = if root == "nations" {
                "NationFilter"
            } else {
                "AnimalFilter"
            };
            let query = format!("query($where: {name}!) {{ {root}(where: $where) {{ nodes {{ slug }} }} }}");
            app.query_with(&query, json!({ "where": filter })).await[root]["nodes"].take()
        }
    };
    assert_eq!(
        only("nations", json!({ "aliases": { "eq": "UK" } })).await,
        json!([{ "slug": "united-kingdom" }])
    );
    assert_eq!(
        only("nations", json!({ "names": { "eq": "Россия" } })).await,
        json!([{ "slug": "russia" }])
    );
    assert_eq!(
        only("animals", json!({ "names": { "in": ["大熊猫", "판다"] } })).await,
        json!([{ "slug": "giant-panda" }])
    );
    assert_eq!(
        only("nations", json!({ "successors": { "eq": "DE" } })).await,
        json!([{ "slug": "east-germany" }])
    );
    assert_eq!(
        only("nations", json!({ "isoAlpha4": { "eq": "SUHH" } })).await,
        json!([{ "slug": "soviet-union" }])
    );
}

#[tokio::test]
async fn names_of_the_past_short_forms_and_other_scripts_lead_to_the_right_document_first() {
    let app = indexed(&SETS).await;
    for (text, right) in [
        ("USSR", "nation_soviet-union"),
        ("Burma", "nation_burma"),
        ("Union of Burma", "nation_myanmar"),
        ("Ceylon", "nation_sri-lanka"),
        ("UK", "nation_united-kingdom"),
        ("u.k.", "nation_united-kingdom"),
        ("DPRK", "nation_north-korea"),
        ("КНДР", "nation_north-korea"),
        ("Россия", "nation_russia"),
        ("росия", "nation_russia"),
        ("대한민국", "nation_south-korea"),
        ("中国", "nation_china"),
        ("الصين", "nation_china"),
        ("大熊猫", "animal_giant-panda"),
        ("熊猫", "animal_giant-panda"),
        ("panda bear", "animal_giant-panda"),
        ("코끼리", "animal_elephant"),
    ] {
        assert_eq!(ids(&app, text).await[0], right, "{text}");
    }
}
