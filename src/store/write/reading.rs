//! Reads what a batch needs to know of the database, in few commands: first of the documents that it is about, and when it
//! is known what becomes of these, of those around them.

use std::collections::{BTreeMap, BTreeSet};

use mongodb::ClientSession;
use mongodb::bson::{Document, doc};

use super::batch::{Batch, Intent, Write};
use super::commands::Asked;
use super::constraints::references::LISTED;
use super::snapshot::{CONFLICTS, Holders, Referrers, Snapshot, Surroundings};
use super::transition::Transition;
use crate::domain::id::Kind;
use crate::store::Store;
use crate::store::collections::unique_fields;
use crate::store::names::{HISTORY, SEEDED};
use crate::store::path::{place_of, texts_at};
use crate::store::references::{Reference, references};

impl Store {
    /// Looks at the documents of a batch.
    pub(super) async fn snapshot(&self, session: &mut ClientSession, batch: &Batch) -> Asked<Snapshot> {
        let ids = batch.writes.iter().filter_map(Write::id);
        let ids: BTreeSet<String> = ids.map(|id| id.into_owned()).collect();
        let mut snapshot = Snapshot::default();
        for (kind, ids) in by_kind(ids.iter().map(String::as_str)) {
            let documents = self.of_ids(session, kind.collection(), &ids, doc! {}).await?;
            snapshot.documents.extend(by_id(documents));
        }
        self.find_meant(session, batch, &mut snapshot).await?;
        let reverted = batch.writes.iter().filter_map(|write| match write {
            Write::Revert { entry, .. } => Some((entry.as_str(), write.id()?)),
            _ => None,
        });
        let (entries, mut gone): (Vec<_>, Vec<_>) = reverted.unzip();
        let mut taken_back = self.of_ids(session, HISTORY, &entries, doc! {}).await?;
        for entry in &mut taken_back {
            self.tell_creation(session, entry).await?;
        }
        snapshot.entries = by_id(taken_back).collect();
        if batch.intent == Intent::Write {
            let absent = ids.iter().filter(|id| !snapshot.documents.contains_key(*id));
            gone.extend(absent.map(|id| id.as_str().into()));
        }
        let gone: Vec<&str> = gone.iter().map(AsRef::as_ref).collect();
        snapshot.last_versions = self.last_versions(session, &gone).await?;
        if batch.policy.set().is_some() {
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            let seeded = self.of_ids(session, SEEDED, &ids, doc! { "fingerprint": 1 }).await?;
            let fingerprint = |row: Document| row.get_str("fingerprint").map(str::to_owned).ok();
            let fingerprints = by_id(seeded).filter_map(|(id, row)| Some((id, fingerprint(row)?)));
            snapshot.seeded = fingerprints.collect();
        }
        snapshot.asked = ids;
        Ok(snapshot)
    }

