//! Finds violations of a collection's `$jsonSchema` in a document: where each is, and what would be accepted.
//!
//! The database enforces the same schema, but its errors are hard to read and report one problem at a time. This
//! supports the part of JSON Schema (draft 4, with MongoDB's `bsonType`) that the files in `schema/collections` use; a
//! test fails if they use another keyword.

use std::collections::HashMap;
use std::fmt;
use std::sync::{LazyLock, PoisonError, RwLock};

use mongodb::bson::{Bson, Document};
use regex::Regex;

use super::path::join;

/// A violation of the schema, or of another rule for documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The place in the document: `items[0].count.min`; empty for the document itself.
    pub path: String,
    /// What was found there, in words.
    pub found: String,
    /// What is accepted there, in words.
    pub accepted: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.path.is_empty() {
            "the document"
        } else {
            &self.path
        };
        write!(f, "{place}: found {}; accepted: {}", self.found, self.accepted)
    }
}

/// All violations of `schema` in `document`.
pub fn problems(schema: &Document, document: &Document) -> Vec<Problem> {
    let mut found = Vec::new();
    object(schema, document, &mut String::new(), &mut found);
    found
}

fn examine(schema: &Document, value: &Bson, path: &mut String, problems: &mut Vec<Problem>) {
    let before = problems.len();
    let mut report = |accepted: String| {
        problems.push(Problem {
            path: path.clone(),
            found: describe(value),
            accepted: match schema.get_str("description") {
                Ok(description) => format!("{accepted} ({description})"),
                Err(_) => accepted,
            },
        });
    };
    if let Some(accepted) = schema.get("bsonType").map(type_names)
        && !accepted.contains(&type_name(value))
    {
        report(in_words(&accepted));
    }
    if let Ok(values) = schema.get_array("enum")
        && !values.contains(value)
    {
        let words: Vec<&str> = values.iter().filter_map(Bson::as_str).collect();
        let hint = value.as_str().and_then(|found| nearest(found, &words));
        report(format!("one of {}{}", words.join(", "), hint.unwrap_or_default()));
    }
    if problems.len() > before {
        return;
    }
    match value {
        Bson::String(text) => text_limits(schema, text, value, path, problems),
        Bson::Int32(_) | Bson::Int64(_) | Bson::Double(_) => number_limits(schema, value, path, problems),
        Bson::Array(items) => array(schema, items, path, problems),
        Bson::Document(fields) => object(schema, fields, path, problems),
        _ => {}
    }
}

fn push(problems: &mut Vec<Problem>, path: &str, found: String, accepted: String) {
    problems.push(Problem {
        path: path.to_owned(),
        found,
        accepted,
    });
}

/// Counts lengths in characters (code points), as the database does.
fn text_limits(schema: &Document, text: &str, value: &Bson, path: &str, problems: &mut Vec<Problem>) {
    let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    if limit(schema, "minLength").is_some_and(|least| length < least) {
        push(
            problems,
            path,
            "an empty text".into(),
            "a text; leave the field out where nothing is known".into(),
        );
    }
    if let Some(most) = limit(schema, "maxLength").filter(|most| length > *most) {
        push(
            problems,
            path,
            format!("{length} characters"),
            format!("at most {most} characters"),
        );
    }
    if let Ok(pattern) = schema.get_str("pattern")
        && !matches(pattern, text)
    {
        let accepted = match schema.get_str("description") {
            Ok(description) => format!("{description} (pattern {pattern})"),
            Err(_) => format!("a text of the pattern {pattern}"),
        };
        push(problems, path, describe(value), accepted);
    }
}

/// Whether `text` contains a match of the pattern. The patterns come from our own files, so they are few: each is
/// compiled once.
fn matches(pattern: &str, text: &str) -> bool {
    static COMPILED: LazyLock<RwLock<HashMap<String, Option<Regex>>>> = LazyLock::new(RwLock::default);
    let is_match = |regex: &Option<Regex>| regex.as_ref().is_some_and(|regex| regex.is_match(text));
    if let Some(regex) = COMPILED.read().unwrap_or_else(PoisonError::into_inner).get(pattern) {
        return is_match(regex);
    }
    let mut compiled = COMPILED.write().unwrap_or_else(PoisonError::into_inner);
    is_match(
        compiled
            .entry(pattern.to_owned())
            .or_insert_with(|| Regex::new(pattern).ok()),
    )
}

fn number_limits(schema: &Document, value: &Bson, path: &str, problems: &mut Vec<Problem>) {
    let Some(number) = number_of(value) else { return };
    let least = limit(schema, "minimum").filter(|least| number < *least as f64);
    let most = limit(schema, "maximum").filter(|most| number > *most as f64);
    if let Some(least) = least {
        push(problems, path, describe(value), format!("a number of at least {least}"));
    }
    if let Some(most) = most {
        push(problems, path, describe(value), format!("a number of at most {most}"));
    }
}

