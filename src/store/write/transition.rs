//! What a write makes of a document: the document before and after, or why it cannot be.

use std::borrow::Cow;
use std::collections::BTreeSet;

use mongodb::bson::Document;

use super::document::{Prepared, as_written, version_of};
use super::history::{FieldChange, differences};
use super::outcome::Effect;
use super::snapshot::{Snapshot, conflicts};
use super::violation::Violation;
use crate::domain::id::Kind;
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
    /// The batch has it as one of its writes; otherwise it follows from them.
    pub is_own: bool,
    /// Figures that change must name a claim.
    pub needs_claims: bool,
    /// The places of the figures that a patch changes in part, and whose claim is the one that they had.
    pub kept_claims: Vec<String>,
    /// What speaks against it whatever else there is.
    pub violations: Vec<Violation>,
}

impl<'a> Transition<'a> {
    /// Of a document that stays as it is.
    pub const fn none(kind: Kind, id: String) -> Self {
        Self {
            kind,
            id,
            before: None,
            after: None,
            effect: Effect::Unchanged,
            reverts: None,
            is_own: false,
            needs_claims: false,
            kept_claims: Vec::new(),
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

    /// Of a document that is gone afterwards.
    pub fn deletion(kind: Kind, id: &str, before: &'a Document) -> Self {
        Self {
            before: Some(before),
            effect: Effect::Deleted,
            ..Self::none(kind, id.to_owned())
        }
    }

    /// Of a write that cannot be made.
    pub fn refused(kind: Kind, id: &str, violations: Vec<Violation>) -> Self {
        Self {
            violations,
            ..Self::none(kind, id.to_owned())
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
            let texts = texts_at(&after.document, reference.path);
            if texts.is_empty() {
                continue;
            }
            let had = self.before.map(|before| texts_at(before, reference.path));
            let mut known: BTreeSet<&str> = had.into_iter().flatten().chain([self.id.as_str()]).collect();
            // What is no id is told of where the document is held against its schema.
            let ids = texts.into_iter().filter(|id| Kind::of(id).is_ok() && known.insert(id));
            wanted.extend(ids.map(|id| (reference.path, id)));
        }
        wanted
    }

    /// What changes in a document that is there already, value by value.
    pub fn changes(&self) -> Vec<FieldChange> {
        match (self.before, self.written_document()) {
            (Some(before), Some(after)) => differences(&as_written(before), &as_written(&after.document)),
            _ => Vec::new(),
        }
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
