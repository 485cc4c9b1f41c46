//! Writing: whatever changes documents is a [`Batch`] of writes with a [`Policy`], made in one transaction.
//!
//! Create, update, delete, revert, import, seed, generate and restore all come through [`Store::write`]. What is read for
//! a batch stands in `snapshot`, `reading` and `lookup`, what a write makes of a document in `edits`, `rows` and `patch`,
//! what must hold in
//! `constraints`, what is recorded of it in `history` and `idempotency`. `apply` makes the writes, by the `commands`.
//! Who may write is decided above the store.

mod apply;
mod batch;
mod called;
pub(super) mod commands;
mod constraints;
pub(super) mod document;
mod duplicate;
mod edits;
pub(super) mod history;
mod idempotency;
mod lookup;
mod outcome;
mod patch;
mod policy;
mod reading;
mod rows;
mod snapshot;
mod transition;
mod violation;

use std::collections::HashSet;
use std::iter::zip;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use mongodb::ClientSession;
use mongodb::error::{Error, TRANSIENT_TRANSACTION_ERROR, UNKNOWN_TRANSACTION_COMMIT_RESULT};
use mongodb::options::ReadConcern;
use tokio::time::sleep;

pub use super::import_row::ImportRow;
pub use batch::{Batch, Intent, Write};
pub use document::Prepared;
pub use history::{FieldChange, HistoryRecord};
pub use idempotency::IdempotencyKey;
pub use outcome::{Effect, Outcome};
pub use policy::{Door, Policy};
pub use violation::{Missing, Violation, ViolationCode};

use super::cancel_safe::by_itself;
use super::columns::Announced;
use super::error::{CONFLICTING_OPERATION, UNAUTHORIZED, WRITE_CONFLICT, code_of};
use super::{Result, Store, StoreError};
use crate::domain::id::Kind;
use commands::Asked;
use constraints::{Verdict, judge, references, unique};
use duplicate::refused_by_index;
use edits::transitions;
use transition::Transition;

/// How often a batch begins anew that met another write at an index, which the driver does not repeat by itself.
const ATTEMPTS: u32 = 5;
/// The same for other conflicts. The driver repeats those that a database marks as transient; DocumentDB marks none. The pauses
/// are two and a half seconds in all.
const ATTEMPTS_UNMARKED: u32 = 9;
/// Half of the first pause before that; each is twice as long as the one before.
const PAUSE: Duration = Duration::from_millis(5);

/// A batch that was made.
#[derive(Default)]
struct Made {
    outcomes: Vec<Outcome>,
    /// The documents that changed with it.
    changed: Vec<(Kind, String)>,
    /// What the columns must have heard of before it is acknowledged.
    announced: Option<Announced>,
}

/// An edit that has not come to its end in time; whether it was being committed.
struct Overdue(bool);

/// The error of a write, which says whether it may have been made.
fn of_write(error: Error) -> StoreError {
    match error.get_custom() {
        Some(Overdue(false)) => {
            StoreError::Unavailable(Box::new(Error::custom("nothing was written in time".to_owned())))
        }
        Some(Overdue(true)) => StoreError::Unconfirmed(Box::new(Error::custom(
            "the commit was not answered in time".to_owned(),
        ))),
        None if error.contains_label(UNKNOWN_TRANSACTION_COMMIT_RESULT) => StoreError::Unconfirmed(Box::new(error)),
        None => error.into(),
    }
}

/// How often a batch is tried that ends with this conflict.
fn attempts(conflict: &Error) -> u32 {
    match code_of(conflict) {
        Some(WRITE_CONFLICT | CONFLICTING_OPERATION) => ATTEMPTS_UNMARKED,
        _ => ATTEMPTS,
    }
}

/// Leaves a transaction in which nothing is written, as an error of the driver. Tells what would have come of the batch.
struct Unwritten(Vec<Outcome>);

impl Store {
    /// Makes a batch: all of it, or nothing, or what is not refused, as its policy says. Gives what came of each write, in
    /// their order; where nothing was written, what would have come of it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where others kept coming first; what is wrong with the writes themselves is no error.
    pub async fn write(&self, batch: Batch) -> Result<Vec<Outcome>> {
        if batch.writes.is_empty() {
            return Ok(Vec::new());
        }
        let store = self.clone();
        // By itself, so that it comes to its end, and what is cached is told of it, also when its client has left.
        let written = async move {
            let Some(_permits) = store.in_time(store.edit_permits()).await else {
                return Err(of_write(Error::custom(Overdue(false))));
            };
            let (mut attempt, mut unchecked) = (1, batch.policy.is_unchecked());
            let mut taken = Vec::new();
            loop {
                let error = match store.attempt(&batch, &taken, unchecked).await {
                    Ok(outcomes) => return Ok(outcomes),
                    Err(error) => error,
                };
                match &error {
                    StoreError::Conflict(cause) if attempt < attempts(cause) => {
                        // Whoever came first is given the time to end.
                        sleep(PAUSE * 2_u32.pow(attempt)).await;
                        attempt += 1;
                    }
                    StoreError::Refused(cause) if unchecked && code_of(cause) == Some(UNAUTHORIZED) => {
                        unchecked = false;
                    }
                    _ => match refused_by_index(&batch, &error) {
                        Some((at, found)) if taken.iter().all(|(known, _)| *known != at) => taken.push((at, found)),
                        _ => return Err(error),
                    },
                }
            }
        };
        by_itself(written).await
    }

