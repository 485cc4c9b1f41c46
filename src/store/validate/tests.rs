//! Tests of the validator: the message for each problem, and that the files in `schema/collections` have no gaps.

use super::*;
use crate::store::collections;
use mongodb::bson::doc;

fn messages(schema: Document, document: Document) -> Vec<String> {
    problems(&schema, &document).iter().map(Problem::to_string).collect()
}

#[test]
fn each_problem_names_its_place_what_was_found_and_what_is_accepted() {
    let schema = doc! { "bsonType": "object", "required": ["a"], "additionalProperties": false, "properties": {
        "a": { "bsonType": "int", "minimum": 0 },
        "list": { "bsonType": "array", "uniqueItems": true, "maxItems": 3, "items": { "enum": ["RED", "GREEN"] } },
        "slug": { "bsonType": "string", "pattern": "^[a-z]+$", "description": "lower case letters" },
        "note": { "bsonType": "string", "maxLength": 4 },
    } };
    let cases = [
        (doc! { "a": 1 }, vec![]),
        (
            doc! {},
            vec!["a: found nothing; accepted: a value, for this field is required"],
        ),
        (doc! { "a": "1" }, vec!["a: found \"1\"; accepted: a whole number"]),
        (doc! { "a": -1 }, vec!["a: found -1; accepted: a number of at least 0"]),
        (
            doc! { "a": 1, "list": ["RED", "GREN", "RED"] },
            vec![
                "list: found \"RED\" twice; accepted: each entry once",
                "list[1]: found \"GREN\"; accepted: one of RED, GREEN; did you mean `GREEN`?",
            ],
        ),
        (
            doc! { "a": 1, "list": ["RED", "GREEN", "RED", "BLUE"] },
            vec!["list: found 4 entries; accepted: at most 3 entries"],
        ),
        (doc! { "a": 1, "note": "äöü🐼" }, vec![]),
        (
            doc! { "a": 1, "note": "äöü🐼!" },
            vec!["note: found 5 characters; accepted: at most 4 characters"],
        ),
        (
            doc! { "a": 1, "slug": "A b" },
            vec!["slug: found \"A b\"; accepted: lower case letters (pattern ^[a-z]+$)"],
        ),
        (
            doc! { "a": 1, "slgu": "x" },
            vec!["slgu: found an unknown field; accepted: the fields a, list, slug, note; did you mean `slug`?"],
        ),
    ];
    for (document, expected) in cases {
        assert_eq!(messages(schema.clone(), document.clone()), expected, "{document}");
    }
}

#[test]
fn the_files_use_no_keyword_that_would_go_unchecked() {
    const KNOWN: [&str; 14] = [
        "bsonType",
        "description",
        "required",
        "properties",
        "additionalProperties",
        "items",
        "enum",
        "pattern",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "uniqueItems",
        "maxItems",
    ];
    fn walk(schema: &Document) {
        for (keyword, value) in schema {
            assert!(KNOWN.contains(&keyword.as_str()), "{keyword}");
            match (keyword.as_str(), value) {
                ("properties", Bson::Document(properties)) => {
                    properties.values().filter_map(Bson::as_document).for_each(walk);
                }
                ("items", Bson::Document(items)) => walk(items),
                _ => {}
            }
        }
    }
    for declared in collections::declarations().expect("the files can be read") {
        walk(&declared.json_schema);
    }
}

/// Without limits, one document could be larger than the maximum size of a response.
#[test]
fn every_text_and_every_list_of_a_document_has_an_end() {
    fn ends(schema: &Document) -> bool {
        let closed = |pattern: &str| pattern.ends_with('$') && !pattern.contains(['*', '+']);
        match schema.get("bsonType").and_then(Bson::as_str) {
            Some("string") => schema.contains_key("maxLength") || schema.get_str("pattern").is_ok_and(closed),
            Some("array") => schema.contains_key("maxItems"),
            _ => true,
        }
    }
    fn walk(schema: &Document, path: &str, endless: &mut Vec<String>) {
        if !ends(schema) {
            endless.push(path.to_owned());
        }
        if let Ok(each) = schema.get_document("items") {
            walk(each, &format!("{path}[]"), endless);
        }
        for (name, property) in schema.get_document("properties").into_iter().flatten() {
            if let Bson::Document(property) = property {
                walk(property, &format!("{path}.{name}"), endless);
            }
        }
    }
    let mut endless = Vec::new();
    for declared in collections::declarations().expect("the files can be read") {
        let mut schema = declared.json_schema.clone();
        if let Ok(properties) = schema.get_document_mut("properties") {
            // They are derived from the texts, which have limits.
            properties.remove("words");
            properties.remove("sortKeys");
        }
        walk(&schema, declared.name, &mut endless);
    }
    assert!(endless.is_empty(), "{endless:?}");
}
