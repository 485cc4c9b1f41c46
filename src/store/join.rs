//! Joins: filters across relations. The inner filter is run first, and the ids of its documents replace it.
//!
//! All conditions of a filter on one collection are looked up together: one command for each collection and each level
//! of nested relations, however many conditions there are. It returns the documents that meet any of them; which of
//! them a document meets is decided in this process, by `filter/matches`. The fields of a request share the ids that
//! they have looked up, even if they do so at the same time.
//!
//! The number of ids is limited: more are refused, not truncated.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures_util::future::{BoxFuture, FutureExt, ready, try_join_all};
use mongodb::bson::doc;
use tokio::task::yield_now;

use super::filter::Filter;
use super::filter::matches::{meets, top_fields};
use super::filter::operator::{Ids, Operator};
use super::find::{Find, as_it_is};
use super::join_cache::{Joins, Relation};
use super::path::texts_at;
use super::{Result, Store, StoreError};
use crate::domain::id::Kind;

/// The most documents that one command may look up, and the most ids that may replace the joins of a filter: about 5 MB
/// of a command, which may have 48 MB.
const MAX_JOINED: usize = 100_000;

/// The most ids for the joins of a request: they are kept until it ends.
const MAX_KEPT: usize = 5 * MAX_JOINED;

/// How many evaluations run before yielding to other tasks of the thread.
const AT_A_STRETCH: usize = 1_000;

/// The distinct inner filters of a level, by relation.
type Level<'a> = BTreeMap<Relation, Vec<&'a Filter>>;

impl Store {
    /// `filter` with every join replaced by ids. Callers that use it several times can call this first.
    pub fn resolve<'a>(&'a self, filter: &'a Filter) -> BoxFuture<'a, Result<Cow<'a, Filter>>> {
        if !filter.is_joined() {
            return ready(Ok(Cow::Borrowed(filter))).boxed();
        }
        async move {
            let joins = self
                .of_request
                .as_ref()
                .map(|own| Arc::clone(&own.joins))
                .unwrap_or_default();
            let merged = filter.merged();
            let resolved = self.resolve_level(&[&merged], &joins).await?;
            Ok(Cow::Owned(resolved.into_iter().next().unwrap_or(merged)))
        }
        .boxed()
    }

    /// Forgets the ids for this request: a write may have changed them.
    pub fn forget_joins(&self) {
        if let Some(own) = &self.of_request {
            own.joins.forget();
        }
    }

    /// The reads for the joins of a filter, innermost first.
    pub(super) async fn joined_reads(&self, filter: &Filter) -> Result<Vec<Find>> {
        let (mut reads, mut filters) = (Vec::new(), vec![filter.merged()]);
        loop {
            let wanted = level(&filters.iter().collect::<Vec<_>>());
            if wanted.is_empty() {
                reads.reverse();
                return Ok(reads);
            }
            for ((of, take), inner) in &wanted {
                let inner = self.resolve_level(inner, &Joins::default()).await?;
                reads.push(joined(*of, take, &inner));
            }
            filters = wanted.into_values().flatten().cloned().collect();
        }
    }

    /// Replaces the joins of all these filters together, inner joins first.
    fn resolve_level<'a>(&'a self, filters: &'a [&'a Filter], joins: &'a Joins) -> BoxFuture<'a, Result<Vec<Filter>>> {
        async move {
            let wanted = level(filters);
            if wanted.is_empty() {
                return Ok(filters.iter().map(|filter| (*filter).clone()).collect());
            }
            let inner: Vec<&Filter> = wanted.values().flatten().copied().collect();
            let mut resolved = self.resolve_level(&inner, joins).await?.into_iter();
            let mut looked_up = Vec::new();
            for (relation, asked) in &wanted {
                let resolved = resolved.by_ref().take(asked.len()).collect();
                looked_up.push(self.look_up(*relation, asked, resolved, joins).boxed());
            }
            let found: BTreeMap<Relation, HashMap<&Filter, Ids>> =
                wanted.keys().copied().zip(try_join_all(looked_up).await?).collect();
            filters.iter().map(|filter| with_ids(filter, &found)).collect()
        }
        .boxed()
    }

    /// The ids for each of these inner filters of one relation; `resolved` has the same filters without joins.
    async fn look_up<'f>(
        &self,
        (of, take): Relation,
        asked: &[&'f Filter],
        resolved: Vec<Filter>,
        joins: &Joins,
    ) -> Result<HashMap<&'f Filter, Ids>> {
        let known = joins.of((of, take));
        let mut known = known.lock().await;
        let each = asked.iter().copied().zip(resolved);
        let (missing, to_read): (Vec<&Filter>, Vec<Filter>) =
            each.filter(|(asked, _)| !known.contains_key(*asked)).unzip();
        if !missing.is_empty() {
            let read = self.joined_ids((of, take), &to_read).await?;
            let ids: usize = read.iter().map(BTreeSet::len).sum();
            if joins.ids.fetch_add(ids, Ordering::Relaxed) + ids > MAX_KEPT {
                return Err(too_large(of, MAX_KEPT));
            }
            known.extend(missing.into_iter().cloned().zip(read.into_iter().map(Arc::new)));
        }
        let found = asked
            .iter()
            .filter_map(|asked| Some((*asked, Arc::clone(known.get(*asked)?))));
        Ok(found.collect())
    }

    /// The ids for each of these filters. One command.
    async fn joined_ids(&self, (of, take): Relation, filters: &[Filter]) -> Result<Vec<BTreeSet<String>>> {
        let rows = self.find(joined(of, take, filters), as_it_is).await?;
        if rows.len() > MAX_JOINED {
            return Err(too_large(of, MAX_JOINED));
        }
        let mut found = vec![BTreeSet::new(); filters.len()];
        let (mut ids, mut decided) = (0, 0);
        for row in &rows {
            let held = texts_at(&**row, take);
            for (filter, found) in filters.iter().zip(&mut found) {
                // A single filter was already evaluated by the database.
                if filters.len() == 1 || meets(filter, row) {
                    ids += held.iter().filter(|id| found.insert((**id).to_owned())).count();
                }
                decided += 1;
                if decided % AT_A_STRETCH == 0 {
                    yield_now().await;
                }
            }
            if ids > MAX_JOINED {
                return Err(too_large(of, MAX_JOINED));
            }
        }
        Ok(found)
    }
}