    /// `taken`: what unique indexes have said of some writes.
    async fn attempt(&self, batch: &Batch, taken: &[(usize, Violation)], unchecked: bool) -> Result<Vec<Outcome>> {
        let mut session = self.client.start_session().await?;
        let made = if batch.is_transaction() {
            let commits = AtomicBool::new(false);
            let transaction = session.start_transaction().read_concern(ReadConcern::snapshot());
            let transaction = transaction.max_commit_time(self.time_left());
            let within = transaction.and_run(
                (self, batch, taken, &commits),
                |session, (store, batch, taken, commits)| {
                    async move {
                        commits.store(false, Ordering::Relaxed);
                        let made = store.within(session, batch, taken, unchecked).await;
                        commits.store(made.is_ok(), Ordering::Relaxed);
                        made
                    }
                    .boxed()
                },
            );
            // The driver asks for two minutes whether a commit has reached a majority.
            match self.in_time(within).await {
                Some(made) => made,
                None => Err(Error::custom(Overdue(commits.into_inner()))),
            }
        } else {
            self.within(&mut session, batch, taken, unchecked).await
        };
        match made {
            Ok(Made {
                outcomes,
                changed,
                announced,
            }) => {
                // Before the versions are raised: no response of older columns may be cached under them.
                if let Some(announced) = announced {
                    announced.heard().await;
                }
                // Before it is acknowledged.
                changed.iter().for_each(|(kind, id)| self.versions.changed(*kind, id));
                Ok(outcomes)
            }
            Err(error) => {
                if let Some(Unwritten(outcomes)) = error.get_custom() {
                    return Ok(outcomes.clone());
                }
                // Where it is not known whether it was done, as it is where it was aborted, everything may have changed.
                if batch.intent == Intent::Write && !error.contains_label(TRANSIENT_TRANSACTION_ERROR) {
                    self.everything_changed();
                }
                Err(of_write(error))
            }
        }
    }

    /// The whole batch within its transaction.
    async fn within(
        &self,
        session: &mut ClientSession,
        batch: &Batch,
        taken: &[(usize, Violation)],
        unchecked: bool,
    ) -> Asked<Made> {
        if let Policy::Restore = batch.policy {
            self.put_back_all(session, &batch.writes, unchecked).await?;
            self.everything_changed();
            return Ok(Made::default());
        }
        if let Some(key) = batch.policy.key()
            && let Some(outcome) = self.first_outcome(session, key).await?
        {
            return Err(Error::custom(Unwritten(vec![outcome])));
        }
        let snapshot = self.snapshot(session, batch).await?;
        let mut transitions = transitions(batch, &snapshot).await;
        for (at, found) in taken {
            transitions[*at].violations.push(found.clone());
        }
        if !taken.is_empty() && !batch.policy.keeps_good() {
            // Nothing is written, so what others need of these is not told.
            let violations: Vec<_> = transitions.iter().map(|write| write.violations.clone()).collect();
            return Err(Error::custom(Unwritten(outcomes(batch, &transitions, &violations))));
        }
        let around = match batch.policy.is_constrained() {
            true => self.surroundings(session, &transitions, &snapshot).await?,
            false => snapshot::Surroundings::default(),
        };
        let Verdict { violations, mirrored } = judge(batch, &mut transitions, &snapshot, &around);
        let mut outcomes = outcomes(batch, &transitions, &violations);
        let may_be_written = batch.policy.keeps_good() || violations.iter().all(Vec::is_empty);
        if batch.intent != Intent::Write || !may_be_written {
            return Err(Error::custom(Unwritten(outcomes)));
        }
        if batch.policy.is_constrained() {
            let mut held = references::held(&transitions, &violations, &snapshot, &around);
            held.extend(unique::locks(&transitions, &violations));
            self.lock(session, &held).await?;
        }
        let good =
            zip(&transitions, &violations).filter(|(write, found)| found.is_empty() && write.effect.is_written());
        let written: Vec<&Transition<'_>> = good.map(|(write, _)| write).chain(&mirrored).collect();
        let first = self.apply(session, batch, &written, &snapshot, unchecked).await?;
        if let (Some(key), Some(one)) = (batch.policy.key(), transitions.first()) {
            self.remember(session, key, (&one.id, one.version(&snapshot))).await?;
        }
        for outcome in outcomes.iter_mut().filter(|outcome| first.contains(&outcome.id)) {
            outcome.effect = Effect::Unchanged;
        }
        let changed = written.iter().map(|write| (write.kind, write.id.clone())).collect();
        let announced = self.announce(&written, &snapshot, &first);
        Ok(Made {
            outcomes,
            changed,
            announced,
        })
    }
}

impl Store {
    /// Announces to the columns what a transaction writes, without what others have entered first.
    fn announce(
        &self,
        written: &[&Transition<'_>],
        snapshot: &snapshot::Snapshot,
        first: &HashSet<String>,
    ) -> Option<Announced> {
        let written = written.iter().filter(|write| !first.contains(&write.id));
        self.columns.announce(written.map(|write| {
            let version = write.version(snapshot);
            (write.kind, write.id.clone(), (!write.is_deletion()).then_some(version))
        }))
    }
}

fn outcomes(batch: &Batch, transitions: &[Transition<'_>], violations: &[Vec<Violation>]) -> Vec<Outcome> {
    let outcome = |(write, found): (&Transition<'_>, &Vec<Violation>)| Outcome {
        id: write.id.clone(),
        effect: write.effect,
        changes: match batch.policy.tells_changes() && found.iter().all(Violation::needs_another) {
            true => write.changes(),
            false => Vec::new(),
        },
        violations: found.clone(),
    };
    zip(transitions, violations).map(outcome).collect()
}
