//! Reads by id, by a unique field, and for many parents together.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use futures_util::future::{join_all, try_join, try_join_all};
use mongodb::bson::{Document, RawDocument, RawDocumentBuf, doc};

use super::bson_types::Timestamp;
use super::collections;
use super::derive::SORT_KEYS;
use super::entity::{Entity, Projection};
use super::filter::operator::Operator;
use super::filter::{Filter, Value, all_of};
use super::find::{Find, as_it_is};
use super::page::{PageRequest, PageRow, read_document};
use super::path::texts_at;
use super::{Result, Store};
use crate::domain::id::Kind;
use crate::store::cursor::Order;

impl Store {
    /// The documents with these ids, in no particular order; ids without a document are omitted. One command.
    pub async fn by_ids<E: Entity>(&self, ids: Vec<String>, fields: &Projection) -> Result<Vec<Arc<E>>> {
        let projection = self.projection(fields, &Order::new([]), None);
        self.rows_of(E::KIND, ids, projection, |row| read_document(row).map(Arc::new))
            .await
    }

    /// Like [`Store::by_ids`], but with all fields, and with the size of each document in the database in bytes.
    pub async fn whole_by_ids<E: Entity>(&self, ids: Vec<String>) -> Result<Vec<(Arc<E>, usize)>> {
        // Except the fields that only filters and orders use.
        let projection = doc! { "words": 0, SORT_KEYS: 0 };
        let read = |row: &RawDocument| Ok((Arc::new(read_document(row)?), row.as_bytes().len()));
        self.rows_of(E::KIND, ids, projection, read).await
    }

    /// Those of `ids` that exist; they may be of different kinds. One command for each kind.
    pub async fn existing(&self, ids: impl Iterator<Item = &String>) -> Result<HashSet<String>> {
        let mut by_kind: BTreeMap<Kind, BTreeSet<&str>> = BTreeMap::new();
        for id in ids {
            if let Ok(kind) = Kind::of(id) {
                by_kind.entry(kind).or_default().insert(id);
            }
        }
        let mut found = HashSet::new();
        for (kind, ids) in by_kind {
            let rows = self.rows_of(kind, ids, doc! { "_id": 1 }, as_it_is).await?;
            found.extend(rows.iter().filter_map(|row| row.get_str("_id").ok().map(str::to_owned)));
        }
        Ok(found)
    }

    /// The display names of these documents, by id; see [`Store::texts`].
    pub async fn names(&self, kind: Kind, ids: Vec<String>) -> Result<HashMap<String, String>> {
        let mut texts = self.texts(kind, &[collections::of(kind)?.called_by()], ids).await?;
        Ok(texts.pop().unwrap_or_default())
    }

    /// The texts in each of these fields of these documents, by id; ids without a document or a text are omitted. From the
    /// columns, or by one command.
    pub async fn texts(
        &self,
        kind: Kind,
        fields: &[&'static str],
        ids: Vec<String>,
    ) -> Result<Vec<HashMap<String, String>>> {
        let by_columns = fields.iter().map(|field| self.texts_by_columns(kind, field, &ids));
        let found: Option<Vec<_>> = join_all(by_columns).await.into_iter().collect();
        if let Some(texts) = found {
            return Ok(texts);
        }
        let projection: Document = fields.iter().map(|field| ((*field).to_owned(), 1.into())).collect();
        let rows = self.rows_of(kind, ids, projection, as_it_is).await?;
        let texts = |field: &&'static str| {
            let text =
                |row: &RawDocumentBuf| Some((row.get_str("_id").ok()?.to_owned(), row.get_str(field).ok()?.to_owned()));
            rows.iter().filter_map(text).collect()
        };
        Ok(fields.iter().map(texts).collect())
    }

