//! Documents on their way in: derived fields, fingerprints, transactions.
//!
//! What follows from a field is derived here, once: a date's bounds and precision from its EDTF, the words from the
//! texts. Who may write and what a patch means is decided elsewhere.

use std::collections::HashMap;

use futures_util::TryStreamExt;
use mongodb::bson::{Bson, DateTime, Document, doc};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::bson_types::date_of;
use super::collections::{self, CollectionSchema, bson_of};
use super::validate::{Problem, problems};
use super::{Result, Store, StoreError};
use crate::domain::date::Edtf;
use crate::domain::id::Kind;
use crate::domain::words::words;

/// The fields that the store keeps about a document, beside what it says.
const BOOKKEEPING: [&str; 4] = ["words", "version", "createdAt", "updatedAt"];

/// A document that fits its collection and only lacks its bookkeeping of versions and times.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// Which collection.
    pub kind: Kind,
    /// Its `_id`.
    pub id: String,
    /// Changes when, and only when, what the document says changes.
    pub fingerprint: String,
    document: Document,
}

impl Prepared {
    /// Takes a document as people write it: nulls are dropped, dates hold their EDTF only.
    pub fn from_json(kind: Kind, json: &Json) -> std::result::Result<Self, Vec<Problem>> {
        let schema = collections::of(kind).map_err(|error| vec![unreadable_schema(&error)])?;
        let Bson::Document(mut document) = without_nulls(bson_of(json)) else {
            return Err(vec![Problem {
                path: String::new(),
                found: "something else than an object".into(),
                accepted: "an object with the fields of schema/collections".into(),
            }]);
        };
        let mut found = Vec::new();
        for field in BOOKKEEPING {
            if document.contains_key(field) {
                found.push(Problem {
                    path: field.into(),
                    found: "a value".into(),
                    accepted: "nothing: this field is kept by the store".into(),
                });
            }
        }
        derive_dates(&mut document, "", &mut found);
        document.insert("words", words_of(schema, &document));
        let mut whole = document.clone();
        stamp(&mut whole, 1, DateTime::MIN, DateTime::MIN);
        found.extend(problems(&schema.json_schema, &whole));
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

    /// What the document says at a dotted path, as the ids that stand there.
    pub fn ids_at(&self, path: &str) -> Vec<String> {
        let mut found = Vec::new();
        texts_at(&self.document, path, &mut |text| found.push(text.to_owned()));
        found
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

/// What is stored about a document that a seed set also holds.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The fingerprint of what it says now.
    pub fingerprint: String,
    version: i64,
    created_at: DateTime,
}

/// The collection that remembers what a seed set wrote.
const SEEDED: &str = "seeded";

impl Store {
    /// Those of `ids` that exist.
    pub async fn stored(&self, kind: Kind, ids: &[String]) -> Result<HashMap<String, Stored>> {
        let mut rows = self
            .documents(kind)
            .find(doc! { "_id": { "$in": ids } })
            .max_time(self.deadline)
            .await?;
        let now = DateTime::now();
        let mut found = HashMap::new();
        while let Some(document) = rows.try_next().await? {
            let id = document.get_str("_id").unwrap_or_default().to_owned();
            let stored = Stored {
                fingerprint: fingerprint(&document),
                version: number(&document, "version"),
                created_at: document.get_datetime("createdAt").copied().unwrap_or(now),
            };
            found.insert(id, stored);
        }
        Ok(found)
    }

    /// The fingerprints of what seeding last wrote, by id.
    pub async fn seeded(&self, ids: &[String]) -> Result<HashMap<String, String>> {
        let mut rows = self
            .database
            .collection::<Document>(SEEDED)
            .find(doc! { "_id": { "$in": ids } })
            .max_time(self.deadline)
            .await?;
        let mut found = HashMap::new();
        while let Some(row) = rows.try_next().await? {
            if let (Ok(id), Ok(fingerprint)) = (row.get_str("_id"), row.get_str("fingerprint")) {
                found.insert(id.to_owned(), fingerprint.to_owned());
            }
        }
        Ok(found)
    }

    /// Makes all changes or none, and remembers that `set` made them.
    ///
    /// A document that has been written since it was looked at ends in [`StoreError::Conflict`].
    pub async fn seed(&self, set: &str, changes: &[Change]) -> Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        let now = DateTime::now();
        let mut session = self.client.start_session().await?;
        let outcome = session
            .start_transaction()
            .max_commit_time(self.deadline)
            .and_run2(async |session| {
                for change in changes {
                    let prepared = match change {
                        Change::Insert(prepared) => {
                            let mut document = prepared.document.clone();
                            stamp(&mut document, 1, now, now);
                            self.documents(prepared.kind)
                                .insert_one(document)
                                .session(&mut *session)
                                .await?;
                            prepared
                        }
                        Change::Replace(prepared, stored) => {
                            self.replace(session, prepared, stored, now).await?;
                            prepared
                        }
                    };
                    self.database
                        .collection::<Document>(SEEDED)
                        .replace_one(
                            doc! { "_id": &prepared.id },
                            doc! { "set": set, "fingerprint": &prepared.fingerprint },
                        )
                        .upsert(true)
                        .session(&mut *session)
                        .await?;
                }
                Ok(())
            })
            .await;
        Ok(outcome?)
    }

    async fn replace(
        &self,
        session: &mut mongodb::ClientSession,
        prepared: &Prepared,
        stored: &Stored,
        now: DateTime,
    ) -> std::result::Result<(), mongodb::error::Error> {
        let mut document = prepared.document.clone();
        stamp(&mut document, stored.version + 1, stored.created_at, now);
        let result = self
            .documents(prepared.kind)
            .replace_one(doc! { "_id": &prepared.id, "version": stored.version }, document)
            .session(session)
            .await?;
        if result.matched_count == 0 {
            return Err(mongodb::error::Error::custom(format!(
                "{} was written by somebody else just now; nothing was loaded, run it again",
                prepared.id
            )));
        }
        Ok(())
    }

    /// Adds documents in bulk, outside any transaction, leaving alone what is there already; gives how many were new.
    pub async fn insert_new(&self, kind: Kind, documents: Vec<Prepared>) -> Result<u64> {
        let now = DateTime::now();
        let total = documents.len() as u64;
        let rows = documents.into_iter().map(|prepared| {
            let mut document = prepared.document;
            stamp(&mut document, 1, now, now);
            document
        });
        match self.documents(kind).insert_many(rows).ordered(false).await {
            Ok(_) => Ok(total),
            Err(error) => match existing(&error) {
                Some(known) => Ok(total - known),
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
                .max_time(self.deadline)
                .await?;
            if row.is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// How many documents were there already, if that is all that was wrong.
fn existing(error: &mongodb::error::Error) -> Option<u64> {
    const DUPLICATE_KEY: i32 = 11000;
    let mongodb::error::ErrorKind::InsertMany(many) = error.kind.as_ref() else {
        return None;
    };
    let errors = many.write_errors.as_ref()?;
    let only_known = many.write_concern_error.is_none() && errors.iter().all(|error| error.code == DUPLICATE_KEY);
    only_known.then_some(errors.len() as u64)
}

fn stamp(document: &mut Document, version: i64, created: DateTime, updated: DateTime) {
    document.insert("version", version);
    document.insert("createdAt", created);
    document.insert("updatedAt", updated);
}

pub(super) fn number(document: &Document, field: &str) -> i64 {
    match document.get(field) {
        Some(Bson::Int32(number)) => i64::from(*number),
        Some(Bson::Int64(number)) => *number,
        _ => 0,
    }
}

/// The words of a document, from the texts that its collection declares.
pub(super) fn words_of(schema: &CollectionSchema, document: &Document) -> Vec<String> {
    let mut texts = Vec::new();
    for path in &schema.words {
        texts_at(document, path, &mut |text| texts.push(text.to_owned()));
    }
    words(texts.iter().map(String::as_str))
}

/// Calls `each` with every string at a dotted path, through arrays.
fn texts_at(document: &Document, path: &str, each: &mut dyn FnMut(&str)) {
    fn visit(value: &Bson, rest: Option<&str>, each: &mut dyn FnMut(&str)) {
        match (value, rest) {
            (Bson::Array(items), rest) => items.iter().for_each(|item| visit(item, rest, each)),
            (Bson::Document(inner), Some(rest)) => texts_at(inner, rest, each),
            (Bson::String(text), None) => each(text),
            _ => {}
        }
    }
    let (head, rest) = path
        .split_once('.')
        .map_or((path, None), |(head, rest)| (head, Some(rest)));
    if let Some(value) = document.get(head) {
        visit(value, rest, each);
    }
}

/// Adds to every date in a document what follows from its EDTF. An object with a field `edtf` is a date.
pub(super) fn derive_dates(document: &mut Document, path: &str, problems: &mut Vec<Problem>) {
    if let Some(edtf) = document.get("edtf").and_then(Bson::as_str) {
        match edtf.parse::<Edtf>() {
            Ok(date) => {
                let bounds = date.bounds();
                let day = |day: Option<_>| day.map_or(Bson::Null, |day| Bson::DateTime(date_of(day)));
                document.insert("earliest", day(bounds.earliest));
                document.insert("latest", day(bounds.latest));
                document.insert("precision", date.precision().as_str());
                document.insert("approximate", date.is_approximate());
                document.insert("uncertain", date.is_uncertain());
                document
                    .entry("inferred".to_owned())
                    .or_insert_with(|| Bson::Array(vec![]));
            }
            Err(error) => problems.push(Problem {
                path: format!("{path}.edtf").trim_start_matches('.').to_owned(),
                found: format!("{edtf:?}"),
                accepted: error.to_string(),
            }),
        }
        return;
    }
    for (name, value) in document.iter_mut() {
        let inner = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        match value {
            Bson::Document(fields) => derive_dates(fields, &inner, problems),
            Bson::Array(items) => {
                for (place, item) in items.iter_mut().enumerate() {
                    if let Bson::Document(fields) = item {
                        derive_dates(fields, &format!("{inner}[{place}]"), problems);
                    }
                }
            }
            _ => {}
        }
    }
}

fn without_nulls(value: Bson) -> Bson {
    match value {
        Bson::Document(fields) => Bson::Document(
            fields
                .into_iter()
                .filter(|(_, value)| *value != Bson::Null)
                .map(|(name, value)| (name, without_nulls(value)))
                .collect(),
        ),
        Bson::Array(items) => Bson::Array(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}

/// A hash of what a document says, whatever the order of its fields and the width of its numbers.
pub(super) fn fingerprint(document: &Document) -> String {
    fn canonical(value: &Bson, out: &mut String) {
        match value {
            Bson::Document(fields) => {
                let mut sorted: Vec<_> = fields.iter().collect();
                sorted.sort_by_key(|(name, _)| *name);
                out.push('{');
                for (name, value) in sorted {
                    out.push_str(&format!("{name:?}:"));
                    canonical(value, out);
                    out.push(',');
                }
                out.push('}');
            }
            Bson::Array(items) => {
                out.push('[');
                for item in items {
                    canonical(item, out);
                    out.push(',');
                }
                out.push(']');
            }
            Bson::Int32(number) => out.push_str(&format!("{}", f64::from(*number))),
            Bson::Int64(number) => out.push_str(&format!("{}", *number as f64)),
            Bson::Double(number) => out.push_str(&format!("{number}")),
            Bson::String(text) => out.push_str(&format!("{text:?}")),
            other => out.push_str(&other.to_string()),
        }
    }
    let mut content = document.clone();
    for field in BOOKKEEPING {
        content.remove(field);
    }
    let mut text = String::new();
    canonical(&Bson::Document(content), &mut text);
    Sha256::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn unreadable_schema(error: &StoreError) -> Problem {
    Problem {
        path: String::new(),
        found: error.to_string(),
        accepted: "readable files in schema/collections".into(),
    }
}
