//! Ids, and values that must be one document's own.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use crate::domain::id::Kind;
use crate::store::write::batch::{Batch, Intent};
use crate::store::write::snapshot::Surroundings;
use crate::store::write::transition::Transition;
use crate::store::write::violation::Violation;

/// A violation where another document has the id or a value: one of the database, or an earlier one of the batch.
pub(super) fn violations(
    batch: &Batch,
    transitions: &[Transition<'_>],
    around: &Surroundings,
) -> Vec<(usize, Violation)> {
    let (mut ids, mut values) = (HashSet::new(), HashMap::<(Kind, &str, String), &str>::new());
    let is_among = batch.intent != Intent::Look;
    let mut found = Vec::new();
    for (at, transition) in transitions.iter().enumerate() {
        let id = transition.id.as_str();
        if is_among && !id.is_empty() && !ids.insert(id) {
            found.push((at, Violation::twice("id", id, id)));
        }
        let Some(document) = transition.written_document() else {
            continue;
        };
        for (field, value) in document.unique_values() {
            let holders = around.holders(transition.kind, field, &value).iter();
            let others = holders.filter(|by| *by != id);
            found.extend(others.map(|by| (at, Violation::taken(field, &value, by))));
            match values.entry((transition.kind, field, value)) {
                Entry::Vacant(place) => {
                    place.insert(id);
                }
                Entry::Occupied(first) if is_among && *first.get() != id => {
                    let (by, value) = (*first.get(), &first.key().2);
                    // A set tells of its own documents as of others.
                    let twice = match batch.policy.set() {
                        Some(_) => Violation::taken(field, value, by),
                        None => Violation::twice(field, value, by),
                    };
                    found.push((at, twice));
                }
                Entry::Occupied(_) => {}
            }
        }
    }
    found
}
