//! Dumps the whole database from one snapshot, and restores it exactly.
//!
//! Documents are represented as MongoDB's extended JSON, which preserves the types of BSON, in its canonical form
//! (<https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/>). The format of the backup file is in
//! `transfer/backup`.

use std::collections::{BTreeMap, VecDeque};

use futures_util::TryStreamExt;
use mongodb::bson::{Bson, Document, doc};
use mongodb::options::ReadConcern;
use mongodb::{ClientSession, SessionCursor};
use serde_json::Value as Json;

use super::names::{DERIVED, HISTORY, IDEMPOTENCY_KEYS, LOCKS, SEEDED, TOKENS};
use super::write::{Batch, Intent, Policy, Write};
use super::{Result, Store, StoreError};
use crate::domain::id::Kind;

/// The collections in a backup: all documents, the history, the tokens and the records of seed sets. Not the locks,
/// which only matter during a transaction, nor the idempotency keys, which expire after a day.
pub fn kept() -> impl Iterator<Item = &'static str> {
    let documents = Kind::REFERRED_FIRST.into_iter().map(Kind::collection);
    documents.chain([HISTORY, TOKENS, SEEDED])
}

/// A dump of the database: all reads use the snapshot of one transaction, from the start of the dump. By default,
/// MongoDB aborts transactions after 60 s (`transactionLifetimeLimitSeconds`), so a dump must not take longer there.
pub struct Dump {
    store: Store,
    session: ClientSession,
    left: VecDeque<&'static str>,
    open: Option<(&'static str, SessionCursor<Document>)>,
    /// The number of documents of each collection.
    pub counts: BTreeMap<&'static str, u64>,
}

impl Store {
    /// Starts a dump, and counts the documents in its snapshot.
    pub async fn dump(&self) -> Result<Dump> {
        let mut session = self.client.start_session().await?;
        let snapshot = session.start_transaction().read_concern(ReadConcern::snapshot());
        snapshot.await?;
        let mut counts = BTreeMap::new();
        for name in kept() {
            let rows = self.database.collection::<Document>(name);
            let count = rows.count_documents(doc! {}).session(&mut session).await?;
            counts.insert(name, count);
        }
        Ok(Dump {
            store: self.clone(),
            session,
            left: kept().collect(),
            open: None,
            counts,
        })
    }

    /// The number of documents of a collection.
    pub async fn count_all(&self, kind: Kind) -> Result<u64> {
        let documents = self.documents(kind);
        let counted = documents.count_documents(doc! {});
        Ok(counted.max_time(self.time_left()).await?)
    }

    /// Whether there is no document of any kind. There may be tokens and history.
    pub async fn is_empty(&self) -> Result<bool> {
        let filled = self.filled().await?;
        Ok(Kind::ALL.iter().all(|kind| !filled.contains(&kind.collection())))
    }

    /// The collections of a backup that are not empty.
    pub async fn filled(&self) -> Result<Vec<&'static str>> {
        let mut filled = Vec::new();
        for name in kept() {
            let rows = self.database.collection::<Document>(name);
            let row = rows.find_one(doc! {}).projection(doc! { "_id": 1 });
            if row.max_time(self.time_left()).await?.is_some() {
                filled.push(name);
            }
        }
        Ok(filled)
    }

    /// Deletes everything that a backup contains, and the locks and idempotency keys.
    pub async fn clear(&self) -> Result<()> {
        for name in kept().chain([LOCKS, IDEMPOTENCY_KEYS]) {
            let cleared = self.delete_all(name).await;
            // Before returning, and also after an error: the deletion may have happened all the same.
            self.everything_changed();
            cleared?;
        }
        Ok(())
    }

    /// Restores documents of a collection exactly, without checking them.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] if a row is not the extended JSON of a document.
    pub async fn put_back(&self, name: &'static str, rows: Vec<Json>) -> Result<()> {
        let row = |row| {
            let row = document(name, row)?;
            let collection = name;
            Ok(Write::Restore { collection, row })
        };
        let batch = Batch {
            writes: rows.into_iter().map(row).collect::<Result<_>>()?,
            // They were valid when they were written. If the declarations have changed since, `check` reports it.
            policy: Policy::Restore,
            by: String::new(),
            intent: Intent::Write,
        };
        self.write(batch).await?;
        // An older version may have made the backup: the next start derives again what follows from the rows.
        Ok(self.delete_all(DERIVED).await?)
    }
}

impl Dump {
    /// The next documents of one collection, at most `most`, with its name; `None` after the last.
    pub async fn next(&mut self, most: usize) -> Result<Option<(&'static str, Vec<Json>)>> {
        loop {
            let (name, mut cursor) = match self.open.take() {
                Some(open) => open,
                None => {
                    let Some(name) = self.left.pop_front() else {
                        self.session.abort_transaction().await?;
                        return Ok(None);
                    };
                    let rows = self.store.database.collection::<Document>(name);
                    let rows = rows.find(doc! {}).sort(doc! { "_id": 1 });
                    (name, rows.session(&mut self.session).await?)
                }
            };
            let mut found = Vec::new();
            {
                let mut rows = cursor.stream(&mut self.session);
                while found.len() < most {
                    match rows.try_next().await? {
                        Some(row) => found.push(Bson::Document(row).into_canonical_extjson()),
                        None => break,
                    }
                }
            }
            if found.len() == most {
                self.open = Some((name, cursor));
            }
            if !found.is_empty() {
                return Ok(Some((name, found)));
            }
        }
    }
}

fn document(name: &'static str, row: Json) -> Result<Document> {
    let unreadable = |detail: String| StoreError::Unreadable {
        collection: name,
        detail,
    };
    match Bson::try_from(row) {
        Ok(Bson::Document(document)) => Ok(document),
        Ok(_) => Err(unreadable("it is no object".to_owned())),
        Err(error) => Err(unreadable(error.to_string())),
    }
}
