//! Filters across relations: the inner filter is run first, and its documents' ids stand in for it.
//!
//! Joins that stand side by side run at the same time. An id set is bounded: a larger one is refused, not cut.

use std::collections::BTreeSet;

use futures_util::future::{BoxFuture, try_join_all};
use futures_util::{FutureExt, TryStreamExt};
use mongodb::bson::{RawBsonRef, doc};

use super::filter::{Filter, Test, Value};
use super::{Result, Store, StoreError};
use crate::domain::id::Kind;

/// The largest number of ids that stand in for an inner filter: about 5 MB of a command that may have 48 MB.
const MAX_JOINED: usize = 100_000;

impl Store {
    /// `filter` with every join replaced by the ids that it stands for.
    pub(super) fn resolve<'a>(&'a self, filter: &'a Filter) -> BoxFuture<'a, Result<Filter>> {
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

    async fn resolve_each(&self, parts: &[Filter]) -> Result<Vec<Filter>> {
        try_join_all(parts.iter().map(|part| self.resolve(part))).await
    }

    async fn joined_ids(&self, of: Kind, take: &str, filter: &Filter) -> Result<BTreeSet<String>> {
        let limit = i64::try_from(MAX_JOINED).unwrap_or(i64::MAX) + 1;
        let mut rows = self
            .raw(of)
            .find(filter.to_document())
            .projection(doc! { take: 1 })
            .limit(limit)
            .max_time(self.deadline)
            .await?;
        let (mut ids, mut seen) = (BTreeSet::new(), 0);
        while let Some(row) = rows.try_next().await? {
            seen += 1;
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
            if seen > MAX_JOINED || ids.len() > MAX_JOINED {
                return Err(StoreError::JoinTooLarge {
                    collection: of.collection(),
                    limit: MAX_JOINED,
                });
            }
        }
        Ok(ids)
    }
}
