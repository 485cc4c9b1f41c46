//! What holds for any JSON.

use std::io::ErrorKind;

use menagerie::domain::id::Kind;
use menagerie::seed::set::Set;
use menagerie::store::write::Prepared;
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

/// Names that lead deep into the documents, where the surprises are.
const NAMES: [&str; 26] = [
    "_id",
    "slug",
    "title",
    "giver",
    "items",
    "count",
    "min",
    "max",
    "date",
    "edtf",
    "inferred",
    "earliest",
    "place",
    "location",
    "lon",
    "lat",
    "statusHistory",
    "words",
    "sortKeys",
    "id",
    "version",
    "about",
    "conflictsWith",
    "capital",
    "",
    "$set",
];

fn any_json() -> impl Strategy<Value = Json> {
    let name =
        prop_oneof![4 => proptest::sample::select(NAMES.as_slice()).prop_map(str::to_owned), 1 => any::<String>()];
    let number = prop_oneof![
        any::<i64>().prop_map(|number| json!(number)),
        any::<u64>().prop_map(|number| json!(number)),
        any::<f64>().prop_map(|number| json!(number)),
        (-3..3_i32).prop_map(|number| json!(number)),
    ];
    let text = prop_oneof![
        any::<String>(),
        proptest::sample::select(vec![
            "gift_a",
            "2024",
            "2024-13",
            "/",
            "1965/..",
            "XXXX",
            "Y99999999999",
            "{}"
        ])
        .prop_map(str::to_owned),
    ];
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        number,
        text.prop_map(Json::from),
    ];
    leaf.prop_recursive(6, 64, 8, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Json::from),
            proptest::collection::vec((name.clone(), inner), 0..10)
                .prop_map(|fields| Json::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// A document of the article's set that is damaged in one place, deep or not.
fn damaged() -> impl Strategy<Value = (Kind, Json)> {
    (
        kinds(),
        any::<proptest::sample::Index>(),
        any::<proptest::sample::Index>(),
        any_json(),
    )
        .prop_map(|(kind, document, place, value)| {
            let mut documents = article(kind);
            let at = document.index(documents.len());
            let mut document = documents.swap_remove(at);
            let mut pointers = Vec::new();
            pointers_into(&document, "", &mut pointers);
            let pointer = &pointers[place.index(pointers.len())];
            *document.pointer_mut(pointer).expect("it was found there") = value;
            (kind, document)
        })
}

/// The kinds of which the article speaks.
fn kinds() -> impl Strategy<Value = Kind> {
    let spoken_of = Kind::ALL.into_iter().filter(|kind| !article(*kind).is_empty());
    proptest::sample::select(spoken_of.collect::<Vec<_>>())
}

fn article(kind: Kind) -> Vec<Json> {
    let path = format!("{}/seed/article/{}.json", env!("CARGO_MANIFEST_DIR"), kind.collection());
    match std::fs::read_to_string(&path) {
        Ok(documents) => serde_json::from_str(&documents).expect("JSON"),
        // The article speaks of none of these.
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => panic!("{path}: {error}"),
    }
}

fn pointers_into(json: &Json, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match json {
        Json::Object(fields) => fields
            .iter()
            .for_each(|(name, value)| pointers_into(value, &format!("{at}/{name}"), found)),
        Json::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(place, value)| pointers_into(value, &format!("{at}/{place}"), found)),
        _ => {}
    }
}

/// The same JSON with the fields of every object in an order that `key` decides.
fn reordered(json: &Json, key: u64) -> Json {
    use std::hash::{DefaultHasher, Hash, Hasher};
    match json {
        Json::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| {
                let mut hasher = DefaultHasher::new();
                (key, name).hash(&mut hasher);
                hasher.finish()
            });
            Json::Object(
                fields
                    .into_iter()
                    .map(|(name, value)| (name.clone(), reordered(value, key)))
                    .collect(),
            )
        }
        Json::Array(items) => items.iter().map(|item| reordered(item, key)).collect(),
        other => other.clone(),
    }
}

proptest! {
    #[test]
    fn no_json_makes_it_panic_and_what_is_refused_has_a_reason(json in any_json(), kind in proptest::sample::select(Kind::ALL.as_slice())) {
        if let Err(problems) = Prepared::from_json(kind, &json) {
            prop_assert!(!problems.is_empty());
        }
    }

    #[test]
    fn no_damage_to_a_good_document_makes_it_panic((kind, json) in damaged()) {
        match Prepared::from_json(kind, &json) {
            Ok(prepared) => prop_assert!(!prepared.id.is_empty()),
            Err(problems) => {
                for problem in problems {
                    prop_assert!(!problem.found.is_empty() && !problem.accepted.is_empty(), "{}", problem);
                    // What the store derives is not for the writer to give, so it is never asked for.
                    prop_assert!(problem.found != "nothing" || !problem.path.ends_with("earliest"), "{}", problem);
                }
            }
        }
    }

    #[test]
    fn the_fingerprint_does_not_depend_on_the_order_of_fields(key in any::<u64>(), kind in kinds(), document in any::<proptest::sample::Index>()) {
        let documents = article(kind);
        let document = &documents[document.index(documents.len())];
        let shuffled = reordered(document, key);
        prop_assert_eq!(document, &shuffled);
        let (one, other) = (Prepared::from_json(kind, document), Prepared::from_json(kind, &shuffled));
        prop_assert_eq!(one.expect("good").fingerprint, other.expect("good").fingerprint);
    }

    #[test]
    fn the_fingerprint_tells_documents_apart_that_say_something_else((kind, json) in damaged()) {
        let original = article(kind).into_iter().find(|document| document["_id"] == json["_id"]);
        if let (Ok(prepared), Some(original)) = (Prepared::from_json(kind, &json), original) {
            let before = Prepared::from_json(kind, &original).expect("good").fingerprint;
            prop_assert_eq!(prepared.fingerprint == before, without_nulls(&json) == without_nulls(&original));
        }
    }
}

/// A null says as much as no field, and so do an empty list, a flag that is not set, and an object in which nothing
/// stands.
fn without_nulls(json: &Json) -> Json {
    match json {
        Json::Object(fields) => Json::Object(
            fields
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name.clone(), without_nulls(value)))
                .filter(|(_, value)| ![json!({}), json!([]), json!(false)].contains(value))
                .collect(),
        ),
        Json::Array(items) => items.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

#[test]
fn the_fingerprint_stays_the_same_when_a_number_is_written_in_another_way() {
    let nation = |lat: &str| {
        let text = format!(
            r#"{{ "_id": "nation_a", "slug": "a", "name": "A", "officialName": "A", "capital": {{ "name": "B", "location": {{ "lon": 1.5, "lat": {lat} }} }} }}"#
        );
        let json: Json = serde_json::from_str(&text).expect("JSON");
        Prepared::from_json(Kind::Nation, &json).expect("a nation").fingerprint
    };
    assert_eq!(nation("37"), nation("37.0"));
    assert_eq!(nation("37"), nation("3.7e1"));
    assert_ne!(nation("37"), nation("37.5"));
}

#[test]
fn the_sets_that_come_with_the_program_are_those_in_the_folder() {
    let folder = std::fs::read_dir(format!("{}/seed", env!("CARGO_MANIFEST_DIR"))).expect("the folder is there");
    let mut sets: Vec<String> = folder
        .map(|entry| entry.expect("an entry"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    sets.sort();
    assert_eq!(Set::bundled(), sets);
}
