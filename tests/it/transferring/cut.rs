//! Imports that are cut off by `kill -9`, together with their database, and run again: nothing is lost, nothing doubled.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value as Json;

use crate::commands::{ends_with, program};

/// How many rows the file has: several pieces.
const ROWS: usize = 3_000;

/// The program over a database in a folder of its own.
fn over(folder: &Path) -> Command {
    let mut command = program(folder);
    command.env("MENAGERIE_DATA_DIR", folder.join("data"));
    command
}

#[test]
fn an_import_that_is_killed_goes_on_when_it_is_run_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("sources.ndjson");
    let mut text = String::new();
    for number in 0..ROWS {
        text += &format!("{{\"title\": \"Source {number}\", \"kind\": \"DATASET\"}}\n");
    }
    fs::write(&file, text).expect("the file is written");
    let mut cut = 0;
    for _ in 0..6 {
        let mut child = over(folder.path())
            .args(["import", "sources.ndjson"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        // A moment that no test can choose: when the database's files have grown by as much as they happen to.
        let before = size(&folder.path().join("data"));
        while size(&folder.path().join("data")) <= before + 200_000 && child.try_wait().expect("ours").is_none() {
            std::thread::yield_now();
        }
        if child.try_wait().expect("ours").is_some_and(|status| status.success()) {
            break;
        }
        child.kill().expect("it is killed");
        child.wait().expect("it is gone");
        cut += 1;
    }
    assert!(cut > 0, "it was never cut off");
    let said = ends_with(over(folder.path()).args(["import", "sources.ndjson"]), 0);
    assert!(said.ends_with(" 0 bad\n"), "{said}");
    let rows = exported(folder.path(), "sources");
    let titles: BTreeSet<&str> = rows.iter().filter_map(|row| row["title"].as_str()).collect();
    assert_eq!((rows.len(), titles.len()), (ROWS, ROWS), "cut off {cut} times");
    assert!(rows.iter().all(|row| row["version"] == 1));
    let said = ends_with(over(folder.path()).args(["import", "sources.ndjson"]), 0);
    assert_eq!(said, format!("0 created, 0 updated, {ROWS} unchanged, 0 bad\n"));
    ends_with(over(folder.path()).args(["backup", "all.jsonl"]), 0);
    let backup = fs::read_to_string(folder.path().join("all.jsonl")).expect("it is there");
    let entries: BTreeSet<&str> = backup
        .lines()
        .filter(|line| line.starts_with("{\"history\":"))
        .collect();
    assert_eq!(entries.len(), ROWS, "each document has one entry");
}

fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => size(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    });
    sizes.sum()
}

fn exported(folder: &Path, collection: &str) -> Vec<Json> {
    let file = format!("{collection}.ndjson");
    ends_with(over(folder).args(["export", &file]), 0);
    let text = fs::read_to_string(folder.join(file)).expect("it is there");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}