fn array(schema: &Document, items: &[Bson], path: &mut String, problems: &mut Vec<Problem>) {
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    if let Some(most) = limit(schema, "maxItems").filter(|most| length > *most) {
        push(
            problems,
            path,
            format!("{length} entries"),
            format!("at most {most} entries"),
        );
        // Do not examine the items: there may be any number.
        return;
    }
    if schema.get_bool("uniqueItems").unwrap_or(false) {
        for (place, item) in items.iter().enumerate() {
            if items[..place].contains(item) {
                push(
                    problems,
                    path,
                    format!("{} twice", describe(item)),
                    "each entry once".into(),
                );
            }
        }
    }
    if let Ok(each) = schema.get_document("items") {
        let length = path.len();
        for (place, item) in items.iter().enumerate() {
            path.push_str(&format!("[{place}]"));
            examine(each, item, path, problems);
            path.truncate(length);
        }
    }
}

fn object(schema: &Document, fields: &Document, path: &mut String, problems: &mut Vec<Problem>) {
    let empty = Document::new();
    let properties = schema.get_document("properties").unwrap_or(&empty);
    for name in schema
        .get_array("required")
        .into_iter()
        .flatten()
        .filter_map(Bson::as_str)
    {
        if !fields.contains_key(name) {
            problems.push(Problem {
                path: join(path, name),
                found: "nothing".into(),
                accepted: "a value, for this field is required".into(),
            });
        }
    }
    let closed = !schema.get_bool("additionalProperties").unwrap_or(true);
    for (name, value) in fields {
        let length = path.len();
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(name);
        match properties.get_document(name) {
            Ok(property) => examine(property, value, path, problems),
            Err(_) if closed => {
                let known: Vec<&str> = properties.keys().map(String::as_str).collect();
                let hint = nearest(name, &known).unwrap_or_default();
                push(
                    problems,
                    path,
                    "an unknown field".into(),
                    format!("the fields {}{hint}", known.join(", ")),
                );
            }
            Err(_) => {}
        }
        path.truncate(length);
    }
}

/// The value of a number of any BSON type.
pub(super) fn number_of(value: &Bson) -> Option<f64> {
    match value {
        Bson::Int32(number) => Some(f64::from(*number)),
        Bson::Int64(number) => Some(*number as f64),
        Bson::Double(number) => Some(*number),
        _ => None,
    }
}

/// A hint at the most similar accepted word, to append to a message; `None` if none is similar enough.
pub fn nearest(found: &str, words: &[&str]) -> Option<String> {
    let (word, distance) = words
        .iter()
        .map(|word| {
            (
                word,
                strsim::damerau_levenshtein(&found.to_lowercase(), &word.to_lowercase()),
            )
        })
        .min_by_key(|(_, distance)| *distance)?;
    (distance <= word.len() / 3).then(|| format!("; did you mean `{word}`?"))
}

fn limit(schema: &Document, keyword: &str) -> Option<i64> {
    match schema.get(keyword) {
        Some(Bson::Int32(number)) => Some((*number).into()),
        Some(Bson::Int64(number)) => Some(*number),
        _ => None,
    }
}

fn type_names(bson_type: &Bson) -> Vec<&str> {
    match bson_type {
        Bson::String(name) => vec![name],
        Bson::Array(names) => names.iter().filter_map(Bson::as_str).collect(),
        _ => Vec::new(),
    }
}

const fn type_name(value: &Bson) -> &'static str {
    match value {
        Bson::String(_) => "string",
        Bson::Int32(_) => "int",
        Bson::Int64(_) => "long",
        Bson::Double(_) => "double",
        Bson::Boolean(_) => "bool",
        Bson::Null => "null",
        Bson::DateTime(_) => "date",
        Bson::Array(_) => "array",
        Bson::Document(_) => "object",
        _ => "another type",
    }
}

/// Describes types for people who write JSON, which does not distinguish kinds of numbers.
fn in_words(types: &[&str]) -> String {
    let mut words: Vec<&str> = types
        .iter()
        .map(|name| match *name {
            "int" | "long" if types.contains(&"double") => "a number",
            "int" | "long" => "a whole number",
            "double" => "a number",
            "string" => "a text",
            "bool" => "true or false",
            "array" => "a list",
            "object" => "an object",
            "null" => "nothing",
            "date" => "a date",
            other => other,
        })
        .collect();
    words.dedup();
    words.join(" or ")
}

/// Shows a value in a message. Long texts are truncated.
fn describe(value: &Bson) -> String {
    const LONGEST: usize = 60;
    match value {
        Bson::String(text) if text.chars().count() > LONGEST => {
            let start: String = text.chars().take(LONGEST).collect();
            format!("{start:?}…")
        }
        Bson::String(text) => format!("{text:?}"),
        Bson::Int32(_) | Bson::Int64(_) | Bson::Double(_) | Bson::Boolean(_) => value.to_string(),
        other => in_words(&[type_name(other)]),
    }
}

#[cfg(test)]
mod tests;
