//! The description of seed files names the fields of the schema files.

use std::fs;

use menagerie::domain::id::Kind;
use regex::Regex;

use super::{DERIVED, Exceptions, Field, Paths, SchemaFiles, agree};

/// Words in the description of seed files that look like fields and are examples.
const EXAMPLES: Exceptions = &[("white", "an attribute")];

/// The description of seed files.
struct SeedDocs(String);

impl SeedDocs {
    fn read() -> Self {
        let path = format!("{}/seed/README.md", env!("CARGO_MANIFEST_DIR"));
        Self(fs::read_to_string(path).expect("the description"))
    }

    /// The rows of a collection's table: the fields that each is about, and what it says of them.
    fn rows(&self, kind: Kind) -> Vec<(Vec<String>, &str)> {
        let heading = format!("\n### {}: ", kind.collection());
        let section = self.0.split(&heading).nth(1);
        let section = section.unwrap_or_else(|| panic!("seed/README.md has no section `{}…`", heading.trim()));
        let section = section.split("\n### ").next().unwrap_or_default();
        let rows = section.lines().filter(|line| line.starts_with("| `"));
        rows.map(|row| {
            let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
            (fields_in(cells[0]), cells[1])
        })
        .collect()
    }

    /// What is said of a shape that many fields share: of `count` the paragraph that opens with **Count**.
    fn shape(&self, shape: &str) -> Option<&str> {
        let opening = format!("\n**{}{}**", shape[..1].to_uppercase(), &shape[1..]);
        let said = self.0.split(&opening).nth(1)?;
        said.split("\n\n").next()
    }
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The names of fields between backticks, and in objects there.
fn fields_in(text: &str) -> Vec<String> {
    let name = Regex::new("^[a-z][A-Za-z0-9]*$").expect("a pattern");
    let key = Regex::new("\"([a-z][A-Za-z0-9]*)\":").expect("a pattern");
    let keys = quoted(text)
        .flat_map(|code| key.captures_iter(code))
        .map(|found| found[1].to_owned());
    let names = quoted(text).filter(|code| name.is_match(code)).map(str::to_owned);
    names.chain(keys).collect()
}

/// The last name of a path.
fn name_of(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or_default()
}

#[test]
fn the_description_of_seed_files_names_the_fields_of_each_schema_file() {
    let (files, docs) = (SchemaFiles::new(), SeedDocs::read());
    for kind in Kind::ALL {
        let of = kind.collection();
        let fields = files.fields(kind);
        let top: Paths = fields
            .iter()
            .map(|field| field.path.clone())
            .filter(|path| !path.contains('.'))
            .collect();
        let rows = docs.rows(kind);
        let mut described: Paths = rows.iter().flat_map(|(names, _)| names.clone()).collect();
        // Told for all collections at once.
        described.extend(
            ["id", "slug"]
                .map(str::to_owned)
                .into_iter()
                .filter(|name| top.contains(name)),
        );
        agree((of, &top), ("the table of seed/README.md", &described), DERIVED, &[]);
        for (names, says) in rows {
            let below = |field: &&Field| names.iter().any(|name| field.path.starts_with(&format!("{name}.")));
            let shapes: Vec<&Field> = fields
                .iter()
                .filter(|field| field.shape.as_ref().is_some_and(|shape| docs.shape(shape).is_some()))
                .collect();
            let is_of_a_shape = |path: &str| shapes.iter().any(|shape| path.starts_with(&format!("{}.", shape.path)));
            let parts = fields.iter().filter(below).filter(|field| !is_of_a_shape(&field.path));
            // The ids of rows are the store's.
            let parts = parts
                .map(|field| name_of(&field.path).to_owned())
                .filter(|name| name != "id");
            let parts: Paths = parts.collect();
            let mut told: Paths = fields_in(says).into_iter().collect();
            // `inferred` names fields of the document.
            told.retain(|name| parts.contains(name) || !top.contains(name));
            agree(
                (&format!("{of}: {names:?}"), &parts),
                ("its row in seed/README.md", &told),
                DERIVED,
                EXAMPLES,
            );
        }
    }
}

#[test]
fn the_description_of_seed_files_names_the_parts_of_each_shape() {
    let (files, docs) = (SchemaFiles::new(), SeedDocs::read());
    let mut described = 0;
    for shape in files.shared.as_object().expect("shapes").keys() {
        let mut fields = Vec::new();
        files.add(&files.shared[shape.as_str()], "", &mut fields);
        let Some(says) = docs.shape(shape) else {
            assert!(fields.is_empty() || shape == "location", "{shape} is not described");
            continue;
        };
        let is_of_another = |path: &str| {
            let around = fields
                .iter()
                .filter(|field| field.shape.as_deref().is_some_and(|shape| docs.shape(shape).is_some()));
            around
                .into_iter()
                .any(|field| path.starts_with(&format!("{}.", field.path)))
        };
        let parts = fields.iter().filter(|field| !is_of_another(&field.path));
        // The ids of rows are the store's.
        let parts = parts
            .map(|field| name_of(&field.path).to_owned())
            .filter(|name| name != "id");
        let parts: Paths = parts.collect();
        let told: Paths = fields_in(says).into_iter().collect();
        agree(
            (shape, &parts),
            ("its paragraph in seed/README.md", &told),
            DERIVED,
            &[],
        );
        described += 1;
    }
    assert_eq!(
        described, 6,
        "date, a reading of it, count, person, place, localized name"
    );
}
