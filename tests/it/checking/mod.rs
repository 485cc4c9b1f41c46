//! What `Store::check` finds, what `ensure_schema` puts right, and that the vocabularies in code and schema agree.

use std::collections::BTreeMap;
use std::path::Path;

use menagerie::api::viewer::Role;
use menagerie::domain::date::Precision;
use menagerie::domain::vocabulary as words;
use menagerie::store::Store;
use menagerie::store::check::Finding;
use mongodb::IndexModel;
use mongodb::bson::{Bson, DateTime, Document, doc};
use mongodb::options::IndexOptions;
use serde_json::Value as Json;

use crate::seeding::edit;
use crate::support::TestApp;

async fn findings(app: &TestApp) -> Vec<String> {
    let findings = app.store.check().await.expect("the check runs");
    findings.iter().map(Finding::to_string).collect()
}

async fn indexes(app: &TestApp, collection: &str) -> Vec<IndexModel> {
    use futures_util::TryStreamExt;
    let collection = app.raw().await.collection::<Document>(collection);
    let cursor = collection.list_indexes().await.expect("the indexes");
    cursor.try_collect().await.expect("the indexes")
}

#[tokio::test]
async fn a_clean_database_gives_no_finding() {
    let app = TestApp::empty().await;
    assert_eq!(findings(&app).await, [""; 0]);
    let app = TestApp::with(&["article", "history"]).await;
    assert_eq!(findings(&app).await, [""; 0]);
}

#[tokio::test]
async fn every_fault_of_a_document_is_found() {
    let app = TestApp::with(&["article"]).await;
    let moment = DateTime::from_millis(0);
    let cases: [(&str, &str, Document, &[&str]); 13] = [
        // References, at the top, in lists, in lists of objects.
        (
            "gifts",
            "gift_cn-kr",
            doc! { "giver": "nation_none" },
            &["gift_cn-kr: `giver` refers to nation_none, which does not exist"],
        ),
        (
            "gifts",
            "gift_cn-kr",
            doc! { "items.0.animal": "animal_none" },
            &["gift_cn-kr: `items.animal` refers to animal_none, which does not exist"],
        ),
        (
            "claims",
            "claim_article-C05",
            doc! { "about.0": "event_none" },
            &["claim_article-C05: `about` refers to event_none, which does not exist"],
        ),
        (
            "claims",
            "claim_article-C09",
            doc! { "attributions.0.to": "source_none" },
            &["claim_article-C09: `attributions.to` refers to source_none, which does not exist"],
        ),
        (
            "gifts",
            "gift_cn-kr",
            doc! { "giver": "China" },
            &[
                "gift_cn-kr: `giver` refers to China, which does not exist",
                "gift_cn-kr: giver: found \"China\"; accepted: the id of a nation",
            ],
        ),
        // The validator, and rules that it cannot state.
        (
            "nations",
            "nation_japan",
            doc! { "isoAlpha2": "jp" },
            &["nation_japan: isoAlpha2: found \"jp\"; accepted: a text of the pattern ^[A-Z]{2}$"],
        ),
        (
            "nations",
            "nation_japan",
            doc! { "rating": 5 },
            &["nation_japan: rating: found an unknown field; accepted: the fields "],
        ),
        (
            "nations",
            "nation_japan",
            doc! { "version": "2" },
            &["nation_japan: version: found \"2\"; accepted: a whole number"],
        ),
        (
            "gifts",
            "gift_ru-kp-2024",
            doc! { "total.max": 5 },
            &[
                "gift_ru-kp-2024: total.min: found 71, which is more than `max`, 5; accepted: a number that is not above `max`",
            ],
        ),
        // What is derived.
        (
            "nations",
            "nation_japan",
            doc! { "name": "Nippon" },
            &["nation_japan: `words` does not follow from the document any more"],
        ),
        (
            "gifts",
            "gift_ru-kp-2024",
            doc! { "date.edtf": "2024-10" },
            &["gift_ru-kp-2024: `date` does not follow from the document any more"],
        ),
        (
            "gifts",
            "gift_ru-kp-2024",
            doc! { "date.latest": moment },
            &["gift_ru-kp-2024: `date` does not follow from the document any more"],
        ),
        (
            "gifts",
            "gift_ru-kp-2024",
            doc! { "date.edtf": "soon" },
            &["gift_ru-kp-2024: date.edtf: found \"soon\", where "],
        ),
    ];
    for (collection, id, change, expected) in cases {
        let documents = app.raw().await.collection::<Document>(collection);
        let original = documents
            .find_one(doc! { "_id": id })
            .await
            .expect("an answer")
            .expect(id);
        edit(&app, collection, id, doc! { "$set": change.clone() }).await;
        let mut found = findings(&app).await;
        found.sort();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        let fits = found.len() == expected.len()
            && found
                .iter()
                .zip(&expected)
                .all(|(found, start)| found.starts_with(start));
        assert!(fits, "{change}: {found:#?}\nexpected {expected:#?}");
        documents
            .replace_one(doc! { "_id": id }, original)
            .await
            .expect("it is put back");
    }
    assert_eq!(findings(&app).await, [""; 0]);
}

