//! `menagerie token create`, `list` and `revoke`, and that no token can be read from the database.

use std::process::Command;

use futures_util::future::join_all;
use menagerie::api::viewer::Role;
use menagerie::domain::vocabulary::HistoryAction;
use menagerie::store::tokens::{NewToken, is_token, random};
use mongodb::bson::{Document, doc};
use sha2::{Digest, Sha256};

use super::{bearer, known, made, plain, refusal};
use crate::commands::{ends_with, output, program_over};
use crate::seeding::contents;
use crate::support::TestApp;

#[tokio::test]
async fn a_token_is_made_listed_accepted_and_revoked() {
    let app = TestApp::empty().await;
    let printed = output(&app, &["token", "create", "dashboard", "--role", "editor"]);
    let token = printed.strip_suffix('\n').expect("a line");
    assert!(is_token(token), "nothing but the token is printed: {printed}");
    let viewer = bearer(&plain(), &app.store, token).await;
    assert_eq!(viewer, Ok(known("dashboard", Role::Editor)));

    let listed = output(&app, &["token", "list"]);
    assert!(
        listed.starts_with("dashboard  editor, made 2") && listed.ends_with("Z by command-line, never expires\n"),
        "{listed}"
    );
    assert_eq!(output(&app, &["token", "revoke", "dashboard"]), "");
    let refused = refusal(&plain(), &app.store, token).await;
    assert!(refused.starts_with("the token was revoked; accepted is "), "{refused}");

    // The name is free, and the old token stays what it is.
    let arguments = [
        "token",
        "create",
        "dashboard",
        "--role",
        "reader",
        "--expires-days",
        "2",
    ];
    let again = output(&app, &arguments);
    let viewer = bearer(&plain(), &app.store, again.trim_end()).await;
    assert_eq!(viewer, Ok(known("dashboard", Role::Reader)));
    refusal(&plain(), &app.store, token).await;
    let listed = output(&app, &["token", "list"]);
    for (line, state) in listed.lines().zip([", revoked 2", ", expires 2"]) {
        assert!(line.starts_with("dashboard  ") && line.contains(state), "{listed}");
    }
    assert_eq!(listed.lines().count(), 2, "{listed}");
}

#[tokio::test]
async fn no_token_stands_in_the_database() {
    let app = TestApp::empty().await;
    let printed = output(&app, &["token", "create", "dashboard", "--role", "reader"]);
    let token = printed.trim_end();
    let contents = contents(&app).await;
    let all = format!("{contents:?}");
    let hash: String = Sha256::digest(token).iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(all.contains(&hash), "it is looked for in the right place: {all}");
    assert!(!all.contains(&token["mng_".len()..]), "{all}");
    let row = &contents[&format!("tokens/\"{hash}\"")];
    let fields: Vec<&str> = row.keys().map(String::as_str).collect();
    assert_eq!(
        (contents.len(), fields),
        (2, vec!["_id", "name", "role", "createdAt", "createdBy"])
    );
    // The history tells of it, and not by what it is known.
    let told = format!("{:?}", contents["history/\"token_dashboard@1\""]);
    assert!(!told.contains(&hash), "{told}");
}

#[tokio::test]
async fn the_history_tells_who_at_the_command_line_makes_and_revokes_tokens() {
    let app = TestApp::empty().await;
    let as_user = |user: &str, arguments: &[&str]| {
        let mut command = program_over(&app);
        ends_with(command.env("USER", user).arg("token").args(arguments), 0)
    };
    as_user(
        "zoe",
        &["create", "dashboard", "--role", "editor", "--expires-days", "2"],
    );
    as_user("kim", &["revoke", "dashboard"]);
    // No name that stands in the history.
    as_user("a b", &["create", "dashboard", "--role", "reader"]);
    let entries = app
        .store
        .history("token_dashboard", None, 10)
        .await
        .expect("the entries");
    let told: Vec<_> = entries
        .iter()
        .map(|entry| (entry.id.as_str(), entry.by.as_str(), entry.action))
        .collect();
    assert_eq!(
        told,
        [
            ("token_dashboard@3", "command-line", HistoryAction::Created),
            ("token_dashboard@2", "kim", HistoryAction::Deleted),
            ("token_dashboard@1", "zoe", HistoryAction::Created),
        ]
    );
    let listed = output(&app, &["token", "list"]);
    assert!(
        listed.contains("Z by zoe, revoked 2") && listed.contains("Z by kim\n"),
        "{listed}"
    );
}

/// As it was before tokens stood in the history: what holds there must be brought up to date first.
#[tokio::test]
async fn a_token_of_an_earlier_version_is_revoked() {
    let app = TestApp::empty().await;
    let database = app.raw().await;
    let row =
        doc! { "_id": "0".repeat(64), "name": "old", "role": "reader", "createdAt": mongodb::bson::DateTime::now() };
    database.collection("tokens").insert_one(row).await.expect("it fits");
    let before = doc! { "$jsonSchema": { "properties": { "document": { "pattern": "^gift_" } } } };
    let changed = database
        .run_command(doc! { "collMod": "history", "validator": before })
        .await;
    changed.expect("the validator is changed");
    output(&app, &["token", "revoke", "old"]);
    let entries = app.store.history("token_old", None, 10).await.expect("the entries");
    assert_eq!(entries.len(), 1, "{entries:?}");
}

#[tokio::test]
async fn a_name_that_is_taken_is_refused_with_what_has_it() {
    let app = TestApp::empty().await;
    let token = made(&app, "dashboard", Role::Reader, None).await;
    let create = ["token", "create", "dashboard", "--role", "admin"];
    let said = ends_with(program_over(&app).args(create), 65);
    assert!(
        said.starts_with("menagerie: there is a token `dashboard` already, reader, made 2")
            && said.ends_with("`menagerie token revoke dashboard`\n"),
        "{said}"
    );
    assert!(!said.contains("mng_"), "no token is printed: {said}");
    let viewer = bearer(&plain(), &app.store, &token).await;
    assert_eq!(viewer, Ok(known("dashboard", Role::Reader)), "it is as it was");
}

