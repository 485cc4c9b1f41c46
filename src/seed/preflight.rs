//! Whether a set fits what is there already: the sets before it and the database.
//!
//! What is wrong is told as lines for the reader, like what is wrong within the set (`set.rs`).

use std::collections::{HashMap, HashSet};

use super::error::LoadError;
use super::set::Set;
use crate::domain::id::Kind;
use crate::store::Store;
use crate::store::references::references;
use crate::store::write::{Change, Prepared, Taken};

/// What the sets before the one at hand bring along, although it may not be written yet.
#[derive(Default)]
pub(super) struct Earlier {
    /// The ids of their documents.
    pub ids: HashSet<String>,
    /// The values that must be one document's own, with that document.
    values: HashMap<(Kind, &'static str, String), String>,
}

/// Whether every reference leads to a document of this set, of an earlier one, or of the database.
pub(super) async fn references_lead_somewhere(store: &Store, set: &Set, earlier: &Earlier) -> Result<(), LoadError> {
    let twice = set
        .documents
        .iter()
        .filter(|document| earlier.ids.contains(&document.id));
    refuse(
        set,
        twice.map(|document| {
            format!(
                "{}: _id: found the id of a document of an earlier set; accepted: each id in one set",
                set.place(&document.id)
            )
        }),
    )?;
    let outward = set.outward(&earlier.ids);
    let existing = store.existing(outward.iter().map(|(id, _)| id)).await?;
    let dangling = outward.into_iter().filter(|(id, _)| !existing.contains(id));
    refuse(set, dangling.map(|(_, line)| line))
}

/// Whether no document that is to be written refers to one that somebody has deleted and that is left so.
pub(super) fn nothing_deleted_is_needed(set: &Set, changes: &[Change], deleted: &[String]) -> Result<(), LoadError> {
    let mut lines = Vec::new();
    for document in changes.iter().map(Change::document) {
        for reference in references().iter().filter(|reference| reference.from == document.kind) {
            let ids = document.ids_at(reference.path);
            lines.extend(ids.iter().filter(|id| deleted.contains(id)).map(|id| {
                format!(
                    "{}: {}: found {id}, which somebody has deleted; accepted: the id of a document that exists (--reset brings it back)",
                    set.place(&document.id),
                    reference.path
                )
            }));
        }
    }
    refuse(set, lines.into_iter())
}

/// Whether nobody has the values of which each document must have its own; those of this set go to `earlier`.
pub(super) async fn values_are_free(
    store: &Store,
    set: &Set,
    changes: &[Change],
    earlier: &mut Earlier,
) -> Result<(), LoadError> {
    let mut taken = Vec::new();
    for kind in Kind::ALL {
        let documents: Vec<&Prepared> = changes
            .iter()
            .map(Change::document)
            .filter(|document| document.kind == kind)
            .collect();
        taken.extend(store.taken(kind, &documents).await?);
        for document in documents {
            for (field, value) in document.unique_values() {
                let holder = earlier.values.entry((kind, field, value.clone()));
                let by = holder.or_insert_with(|| document.id.clone()).clone();
                if by != document.id {
                    let id = document.id.clone();
                    taken.push(Taken { id, field, value, by });
                }
            }
        }
    }
    refuse(
        set,
        taken.iter().map(|Taken { id, field, value, by }| {
            format!(
                "{}: {field}: found {value:?}, which {by} has; accepted: a value that no other document has",
                set.place(id)
            )
        }),
    )
}

fn refuse(set: &Set, lines: impl Iterator<Item = String>) -> Result<(), LoadError> {
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        Ok(())
    } else {
        Err(set.misfits(lines).into())
    }
}
