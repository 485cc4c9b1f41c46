//! Sets of data on their way in: all of a set in one transaction, with what is remembered of it for the next time.
//!
//! What is to be done with each document is decided in the room `seed`.

use std::collections::{BTreeSet, HashMap, HashSet};

use futures_util::{FutureExt, TryStreamExt};
use mongodb::ClientSession;
use mongodb::bson::{DateTime, Document, doc};
use mongodb::error::Error;

use super::edit::entry_of;
use super::references::references;
use super::validate::number_of;
use super::write::{Change, Prepared, SEEDED, Stored, stamp};
use super::{Result, Store};
use crate::domain::id::Kind;

impl Store {
    /// The fingerprints of what seeding last wrote, by id.
    pub async fn seeded(&self, ids: &[String]) -> Result<HashMap<String, String>> {
        let mut rows = self
            .database
            .collection::<Document>(SEEDED)
            .find(doc! { "_id": { "$in": ids } })
            .max_time(self.time_left())
            .await?;
        let mut found = HashMap::new();
        while let Some(row) = rows.try_next().await? {
            if let (Ok(id), Ok(fingerprint)) = (row.get_str("_id"), row.get_str("fingerprint")) {
                found.insert(id.to_owned(), fingerprint.to_owned());
            }
        }
        Ok(found)
    }

    /// Makes all changes or none, and remembers that `set` made them. What was there before gets an entry in its history,
    /// by this name; what is new has none to begin with.
    ///
    /// A document that has been written since it was looked at ends in [`StoreError::Conflict`].
    pub async fn seed(&self, set: &str, changes: &[Change], by: &str) -> Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        let now = DateTime::now();
        let mut session = self.client.start_session().await?;
        let outcome = session
            .start_transaction()
            .max_commit_time(self.time_left())
            .and_run((self, set, changes, by), |session, (store, set, changes, by)| {
                store.make(session, set, changes, by, now).boxed()
            })
            .await;
        // Before it is acknowledged, and also where it is not known whether it was done.
        for change in changes {
            let document = change.document();
            self.versions.changed(document.kind, &document.id);
        }
        outcome?.iter().for_each(|id| self.versions.changed(Kind::Claim, id));
        Ok(())
    }

    /// All changes of a set, within a transaction; gives the claims outside of it that changed with it.
    async fn make(
        &self,
        session: &mut ClientSession,
        set: &str,
        changes: &[Change],
        by: &str,
        now: DateTime,
    ) -> std::result::Result<Vec<String>, Error> {
        let ids: Vec<&str> = changes.iter().map(|change| change.document().id.as_str()).collect();
        let last = self.last_versions(&mut *session, &ids).await?;
        self.hold_references(session, changes).await?;
        let mut entries = Vec::new();
        for change in changes {
            let prepared = change.document();
            match change {
                Change::Insert(prepared) => {
                    let last = last.get(&prepared.id).copied().unwrap_or_default();
                    let mut document = prepared.document.clone();
                    stamp(&mut document, last + 1, now, now);
                    self.documents(prepared.kind)
                        .insert_one(document)
                        .session(&mut *session)
                        .await?;
                    if last > 0 {
                        let after = Some(&prepared.document);
                        entries.push(entry_of(by, &prepared.id, None, after, last + 1, now));
                    }
                }
                Change::Replace(prepared, stored) => {
                    let version = self.replace(session, prepared, stored, now).await?;
                    let (before, after) = (Some(&*stored.document), Some(&prepared.document));
                    entries.push(entry_of(by, &prepared.id, before, after, version, now));
                }
            }
            self.database
                .collection::<Document>(SEEDED)
                .replace_one(
                    doc! { "_id": &prepared.id },
                    doc! { "set": set, "fingerprint": &prepared.fingerprint },
                )
                .upsert(true)
                .session(&mut *session)
                .await?;
        }
        self.record(session, entries, false).await?;
        let steps = changes.iter().map(|change| match change {
            Change::Insert(document) => (document, None),
            Change::Replace(document, stored) => (document, Some(&*stored.document)),
        });
        let steps: Vec<_> = steps.collect();
        self.mirror_all(session, by, &steps).await
    }

    /// FieldType what documents refer to, so that nobody deletes it at the same time.
    async fn hold_references(&self, session: &mut ClientSession, changes: &[Change]) -> std::result::Result<(), Error> {
        let inner: HashSet<&str> = changes.iter().map(|change| change.document().id.as_str()).collect();
        let mut outer = BTreeSet::new();
        for document in changes.iter().map(Change::document) {
            for reference in references().iter().filter(|reference| reference.from == document.kind) {
                outer.extend(document.ids_at(reference.path));
            }
        }
        outer.retain(|id| !inner.contains(id.as_str()));
        let existing = self.existing_within(session, outer.iter().map(String::as_str)).await?;
        if let Some(gone) = outer.iter().find(|id| !existing.contains(*id)) {
            return Err(Error::custom(format!(
                "{gone} was deleted by somebody else just now; nothing was loaded, run it again"
            )));
        }
        self.lock_all(session, &outer).await
    }

    async fn replace(
        &self,
        session: &mut ClientSession,
        prepared: &Prepared,
        stored: &Stored,
        now: DateTime,
    ) -> std::result::Result<i64, Error> {
        let mut document = prepared.document.clone();
        let version = number_of(&stored.version).map_or(0, |version| version as i64) + 1;
        stamp(&mut document, version, stored.created_at, now);
        let result = self
            .documents(prepared.kind)
            .replace_one(doc! { "_id": &prepared.id, "version": &stored.version }, document)
            .session(session)
            .await?;
        if result.matched_count == 0 {
            return Err(Error::custom(format!(
                "{} was written by somebody else just now; nothing was loaded, run it again",
                prepared.id
            )));
        }
        Ok(version)
    }
}
