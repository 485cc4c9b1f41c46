//! Whole documents as JSON, read one after the other with a single cursor: for exports of any size.
//!
//! A row has every field that its collection declares, in that order. Absent fields are null or an empty list; days and
//! points in time are written as in GraphQL. Fields of the store's own (`words`, `sortKeys`) are left out; `_id` is called `id`.

use std::time::Duration;

use futures_util::TryStreamExt;
use mongodb::bson::{Bson, Document, RawDocumentBuf};
use mongodb::error::Error as DriverError;
use mongodb::{Cursor, bson};
use serde_json::{Map, Value as Json};
use tokio::time::timeout;

use super::bson_types::Timestamp;
use super::collections;
use super::cursor::Order;
use super::derive::SORT_KEYS;
use super::filter::Filter;
use super::{Result, Store, StoreError};
use crate::domain::date::Day;
use crate::domain::id::Kind;

/// Only used by the store.
const HIDDEN: [&str; 2] = ["words", SORT_KEYS];

/// The rows of one collection, in order. The cursor is closed when this is dropped.
pub struct Scan {
    store: Store,
    cursor: Cursor<RawDocumentBuf>,
    shape: &'static Document,
    kind: Kind,
    batch: u32,
}

impl Store {
    /// All matching rows in this order, read in batches of this size.
    ///
    /// One command, and one more for each further batch, so the order is one scan of the database. No `maxTimeMS`,
    /// which would limit the whole scan; the deadline applies to each batch instead.
    #[tracing::instrument(
        target = "menagerie::trace", name = "find", skip_all,
        fields(
            otel.kind = "client", db.system.name = "mongodb", db.operation.name = "find",
            db.collection.name = kind.collection(), db.namespace = self.database.name(),
        ),
    )]
    pub async fn rows(&self, kind: Kind, filter: &Filter, order: &Order, batch: u32) -> Result<Scan> {
        let shape = shape(kind)?;
        let shown = shape.keys().filter(|field| !HIDDEN.contains(&field.as_str()));
        let projection: Document = shown.map(|field| (field.clone(), 1.into())).collect();
        let filter = self.resolve(filter).await?.to_document();
        let collection = self.raw(kind);
        let find = collection
            .find(filter)
            .sort(order.sort(false))
            .projection(projection)
            .batch_size(batch);
        let cursor = in_time(self.deadline, async { Ok(find.await?) }).await?;
        Ok(Scan {
            store: self.clone(),
            cursor,
            shape,
            kind,
            batch,
        })
    }
}

impl Scan {
    /// The next rows; empty at the end.
    pub async fn next(&mut self) -> Result<Vec<Json>> {
        let Self {
            store,
            cursor,
            batch,
            kind,
            ..
        } = self;
        let read = async {
            let mut rows = Vec::new();
            while rows.len() < *batch as usize {
                match cursor.try_next().await? {
                    Some(row) => rows.push(row),
                    None => break,
                }
            }
            Ok(rows)
        };
        // The first batch came with the command that opened the cursor, so there are as many reads as batches.
        let read = |permit| async {
            let _permit = permit;
            in_time(store.deadline, read).await
        };
        let rows = store.metered(*kind, None, read, Vec::len).await?;
        rows.iter().map(|row| self.json(row)).collect()
    }

    fn json(&self, row: &RawDocumentBuf) -> Result<Json> {
        let row = readable(self.kind, row)?;
        let Json::Object(fields) = object(&row, Some(self.shape)) else {
            return Ok(Json::Null);
        };
        let named = fields
            .into_iter()
            .map(|(name, value)| (if name == "_id" { "id".to_owned() } else { name }, value));
        Ok(Json::Object(named.collect()))
    }
}

/// Rows as JSON lines.
///
/// # Errors
/// If a row cannot be written, which does not happen for rows of the database.
pub fn lines(rows: &[Json]) -> serde_json::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for row in rows {
        serde_json::to_writer(&mut bytes, row)?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

/// The declared fields of a collection's documents.
fn shape(kind: Kind) -> Result<&'static Document> {
    properties(&collections::of(kind)?.declared.json_schema).ok_or_else(|| StoreError::Schema {
        file: kind.collection().to_owned(),
        detail: "no `properties`".to_owned(),
    })
}

async fn in_time<T>(deadline: Duration, read: impl Future<Output = Result<T>>) -> Result<T> {
    timeout(deadline, read).await.unwrap_or_else(|_| {
        let message = format!("no batch of rows within {} ms", deadline.as_millis());
        Err(StoreError::Timeout(Box::new(DriverError::custom(message))))
    })
}

fn readable(kind: Kind, row: &RawDocumentBuf) -> Result<Document> {
    bson::deserialize_from_slice(row.as_bytes()).map_err(|error| StoreError::Unreadable {
        collection: kind.collection(),
        detail: error.to_string(),
    })
}

/// A document with exactly the fields of its shape; without a shape, with all fields.
fn object(document: &Document, shape: Option<&Document>) -> Json {
    let Some(shape) = shape else {
        let fields = document
            .iter()
            .map(|(name, value)| (name.clone(), json_of(name, value, None)));
        return Json::Object(fields.collect());
    };
    let mut fields = Map::new();
    for (name, schema) in shape.iter().filter(|(name, _)| !HIDDEN.contains(&name.as_str())) {
        let schema = schema.as_document();
        let value = match (document.get(name), schema) {
            (Some(value), schema) => json_of(name, value, schema),
            (None, Some(schema)) => absent(schema),
            (None, None) => Json::Null,
        };
        fields.insert(name.clone(), value);
    }
    Json::Object(fields)
}

/// The value of an absent field, as in GraphQL: an empty list, `false`, or null.
fn absent(schema: &Document) -> Json {
    match schema.get_str("bsonType") {
        Ok("array") => Json::Array(Vec::new()),
        Ok("bool") => Json::Bool(false),
        _ => Json::Null,
    }
}

/// The value of a field with this name.
pub(super) fn json_of(name: &str, value: &Bson, schema: Option<&Document>) -> Json {
    match value {
        Bson::String(text) => Json::String(text.clone()),
        Bson::Int32(number) => (*number).into(),
        Bson::Int64(number) => (*number).into(),
        Bson::Double(number) => (*number).into(),
        Bson::Boolean(flag) => (*flag).into(),
        // The bounds of a date are days; other values are points in time.
        Bson::DateTime(moment) if ["earliest", "latest"].contains(&name) => {
            Json::String(Day::from_millis(moment.timestamp_millis()).to_string())
        }
        Bson::DateTime(moment) => Json::String(Timestamp::from(*moment).to_rfc3339()),
        Bson::Array(items) => {
            let schema = schema.and_then(|schema| schema.get_document("items").ok());
            Json::Array(items.iter().map(|item| json_of(name, item, schema)).collect())
        }
        Bson::Document(inner) => object(inner, schema.and_then(properties)),
        _ => Json::Null,
    }
}

fn properties(schema: &Document) -> Option<&Document> {
    schema.get_document("properties").ok()
}
