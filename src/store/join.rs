//! Filters across relations: the inner filter is run first, and its documents' ids stand in for it.
//!
//! Joins that stand side by side run at the same time. An id set is bounded: a larger one is refused, not cut.

use std::collections::BTreeSet;

use futures_util::future::{BoxFuture, FutureExt, ready};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use mongodb::bson::{RawBsonRef, doc};

use super::filter::{Filter, Test, Value};
use super::find::Find;
use super::{Result, Store, StoreError};
use crate::domain::id::Kind;

/// The largest number of ids that stand in for an inner filter: about 5 MB of a command that may have 48 MB.
const MAX_JOINED: usize = 100_000;

/// How many joins of one list run side by side.
const JOINS_AT_ONCE: usize = 8;

impl Store {
    /// `filter` with every join replaced by the ids that it stands for: for callers too who use it in several places.
    pub fn resolve<'a>(&'a self, filter: &'a Filter) -> BoxFuture<'a, Result<Filter>> {
        async move {
            Ok(match filter {
                Filter::All(parts) => Filter::All(self.resolve_each(parts).await?),
                Filter::Any(parts) => Filter::Any(self.resolve_each(parts).await?),
                Filter::Not(part) => Filter::Not(Box::new(self.resolve(part).await?)),
                Filter::Field(..) => filter.clone(),
                Filter::Joined { path, of, take, filter } => {
                    let inner = self.resolve(filter).await?;
                    let ids = self.joined_ids(*of, take, &inner).await?;
                    Filter::Field(path, Test::In(ids.into_iter().map(Value::Text).collect()))
                }
            })
        }
        .boxed()
    }

    /// A join takes a future, and a filter of thousands of parts without any takes none.
    async fn resolve_each(&self, parts: &[Filter]) -> Result<Vec<Filter>> {
        let mut resolved = Vec::with_capacity(parts.len());
        for part in parts {
            resolved.push(if part.is_joined() {
                self.resolve(part).left_future()
            } else {
                ready(Ok(part.clone())).right_future()
            });
        }
        stream::iter(resolved).buffered(JOINS_AT_ONCE).try_collect().await
    }

    async fn joined_ids(&self, of: Kind, take: &str, filter: &Filter) -> Result<BTreeSet<String>> {
        let rows = self.find(joined(of, take, filter)).await?;
        let mut ids = BTreeSet::new();
        for row in &rows {
            match row.get(take) {
                Ok(Some(RawBsonRef::String(id))) => {
                    ids.insert(id.to_owned());
                }
                Ok(Some(RawBsonRef::Array(array))) => {
                    ids.extend(
                        array
                            .into_iter()
                            .flatten()
                            .filter_map(|id| id.as_str().map(str::to_owned)),
                    );
                }
                _ => {}
            }
        }
        if rows.len() > MAX_JOINED || ids.len() > MAX_JOINED {
            return Err(StoreError::JoinTooLarge {
                collection: of.collection(),
                limit: MAX_JOINED,
            });
        }
        Ok(ids)
    }
}

/// The read of what stands in for an inner filter, which must have been resolved itself; one row more than is accepted.
pub(super) fn joined(of: Kind, take: &str, filter: &Filter) -> Find {
    Find {
        kind: of,
        filter: filter.to_document(),
        sort: doc! {},
        projection: doc! { take: 1 },
        limit: MAX_JOINED + 1,
    }
}
