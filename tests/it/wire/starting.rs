//! Databases that do not do all that is asked of them at the start.

use mongodb::bson::Document;
use serde_json::json;

use super::proxy::{Reply, Wire};
use super::{Editor, code, over};
use crate::commands::{ends_with, program_over};
use crate::support::settings;

const UPDATE: &str = "mutation { updateGift(input: { id: \"gift_ru-kp-2024\", title: \"New\" }) { gift { version } userErrors { code } } }";

#[tokio::test]
async fn what_a_database_refuses_to_enforce_is_told_and_the_server_goes_on() {
    let wire = Wire::start().await;
    wire.set(|name, command| match name {
        // As where two servers start at the same time.
        "create" if command.contains_key("validator") && command.get_str("create").is_ok_and(|of| of == "events") => {
            Reply::error(117, "ConflictingOperationInProgress", "somebody else is at it")
        }
        "create" if command.contains_key("validator") => Reply::error(115, "CommandNotSupported", "no validators here"),
        "collMod" => Reply::error(115, "CommandNotSupported", "no validators here"),
        "createIndexes" if command.get_str("createIndexes").is_ok_and(|of| of == "history") => {
            Reply::error(67, "CannotCreateIndex", "no such index here")
        }
        "createIndexes" if command.get_str("createIndexes").is_ok_and(|of| of == "events") => {
            Reply::error(50, "MaxTimeMSExpired", "operation exceeded time limit")
        }
        _ => Reply::Pass,
    });
    let app = over(&wire, settings(), "").await;
    app.load(&["article"]).await;
    let unenforced = app.store.unenforced();
    let told = |words: &str| unenforced.iter().any(|line| line.contains(words));
    assert!(
        told("gifts: the validator (code 115 (CommandNotSupported): no validators here)"),
        "{unenforced:#?}"
    );
    assert!(told("no such index here") && unenforced.len() == 15, "{unenforced:#?}");
    assert!(
        told("not built within 60 s: code 50 (MaxTimeMSExpired)"),
        "{unenforced:#?}"
    );
    let (status, _, body) = app.get("/readyz").await;
    assert!(
        status == 200 && body.contains("refused some validators or indexes"),
        "{body}"
    );
    let editor = Editor::at(&app).await;
    let (_, answer) = editor.ask(UPDATE, json!({})).await;
    assert_eq!(answer["data"]["updateGift"]["gift"]["version"], 2, "{answer:#}");
    // Also where it starts again, over what is there by now.
    app.store.ensure_schema().await.expect("it goes on");
    let unenforced = app.store.unenforced();
    assert!(
        unenforced
            .iter()
            .any(|line| line.starts_with("gifts: the validator (code 115")),
        "{unenforced:#?}"
    );
    let found = app.store.check().await.expect("the check runs");
    assert!(
        found
            .iter()
            .any(|finding| finding.to_string().contains("gifts: the validator differs"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_is_not_blamed_for_what_a_database_refuses_to_enforce() {
    let folder = tempfile::tempdir().expect("a folder");
    let wire = Wire::start().await;
    let app = over(&wire, settings(), "").await;
    app.load(&["article"]).await;
    let file = folder.path().join("all.jsonl").display().to_string();
    let by_proxy = |arguments: &[&str], status| {
        ends_with(
            program_over(&app).env("MONGODB_URI", wire.uri("")).args(arguments),
            status,
        )
    };
    by_proxy(&["backup", &file], 0);
    app.raw().await.drop().await.expect("the database is dropped");
    wire.set(|name, command| match name {
        "create" | "collMod" if command.contains_key("validator") => {
            Reply::error(115, "CommandNotSupported", "no validators here")
        }
        _ => Reply::Pass,
    });
    let said = by_proxy(&["restore", &file], 0);
    assert!(said.contains("it refused gifts: the validator (code 115"), "{said}");
    assert!(!said.contains("\ngifts: the validator differs"), "{said}");
    // Whoever asks is told.
    let said = by_proxy(&["check"], 1);
    assert!(said.contains("gifts: the validator differs"), "{said}");
}

#[tokio::test]
async fn validators_are_short_and_no_empty_order_is_sent() {
    let wire = Wire::start().await;
    let (sender, noted) = std::sync::mpsc::channel();
    wire.set(move |name, command| {
        if let Ok(validator) = command.get_document("validator") {
            let bytes = mongodb::bson::serialize_to_vec(validator).expect("BSON").len();
            let has_words = format!("{validator:?}").contains("\"description\": String");
            let of = command.get_str(name).unwrap_or_default();
            // The gifts have twice as many fields as others; a server that takes less refuses that one.
            let most = if of == "gifts" { 17_000 } else { 10_000 };
            let told = format!("{of}: {bytes} bytes, words: {has_words}");
            sender.send((told, bytes < most && !has_words)).expect("it listens");
        }
        let is_empty = |document: &Document| document.get_document("sort").is_ok_and(Document::is_empty);
        let explained = command.get_document("explain").ok();
        if is_empty(command) || explained.is_some_and(is_empty) {
            sender.send((name.to_owned(), false)).expect("it listens");
        }
        Reply::Pass
    });
    let app = over(&wire, settings(), "").await;
    app.load(&["article"]).await;
    app.query("{ gifts { totalCount nodes { title } } giftStats { gifts } }")
        .await;
    let noted: Vec<(String, bool)> = noted.try_iter().collect();
    assert!(noted.len() > 10 && noted.iter().all(|(_, good)| *good), "{noted:?}");
}

#[tokio::test]
async fn a_single_server_is_read_and_says_why_nothing_can_be_changed() {
    let wire = Wire::start().await;
    let app = over(&wire, settings(), "").await;
    app.load(&["article"]).await;
    assert!(!app.store.is_standalone().await.expect("an answer"));
    let editor = Editor::at(&app).await;
    wire.set(|name, command| match name {
        "hello" => Reply::Changed(Box::new(|mut answer| {
            answer.remove("setName");
            answer
        })),
        _ if command.contains_key("startTransaction") => Reply::error(
            20,
            "IllegalOperation",
            "Transaction numbers are only allowed on a replica set member or mongos",
        ),
        _ => Reply::Pass,
    });
    assert!(app.store.is_standalone().await.expect("an answer"));
    let (_, answer) = editor.ask(UPDATE, json!({})).await;
    assert_eq!(code(&answer), "NO_TRANSACTIONS", "{answer:#}");
    assert!(app.query("{ gifts { totalCount } }").await["gifts"]["totalCount"].as_u64() > Some(0));
}

#[tokio::test]
async fn a_database_without_snapshots_says_why_nothing_can_be_changed() {
    let wire = Wire::start().await;
    let app = over(&wire, settings(), "").await;
    app.load(&["article"]).await;
    let editor = Editor::at(&app).await;
    wire.set(|_, command| match command.get_document("readConcern") {
        Ok(concern) if concern.get_str("level").is_ok_and(|level| level == "snapshot") => {
            Reply::error(115, "CommandNotSupported", "'Snapshot' read concern is not supported")
        }
        _ => Reply::Pass,
    });
    let (_, answer) = editor.ask(UPDATE, json!({})).await;
    assert_eq!(code(&answer), "NO_TRANSACTIONS", "{answer:#}");
    wire.set(|_, _| Reply::Pass);
    let (_, answer) = editor.ask(UPDATE, json!({})).await;
    assert_eq!(answer["data"]["updateGift"]["gift"]["version"], 2, "{answer:#}");
}
