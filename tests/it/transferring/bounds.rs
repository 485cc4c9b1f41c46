//! Texts and lists at their bounds: taken at every door, and just over them refused with the field, what was found and
//! what is accepted.
//!
//! The text is one of characters that take four bytes, and two units in UTF-16: all doors, and the database behind
//! them, count characters.

use menagerie::api::viewer::Role;
use menagerie::store::check::Finding;
use mongodb::bson::{Bson, doc};
use serde_json::{Value as Json, json};

use super::requests::Editor;
use super::{good, imported, plainly, small};
use crate::identity::made;
use crate::seeding::{Folder, PLAINLY, edit, stored, try_load};
use crate::support::{TestApp, client};

/// The bounds of a claim's statement and of its attributions, by `schema/collections/claims.json`.
const BOUNDS: (usize, usize) = (5_000, 100);

/// The field that is over its bound, and what is told of it.
type Over = Option<(&'static str, &'static str)>;

/// How long both are, and which of them is over its bound.
const CASES: [(usize, usize, Over); 3] = [
    (BOUNDS.0, BOUNDS.1, None),
    (
        BOUNDS.0 + 1,
        BOUNDS.1,
        Some(("statement", "found 5001 characters; accepted: at most 5000 characters")),
    ),
    (
        BOUNDS.0,
        BOUNDS.1 + 1,
        Some(("attributions", "found 101 entries; accepted: at most 100 entries")),
    ),
];

fn statement(length: usize) -> String {
    "🐼".repeat(length)
}

fn attributions(length: usize) -> Json {
    json!(vec![json!({ "to": "source_test", "scope": "CLEAR" }); length])
}

/// A claim as rows, mutations and sets have it, but for its id.
fn claim(code: &str, letters: usize, entries: usize) -> Json {
    json!({ "code": code, "source": "source_test", "statement": statement(letters), "certainty": "STATED",
            "attributions": attributions(entries), "about": [], "conflictsWith": [], "dependsOn": [] })
}

/// The code, field and message of the first mistake.
fn mistake(payload: &Json) -> Option<(&str, &str, &str)> {
    let first = payload["userErrors"].as_array().expect("a list").first()?;
    let text = |name: &str| first[name].as_str().unwrap_or_default();
    Some((text("code"), text("field"), text("message")))
}

#[tokio::test]
async fn a_mutation_takes_what_is_at_its_bound_and_refuses_what_is_over_it() {
    let app = small().await;
    let token = made(&app, "ed", Role::Editor, None).await;
    for (letters, entries, refused) in CASES {
        let query = "mutation($input: CreateClaimInput!) { createClaim(input: $input) { \
                     claim { statement } userErrors { code field message } } }";
        let body = json!({ "query": query, "variables": { "input": claim("X", letters, entries) } });
        let request = client().post(format!("{}/graphql", app.address)).bearer_auth(&token);
        let answer: Json = request
            .json(&body)
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("JSON");
        let payload = &answer["data"]["createClaim"];
        let expected = refused.map(|(field, message)| ("INVALID", field, message));
        assert_eq!(mistake(payload), expected, "{answer}");
        if refused.is_none() {
            assert_eq!(payload["claim"]["statement"], statement(letters));
        }
    }
}

#[tokio::test]
async fn rows_of_requests_and_of_files_are_taken_at_their_bounds_and_refused_over_them() {
    let editor = Editor::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    for (number, (letters, entries, refused)) in CASES.into_iter().enumerate() {
        let row = claim(&format!("R{number}"), letters, entries);
        let answer = editor.import(json!({ "kind": "CLAIM", "rows": [row] })).await;
        let expected = refused.map(|(field, message)| ("INVALID", field, message));
        assert_eq!(mistake(&answer), expected, "{answer}");

        let file = folder.path().join("claims.ndjson");
        let row = claim(&format!("F{number}"), letters, entries);
        std::fs::write(&file, format!("{row}\n")).expect("the file is written");
        match refused {
            None => assert_eq!(good(&editor.app, &[&file]).await.created, 1),
            Some((field, message)) => {
                let (outcome, lines) = imported(&editor.app, &[&file], &plainly()).await;
                assert!(outcome.is_err(), "{field}");
                assert_eq!(lines, [format!("claims.ndjson:1: {field}: {message}")]);
            }
        }
    }
}

#[tokio::test]
async fn a_set_is_taken_at_its_bounds_and_refused_over_them() {
    for (letters, entries, refused) in CASES {
        let app = TestApp::empty().await;
        let mut set = Folder::good();
        set.set("claims.json", "/0/statement", Some(json!(statement(letters))));
        set.set("claims.json", "/0/attributions", Some(attributions(entries)));
        let outcome = try_load(&app, &[&set.name()], PLAINLY).await.map(|_| ());
        let told = outcome.err().map(|error| error.to_string());
        match refused {
            None => assert_eq!(told, None),
            Some((field, message)) => {
                let told = told.expect("a refusal");
                let line = format!("claims.json[0] (claim_test-T1): {field}: {message}");
                assert!(told.contains(&line), "{told}");
            }
        }
    }
}

/// Whoever writes past the program is held to the same, and what is over a bound all the same is found by the check.
#[tokio::test]
async fn the_database_counts_as_the_program_does_and_the_check_tells_what_is_over() {
    /// The server's code for a document that its validator refuses.
    const REFUSED: &str = "121";
    let app = small().await;
    let claims = app.raw().await.collection::<mongodb::bson::Document>("claims");
    let entries = |length: usize| {
        let entry = doc! { "to": "source_test", "scope": "CLEAR" };
        Bson::Array(vec![entry.into(); length])
    };
    for (letters, length, refused) in CASES {
        let said = doc! { "$set": { "statement": statement(letters), "attributions": entries(length) } };
        let written = claims.update_one(doc! { "_id": "claim_test-T1" }, said.clone()).await;
        assert_eq!(written.is_err(), refused.is_some(), "{written:?}");
        if let (Err(error), Some((field, message))) = (written, refused) {
            assert!(error.to_string().contains(REFUSED), "{error}");
            edit(&app, "claims", "claim_test-T1", said).await;
            let findings = app.store.check().await.expect("the check runs");
            let told: Vec<String> = findings.iter().map(Finding::to_string).collect();
            let line = format!("claim_test-T1: {field}: {message}");
            assert!(told.contains(&line), "{told:?}");
        }
    }
    assert!(stored(&app, "claims", "claim_test-T1").await.is_some());
}
