//! A collection is told once: in how few places of `src/` it is named, and that every list of the collections is the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use async_graphql::parser::types::{ObjectType, TypeKind};
use menagerie::domain::id::Kind;
use regex::Regex;

use crate::house::{File, in_src, root};
use crate::support::type_definitions;

/// Where a new collection is told: its own file beside the list, and the two lists.
const LISTS: [&str; 2] = ["src/domain/collections.rs", "src/graphql/collections/mod.rs"];

/// Where else collections are named, and why. What is not here knows none of them.
const NAMED: [(&str, &str); 12] = [
    ("src/graphql/collections/", "documents refer to each other"),
    (
        "src/graphql/values.rs",
        "a count rests on a claim, a place lies in a nation",
    ),
    (
        "src/graphql/export/",
        "the items, flows and statistics of gifts are tables of their own",
    ),
    ("src/graphql/stats/", "statistics are of gifts, by nation and animal"),
    ("src/graphql/timeline.rs", "the timeline is of gifts and events"),
    ("src/graphql/change.rs", "changes of gifts tell of a gift"),
    (
        "src/graphql/subscription.rs",
        "changes of gifts can be sifted by a filter",
    ),
    ("src/domain/id/mod.rs", "a message shows the id of a gift"),
    (
        "src/seed/generate.rs",
        "what is made up is made up for each collection; one without is left out",
    ),
    ("src/seed/set.rs", "claims name those that contradict them too"),
    (
        "src/store/",
        "claims name those that contradict them too and say what they are about, gifts have figures, statistics are of gifts",
    ),
    ("src/http/", "the events of a stream and the sources of keys are others"),
];

#[test]
fn a_collection_is_named_in_its_own_file_the_two_lists_and_where_it_is_spoken_of() {
    let files: Vec<File> = in_src().collect();
    let mut unknown = Vec::new();
    let mut used = BTreeSet::new();
    for kind in Kind::ALL {
        let (name, module, collection) = (kind.type_name(), kind.prefix(), kind.collection());
        let named = format!(r#"\bKind::{name}\b|\b(collections|super)::{module}\b|"{collection}""#);
        let named = Regex::new(&named).expect("a pattern");
        let own = format!("src/graphql/collections/{module}.rs");
        let elsewhere = files
            .iter()
            .filter(|file| file.path != own && !LISTS.contains(&file.path.as_str()));
        for file in elsewhere {
            let places = file.places(&named);
            match NAMED.iter().find(|(place, _)| file.path.starts_with(place)) {
                Some((place, _)) if !places.is_empty() => drop(used.insert(*place)),
                Some(_) => {}
                None => unknown.extend(places),
            }
        }
        assert!(files.iter().any(|file| file.path == own), "{own}");
    }
    assert!(unknown.is_empty(), "{}", unknown.join("\n"));
    let unused: Vec<_> = NAMED.iter().filter(|(place, _)| !used.contains(place)).collect();
    assert!(unused.is_empty(), "take off the list: {unused:?}");
}

/// The types of the schema by their names.
fn types() -> BTreeMap<String, TypeKind> {
    let types = type_definitions().into_iter();
    types.map(|ty| (ty.name.node.to_string(), ty.kind)).collect()
}

fn fields(types: &BTreeMap<String, TypeKind>, name: &str) -> BTreeMap<String, String> {
    let TypeKind::Object(ObjectType { fields, .. }) = &types[name] else {
        panic!("{name} is no object");
    };
    let field = |field: &async_graphql::Positioned<async_graphql::parser::types::FieldDefinition>| {
        (field.node.name.node.to_string(), field.node.ty.node.to_string())
    };
    fields.iter().map(field).collect()
}

fn all(name: fn(Kind) -> &'static str) -> BTreeSet<String> {
    Kind::ALL.map(|kind| name(kind).to_owned()).into()
}

#[test]
fn every_list_of_the_collections_is_the_same() {
    let types = types();
    let nodes = types.iter().filter_map(|(name, kind)| match kind {
        TypeKind::Object(object) => object
            .implements
            .iter()
            .any(|it| it.node == "Node")
            .then(|| name.clone()),
        _ => None,
    });
    assert_eq!(
        nodes.collect::<BTreeSet<_>>(),
        all(Kind::type_name),
        "the types that implement Node"
    );

    let (queries, mutations) = (fields(&types, "Query"), fields(&types, "Mutation"));
    for kind in Kind::ALL {
        let name = kind.type_name();
        assert_eq!(queries.get(kind.prefix()), Some(&name.to_owned()), "one of {kind:?}");
        assert_eq!(
            queries.get(kind.collection()),
            Some(&format!("{name}Connection")),
            "all of {kind:?}"
        );
        for verb in ["create", "update", "delete"] {
            assert!(mutations.contains_key(&format!("{verb}{name}")), "{verb}{name}");
        }
    }

    let TypeKind::Enum(words) = &types["Kind"] else {
        panic!("Kind is an enum")
    };
    let words: Vec<String> = words
        .values
        .iter()
        .map(|word| word.node.value.node.to_lowercase())
        .collect();
    assert_eq!(words, Kind::ALL.map(Kind::prefix), "the words for the kinds");
}

#[test]
fn the_schema_files_are_those_of_the_collections_and_say_what_is_searched() {
    let types = types();
    let (mut files, mut searched) = (BTreeSet::new(), BTreeSet::new());
    for entry in fs::read_dir(root().join("schema/collections")).expect("the folder") {
        let text = fs::read_to_string(entry.expect("an entry").path()).expect("a text");
        let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        // The others hold what the server keeps for itself, or shapes that several share.
        if !json["columns"].is_array() {
            continue;
        }
        let name = json["collection"].as_str().expect("a name").to_owned();
        if json["searched"].is_string() {
            searched.insert(Kind::of_collection(&name).expect("a kind").type_name().to_owned());
        }
        files.insert(name);
    }
    assert_eq!(files, all(Kind::collection));

    let TypeKind::Union(union) = &types["SearchResult"] else {
        panic!("SearchResult is a union")
    };
    let members: BTreeSet<String> = union.members.iter().map(|member| member.node.to_string()).collect();
    assert_eq!(members, searched, "what a search finds");
    let TypeKind::Enum(words) = &types["SearchKind"] else {
        panic!("SearchKind is an enum")
    };
    let words: BTreeSet<String> = words
        .values
        .iter()
        .map(|word| word.node.value.node.to_string())
        .collect();
    let searched: BTreeSet<String> = searched.iter().map(|name| name.to_uppercase()).collect();
    assert_eq!(words, searched, "what can be searched for");
}
