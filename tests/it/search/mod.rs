//! `search` through HTTP: what is found and how it is shown, pages and cursors, and how the index follows the data.

mod following;
mod names;
mod pages;

use menagerie::domain::id::Kind;
use menagerie::search::{Hits, SearchRequest};
use menagerie::store::collections::searched;
use serde_json::{Value as Json, json};

use crate::support::TestApp;

const SETS: [&str; 2] = ["article", "history"];

/// A server over sets whose documents are all in its index.
async fn indexed(sets: &[&str]) -> TestApp {
    let app = TestApp::with(sets).await;
    app.is_indexed().await;
    app
}

/// What the index finds, asked past HTTP.
fn found(app: &TestApp, text: &str, kinds: &[Kind]) -> Hits {
    let request = SearchRequest {
        text: text.to_owned(),
        kinds: kinds.to_vec(),
        after: None,
        limit: 2_000,
        highlights: false,
    };
    app.search.find(&request).expect("an answer")
}

/// What a search for this text finds: ids, in order, up to 200.
async fn ids(app: &TestApp, text: &str) -> Vec<String> {
    let query = "query($text: String!) { search(text: $text, first: 200) { nodes { __typename ... on Node { id } } } }";
    let found = app.query_with(query, json!({ "text": text })).await;
    let nodes = found["search"]["nodes"].as_array().expect("nodes");
    nodes
        .iter()
        .map(|node| node["id"].as_str().expect("an id").to_owned())
        .collect()
}

#[tokio::test]
async fn a_panda_is_found_however_it_is_typed() {
    let app = indexed(&SETS).await;
    let right = ids(&app, "giant panda").await;
    assert!(right[0].starts_with("animal_"), "{right:?}");
    for text in ["giant pandda", "GIANT PANDÁ", "gaint panda", "  Giant,  panda "] {
        assert_eq!(ids(&app, text).await[0], right[0], "{text}");
    }
}

#[tokio::test]
async fn what_nobody_knows_gives_nothing_and_no_error() {
    let app = indexed(&["article"]).await;
    let query = "query($text: String!) { search(text: $text) { totalCount edges { score } pageInfo { hasNextPage \
                 hasPreviousPage startCursor endCursor } } }";
    for text in ["", "   ", "Жираффин", "🦄", "\u{0}", "xyzzyx", "--", "ㅤ"] {
        let found = app.query_with(query, json!({ "text": text })).await;
        let nothing = json!({
            "totalCount": 0,
            "edges": [],
            "pageInfo": { "hasNextPage": false, "hasPreviousPage": false, "startCursor": null, "endCursor": null },
        });
        assert_eq!(found["search"], nothing, "{text:?}");
    }
    // Letters of another script are taken for the Latin ones that sound like them.
    app.query_with(query, json!({ "text": "Пак" })).await;
}

#[tokio::test]
async fn operators_and_quotations_are_only_text() {
    let app = indexed(&["article"]).await;
    let plain = ids(&app, "moscow zoo").await;
    assert!(plain.contains(&"gift_ru-kp-2024".to_owned()), "{plain:?}");
    for text in [
        "\"moscow zoo\"",
        "moscow + zoo",
        "+moscow -zoo*",
        "moscow~ zoo^",
        "(moscow) [zoo] {}",
        "moscow\\zoo",
        "moscow:zoo",
        "' moscow '' zoo",
        "$moscow $zoo",
    ] {
        assert_eq!(ids(&app, text).await, plain, "{text}");
    }
    for text in [
        "AND",
        "\"",
        "title:panda",
        "[* TO *]",
        "/.*/",
        "NOT moscow OR",
        "a AND (b",
        "\\",
        "panda~9999999",
    ] {
        ids(&app, text).await;
    }
}

#[tokio::test]
async fn every_title_is_found_by_each_of_its_beginnings() {
    let app = indexed(&SETS).await;
    let gifts = app
        .query("{ gifts(first: 200) { nodes { id title } pageInfo { hasNextPage } } }")
        .await;
    assert_eq!(gifts["gifts"]["pageInfo"]["hasNextPage"], false);
    let gifts = gifts["gifts"]["nodes"].as_array().expect("gifts");
    assert!(gifts.len() > 30);
    for gift in gifts {
        let (id, title) = (gift["id"].as_str().unwrap(), gift["title"].as_str().unwrap());
        for (end, _) in title.char_indices().skip(2).chain([(title.len(), ' ')]) {
            let typed = &title[..end];
            let found = found(&app, typed, &searched().collect::<Vec<_>>());
            let place = found.hits.iter().position(|hit| hit.id == id);
            let place = place.unwrap_or_else(|| panic!("{typed:?} does not find {title:?}"));
            // Ever more of the title leaves ever fewer others before it.
            assert!(end < title.len() || place < 3, "{title:?} is number {place}");
        }
    }
    // The same through the API, for a few.
    for gift in gifts.iter().step_by(9) {
        let (id, title) = (gift["id"].as_str().unwrap(), gift["title"].as_str().unwrap());
        for typed in [
            title.to_owned(),
            title.to_uppercase(),
            title.chars().take(title.chars().count() - 2).collect(),
        ] {
            assert!(ids(&app, &typed).await.contains(&id.to_owned()), "{typed:?}");
        }
    }
}

