//! What a batch knows of the database: what the documents are that it is about, and what stands around them. How it is
//! read stands in `reading`.

use std::collections::{BTreeSet, HashMap, HashSet};

use mongodb::bson::Document;

use super::called::Called;
use crate::domain::id::Kind;
use crate::store::path::texts_at;

/// The field of a claim that names the claims which contradict it.
pub(super) const CONFLICTS: &str = "conflictsWith";

/// The documents that a batch is about.
#[derive(Default)]
pub(super) struct Snapshot {
    /// As they are, by their ids; those that are not there are left out.
    pub documents: HashMap<String, Document>,
    /// The ids that were looked for.
    pub asked: BTreeSet<String>,
    /// The entries of the history that are taken back.
    pub entries: HashMap<String, Document>,
    /// The versions that they had last where they are gone; those that never were are left out.
    pub last_versions: HashMap<String, i64>,
    /// The fingerprints of what their set wrote.
    pub seeded: HashMap<String, String>,
    /// What the names in rows lead to.
    pub called: Called,
}

impl Snapshot {
    /// Whether it is known of a document whether it is there, and what it says.
    pub fn knows(&self, id: &str) -> bool {
        self.documents.contains_key(id) || self.asked.contains(id)
    }
}

/// The documents that have a value of a field.
pub(super) type Holders = HashMap<(Kind, &'static str, String), Vec<String>>;

/// Documents that refer to one, each with the place.
pub(super) type Referrers = Vec<(String, String)>;

/// The documents around those that a batch is about.
#[derive(Default)]
pub(super) struct Surroundings {
    /// Those that are referred to and exist.
    pub existing: HashSet<String>,
    /// Who has the values that must be one document's own.
    pub holders: Holders,
    /// Who refers to a document that is to be deleted, and where; not all of them where there are many.
    pub referrers: HashMap<String, Referrers>,
    /// The claims that contradict those of the batch, or did.
    pub claims: HashMap<String, Document>,
}

impl Surroundings {
    /// Whether a document exists before the batch is made.
    pub fn exists(&self, id: &str, snapshot: &Snapshot) -> bool {
        self.existing.contains(id) || self.claims.contains_key(id) || snapshot.documents.contains_key(id)
    }

    /// The documents that have a value.
    pub fn holders(&self, kind: Kind, field: &'static str, value: &str) -> &[String] {
        let holders = self.holders.get(&(kind, field, value.to_owned()));
        holders.map_or(&[], Vec::as_slice)
    }
}

/// The claims that one contradicts, as it says.
pub(super) fn conflicts(document: Option<&Document>) -> BTreeSet<&str> {
    let ids = document.map(|document| texts_at(document, CONFLICTS));
    ids.into_iter().flatten().collect()
}
