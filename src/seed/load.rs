//! Loads sets: all of a set or nothing.
//!
//! Sets may share documents, which must say the same in each: then it does not matter which set is loaded first. A
//! document that somebody has edited or deleted since it was loaded is left alone; the fingerprint of what was
//! loaded last tells (`store/write/policy`).

use std::collections::{HashMap, HashSet};
use std::fmt;

use super::error::LoadError;
use super::set::{Set, SetError};
use crate::store::Store;
use crate::store::write::{Batch, Effect, Intent, Missing, Outcome, Policy, Violation, Write};

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
pub struct LoadReport {
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

impl LoadReport {
    /// How many documents were, or would be, written.
    pub fn written(&self) -> usize {
        self.added.len() + self.updated.len() + self.reset.len()
    }
}

impl fmt::Display for LoadReport {
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

/// The set that the others that come with the program rest on.
const FIRST: &str = "article";

/// By whom the history says that a set changed a document, where nobody is named.
const SEED: &str = "seed";

/// Loads sets in their order; each is written as a whole or not at all, and none before all are found to be right.
pub async fn load(store: &Store, names: &[String], options: Options) -> Result<Vec<LoadReport>, LoadError> {
    load_as(store, names, options, SEED).await
}

/// The same, by a name for the history.
pub async fn load_as(
    store: &Store,
    names: &[String],
    options: Options,
    by: &str,
) -> Result<Vec<LoadReport>, LoadError> {
    let mut sets: Vec<Set> = Vec::new();
    for name in names {
        if sets.iter().all(|set| set.name != *name) {
            sets.push(Set::read(name)?);
        }
    }
    let batch = |set: &Set, writes, intent| Batch {
        writes,
        policy: Policy::Seed {
            set: set.name.clone(),
            reset: options.reset,
        },
        by: by.to_owned(),
        intent,
    };
    // Each together with those before it, which are not written yet.
    let (mut tried, mut reports) = (Vec::new(), Vec::new());
    let mut known: HashMap<&str, &str> = HashMap::new();
    for set in &sets {
        let mut shared = HashSet::new();
        for document in &set.documents {
            if known.insert(&document.id, &document.fingerprint) == Some(&document.fingerprint) {
                shared.insert(document.id.as_str());
            } else {
                tried.push(Write::Put(document.clone()));
            }
        }
        let outcomes = store.write(batch(set, tried.clone(), Intent::Try)).await?;
        reports.push(report(set, &outcomes, &shared, options)?);
    }
    if options.dry_run {
        return Ok(reports);
    }
    for (set, planned) in sets.iter().zip(&mut reports) {
        if planned.written() > 0 {
            // It is decided again what to do: others may have written the same documents meanwhile, such as a second
            // server that starts at the same moment.
            let writes = set.documents.iter().cloned().map(Write::Put).collect();
            let outcomes = store.write(batch(set, writes, Intent::Write)).await?;
            *planned = report(set, &outcomes, &HashSet::new(), options)?;
        }
    }
    Ok(reports)
}

/// What became of the documents of a set among all that were written with it; an error where any of them cannot be.
/// `shared`: those that an earlier set has too, and that are as they should be once that is loaded.
fn report(set: &Set, outcomes: &[Outcome], shared: &HashSet<&str>, options: Options) -> Result<LoadReport, SetError> {
    let deleted = outcomes.iter().filter(|outcome| outcome.effect == Effect::LeftDeleted);
    let deleted: HashSet<&str> = deleted.map(|outcome| outcome.id.as_str()).collect();
    let ids: HashSet<&str> = set.documents.iter().map(|document| document.id.as_str()).collect();
    let own = || outcomes.iter().filter(|outcome| ids.contains(outcome.id.as_str()));
    let line = |outcome: &Outcome| {
        let place = set.place(&outcome.id).to_owned();
        let lines = outcome.violations.iter().map(|violation| line(violation, &deleted));
        lines.map(|line| format!("{place}: {line}")).collect::<Vec<_>>()
    };
    let mut lines: Vec<String> = own().flat_map(line).collect();
    if !lines.is_empty() {
        let missing = own().flat_map(|outcome| &outcome.violations);
        let missing = missing.filter_map(|violation| violation.missing.as_ref().map(|missing| missing.id.as_str()));
        let missing: Vec<&str> = missing.filter(|id| !deleted.contains(id)).collect();
        if !missing.is_empty() && set.name != FIRST && Set::read(FIRST)?.has_all(&missing) {
            lines = vec![format!(
                "found references to {} documents of the set `{FIRST}`, which is not loaded; accepted: that set first, as in \
                 `menagerie seed {FIRST} {}`",
                missing.len(),
                set.name
            )];
        }
        return Err(set.misfits(lines));
    }
    let mut report = LoadReport {
        set: set.name.clone(),
        dry_run: options.dry_run,
        ..LoadReport::default()
    };
    for Outcome { id, effect, .. } in own() {
        match effect {
            Effect::Created | Effect::Updated | Effect::PutBack if shared.contains(id.as_str()) => {
                report.unchanged += 1;
            }
            Effect::Created => report.added.push(id.clone()),
            Effect::Updated => report.updated.push(id.clone()),
            Effect::PutBack => report.reset.push(id.clone()),
            Effect::LeftEdited => report.edited.push(id.clone()),
            Effect::LeftDeleted => report.deleted.push(id.clone()),
            Effect::Unchanged | Effect::Deleted => report.unchanged += 1,
        }
    }
    Ok(report)
}

/// What is wrong with a document, for the reader of a set.
fn line(violation: &Violation, deleted: &HashSet<&str>) -> String {
    let Violation { field, message, .. } = violation;
    match (&violation.missing, field.as_deref()) {
        (Some(Missing { path, id, .. }), _) if deleted.contains(id.as_str()) => format!(
            "{path}: found {id}, which somebody has deleted; accepted: the id of a document that exists (--reset brings it back)"
        ),
        (Some(Missing { path, id, .. }), _) => format!(
            "{path}: found {id}, which is neither in this set nor in the database; accepted: the id of a document, so load the set that holds it first"
        ),
        // Within a set it was found when that was read.
        (None, Some("id")) => {
            "_id: found the id of a document of an earlier set, which says something else; accepted: the same \
             document in each set"
                .to_owned()
        }
        (None, Some(field)) => format!("{field}: {message}"),
        (None, None) => message.clone(),
    }
}
