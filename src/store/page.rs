//! One page of a collection: exact keyset pagination in both directions.
//!
//! At the start of an order a page costs one command for its rows; after a cursor, a few with bounded ranges. The count
//! and the check for rows on the other side are only made on request.

use std::sync::Arc;

use futures_util::future::{OptionFuture, try_join3};
use mongodb::bson::{self, Document, RawDocument, doc};

use super::cursor::{Order, SortKey};
use super::entity::{Entity, Projection};
use super::filter::{Filter, all_of, nothing};
use super::find::Find;
use super::path::top_field;
use super::{Result, Store, StoreError};
use crate::domain::id::Kind;

/// Which documents, in which order, and which page of them.
#[derive(Clone, Debug)]
pub struct PageRequest {
    pub filter: Filter,
    pub order: Order,
    /// Only rows after these sort keys.
    pub after: Option<Vec<SortKey>>,
    /// Only rows before these sort keys.
    pub before: Option<Vec<SortKey>>,
    /// The last rows instead of the first.
    pub backward: bool,
    /// The maximum number of rows.
    pub limit: usize,
    /// What is not wanted costs nothing.
    pub want: Want,
}

/// The parts of a page that have a cost of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Want {
    /// The rows, and whether there are more in the direction of travel.
    pub rows: bool,
    /// How many documents match in total.
    pub total: bool,
    /// Whether there are rows before the page.
    pub previous: bool,
    /// Whether there are rows after the page.
    pub next: bool,
}

/// A document with its sort keys.
#[derive(Debug)]
pub struct PageRow<E> {
    pub node: Arc<E>,
    /// In the order of the page.
    pub keys: Vec<SortKey>,
}

impl<E: Entity> PageRow<E> {
    /// Decodes a stored row, with its sort keys.
    pub(super) fn read(order: &Order, row: &RawDocument) -> Result<Self> {
        Ok(Self {
            node: Arc::new(read_document(row)?),
            keys: order.keys_of(row),
        })
    }
}

// Not derived: that would require `E: Clone`.
impl<E> Clone for PageRow<E> {
    fn clone(&self) -> Self {
        Self {
            node: Arc::clone(&self.node),
            keys: self.keys.clone(),
        }
    }
}

/// A page, in the requested order even if it was read backward.
#[derive(Debug)]
pub struct Page<E> {
    pub rows: Vec<PageRow<E>>,
    /// Whether there are rows before the first.
    pub has_previous: bool,
    /// Whether there are rows after the last.
    pub has_next: bool,
    /// How many documents match in total, if wanted.
    pub total: Option<u64>,
}

impl PageRequest {
    /// The keys after which the page starts, in the direction of travel.
    pub(super) fn start(&self) -> Option<&Vec<SortKey>> {
        let start = if self.backward { &self.before } else { &self.after };
        start.as_ref()
    }

    /// The keys before which the page stops, in the direction of travel.
    pub(super) fn cut(&self) -> Option<&Vec<SortKey>> {
        let cut = if self.backward { &self.after } else { &self.before };
        cut.as_ref()
    }

    /// The commands that read the page's rows and one more. Each continues where the previous one ends, with the rest
    /// of the limit, until there are enough rows.
    pub(super) fn finds(&self, kind: Kind, filter: &Document, projection: Document) -> Vec<Find> {
        let order = &self.order;
        let bound = match self.cut() {
            Some(keys) => any_of(order.ranges_beyond(keys, !self.backward)),
            None => doc! {},
        };
        let ranges = match self.start() {
            Some(keys) => order.ranges_beyond(keys, self.backward),
            None => vec![doc! {}],
        };
        ranges
            .into_iter()
            .map(|range| Find {
                kind,
                filter: all_of(vec![filter.clone(), range, bound.clone()]),
                sort: order.sort(self.backward),
                projection: projection.clone(),
                limit: self.limit + 1,
            })
            .collect()
    }
}

impl Store {
    /// Reads one page.
    pub async fn page<E: Entity>(&self, request: &PageRequest, fields: &Projection) -> Result<Page<E>> {
        if request.want == Want::default() {
            return Ok(Page {
                rows: Vec::new(),
                has_previous: false,
                has_next: false,
                total: None,
            });
        }
        if let Some(page) = self.page_by_columns(request, fields).await? {
            return Ok(page);
        }
        let page = self.page_by_index(request, fields).await?;
        self.compare_page(request, fields, &page).await;
        Ok(page)
    }

