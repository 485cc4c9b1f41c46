//! There is one way to write documents: a batch, made by `Store::write` in one transaction.

use super::{File, in_src, none, pattern};

/// The file whose commands write documents, and those that write something else, each with what that is.
const WRITERS: [(&str, &str); 3] = [
    (
        "src/store/write/commands.rs",
        "documents, the history, locks, idempotency keys, what sets wrote",
    ),
    (
        "src/store/tokens.rs",
        "tokens, of which the history tells under ids of its own",
    ),
    (
        "src/store/feed.rs",
        "the heartbeat, by which a feed tells that it is up to date",
    ),
];

/// The files that begin transactions, each with what for.
const TRANSACTIONS: [(&str, &str); 3] = [
    ("src/store/write/mod.rs", "a batch"),
    ("src/store/tokens.rs", "a token with its entry in the history"),
    (
        "src/store/backup.rs",
        "reading the whole database as it is at one moment",
    ),
];

/// What speaks against it that a pattern is found just in these files.
fn found_elsewhere(text: &str, known: &[(&str, &str)]) -> Vec<String> {
    let pattern = pattern(text);
    let files: Vec<File> = in_src().filter(|file| !file.places(&pattern).is_empty()).collect();
    let is_known = |file: &&File| known.iter().any(|(path, _)| *path == file.path);
    let elsewhere = files.iter().filter(|file| !is_known(file));
    let mut broken: Vec<String> = elsewhere.flat_map(|file| file.places(&pattern)).collect();
    let gone = known
        .iter()
        .filter(|(path, _)| files.iter().all(|file| file.path != *path));
    broken.extend(gone.map(|(path, _)| format!("{path} does so no more: take it off the list")));
    broken
}

#[test]
fn documents_are_written_in_one_place() {
    let methods = r"\.((insert|update|replace|delete)_(one|many)|find_one_and_\w+|bulk_write)\(";
    let commands = r#""(insert|update|delete|findAndModify|bulkWrite)":"#;
    none(
        "commands that write stand in src/store/write/commands.rs",
        found_elsewhere(&format!("{methods}|{commands}"), &WRITERS),
    );
    none(
        "a batch is the one transaction that writes documents",
        found_elsewhere(r"\.start_transaction\(", &TRANSACTIONS),
    );
}

#[test]
fn whoever_writes_documents_hands_over_a_batch() {
    let public = pattern(r"^\s*pub async fn (\w+)");
    let mut ways = Vec::new();
    for file in in_src().filter(|file| file.path.starts_with("src/store/write/")) {
        let names = file
            .code()
            .filter_map(|(_, line)| Some(public.captures(line)?[1].to_owned()));
        ways.extend(names.map(|name| format!("{}: {name}", file.path)));
    }
    let expected = [
        "src/store/write/history.rs: history_length",
        "src/store/write/history.rs: history",
        "src/store/write/mod.rs: write",
    ];
    assert_eq!(ways, expected, "to read the history, and to write");
}
