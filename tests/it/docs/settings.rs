//! The settings: `.env.example` and the tables of the pages are made of their declarations, and no text names one that
//! does not exist.
//!
//! With `UPDATE_SETTINGS=1` in the environment the tests write what they otherwise compare.

use std::collections::BTreeSet;
use std::fs;

use menagerie::config::{Config, Setting, settings, wrapped};
use regex::Regex;

use super::page;
use crate::house::{files, root};

/// How `.env.example` begins.
const HEAD: &str = "\
# Every variable that Menagerie reads, each with its default. Copy this file to .env and take away the # of the lines that
# you change. What is set in the environment wins over .env; an empty value counts as unset. A value with spaces or any of
# \\ $ # ' \" belongs in single quotes.
";

/// Compares a file with what it must be, or writes it.
fn is_as_made(path: &str, made: &str) {
    let found = page(path).text;
    if std::env::var_os("UPDATE_SETTINGS").is_some() {
        fs::write(root().join(path), made).expect("the file is written");
    } else if let Some((found, made)) = found.lines().zip(made.lines()).find(|(found, made)| found != made) {
        panic!("{path} has\n  {found}\nand should have\n  {made}\nUPDATE_SETTINGS=1 writes it anew");
    } else {
        assert_eq!(found.len(), made.len(), "{path}: UPDATE_SETTINGS=1 writes it anew");
    }
}

/// A page with this between the two marks of that name.
fn with(path: &str, mark: &str, made: &str) -> String {
    let (opening, closing) = (format!("<!-- {mark} -->"), format!("<!-- /{mark} -->"));
    let text = page(path).text;
    let (before, rest) = text.split_once(&opening).expect("the opening mark");
    let (_, after) = rest.split_once(&closing).expect("the closing mark");
    format!("{before}{opening}\n\n{made}\n{closing}{after}")
}

/// All settings, section by section.
fn sections() -> Vec<(&'static str, Vec<Setting>)> {
    let mut sections: Vec<(&str, Vec<Setting>)> = Vec::new();
    for setting in settings() {
        match sections.last_mut().filter(|(section, _)| *section == setting.section) {
            Some((_, settings)) => settings.push(setting),
            None => sections.push((setting.section, vec![setting])),
        }
    }
    sections
}

/// A value as a cell of a table.
fn code(value: &str) -> String {
    if value.is_empty() {
        "unset".to_owned()
    } else {
        format!("`{value}`")
    }
}

#[test]
fn the_example_file_is_made_of_the_declarations() {
    let mut made = HEAD.to_owned();
    for (section, settings) in sections() {
        made += &format!("\n## {section}\n");
        for setting in settings {
            let default = setting.value(&Config::default());
            made += &format!(
                "\n{}#{}={default}\n",
                wrapped(&setting.described(), "# ", 120),
                setting.name
            );
        }
    }
    is_as_made(".env.example", &made);
}

#[test]
fn the_tables_are_made_of_the_declarations() {
    let mut made = Vec::new();
    for (section, settings) in sections() {
        made.push(format!(
            "## {section}\n\n| variable | default | accepted | what it is |\n|---|---|---|---|\n"
        ));
        for setting in settings {
            let mut default = code(&setting.value(&Config::default()));
            if let Some(production) = setting.in_production() {
                default += &format!("; in production {}", code(&production));
            }
            let Setting {
                name, accepted, text, ..
            } = setting;
            made.push(format!("| `{name}` | {default} | {accepted} | {text} |\n"));
        }
        made.push("\n".to_owned());
    }
    let made = made.concat();
    is_as_made(
        "docs/CONFIGURATION.md",
        &with("docs/CONFIGURATION.md", "settings", &format!("{}\n", made.trim_end())),
    );
}

#[test]
fn operations_tells_what_the_production_profile_changes() {
    let mut made = "| setting | development | production |\n|---|---|---|\n".to_owned();
    for setting in settings() {
        if let Some(production) = setting.in_production() {
            let development = code(&setting.value(&Config::default()));
            made += &format!("| `{}` | {development} | {} |\n", setting.name, code(&production));
        }
    }
    is_as_made("docs/OPERATIONS.md", &with("docs/OPERATIONS.md", "production", &made));
}

/// Names that are no settings of the program.
const OTHERS: [&str; 2] = [
    "MENAGERIE_BIN",               // of seed/seed.sh
    "MENAGERIE_TEST_RACE_SECONDS", // of a test
];

#[test]
fn every_setting_that_a_text_names_exists() {
    let known: BTreeSet<&str> = settings().iter().map(|setting| setting.name).collect();
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
