//! The house rules, held against the sources: who may use whom, how a file opens, what stands nowhere.
//!
//! Each rule reads files and gives a line for each place that breaks it. What the compiler and clippy can see is left
//! to them (`[lints]` in Cargo.toml), but for panics, which are looked for here as well.

mod article;
mod circles;
mod docs;
mod functions;
mod names;
mod writing;

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;

/// Each room with those that it may use beside itself: what stands to its right in the map of
/// docs/ARCHITECTURE.md.
pub const ROOMS: [(&str, &[&str]); 14] = [
    ("domain", &[]),
    ("limits", &[]),
    ("config", &["limits"]),
    ("embedded", &[]),
    ("telemetry", &["config"]),
    ("store", &["domain"]),
    ("feed", &["store"]),
    ("search", &["feed", "store", "domain"]),
    ("seed", &["store", "domain"]),
    ("api", &["limits", "store"]),
    ("guard", &["api", "limits", "domain"]),
    (
        "graphql",
        &["api", "limits", "feed", "search", "seed", "store", "domain"],
    ),
    (
        "http",
        &[
            "graphql", "guard", "api", "config", "limits", "feed", "search", "store", "domain",
        ],
    ),
    ("transfer", &["store", "domain"]),
];

/// The most lines of a source file; a longer one becomes a folder.
const LONGEST: usize = 400;

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A text file of the project.
pub struct File {
    /// From the project's folder: `src/store/mod.rs`.
    pub path: String,
    pub text: String,
}

impl File {
    /// The lines of code with their numbers: no comments, no unit tests (which end a file).
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let tests = self.text.find("#[cfg(test)]\nmod tests {").unwrap_or(self.text.len());
        let is_test = self.path.ends_with("/tests.rs") || self.path.contains("/tests/");
        self.text[..if is_test { 0 } else { tests }]
            .lines()
            .zip(1..)
            .map(|(line, number)| (number, line.split_once("//").map_or(line, |(code, _)| code)))
    }

    /// `path:line: text` for every line of code in which the pattern is found.
    pub fn places(&self, pattern: &Regex) -> Vec<String> {
        self.code()
            .filter(|(_, line)| pattern.is_match(line))
            .map(|(number, line)| format!("{}:{number}: {}", self.path, line.trim()))
            .collect()
    }

    fn room(&self) -> &str {
        let below = self.path.strip_prefix("src/").unwrap_or_default();
        below.split(['/', '.']).next().unwrap_or_default()
    }
}

/// The project's text files, new ones too; never what was built or fetched.
pub fn files() -> Vec<File> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output();
    let mut paths: Vec<String> = match listed {
        Ok(output) if output.status.success() => {
            let listed = String::from_utf8_lossy(&output.stdout).into_owned();
            listed
                .split('\0')
                .filter(|path| !path.is_empty())
                .map(str::to_owned)
                .collect()
        }
        // No git, or a copy without its history.
        _ => {
            let mut found = Vec::new();
            walk(root(), &mut found);
            found
        }
    };
    paths.sort();
    paths.dedup();
    let read = |path: String| {
        let text = fs::read_to_string(root().join(&path)).ok()?;
        Some(File { path, text })
    };
    paths.into_iter().filter_map(read).collect()
}

fn walk(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path: PathBuf = entry.expect("an entry").path();
        let below = path
            .strip_prefix(root())
            .expect("below the root")
            .to_string_lossy()
            .into_owned();
        // What `.gitignore` names, and git's own.
        let skipped = [
            "target",
            "data",
            "node_modules",
            "web/node_modules",
            "web/dist",
            "benches/load/peers/node_modules",
            "examples/web/build",
            "examples/web/node_modules",
            "examples/web/src/generated",
            ".git",
            ".env",
        ];
        if skipped.contains(&below.as_str()) {
            continue;
        }
        if path.is_dir() {
            walk(&path, found);
        } else {
            found.push(below);
        }
    }
}

pub fn sources() -> Vec<File> {
    let files: Vec<File> = files().into_iter().filter(|file| file.path.ends_with(".rs")).collect();
    assert!(
        files.iter().any(|file| file.path == "src/lib.rs"),
        "the sources are found"
    );
    files
}

pub fn in_src() -> impl Iterator<Item = File> {
    sources().into_iter().filter(|file| file.path.starts_with("src/"))
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern")
}

fn none(rule: &str, broken: Vec<String>) {
    assert!(broken.is_empty(), "{rule}:\n{}", broken.join("\n"));
}

#[test]
fn only_the_http_room_names_actix() {
    let actix = pattern(r"\bactix\w*\b");
    let inside = in_src()
        .filter(|file| file.room() == "http")
        .flat_map(|file| file.places(&actix))
        .count();
    assert!(inside > 0, "the pattern finds it where it may be");
    let outside = in_src().filter(|file| file.room() != "http");
    none(
        "only src/http names actix",
        outside.flat_map(|file| file.places(&actix)).collect(),
    );
}

#[test]
fn only_the_store_names_the_driver_and_bson() {
    let driver = pattern(r"\b(mongodb|bson)::|\b(use|extern crate) (mongodb|bson)\b");
    let inside = in_src()
        .filter(|file| file.room() == "store")
        .flat_map(|file| file.places(&driver))
        .count();
    assert!(inside > 0, "the pattern finds it where it may be");
    let outside = in_src().filter(|file| file.room() != "store");
    none(
        "only src/store names mongodb and bson",
        outside.flat_map(|file| file.places(&driver)).collect(),
    );
}

