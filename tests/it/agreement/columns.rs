//! The columns of an export are the fields of its schema file.

use menagerie::domain::id::Kind;

use super::{Exceptions, Field, Paths, SchemaFiles, is_one_of};
use crate::support::TestApp;

/// Stored and in no column: only a line of JSON has them.
const IN_NO_COLUMN: Exceptions = &[
    ("words", "what the text filter looks in"),
    ("sortKeys", "what texts are ordered by"),
    ("precision", "follows from `edtf`"),
    ("approximate", "follows from `edtf`"),
    ("uncertain", "follows from `edtf`"),
    ("endUnknown", "follows from `edtf`"),
    ("date.inferred", "beside the date's own words too much for a table"),
    ("existed.inferred", "as above"),
    ("published.inferred", "as above"),
    (
        "date.otherReadings",
        "what other sources say instead, too much for a table",
    ),
    ("existed.otherReadings", "as above"),
    ("published.otherReadings", "as above"),
    ("claim", "of a count, a date or a step: what it rests on"),
    ("open", "since when a place has been open"),
    ("statusHistory", "a list of steps"),
];

/// In a column and not stored.
const ONLY_COLUMNS: Exceptions = &[
    ("itemsMin", "the sum of the items"),
    ("itemsMax", "the sum of the items"),
    ("giverIso", "of the nation"),
    ("recipientIso", "of the nation"),
    ("yearEarliest", "of the date"),
    ("yearLatest", "of the date"),
];

/// A path as the name of a column: `dateEarliest` for `date.earliest`; a place has one location, which is not named.
fn column(path: &str) -> String {
    let mut steps = path.split('.').filter(|step| *step != "location");
    let first = steps.next().unwrap_or_default().to_owned();
    steps.fold(first, |name, step| name + &step[..1].to_uppercase() + &step[1..])
}

/// The columns that a field can stand in.
fn columns_of(field: &Field) -> Vec<String> {
    let name = column(&field.path);
    let with = |ends: &[&str]| ends.iter().map(|end| format!("{name}{end}")).collect();
    match field {
        // Told in words, item by item.
        Field {
            is_list: true,
            has_parts: true,
            ..
        } => with(&[""]),
        Field { shape: Some(shape), .. } if shape == "count" => with(&["Text"]),
        Field { has_parts: true, .. } => Vec::new(),
        Field {
            is_reference: true,
            is_list: false,
            ..
        } => with(&["Id", "Name", "Title"]),
        _ => with(&[""]),
    }
}

#[tokio::test]
async fn the_columns_of_an_export_are_the_fields_of_its_schema_file() {
    let (app, files) = (TestApp::empty().await, SchemaFiles::new());
    for kind in Kind::ALL {
        let fields = files.fields(kind);
        let in_a_list = |path: &str| {
            fields
                .iter()
                .any(|list| list.is_list && path.starts_with(&format!("{}.", list.path)))
        };
        let fields: Vec<&Field> = fields.iter().filter(|field| !in_a_list(&field.path)).collect();
        let header = header(&app, kind).await;
        for field in &fields {
            let possible = columns_of(field);
            let is_there = possible.is_empty() || possible.iter().any(|name| header.contains(name));
            let excepted = is_one_of(IN_NO_COLUMN, &field.path);
            assert!(
                is_there != excepted || possible.is_empty(),
                "{kind:?}: {} has {} column: its schema file names the columns, and IN_NO_COLUMN those that have none",
                field.path,
                if is_there { "a" } else { "no" }
            );
        }
        let known: Paths = fields.iter().flat_map(|field| columns_of(field)).collect();
        let strange: Vec<&String> = header
            .difference(&known)
            .filter(|name| !is_one_of(ONLY_COLUMNS, name))
            .collect();
        assert!(strange.is_empty(), "{kind:?} has columns of no field: {strange:?}");
    }
}

async fn header(app: &TestApp, kind: Kind) -> Paths {
    let address = format!("{}/export/{}.csv", app.address, kind.collection());
    let answer = crate::support::client().get(address).send().await.expect("an answer");
    let text = answer.text().await.expect("a text");
    let line = text.lines().next().expect("a header line");
    line.split(',').map(str::to_owned).collect()
}
