//! The settings: the table has each with its default, and no text names one that does not exist.

use std::collections::BTreeSet;

use menagerie::config::{Config, Profile};
use regex::Regex;

use super::page;
use crate::house::files;

/// The settings and their defaults, as `.env.example` has them; a unit test compares it with the code.
fn settings() -> Vec<(String, String)> {
    let example = page(".env.example").text;
    let pairs = example
        .lines()
        .filter_map(|line| line.strip_prefix('#')?.split_once('='));
    pairs
        .filter(|(name, _)| name.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
        .map(|(name, default)| (name.to_owned(), default.to_owned()))
        .collect()
}

#[test]
fn the_table_lists_every_setting() {
    let page = page("docs/CONFIGURATION.md");
    let (_, table) = page
        .text
        .split_once("<!-- settings -->")
        .expect("the beginning of the table");
    let (table, _) = table.split_once("<!-- /settings -->").expect("its end");
    let mut count = 0;
    for (name, default) in settings() {
        let row = table.lines().find(|line| line.starts_with(&format!("| `{name}` |")));
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
fn operations_tells_what_the_production_profile_changes() {
    let page = page("docs/OPERATIONS.md");
    let rows = super::table(page.section("## The production profile"));
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

/// Names that are no settings of the program.
const OTHERS: [&str; 2] = [
    "MENAGERIE_BIN",               // of seed/seed.sh
    "MENAGERIE_TEST_RACE_SECONDS", // of a test
];

#[test]
fn every_setting_that_a_text_names_exists() {
    let known: BTreeSet<String> = settings().into_iter().map(|(name, _)| name).collect();
    let word = Regex::new(r"\bMENAGERIE_[A-Z_]*[A-Z]\b").expect("a pattern");
    let mut broken = Vec::new();
    // Tests try wrong names out.
    let tries = |path: &str| path.ends_with(".rs") && (path.starts_with("tests/") || path.ends_with("/tests.rs"));
    for file in files().iter().filter(|file| !tries(&file.path)) {
        for (line, number) in file.text.lines().zip(1..) {
            for found in word.find_iter(line) {
                let name = found.as_str();
                if !known.contains(name) && !OTHERS.contains(&name) {
                    broken.push(format!("{}:{number}: {name}", file.path));
                }
            }
        }
    }
    assert!(broken.is_empty(), "no such setting:\n{}", broken.join("\n"));
}
