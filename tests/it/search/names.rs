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

#[tokio::test]
async fn as_a_word_a_nation_finds_all_gifts_that_it_gave_or_received_and_an_animal_all_that_it_is_in() {
    let app = TestApp::with(&["article", "history"]).await;
    let total = async |filter: String| {
        let found = app
            .query(&format!("{{ gifts(where: {filter}) {{ totalCount }} }}"))
            .await;
        found["gifts"]["totalCount"].as_u64().expect("a number")
    };
    for columns in [false, true] {
        if columns {
            app.by_columns().await;
        }
        for (word, slug) in [("China", "china"), ("Китай", "china"), ("Japan", "japan")] {
            let by_word = total(format!("{{ text: {word:?} }}")).await;
            let of_it = format!("{{ slug: {{ eq: {slug:?} }} }}");
            let by_nation = total(format!("{{ or: [{{ giver: {of_it} }}, {{ recipient: {of_it} }}] }}")).await;
            assert!(
                by_word >= by_nation && by_nation > 0,
                "{word}: {by_word} of {by_nation}"
            );
            let others =
                format!("{{ text: {word:?}, not: {{ or: [{{ giver: {of_it} }}, {{ recipient: {of_it} }}] }} }}");
            let of_title = total(others).await;
            assert_eq!(by_word - of_title, by_nation, "{word}");
        }
        let (pandas, by_kind) = (
            total("{ text: \"大熊猫\" }".into()).await,
            total("{ animal: { slug: { eq: \"giant-panda\" } } }".into()).await,
        );
        assert_eq!(pandas, by_kind);
        assert!(total("{ text: \"china panda japan\" }".into()).await > 0);
        assert_eq!(total("{ text: \"china panda nowhere\" }".into()).await, 0);
    }
}

#[tokio::test]
async fn the_data_as_a_whole_say_how_they_are_cited() {
    let app = TestApp::with(&["article"]).await;
    let query =
        "{ dataset { title license licenseUrl citation version modified creators sources } sources { totalCount }
        gifts(first: 1, orderBy: { field: UPDATED_AT, direction: DESC }) { nodes { updatedAt } } }";
    let data = app.query(query).await;
    let dataset = &data["dataset"];
    assert_eq!(dataset["license"], "CC0-1.0");
    assert_eq!(dataset["sources"], data["sources"]["totalCount"]);
    let modified = dataset["modified"].as_str().expect("a time");
    assert!(modified >= data["gifts"]["nodes"][0]["updatedAt"].as_str().expect("a time"));
    let version = modified[..10].replace('-', ".");
    assert_eq!(dataset["version"], version);
    let citation = dataset["citation"].as_str().expect("a text");
    for part in [&version[..4], &version, "CC0-1.0", "Animals as gifts between nations"] {
        assert!(citation.contains(part), "{citation}: {part}");
    }
}
