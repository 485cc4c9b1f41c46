//! All that the database holds, as extended JSON: read as it was at one moment, and put back as it was.
//!
//! Extended JSON is MongoDB's own way to keep the types of BSON in JSON, in its canonical form
//! (<https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/>). What a file of it looks like is the
//! business of `transfer/backup`.

use std::collections::{BTreeMap, VecDeque};

use futures_util::TryStreamExt;
use mongodb::bson::{Bson, Document, doc};
use mongodb::options::ReadConcern;
use mongodb::{ClientSession, SessionCursor};
use serde_json::Value as Json;

use super::names::{DERIVED, HISTORY, LOCKS, RETRIES, SEEDED, TOKENS};
use super::write::{Batch, Intent, Policy, Write};
use super::{Result, Store, StoreError};
use crate::domain::id::Kind;

/// The collections that are kept: all documents, and what is known of them and of who may write them. Locks and retries
/// mean something for a day at most.
pub fn kept() -> impl Iterator<Item = &'static str> {
    let documents = Kind::REFERRED_FIRST.into_iter().map(Kind::collection);
    documents.chain([HISTORY, TOKENS, SEEDED])
}

/// The database at one moment, which is that of its beginning. It is read in one transaction: a database that bounds
/// how long these last, as MongoDB does (60 s, `transactionLifetimeLimitSeconds`), ends a dump that takes longer.
pub struct Dump {
    store: Store,
    session: ClientSession,
    left: VecDeque<&'static str>,
    open: Option<(&'static str, SessionCursor<Document>)>,
    /// How many documents each collection has.
    pub counts: BTreeMap<&'static str, u64>,
}

impl Store {
    /// Begins to read everything.
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

    /// How many documents a collection has.
    pub async fn count_all(&self, kind: Kind) -> Result<u64> {
        let documents = self.documents(kind);
        let counted = documents.count_documents(doc! {});
        Ok(counted.max_time(self.time_left()).await?)
    }

    /// Whether no collection holds any document.
    pub async fn is_empty(&self) -> Result<bool> {
        let filled = self.filled().await?;
        Ok(Kind::ALL.iter().all(|kind| !filled.contains(&kind.collection())))
    }

    /// Which of the collections that are kept hold something.
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

    /// Takes everything out.
    pub async fn clear(&self) -> Result<()> {
        for name in kept().chain([LOCKS, RETRIES]) {
            let cleared = self.delete_all(name).await;
            // Before it is acknowledged, and also where it is not known whether it was done.
            self.versions.all_changed();
            cleared?;
        }
        Ok(())
    }

    /// Puts documents back into a collection that is kept, exactly as they were.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] for what is no extended JSON of a document.
    pub async fn put_back(&self, name: &'static str, rows: Vec<Json>) -> Result<()> {
        let row = |row| {
            let row = document(name, row)?;
            let collection = name;
            Ok(Write::Restore { collection, row })
        };
        let batch = Batch {
            writes: rows.into_iter().map(row).collect::<Result<_>>()?,
            // They were accepted once. Where the declarations have changed since, `check` tells.
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
    /// Some more documents of one collection, with its name; `None` when all were given.
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
