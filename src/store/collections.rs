//! The declarations of the collections, read from `schema/collections/*.json`: validator, indexes, searchable texts.
//!
//! The files are embedded in the binary. They are the only description of stored documents: the database enforces it,
//! `validate` explains violations, and `check` compares the stored data with it.

use std::sync::LazyLock;

use mongodb::bson::{Bson, Document};
use rust_embed::RustEmbed;
use serde_json::Value as Json;

use super::derive::{BOOKKEEPING, FROM_EDTF, ROW_ID, SORT_KEYS, sort_keys_of, words_of};
use super::names::{DERIVED, HISTORY, IDEMPOTENCY_KEYS, LOCKS, MARKS, SEEDED, TOKENS};
use super::projected::{Projected, projected};
use super::{Result, StoreError};
use crate::domain::id::{Kind, any_id_pattern};

#[derive(RustEmbed)]
#[folder = "schema/collections"]
#[include = "*.json"]
struct Files;

/// Has the schemas that several collections use by `$ref`.
const SHARED: &str = "shared.json";

/// A declared index.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    pub name: String,
    /// The fields, with 1 for ascending and -1 for descending.
    pub key: Document,
    /// Whether no two documents may have the same value.
    pub unique: bool,
    /// How many seconds after the time in its field the database deletes a document; `None` for never.
    pub expires: Option<i64>,
    /// Whether the embedded database needs it beside columns. It sorts and reads ranges without an index, and the columns
    /// answer the rest; each index makes every write slower.
    pub embedded: bool,
}

/// What the database enforces for a collection, also for one without documents of the API.
#[derive(Clone, Debug, PartialEq)]
pub struct Declaration {
    pub name: &'static str,
    /// The value of `$jsonSchema`, with every `$ref` resolved.
    pub json_schema: Document,
    /// All indexes except the one on `_id`.
    pub indexes: Vec<Index>,
}

/// A declared collection with documents of the API.
#[derive(Clone, Debug)]
pub struct CollectionSchema {
    pub kind: Kind,
    pub declared: Declaration,
    /// The schema of documents as people write them: without the fields that the store fills in.
    pub input_schema: Document,
    /// The paths of the texts that the text filter searches.
    pub words: Vec<String>,
    /// Those of `words` that name the document, the display name first. In a search they have more weight.
    pub names: Vec<String>,
    /// The texts that documents can be ordered by; top-level fields.
    pub ordered: Vec<String>,
    /// The fields of which no two documents may share a value; each has an index that begins with it.
    pub own: Vec<String>,
    /// What a search looks at, for the description in the GraphQL schema; `None` if the collection is not searched.
    pub searched: Option<String>,
    /// The list of objects whose first item has columns of its own in tables.
    pub first_item: Option<String>,
    /// What columns in memory hold of its documents; empty if they hold none.
    pub projected: Vec<Projected>,
    /// The columns of a CSV export, parsed by `graphql/export/columns.rs`.
    pub columns: Json,
}

impl CollectionSchema {
    /// The path of the display name.
    pub fn called_by(&self) -> &str {
        self.names.first().map_or("_id", String::as_str)
    }

    /// Adds to a document the words by which it is found and the keys by which it is ordered.
    pub(super) fn add_keys(&self, document: &mut Document) {
        document.insert("words", words_of(&self.words, document));
        document.insert(SORT_KEYS, sort_keys_of(&self.ordered, document));
    }
}

/// The kinds that are searched.
pub fn searched() -> impl Iterator<Item = Kind> {
    let all = all().unwrap_or_default().iter();
    all.filter(|schema| schema.searched.is_some()).map(|schema| schema.kind)
}

/// The declarations of all collections: those of [`all`], and those without documents of the API.
///
/// # Errors
/// If a file in `schema/collections` is wrong; a test reads them all.
pub fn declarations() -> Result<Vec<&'static Declaration>> {
    static OTHERS: LazyLock<Result<Vec<Declaration>>> = LazyLock::new(|| {
        let others = [TOKENS, HISTORY, LOCKS, IDEMPOTENCY_KEYS, SEEDED, MARKS, DERIVED];
        others
            .into_iter()
            .map(|name| declaration(name).map(|it| it.0))
            .collect()
    });
    let others = OTHERS.as_deref().map_err(again)?;
    Ok(all()?.iter().map(|schema| &schema.declared).chain(others).collect())
}

/// All collections with documents of the API, in the order of [`Kind::ALL`].
///
/// # Errors
/// As [`declarations`].
pub fn all() -> Result<&'static [CollectionSchema]> {
    static ALL: LazyLock<Result<Vec<CollectionSchema>>> =
        LazyLock::new(|| Kind::ALL.iter().map(|kind| load(*kind)).collect());
    ALL.as_deref().map_err(again)
}

