//! How an order puts two documents, as the schema's descriptions say: texts by their words and then by themselves.

use std::cmp::Ordering;

use menagerie::domain::date::Day;
use menagerie::domain::words::spots;
use serde_json::Value as Json;

use super::dates::when;
use super::model::list;

/// A value to order by; nothing sorts before everything.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    Nothing,
    Number(i64),
    Bytes(&'a [u8]),
    /// The words of a text, then the text.
    Words(String, &'a str),
}

fn key<'a>(document: &'a Json, field: &str) -> Key<'a> {
    let bytes = |field: &str| {
        document[field]
            .as_str()
            .map_or(Key::Nothing, |text| Key::Bytes(text.as_bytes()))
    };
    let text = |field: &str| {
        let words = |text| spots(text).into_iter().map(|spot| spot.word).collect::<Vec<_>>();
        document[field]
            .as_str()
            .map_or(Key::Nothing, |text| Key::Words(words(text).join(" "), text))
    };
    let number = |value: &Json| value.as_i64().map_or(Key::Nothing, Key::Number);
    let date = when(document, "date");
    let day = |day: Option<_>| day.map_or(Key::Nothing, |day: Day| Key::Number(day.to_millis()));
    match field {
        "ID" => bytes("_id"),
        "TITLE" => text("title"),
        "CODE" => text("code"),
        "DATE" => day(date.and_then(|date| date.earliest)),
        "DATE_END" => day(date.and_then(|date| date.latest)),
        "TOTAL" => number(&document["total"]["min"]),
        "CREATED_AT" => number(&document["createdAt"]),
        "UPDATED_AT" => number(&document["updatedAt"]),
        _ => panic!("the model knows no order by {field}"),
    }
}

/// How two documents stand in an order. The id decides last, in the direction of the last part that could decide.
pub fn compare(order: &Json, left: &Json, right: &Json) -> Ordering {
    let mut parts: Vec<(&str, bool)> = Vec::new();
    for part in list(order) {
        let field = part["field"].as_str().expect("a field");
        if !parts.iter().any(|(earlier, _)| *earlier == field) {
            parts.push((field, part["direction"] == "DESC"));
        }
    }
    parts.push(("ID", parts.last().is_some_and(|(_, down)| *down)));
    let stand = |(field, down): &(&str, bool)| {
        let ascending = key(left, field).cmp(&key(right, field));
        if *down { ascending.reverse() } else { ascending }
    };
    parts
        .iter()
        .map(stand)
        .find(|stand| stand.is_ne())
        .unwrap_or(Ordering::Equal)
}