#[tokio::test]
async fn only_the_kinds_that_are_asked_for_are_found() {
    let app = indexed(&SETS).await;
    let kinds = |found: &Json| -> Vec<String> {
        let nodes = found["search"]["nodes"].as_array().expect("nodes");
        let mut kinds: Vec<String> = nodes
            .iter()
            .map(|node| node["__typename"].as_str().unwrap().to_owned())
            .collect();
        kinds.sort();
        kinds.dedup();
        kinds
    };
    let query = "query($kinds: [SearchKind!]) { search(text: \"panda\", kinds: $kinds, first: 200) { totalCount nodes { \
                 __typename } } }";
    let all = app.query_with(query, json!({})).await;
    assert!(kinds(&all).len() >= 3, "{all}");
    let some = app
        .query_with(query, json!({ "kinds": ["ANIMAL", "GIFT", "GIFT"] }))
        .await;
    assert_eq!(kinds(&some), ["Animal", "Gift"]);
    assert!(some["search"]["totalCount"].as_u64() < all["search"]["totalCount"].as_u64());
    let none = app.query_with(query, json!({ "kinds": [] })).await;
    assert_eq!(none["search"], json!({ "totalCount": 0, "nodes": [] }));
}

#[tokio::test]
async fn hits_come_with_all_that_is_selected_below_them_and_with_highlights() {
    let app = indexed(&SETS).await;
    let found = app
        .query(
            "{ search(text: \"moscow zoo pyongyang\", kinds: [GIFT], first: 1) { totalCount index { documents live asOf \
             lagMs } edges { score cursor highlights { field parts { text matched } } node { ... on Gift { slug giver { \
             name } claims(first: 1) { nodes { code source { title } } } } } } nodes { ...Title } } } \
             fragment Title on SearchResult { ... on Gift { title recipient { name } } }",
        )
        .await;
    let found = &found["search"];
    let node = &found["edges"][0]["node"];
    assert_eq!(node["slug"], "ru-kp-2024", "{found:#}");
    assert_eq!(node["giver"]["name"], "Russia");
    assert!(node["claims"]["nodes"][0]["source"]["title"].is_string(), "{node}");
    let title = "Animals from Moscow Zoo for Pyongyang Central Zoo";
    assert_eq!(
        found["nodes"],
        json!([{ "title": title, "recipient": { "name": "North Korea" } }])
    );
    assert!(found["edges"][0]["score"].as_f64() > Some(0.0));
    let highlight = &found["edges"][0]["highlights"];
    let highlight = highlight.as_array().unwrap().iter().find(|one| one["field"] == "title");
    let parts = highlight.expect("the title matched")["parts"]
        .as_array()
        .expect("parts");
    let text = |part: &Json| part["text"].as_str().unwrap().to_owned();
    assert_eq!(parts.iter().map(text).collect::<String>(), title);
    let marked: Vec<String> = parts.iter().filter(|part| part["matched"] == true).map(text).collect();
    assert_eq!(marked, ["Moscow", "Zoo", "Pyongyang", "Zoo"]);
    let index = &found["index"];
    assert!(index["live"] == true && index["asOf"].is_string(), "{index}");
    assert_eq!(index["documents"].as_u64(), Some(app.search.status().documents));
}

#[tokio::test]
async fn a_search_costs_a_command_for_each_kind_that_it_finds_and_none_for_its_count() {
    let app = indexed(&["article"]).await;
    let before = app.store.commands_sent();
    app.query("{ search(text: \"panda\") { totalCount index { live } } }")
        .await;
    assert_eq!(app.store.commands_sent(), before);
    app.query("{ search(text: \"panda\", kinds: [ANIMAL]) { nodes { ... on Animal { commonName } } } }")
        .await;
    assert_eq!(app.store.commands_sent(), before + 1);
}
