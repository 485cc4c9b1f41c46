//! Questions that the columns answer, and otherwise the database; and the reading of the columns' documents.

use std::collections::HashMap;
use std::fmt::Debug;
use std::time::Duration;

use futures_util::TryStreamExt;
use mongodb::bson::{DateTime, Document, doc};
use mongodb::error::Error;

use super::bson_types::{Timestamp, whole_at};
use super::columns::groups::Gifts;
use super::columns::page::{Cut, Found};
use super::columns::{ColumnStore, KINDS, Phase, Tables};
use super::entity::{Entity, Projection};
use super::filter::Filter;
use super::find::as_it_is;
use super::page::{Page, PageRequest, PageRow};
use super::versions::ReadSet;
use super::{Result, Store};
use crate::domain::id::Kind;

/// The timeout for reading a whole collection.
const WHOLE: Duration = Duration::from_secs(1_800);
/// How many documents come in one reply.
const BATCH: u32 = 1_000;
/// After how many documents it is looked up how much memory they take.
const WEIGHED: usize = 10_000;
/// From how many gifts on the columns say which documents are on a page: a page of fewer is found as fast by the database.
const PAGED: u64 = 2_000;
/// How often a page is cut whose documents change before they are read; then the database cuts it.
const CUTS: usize = 3;

impl Store {
    /// The answer of the columns or, where they have none, of the database. `None` of `ask`: they cannot tell.
    pub(super) async fn by_columns_or<T, F>(
        &self,
        filter: &Filter,
        ask: impl Fn(&Gifts<'_>) -> Option<T> + Clone + Send + Sync + 'static,
        database: impl Fn() -> F,
    ) -> Result<T>
    where
        T: Debug + PartialEq + Send + 'static,
        F: Future<Output = Result<T>>,
    {
        let asked = filter.clone();
        let ask = move |tables: &Tables| ask(&Gifts::matching(tables, &asked)?);
        if !self.columns.compares() {
            return match self.columns.answer(ask).await {
                Some(answer) => {
                    self.touch_filter(Kind::Gift, filter);
                    Ok(answer)
                }
                None => database().await,
            };
        }
        let answer = database().await?;
        self.compare(&answer, filter, ask, database).await;
        Ok(answer)
    }

    /// Holds an answer of the database against that of the columns. What was written meanwhile may make them differ, so
    /// both are asked again.
    async fn compare<T: Debug + PartialEq + Send + 'static, F: Future<Output = Result<T>>>(
        &self,
        answer: &T,
        filter: &Filter,
        ask: impl Fn(&Tables) -> Option<T> + Clone + Send + Sync + 'static,
        database: impl Fn() -> F,
    ) {
        const TRIES: usize = 4;
        const PAUSE: Duration = Duration::from_millis(300);
        let Some(mut columns) = self.columns.answer(ask.clone()).await else {
            return;
        };
        if columns == *answer {
            return;
        }
        for _ in 0..TRIES {
            tokio::time::sleep(PAUSE).await;
            let Ok(again) = database().await else { return };
            match self.columns.answer(ask.clone()).await {
                Some(found) if found != again => columns = found,
                _ => return,
            }
        }
        let difference = format!("{filter:?}\n columns: {columns:?}\n database: {answer:?}");
        self.columns.differs(difference);
    }

    /// The texts that documents have at a path, by id; `None` if the columns cannot tell.
    pub(super) async fn texts_by_columns(
        &self,
        kind: Kind,
        path: &'static str,
        ids: &[String],
    ) -> Option<HashMap<String, String>> {
        if self.columns.compares() {
            return None;
        }
        let ids = ids.to_vec();
        let names = self
            .columns
            .answer(move |tables| tables.texts(kind, path, &ids))
            .await?;
        self.touch(ReadSet::one(kind));
        Some(names)
    }

    /// When a document of a kind was last changed; `None` if the columns cannot tell.
    pub(super) async fn last_change_by_columns(&self, kind: Kind) -> Option<Timestamp> {
        if self.columns.compares() || !KINDS.contains(&kind) {
            return None;
        }
        let at = self.columns.answer(move |tables| tables.last_change(kind)).await?;
        self.touch(ReadSet::one(kind));
        Some(DateTime::from_millis(at).into())
    }

    /// Adds what a filter looks at to the read set.
    fn touch_filter(&self, kind: Kind, filter: &Filter) {
        self.touch(ReadSet::one(kind));
        filter.each_join(&mut |of, _, inner| self.touch_filter(of, inner));
    }

    /// A page whose documents the columns have named; `None` if they cannot, or if the database is as fast.
    pub(super) async fn page_by_columns<E: Entity>(
        &self,
        request: &PageRequest,
        fields: &Projection,
    ) -> Result<Option<Page<E>>> {
        if E::KIND != Kind::Gift || self.columns.compares() {
            return Ok(None);
        }
        let by_index = !self.columns.replaces_indexes() && request.filter.is_everything();
        let rows = request.want.rows;
        let cut = cut(request);
        let ask = move |tables: &Tables| {
            let few = tables.count(Kind::Gift) < PAGED;
            if rows && (few || by_index) { None } else { cut(tables) }
        };
        for _ in 0..CUTS {
            let Some(found) = self.columns.answer(ask.clone()).await else {
                return Ok(None);
            };
            self.touch_filter(Kind::Gift, &request.filter);
            if let Some(page) = self.read_page(request, found, fields).await? {
                return Ok(Some(page));
            }
        }
        Ok(None)
    }