#[tokio::test]
async fn a_document_that_is_referred_to_and_gone_is_found_from_every_side() {
    let app = TestApp::with(&["article"]).await;
    let animals = app.raw().await.collection::<Document>("animals");
    animals
        .delete_one(doc! { "_id": "animal_giant-panda" })
        .await
        .expect("it is deleted");
    let found = findings(&app).await;
    let paths = [": `items.animal` refers to", ": `about` refers to"];
    for path in paths {
        assert!(found.iter().any(|line| line.contains(path)), "{path} in {found:#?}");
    }
    assert!(
        found
            .iter()
            .all(|line| line.ends_with("refers to animal_giant-panda, which does not exist")),
        "{found:#?}"
    );
}

#[tokio::test]
async fn a_document_whose_id_is_no_text_is_found_too() {
    let app = TestApp::with(&["article"]).await;
    let sources = app.raw().await.collection::<Document>("sources");
    for id in [Bson::Int32(7), Bson::String(String::new()), doc! { "a": 1 }.into()] {
        let odd = doc! { "_id": id.clone(), "title": "Odd" };
        let inserted = sources.insert_one(odd).bypass_document_validation(true).await;
        inserted.expect("the validator is passed by");
        let found = findings(&app).await;
        assert!(
            found
                .iter()
                .any(|line| line.contains("_id: found ") && line.contains("the id of a source")),
            "{id}: {found:#?}"
        );
        sources.delete_one(doc! { "_id": id }).await.expect("it is deleted");
    }
}

/// Finds exactly these, then puts them right, then finds nothing.
async fn found_and_put_right(app: &TestApp, expected: &[&str]) {
    assert_eq!(findings(app).await, expected);
    app.store.ensure_schema().await.expect("the schema is applied");
    assert_eq!(findings(app).await, [""; 0]);
}

#[tokio::test]
async fn a_missing_or_drifted_index_is_found_and_put_right() {
    let app = TestApp::with(&["article"]).await;
    let gifts = app.raw().await.collection::<Document>("gifts");
    gifts.drop_index("giver").await.expect("it is dropped");
    found_and_put_right(&app, &["gifts: the index `giver` is missing"]).await;

    let differs = "gifts: the index `giver` differs from schema/collections/gifts.json";
    let options = || IndexOptions::builder().name("giver".to_owned());
    let others = [
        ("other fields", doc! { "giver": 1 }, options().build()),
        (
            "another order of fields",
            doc! { "_id": 1, "giver": 1 },
            options().build(),
        ),
        ("another direction", doc! { "giver": -1, "_id": 1 }, options().build()),
        (
            "another uniqueness",
            doc! { "giver": 1, "_id": 1 },
            options().unique(true).build(),
        ),
        (
            "not all documents",
            doc! { "giver": 1, "_id": 1 },
            options().sparse(true).build(),
        ),
        (
            "some documents",
            doc! { "giver": 1, "_id": 1 },
            options()
                .partial_filter_expression(doc! { "giver": "nation_china" })
                .build(),
        ),
    ];
    for (how, keys, options) in others {
        gifts.drop_index("giver").await.expect("it is dropped");
        let index = IndexModel::builder().keys(keys).options(options).build();
        gifts.create_index(index).await.expect(how);
        assert_eq!(findings(&app).await, [differs], "{how}");
        app.store.ensure_schema().await.expect("the schema is applied");
        assert_eq!(findings(&app).await, [""; 0], "{how}");
    }
}

#[tokio::test]
async fn an_index_of_somebody_else_is_left_alone() {
    let app = TestApp::empty().await;
    let gifts = app.raw().await.collection::<Document>("gifts");
    let index = IndexModel::builder().keys(doc! { "occasions.min": 1 }).build();
    gifts.create_index(index).await.expect("it is built");
    let before = indexes(&app, "gifts").await.len();
    assert_eq!(findings(&app).await, [""; 0]);
    app.store.ensure_schema().await.expect("the schema is applied");
    assert_eq!(indexes(&app, "gifts").await.len(), before);
}

