//! Many documents at once: a batch of rows in one transaction with their entries in the history, in few commands.
//!
//! A row says what a document is to say as a whole: one that is not there is entered, another is replaced, and what says
//! so already is left alone. What speaks against a row stands in `against`. Where rows come from is decided above.

mod against;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures_util::{FutureExt, TryStreamExt};
use mongodb::ClientSession;
use mongodb::bson::{DateTime, Document, doc};
use mongodb::error::Error;

use super::claims::{conflicts, named_by, with_more};
use super::history::entry_of;
use super::{ATTEMPTS, Asked, LOCKS, Refusal, by_itself, version_of};
use crate::domain::id::Kind;
use crate::store::derive::fingerprint;
use crate::store::error::code_of;
use crate::store::write::{Prepared, UNAUTHORIZED, stamp};
use crate::store::{Result, Store, StoreError};

/// A batch of rows.
#[derive(Clone, Debug)]
pub struct Bulk {
    /// The documents as they are to be, of whatever kinds.
    pub rows: Vec<Prepared>,
    /// Who asks: the name that stands in the history.
    pub by: String,
    /// Write the good rows although others are refused; otherwise one refused row keeps all from being written.
    pub keep_good: bool,
    /// Figures may change without a claim.
    pub without_claims: bool,
    /// How far to go.
    pub intent: Intent,
}

/// How far a batch goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Each row is held against the database alone, as if no other came with it. Nothing is written.
    Look,
    /// The rows are held against the database and each other. Nothing is written.
    Try,
    /// They are written.
    Write,
}

/// What came of a row, or would come of it.
#[derive(Clone, Debug, PartialEq)]
pub struct RowOutcome {
    /// What it does, where nothing speaks against it.
    pub effect: Effect,
    /// Why it cannot be written.
    pub reasons: Vec<Refusal>,
}

/// What a row does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A new document.
    Created,
    /// A document says something else.
    Updated,
    /// The document says so already.
    Unchanged,
}

impl Bulk {
    /// The rows beside what is stored; `grown`: those that say more than they did.
    fn rows<'a>(&'a self, grown: &'a HashMap<usize, Prepared>, before: &'a HashMap<String, Document>) -> Vec<Row<'a>> {
        let rows = self.rows.iter().enumerate();
        rows.map(|(at, row)| Row::of(grown.get(&at).unwrap_or(row), before.get(&row.id)))
            .collect()
    }
}

/// A row on its way.
struct Row<'a> {
    after: &'a Prepared,
    before: Option<&'a Document>,
    is_same: bool,
    reasons: Vec<Refusal>,
}

impl<'a> Row<'a> {
    fn of(after: &'a Prepared, before: Option<&'a Document>) -> Self {
        Self {
            is_same: before.is_some_and(|before| fingerprint(before) == after.fingerprint),
            after,
            before,
            reasons: Vec::new(),
        }
    }

    const fn is_refused(&self) -> bool {
        !self.reasons.is_empty()
    }

    fn outcome(self) -> RowOutcome {
        RowOutcome {
            effect: match self.before {
                None => Effect::Created,
                Some(_) if self.is_same => Effect::Unchanged,
                Some(_) => Effect::Updated,
            },
            reasons: self.reasons,
        }
    }
}

impl Store {
    /// Writes a batch in one transaction: all of it, or nothing, or with [`Bulk::keep_good`] all that is not refused.
    /// Gives what came of each row, in their order; where nothing was written, what would have come of it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where others kept coming first. What is wrong with rows is no error.
    pub async fn write_all(&self, bulk: Bulk) -> Result<Vec<RowOutcome>> {
        let store = self.clone();
        // By itself, so that it comes to its end, and what is cached is told of it, also when its client has left.
        by_itself(async move {
            let _turn = store.counted_turn().await;
            let mut attempt = 1;
            // Rows were held against the same schema when they were prepared. Not every user may ask for that.
            let mut unchecked = true;
            loop {
                match store.attempt_all(&bulk, unchecked).await {
                    Err(StoreError::Conflict(_)) if attempt < ATTEMPTS => attempt += 1,
                    Err(StoreError::Refused(error)) if unchecked && code_of(&error) == Some(UNAUTHORIZED) => {
                        unchecked = false;
                    }
                    outcome => return outcome,
                }
            }
        })
        .await
    }

