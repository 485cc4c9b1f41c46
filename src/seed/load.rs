//! Loads sets: decides for each document what to do, and does all of a set or nothing.
//!
//! A document that somebody has edited or deleted since it was loaded is left alone; the fingerprint of what was
//! loaded last tells.

use std::collections::{HashMap, HashSet};
use std::fmt;

use super::error::LoadError;
use super::preflight::{self, Earlier};
use super::set::Set;
use crate::domain::id::Kind;
use crate::store::write::{Change, Prepared, Stored};
use crate::store::{Store, StoreError};

/// How to load.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Put edited and deleted documents back to what the set says.
    pub reset: bool,
    /// Decide, but write nothing.
    pub dry_run: bool,
}

/// What loading a set did, or would do.
#[derive(Debug, Default)]
pub struct Report {
    /// The set.
    pub set: String,
    /// New documents.
    pub added: Vec<String>,
    /// Documents that the set says something new about.
    pub updated: Vec<String>,
    /// Edited documents that were put back.
    pub reset: Vec<String>,
    /// How many are as the set says already.
    pub unchanged: usize,
    /// Documents that somebody has edited; left alone.
    pub edited: Vec<String>,
    /// Documents that somebody has deleted; left so.
    pub deleted: Vec<String>,
    /// Nothing was written on purpose.
    pub dry_run: bool,
}

impl Report {
    /// How many documents were, or would be, written.
    pub fn written(&self) -> usize {
        self.added.len() + self.updated.len() + self.reset.len()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (added, updated, reset) = (self.added.len(), self.updated.len(), self.reset.len());
        let verb = if self.dry_run { "would be" } else { "were" };
        write!(f, "{}: ", self.set)?;
        match self.written() {
            0 => write!(f, "nothing to write")?,
            _ => write!(f, "{added} {verb} added, {updated} updated, {reset} put back")?,
        }
        write!(f, "; {} are as they should be", self.unchanged)?;
        let mut list = |ids: &[String], note: &str| {
            if ids.is_empty() {
                Ok(())
            } else {
                write!(f, "\n  {note}: {}", ids.join(", "))
            }
        };
        if self.dry_run {
            list(&self.added, "to be added")?;
            list(&self.updated, "to be updated")?;
            list(&self.reset, "to be put back")?;
        }
        list(
            &self.edited,
            "edited since they were loaded, left alone (--reset puts them back)",
        )?;
        list(
            &self.deleted,
            "deleted since they were loaded, left so (--reset brings them back)",
        )
    }
}

/// By whom the history says that a set changed a document, where nobody is named.
const SEED: &str = "seed";

/// Loads sets in their order; each is written as a whole or not at all, and none before all are found to be right.
pub async fn load(store: &Store, names: &[String], options: Options) -> Result<Vec<Report>, LoadError> {
    load_as(store, names, options, SEED).await
}

/// The same, by a name for the history.
pub async fn load_as(store: &Store, names: &[String], options: Options, by: &str) -> Result<Vec<Report>, LoadError> {
    let mut sets: Vec<Set> = Vec::new();
    for name in names {
        if sets.iter().all(|set| set.name != *name) {
            sets.push(Set::read(name)?);
        }
    }
    let mut earlier = Earlier::default();
    let mut plans = Vec::new();
    for set in &sets {
        preflight::references_lead_somewhere(store, set, &earlier).await?;
        let (changes, report) = plan(store, set, options).await?;
        preflight::nothing_deleted_is_needed(set, &changes, &report.deleted)?;
        preflight::values_are_free(store, set, &changes, &mut earlier).await?;
        let deleted: HashSet<&String> = report.deleted.iter().collect();
        let ids = set.documents.iter().map(|document| &document.id);
        earlier.ids.extend(ids.filter(|id| !deleted.contains(id)).cloned());
        plans.push((set, changes, report));
    }
    let mut reports = Vec::new();
    for (set, changes, report) in plans {
        reports.push(if options.dry_run {
            report
        } else {
            write(store, set, options, changes, report, by).await?
        });
    }
    Ok(reports)
}

/// Writes a set. When others have written the same documents meanwhile, such as a second server that starts at the
/// same moment, it is decided again what to do.
async fn write(
    store: &Store,
    set: &Set,
    options: Options,
    mut changes: Vec<Change>,
    mut report: Report,
    by: &str,
) -> Result<Report, LoadError> {
    const MORE_TRIES: u32 = 3;
    let mut tries = 0;
    loop {
        match store.seed(&set.name, &changes, by).await {
            Err(StoreError::Conflict(_)) if tries < MORE_TRIES => {
                tries += 1;
                (changes, report) = plan(store, set, options).await?;
                preflight::values_are_free(store, set, &changes, &mut Earlier::default()).await?;
            }
            outcome => return Ok(outcome.map(|()| report)?),
        }
    }
}

async fn plan(store: &Store, set: &Set, options: Options) -> Result<(Vec<Change>, Report), StoreError> {
    let ids: Vec<String> = set.documents.iter().map(|document| document.id.clone()).collect();
    let seeded = store.seeded(&ids).await?;
    let mut stored: HashMap<String, Stored> = HashMap::new();
    for kind in Kind::ALL {
        let ids: Vec<String> = set
            .documents
            .iter()
            .filter(|document| document.kind == kind)
            .map(|document| document.id.clone())
            .collect();
        stored.extend(store.stored(kind, &ids).await?);
    }
    let mut report = Report {
        set: set.name.clone(),
        dry_run: options.dry_run,
        ..Report::default()
    };
    let mut changes = Vec::new();
    for document in &set.documents {
        let id = document.id.clone();
        let last = seeded.get(&id);
        match (stored.get(&id), last) {
            (None, Some(_)) if !options.reset => report.deleted.push(id),
            (None, _) => {
                changes.push(Change::Insert(document.clone()));
                report.added.push(id);
            }
            (Some(now), _) if now.fingerprint == document.fingerprint => report.unchanged += 1,
            (Some(now), Some(last)) if now.fingerprint == *last => {
                changes.push(replace(document, now));
                report.updated.push(id);
            }
            (Some(now), _) if options.reset => {
                changes.push(replace(document, now));
                report.reset.push(id);
            }
            (Some(_), _) => report.edited.push(id),
        }
    }
    Ok((changes, report))
}

fn replace(document: &Prepared, now: &Stored) -> Change {
    Change::Replace(document.clone(), now.clone())
}
