//! The answers of named queries as rows: the outermost lists of the data, one behind the other, with flat columns.

use csv::{Terminator, WriterBuilder};
use serde_json::{Map, Value as Json};

use crate::domain::formula::guarded;
use crate::guard::outline::{Outline, TableOutline};

/// The column that names the list, where there are several.
const LIST: &str = "list";

/// The names of the columns of an operation's rows.
pub fn columns(outline: &Outline) -> Vec<&str> {
    let mut names = Vec::new();
    if outline.tables.len() > 1 {
        names.push(LIST);
    }
    for column in outline.tables.iter().flat_map(|table| &table.columns) {
        if !names.contains(&column.name.as_str()) {
            names.push(&column.name);
        }
    }
    names
}

/// The rows of an operation's data. A value that a row does not have is null.
pub fn rows(outline: &Outline, data: &Json) -> Vec<Map<String, Json>> {
    let names = columns(outline);
    let mut rows = Vec::new();
    for table in &outline.tables {
        let mut found = Vec::new();
        objects_at(data, &table.path, &mut found);
        for object in found {
            let mut row: Map<String, Json> = names.iter().map(|name| ((*name).to_owned(), Json::Null)).collect();
            if outline.tables.len() > 1 {
                row.insert(LIST.to_owned(), name_of(table).into());
            }
            for column in &table.columns {
                row.insert(column.name.clone(), value_at(object, &column.path).clone());
            }
            rows.push(row);
        }
    }
    rows
}

/// The rows as CSV (RFC 4180), protected against formula injection.
///
/// # Errors
/// If they cannot be written, which should never happen.
pub fn csv(outline: &Outline, data: &Json) -> Result<Vec<u8>, csv::Error> {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(columns(outline))?;
    for row in rows(outline, data) {
        writer.write_record(row.values().map(cell))?;
    }
    writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))
}

/// The name of a list: its path without the fields that every connection has.
fn name_of(table: &TableOutline) -> String {
    let parts = table.path.iter().map(String::as_str);
    parts
        .filter(|part| !["nodes", "edges"].contains(part))
        .collect::<Vec<_>>()
        .join("/")
}

fn objects_at<'a>(value: &'a Json, path: &[String], found: &mut Vec<&'a Json>) {
    match (value, path.split_first()) {
        (Json::Array(values), _) => values.iter().for_each(|value| objects_at(value, path, found)),
        (Json::Object(_), None) => found.push(value),
        (Json::Object(_), Some((key, rest))) => objects_at(&value[key.as_str()], rest, found),
        _ => {}
    }
}

fn value_at<'a>(value: &'a Json, path: &[String]) -> &'a Json {
    path.iter().fold(value, |value, key| &value[key.as_str()])
}

/// A value in one cell: of a list the values of its items, parted by semicolons.
fn cell(value: &Json) -> String {
    match value {
        Json::String(text) => guarded(text).into_owned(),
        other => words(other),
    }
}

fn words(value: &Json) -> String {
    let joined = |values: &mut dyn Iterator<Item = &Json>, separator| {
        let words = values.map(words).filter(|words| !words.is_empty());
        words.collect::<Vec<_>>().join(separator)
    };
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Array(values) => joined(&mut values.iter(), "; "),
        Json::Object(fields) => joined(&mut fields.values(), " "),
        other => other.to_string(),
    }
}
