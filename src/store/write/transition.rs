//! What a write makes of a document: the document before and after, or why it cannot be.

use std::borrow::Cow;
use std::collections::BTreeSet;

use mongodb::bson::{Bson, Document};
use serde_json::Value as Json;
use uuid::Uuid;

use super::batch::{Batch, Write};
use super::document::{Prepared, as_written, prepared, version_of};
use super::history::{action_of, take_back};
use super::outcome::Effect;
use super::snapshot::{Snapshot, conflicts};
use super::violation::Violation;
use crate::domain::id::Kind;
use crate::domain::vocabulary::HistoryAction;
use crate::store::collections::bson_of;
use crate::store::derive::fingerprint;
use crate::store::path::texts_at;
use crate::store::references::references;

/// A document before and after a write; absent where there is none.
pub(super) struct Transition<'a> {
    pub kind: Kind,
    pub id: String,
    pub before: Option<&'a Document>,
    pub after: Option<Cow<'a, Prepared>>,
    pub effect: Effect,
    /// The change that it takes back.
    pub reverts: Option<&'a str>,
    /// The document is replaced as a whole, so that no fields are named.
    pub replaces: bool,
    /// Figures that change must name a claim.
    pub needs_claims: bool,
    /// What speaks against it whatever else there is.
    pub violations: Vec<Violation>,
}

/// A part of what a write is to come to, or why it cannot.
type Tried<T> = Result<T, Vec<Violation>>;

impl<'a> Transition<'a> {
    /// Of a document that stays as it is.
    const fn none(kind: Kind, id: String) -> Self {
        Self {
            kind,
            id,
            before: None,
            after: None,
            effect: Effect::Unchanged,
            reverts: None,
            replaces: false,
            needs_claims: false,
            violations: Vec::new(),
        }
    }

    /// To what a document is to be.
    pub fn to(before: Option<&'a Document>, after: Cow<'a, Prepared>) -> Self {
        let effect = match before {
            None => Effect::Created,
            Some(before) if fingerprint(before) == after.fingerprint => Effect::Unchanged,
            Some(_) => Effect::Updated,
        };
        let none = Self::none(after.kind, after.id.clone());
        let after = Some(after);
        Self {
            effect,
            before,
            after,
            ..none
        }
    }

    fn deletion(kind: Kind, id: &str, before: &'a Document) -> Self {
        Self {
            before: Some(before),
            effect: Effect::Deleted,
            ..Self::none(kind, id.to_owned())
        }
    }

    /// Of a write that cannot be made.
    fn refused(write: &Write, violations: Vec<Violation>) -> Self {
        let id = write.id().unwrap_or_default().into_owned();
        // Any kind will do where it is not known: nothing is written.
        let kind = Kind::of(&id).unwrap_or(Kind::Gift);
        Self {
            violations,
            ..Self::none(kind, id)
        }
    }

    /// The document as it is to be, where it is written.
    pub fn written_document(&self) -> Option<&Prepared> {
        self.after.as_deref().filter(|_| self.effect.is_written())
    }

    /// Whether the document is gone afterwards.
    pub fn is_deletion(&self) -> bool {
        self.effect == Effect::Deleted
    }

    /// The version that the document has afterwards.
    pub fn version(&self, snapshot: &Snapshot) -> i64 {
        let last = match self.before {
            Some(before) => version_of(before),
            None => snapshot.last_versions.get(&self.id).copied().unwrap_or_default(),
        };
        last + i64::from(self.effect.is_written())
    }

    /// Whether the document did not have this value before.
    pub fn brings(&self, field: &str, value: &str) -> bool {
        let had = self.before.map(|before| texts_at(before, field));
        !had.is_some_and(|had| had.contains(&value))
    }

    /// The references that the document brings along, each with its path. It may refer to itself, and what it refers to
    /// already is held by that.
    pub fn wanted(&self) -> Vec<(&'static str, &str)> {
        let Some(after) = self.written_document() else {
            return Vec::new();
        };
        let mut wanted = Vec::new();
        for reference in references().iter().filter(|reference| reference.from == self.kind) {
            let had = self.before.map(|before| texts_at(before, reference.path));
            let mut known: BTreeSet<&str> = had.into_iter().flatten().chain([self.id.as_str()]).collect();
            let ids = texts_at(&after.document, reference.path).into_iter();
            wanted.extend(ids.filter(|id| known.insert(id)).map(|id| (reference.path, id)));
        }
        wanted
    }

    /// The claims that a claim has contradicted, or is to.
    pub fn contradicted(&self) -> BTreeSet<&str> {
        if self.kind != Kind::Claim || !self.effect.is_written() {
            return BTreeSet::new();
        }
        let after = self.after.as_ref().map(|after| &after.document);
        let ids = conflicts(self.before).into_iter().chain(conflicts(after));
        ids.filter(|id| *id != self.id).collect()
    }
}

/// What becomes of the documents of a batch.
pub(super) fn transitions<'a>(batch: &'a Batch, snapshot: &'a Snapshot) -> Vec<Transition<'a>> {
    let transition = |write| {
        let transition = of(batch, write, snapshot);
        transition.unwrap_or_else(|violations| Transition::refused(write, violations))
    };
    batch.writes.iter().map(transition).collect()
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
            if let Bson::Document(patch) = bson_of(patch) {
                document.extend(patch);
            }
            Transition::to(Some(before), Cow::Owned(prepared(kind, document)?))
        }
        Write::Delete { id, expected } => {
            let (kind, before) = found(snapshot, id, *expected)?;
            Transition::deletion(kind, id, before)
        }
        Write::Revert { entry, expected } => return backwards(entry, *expected, snapshot),
        Write::Restore { .. } => return Err(Vec::new()),
    };
    transition.replaces = batch.policy.replaces();
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