/// A copy of a stored error: the type is not `Clone`.
fn again(error: &StoreError) -> StoreError {
    match error {
        StoreError::Schema { file, detail } => fault(file, detail),
        error => fault("*", error),
    }
}

/// The collection of a kind.
///
/// # Errors
/// As [`declarations`].
pub fn of(kind: Kind) -> Result<&'static CollectionSchema> {
    all()?
        .iter()
        .find(|schema| schema.kind == kind)
        .ok_or_else(|| fault(kind.collection(), "missing"))
}

/// The name of a top-level field as a static string; `None` if the collection does not declare it.
pub fn field(kind: Kind, name: &str) -> Option<&'static str> {
    let properties = of(kind).ok()?.declared.json_schema.get_document("properties").ok()?;
    properties.keys().find(|field| *field == name).map(String::as_str)
}

/// Like [`field`], for a field of the object, or of each object in the list, at the top-level `field`.
pub fn part(kind: Kind, field: &str, name: &str) -> Option<&'static str> {
    let schema = &of(kind).ok()?.declared.json_schema;
    let field = schema.get_document("properties").ok()?.get_document(field).ok()?;
    let object = field.get_document("items").unwrap_or(field);
    let parts = object.get_document("properties").ok()?;
    parts.keys().find(|part| *part == name).map(String::as_str)
}

fn load(kind: Kind) -> Result<CollectionSchema> {
    let (declared, json) = declaration(kind.collection())?;
    let paths = |key: &str| {
        let paths = json[key].as_array().into_iter().flatten();
        paths.filter_map(|path| path.as_str().map(str::to_owned)).collect()
    };
    let mut input_schema = declared.json_schema.clone();
    leave_out(&mut input_schema, &BOOKKEEPING);
    as_written(&mut input_schema);
    Ok(CollectionSchema {
        kind,
        declared,
        input_schema,
        words: paths("words"),
        names: paths("names"),
        ordered: paths("ordered"),
        own: paths("own"),
        searched: json["searched"].as_str().map(str::to_owned),
        first_item: json["firstItem"].as_str().map(str::to_owned),
        projected: projected(&json["projected"]),
        columns: json["columns"].clone(),
    })
}

/// The declaration of a collection, with its whole file.
fn declaration(name: &'static str) -> Result<(Declaration, Json)> {
    let file = format!("{name}.json");
    let shared = read(SHARED)?;
    let json = read(&file)?;
    let json_schema = fill_in(&json["validator"]["$jsonSchema"], &shared).map_err(|detail| fault(&file, detail))?;
    let Bson::Document(json_schema) = bson_of(&json_schema) else {
        return Err(fault(&file, "`validator.$jsonSchema` is not an object"));
    };
    let indexes = json["indexes"]
        .as_array()
        .into_iter()
        .flatten()
        .map(index)
        .collect::<Option<_>>()
        .ok_or_else(|| fault(&file, "an index lacks `name` or `key`"))?;
    let declaration = Declaration {
        name,
        json_schema,
        indexes,
    };
    Ok((declaration, json))
}

/// Changes the schemas of rows and dates to what people write: without the ids of rows, without the fields that are derived
/// from `edtf`, and with an optional `inferred`.
fn as_written(schema: &mut Document) {
    if schema
        .get_document("properties")
        .is_ok_and(|fields| fields.contains_key("edtf"))
    {
        leave_out(schema, &FROM_EDTF);
        not_required(schema, &["inferred"]);
    }
    if let Ok(each) = schema.get_document_mut("items") {
        leave_out(each, &[ROW_ID]);
        as_written(each);
    }
    if let Ok(fields) = schema.get_document_mut("properties") {
        for (_, field) in fields.iter_mut() {
            if let Bson::Document(field) = field {
                as_written(field);
            }
        }
    }
}

fn leave_out(schema: &mut Document, names: &[&str]) {
    if let Ok(fields) = schema.get_document_mut("properties") {
        for name in names {
            fields.remove(*name);
        }
    }
    not_required(schema, names);
}

fn not_required(schema: &mut Document, names: &[&str]) {
    if let Ok(required) = schema.get_array_mut("required") {
        required.retain(|field| field.as_str().is_none_or(|field| !names.contains(&field)));
    }
}

/// The fields of a collection of which no two documents may share a value.
///
/// Writing holds to that by what it reads and by locks (`write/constraints/unique.rs`). Not by unique indexes: the embedded
/// database never gives a value of one free after an update, and MongoDB refuses to swap two values in one transaction.
pub fn unique_fields(kind: Kind) -> impl Iterator<Item = &'static str> {
    let own = of(kind).map(|schema| schema.own.as_slice()).unwrap_or_default();
    own.iter().map(String::as_str)
}

