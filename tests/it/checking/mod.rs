//! What `Store::check` finds, what `ensure_schema` puts right, and that the vocabularies in code and schema agree.
//!
//! Here stand indexes, validators and whole collections; the files beside this one hold the rest.

mod documents; // documents with faults, references that lead nowhere
mod vocabularies; // the words of the code are those of the schema files

use std::collections::BTreeSet;

use menagerie::domain::id::Kind;
use menagerie::store::Store;
use menagerie::store::check::Finding;
use mongodb::IndexModel;
use mongodb::bson::{Document, doc};
use mongodb::options::IndexOptions;

use crate::support::{TestApp, database_options};

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
    let kept_for_itself = ["derived", "history", "locks", "marks", "retries", "seeded", "tokens"];
    let all = Kind::ALL.map(Kind::collection).into_iter().chain(kept_for_itself);
    let missing: BTreeSet<String> = all.map(|name| format!("{name}: the collection is missing")).collect();
    assert_eq!(BTreeSet::from_iter(findings(&app).await), missing);
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

#[tokio::test]
async fn the_embedded_database_goes_without_indexes_that_are_needless_beside_columns() {
    let beside_columns = menagerie::store::Options {
        columns: true,
        ..database_options()
    };
    let app = TestApp::over(beside_columns.clone()).await;
    let of = async |collection| -> BTreeSet<String> {
        let found = indexes(&app, collection).await;
        found.into_iter().filter_map(|index| index.options?.name).collect()
    };
    assert_eq!(findings(&app).await, [""; 0]);
    let few = of("gifts").await;
    let is_embedded = app.store.reads_without_indexes().await;
    for (index, is_needed) in [
        ("slug", true),
        ("giver", true),
        ("animal", true),
        ("words", false),
        ("span", false),
    ] {
        assert_eq!(few.contains(index), is_needed || !is_embedded, "{index}");
    }
    // Where the columns are turned off later, the rest is found missing and built.
    let without = menagerie::store::Options {
        columns: false,
        ..beside_columns
    };
    let store = Store::connect(&without).await.expect("the store connects");
    assert_eq!(store.check().await.expect("the check runs").is_empty(), !is_embedded);
    store.ensure_schema().await.expect("the schema is applied");
    assert_eq!(store.check().await.expect("the check runs").len(), 0);
    assert!(
        of("gifts")
            .await
            .is_superset(&BTreeSet::from(["words", "span"].map(str::to_owned)))
    );
    // They stay where the columns are turned on again.
    assert_eq!(findings(&app).await, [""; 0]);
}
