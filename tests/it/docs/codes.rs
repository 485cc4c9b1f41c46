//! ERRORS.md lists every code that the code can give, and no other.

use std::collections::BTreeSet;

use regex::Regex;

use super::{page, table};
use crate::house::sources;

type Codes = BTreeSet<String>;

/// The codes in the first column of a table of ERRORS.md.
fn told(heading: &str) -> Codes {
    let page = page("docs/ERRORS.md");
    let rows = table(page.section(heading));
    let codes: Vec<String> = rows.iter().map(|row| row[0].trim_matches('`').to_owned()).collect();
    for row in &rows {
        assert!(row.iter().all(|cell| !cell.is_empty()), "{row:?}");
    }
    let set: Codes = codes.iter().cloned().collect();
    assert_eq!(set.len(), codes.len(), "each once: {codes:?}");
    set
}

/// What a pattern finds in the code below these places, without unit tests.
fn found(places: &[&str], pattern: &str) -> Codes {
    let pattern = Regex::new(pattern).expect("a pattern");
    let files = sources();
    let inside = files
        .iter()
        .filter(|file| places.iter().any(|place| file.path.starts_with(place)));
    let lines = inside.flat_map(|file| file.code().map(|(_, line)| line));
    let codes = lines.flat_map(|line| pattern.captures_iter(line).map(|found| found[1].to_owned()));
    codes.collect()
}

/// Texts in capitals that are no codes.
fn is_no_code(text: &str) -> bool {
    ["DENY", "ERROR", "JSON", "OTHER", "POST", "QUERY"].contains(&text)
        || text.starts_with("MENAGERIE_")
        || text.starts_with("CARGO_")
        || text == "OUT_DIR"
}

#[test]
fn every_code_of_an_error_is_in_the_table() {
    let places = ["src/api/", "src/guard/", "src/http/", "src/graphql/mod.rs"];
    let mut codes = found(&places, r#""([A-Z][A-Z_]{3,})""#);
    codes.retain(|code| !is_no_code(code));
    assert!(codes.contains("LIMIT_EXCEEDED"), "the codes are found: {codes:?}");
    assert_eq!(
        told("## Codes of errors"),
        codes,
        "left: docs/ERRORS.md; right: the code"
    );
}

#[test]
fn every_code_of_a_user_error_is_in_the_table() {
    let schema = page("schema/schema.graphql").text;
    let (_, values) = schema.split_once("enum UserErrorCode {\n").expect("the enum");
    let (values, _) = values.split_once("\n}").expect("its end");
    let names = values.lines().map(str::trim).filter(|line| !line.starts_with('"'));
    let codes: Codes = names.map(str::to_owned).collect();
    assert_eq!(
        told("## Codes in userErrors"),
        codes,
        "left: docs/ERRORS.md; right: the schema"
    );
}

#[test]
fn every_close_code_of_a_websocket_is_in_the_table() {
    let codes = found(&["src/http/"], r"\bclose\((\d{4})");
    assert!(codes.contains("4400"), "the codes are found: {codes:?}");
    assert_eq!(
        told("## Close codes of a WebSocket"),
        codes,
        "left: docs/ERRORS.md; right: the code"
    );
}

#[test]
fn every_exit_status_of_the_program_is_in_the_table() {
    let mut codes = found(&["src/commands/"], r"=> (\d\d),?$");
    assert!(codes.contains("78"), "the statuses are found: {codes:?}");
    // Success, ExitCode::FAILURE, and what clap says of a command line.
    codes.extend(["0", "1", "2"].map(str::to_owned));
    assert_eq!(
        told("## Exit statuses of the program"),
        codes,
        "left: docs/ERRORS.md; right: the code"
    );
}
