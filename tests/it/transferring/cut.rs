//! Imports that are cut off by `kill -9`, together with their database, and run again: nothing is lost, nothing doubled.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use menagerie::embedded::running;
use mongodb::bson::{Document, doc};
use serde_json::{Value as Json, json};

use crate::commands::{ends_with, program};
use crate::support::database_at;

/// How many rows the file has: several pieces.
const ROWS: usize = 5_000;
/// How often the import is cut off.
const CUTS: usize = 3;

/// The program over a database in a folder of its own.
fn over(folder: &Path) -> Command {
    let mut command = program(folder);
    command
        .env("MENAGERIE_DATA_DIR", folder.join("data"))
        .env("MENAGERIE_LOG", "warn");
    command
}

/// An import, and its database, killed as soon as there are more rows than before; gives how many there were. `None`
/// where it came to its end first.
async fn killed(folder: &Path, before: u64) -> Option<u64> {
    let mut command = over(folder);
    command.args(["import", "sources.ndjson"]);
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let sources = loop {
        if !goes_on(&mut child) {
            return None;
        }
        if let Some(uri) = running(&folder.join("data")) {
            let database = database_at(&uri, "menagerie").await;
            break database.collection::<Document>("sources");
        }
        tokio::task::yield_now().await;
    };
    loop {
        let count = sources.count_documents(doc! {}).await.unwrap_or(before);
        let goes_on = goes_on(&mut child);
        if count > before || !goes_on {
            child.kill().expect("it is ours");
            child.wait().expect("it is gone");
            return goes_on.then_some(count);
        }
    }
}

fn goes_on(child: &mut Child) -> bool {
    child.try_wait().expect("it is ours").is_none()
}

#[tokio::test]
async fn an_import_that_is_killed_goes_on_when_it_is_run_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("sources.ndjson");
    let text: String = (0..ROWS)
        .map(|number| format!("{{\"title\": \"Source {number}\", \"kind\": \"DATASET\"}}\n"))
        .collect();
    fs::write(&file, text).expect("the file is written");
    let mut counts = Vec::new();
    for _ in 0..CUTS {
        counts.extend(killed(folder.path(), counts.last().copied().unwrap_or(0)).await);
    }
    assert!(counts.first().is_some_and(|count| *count < ROWS as u64), "{counts:?}");
    let said = ends_with(over(folder.path()).args(["import", "sources.ndjson"]), 0);
    assert!(
        said.ends_with(" 0 bad\n") && !said.contains(&format!("{ROWS} created")),
        "{said}"
    );
    ends_with(over(folder.path()).args(["backup", "all.jsonl"]), 0);
    let backup = fs::read_to_string(folder.path().join("all.jsonl")).expect("it is there");
    let lines: Vec<Json> = backup
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let all = |collection: &'static str| {
        lines
            .iter()
            .map(move |line| &line[collection])
            .filter(|row| row.is_object())
    };
    let titles: BTreeSet<&str> = all("sources").filter_map(|row| row["title"].as_str()).collect();
    assert_eq!(
        (all("sources").count(), titles.len()),
        (ROWS, ROWS),
        "none is lost, none is there twice"
    );
    assert!(all("sources").all(|row| row["version"] == json!({ "$numberLong": "1" })));
    assert_eq!(all("history").count(), ROWS, "each document has one entry");
}