#[test]
fn what_is_logged_and_measured_of_an_operation_is_built_in_one_place() {
    let built = pattern(r"(= |\()RequestOutcome \{|\.observe\(&outcome|trace::ended\(");
    let mut places: Vec<String> = in_src()
        .filter(|file| file.room() == "http")
        .filter(|file| file.code().any(|(_, line)| built.is_match(line)))
        .map(|file| file.path)
        .collect();
    places.dedup();
    assert_eq!(places, ["src/http/pipeline/record.rs"]);
}

/// The rooms that a file names, with the lines: `crate::room`, also in braces, and `super::` that leads out of the room.
fn rooms_named(file: &File) -> Vec<(String, usize)> {
    let by_crate = pattern(r"\bcrate::(\w+)");
    let in_braces = pattern(r"\bcrate::\{([^}]*)");
    let by_super = pattern(r"\b((?:super::)+)(\w+)");
    let depth = file.path.split('/').count() - 1 - usize::from(file.path.ends_with("/mod.rs"));
    let mut named = Vec::new();
    for (number, line) in file.code() {
        let mut add = |name: &str| named.push((name.to_owned(), number));
        by_crate.captures_iter(line).for_each(|found| add(&found[1]));
        for found in in_braces.captures_iter(line) {
            found[1]
                .split(',')
                .for_each(|path| add(path.trim().split("::").next().unwrap_or_default()));
        }
        by_super
            .captures_iter(line)
            .filter(|found| found[1].matches("super").count() >= depth)
            .for_each(|found| add(&found[2]));
    }
    named
}

#[test]
fn a_room_uses_only_what_is_to_its_right() {
    let mut seen = HashSet::new();
    let mut broken = Vec::new();
    for file in in_src() {
        let Some((room, allowed)) = ROOMS.iter().find(|(room, _)| *room == file.room()) else {
            let outside = ["src/main.rs", "src/lib.rs"].contains(&file.path.as_str());
            assert!(
                outside || file.room() == "commands",
                "{} is in no room that this test knows",
                file.path
            );
            continue;
        };
        for (named, line) in rooms_named(&file) {
            let known = ROOMS.iter().any(|(other, _)| *other == named);
            if known && named != *room && !allowed.contains(&named.as_str()) {
                broken.push(format!("{}:{line}: {room} uses {named}", file.path));
            }
            seen.insert((room.to_owned(), named));
        }
    }
    none("a room uses only what is to its right", broken);
    for (room, allowed) in ROOMS {
        for other in allowed {
            let used = seen.contains(&(room, (*other).to_owned()));
            // `http` gets its meaning through the rooms between.
            assert!(
                used || room == "http",
                "{room} may use {other} and never does: take it off the list"
            );
        }
    }
}

#[test]
fn uses_of_another_room_are_seen_however_they_are_written() {
    for (path, line, expected) in [
        ("src/store/page.rs", "use crate::graphql::Plan;", "graphql"),
        ("src/store/page.rs", "    let x = crate::http::serve();", "http"),
        ("src/store/page.rs", "use crate::{domain::id, seed::load};", "seed"),
        ("src/store/page.rs", "use super::super::graphql;", "graphql"),
        ("src/store/mod.rs", "pub use super::config::Config;", "config"),
        (
            "src/graphql/loader/resolve.rs",
            "use super::super::super::http::State;",
            "http",
        ),
    ] {
        let file = File {
            path: path.into(),
            text: format!("//! crate::comment\n{line}\n"),
        };
        let named = rooms_named(&file);
        assert!(
            named.contains(&(expected.into(), 2)) && named.iter().all(|(_, line)| *line == 2),
            "{line}: {named:?}"
        );
    }
    let inside = File {
        path: "src/graphql/loader/resolve.rs".into(),
        text: "use super::super::error;\n".into(),
    };
    assert!(rooms_named(&inside).is_empty());
}

#[test]
fn every_source_file_opens_with_what_lives_there() {
    let silent = sources().into_iter().filter(|file| {
        let first = file.text.lines().next().and_then(|line| line.strip_prefix("//! "));
        first.is_none_or(|text| text.trim().is_empty())
    });
    none(
        "every file opens with a module doc",
        silent.map(|file| file.path).collect(),
    );
}

#[test]
fn nothing_is_left_unfinished_or_switched_off() {
    let marks = pattern(r"\b(todo|unimplemented|dbg)!\(|#\[ignore|\b(FIXME|XXX|HACK)\b:?");
    let mut broken = Vec::new();
    for file in sources().iter().filter(|file| file.path != "tests/it/house/mod.rs") {
        for (line, number) in file.text.lines().zip(1..) {
            // `XXXX-XX` is a date without year and month.
            if marks
                .find(line)
                .is_some_and(|found| !found.as_str().starts_with("XXX") || line.contains("// XXX"))
            {
                broken.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    none("nothing is left unfinished", broken);
}

#[test]
fn nothing_panics_on_purpose_outside_tests() {
    let panics = pattern(r"\.(unwrap|expect|unwrap_err|expect_err)\(|\b(panic|unreachable)!\(");
    none(
        "no unwrap, expect or panic outside tests",
        in_src().flat_map(|file| file.places(&panics)).collect(),
    );
}

#[test]
fn no_source_file_is_too_long_to_read() {
    let long = sources().into_iter().filter(|file| file.text.lines().count() > LONGEST);
    none(
        &format!("no file has more than {LONGEST} lines"),
        long.map(|file| format!("{}: {}", file.path, file.text.lines().count()))
            .collect(),
    );
}

#[test]
fn no_path_of_somebodys_machine_stands_anywhere() {
    let machine = pattern(r"(^|[^\w.$}/-])/(?:work|root|farm|home/\w+|Users/\w+)/");
    let mut broken = Vec::new();
    for file in files().iter().filter(|file| !file.path.ends_with(".lock")) {
        for (line, number) in file.text.lines().zip(1..) {
            if machine.is_match(line) {
                broken.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    none("no path of a machine", broken);
}