fn index(json: &Json) -> Option<Index> {
    let Bson::Document(key) = bson_of(&json["key"]) else {
        return None;
    };
    Some(Index {
        name: json["name"].as_str()?.to_owned(),
        key,
        unique: json["unique"].as_bool().unwrap_or(false),
        expires: json["expiresAfterSeconds"].as_i64(),
        embedded: json["embedded"].as_bool().unwrap_or(true),
    })
}

fn read(file: &str) -> Result<Json> {
    let content = Files::get(file).ok_or_else(|| fault(file, "missing"))?;
    serde_json::from_slice(&content.data).map_err(|error| fault(file, error))
}

/// Replaces each `$ref`, which MongoDB does not support, by the schema that it names, and the placeholders in patterns.
fn fill_in(json: &Json, shared: &Json) -> std::result::Result<Json, String> {
    Ok(match json {
        Json::Object(fields) => match fields.get("$ref").and_then(Json::as_str) {
            Some(reference) => {
                let name = reference.strip_prefix("shared.json#/").unwrap_or(reference);
                let shape = shared
                    .get(name)
                    .ok_or_else(|| format!("`$ref` names nothing: {reference}"))?;
                fill_in(shape, shared)?
            }
            None => Json::Object(
                fields
                    .iter()
                    .map(|(name, value)| match value {
                        Json::String(pattern) if name == "pattern" => Ok((name.clone(), with_ids(pattern).into())),
                        value => Ok((name.clone(), fill_in(value, shared)?)),
                    })
                    .collect::<std::result::Result<_, String>>()?,
            ),
        },
        Json::Array(items) => Json::Array(
            items
                .iter()
                .map(|item| fill_in(item, shared))
                .collect::<std::result::Result<_, _>>()?,
        ),
        other => other.clone(),
    })
}

/// Replaces the placeholders for ids in a pattern: `{claim id}` for one kind, `{id}` for any.
fn with_ids(pattern: &str) -> String {
    let of_kinds = Kind::ALL.map(|kind| (format!("{{{} id}}", kind.prefix()), kind.id_pattern()));
    let any = ("{id}".to_owned(), any_id_pattern());
    let all = of_kinds.into_iter().chain([any]);
    all.fold(pattern.to_owned(), |text, (name, ids)| text.replace(&name, &ids))
}

/// Converts JSON to BSON. A whole number becomes an `Int32` if it fits, otherwise an `Int64`.
pub(super) fn bson_of(json: &Json) -> Bson {
    match json {
        Json::Null => Bson::Null,
        Json::Bool(flag) => Bson::Boolean(*flag),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => whole_number(whole),
            // In JSON, `2.0` is the whole number 2. Outside the range of an i32 it remains a double.
            (None, Some(real)) if real == f64::from(real as i32) => whole_number(i64::from(real as i32)),
            (None, Some(real)) => Bson::Double(real),
            (None, None) => Bson::Null,
        },
        Json::String(text) => Bson::String(text.clone()),
        Json::Array(items) => Bson::Array(items.iter().map(bson_of).collect()),
        Json::Object(fields) => Bson::Document(
            fields
                .iter()
                .map(|(name, value)| (name.clone(), bson_of(value)))
                .collect(),
        ),
    }
}

fn whole_number(number: i64) -> Bson {
    i32::try_from(number).map_or(Bson::Int64(number), Bson::Int32)
}

fn fault(file: &str, detail: impl ToString) -> StoreError {
    StoreError::Schema {
        file: file.to_owned(),
        detail: detail.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_collection_is_declared_and_has_no_reference_left() {
        for schema in all().expect("the files can be read") {
            let text = schema.declared.json_schema.to_string();
            assert!(!text.contains("$ref"), "{:?}", schema.kind);
            assert!(
                !schema.declared.indexes.is_empty() && !schema.words.is_empty(),
                "{:?}",
                schema.kind
            );
        }
    }

    #[test]
    fn every_collection_has_a_name_among_its_searchable_texts() {
        for schema in all().expect("the files can be read") {
            let within = |name: &String| schema.words.contains(name);
            assert!(
                !schema.names.is_empty() && schema.names.iter().all(within),
                "{:?}",
                schema.kind
            );
        }
    }

    #[test]
    fn an_index_finds_each_value_that_must_be_one_documents_own() {
        for schema in all().expect("the files can be read") {
            for field in &schema.own {
                let serves = |index: &Index| index.key.keys().next() == Some(field);
                assert!(schema.declared.indexes.iter().any(serves), "{:?}: {field}", schema.kind);
            }
        }
    }

    #[test]
    fn index_names_are_unique_in_their_collection() {
        for declared in declarations().expect("the files can be read") {
            let mut names: Vec<_> = declared.indexes.iter().map(|index| &index.name).collect();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), declared.indexes.len(), "{}", declared.name);
        }
    }
}