    async fn attempt_all(&self, bulk: &Bulk, unchecked: bool) -> Result<Vec<RowOutcome>> {
        let mut session = self.client.start_session().await?;
        let outcome = session
            .start_transaction()
            .max_commit_time(self.time_left())
            .and_run((self, bulk), |session, (store, bulk)| {
                store.all_within(session, bulk, unchecked).boxed()
            })
            .await;
        if bulk.intent == Intent::Write {
            let written = outcome.as_ref().map(|(outcomes, mirrored)| {
                let rows = bulk.rows.iter().zip(outcomes);
                let rows = rows.filter(|(_, outcome)| outcome.effect != Effect::Unchanged);
                let rows = rows.map(|(row, _)| (row.kind, row.id.as_str()));
                rows.chain(mirrored.iter().map(|id| (Kind::Claim, id.as_str())))
                    .collect()
            });
            self.wrote(written);
        }
        Ok(outcome?.0)
    }

    /// The whole batch within a transaction; tells too which claims outside of it have changed with it.
    async fn all_within(
        &self,
        session: &mut ClientSession,
        bulk: &Bulk,
        unchecked: bool,
    ) -> Asked<(Vec<RowOutcome>, Vec<String>)> {
        let before = self.all_before(session, &bulk.rows).await?;
        // What others say of a claim a row need not repeat: contradictions are only added.
        let mut grown: HashMap<usize, Prepared> = HashMap::new();
        let claims = bulk.rows.iter().enumerate().filter(|(_, row)| row.kind == Kind::Claim);
        grown.extend(claims.filter_map(|(at, row)| {
            let stored = before.get(&row.id);
            Some((at, with_more(row, &conflicts(stored), stored)?))
        }));
        let mut rows = bulk.rows(&grown, &before);
        let mut needed = self.hold_against_all(session, &mut rows, bulk).await?;
        if bulk.intent != Intent::Look {
            let good = rows.iter().filter(|row| !row.is_refused());
            let named_by = named_by(good.map(|row| row.after));
            let more = rows.iter().enumerate().filter_map(|(at, row)| {
                let by = named_by.get(&row.after.id)?;
                Some((at, with_more(row.after, by, row.before)?))
            });
            let more: Vec<_> = more.collect();
            if !more.is_empty() {
                drop(rows);
                grown.extend(more);
                rows = bulk.rows(&grown, &before);
                needed = self.hold_against_all(session, &mut rows, bulk).await?;
            }
        }
        let mut mirrored = Vec::new();
        let may_be_written = bulk.keep_good || !rows.iter().any(Row::is_refused);
        if bulk.intent == Intent::Write && may_be_written {
            self.lock_all(session, &needed).await?;
            let rows: Vec<_> = rows.iter().filter(|row| !row.is_refused() && !row.is_same).collect();
            self.put_all(session, &bulk.by, &rows, unchecked).await?;
            let rows: Vec<_> = rows.iter().map(|row| (row.after, row.before)).collect();
            mirrored = self.mirror_all(session, &bulk.by, &rows).await?;
        }
        Ok((rows.into_iter().map(Row::outcome).collect(), mirrored))
    }

    /// The documents of these rows as they are.
    async fn all_before(&self, session: &mut ClientSession, rows: &[Prepared]) -> Asked<HashMap<String, Document>> {
        let mut found = HashMap::new();
        for (kind, ids) in by_kind(rows.iter().map(|row| (row.kind, row.id.as_str()))) {
            let documents = self.documents(kind);
            let before = documents.find(doc! { "_id": { "$in": ids } });
            let mut before = before.session(&mut *session).await?;
            let mut before = before.stream(&mut *session);
            while let Some(document) = before.try_next().await? {
                if let Ok(id) = document.get_str("_id") {
                    found.insert(id.to_owned(), document);
                }
            }
        }
        Ok(found)
    }

