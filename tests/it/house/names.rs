//! One name, one thing: public types, and what there is one of.

use std::collections::BTreeMap;

use super::{in_src, none, pattern};

/// Public types that share a name, with the reason.
const SHARED: &[(&str, &str)] = &[
    (
        "Options",
        "what one function of its room is given: `Store::connect`, `Embedded::start`, `seed::load::load`, \
         `transfer::import::import`",
    ),
    ("Result", "an alias beside the error of its room"),
];

/// Where names are taken apart at dots although no dotted path is followed into a document.
const OTHER_DOTS: &[(&str, &str)] = &[
    ("src/graphql/export/columns.rs", "makes the name of a column of a path"),
    ("src/guard/mistakes.rs", "reads the messages of the validator"),
    ("src/guard/suggest.rs", "tells `Type.field`"),
    ("src/http/auth/authenticator.rs", "counts the parts of a signed token"),
    ("src/http/auth/signed.rs", "reads the head of a signed token"),
    (
        "src/http/transport/export_request.rs",
        "parts a file's name from its end",
    ),
    ("src/http/transport/named.rs", "parts a file's name from its end"),
];

#[test]
fn a_name_of_a_public_type_stands_for_one_thing() {
    let types = pattern(r"^\s*pub (?:struct|enum|union|trait|type) (\w+)");
    let mut homes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in in_src() {
        for (_, line) in file.code() {
            if let Some(found) = types.captures(line) {
                homes.entry(found[1].to_owned()).or_default().push(file.path.clone());
            }
        }
    }
    let known: Vec<&str> = SHARED.iter().map(|(name, _)| *name).collect();
    let twice = homes
        .iter()
        .filter(|(name, homes)| homes.len() > 1 && !known.contains(&name.as_str()));
    let mut broken: Vec<String> = twice
        .map(|(name, homes)| format!("{name}: {}", homes.join(", ")))
        .collect();
    let once = known
        .iter()
        .filter(|name| homes.get(**name).is_none_or(|homes| homes.len() < 2));
    broken.extend(once.map(|name| format!("{name} stands once: take it off the list")));
    none("a public type's name stands once in the crate", broken);
}

#[test]
fn dotted_paths_are_followed_in_one_file() {
    let dots = pattern(r"split(_once|n)?\([^)]*'\.'");
    let outside = in_src().filter(|file| file.path != "src/store/path.rs");
    let other = |path: &str| OTHER_DOTS.iter().any(|(known, _)| *known == path);
    none(
        "src/store/path.rs is the one walker of dotted paths",
        outside
            .filter(|file| !other(&file.path))
            .flat_map(|file| file.places(&dots))
            .collect(),
    );
}