#[tokio::test]
async fn an_expired_token_keeps_its_name_until_it_is_revoked() {
    let app = TestApp::empty().await;
    made(&app, "dashboard", Role::Reader, Some(std::time::Duration::ZERO)).await;
    let listed = output(&app, &["token", "list"]);
    assert!(listed.contains(", expired 2"), "{listed}");
    let create = ["token", "create", "dashboard", "--role", "reader"];
    let said = ends_with(program_over(&app).args(create), 65);
    assert!(said.contains(", expired 2"), "{said}");
    output(&app, &["token", "revoke", "dashboard"]);
    output(&app, &create);
}

#[tokio::test]
async fn what_is_not_accepted_on_the_command_line_is_told_with_what_is() {
    let app = TestApp::empty().await;
    let long = "x".repeat(65);
    let cases: [(&[&str], i32, &[&str]); 9] = [
        (
            &["create", "a", "--role", "owner"],
            2,
            &["'owner'", "reader, editor, admin"],
        ),
        (&["create", "a"], 2, &["--role"]),
        (&["create", "--role", "reader"], 2, &["<NAME>"]),
        (
            &["create", "a b", "--role", "reader"],
            2,
            &["'a b'", "accepted are 1 to 64 letters"],
        ),
        (
            &["create", &long, "--role", "reader"],
            2,
            &["accepted are 1 to 64 letters"],
        ),
        (
            &["create", "a", "--role", "reader", "--expires-days", "0"],
            2,
            &["--expires-days", "1..=36500"],
        ),
        (
            &["create", "a", "--role", "reader", "--expires-days", "soon"],
            2,
            &["--expires-days", "'soon'"],
        ),
        (
            &["revoke", "b"],
            65,
            &["\"b\"", "accepted: none, since there is no other token"],
        ),
        (&[], 2, &["create", "list", "revoke"]),
    ];
    for (arguments, status, parts) in cases {
        let said = ends_with(program_over(&app).arg("token").args(arguments), status);
        for part in parts {
            assert!(said.contains(part), "{arguments:?}: {part} in {said}");
        }
    }
    assert!(contents(&app).await.is_empty());
    made(&app, "a", Role::Reader, None).await;
    made(&app, "c", Role::Admin, None).await;
    let said = ends_with(program_over(&app).args(["token", "revoke", "b"]), 65);
    assert!(said.ends_with("accepted: a, c\n"), "{said}");
}

#[test]
fn every_help_on_tokens_has_an_example() {
    for name in ["create", "list", "revoke"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_menagerie"));
        let help = ends_with(command.args(["token", name, "--help"]), 0);
        let (_, example) = help.split_once("Example").expect(name);
        assert!(example.contains(&format!("menagerie token {name}")), "{help}");
    }
}

#[tokio::test]
async fn of_all_who_make_a_token_of_one_name_at_once_one_does() {
    let app = TestApp::empty().await;
    let texts: Vec<String> = (0..16).map(|_| random().expect("random numbers")).collect();
    let new = NewToken {
        name: "dashboard",
        role: "reader",
        lifetime: None,
        by: "the tests",
    };
    let made = join_all(texts.iter().map(|text| app.store.create_token(text, new))).await;
    let made: Vec<bool> = made
        .into_iter()
        .map(|taken| taken.expect("an answer").is_none())
        .collect();
    assert_eq!(made.iter().filter(|made| **made).count(), 1, "{made:?}");
    for (text, made) in texts.iter().zip(made) {
        assert_eq!(bearer(&plain(), &app.store, text).await.is_ok(), made);
    }
}

#[tokio::test]
async fn of_all_who_revoke_a_token_at_once_one_does() {
    let app = TestApp::empty().await;
    let token = made(&app, "dashboard", Role::Reader, None).await;
    let revoked = join_all((0..8).map(|_| app.store.revoke_token("dashboard", "the tests"))).await;
    let revoked: Vec<bool> = revoked.into_iter().map(|done| done.expect("an answer")).collect();
    assert_eq!(revoked.iter().filter(|done| **done).count(), 1, "{revoked:?}");
    refusal(&plain(), &app.store, &token).await;
    let tokens = app.store.tokens_by_name().await.expect("the tokens");
    assert!(tokens.len() == 1 && tokens[0].revoked_at.is_some(), "{tokens:?}");
}

#[tokio::test]
async fn the_database_refuses_tokens_of_another_form() {
    let app = TestApp::empty().await;
    let tokens = app.raw().await.collection::<Document>("tokens");
    let row =
        doc! { "_id": "0".repeat(64), "name": "a", "role": "reader", "createdAt": mongodb::bson::DateTime::now() };
    for (field, value) in [
        ("_id", doc! { "v": "mng_x" }),
        ("role", doc! { "v": "owner" }),
        ("name", doc! { "v": "a b" }),
        ("createdAt", doc! { "v": "2020" }),
        ("text", doc! { "v": "mng_x" }),
    ] {
        let mut wrong = row.clone();
        wrong.insert(field, value.get("v").expect("a value").clone());
        assert!(tokens.insert_one(wrong).await.is_err(), "{field}");
    }
    tokens.insert_one(row).await.expect("this is right");
    tokens.drop().await.expect("dropped");
    let said = ends_with(program_over(&app).arg("check"), 1);
    assert_eq!(said, "tokens: the collection is missing\n1 found\n");
}