fn too_large(of: Kind, limit: usize) -> StoreError {
    StoreError::JoinTooLarge {
        collection: of.collection(),
        limit,
    }
}

/// The inner filters of the outermost joins.
fn level<'a>(filters: &[&'a Filter]) -> Level<'a> {
    let mut level = Level::new();
    let mut seen = HashSet::new();
    for filter in filters {
        filter.each_join(&mut |of, take, inner| {
            if seen.insert((of, take, inner)) {
                level.entry((of, take)).or_default().push(inner);
            }
        });
    }
    level
}

/// Replaces the joins of a filter by the ids found.
fn with_ids(filter: &Filter, found: &BTreeMap<Relation, HashMap<&Filter, Ids>>) -> Result<Filter> {
    let (mut ids, mut last) = (0, None);
    let replaced = filter.with_joins(&mut |path, of, take, inner| {
        let found = found.get(&(of, take)).and_then(|found| found.get(inner));
        let found = found.cloned().unwrap_or_default();
        ids += found.len();
        last = Some(of);
        // Said as nothing, it leaves no condition for which the database would look through everything.
        match found.is_empty() {
            true => Filter::Any(vec![]),
            false => Filter::Field(path, Operator::Among(found)),
        }
    });
    match last {
        Some(of) if ids > MAX_JOINED => Err(too_large(of, MAX_JOINED)),
        _ => Ok(replaced),
    }
}

/// The read for resolved inner filters of one relation, with one row more than accepted. For several filters it returns
/// the documents that match any of them, with all fields that they use.
pub(super) fn joined(of: Kind, take: &'static str, filters: &[Filter]) -> Find {
    let mut projection = doc! { take: 1 };
    let filter = match filters {
        [only] => only.to_document(),
        several => {
            let looked_at = several.iter().flat_map(top_fields);
            projection.extend(looked_at.map(|field| (field.to_owned(), 1.into())));
            Filter::Any(several.to_vec()).to_document()
        }
    };
    Find {
        kind: of,
        filter,
        sort: doc! {},
        projection,
        limit: MAX_JOINED + 1,
    }
}
