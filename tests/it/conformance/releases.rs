//! The schema beside that of the last release, by GraphQL Inspector: what clients rely on goes only after a release that
//! calls it deprecated (docs/ADDING.md).

use std::fs;
use std::path::Path;

use serde_json::{Value as Json, json};

use super::{lines, web};

/// What GraphQL Inspector says of two schemas, by their files.
async fn compared(released: &Path, current: &Path) -> Json {
    let [released, current] = [released, current].map(|path| path.to_str().expect("a path of text"));
    let mut lines = lines("inspector.mjs", &[released, current]).await;
    lines.pop().expect("a line")
}

/// The paths of the changes of this kind.
fn paths(found: &Json, kind: &str) -> Vec<String> {
    let changes = found[kind].as_array().expect("a list").iter();
    changes
        .map(|change| change["path"].as_str().unwrap_or_default().to_owned())
        .collect()
}

/// Whether the notes on the next release tell whoever upgrades of a field, by its name.
fn is_told(path: &str) -> bool {
    let notes = fs::read_to_string(web().join("../CHANGELOG.md")).expect("the file is there");
    let upgrading = notes
        .split_once("### Upgrading")
        .and_then(|(_, rest)| rest.split_once("\n### "))
        .map(|(upgrading, _)| upgrading.to_owned());
    let name = path.rsplit('.').next().unwrap_or(path);
    upgrading.is_some_and(|text| text.contains(&format!("`{name}`")))
}

#[tokio::test]
async fn nothing_of_the_last_release_is_broken_that_was_not_deprecated_in_it() {
    let schema = web().join("../schema");
    let found = compared(&schema.join("released.graphql"), &schema.join("schema.graphql")).await;
    let mut broken = paths(&found, "breaking");
    // Before 1.0 a minor release may break what it says under "Upgrading".
    broken.retain(|path| !env!("CARGO_PKG_VERSION").starts_with("0.") || !is_told(path));
    assert!(
        broken.is_empty(),
        "{broken:?}: docs/ADDING.md tells how a field goes: deprecated first, removed in a later release"
    );
    assert_eq!(
        found["unclear"],
        json!([]),
        "accepted are reasons such as \"Since 0.2: use `by`.\", with the release and what to use"
    );
}

#[test]
fn the_released_schema_is_that_of_the_version_of_the_program() {
    let released = fs::read_to_string(web().join("../schema/released.graphql")).expect("the file is there");
    let expected = format!("# Menagerie {}:", env!("CARGO_PKG_VERSION"));
    assert!(
        released.starts_with(&expected),
        "a new version has a new released schema; CONTRIBUTING.md tells how it is made"
    );
}

/// A released schema for the cases below.
const RELEASED: &str = r#"
directive @cost(weight: Int!) on FIELD_DEFINITION
type Query {
  gift(id: ID, slug: String @deprecated(reason: "Since 0.2: use `by`."), by: GiftBy): Gift
  old: Old @deprecated(reason: "Since 0.2: use `gift`.")
}
type Gift { title: String @cost(weight: 2) name: String @deprecated(reason: "Since 0.2: use `title`.") }
type Old { text: String }
input GiftBy { id: ID }
"#;

/// Texts in the released schema, and what stands in their place.
type Edits = &'static [(&'static str, &'static str)];
type Paths = &'static [&'static str];

/// What becomes of the released schema, how, and which paths it breaks or takes away.
const CASES: [(&str, Edits, Paths, Paths); 11] = [
    ("nothing", &[], &[], &[]),
    (
        "a field is removed",
        &[("title: String @cost(weight: 2)", "")],
        &["Gift.title"],
        &[],
    ),
    (
        "a deprecated field is removed",
        &[("name: String @deprecated(reason: \"Since 0.2: use `title`.\")", "")],
        &[],
        &["Gift.name"],
    ),
    (
        "a deprecated field has another type",
        &[("name: String", "name: Int")],
        &["Gift.name"],
        &[],
    ),
    (
        "a deprecated argument is removed",
        &[("slug: String @deprecated(reason: \"Since 0.2: use `by`.\"), ", "")],
        &[],
        &["Query.gift.slug"],
    ),
    ("an argument is removed", &[("id: ID, ", "")], &["Query.gift.id"], &[]),
    (
        "a deprecated field is removed with its type",
        &[
            ("old: Old @deprecated(reason: \"Since 0.2: use `gift`.\")", ""),
            ("type Old { text: String }", ""),
        ],
        &[],
        &["Old", "Query.old"],
    ),
    (
        "an optional argument is added",
        &[("by: GiftBy", "by: GiftBy, lang: String")],
        &[],
        &[],
    ),
    (
        "a required argument is added",
        &[("by: GiftBy", "by: GiftBy, lang: String!")],
        &["Query.gift.lang"],
        &[],
    ),
    (
        "an input takes one of its fields only",
        &[("input GiftBy", "input GiftBy @oneOf")],
        &["GiftBy.@oneOf"],
        &[],
    ),
    (
        "what a field costs is told no more, and directives and fields for a gateway are added",
        &[
            (" @cost(weight: 2)", ""),
            ("directive @cost(weight: Int!) on FIELD_DEFINITION", ""),
            (
                "type Gift {",
                "directive @key(fields: String!) repeatable on OBJECT\ntype Gift @key(fields: \"title\") { id: ID ",
            ),
        ],
        &[],
        &[],
    ),
];

#[tokio::test]
async fn what_breaks_a_client_is_told_from_what_was_announced() {
    let folder = tempfile::tempdir().expect("a folder");
    let [released, current] = ["released.graphql", "current.graphql"].map(|name| folder.path().join(name));
    fs::write(&released, RELEASED).expect("it is written");
    for (case, edits, breaking, gone) in CASES {
        let edited = edits.iter().fold(RELEASED.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{case}: {from}");
            text.replacen(from, to, 1)
        });
        fs::write(&current, edited).expect("it is written");
        let found = compared(&released, &current).await;
        assert_eq!(paths(&found, "breaking"), breaking, "{case}: {found:#}");
        assert_eq!(paths(&found, "gone"), gone, "{case}: {found:#}");
        assert_eq!(found["unclear"], json!([]), "{case}");
    }

    let unclear = RELEASED.replace("Since 0.2: use `title`.", "old");
    fs::write(&current, unclear).expect("it is written");
    let found = compared(&released, &current).await;
    assert_eq!(paths(&found, "unclear"), ["Gift.name"], "{found:#}");
}
