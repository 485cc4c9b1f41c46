//! Documents on their way in: checked, completed, stamped, and written in transactions.
//!
//! What follows from a field is `derive.rs`'s. Who may write and what a patch means is decided elsewhere.

use std::collections::HashMap;

use futures_util::TryStreamExt;
use mongodb::bson::{Bson, DateTime, Document, doc};
use mongodb::error::{Error, ErrorKind};
use serde_json::Value as Json;

use super::collections::{self, bson_of, unique_fields};
use super::derive::{derive, fingerprint, take_out_derived, without_nulls, words_of};
use super::error::code_of;
use super::path::texts_at;
use super::validate::{Problem, problems};
use super::{Result, Store, StoreError};
use crate::domain::id::Kind;

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
    pub fn from_json(kind: Kind, json: &Json) -> std::result::Result<Self, Vec<Problem>> {
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
    pub(super) fn from_document(kind: Kind, document: Document) -> std::result::Result<Self, Vec<Problem>> {
        let schema = collections::of(kind).map_err(|error| vec![unreadable_schema(&error)])?;
        let mut document = without_nulls(document);
        let mut found = Vec::new();
        take_out_derived(&mut document, &mut found);
        found.extend(problems(&schema.input_schema, &document));
        derive(&mut document, &mut found);
        document.insert("words", words_of(&schema.words, &document));
        if !found.is_empty() {
            return Err(found);
        }
        Ok(Self {
            kind,
            id: document.get_str("_id").unwrap_or_default().to_owned(),
            fingerprint: fingerprint(&document),
            document,
        })
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

/// One change to one document.
#[derive(Clone, Debug)]
pub enum Change {
    /// A new document.
    Insert(Prepared),
    /// A new content for a document that is still as it was looked at.
    Replace(Prepared, Stored),
}

impl Change {
    /// The document as it will be.
    pub const fn document(&self) -> &Prepared {
        match self {
            Self::Insert(prepared) | Self::Replace(prepared, _) => prepared,
        }
    }
}

/// What is stored about a document that a seed set also holds.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The fingerprint of what it says now.
    pub fingerprint: String,
    /// As it is stored: a document that was written past the validator may have none, or another number.
    pub(super) version: Bson,
    pub(super) created_at: DateTime,
    pub(super) document: Box<Document>,
}

/// A value of which each document must have its own, and which another document has already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The document that is to be written.
    pub id: String,
    /// The field.
    pub field: &'static str,
    /// Its value.
    pub value: String,
    /// The document that has it.
    pub by: String,
}

/// The server's code for "this user may not do that".
pub(super) const UNAUTHORIZED: i32 = 13;

/// The collection that remembers what a seed set wrote.
pub(super) const SEEDED: &str = "seeded";

impl Store {
    /// Those of `ids` that exist.
    pub async fn stored(&self, kind: Kind, ids: &[String]) -> Result<HashMap<String, Stored>> {
        let mut rows = self
            .documents(kind)
            .find(doc! { "_id": { "$in": ids } })
            .max_time(self.time_left())
            .await?;
        let now = DateTime::now();
        let mut found = HashMap::new();
        while let Some(document) = rows.try_next().await? {
            let id = document.get_str("_id").unwrap_or_default().to_owned();
            let stored = Stored {
                fingerprint: fingerprint(&document),
                version: document.get("version").cloned().unwrap_or(Bson::Null),
                created_at: document.get_datetime("createdAt").copied().unwrap_or(now),
                document: Box::new(document),
            };
            found.insert(id, stored);
        }
        Ok(found)
    }

