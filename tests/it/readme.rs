//! The README tells the truth: its query gives its answer, its table lists the settings.

use std::fs;
use std::path::Path;
use std::process::Command;

use menagerie::config::{Config, Profile};

use serde_json::Value as Json;

use crate::commands::{clean, ends_with, output};
use crate::support::TestApp;

fn readme() -> String {
    fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).expect("the README is there")
}

/// The content of the first code block in this language.
fn block<'a>(text: &'a str, language: &str) -> &'a str {
    let (_, rest) = text.split_once(&format!("```{language}\n")).expect("a block");
    rest.split_once("```").expect("its end").0
}

#[tokio::test]
async fn the_query_in_the_readme_gives_the_answer_in_the_readme() {
    let app = TestApp::with(&["article"]).await;
    let readme = readme();
    let answer: Json = serde_json::from_str(block(&readme, "json")).expect("the answer is JSON");
    let data = app.query(block(&readme, "graphql")).await;
    assert_eq!(
        answer["data"],
        data,
        "the README should say:\n{:#}",
        serde_json::json!({ "data": data })
    );
}

#[tokio::test]
async fn the_commands_on_files_in_the_readme_do_what_they_say() {
    let app = TestApp::with(&["article"]).await;
    let readme = readme();
    let (_, section) = readme.split_once("## Import, export, backup").expect("the section");
    let folder = tempfile::tempdir().expect("a folder");
    let program = Path::new(env!("CARGO_BIN_EXE_menagerie")).parent().expect("a folder");
    let path = std::env::var("PATH").expect("a path");
    for line in block(section, "sh").lines() {
        let mut command = Command::new("sh");
        clean(&mut command, folder.path());
        let path = format!("{}:{path}", program.display());
        command.args(["-c", line]).env("PATH", path);
        command
            .env("MONGODB_URI", &app.options.uri)
            .env("MONGODB_DATABASE", &app.options.database);
        let said = ends_with(&mut command, 0);
        if line.contains(" import ") {
            assert!(said.starts_with("0 created, 0 updated, "), "{line}: {said}");
        }
    }
    assert!(output(&app, &["check"]).starts_with("nothing found"));
}

#[test]
fn the_readme_lists_every_setting() {
    let (readme, example) = (
        readme(),
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/.env.example")).expect("the example is there"),
    );
    let names = example
        .lines()
        .filter_map(|line| line.strip_prefix('#')?.split_once('='));
    let mut count = 0;
    for (name, default) in names.filter(|(name, _)| name.chars().all(|c| c.is_ascii_uppercase() || c == '_')) {
        let row = readme.lines().find(|line| line.starts_with(&format!("| `{name}` |")));
        let row = row.unwrap_or_else(|| panic!("{name} is missing"));
        assert!(
            default.is_empty() || row.contains(&format!("`{default}`")),
            "{name}: {default} against {row}"
        );
        count += 1;
    }
    assert!(count >= 15, "{count}");
}

#[test]
fn the_readme_tells_what_the_production_profile_changes() {
    let readme = readme();
    let (_, profile) = readme.split_once("### The production profile").expect("the section");
    let table = profile.lines().skip_while(|line| !line.starts_with('|')).skip(2);
    let rows: Vec<&str> = table.take_while(|line| line.starts_with('|')).collect();
    let shown = |profile: Profile| format!("{:#?}", Config::of(profile));
    let (development, production) = (shown(Profile::Development), shown(Profile::Production));
    let changed: Vec<_> = development
        .lines()
        .zip(production.lines())
        .filter(|(a, b)| a != b)
        .collect();
    // The profile itself is one of them.
    assert_eq!(changed.len() - 1, rows.len(), "{changed:#?} {rows:#?}");
}