    /// Holds a page of the database against that of the columns, if these are compared.
    pub(super) async fn compare_page<E: Entity>(&self, request: &PageRequest, fields: &Projection, page: &Page<E>) {
        if E::KIND != Kind::Gift || !self.columns.compares() {
            return;
        }
        let (want, backward, limit) = (request.want, request.backward, request.limit);
        // What is not wanted is not known of a page of the database.
        let shown = move |mut ids: Vec<String>, more: bool, behind: bool, total: Option<u64>| {
            ids.truncate(if want.rows { limit } else { 0 });
            let look_back = if backward { want.next } else { want.previous };
            let total = total.filter(|_| want.total);
            (ids, more && want.rows, behind && look_back, total)
        };
        let of_page = move |page: &Page<E>| {
            let mut ids: Vec<String> = page.rows.iter().map(|row| row.node.id().to_owned()).collect();
            if backward {
                ids.reverse();
            }
            let (behind, more) = match backward {
                true => (page.has_next, page.has_previous),
                false => (page.has_previous, page.has_next),
            };
            shown(ids, more, behind, page.total)
        };
        let cut = cut(request);
        let ask = move |tables: &Tables| {
            let found = cut(tables)?;
            let more = found.documents.len() > limit;
            let ids = found.documents.into_iter().map(|(id, _)| id).collect();
            Some(shown(ids, more, found.behind, Some(found.total)))
        };
        let again = || async { Ok(of_page(&self.page_by_index(request, fields).await?)) };
        self.compare(&of_page(page), &request.filter, ask, again).await;
    }

    /// Reads the documents of a page by their ids; `None` if one of them has changed since the columns named it.
    async fn read_page<E: Entity>(
        &self,
        request: &PageRequest,
        found: Found,
        fields: &Projection,
    ) -> Result<Option<Page<E>>> {
        let Found {
            mut documents,
            total,
            behind,
        } = found;
        let more = documents.len() > request.limit;
        documents.truncate(request.limit);
        if !request.want.rows {
            documents.clear();
        }
        if request.backward {
            documents.reverse();
        }
        let projection = self.projection(fields, &request.order, Some("version"));
        let ids = documents.iter().map(|(id, _)| id.clone());
        let rows = self.rows_of(E::KIND, ids, projection, as_it_is).await?;
        let mut by_id: HashMap<&str, _> = rows
            .iter()
            .filter_map(|row| Some((row.get_str("_id").ok()?, row)))
            .collect();
        let mut page = Vec::with_capacity(documents.len());
        for (id, version) in &documents {
            let Some(row) = by_id.remove(id.as_str()) else {
                return Ok(None);
            };
            if whole_at(row, "version") != Some(*version) {
                return Ok(None);
            }
            page.push(PageRow::read(&request.order, row)?);
        }
        let (before, after) = match request.backward {
            true => (more, behind),
            false => (behind, more),
        };
        Ok(Some(Page {
            rows: page,
            has_previous: before,
            has_next: after,
            total: request.want.total.then_some(total),
        }))
    }

    /// Builds the columns, which may be those of another store for the same database: reads everything that they hold.
    /// `false` if there is nothing to build, or if the feed broke off meanwhile.
    ///
    /// # Errors
    /// If the database fails; the columns are to be built then as before.
    pub async fn fill_columns(&self, columns: &ColumnStore) -> Result<bool> {
        let Some(build) = columns.begin() else {
            return Ok(false);
        };
        let tables = self.project(columns.most()).await;
        let tables = match tables {
            Ok(tables) => tables,
            Err(error) => {
                columns.lose();
                return Err(error);
            }
        };
        Ok(columns.finish(build, tables))
    }

    async fn project(&self, most: usize) -> Result<std::result::Result<Tables, Phase>> {
        let (mut tables, mut read) = (Tables::default(), 0_usize);
        for kind in KINDS {
            let collection = self.raw(kind);
            let find = collection.find(Document::new()).batch_size(BATCH).max_time(WHOLE);
            let mut batches = find.batch().await?;
            while let Some(batch) = batches.try_next().await? {
                for row in batch.doc_slices()? {
                    let row = row.map_err(Error::from)?;
                    let Some(row) = row.as_document() else { continue };
                    if let Err(unfit) = tables.put(kind, row) {
                        return Ok(Err(Phase::Unfit(unfit.to_string())));
                    }
                    read += 1;
                    if read.is_multiple_of(WEIGHED) && tables.bytes() > most {
                        return Ok(Err(Phase::TooLarge(tables.bytes())));
                    }
                }
                tokio::task::yield_now().await;
            }
        }
        tables.shrink();
        tracing::debug!("bytes of the columns: {:?}", tables.sizes());
        match tables.bytes() {
            bytes if bytes > most => Ok(Err(Phase::TooLarge(bytes))),
            _ => Ok(Ok(tables)),
        }
    }

    /// Whether this is a database whose indexes do not shorten the reading of a page: the embedded one reads and sorts all
    /// that matches (0.05 s of 100,000 documents, 0.9 s of 1,000,000).
    pub async fn reads_without_indexes(&self) -> bool {
        let build = self.run(doc! { "buildInfo": 1 }).await;
        build.is_ok_and(|build| build.contains_key("secantusVersion"))
    }
}

/// Cuts a page from columns.
fn cut(request: &PageRequest) -> impl Fn(&Tables) -> Option<Found> + Clone + Send + Sync + 'static {
    let request = request.clone();
    move |tables| {
        let cut = Cut {
            order: &request.order,
            backward: request.backward,
            start: request.start().map(Vec::as_slice),
            end: request.cut().map(Vec::as_slice),
            limit: request.want.rows.then_some(request.limit),
        };
        tables.page(Kind::Gift, &request.filter, &cut)
    }
}