    /// A page that the database orders and cuts. The columns may count.
    pub(super) async fn page_by_index<E: Entity>(&self, request: &PageRequest, fields: &Projection) -> Result<Page<E>> {
        let filter = self.resolve(&request.filter).await?.to_document();
        let look_back = if request.backward {
            request.want.next
        } else {
            request.want.previous
        };
        let (found, total, other_side) = try_join3(
            async {
                if request.want.rows {
                    self.walk(request, &filter, fields).await
                } else {
                    Ok(Vec::new())
                }
            },
            async {
                let count: OptionFuture<_> = request.want.total.then(|| self.total::<E>(request, &filter)).into();
                count.await.transpose()
            },
            async {
                match request.start() {
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

    /// The rows of a page and, if there is one, the next row; in the direction of travel.
    async fn walk<E: Entity>(
        &self,
        request: &PageRequest,
        filter: &Document,
        fields: &Projection,
    ) -> Result<Vec<PageRow<E>>> {
        let mut rows = Vec::new();
        for mut find in request.finds(E::KIND, filter, self.projection(fields, &request.order, None)) {
            find.limit -= rows.len();
            let order = request.order.clone();
            rows.extend(self.find(find, move |row| PageRow::read(&order, row)).await?);
            if rows.len() > request.limit {
                break;
            }
        }
        Ok(rows)
    }

    /// Whether there is a row at or before the cursor after which a page starts.
    async fn any_behind<E: Entity>(&self, request: &PageRequest, filter: &Document, keys: &[SortKey]) -> Result<bool> {
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
            let find = Find {
                kind: E::KIND,
                filter: all_of(vec![filter.clone(), range]),
                sort: doc! {},
                projection: doc! { "_id": 1 },
                limit: 1,
            };
            if !self.find(find, |_| Ok(())).await?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// How many documents match. `filter`: that of the request, resolved.
    async fn total<E: Entity>(&self, request: &PageRequest, filter: &Document) -> Result<u64> {
        if E::KIND != Kind::Gift {
            return self.count::<E>(filter).await;
        }
        let database = || self.count::<E>(filter);
        self.by_columns_or(&request.filter, |gifts| Some(gifts.count()), database)
            .await
    }

    #[tracing::instrument(
        target = "menagerie::trace", name = "count", skip_all,
        fields(
            otel.kind = "client", db.system.name = "mongodb", db.operation.name = "count",
            db.collection.name = E::KIND.collection(), db.namespace = self.database.name(),
        ),
    )]
    async fn count<E: Entity>(&self, filter: &Document) -> Result<u64> {
        let (collection, clock, counted) = (self.raw(E::KIND), self.clock(), filter.clone());
        let read = async move { Ok(collection.count_documents(counted).max_time(clock.time_left()).await?) };
        let explained = self.explained(|| Find::every(E::KIND, filter.clone()));
        self.commanded(E::KIND, explained, read, |_| 0).await
    }

    /// The projection of the wanted fields, of those that the cursor needs, and of `also`.
    pub(super) fn projection(&self, fields: &Projection, order: &Order, also: Option<&str>) -> Document {
        let mut whole: Vec<&str> = order.fields().iter().map(|field| top_field(field.path)).collect();
        whole.extend(also.map(top_field));
        whole.sort_unstable();
        whole.dedup();
        fields.paths(&whole).map(|path| (path, 1.into())).collect()
    }
}

/// Decodes a stored document.
pub(super) fn read_document<E: Entity>(row: &RawDocument) -> Result<E> {
    bson::deserialize_from_slice(row.as_bytes()).map_err(|error| StoreError::Unreadable {
        collection: E::KIND.collection(),
        detail: error.to_string(),
    })
}

fn any_of(mut parts: Vec<Document>) -> Document {
    match parts.len() {
        // There is nothing beyond: no row may match.
        0 => nothing(),
        1 => parts.pop().unwrap_or_default(),
        _ => doc! { "$or": parts },
    }
}
