//! Documents in files: imports, exports that imports read back, backups.
//!
//! Here stands what the files beside this one share: how files are imported, and what a test's database holds.

mod backups; // everything in one file, and back
mod bounds; // texts and lists at their bounds, and just over them, at every door
mod cut; // imports that are cut off, and run again
mod importing; // what an import does: new, changed, unchanged; all or nothing; references
mod leads; // what rows call documents
mod leaving; // what is left out stays as it is, at every door
mod people; // tables as people and their spreadsheets make them, and what they are told of them
mod refused; // bad rows: each has its line
mod requests; // the mutation `importRows`
mod round; // an export is read back to the same documents
mod telling; // what an import tells of what it does

use std::collections::BTreeMap;
use std::path::Path;

use menagerie::transfer::Input;
use menagerie::transfer::import::{ImportError, ImportEvent, ImportReport, Options, import};
use mongodb::bson::Document;

use crate::seeding::{Folder, contents};
use crate::support::TestApp;

/// All or nothing.
pub fn plainly() -> Options {
    Options {
        by: "tester".to_owned(),
        keep_good: false,
        dry_run: false,
        without_claims: false,
        replace: false,
    }
}

fn keeping_good() -> Options {
    Options {
        keep_good: true,
        ..plainly()
    }
}

fn dry() -> Options {
    Options {
        dry_run: true,
        ..plainly()
    }
}

/// Imports files; gives what came of it and the lines of the report, without the folder in front of the files' names.
pub async fn imported(
    app: &TestApp,
    files: &[&Path],
    options: &Options,
) -> (Result<ImportReport, ImportError>, Vec<String>) {
    let open = |path: &&Path| Input::open(path, None, None).expect("the file is there");
    let mut lines = Vec::new();
    let mut tell = |told| {
        if let ImportEvent::Bad(row) = told {
            let line = row.to_string();
            let folder = Path::new(&row.file).parent().expect("a folder").display().to_string();
            lines.push(line.replace(&format!("{folder}/"), ""));
        }
    };
    let inputs = files.iter().map(open).collect();
    let outcome = import(&app.store, inputs, options, &mut tell).await;
    (outcome, lines)
}

/// An import that goes well.
pub async fn good(app: &TestApp, files: &[&Path]) -> ImportReport {
    let (outcome, lines) = imported(app, files, &plainly()).await;
    outcome.unwrap_or_else(|error| panic!("{error}: {lines:#?}"))
}

/// Created, updated, unchanged, bad.
fn counts(report: &ImportReport) -> [u64; 4] {
    [report.created, report.updated, report.unchanged, report.bad]
}

/// Two nations, an animal, an event, a gift and two claims.
async fn small() -> TestApp {
    let app = TestApp::empty().await;
    let set = Folder::good();
    app.load(&[&set.name()]).await;
    app
}

/// All documents by collection and id, without versions and times.
async fn documents(app: &TestApp) -> BTreeMap<String, Document> {
    let mut documents = contents(app).await;
    documents.retain(|place, _| {
        !["derived/", "history/", "locks/", "seeded/", "tokens/", "marks/"]
            .iter()
            .any(|other| place.starts_with(other))
    });
    for document in documents.values_mut() {
        for field in ["version", "createdAt", "updatedAt"] {
            document.remove(field);
        }
    }
    documents
}

/// The history says of every document each version once, and the last is the document's own.
async fn history_is_gapless(app: &TestApp) {
    let all = contents(app).await;
    let mut versions: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    let number = |row: &Document| match row.get("version") {
        Some(mongodb::bson::Bson::Int32(version)) => i64::from(*version),
        Some(mongodb::bson::Bson::Int64(version)) => *version,
        other => panic!("no version: {other:?}"),
    };
    for (_, entry) in all.iter().filter(|(place, _)| place.starts_with("history/")) {
        let document = entry.get_str("document").expect("a document");
        // Tokens are made and revoked, and have no versions.
        if document.starts_with("token_") {
            continue;
        }
        versions.entry(document).or_default().push(number(entry));
    }
    for (document, versions) in &mut versions {
        versions.sort_unstable();
        let last = i64::try_from(versions.len()).expect("a number");
        assert_eq!(*versions, (1..=last).collect::<Vec<_>>(), "{document}");
        let stored = all
            .values()
            .find(|row| row.get_str("_id").ok() == Some(*document) && row.contains_key("words"));
        assert_eq!(stored.map(number), Some(last), "{document}");
    }
}
