//! The vocabularies of the code are those of the schema files.

use std::collections::BTreeMap;
use std::path::Path;

use menagerie::api::viewer::Role;
use menagerie::domain::date::{Calendar, Precision};
use menagerie::domain::vocabulary as words;
use serde_json::Value as Json;

#[test]
fn the_vocabularies_of_the_code_are_those_of_the_schema_files() {
    macro_rules! all {
        ($vocabulary:path) => {{
            use $vocabulary as Vocabulary;
            Vocabulary::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>()
        }};
    }
    let expected = BTreeMap::from([
        ("animals.json rank", all!(words::AnimalRank)),
        ("animals.json conservation.category", all!(words::ConservationCategory)),
        ("claims.json attributions.scope", all!(words::AttributionScope)),
        ("events.json kind", all!(words::EventKind)),
        ("events.json nations.role", all!(words::NationRole)),
        ("events.json status", all!(words::EventStatus)),
        ("gifts.json mode", all!(words::GiftMode)),
        ("history.json action", all!(words::HistoryAction)),
        ("shared.json certainty", all!(words::Certainty)),
        ("shared.json date.calendar", all!(Calendar)),
        ("shared.json date.inferred", all!(words::DatePart)),
        ("shared.json date.precision", all!(Precision)),
        ("shared.json dateReading.calendar", all!(Calendar)),
        ("shared.json dateReading.inferred", all!(words::DatePart)),
        ("shared.json dateReading.precision", all!(Precision)),
        ("shared.json giftStatus", all!(words::GiftStatus)),
        ("shared.json place.kind", all!(words::PlaceKind)),
        ("sources.json kind", all!(words::SourceKind)),
        ("tokens.json role", Role::ALL.map(Role::name).to_vec()),
    ]);
    let mut found = BTreeMap::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/collections");
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        let file = path.file_name().expect("a name").to_string_lossy().into_owned();
        let json = serde_json::from_str(&std::fs::read_to_string(&path).expect("the file is read")).expect("JSON");
        lists_in(&json, &format!("{file} "), &mut found);
    }
    for (place, words) in &expected {
        assert_eq!(
            found.get(*place),
            Some(&words.iter().map(|word| (*word).to_owned()).collect()),
            "{place}"
        );
    }
    let unknown: Vec<_> = found
        .keys()
        .filter(|place| !expected.contains_key(place.as_str()))
        .collect();
    assert!(unknown.is_empty(), "no vocabulary for {unknown:?}");

    let code = include_str!("../../../src/domain/vocabulary.rs");
    let declared = code.matches("\nvocabulary! {\n").count();
    assert_eq!(
        expected.len(),
        declared + 6,
        "each vocabulary has its list; calendar and precision are the domain's own, the role a viewer's; a reading of a \
         date has the three of a date"
    );
}

/// The lists of accepted words in a file, by the names of the fields that lead to them.
fn lists_in(json: &Json, place: &str, found: &mut BTreeMap<String, Vec<String>>) {
    let Json::Object(fields) = json else { return };
    for (name, value) in fields {
        match (name.as_str(), value) {
            ("enum", Json::Array(list)) => {
                let list = list.iter().map(|word| word.as_str().expect("a word").to_owned());
                found.insert(place.to_owned(), list.collect());
            }
            ("validator" | "$jsonSchema" | "properties" | "items", value) => lists_in(value, place, found),
            (name, value) if place.ends_with(' ') => lists_in(value, &format!("{place}{name}"), found),
            (name, value) => lists_in(value, &format!("{place}.{name}"), found),
        }
    }
}
