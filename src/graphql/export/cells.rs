//! Cells of CSV: values out of a row, words for what is nested, and what spreadsheets must not take for a formula.

use std::collections::HashMap;

use serde_json::Value as Json;

use crate::domain::count::{Count, Sum};
use crate::store::path::value_at;

/// What documents are called by, by id.
pub type Names = HashMap<String, String>;

/// The value at a dotted path; null where there is none.
pub fn at<'a>(value: &'a Json, path: &str) -> &'a Json {
    let found = value.as_object().and_then(|fields| value_at(fields, path));
    found.unwrap_or(&Json::Null)
}

/// A value as one cell: a list as its texts.
pub fn value(value: &Json) -> Json {
    match value {
        Json::Array(items) => items
            .iter()
            .filter_map(Json::as_str)
            .collect::<Vec<_>>()
            .join("; ")
            .into(),
        value => value.clone(),
    }
}

/// A count for people to read, as in GraphQL; nothing where there is no count.
pub fn count_text(value: &Json) -> Json {
    count(value).map_or(Json::Null, |count| count.text().into())
}

/// A gift's items: `Brown bear: 2; African lion: 1`.
pub fn items(row: &Json, names: &Names) -> Json {
    list(&row["items"], |item| {
        let count = count(&item["count"]).unwrap_or_default();
        format!("{}: {}", name(&item["animal"], names), count.text())
    })
}

/// The sum of a gift's items.
pub fn items_total(row: &Json) -> Count {
    let counts: Vec<Option<Count>> = items_of(&row["items"]).map(|item| count(&item["count"])).collect();
    let sum: Sum = counts.iter().map(Option::as_ref).collect();
    sum.total()
}

/// The nations of an event with the parts that they have: `Russia (ACTOR)`.
pub fn parts(row: &Json, names: &Names) -> Json {
    list(&row["nations"], |part| {
        with_remark(name(&part["nation"], names), &part["role"])
    })
}

/// Those whom a claim is attributed to, and how clearly: `TASS (CLEAR)`.
pub fn attributions(row: &Json, names: &Names) -> Json {
    list(&row["attributions"], |one| {
        with_remark(name(&one["to"], names), &one["scope"])
    })
}

/// The people of an event, with their offices.
pub fn people(row: &Json) -> Json {
    list(&row["people"], |person| {
        with_remark(person["name"].as_str().unwrap_or_default(), &person["office"])
    })
}

/// A cell as text. One that a spreadsheet would take for a formula gets an apostrophe before it, as OWASP advises
/// ("CSV injection"); numbers stay numbers.
pub fn safe(cell: &Json) -> String {
    match cell {
        Json::Null => String::new(),
        Json::String(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => format!("'{text}"),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn items_of(value: &Json) -> impl Iterator<Item = &Json> {
    value.as_array().into_iter().flatten()
}

fn list(value: &Json, words: impl Fn(&Json) -> String) -> Json {
    items_of(value).map(words).collect::<Vec<_>>().join("; ").into()
}

fn count(value: &Json) -> Option<Count> {
    serde_json::from_value(value.clone()).ok()
}

/// What a document is called by; its id where it is not there any more.
fn name<'a>(id: &'a Json, names: &'a Names) -> &'a str {
    let id = id.as_str().unwrap_or_default();
    names.get(id).map_or(id, String::as_str)
}

fn with_remark(text: &str, remark: &Json) -> String {
    match remark.as_str() {
        Some(remark) => format!("{text} ({remark})"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_that_begin_like_formulas_are_made_safe_and_numbers_are_left() {
        for (cell, expected) in [
            (json!("=1+1"), "'=1+1"),
            (json!("+1"), "'+1"),
            (json!("-0044"), "'-0044"),
            (json!("@SUM(A1)"), "'@SUM(A1)"),
            (json!("\t=1"), "'\t=1"),
            (json!("\r=1"), "'\r=1"),
            (json!("a=1"), "a=1"),
            (json!(-5), "-5"),
            (json!(-0.5), "-0.5"),
            (json!(true), "true"),
            (json!(null), ""),
        ] {
            assert_eq!(safe(&cell), expected);
        }
    }

    #[test]
    fn items_are_told_in_words_and_an_unknown_count_makes_the_most_unknown() {
        let row = json!({ "items": [
            { "animal": "animal_bear", "count": { "min": 2, "max": 2 } },
            { "animal": "animal_yak", "count": { "min": 1, "max": null } },
            { "animal": "animal_gone", "count": null },
        ] });
        let names = [("animal_bear", "Bear"), ("animal_yak", "Yak")].map(|(id, name)| (id.into(), name.into()));
        let names = Names::from(names);
        assert_eq!(items(&row, &names), "Bear: 2; Yak: 1 or more; animal_gone: unknown");
        let total = items_total(&row);
        assert_eq!((total.min, total.max), (Some(3), None));
    }
}
