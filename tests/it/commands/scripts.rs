//! What scripts read of the commands: JSON, completions, the manual page.

use serde_json::{Value as Json, json};

use super::{output, program, program_over, run};
use crate::support::TestApp;

fn json(app: &TestApp, arguments: &[&str]) -> Json {
    let said = output(app, arguments);
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"))
}

#[tokio::test]
async fn commands_print_json_for_scripts() {
    let app = TestApp::empty().await;
    let loaded = json(&app, &["seed", "article", "--output", "json"]);
    let set = &loaded["sets"][0];
    assert_eq!((&set["set"], &set["dryRun"]), (&json!("article"), &json!(false)));
    let added = set["added"].as_array().expect("ids");
    assert!(added.contains(&json!("gift_ru-kp-2024")), "{loaded:#}");
    let clean = json!({ "found": 0, "findings": [] });
    assert_eq!(json(&app, &["check", "--output", "json"]), clean);
    output(&app, &["token", "create", "desk", "--role", "reader"]);
    let tokens = json(&app, &["token", "list", "--output", "json"]);
    let token = &tokens["tokens"][0];
    assert_eq!((&token["name"], &token["role"]), (&json!("desk"), &json!("reader")));
    assert_eq!(
        (&token["isExpired"], &token["revokedAt"]),
        (&json!(false), &json!(null))
    );
}

#[tokio::test]
async fn an_import_tells_scripts_what_it_did_what_it_would_do_and_why_it_did_not() {
    let app = TestApp::empty().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("sources.csv");
    let write = |rows: &str| std::fs::write(&file, format!("id,title,kind\n{rows}\n")).expect("it is written");
    let name = file.display().to_string();
    write("source_a,A,DATASET");
    let tried = json(&app, &["import", &name, "--dry-run", "--output", "json"]);
    assert_eq!((&tried["created"], &tried["dryRun"]), (&json!(1), &json!(true)));
    let change = tried["changes"][0].as_str().expect("a line");
    assert!(change.contains("source_a is new"), "{tried:#}");
    let done = json(&app, &["import", &name, "--output", "json"]);
    assert_eq!((&done["created"], &done["bad"]), (&json!(1), &json!(0)));
    assert_eq!((&done["error"], &done["remarks"]), (&json!(null), &json!([])));
    write("source_b,,DATASET");
    let refused = run(program_over(&app).args(["import", &name, "--output", "json"]));
    assert_eq!(refused.status.code(), Some(65));
    let refused: Json = serde_json::from_slice(&refused.stdout).expect("JSON");
    assert_eq!(refused["created"], json!(null));
    let (error, remark) = (refused["error"].as_str(), refused["remarks"][0].as_str());
    assert!(
        error.is_some_and(|error| error.contains("1 of 1 rows are bad")),
        "{refused:#}"
    );
    assert!(remark.is_some_and(|remark| remark.contains("title")), "{refused:#}");
}

#[test]
fn shells_complete_the_commands_and_the_manual_page_has_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let printed = |arguments: &[&str]| {
        let output = run(program(folder.path()).args(arguments));
        assert!(output.status.success(), "{arguments:?}");
        String::from_utf8(output.stdout).expect("text")
    };
    for shell in ["bash", "zsh", "fish"] {
        let script = printed(&["completions", shell]);
        let has = |word: &&str| script.contains(*word);
        assert!(["import", "dry-run", "expires-days"].iter().all(has), "{shell}");
    }
    let manual = printed(&["man"]);
    assert!(
        manual.contains(".TH menagerie") && manual.contains("import"),
        "{manual}"
    );
}

#[test]
fn the_licences_of_everything_by_others_are_printed() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = run(program(folder.path()).arg("licenses"));
    let said = String::from_utf8(output.stdout).expect("text");
    for part in [
        "async-graphql 7",
        ": MIT",
        "Permission is hereby granted",
        "Apache License",
        "tokio 1",
    ] {
        assert!(said.contains(part), "{part} is not among {} bytes", said.len());
    }
    assert!(!said.contains("could not be collected"));
    // Only what is in the program, not what it is tested with.
    assert!(!said.contains("\nproptest "), "{said}");
}
