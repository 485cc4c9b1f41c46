//! A database far away: what is written together is a handful of commands, however much that is.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use menagerie::domain::id::Kind;
use menagerie::seed::load::{Options, load};
use menagerie::transfer::import::import;
use menagerie::transfer::{Input, import as importing};
use mongodb::bson::{Document, doc};
use serde_json::json;

use super::proxy::{Reply, Wire};
use super::{Editor, over};
use crate::support::{TestApp, alone, settings};

/// How far away it is, in each direction together: short enough for a test, long enough to be told from the work itself.
const AWAY: Duration = Duration::from_millis(20);

/// Lets every command but the feed's take that long, and counts them.
fn far_away(wire: &Wire) -> Arc<AtomicU64> {
    let count = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&count);
    wire.set(move |name, _| match name {
        "getMore" | "hello" | "findAndModify" => Reply::Pass,
        _ => {
            counted.fetch_add(1, Ordering::SeqCst);
            Reply::Late(AWAY)
        }
    });
    count
}

#[tokio::test]
async fn sets_and_imports_are_few_commands() {
    let wire = Wire::start().await;
    let mut settings = settings();
    settings.config.limits.body_limit_bytes = 2 * 1024 * 1024;
    let app = over(&wire, settings, "").await;
    let editor = Editor::at(&app).await;
    let count = far_away(&wire);
    let told = |what: &str, most: u64| {
        let commands = count.swap(0, Ordering::SeqCst);
        assert!(commands <= most, "{what}: {commands} commands");
    };
    let sets = ["article", "history"].map(str::to_owned);
    load(&app.store, &sets, Options::default())
        .await
        .expect("they are loaded");
    told("both sets", 120);
    let rows = |title: &str| {
        let row = |number: usize| json!({ "id": format!("source_far-{number}"), "title": format!("{title} {number}"), "kind": "DATASET" });
        (0..1_000).map(row).collect::<Vec<_>>()
    };
    let import =
        "mutation($input: ImportRowsInput!) { importRows(input: $input) { created updated userErrors { message } } }";
    for (title, expected) in [("New", [1_000, 0]), ("Changed", [0, 1_000])] {
        let input = json!({ "kind": "SOURCE", "rows": rows(title) });
        let (_, answer) = editor.ask(import, json!({ "input": input })).await;
        let made = &answer["data"]["importRows"];
        assert_eq!(
            [&made["created"], &made["updated"]].map(|it| it.as_u64()),
            expected.map(Some),
            "{answer:#}"
        );
        told("a thousand rows", 30);
    }
    let options = Options {
        reset: true,
        dry_run: false,
    };
    load(&app.store, &sets, options).await.expect("they are put back");
    told("both sets put back", 120);
}

#[tokio::test]
async fn an_import_writes_fewer_rows_at_once_where_the_database_takes_long() {
    const ROWS: usize = 2_500;
    let wire = Wire::start().await;
    let app = over(&wire, settings(), "").await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("sources.ndjson");
    let row = |number: usize| json!({ "id": format!("source_slow-{number}"), "title": "Slow", "kind": "DATASET" });
    let rows: Vec<String> = (0..ROWS).map(|number| row(number).to_string()).collect();
    std::fs::write(&file, rows.join("\n")).expect("it is written");
    let _alone = alone().await;
    // The first two transactions take longer than they should: six seconds instead of the thirty that some databases allow.
    let commits = AtomicU64::new(0);
    wire.set(move |name, _| match name {
        "commitTransaction" if commits.fetch_add(1, Ordering::SeqCst) < 2 => Reply::LateAnswer(Duration::from_secs(6)),
        _ => Reply::Pass,
    });
    let options = importing::Options {
        by: "ed".to_owned(),
        keep_good: false,
        dry_run: false,
        without_claims: false,
        replace: false,
    };
    let input = Input::open(&file, Some(Kind::Source), None).expect("it is opened");
    let report = import(&app.store, vec![input], &options, &mut |_| {}).await;
    assert_eq!(report.expect("it is imported").created, ROWS as u64);
    assert_eq!(written_together(&app).await[..3], [1_000, 500, 250]);
}

/// How many entries of the history were written in each transaction, in the order of their moments.
async fn written_together(app: &TestApp) -> Vec<i32> {
    let by_moment = [
        doc! { "$group": { "_id": "$at", "rows": { "$sum": 1 } } },
        doc! { "$sort": { "_id": 1 } },
    ];
    let history = app.raw().await.collection::<Document>("history");
    let mut found = history.aggregate(by_moment).await.expect("an answer");
    let mut rows = Vec::new();
    while found.advance().await.expect("an answer") {
        rows.push(
            found
                .deserialize_current()
                .expect("a document")
                .get_i32("rows")
                .expect("a count"),
        );
    }
    rows
}