#[tokio::test]
async fn a_drifted_validator_is_found_and_put_right() {
    let app = TestApp::with(&["article"]).await;
    let database = app.raw().await;
    let differs = "nations: the validator differs from schema/collections/nations.json";
    let lax = doc! { "$jsonSchema": { "bsonType": "object" } };
    for (how, change) in [
        ("another validator", doc! { "validator": lax }),
        ("none", doc! { "validator": {} }),
        ("not enforced", doc! { "validationLevel": "off" }),
        ("only warned of", doc! { "validationAction": "warn" }),
    ] {
        let mut command = doc! { "collMod": "nations" };
        command.extend(change);
        database.run_command(command).await.expect(how);
        assert_eq!(findings(&app).await, [differs], "{how}");
        app.store.ensure_schema().await.expect("the schema is applied");
        assert_eq!(findings(&app).await, [""; 0], "{how}");
        let nations = database.collection::<Document>("nations");
        let refused = nations.insert_one(doc! { "_id": "nation_x" }).await;
        assert!(refused.is_err(), "{how}: the database enforces it again");
    }
}

#[tokio::test]
async fn a_missing_collection_is_found_and_put_right() {
    let app = TestApp::empty().await;
    app.raw()
        .await
        .collection::<Document>("events")
        .drop()
        .await
        .expect("it is dropped");
    found_and_put_right(&app, &["events: the collection is missing"]).await;
    assert!(indexes(&app, "events").await.len() > 3);
    app.store.drop_database().await.expect("the database is dropped");
    assert_eq!(findings(&app).await.len(), 10);
    app.store.ensure_schema().await.expect("the schema is applied");
    assert_eq!(findings(&app).await, [""; 0]);
}

#[tokio::test]
async fn instances_that_start_at_once_do_not_get_in_each_others_way() {
    let app = TestApp::empty().await;
    let mut stores = Vec::new();
    for _ in 0..4 {
        stores.push(Store::connect(&app.options).await.expect("the store connects"));
    }
    for _ in 0..5 {
        app.store.drop_database().await.expect("the database is dropped");
        let starts = stores.iter().map(Store::ensure_schema);
        for outcome in futures_util::future::join_all(starts).await {
            outcome.expect("the schema is applied");
        }
        assert_eq!(findings(&app).await, [""; 0]);
    }
}

#[test]
fn the_vocabularies_of_the_code_are_those_of_the_schema_files() {
    macro_rules! all {
        ($vocabulary:path) => {{
            use $vocabulary as Vocabulary;
            Vocabulary::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>()
        }};
    }
    let expected = BTreeMap::from([
        ("animals.json rank", all!(words::AnimalRank)),
        ("animals.json conservation.category", all!(words::ConservationCategory)),
        ("claims.json attributions.scope", all!(words::AttributionScope)),
        ("events.json kind", all!(words::EventKind)),
        ("events.json nations.role", all!(words::NationRole)),
        ("events.json status", all!(words::EventStatus)),
        ("gifts.json mode", all!(words::GiftMode)),
        ("history.json action", all!(words::HistoryAction)),
        ("shared.json certainty", all!(words::Certainty)),
        ("shared.json date.inferred", all!(words::DatePart)),
        ("shared.json date.precision", all!(Precision)),
        ("shared.json giftStatus", all!(words::GiftStatus)),
        ("shared.json place.kind", all!(words::PlaceKind)),
        ("sources.json kind", all!(words::SourceKind)),
        ("tokens.json role", Role::ALL.map(Role::name).to_vec()),
    ]);
    let mut found = BTreeMap::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/collections");
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        let file = path.file_name().expect("a name").to_string_lossy().into_owned();
        let json = serde_json::from_str(&std::fs::read_to_string(&path).expect("the file is read")).expect("JSON");
        lists_in(&json, &format!("{file} "), &mut found);
    }
    for (place, words) in &expected {
        assert_eq!(
            found.get(*place),
            Some(&words.iter().map(|word| (*word).to_owned()).collect()),
            "{place}"
        );
    }
    let unknown: Vec<_> = found
        .keys()
        .filter(|place| !expected.contains_key(place.as_str()))
        .collect();
    assert!(unknown.is_empty(), "no vocabulary for {unknown:?}");

    let code = include_str!("../../src/domain/vocabulary.rs");
    let declared = code.matches("\nvocabulary! {\n").count();
    assert_eq!(
        expected.len(),
        declared + 2,
        "each vocabulary has its list; the precision is the domain's own, the role a viewer's"
    );
}

/// The lists of accepted words in a file, by the names of the fields that lead to them.
fn lists_in(json: &Json, place: &str, found: &mut BTreeMap<String, Vec<String>>) {
    let Json::Object(fields) = json else { return };
    for (name, value) in fields {
        match (name.as_str(), value) {
            ("enum", Json::Array(list)) => {
                let list = list.iter().map(|word| word.as_str().expect("a word").to_owned());
                found.insert(place.to_owned(), list.collect());
            }
            ("validator" | "$jsonSchema" | "properties" | "items", value) => lists_in(value, place, found),
            (name, value) if place.ends_with(' ') => lists_in(value, &format!("{place}{name}"), found),
            (name, value) => lists_in(value, &format!("{place}.{name}"), found),
        }
    }
}
