//! One `find` command. Rows are read only in this form, so that what is explained is what is sent.

use futures_util::TryStreamExt;
use mongodb::bson::{Document, RawDocument, RawDocumentBuf, doc};
use mongodb::error::Error;
use mongodb::options::FindOptions;
use mongodb::raw_batch_cursor::RawBatchCursor;

use super::{Result, Store};
use crate::domain::id::Kind;

/// The arguments of a `find`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Find {
    pub kind: Kind,
    pub filter: Document,
    /// Empty for no order.
    pub sort: Document,
    pub projection: Document,
    /// The maximum number of rows.
    pub limit: usize,
}

impl Find {
    /// All matching documents, only with their ids: examines as much as a count or a sum.
    pub fn every(kind: Kind, filter: Document) -> Self {
        Self {
            kind,
            filter,
            sort: doc! {},
            projection: doc! { "_id": 1 },
            // Beyond any collection; one more is still a valid batch size for every server.
            limit: i32::MAX as usize - 1,
        }
    }

    /// The command, for `explain`.
    pub fn command(&self) -> Document {
        let mut command = doc! {
            "find": self.kind.collection(),
            "filter": self.filter.clone(),
            "projection": self.projection.clone(),
            "limit": self.limit(),
        };
        command.extend(self.order().map(|sort| ("sort".to_owned(), sort.into())));
        command
    }

    /// By what the rows are sorted; `None` where their order does not matter, for some servers refuse an empty document.
    fn order(&self) -> Option<Document> {
        Some(self.sort.clone()).filter(|sort| !sort.is_empty())
    }

    fn limit(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::MAX)
    }
}

/// A row as it is, for [`Store::find`].
#[expect(clippy::unnecessary_wraps, reason = "what reads a row may fail")]
pub(super) fn as_it_is(row: &RawDocument) -> Result<RawDocumentBuf> {
    Ok(row.to_owned())
}

impl Store {
    /// Reads the rows, each by `read`, which borrows it from the reply. One command, whose first batch holds them all unless
    /// they exceed the size of a reply.
    #[tracing::instrument(
        target = "menagerie::trace", name = "find", skip_all,
        fields(
            otel.kind = "client", db.system.name = "mongodb", db.operation.name = "find",
            db.collection.name = find.kind.collection(), db.namespace = self.database.name(),
        ),
    )]
    pub(super) async fn find<T: Send + 'static>(
        &self,
        find: Find,
        read: impl Fn(&RawDocument) -> Result<T> + Send + Sync + 'static,
    ) -> Result<Vec<T>> {
        let (kind, explained) = (find.kind, self.explained(|| find.clone()));
        let options = FindOptions::builder()
            .limit(find.limit())
            // One more than the limit: some servers keep a cursor open if the batch ends exactly at its end.
            .batch_size(u32::try_from(find.limit).unwrap_or(u32::MAX).saturating_add(1))
            .sort(find.order())
            .projection(find.projection)
            .build();
        let (collection, clock) = (self.raw(kind), self.clock());
        let rows = async move {
            let asked = collection.find(find.filter).with_options(options);
            all_rows(asked.max_time(clock.time_left()).batch().await?, read).await
        };
        self.commanded(kind, explained, rows, Vec::len).await
    }
}

/// Reads all rows, each by `read`, from raw batches: the driver's cursor over rows parses each row twice.
pub(super) async fn all_rows<T>(
    mut batches: RawBatchCursor,
    read: impl Fn(&RawDocument) -> Result<T>,
) -> Result<Vec<T>> {
    let mut rows = Vec::new();
    while let Some(batch) = batches.try_next().await? {
        for row in batch.doc_slices()? {
            if let Some(row) = row.map_err(Error::from)?.as_document() {
                rows.push(read(row)?);
            }
        }
    }
    Ok(rows)
}
