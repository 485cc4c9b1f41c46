//! Documents on their way in: checked, completed and stamped.
//!
//! What follows from a field is `derive.rs`'s. Who may write is decided elsewhere.

use mongodb::bson::{Bson, DateTime, Document};
use serde_json::Value as Json;

use super::violation::Violation;
use crate::domain::id::Kind;
use crate::store::StoreError;
use crate::store::collections::{self, bson_of, unique_fields};
use crate::store::derive::{
    derive, fill_in_lists, fingerprint, take_out_derived, tidy, without_derived, without_nulls,
};
use crate::store::path::texts_at;
use crate::store::validate::{Problem, number_of, problems};

/// A document that fits its collection and only lacks its bookkeeping of versions and times.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// Which collection.
    pub kind: Kind,
    /// Its `_id`.
    pub id: String,
    /// Changes when, and only when, what the document says changes.
    pub fingerprint: String,
    pub(super) document: Document,
}

impl Prepared {
    /// Takes a document as people write it: nulls are dropped, dates hold their EDTF only.
    pub fn from_json(kind: Kind, json: &Json) -> Result<Self, Vec<Problem>> {
        match bson_of(json) {
            Bson::Document(document) => Self::from_document(kind, document),
            _ => Err(vec![Problem {
                path: String::new(),
                found: "something else than an object".into(),
                accepted: "an object with the fields of schema/collections".into(),
            }]),
        }
    }

    /// The same of a document.
    pub(in crate::store) fn from_document(kind: Kind, document: Document) -> Result<Self, Vec<Problem>> {
        let (prepared, found) = Self::judged(kind, document)?;
        if found.is_empty() { Ok(prepared) } else { Err(found) }
    }

    /// The same, as far as it goes, with all that is wrong with it.
    ///
    /// # Errors
    /// Where the declaration of its collection cannot be read.
    pub(super) fn judged(kind: Kind, document: Document) -> Result<(Self, Vec<Problem>), Vec<Problem>> {
        let schema = collections::of(kind).map_err(|error| vec![unreadable_schema(&error)])?;
        let mut document = without_nulls(document);
        fill_in_lists(&schema.input_schema, &mut document);
        let mut found = Vec::new();
        take_out_derived(&mut document, &mut found);
        tidy(&mut document, &mut found);
        found.extend(problems(&schema.input_schema, &document));
        derive(&mut document, &mut found);
        schema.add_keys(&mut document);
        let prepared = Self {
            kind,
            id: document.get_str("_id").unwrap_or_default().to_owned(),
            fingerprint: fingerprint(&document),
            document,
        };
        Ok((prepared, found))
    }

    /// The values that no other document of the collection may have, each with its field.
    pub fn unique_values(&self) -> Vec<(&'static str, String)> {
        let values = |field| self.ids_at(field).into_iter().map(move |value| (field, value));
        unique_fields(self.kind).flat_map(values).collect()
    }

    /// What the document says at a dotted path, as the ids that stand there.
    pub fn ids_at(&self, path: &str) -> Vec<String> {
        texts_at(&self.document, path).into_iter().map(str::to_owned).collect()
    }
}

/// Prepares a document that an editor has changed.
pub(super) fn prepared(kind: Kind, document: Document) -> Result<Prepared, Vec<Violation>> {
    let problems = |problems: Vec<_>| problems.iter().map(Violation::invalid).collect();
    Prepared::from_document(kind, document).map_err(problems)
}

/// A document as people write it, by what is stored.
pub(super) fn as_written(stored: &Document) -> Document {
    let mut document = stored.clone();
    without_derived(&mut document);
    document
}

/// The version of a document, or of an entry of the history. One that was written past the validator may have none, or
/// another number.
pub(super) fn version_of(document: &Document) -> i64 {
    let version = document.get("version").and_then(number_of);
    version.map_or(0, |version| version as i64)
}

/// Puts versions and times into a document.
pub(super) fn stamp(document: &mut Document, version: i64, created: DateTime, updated: DateTime) {
    document.insert("version", version);
    document.insert("createdAt", created);
    document.insert("updatedAt", updated);
}

fn unreadable_schema(error: &StoreError) -> Problem {
    Problem {
        path: String::new(),
        found: error.to_string(),
        accepted: "readable files in schema/collections".into(),
    }
}