    /// Locks documents that are referred to, see `obstacles`. In two or three commands for all of them.
    pub(in crate::store) async fn lock_all(&self, session: &mut ClientSession, ids: &BTreeSet<String>) -> Asked<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let these = doc! { "_id": { "$in": ids.iter().collect::<Vec<_>>() } };
        let locks = self.database.collection::<Document>(LOCKS);
        let turn = locks.update_many(these.clone(), doc! { "$inc": { "turn": 1 } });
        let turned = turn.session(&mut *session).await?;
        if turned.matched_count == ids.len() as u64 {
            return Ok(());
        }
        let mut known = locks.find(these).session(&mut *session).await?;
        let known: Vec<Document> = known.stream(&mut *session).try_collect().await?;
        let known: BTreeSet<&str> = known.iter().filter_map(|lock| lock.get_str("_id").ok()).collect();
        let new = ids.iter().filter(|id| !known.contains(id.as_str()));
        let new = new.map(|id| doc! { "_id": id, "turn": 1 });
        locks.insert_many(new).session(session).await.map(drop)
    }

    /// Writes the rows and their entries in the history.
    async fn put_all(&self, session: &mut ClientSession, by: &str, rows: &[&Row<'_>], unchecked: bool) -> Asked<()> {
        let new = rows.iter().filter(|row| row.before.is_none());
        let last = self
            .last_versions(session, &new.map(|row| row.after.id.as_str()).collect::<Vec<_>>())
            .await?;
        let now = DateTime::now();
        let mut inserted: BTreeMap<Kind, Vec<Document>> = BTreeMap::new();
        let mut entries = Vec::new();
        for Row { after, before, .. } in rows {
            let version = match before {
                Some(before) => version_of(before),
                None => last.get(&after.id).copied().unwrap_or(0),
            } + 1;
            let created = before.and_then(|before| before.get_datetime("createdAt").ok().copied());
            let mut document = after.document.clone();
            entries.push(entry_of(by, &after.id, *before, Some(&document), version, now));
            stamp(&mut document, version, created.unwrap_or(now), now);
            if before.is_none() {
                inserted.entry(after.kind).or_default().push(document);
                continue;
            }
            let documents = self.documents(after.kind);
            let replaced = documents.replace_one(doc! { "_id": &after.id }, document);
            replaced
                .bypass_document_validation(unchecked)
                .session(&mut *session)
                .await?;
        }
        for (kind, documents) in inserted {
            let collection = self.documents(kind);
            let insert = collection.insert_many(documents);
            insert
                .bypass_document_validation(unchecked)
                .session(&mut *session)
                .await?;
        }
        self.record(session, entries, unchecked).await
    }

    /// Lets the claims outside the batch name those in it that contradict them, and no others of it; gives their ids.
    pub(in crate::store) async fn mirror_all(
        &self,
        session: &mut ClientSession,
        by: &str,
        rows: &[(&Prepared, Option<&Document>)],
    ) -> Asked<Vec<String>> {
        let now = DateTime::now();
        let mut changed = Vec::new();
        for (after, before) in rows {
            let sides = self.mirrored(session, after.kind, &after.id, *before, Some(&after.document));
            let others = sides.await?.map_err(|reasons| {
                let reasons: Vec<_> = reasons.iter().map(|reason| reason.message.as_str()).collect();
                Error::custom(format!(
                    "what {} contradicts cannot be written: {}",
                    after.id,
                    reasons.join("; ")
                ))
            })?;
            for other in others
                .iter()
                .filter(|other| rows.iter().all(|(row, _)| row.id != other.id()))
            {
                self.take(session, (by, None), other, now).await?;
                changed.push(other.id().to_owned());
            }
        }
        Ok(changed)
    }
}

/// Ids by the kind of their documents, each once.
fn by_kind<'a>(ids: impl Iterator<Item = (Kind, &'a str)>) -> BTreeMap<Kind, Vec<&'a str>> {
    let mut by_kind: BTreeMap<Kind, BTreeSet<&str>> = BTreeMap::new();
    for (kind, id) in ids {
        by_kind.entry(kind).or_default().insert(id);
    }
    let listed = by_kind.into_iter().map(|(kind, ids)| (kind, ids.into_iter().collect()));
    listed.collect()
}