    /// Looks around a batch.
    pub(super) async fn surroundings(
        &self,
        session: &mut ClientSession,
        transitions: &[Transition<'_>],
        snapshot: &Snapshot,
    ) -> Asked<Surroundings> {
        let mut found = Surroundings::default();
        let claims = transitions.iter().flat_map(Transition::contradicted);
        let claims: BTreeSet<&str> = claims.filter(|id| !snapshot.knows(id)).collect();
        let claims: Vec<&str> = claims.into_iter().collect();
        let claims = self.of_ids(session, Kind::Claim.collection(), &claims, doc! {}).await?;
        found.claims.extend(by_id(claims));
        let wanted = transitions.iter().flat_map(Transition::wanted).map(|(_, id)| id);
        let wanted = wanted.filter(|id| !snapshot.knows(id) && !found.exists(id, snapshot));
        for (kind, ids) in by_kind(wanted.collect::<Vec<_>>().into_iter()) {
            let existing = self.of_ids(session, kind.collection(), &ids, doc! { "_id": 1 }).await?;
            found.existing.extend(by_id(existing).map(|(id, _)| id));
        }
        found.holders = self.all_holders(session, transitions).await?;
        for gone in transitions.iter().filter(|transition| transition.is_deletion()) {
            let referrers = self.all_referrers(session, gone.kind, &gone.id).await?;
            found.referrers.insert(gone.id.clone(), referrers);
        }
        Ok(found)
    }

    /// Who has the values that the documents of a batch must have alone.
    async fn all_holders(&self, session: &mut ClientSession, transitions: &[Transition<'_>]) -> Asked<Holders> {
        let mut holders = Holders::new();
        for kind in Kind::ALL {
            let written = || {
                let documents = transitions.iter().filter(|transition| transition.kind == kind);
                documents.filter_map(Transition::written_document)
            };
            let values = |field| {
                written()
                    .flat_map(|document| document.ids_at(field))
                    .collect::<BTreeSet<_>>()
            };
            let wanted: Vec<(&str, BTreeSet<String>)> = unique_fields(kind)
                .map(|field| (field, values(field)))
                .filter(|(_, values)| !values.is_empty())
                .collect();
            if wanted.is_empty() {
                continue;
            }
            let in_fields = wanted.iter().map(|(field, values)| {
                let values: Vec<&String> = values.iter().collect();
                doc! { *field: { "$in": values } }
            });
            let filter = doc! { "$or": in_fields.collect::<Vec<_>>() };
            let fields: Document = unique_fields(kind).map(|field| (field.to_owned(), 1.into())).collect();
            for row in self.matching(session, kind.collection(), filter, fields).await? {
                let by = row.get_str("_id").unwrap_or_default();
                for field in unique_fields(kind) {
                    for value in texts_at(&row, field) {
                        let held = holders.entry((kind, field, value.to_owned())).or_default();
                        held.push(by.to_owned());
                    }
                }
            }
        }
        Ok(holders)
    }

    /// Who refers to a document beside itself, and where: one more than are listed.
    async fn all_referrers(&self, session: &mut ClientSession, kind: Kind, id: &str) -> Asked<Referrers> {
        let mut referrers = Referrers::new();
        for from in Kind::ALL {
            // A contradiction ends with either of its sides.
            let leads_here = |reference: &&Reference| {
                reference.from == from && reference.to.is_none_or(|to| to == kind) && reference.path != CONFLICTS
            };
            let paths = references().iter().filter(leads_here).map(|reference| reference.path);
            let paths: Vec<&str> = paths.collect();
            let left = LISTED + 1 - referrers.len();
            if paths.is_empty() || left == 0 {
                continue;
            }
            // One question for all fields: few of them have an index, and each of the others would read all documents.
            let refers: Vec<Document> = paths.iter().map(|path| doc! { *path: id }).collect();
            let documents = self.documents(from);
            let rows = documents.find(doc! { "$or": refers, "_id": { "$ne": id } });
            let rows = rows.sort(doc! { "_id": 1 }).limit(i64::try_from(left).unwrap_or(1));
            let mut rows = rows.session(&mut *session).await?;
            while let Some(row) = rows.next(&mut *session).await.transpose()? {
                let by = row.get_str("_id").unwrap_or_default().to_owned();
                let place = paths.iter().find_map(|path| place_of(&row, path, id));
                referrers.push((by, place.unwrap_or_default()));
            }
        }
        Ok(referrers)
    }

    /// The rows of these ids that are there; no command where there are none.
    async fn of_ids(
        &self,
        session: &mut ClientSession,
        collection: &str,
        ids: &[&str],
        projection: Document,
    ) -> Asked<Vec<Document>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.matching(session, collection, doc! { "_id": { "$in": ids } }, projection)
            .await
    }
}

fn by_id(rows: Vec<Document>) -> impl Iterator<Item = (String, Document)> {
    rows.into_iter()
        .filter_map(|row| Some((row.get_str("_id").ok()?.to_owned(), row)))
}

/// Ids by the kind of their documents, each once.
fn by_kind<'a>(ids: impl Iterator<Item = &'a str>) -> BTreeMap<Kind, Vec<&'a str>> {
    let mut by_kind: BTreeMap<Kind, BTreeSet<&str>> = BTreeMap::new();
    for id in ids {
        if let Ok(kind) = Kind::of(id) {
            by_kind.entry(kind).or_default().insert(id);
        }
    }
    let listed = by_kind.into_iter().map(|(kind, ids)| (kind, ids.into_iter().collect()));
    listed.collect()
}