    /// When a document was last changed, and how many sources there are. One command for each kind that the columns do not
    /// tell of, and one more.
    pub async fn last_change_and_sources(&self) -> Result<(Option<Timestamp>, u64)> {
        let changes = Kind::ALL.map(|kind| self.last_change(kind));
        let every = Find::every(Kind::Source, doc! {});
        let (changes, sources) = try_join(try_join_all(changes), self.find(every, |_| Ok(()))).await?;
        Ok((changes.into_iter().flatten().max(), sources.len() as u64))
    }

    /// When a document of a kind was last changed. The embedded database has no index for that where there are many.
    async fn last_change(&self, kind: Kind) -> Result<Option<Timestamp>> {
        if let Some(at) = self.last_change_by_columns(kind).await {
            return Ok(Some(at));
        }
        let find = Find {
            kind,
            filter: doc! {},
            sort: doc! { "updatedAt": -1 },
            projection: doc! { "updatedAt": 1 },
            limit: 1,
        };
        let newest = self.find(find, as_it_is).await?;
        let changed = newest.first().and_then(|row| row.get_datetime("updatedAt").ok());
        Ok(changed.map(Timestamp::from))
    }

    /// The rows with these ids, each by `read`, in no particular order. No command if there are no ids.
    pub(super) async fn rows_of<I: Into<Value>, T: Send + 'static>(
        &self,
        kind: Kind,
        ids: impl IntoIterator<Item = I>,
        projection: Document,
        read: impl Fn(&RawDocument) -> Result<T> + Send + Sync + 'static,
    ) -> Result<Vec<T>> {
        let ids: Vec<Value> = ids.into_iter().map(Into::into).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let find = Find {
            kind,
            limit: ids.len(),
            filter: Filter::field("_id", Operator::In(ids)).to_document(),
            sort: doc! {},
            projection,
        };
        self.find(find, read).await
    }

    /// The document that matches, if any. Meant for unique fields; if several match, the one with the lowest id is
    /// returned.
    pub async fn one<E: Entity>(&self, filter: &Filter, fields: &Projection) -> Result<Option<Arc<E>>> {
        let find = Find {
            kind: E::KIND,
            filter: filter.to_document(),
            sort: doc! { "_id": 1 },
            projection: self.projection(fields, &Order::new([]), None),
            limit: 1,
        };
        let found = self.find(find, |row| read_document(row).map(Arc::new)).await?;
        Ok(found.into_iter().next())
    }

    /// The rows whose `path` holds the id of one of `parents`, by parent, with the filter and order of `request`; its
    /// cursors and limit are ignored. One command for all parents. `None` if there are more than `limit` rows: the
    /// caller then reads a page for each parent.
    pub async fn by_parents<E: Entity>(
        &self,
        path: &'static str,
        parents: &[String],
        request: &PageRequest,
        limit: usize,
        fields: &Projection,
    ) -> Result<Option<HashMap<String, Vec<PageRow<E>>>>> {
        let filter = self.resolve(&request.filter).await?.to_document();
        let of_parents = Filter::field(path, Operator::In(parents.iter().cloned().map(Value::Text).collect()));
        let find = Find {
            kind: E::KIND,
            filter: all_of(vec![of_parents.to_document(), filter]),
            sort: request.order.sort(false),
            projection: self.projection(fields, &request.order, Some(path)),
            limit: limit + 1,
        };
        let rows = self.find(find, as_it_is).await?;
        if rows.len() > limit {
            return Ok(None);
        }
        let mut by_parent: HashMap<String, Vec<PageRow<E>>> =
            parents.iter().map(|parent| (parent.clone(), Vec::new())).collect();
        for raw in &rows {
            let row = PageRow::<E>::read(&request.order, raw)?;
            for parent in distinct(texts_at(&**raw, path)) {
                if let Some(list) = by_parent.get_mut(parent) {
                    list.push(row.clone());
                }
            }
        }
        Ok(Some(by_parent))
    }
}

/// Without duplicates, sorted.
pub(super) fn distinct(mut ids: Vec<&str>) -> Vec<&str> {
    ids.sort_unstable();
    ids.dedup();
    ids
}
