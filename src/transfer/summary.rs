//! What an import did, in numbers.

use std::collections::BTreeMap;
use std::fmt;

use crate::store::write::{Effect, FieldChange, Outcome};

/// What an import did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// New documents.
    pub created: u64,
    /// Documents that say something else now.
    pub updated: u64,
    /// Rows that say what is stored already.
    pub unchanged: u64,
    /// Bad rows that were left out.
    pub bad: u64,
    /// From how many documents which values were taken.
    pub cleared: BTreeMap<String, u64>,
    /// Nothing was written on purpose.
    pub dry_run: bool,
}

impl ImportReport {
    /// Counts what came of a row.
    pub(super) fn add(&mut self, outcome: &Outcome) {
        match outcome.effect {
            Effect::Created => self.created += 1,
            Effect::Updated => self.updated += 1,
            Effect::Unchanged => self.unchanged += 1,
            Effect::Deleted | Effect::PutBack | Effect::LeftEdited | Effect::LeftDeleted => {}
        }
        self.add_cleared(&outcome.changes);
    }

    /// Counts the values that are cleared.
    pub(super) fn add_cleared(&mut self, changes: &[FieldChange]) {
        for change in changes.iter().filter(|change| change.clears()) {
            *self.cleared.entry(change.field.clone()).or_default() += 1;
        }
    }
}

impl fmt::Display for ImportReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            created,
            updated,
            unchanged,
            bad,
            cleared,
            ..
        } = self;
        let would = if self.dry_run {
            " (nothing is written by a dry run)"
        } else {
            ""
        };
        write!(
            f,
            "{created} created, {updated} updated, {unchanged} unchanged, {bad} bad{would}"
        )?;
        if !cleared.is_empty() {
            let fields: Vec<String> = cleared
                .iter()
                .map(|(field, count)| format!("{field} {count}"))
                .collect();
            let verb = if self.dry_run { "would be cleared" } else { "cleared" };
            write!(f, "\n{verb}, in how many documents: {}", fields.join(", "))?;
        }
        Ok(())
    }
}
