//! Ids, and values that must be one document's own, such as slugs.
//!
//! A value that its document gives up in the same batch is free for another one, also in a circle. What is read tells who
//! has a value; the lock on it, which it shares with others, keeps two transactions from taking it at the same time.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};

use crate::domain::hash::digest;
use crate::domain::id::Kind;
use crate::store::collections::unique_fields;
use crate::store::path::texts_at;
use crate::store::write::batch::{Batch, Intent};
use crate::store::write::snapshot::Surroundings;
use crate::store::write::transition::Transition;
use crate::store::write::violation::{Violation, Violations};

/// A violation where another document has the id or a value: one of the database, or an earlier one of the batch.
/// `refused`: the writes that are not made, so that they give nothing up.
pub(super) fn violations(
    batch: &Batch,
    transitions: &[Transition<'_>],
    around: &Surroundings,
    refused: &[bool],
) -> Vec<(usize, Violation)> {
    let is_among = batch.intent != Intent::Look;
    let (mut ids, mut values) = (HashSet::new(), HashMap::<(Kind, &str, String), &str>::new());
    let given_up = if is_among {
        given_up(transitions, refused)
    } else {
        HashSet::new()
    };
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
            if transition.brings(field, &value) {
                let holders = around.holders(transition.kind, field, &value).iter();
                let others =
                    holders.filter(|by| *by != id && !given_up.contains(&(by.as_str(), field, value.as_str())));
                found.extend(others.map(|by| (at, Violation::held(field, &value, by))));
            }
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

/// The values that documents lose in this batch: whose, of which field, and which.
fn given_up<'a>(transitions: &'a [Transition<'_>], refused: &[bool]) -> HashSet<(&'a str, &'static str, &'a str)> {
    let mut given_up = HashSet::new();
    for (transition, refused) in transitions.iter().zip(refused) {
        let Some(before) = transition.before.filter(|_| !refused && transition.effect.is_written()) else {
            continue;
        };
        for field in unique_fields(transition.kind) {
            let after = transition
                .written_document()
                .map(|after| texts_at(&after.document, field));
            let kept = after.unwrap_or_default();
            let lost = texts_at(before, field)
                .into_iter()
                .filter(|value| !kept.contains(value));
            given_up.extend(lost.map(|value| (transition.id.as_str(), field, value)));
        }
    }
    given_up
}

/// How many locks the values of a field share. A lock is a document that stays, so there is none for each value. Two edits
/// that bring different values seldom meet, and then one begins anew; the thousand rows of an import take nearly all locks,
/// and whoever brings a value meanwhile begins anew until they are written.
const LOCKS: u8 = 64;

/// The locks on the values that good writes come to have.
pub(in crate::store::write) fn locks(transitions: &[Transition<'_>], violations: &Violations) -> BTreeSet<String> {
    let mut locks = BTreeSet::new();
    for (transition, _) in transitions.iter().zip(violations).filter(|(_, found)| found.is_empty()) {
        let Some(after) = transition.written_document() else {
            continue;
        };
        let brought = after.unique_values().into_iter();
        let brought = brought.filter(|(field, value)| transition.brings(field, value));
        locks.extend(brought.map(|(field, value)| {
            let shared = digest(value)[0] % LOCKS;
            format!("{}.{field}/{shared}", transition.kind.collection())
        }));
    }
    locks
}
