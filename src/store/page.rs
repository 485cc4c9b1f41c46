//! One page of a collection: exact keyset paging in both directions.
//!
//! A page costs one command for its rows at the start of an order, and a few bounded ones behind a cursor; the count
//! and the look to the other side are made only when asked for.

use std::sync::Arc;

use futures_util::TryStreamExt;
use futures_util::future::{OptionFuture, try_join3};
use mongodb::bson::{self, Document, RawDocumentBuf, doc};

use super::cursor::{Key, Order};
use super::entity::{Entity, Projection};
use super::filter::{Filter, all_of};
use super::{Result, Store, StoreError};

/// Which page of which documents.
#[derive(Clone, Debug)]
pub struct PageRequest {
    /// Which documents.
    pub filter: Filter,
    /// In which order.
    pub order: Order,
    /// Only rows behind these sort keys.
    pub after: Option<Vec<Key>>,
    /// Only rows before these sort keys.
    pub before: Option<Vec<Key>>,
    /// The last rows instead of the first.
    pub backward: bool,
    /// How many rows.
    pub limit: usize,
    /// Which parts are wanted; what is not costs nothing.
    pub want: Want,
}

/// The parts of a page that cost something of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Want {
    /// The rows, and whether there are more in the direction of travel.
    pub rows: bool,
    /// How many documents match in all.
    pub total: bool,
    /// Whether there are rows before the page.
    pub previous: bool,
    /// Whether there are rows behind the page.
    pub next: bool,
}

/// A row and its sort keys.
#[derive(Debug)]
pub struct Row<E> {
    /// The document.
    pub node: Arc<E>,
    /// Its sort keys in the order of the page.
    pub keys: Vec<Key>,
}

// Not derived: a row can be copied whatever the document is.
impl<E> Clone for Row<E> {
    fn clone(&self) -> Self {
        Self {
            node: Arc::clone(&self.node),
            keys: self.keys.clone(),
        }
    }
}

/// A page, in the order that was asked for whichever way it was walked.
#[derive(Debug)]
pub struct Page<E> {
    /// The rows.
    pub rows: Vec<Row<E>>,
    /// Whether there are rows before the first.
    pub has_previous: bool,
    /// Whether there are rows behind the last.
    pub has_next: bool,
    /// How many documents match in all, where it was wanted.
    pub total: Option<u64>,
}

impl Store {
    /// Reads one page.
    pub async fn page<E: Entity>(&self, request: &PageRequest, fields: &Projection) -> Result<Page<E>> {
        let filter = self.resolve(&request.filter).await?.to_document();
        let cut = if request.backward {
            &request.after
        } else {
            &request.before
        };
        let start = if request.backward {
            &request.before
        } else {
            &request.after
        };
        let look_back = if request.backward {
            request.want.next
        } else {
            request.want.previous
        };
        let (found, total, other_side) = try_join3(
            async {
                if request.want.rows {
                    self.walk(request, &filter, start, cut, request.limit + 1, fields).await
                } else {
                    Ok(Vec::new())
                }
            },
            async {
                let count: OptionFuture<_> = request.want.total.then(|| self.count::<E>(&filter)).into();
                count.await.transpose()
            },
            async {
                match start {
                    Some(keys) if look_back => self.any_behind::<E>(request, &filter, keys).await,
                    _ => Ok(false),
                }
            },
        )
        .await?;
        let mut rows = found;
        let more = rows.len() > request.limit;
        rows.truncate(request.limit);
        if request.backward {
            rows.reverse();
        }
        let (has_previous, has_next) = if request.backward {
            (more, other_side)
        } else {
            (other_side, more)
        };
        Ok(Page {
            rows,
            has_previous,
            has_next,
            total,
        })
    }

    /// The first rows behind `start` and before `cut`, in the direction of travel.
    async fn walk<E: Entity>(
        &self,
        request: &PageRequest,
        filter: &Document,
        start: &Option<Vec<Key>>,
        cut: &Option<Vec<Key>>,
        limit: usize,
        fields: &Projection,
    ) -> Result<Vec<Row<E>>> {
        let order = &request.order;
        let bound = match cut {
            Some(keys) => any_of(order.ranges_beyond(keys, !request.backward)),
            None => doc! {},
        };
        let ranges = match start {
            Some(keys) => order.ranges_beyond(keys, request.backward),
            None => vec![doc! {}],
        };
        let projection = self.projection(fields, order);
        let mut rows = Vec::new();
        for range in ranges {
            let wanted = limit - rows.len();
            let query = all_of(vec![filter.clone(), range, bound.clone()]);
            let mut found = self
                .raw(E::KIND)
                .find(query)
                .sort(order.sort(request.backward))
                .projection(projection.clone())
                .limit(i64::try_from(wanted).unwrap_or(i64::MAX))
                .max_time(self.deadline)
                .await?;
            while let Some(row) = found.try_next().await? {
                rows.push(self.row(order, &row)?);
            }
            if rows.len() >= limit {
                break;
            }
        }
        Ok(rows)
    }

    /// Whether any row lies at or before the cursor that a page starts behind.
    async fn any_behind<E: Entity>(&self, request: &PageRequest, filter: &Document, keys: &[Key]) -> Result<bool> {
        let order = &request.order;
        let at: Document = order
            .fields()
            .iter()
            .zip(keys)
            .map(|(field, key)| (field.path.to_owned(), doc! { "$eq": key.to_bson() }.into()))
            .collect();
        let mut ranges = vec![at];
        ranges.extend(order.ranges_beyond(keys, !request.backward));
        for range in ranges {
            let row = self
                .raw(E::KIND)
                .find_one(all_of(vec![filter.clone(), range]))
                .projection(doc! { "_id": 1 })
                .max_time(self.deadline)
                .await?;
            if row.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn count<E: Entity>(&self, filter: &Document) -> Result<u64> {
        Ok(self
            .raw(E::KIND)
            .count_documents(filter.clone())
            .max_time(self.deadline)
            .await?)
    }

    /// A stored row as its type, with its sort keys.
    pub(super) fn row<E: Entity>(&self, order: &Order, row: &RawDocumentBuf) -> Result<Row<E>> {
        Ok(Row {
            node: Arc::new(read_document(row)?),
            keys: order.keys_of(row),
        })
    }

    /// The projection of the wanted fields and those that the cursor needs.
    ///
    /// Only top-level names: MongoDB refuses a path beside its own parent.
    pub(super) fn projection(&self, fields: &Projection, order: &Order) -> Document {
        let sort_fields = order
            .fields()
            .iter()
            .map(|field| field.path.split('.').next().unwrap_or(field.path));
        fields
            .fields()
            .chain(sort_fields)
            .map(|field| (field.to_owned(), 1.into()))
            .collect()
    }
}

/// Reads a stored document as its type.
pub(super) fn read_document<E: Entity>(row: &RawDocumentBuf) -> Result<E> {
    bson::deserialize_from_slice(row.as_bytes()).map_err(|error| StoreError::Unreadable {
        collection: E::KIND.collection(),
        detail: error.to_string(),
    })
}

fn any_of(mut parts: Vec<Document>) -> Document {
    match parts.len() {
        // Nothing lies beyond: no row may match.
        0 => doc! { "_id": { "$in": [] } },
        1 => parts.pop().unwrap_or_default(),
        _ => doc! { "$or": parts },
    }
}
