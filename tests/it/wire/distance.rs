//! A database far away: what is written together is a handful of commands, however much that is.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use menagerie::seed::load::{Options, load};
use serde_json::json;

use super::proxy::{Reply, Wire};
use super::{Editor, over};
use crate::support::settings;

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
