//! What other documents have against an edit: values that they have, references that lead nowhere, references to what
//! is to be deleted.
//!
//! A transaction sees the database as it was when it began, so two of them, of which one refers to a document and the
//! other deletes it, would not notice each other. Both write the document's row in `locks`: only one comes through, and
//! the other begins anew and sees.

use std::collections::BTreeSet;

use futures_util::TryStreamExt;
use mongodb::ClientSession;
use mongodb::bson::{Document, doc};

use super::claims::{CONFLICTS, about_itself};
use super::{Refusal, Tried};
use crate::domain::id::Kind;
use crate::store::Store;
use crate::store::collections::unique_fields;
use crate::store::path::{place_of, texts_at};
use crate::store::references::{Reference, references};
use crate::store::write::Prepared;

/// The collection.
pub(crate) const LOCKS: &str = "locks";

/// How many documents are listed that refer to one.
const LISTED: usize = 20;

impl Store {
    /// Whether a document may be written as it is to be: its references lead somewhere, and its values are its own.
    pub(super) async fn may_be_written(
        &self,
        session: &mut ClientSession,
        after: &Prepared,
        before: Option<&Document>,
    ) -> Tried<()> {
        let mut reasons = about_itself(after);
        let here = references().iter().filter(|reference| reference.from == after.kind);
        let wanted: Vec<(&str, String)> = here
            .flat_map(|reference| {
                new_ids(after, before, reference.path)
                    .into_iter()
                    .map(|id| (reference.path, id))
            })
            .collect();
        let existing = self
            .existing_within(session, wanted.iter().map(|(_, id)| id.as_str()))
            .await?;
        let (locked, dangling): (Vec<_>, Vec<_>) = wanted.into_iter().partition(|(_, id)| existing.contains(id));
        reasons.extend(dangling.iter().map(|(path, id)| dangling_at(after, path, id)));
        for field in unique_fields(after.kind) {
            for value in after.ids_at(field) {
                let others = doc! { field: &value, "_id": { "$ne": &after.id } };
                let documents = self.documents(after.kind);
                let other = documents.find_one(others);
                let other = other.projection(doc! { "_id": 1 }).session(&mut *session).await?;
                if let Some(other) = other {
                    let by = other.get_str("_id").unwrap_or_default();
                    reasons.push(Refusal::taken(field, &value, by));
                }
            }
        }
        if !reasons.is_empty() {
            return Ok(Err(reasons));
        }
        let locked = locked.into_iter().map(|(_, id)| id).collect();
        self.lock_all(session, &locked).await?;
        Ok(Ok(()))
    }

    /// Whether a document may be deleted: nothing but itself refers to it.
    pub(super) async fn may_be_deleted(&self, session: &mut ClientSession, kind: Kind, id: &str) -> Tried<()> {
        let mut reasons = Vec::new();
        for from in Kind::ALL {
            // A contradiction ends with either of its sides.
            let leads_here = |reference: &&Reference| {
                reference.from == from && reference.to.is_none_or(|to| to == kind) && reference.path != CONFLICTS
            };
            let paths: Vec<&str> = references()
                .iter()
                .filter(leads_here)
                .map(|reference| reference.path)
                .collect();
            if paths.is_empty() {
                continue;
            }
            // One question for all fields: few of them have an index, and each of the others would read all documents.
            let refers: Vec<Document> = paths.iter().map(|path| doc! { *path: id }).collect();
            let documents = self.documents(from);
            let rows = documents.find(doc! { "$or": refers, "_id": { "$ne": id } });
            let left = LISTED + 1 - reasons.len();
            let rows = rows.sort(doc! { "_id": 1 }).limit(i64::try_from(left).unwrap_or(1));
            let mut rows = rows.session(&mut *session).await?;
            let rows: Vec<Document> = rows.stream(&mut *session).try_collect().await?;
            reasons.extend(rows.iter().map(|row| {
                let by = row.get_str("_id").unwrap_or_default();
                let place = paths.iter().find_map(|path| place_of(row, path, id));
                Refusal::referenced(id, by, &place.unwrap_or_default())
            }));
            if reasons.len() > LISTED {
                reasons.truncate(LISTED);
                reasons.push(Refusal::referenced_by_more(id, LISTED));
                break;
            }
        }
        if !reasons.is_empty() {
            return Ok(Err(reasons));
        }
        self.lock_all(session, &BTreeSet::from([id.to_owned()])).await?;
        Ok(Ok(()))
    }
}

/// The ids at a path that a document brings along. It may refer to itself, and what it refers to already is held by that.
pub(super) fn new_ids(after: &Prepared, before: Option<&Document>, path: &str) -> Vec<String> {
    let had = before.map(|before| texts_at(before, path)).unwrap_or_default();
    let had: BTreeSet<&str> = had.into_iter().collect();
    let mut ids = after.ids_at(path);
    ids.retain(|id| *id != after.id && !had.contains(id.as_str()));
    ids
}

/// The refusal of a reference that leads nowhere.
pub(super) fn dangling_at(document: &Prepared, path: &str, id: &str) -> Refusal {
    let place = place_of(&document.document, path, id);
    Refusal::dangling(place.as_deref().unwrap_or(path), id)
}
