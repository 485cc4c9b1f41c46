//! Makes the writes of a batch: documents with their versions and times, and the entries that tell of them.

use std::collections::{BTreeMap, HashSet};

use mongodb::ClientSession;
use mongodb::bson::{DateTime, Document, doc};

use super::batch::{Batch, Write};
use super::commands::{Asked, overtaken};
use super::document::{Prepared, stamp};
use super::history::{entry_of, entry_without_copy};
use super::snapshot::Snapshot;
use super::transition::Transition;
use crate::domain::id::Kind;
use crate::store::Store;
use crate::store::collections;
use crate::store::names::{HISTORY, SEEDED};
use crate::store::row_ids::identify;

/// What is to be done in a collection.
#[derive(Default)]
struct Changes<'a> {
    new: Vec<Document>,
    updates: Vec<Document>,
    gone: Vec<&'a str>,
}

impl Store {
    /// Writes these documents, in few commands for each collection. Gives the ids of those that others have entered first,
    /// which is no error where there is no transaction.
    pub(super) async fn apply(
        &self,
        session: &mut ClientSession,
        batch: &Batch,
        transitions: &[&Transition<'_>],
        snapshot: &Snapshot,
        unchecked: bool,
    ) -> Asked<HashSet<String>> {
        let now = DateTime::now();
        let mut changes: BTreeMap<Kind, Changes<'_>> = BTreeMap::new();
        let mut entries = Vec::new();
        for transition in transitions {
            let version = transition.version(snapshot);
            if batch.policy.records(transition.before.is_some() || version > 1) {
                entries.push(entry(batch, transition, version, now));
            }
            let changes = changes.entry(transition.kind).or_default();
            match (transition.before, &transition.after) {
                (None, Some(after)) => changes.new.push(stamped(after, None, version, (now, now))),
                (Some(before), Some(after)) => {
                    let created = before.get_datetime("createdAt").copied().unwrap_or(now);
                    let after = stamped(after, Some(before), version, (created, now));
                    changes.updates.push(statement(transition, before, after));
                }
                (_, None) => changes.gone.push(&transition.id),
            }
        }
        let mut first = HashSet::new();
        for (kind, changes) in changes {
            first.extend(self.change(session, batch, kind, changes, unchecked).await?);
        }
        self.insert(session, HISTORY, entries, unchecked).await?;
        if let Some(set) = batch.policy.set() {
            // Not the claims outside of the set, which are not replaced.
            let own = transitions.iter().filter(|transition| transition.is_own);
            let documents = own.filter_map(|transition| transition.after.as_deref());
            let seeded = documents.map(|document| {
                let row = doc! { "set": set, "fingerprint": &document.fingerprint };
                doc! { "q": { "_id": &document.id }, "u": row, "upsert": true }
            });
            self.update(session, SEEDED, seeded.collect(), false).await?;
        }
        Ok(first)
    }

    /// Makes the changes of one collection; gives the ids of those that others have entered first.
    async fn change(
        &self,
        session: &mut ClientSession,
        batch: &Batch,
        kind: Kind,
        Changes { new, updates, gone }: Changes<'_>,
        unchecked: bool,
    ) -> Asked<Vec<String>> {
        let (name, mut first) = (kind.collection(), Vec::new());
        match batch.is_transaction() {
            true => self.insert(session, name, new, unchecked).await?,
            false => first = self.insert_absent(session, name, &new, unchecked).await?,
        }
        if !gone.is_empty() {
            self.delete(session, name, &gone).await?;
        }
        let expected = updates.len() as u64;
        match self.update(session, name, updates, unchecked).await? == expected {
            true => Ok(first),
            false => Err(overtaken(name)),
        }
    }

    /// Puts rows back into their collections, exactly as they were.
    pub(super) async fn put_back_all(
        &self,
        session: &mut ClientSession,
        writes: &[Write],
        unchecked: bool,
    ) -> Asked<()> {
        let mut rows: BTreeMap<&str, Vec<Document>> = BTreeMap::new();
        for write in writes {
            if let Write::Restore { collection, row } = write {
                rows.entry(collection).or_default().push(row.clone());
            }
        }
        for (collection, rows) in rows {
            self.insert(session, collection, rows, unchecked).await?;
        }
        Ok(())
    }
}

fn stamped(
    after: &Prepared,
    before: Option<&Document>,
    version: i64,
    (created, updated): (DateTime, DateTime),
) -> Document {
    let mut document = after.document.clone();
    if let Ok(schema) = collections::of(after.kind) {
        identify(&schema.declared.json_schema, &mut document, before);
    }
    stamp(&mut document, version, created, updated);
    document
}

/// The entry of the history that tells of a change.
fn entry(batch: &Batch, transition: &Transition<'_>, version: i64, now: DateTime) -> Document {
    if transition.before.is_none() && !batch.policy.copies_new() {
        return entry_without_copy(&batch.by, &transition.id, version, now);
    }
    let after = transition.after.as_ref().map(|after| &after.document);
    let mut entry = entry_of(&batch.by, &transition.id, transition.before, after, version, now);
    if let Some(reverted) = transition.reverts {
        entry.insert("reverts", reverted);
    }
    entry
}

/// What makes one document of another, if that is still as it was read.
fn statement(transition: &Transition<'_>, before: &Document, after: Document) -> Document {
    let of = doc! { "_id": &transition.id, "version": before.get("version").cloned() };
    // Only the fields that differ are named, for those are what subscribers are told; the version is always among them, by
    // which the columns know this change from a later one.
    let gone = before.keys().filter(|field| !after.contains_key(*field));
    let unset: Document = gone.map(|field| (field.clone(), "".into())).collect();
    let differs = |(field, value): &(String, _)| before.get(field) != Some(value);
    let mut update = doc! { "$set": after.into_iter().filter(differs).collect::<Document>() };
    if !unset.is_empty() {
        update.insert("$unset", unset);
    }
    doc! { "q": of, "u": update }
}
