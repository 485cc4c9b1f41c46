//! References lead to documents that exist: those that are written must, and what others refer to is not deleted.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::store::path::place_of;
use crate::store::write::batch::{Batch, Intent};
use crate::store::write::snapshot::{Snapshot, Surroundings};
use crate::store::write::transition::Transition;
use crate::store::write::violation::{Violation, Violations};

/// How many documents are listed that refer to one.
pub(in crate::store::write) const LISTED: usize = 20;

/// A reference that a write brings along.
struct Wanted<'a> {
    from: usize,
    path: &'static str,
    id: &'a str,
}

/// A violation for each reference that leads nowhere. Writes may refer to each other, also in a circle: then one that is
/// refused takes those with it that need it.
pub(super) fn to_nowhere(
    batch: &Batch,
    transitions: &[Transition<'_>],
    violations: &Violations,
    snapshot: &Snapshot,
    around: &Surroundings,
) -> Vec<(usize, Violation)> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    if batch.intent != Intent::Look {
        // Backwards, so that of two with one id the first counts.
        let written = transitions.iter().enumerate().rev();
        let written = written.filter(|(_, write)| write.written_document().is_some());
        places.extend(written.map(|(at, write)| (write.id.as_str(), at)));
    }
    let refused = violations.iter().enumerate().filter(|(_, found)| !found.is_empty());
    let mut fallen: HashSet<usize> = refused.map(|(at, _)| at).collect();
    let gone = transitions.iter().filter(|write| write.is_deletion());
    let gone: HashSet<&str> = gone.map(|write| write.id.as_str()).collect();
    let exists = |id: &str| around.exists(id, snapshot) && !gone.contains(id);
    let mut found = Vec::new();
    let mut standing: Vec<Wanted<'_>> = wanted(transitions).filter(|wanted| !exists(wanted.id)).collect();
    // Until nothing falls any more.
    loop {
        let stands = |wanted: &Wanted<'_>| places.get(wanted.id).is_some_and(|place| !fallen.contains(place));
        let (others, falling): (Vec<_>, Vec<_>) = standing.into_iter().partition(stands);
        if falling.is_empty() {
            return found;
        }
        standing = others;
        for Wanted { from, path, id } in falling {
            fallen.insert(from);
            let document = transitions[from].written_document();
            let place = document.and_then(|document| place_of(&document.document, path, id));
            let place = place.unwrap_or_else(|| path.to_owned());
            found.push((from, Violation::dangling(&place, path, id.to_owned())));
        }
    }
}

/// Violations for each document that is to be deleted and that others refer to.
pub(super) fn to_deleted(transitions: &[Transition<'_>], around: &Surroundings) -> Vec<(usize, Violation)> {
    let mut found = Vec::new();
    for (at, gone) in transitions.iter().enumerate().filter(|(_, write)| write.is_deletion()) {
        let referrers = around.referrers.get(&gone.id).map_or(&[][..], Vec::as_slice);
        let listed = referrers.iter().take(LISTED);
        found.extend(listed.map(|(by, place)| (at, Violation::referenced(&gone.id, by, place))));
        if referrers.len() > LISTED {
            found.push((at, Violation::referenced_by_more(&gone.id, LISTED)));
        }
    }
    found
}

/// The documents of the database that must stay as they are meanwhile: those that good writes come to refer to, and those
/// that are deleted.
pub(in crate::store::write) fn held(
    transitions: &[Transition<'_>],
    violations: &Violations,
    snapshot: &Snapshot,
    around: &Surroundings,
) -> BTreeSet<String> {
    let good = |at: usize| violations[at].is_empty();
    let wanted = wanted(transitions).filter(|wanted| good(wanted.from) && around.exists(wanted.id, snapshot));
    let gone = transitions.iter().enumerate();
    let gone = gone.filter(|(at, write)| good(*at) && write.is_deletion());
    let gone = gone.map(|(_, write)| write.id.clone());
    wanted.map(|wanted| wanted.id.to_owned()).chain(gone).collect()
}

fn wanted<'a>(transitions: &'a [Transition<'_>]) -> impl Iterator<Item = Wanted<'a>> {
    let of = |(from, write): (usize, &'a Transition<'_>)| {
        let wanted = write.wanted().into_iter();
        wanted.map(move |(path, id)| Wanted { from, path, id })
    };
    transitions.iter().enumerate().flat_map(of)
}
