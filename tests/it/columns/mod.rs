//! The columns of the gifts: they answer as the database does, never older than they may be, never half of a change, and
//! give up where they cannot.
//!
//! In all other tests the database answers, and every answer of the columns is held against it (`support.rs`).

mod bounds; // memory, values that no column holds, a feed that breaks off
mod current; // own writes, transactions of others
mod kept; // what they find once
mod pages; // pages by ids

use std::collections::BTreeMap;

use menagerie::domain::id::Kind;
use menagerie::store::Store;
use menagerie::store::columns::Phase;
use menagerie::store::write::{Batch, Effect, Intent, Policy, Prepared, Write};
use serde_json::{Value as Json, json};

use crate::support::{TestApp, settings, until};

/// Everything that statistics can tell of the gifts that match.
pub const STATISTICS: &str = "query ($where: GiftFilter) {
    gifts(where: $where) { totalCount }
    giftStats(where: $where) {
        gifts animals { min max approximate } unknownCounts
        byGiver(first: 50) { kind label gifts animals { min max approximate } unknownCounts }
        byRecipient(first: 50) { kind label gifts animals { min max } }
        kinds: byAnimal(first: 50) { kind label gifts animals { min max approximate } unknownCounts }
        families: byAnimal(by: FAMILY, first: 50) { kind label gifts animals { min max approximate } unknownCounts }
        orders: byAnimal(by: ORDER, first: 50) { kind label gifts }
        byYear(first: 100) { kind label gifts possible animals { min max } }
        byDecade(first: 100) { kind label gifts possible }
        byStatus { label gifts animals { min max } } byMode { label gifts } byCertainty { label gifts animals { min max } }
    }
    giftFlows(where: $where, first: 50) {
        giver { id } recipient { id } gifts animals { min max approximate } unknownCounts firstDate lastDate
    }
}";

/// Filters across everything that has columns.
fn filters() -> Vec<Json> {
    vec![
        json!(null),
        json!({ "giver": { "region": { "eq": "Asia" } } }),
        json!({ "not": { "recipient": { "text": "korea" } } }),
        json!({ "animal": { "class": { "in": ["Aves", "Mammalia"] } }, "date": { "overlaps": "1950/2000" } }),
        json!({ "or": [{ "certainty": { "known": false } }, { "certainty": { "in": ["STATED", "CONCERN"] } }] }),
        json!({ "status": { "notIn": ["DIED", "DELIVERED"] }, "total": { "atLeast": 2, "sure": false } }),
        json!({ "text": "bear" }),
        json!({ "date": { "within": "1960/1999", "includeQualified": true } }),
        json!({ "animal": { "origin": { "known": true } } }),
        json!({ "id": { "in": ["gift_ru-kp-2024", "gift_nobody"] } }),
    ]
}

/// Documents as a set has them, all in one transaction.
pub async fn put(store: &Store, documents: &[(Kind, Json)]) {
    let prepared = documents.iter().map(|(kind, json)| {
        let prepared = Prepared::from_json(*kind, json);
        Write::Put(prepared.unwrap_or_else(|problems| panic!("{problems:?}")))
    });
    let (set, reset) = ("test".to_owned(), true);
    write(store, prepared.collect(), Policy::Seed { set, reset }).await;
}

/// Deletes a document.
pub async fn delete(store: &Store, id: &str) {
    let (id, expected) = (id.to_owned(), None);
    let policy = Policy::Edit {
        without_claims: true,
        key: None,
    };
    write(store, vec![Write::Delete { id, expected }], policy).await;
}

async fn write(store: &Store, writes: Vec<Write>, policy: Policy) {
    let batch = Batch {
        writes,
        policy,
        by: "test".to_owned(),
        intent: Intent::Write,
    };
    for outcome in store.write(batch).await.expect("it is written") {
        assert!(outcome.violations.is_empty(), "{outcome:?}");
        assert_ne!(outcome.effect, Effect::Unchanged, "{outcome:?}");
    }
}

/// A gift with so many animals.
pub fn gift(number: usize, animals: usize) -> (Kind, Json) {
    let json = json!({
        "_id": format!("gift_test-{number}"), "slug": format!("test-{number}"), "title": format!("Gift {number}"),
        "giver": "nation_russia", "recipient": "nation_north-korea", "mode": "GIFT", "status": "DELIVERED",
        "statusHistory": [], "items": [], "inferred": [], "total": { "min": animals, "max": animals },
    });
    (Kind::Gift, json)
}

/// The answers to the questions of these tests.
async fn answers(app: &TestApp) -> Vec<Json> {
    let mut answers = Vec::new();
    for filter in filters() {
        answers.push(app.query_with(STATISTICS, json!({ "where": filter })).await);
    }
    answers
}

#[tokio::test]
async fn statistics_are_those_of_the_database_and_ask_it_for_nothing_but_names() {
    let app = TestApp::with(&["article", "history"]).await;
    let by_database = answers(&app).await;
    app.by_columns().await;
    let sent = app.store.commands_sent();
    app.query("{ giftStats { gifts byStatus { gifts } byYear(first: 10) { gifts } byCertainty { gifts } } }")
        .await;
    assert_eq!(app.store.commands_sent(), sent, "the database was asked");
    let by_columns = answers(&app).await;
    for ((one, other), filter) in by_database.iter().zip(&by_columns).zip(filters()) {
        assert_eq!(one, other, "{filter}");
    }
    let counts: Vec<_> = by_columns
        .iter()
        .map(|found| found["gifts"]["totalCount"].as_u64())
        .collect();
    assert!(
        counts.iter().filter(|count| **count > Some(0)).count() > 7,
        "{counts:?}"
    );
    assert!(app.live.columns().status().passed_on == 0 || app.live.columns().status().answered > 50);
}

