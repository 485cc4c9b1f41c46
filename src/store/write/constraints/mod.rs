//! What must hold when something is written. Each constraint is a pure function of a batch and of what is known of the
//! database; it gives what speaks against which write.

pub(super) mod claims;
pub(super) mod references;
pub(super) mod unique;

use super::batch::{Batch, Intent};
use super::snapshot::{Snapshot, Surroundings};
use super::transition::Transition;
use super::violation::Violations;

/// What a batch comes to.
pub(super) struct Verdict<'a> {
    pub violations: Violations,
    /// The claims outside of the batch that change with it.
    pub mirrored: Vec<Transition<'a>>,
}

/// Holds a batch against the constraints. Claims of it may come to say more than they did.
pub(super) fn judge<'a: 'k, 'k>(
    batch: &Batch,
    transitions: &mut [Transition<'a>],
    snapshot: &'a Snapshot,
    around: &'k Surroundings,
) -> Verdict<'k> {
    let policy = &batch.policy;
    if policy.adds_contradictions() {
        let stored = claims::stored_contradictions(transitions);
        claims::grow(policy, transitions, &stored);
    }
    let mut violations = violations_of(batch, transitions, snapshot, around);
    if !policy.is_constrained() {
        let mirrored = Vec::new();
        return Verdict { violations, mirrored };
    }
    if policy.adds_contradictions() && batch.intent != Intent::Look {
        // Good ones only: a bad row says nothing of others.
        let inner = claims::inner_contradictions(transitions, &violations);
        claims::grow(policy, transitions, &inner);
        violations = violations_of(batch, transitions, snapshot, around);
    }
    loop {
        match claims::mirrored(transitions, &violations, snapshot, around) {
            Ok(mirrored) => return Verdict { violations, mirrored },
            // That write is bad then, and with it those that need it.
            Err((at, found)) => {
                transitions[at].violations = found;
                violations = violations_of(batch, transitions, snapshot, around);
            }
        }
    }
}

/// What speaks against each write. One that is refused takes those with it that need what it brings or gives up.
fn violations_of(
    batch: &Batch,
    transitions: &[Transition<'_>],
    snapshot: &Snapshot,
    around: &Surroundings,
) -> Violations {
    let known: Violations = transitions.iter().map(|write| write.violations.clone()).collect();
    if !batch.policy.is_constrained() {
        return known;
    }
    let mut refused = refused(&known);
    loop {
        let violations = violations_beside(batch, transitions, known.clone(), &refused, (snapshot, around));
        let now = self::refused(&violations);
        if now == refused {
            return violations;
        }
        refused = now;
    }
}

fn refused(violations: &Violations) -> Vec<bool> {
    violations.iter().map(|found| !found.is_empty()).collect()
}

/// The same, where these writes are known to be refused.
fn violations_beside(
    batch: &Batch,
    transitions: &[Transition<'_>],
    mut violations: Violations,
    refused: &[bool],
    (snapshot, around): (&Snapshot, &Surroundings),
) -> Violations {
    let unclaimed = claims::unclaimed(&batch.policy, transitions);
    if batch.policy.asks_for_claims_first() && !unclaimed.is_empty() {
        unclaimed.into_iter().for_each(|(at, found)| violations[at].push(found));
        return violations;
    }
    let found = unique::violations(batch, transitions, around, refused).into_iter();
    let found = found.chain(claims::about_themselves(transitions)).chain(unclaimed);
    let found = found.chain(references::to_deleted(transitions, around));
    found.for_each(|(at, found)| violations[at].push(found));
    // The last, for what is refused takes those with it that need it.
    for (at, found) in references::to_nowhere(batch, transitions, &violations, snapshot, around) {
        violations[at].push(found);
    }
    violations
}
