//! The searchable texts of documents, as `schema/collections` declares them: for building an index.
//!
//! `feed.rs` reports their changes; how they are indexed is decided elsewhere.

use std::future;
use std::time::Duration;

use futures_util::{Stream, StreamExt};
use mongodb::bson::{Document, RawDocument};

use super::collections;
use super::path::texts_at;
use super::{Result, Store, StoreError};
use crate::domain::id::Kind;

const BATCH: u32 = 1_000;
/// The timeout for reading a whole collection.
const WHOLE: Duration = Duration::from_secs(600);

/// A searchable text of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The field's path: `items.names`.
    pub path: &'static str,
    /// Whether it is a name of the document.
    pub is_name: bool,
    pub text: String,
}

/// A document's searchable texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts {
    pub kind: Kind,
    pub id: String,
    /// In the order of their declaration.
    pub texts: Vec<Text>,
}

impl Store {
    /// The texts of all documents of a collection, in no particular order, read in batches.
    ///
    /// Whole documents are read: for a projection the embedded database copies all that it reads before the first reply (10 GB
    /// for 1,000,000 gifts). Concurrent writes may be missing: open a [`Feed`](super::feed::Feed) first to learn of them.
    pub async fn all_texts(&self, kind: Kind) -> Result<impl Stream<Item = Result<Texts>> + use<>> {
        let rows = self
            .raw(kind)
            .find(Document::new())
            .batch_size(BATCH)
            .max_time(WHOLE)
            .await?;
        Ok(rows.filter_map(move |row| {
            let texts = row.map_err(StoreError::from).and_then(|row| texts_of(kind, &row));
            future::ready(texts.transpose())
        }))
    }
}

/// The texts of a stored document; `None` if its id is not a string, which no document of the API has.
pub(super) fn texts_of(kind: Kind, row: &RawDocument) -> Result<Option<Texts>> {
    let document = Document::try_from(row).map_err(|error| StoreError::Unreadable {
        collection: kind.collection(),
        detail: error.to_string(),
    })?;
    let Ok(id) = document.get_str("_id") else {
        return Ok(None);
    };
    let schema = collections::of(kind)?;
    let mut texts = Vec::new();
    for path in &schema.words {
        let is_name = schema.names.contains(path);
        texts.extend(texts_at(&document, path).into_iter().map(|text| Text {
            path,
            is_name,
            text: text.to_owned(),
        }));
    }
    Ok(Some(Texts {
        kind,
        id: id.to_owned(),
        texts,
    }))
}