#[tokio::test]
async fn an_answer_of_the_columns_that_differs_is_found() {
    let mut settings = settings();
    settings.config.columns_bytes = 0;
    let other = TestApp::set(settings).await;
    assert_eq!(other.live.columns().status().phase, Phase::Off);
    let app = TestApp::with(&["article"]).await;
    until("the columns to be current", || {
        app.live.is_fresh() && app.live.columns().status().current
    })
    .await;
    let gift = app.raw().await.collection::<mongodb::bson::RawDocumentBuf>("gifts");
    let gift = gift.find_one(mongodb::bson::doc! { "_id": "gift_ru-kp-2024" }).await;
    // As if a gift had been deleted, which it was not.
    app.live.columns().hear(menagerie::store::columns::ColumnChange {
        kind: Kind::Gift,
        id: "gift_ru-kp-2024".to_owned(),
        document: gift.expect("the database answers"),
        is_deletion: true,
        version: None,
        transaction: None,
    });
    app.query("{ giftStats { gifts } }").await;
    let differences = app.live.columns().take_differences();
    assert_eq!(differences.len(), 1, "{differences:?}");
}

#[tokio::test]
async fn what_is_not_in_the_columns_is_answered_by_the_database() {
    let app = TestApp::with(&["article"]).await;
    app.by_columns().await;
    let slug = app
        .query("{ gifts(where: { slug: { eq: \"ru-kp-2024\" } }) { totalCount nodes { slug } } }")
        .await;
    assert_eq!(
        slug["gifts"],
        json!({ "totalCount": 1, "nodes": [{ "slug": "ru-kp-2024" }] })
    );
    let stats = app
        .query("{ giftStats(where: { slug: { eq: \"ru-kp-2024\" } }) { gifts } }")
        .await;
    assert_eq!(stats["giftStats"]["gifts"], 1);
    assert!(app.metric("menagerie_columns_passed_on_total") >= 2.0);
}

#[tokio::test]
async fn the_columns_hold_every_path_that_filters_of_gifts_and_of_what_they_refer_to_use() {
    let app = TestApp::with(&["article"]).await;
    app.by_columns().await;
    let of = |filter: &str| format!("{{ giftStats(where: {filter}) {{ gifts }} }}");
    // Each field of each filter, but for those that a comment in docs/PERFORMANCE.md leaves to the database.
    let dates = "{ overlaps: \"1900/2000\", within: \"1900/2000\", known: true }";
    let nation = format!(
        "{{ id: {{ notIn: [\"nation_russia\"] }}, slug: {{ notIn: [\"a\"] }}, name: {{ notIn: [\"a\"] }}, aliases: {{ notIn: [\"a\"] }}, \
         names: {{ notIn: [\"a\"] }}, isoAlpha2: {{ known: true }}, isoAlpha3: {{ known: true }}, isoAlpha4: {{ known: false }}, \
         region: {{ known: true }}, subregion: {{ known: true }}, existed: {dates}, successors: {{ known: false }}, \
         certainty: {{ known: false }}, text: \"a\" }}"
    );
    let animal = format!(
        "{{ id: {{ notIn: [\"animal_lion\"] }}, slug: {{ notIn: [\"a\"] }}, commonName: {{ notIn: [\"a\"] }}, aliases: {{ notIn: [\"a\"] }}, \
         names: {{ notIn: [\"a\"] }}, rank: {{ known: true }}, class: {{ known: true }}, order: {{ known: true }}, \
         family: {{ known: true }}, conservation: {{ known: true }}, nativeTo: {{ known: true }}, origin: {nation}, \
         certainty: {{ known: false }}, text: \"a\" }}"
    );
    let gift = format!(
        "{{ id: {{ notIn: [\"gift_a\"] }}, status: {{ known: true }}, mode: {{ known: true }}, giver: {nation}, recipient: {nation}, \
         animal: {animal}, event: {{ known: false }}, date: {dates}, total: {{ atLeast: 1, atMost: 9, known: true }}, \
         certainty: {{ known: true }}, text: \"a\" }}"
    );
    let passed_on = app.live.columns().status().passed_on;
    app.query(&of(&gift)).await;
    assert_eq!(app.live.columns().status().passed_on, passed_on);
    let schema = app
        .query("{ __type(name: \"GiftFilter\") { inputFields { name } } }")
        .await;
    let fields: BTreeMap<&str, ()> = schema["__type"]["inputFields"]
        .as_array()
        .expect("fields")
        .iter()
        .map(|field| (field["name"].as_str().expect("a name"), ()))
        .collect();
    for name in fields
        .keys()
        .filter(|name| !["and", "or", "not", "known", "slug"].contains(name))
    {
        assert!(gift.contains(&format!("{name}: ")), "{name} is not asked for");
    }
}