    /// What keeps `documents`, all of one collection, from being written: values that others have already.
    pub async fn taken(&self, kind: Kind, documents: &[&Prepared]) -> Result<Vec<Taken>> {
        let mut found = Vec::new();
        for field in unique_fields(kind) {
            let wanted: Vec<(&Prepared, String)> = documents
                .iter()
                .flat_map(|document| document.ids_at(field).into_iter().map(|value| (*document, value)))
                .collect();
            let values: Vec<&String> = wanted.iter().map(|(_, value)| value).collect();
            let mut rows = self
                .documents(kind)
                .find(doc! { field: { "$in": values } })
                .projection(doc! { field: 1 })
                .max_time(self.time_left())
                .await?;
            while let Some(row) = rows.try_next().await? {
                let (Ok(by), Ok(held)) = (row.get_str("_id"), row.get_str(field)) else {
                    continue;
                };
                let others = wanted
                    .iter()
                    .filter(|(document, value)| value == held && document.id != by);
                found.extend(others.map(|(document, value)| Taken {
                    id: document.id.clone(),
                    field,
                    value: value.clone(),
                    by: by.to_owned(),
                }));
            }
        }
        Ok(found)
    }

    /// Adds documents in bulk, outside any transaction, leaving alone what is there already; gives how many were new.
    pub async fn insert_new(&self, kind: Kind, documents: Vec<Prepared>) -> Result<u64> {
        let now = DateTime::now();
        let ids: Vec<String> = documents.iter().map(|prepared| prepared.id.clone()).collect();
        // What was deleted comes back with the versions that follow.
        let mut session = self.client.start_session().await?;
        let last = ids.iter().map(String::as_str).collect::<Vec<_>>();
        let last = self.last_versions(&mut session, &last).await?;
        let rows: Vec<Document> = documents
            .into_iter()
            .map(|prepared| {
                let mut document = prepared.document;
                let last = last.get(&prepared.id).copied().unwrap_or_default();
                stamp(&mut document, last + 1, now, now);
                document
            })
            .collect();
        let collection = self.documents(kind);
        let insert = |unchecked| {
            let insert = collection.insert_many(&rows).ordered(false);
            insert.bypass_document_validation(unchecked)
        };
        // Preparing has checked them by the same schema; a server that compiles its patterns anew for every document
        // takes three times as long when it checks them too.
        let outcome = unchecked_if_allowed(insert).await;
        ids.iter().for_each(|id| self.versions.changed(kind, id));
        match outcome {
            Ok(_) => Ok(rows.len() as u64),
            Err(error) => match existing(&error) {
                Some(known) => Ok(rows.len() as u64 - known),
                None => Err(StoreError::from(error)),
            },
        }
    }

    /// Whether no collection holds any document.
    pub async fn is_empty(&self) -> Result<bool> {
        for kind in Kind::ALL {
            let row = self
                .raw(kind)
                .find_one(doc! {})
                .projection(doc! { "_id": 1 })
                .max_time(self.time_left())
                .await?;
            if row.is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Writes documents that the database need not check (`true`), and where the user may not ask for that, others.
pub(super) async fn unchecked_if_allowed<T, W>(write: impl Fn(bool) -> W) -> std::result::Result<T, Error>
where
    W: IntoFuture<Output = std::result::Result<T, Error>>,
{
    match write(true).await {
        Err(error) if code_of(&error) == Some(UNAUTHORIZED) => write(false).await,
        outcome => outcome,
    }
}

/// The id that a document gets by its slug, where it has one that can be part of an id.
pub(super) fn id_of_slug(kind: Kind, document: &Document) -> Option<String> {
    let id = format!("{}_{}", kind.prefix(), document.get_str("slug").ok()?);
    kind.check(&id).is_ok().then_some(id)
}

/// How many documents were there already, if that is all that was wrong.
fn existing(error: &Error) -> Option<u64> {
    const DUPLICATE_KEY: i32 = 11000;
    let ErrorKind::InsertMany(many) = error.kind.as_ref() else {
        return None;
    };
    let errors = many.write_errors.as_ref()?;
    let only_known = many.write_concern_error.is_none() && errors.iter().all(|error| error.code == DUPLICATE_KEY);
    only_known.then_some(errors.len() as u64)
}

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
