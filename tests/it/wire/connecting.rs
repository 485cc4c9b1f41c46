//! What the URI sets, and what a person reads of an error.

use std::sync::{Arc, Mutex};

use mongodb::bson::Document;
use serde_json::json;

use super::proxy::{Reply, Wire};
use super::{Editor, code, over};
use crate::commands::{program, run, said};
use crate::support::settings;

/// Keeps what this makes of each command.
fn noting<T: Send + 'static>(
    wire: &Wire,
    note: impl Fn(&str, &Document) -> Option<T> + Send + 'static,
) -> Arc<Mutex<Vec<T>>> {
    let noted = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&noted);
    wire.set(move |name, command| {
        notes.lock().expect("no panic").extend(note(name, command));
        Reply::Pass
    });
    noted
}

const UPDATE: &str = "mutation { updateGift(input: { id: \"gift_ru-kp-2024\", title: \"New\" }) { gift { version } userErrors { code } } }";

#[tokio::test]
async fn the_store_reads_from_the_primary_whatever_the_uri_says() {
    let wire = Wire::start().await;
    let elsewhere = noting(&wire, |name, command| {
        let preference = command
            .get_document("$readPreference")
            .ok()?
            .get_str("mode")
            .ok()?
            .to_owned();
        // A direct connection adds `primaryPreferred`, so that a single member may be asked.
        (!["primary", "primaryPreferred"].contains(&preference.as_str())).then(|| (name.to_owned(), preference))
    });
    let app = over(
        &wire,
        settings(),
        "&readPreference=secondaryPreferred&readConcernLevel=local&compressors=zstd,zlib",
    )
    .await;
    app.load(&["article"]).await;
    let editor = Editor::at(&app).await;
    let (status, answer) = editor.ask(UPDATE, json!({})).await;
    assert_eq!((status, code(&answer)), (200, "-"), "{answer:#}");
    assert_eq!(answer["data"]["updateGift"]["gift"]["version"], 2);
    assert_eq!(*elsewhere.lock().expect("no panic"), []);
}

#[tokio::test]
async fn a_uri_that_turns_retryable_writes_off_is_obeyed_and_edits_read_at_a_snapshot() {
    let wire = Wire::start().await;
    let app = over(&wire, settings(), "&retryWrites=false").await;
    app.load(&["article"]).await;
    let editor = Editor::at(&app).await;
    let begun = noting(&wire, |name, command| {
        let in_transaction = command.contains_key("autocommit");
        match (command.contains_key("txnNumber"), in_transaction) {
            (true, false) => Some(format!("{name} is retryable")),
            (_, true) if command.contains_key("startTransaction") => {
                let level = command
                    .get_document("readConcern")
                    .and_then(|concern| concern.get_str("level"));
                Some(level.unwrap_or("none").to_owned())
            }
            _ => None,
        }
    });
    let (_, answer) = editor.ask(UPDATE, json!({})).await;
    assert_eq!(answer["data"]["updateGift"]["gift"]["version"], 2, "{answer:#}");
    let begun = begun.lock().expect("no panic");
    assert!(
        !begun.is_empty() && begun.iter().all(|level| level == "snapshot"),
        "{begun:?}"
    );
}

#[tokio::test]
async fn what_a_request_costs_is_told_where_explain_is_refused() {
    let wire = Wire::start().await;
    wire.set(|name, _| match name {
        "explain" => Reply::error(13, "Unauthorized", "not authorized to explain"),
        _ => Reply::Pass,
    });
    let app = over(&wire, settings(), "").await;
    app.load(&["article"]).await;
    let request = crate::support::client()
        .post(format!("{}/graphql", app.address))
        .header("x-menagerie-cost", "1")
        .json(&json!({ "query": "{ gifts { nodes { title } } }" }));
    let answer: serde_json::Value = request.send().await.expect("an answer").json().await.expect("JSON");
    assert!(answer["data"]["gifts"]["nodes"][0]["title"].is_string(), "{answer:#}");
    let cost = &answer["extensions"]["cost"];
    assert!(
        cost["commands"].as_u64() > Some(0) && cost["documentsExamined"].is_null(),
        "{answer:#}"
    );
}

#[tokio::test]
async fn an_error_of_the_database_is_told_by_code_name_and_message() {
    let wire = Wire::start().await;
    for (number, name, message, expected) in [
        (
            13,
            "Unauthorized",
            "not authorized on zoo",
            "code 13 (Unauthorized): not authorized on zoo",
        ),
        (
            14031,
            "OutOfDiskSpace",
            "no space left",
            "the disk is full (no space left)",
        ),
    ] {
        wire.set(move |command, _| match command {
            "listCollections" => Reply::error(number, name, message),
            _ => Reply::Pass,
        });
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = program(folder.path());
        command
            .env("MONGODB_URI", wire.uri(""))
            .env("MONGODB_DATABASE", "menagerie_test_never_made");
        command.arg("check");
        // The proxy runs on this test's thread.
        let output = tokio::task::spawn_blocking(move || run(&mut command))
            .await
            .expect("it runs");
        let told = said(&output);
        assert!(!output.status.success() && told.contains(expected), "{told}");
        assert!(!told.contains("RawDocumentBuf") && !told.contains("labels"), "{told}");
    }
}
