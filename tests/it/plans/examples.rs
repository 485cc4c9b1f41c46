//! Values for every filter, taken from the article, the history set and the synthetic data, so that they find something.

use menagerie::domain::id::Kind;
use serde_json::{Value as Json, json};

/// What to ask by the filter `filter` of `kind`: rare, common and usual things; `None` for a filter without examples.
pub fn examples(kind: Kind, filter: &str) -> Option<Vec<Json>> {
    let (field, part) = filter.split_once('.').unwrap_or((filter, ""));
    let parts = match (part, known_values(kind, field)) {
        ("eq", Some(values)) => values[..1].to_vec(),
        ("in", Some(values)) => vec![json!(values)],
        ("notIn", Some(values)) => vec![json!([values[0]])],
        ("overlaps" | "within", _) => spans(kind),
        ("before" | "after", _) => ends(kind),
        ("known", _) => vec![json!(true), json!(false)],
        ("atLeast" | "atMost", _) => vec![json!(20), json!(190)],
        ("includeQualified", _) => {
            let certain = |span| json!({ field: { "within": span, "includeQualified": true } });
            return Some(spans(kind).into_iter().map(certain).collect());
        }
        ("sure", _) => {
            let possible = |bound: &str, number: i32| json!({ field: { bound: number, "sure": false } });
            let bounds = ["atLeast", "atMost"].into_iter();
            return Some(
                bounds
                    .flat_map(|bound| [20, 190].map(|number| possible(bound, number)))
                    .collect(),
            );
        }
        ("", Some(values)) => return Some(values.into_iter().map(|value| json!({ field: value })).collect()),
        _ => return None,
    };
    Some(
        parts
            .into_iter()
            .map(|value| json!({ field: { part: value } }))
            .collect(),
    )
}

/// Spans that some dates of a collection touch.
fn spans(kind: Kind) -> Vec<Json> {
    match kind {
        Kind::Nation => vec![json!("1950"), json!("0500/1900")],
        Kind::Source => vec![json!("2024"), json!("1900/2025")],
        _ => vec![json!("1990/1999"), json!("1805-10"), json!("1600/1900")],
    }
}

/// Days before and after which some dates of a collection lie.
fn ends(kind: Kind) -> Vec<Json> {
    match kind {
        Kind::Nation => vec![json!("1500"), json!("1918")],
        Kind::Source => vec![json!("2000"), json!("2024")],
        _ => vec![json!("1600"), json!("1990")],
    }
}

/// Values that documents of a collection have, or what else a filter of one value takes.
fn known_values(kind: Kind, field: &str) -> Option<Vec<Json>> {
    let values = match (kind, field) {
        (_, "aliases" | "names" | "isoAlpha4" | "successors") => return Some(called(kind, field)),
        (_, "certainty") => json!(["REPORTED", "QUOTED"]),
        // Across relations: here it only says that what is looked for is there.
        (_, "known") => json!([true]),
        (_, "id") => json!(["0000007", "0000003"].map(|end| format!("{}_synthetic-1-{end}", kind.prefix()))),
        (_, "slug") => json!(["synthetic-1-0000007", "synthetic-1-0000003"]),
        (Kind::Gift, "status") => json!(["DIED", "DELIVERED"]),
        (Kind::Gift, "mode") => json!(["LOAN", "TRIBUTE"]),
        (Kind::Gift, "giver" | "recipient") => json!([
            { "region": { "eq": "Asia" } },
            { "certainty": { "eq": "REPORTED" } },
        ]),
        (Kind::Gift, "animal") => json!([
            { "order": { "eq": "Carnivora" } },
            { "origin": { "region": { "eq": "Asia" } } },
        ]),
        (Kind::Gift, "event") => json!(["event_synthetic-1-0000007", "event_synthetic-1-0000003"]),
        (Kind::Gift, "text") => json!(["badorel", "hukal", "ba", "hukal linel"]),
        (Kind::Nation, "name") => json!(["Japan", "Russia"]),
        (Kind::Nation, "isoAlpha2") => json!(["JP", "XH"]),
        (Kind::Nation, "isoAlpha3") => json!(["JPN", "RUS"]),
        (Kind::Nation, "region") => json!(["Asia", "Africa"]),
        (Kind::Nation, "subregion") => json!(["Eastern Asia", "Polynesia"]),
        (Kind::Nation, "text") => json!(["tokyo", "republic", "tokyo japan"]),
        (Kind::Animal, "commonName") => json!(["African lion", "Akita dog"]),
        (Kind::Animal, "rank") => json!(["SPECIES", "BREED"]),
        (Kind::Animal, "class") => json!(["Aves", "Reptilia"]),
        (Kind::Animal, "order") => json!(["Carnivora", "Squamata"]),
        (Kind::Animal, "family") => json!(["Ursidae", "Felidae"]),
        (Kind::Animal, "conservation") => json!(["VU", "EN"]),
        (Kind::Animal, "nativeTo") => json!(["RU", "CN"]),
        (Kind::Animal, "origin") => json!([{ "region": { "eq": "Asia" } }]),
        (Kind::Animal, "text") => json!(["panda", "carnivora", "synth carnivora"]),
        (Kind::Event, "kind") => json!(["FIGHTING", "OTHER"]),
        (Kind::Event, "status") => json!(["OVER", "ONGOING"]),
        (Kind::Event, "nation") => json!([
            { "region": { "eq": "Asia" } },
            { "id": { "notIn": ["nation_japan"] } },
        ]),
        (Kind::Event, "text") => json!(["summit", "na", "made synthetic"]),
        (Kind::Claim, "code") => json!(["C05", "S7"]),
        (Kind::Claim, "source") => json!(["source_article", "source_synthetic-1-0000002"]),
        (Kind::Claim, "attributedTo") => json!(["source_pentagon", "source_tass"]),
        (Kind::Claim, "about") => json!(["gift_ru-kp-2024", "nation_japan"]),
        (Kind::Claim, "conflicting") => json!([true, false]),
        (Kind::Claim, "text") => json!(["badorel", "hukal", "ba", "hukal linel"]),
        (Kind::Source, "kind") => json!(["DATASET", "ARTICLE"]),
        (Kind::Source, "publisher") => json!(["BBC", "AFP"]),
        (Kind::Source, "text") => json!(["article", "synthetic", "synthetic source"]),
        _ => return None,
    };
    values.as_array().cloned()
}

/// What nations and animals are called beside their names, and the codes of former states.
fn called(kind: Kind, field: &str) -> Vec<Json> {
    let values = match (kind, field) {
        (Kind::Animal, "aliases") => ["panda bear", "lion"],
        (Kind::Animal, _) => ["大熊猫", "꿩"],
        (_, "aliases") => ["UK", "USSR"],
        (_, "names") => ["Россия", "대한민국"],
        (_, "successors") => ["RU", "AM"],
        _ => ["SUHH", "DDDE"],
    };
    values.map(|value| json!(value)).to_vec()
}
