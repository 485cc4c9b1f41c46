//! One `find` command: the one form in which rows are read, so that what is explained is what is sent.

use futures_util::TryStreamExt;
use mongodb::bson::{Document, RawDocumentBuf, doc};
use mongodb::error::Error;
use mongodb::options::FindOptions;

use super::{Result, Store};
use crate::domain::id::Kind;

/// Which rows of a collection, in which order, and which of their fields.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Find {
    /// Where they lie.
    pub kind: Kind,
    /// Which.
    pub filter: Document,
    /// In which order; in none when empty.
    pub sort: Document,
    /// Their fields.
    pub projection: Document,
    /// How many at most.
    pub limit: usize,
}

impl Find {
    /// All that matches, with nothing but its id: as much as a count or a sum examines.
    pub fn every(kind: Kind, filter: Document) -> Self {
        Self {
            kind,
            filter,
            sort: doc! {},
            projection: doc! { "_id": 1 },
            // Beyond any collection; one more is still a number that every server takes as a batch size.
            limit: i32::MAX as usize - 1,
        }
    }

    /// The command as `explain` takes it.
    pub fn command(&self) -> Document {
        doc! {
            "find": self.kind.collection(),
            "filter": self.filter.clone(),
            "sort": self.sort.clone(),
            "projection": self.projection.clone(),
            "limit": self.limit(),
        }
    }

    fn limit(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::MAX)
    }
}

impl Store {
    /// The rows. One command: a batch that holds them all, unless they are larger than a reply may be.
    #[tracing::instrument(
        target = "menagerie::trace", name = "find", skip_all,
        fields(otel.kind = "client", db.system.name = "mongodb", db.collection.name = find.kind.collection()),
    )]
    pub(super) async fn find(&self, find: Find) -> Result<Vec<RawDocumentBuf>> {
        let (kind, explained) = (find.kind, self.explained(|| find.clone()));
        let options = FindOptions::builder()
            .limit(find.limit())
            // One more than there can be: some servers keep a cursor open that ends just where its batch does.
            .batch_size(u32::try_from(find.limit).unwrap_or(u32::MAX).saturating_add(1))
            .sort(find.sort)
            .projection(find.projection)
            .build();
        let (collection, clock) = (self.raw(kind), self.clock());
        let read = async move {
            let asked = collection.find(find.filter).with_options(options);
            // As they come: the driver's cursor over rows looks at each row twice.
            let mut batches = asked.max_time(clock.time_left()).batch().await?;
            let mut rows = Vec::new();
            while let Some(batch) = batches.try_next().await? {
                for row in batch.doc_slices()? {
                    rows.extend(row.map_err(Error::from)?.as_document().map(ToOwned::to_owned));
                }
            }
            Ok(rows)
        };
        self.commanded(kind, explained, read, Vec::len).await
    }
}
