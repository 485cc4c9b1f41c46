//! The limit's reads: replies as they came, documents borrowed from them.

use std::collections::{BTreeSet, HashMap};

use futures_util::StreamExt;
use mongodb::bson::{self, Bson, Document, RawDocumentBuf, doc};
use mongodb::raw_batch_cursor::{RawBatch, RawBatchCursor};
use mongodb::{Collection, Database};
use serde::Deserialize;

/// Why there is no answer.
pub type Failure = Box<dyn std::error::Error>;

/// The collections.
pub struct Reader {
    pub gifts: Collection<RawDocumentBuf>,
    pub nations: Collection<RawDocumentBuf>,
    pub animals: Collection<RawDocumentBuf>,
    pub events: Collection<RawDocumentBuf>,
}

/// What one read gave; a reply holds all of it, for batches are as large as what is asked for.
pub struct Rows(Option<RawBatch>);

impl Rows {
    async fn of(mut cursor: RawBatchCursor) -> Result<Self, Failure> {
        Ok(Self(cursor.next().await.transpose()?))
    }

    /// The documents, borrowed from the reply.
    pub fn read<'a, T: Deserialize<'a>>(&'a self) -> Result<Vec<T>, Failure> {
        let Some(batch) = &self.0 else {
            return Ok(Vec::new());
        };
        let mut rows = Vec::new();
        for value in batch.doc_slices()? {
            let document = value?.as_document().ok_or("no document")?;
            rows.push(bson::deserialize_from_slice(document.as_bytes())?);
        }
        Ok(rows)
    }

    /// The documents by their ids.
    pub fn by_id<'a, T: Deserialize<'a> + Named<'a>>(&'a self) -> Result<HashMap<&'a str, T>, Failure> {
        let rows = self.read::<T>()?;
        Ok(rows.into_iter().map(|row| (row.id(), row)).collect())
    }
}

/// What has an id.
pub trait Named<'a> {
    /// Its id.
    fn id(&self) -> &'a str;
}

impl Reader {
    pub fn new(database: &Database) -> Self {
        Self {
            gifts: database.collection("gifts"),
            nations: database.collection("nations"),
            animals: database.collection("animals"),
            events: database.collection("events"),
        }
    }

    /// A page of gifts and one more.
    pub async fn page(&self, filter: Document, sort: Document, fields: &[&str], first: usize) -> Result<Rows, Failure> {
        let limit = u32::try_from(first + 1)?;
        let found = self.gifts.find(filter).sort(sort).projection(projection(fields));
        Rows::of(found.limit(limit.into()).batch_size(limit + 1).batch().await?).await
    }

    /// The documents of a collection with these ids.
    pub async fn by_ids(
        &self,
        collection: &Collection<RawDocumentBuf>,
        ids: BTreeSet<&str>,
        fields: &[&str],
    ) -> Result<Rows, Failure> {
        if ids.is_empty() {
            return Ok(Rows(None));
        }
        let size = u32::try_from(ids.len())? + 1;
        let filter = doc! { "_id": { "$in": ids.into_iter().collect::<Vec<_>>() } };
        let found = collection.find(filter).projection(projection(fields));
        Rows::of(found.batch_size(size).batch().await?).await
    }

    /// The ids of the nations of a region.
    pub async fn nations_of(&self, region: &str) -> Result<Rows, Failure> {
        let found = self.nations.find(doc! { "region": region });
        Rows::of(found.projection(projection(&["_id"])).batch_size(1_000).batch().await?).await
    }

    /// How many gifts there are by a key.
    pub async fn groups(&self, key: impl Into<Bson>) -> Result<Rows, Failure> {
        let stage = doc! { "$group": { "_id": key.into(), "gifts": { "$sum": 1 } } };
        Rows::of(self.gifts.aggregate([stage]).batch_size(10_000).batch().await?).await
    }
}

fn projection(fields: &[&str]) -> Document {
    fields
        .iter()
        .map(|field| ((*field).to_owned(), Bson::Int32(1)))
        .collect()
}
