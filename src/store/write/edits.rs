//! What each write of a batch makes of a document, or why it cannot.

use std::borrow::Cow;

use mongodb::bson::{Bson, Document};
use serde_json::Value as Json;
use uuid::Uuid;

use super::batch::{Batch, Write};
use super::document::{as_written, prepared, version_of};
use super::history::{action_of, take_back};
use super::patch::{lay_over, without_claim};
use super::rows;
use super::snapshot::Snapshot;
use super::transition::Transition;
use super::violation::Violation;
use crate::domain::id::Kind;
use crate::domain::vocabulary::HistoryAction;
use crate::store::collections::bson_of;

/// A part of what a write is to come to, or why it cannot.
type Tried<T> = Result<T, Vec<Violation>>;

/// After how many writes others have their turn: a thousand rows take as long as a thousand requests.
const TURN: usize = 32;

/// What becomes of the documents of a batch.
pub(super) async fn transitions<'a>(batch: &'a Batch, snapshot: &'a Snapshot) -> Vec<Transition<'a>> {
    let mut transitions = Vec::with_capacity(batch.writes.len());
    for (write, number) in batch.writes.iter().zip(1..) {
        transitions.push(of(batch, write, snapshot).unwrap_or_else(|violations| {
            let id = write.id().unwrap_or_default();
            // Any kind will do where it is not known: nothing is written.
            Transition::refused(Kind::of(&id).unwrap_or(Kind::Gift), &id, violations)
        }));
        if number % TURN == 0 {
            tokio::task::yield_now().await;
        }
    }
    transitions
}

fn of<'a>(batch: &'a Batch, write: &'a Write, snapshot: &'a Snapshot) -> Tried<Transition<'a>> {
    let mut transition = match write {
        Write::Put(after) => {
            let before = snapshot.documents.get(&after.id);
            Transition {
                effect: batch.policy.effect(after, before, snapshot.seeded.get(&after.id)),
                ..Transition::to(before, Cow::Borrowed(after))
            }
        }
        Write::Row { row, new } => rows::transition(row, new.as_deref(), batch, snapshot),
        Write::Create { kind, json } => {
            let after = prepared(*kind, with_id(*kind, write, json))?;
            if snapshot.documents.contains_key(&after.id) {
                return Err(vec![Violation::taken("id", &after.id, &after.id)]);
            }
            Transition::to(None, Cow::Owned(after))
        }
        Write::Update { id, patch, expected } => {
            let (kind, before) = found(snapshot, id, *expected)?;
            let mut document = as_written(before);
            let mut kept_claims = Vec::new();
            if let Bson::Document(patch) = bson_of(patch) {
                lay_over(&mut document, &patch);
                kept_claims = without_claim(&patch, "");
            }
            Transition {
                kept_claims,
                ..Transition::to(Some(before), Cow::Owned(prepared(kind, document)?))
            }
        }
        Write::Delete { id, expected } => {
            let (kind, before) = found(snapshot, id, *expected)?;
            Transition::deletion(kind, id, before)
        }
        Write::Revert { entry, expected } => return backwards(entry, *expected, snapshot),
        Write::Restore { .. } => return Err(Vec::new()),
    };
    transition.is_own = true;
    transition.needs_claims = batch.policy.needs_claims();
    Ok(transition)
}

/// The document as it is and, by a change that is taken back, as it was before.
fn backwards<'a>(entry: &'a str, expected: Option<i64>, snapshot: &'a Snapshot) -> Tried<Transition<'a>> {
    let known = snapshot.entries.get(entry);
    let known = known.ok_or_else(|| vec![Violation::no_such_change(entry)])?;
    let (id, action) = (known.get_str("document").unwrap_or_default(), action_of(known));
    let (kind, before) = match action {
        Some(HistoryAction::Deleted) => {
            // What was entered again since is not what this deletion took out.
            let last = snapshot.last_versions.get(id).copied().unwrap_or_default();
            match expected {
                Some(expected) if expected != last => return Err(vec![Violation::conflict(id, expected, last)]),
                _ if last != version_of(known) => return Err(vec![Violation::back_since(id)]),
                _ => (kind_of(id)?, None),
            }
        }
        _ => found(snapshot, id, expected).map(|(kind, before)| (kind, Some(before)))?,
    };
    let mut document = before.map(as_written).unwrap_or_default();
    let mut changed = take_back(known, &mut document);
    if action == Some(HistoryAction::Created) {
        // What was added to it since would be lost with it.
        changed.extend(document.keys().filter(|field| *field != "_id").cloned());
    }
    if !changed.is_empty() {
        return Err(changed.iter().map(|field| Violation::changed_since(field)).collect());
    }
    let transition = match before {
        Some(before) if action == Some(HistoryAction::Created) => Transition::deletion(kind, id, before),
        _ => {
            document.insert("_id", id);
            Transition::to(before, Cow::Owned(prepared(kind, document)?))
        }
    };
    Ok(Transition {
        reverts: Some(entry),
        ..transition
    })
}

/// The document, if it is there and of the version that is expected.
fn found<'a>(snapshot: &'a Snapshot, id: &str, expected: Option<i64>) -> Tried<(Kind, &'a Document)> {
    let document = snapshot.documents.get(id);
    let document = document.ok_or_else(|| vec![Violation::not_found(id)])?;
    let version = version_of(document);
    match expected {
        Some(expected) if expected != version => Err(vec![Violation::conflict(id, expected, version)]),
        _ => Ok((kind_of(id)?, document)),
    }
}

fn kind_of(id: &str) -> Tried<Kind> {
    Kind::of(id).map_err(|_| vec![Violation::not_found(id)])
}

/// The document with an id: its own, or one made of its slug where that can be one, or else of the time.
fn with_id(kind: Kind, write: &Write, json: &Json) -> Document {
    let mut document = match bson_of(json) {
        Bson::Document(document) => document,
        _ => Document::new(),
    };
    if !document.contains_key("_id") {
        let of_the_time = || format!("{}_{}", kind.prefix(), Uuid::now_v7()).into();
        document.insert("_id", write.id().unwrap_or_else(of_the_time).into_owned());
    }
    document
}
