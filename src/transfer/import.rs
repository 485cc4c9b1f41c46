//! Imports: files are read twice. The first pass writes nothing and finds every bad row; the second writes the good ones,
//! piece by piece, each in one transaction with its entries in the history.
//!
//! A row that says what is stored already changes nothing. So an import that was cut off is simply run again, and goes
//! on where it stopped.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::io;
use std::sync::Arc;

use super::change::RowChange;
use super::fault::{BadRow, RowFault};
use super::pieces::{Broken, Piece, ROWS, Row, read};
use super::plan::{ImportPlan, RowPosition};
use super::{Input, PassedOver, Progress};
use crate::domain::id::Kind;
use crate::store::write::{Batch, Door, Effect, FieldChange, ImportRow, Intent, Outcome, Policy, Write};
use crate::store::{Store, StoreError};

/// How to import.
#[derive(Clone, Debug)]
pub struct Options {
    /// The name that stands in the history.
    pub by: String,
    /// Leave bad rows out; otherwise one bad row keeps all from being written.
    pub keep_good: bool,
    /// Find out, and write nothing.
    pub dry_run: bool,
    /// Figures may change without a claim.
    pub without_claims: bool,
    /// A row is the whole document: what it leaves out is cleared.
    pub replace: bool,
}

/// What is told while an import is under way.
#[derive(Debug)]
pub enum ImportEvent {
    /// A row is bad: every one of them has at least one of these.
    Bad(BadRow),
    /// What becomes of a document, where nothing is written.
    Change(RowChange),
    /// What was passed over in a file.
    PassedOver {
        /// Which.
        file: String,
        /// What.
        passed_over: PassedOver,
    },
    /// A cell that tells a list in words, from which it cannot be read back, so the list stays as it is.
    InWords {
        /// Of which file.
        file: String,
        /// The cell.
        cell: RowFault,
    },
    /// How far it has come.
    Progress(Progress),
}

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
    fn add(&mut self, outcome: &Outcome) {
        match outcome.effect {
            Effect::Created => self.created += 1,
            Effect::Updated => self.updated += 1,
            Effect::Unchanged => self.unchanged += 1,
            Effect::Deleted | Effect::PutBack | Effect::LeftEdited | Effect::LeftDeleted => {}
        }
        self.add_cleared(&outcome.changes);
    }

    fn add_cleared(&mut self, changes: &[FieldChange]) {
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

/// Why an import did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// There are bad rows, and nothing was written.
    #[error(
        "nothing is imported: {bad} of {rows} rows are bad; accepted: good rows only, or --keep-good to leave bad ones out"
    )]
    Bad {
        /// How many.
        bad: u64,
        /// Of how many.
        rows: u32,
    },
    /// What some rows rest on was changed by others between the passes.
    #[error("others changed what these rows rest on meanwhile; {}", again(.0))]
    Overtaken(ImportReport),
    /// A file is not any more what it was.
    #[error("{file} was changed while it was read; {}", again(.done))]
    Changed {
        /// Which.
        file: String,
        /// What was written before.
        done: ImportReport,
    },
    /// A file cannot be read.
    #[error("{file} cannot be read: {error}; {}", again(.done))]
    Unreadable {
        /// Which.
        file: String,
        /// Why.
        error: io::Error,
        /// What was written before.
        done: ImportReport,
    },
    /// The database failed.
    #[error("{error}; {}", again(.done))]
    Store {
        /// Why.
        error: StoreError,
        /// What was written before.
        done: ImportReport,
    },
}

fn again(done: &ImportReport) -> String {
    match done.created + done.updated {
        0 => "nothing was written".to_owned(),
        written => format!(
            "{written} rows were written before: run the same command again, which leaves them as they are and goes on"
        ),
    }
}

/// Imports these files.
///
/// # Errors
/// [`ImportError::Bad`] where rows are bad and are not to be left out.
pub async fn import(
    store: &Store,
    mut inputs: Vec<Input>,
    options: &Options,
    tell: &mut (dyn FnMut(ImportEvent) + Send),
) -> Result<ImportReport, ImportError> {
    // What is referred to first, so that few rows have to wait.
    inputs.sort_by_key(|input| Kind::REFERRED_FIRST.iter().position(|kind| *kind == input.kind));
    let mut import = Import {
        total: inputs.iter().map(|input| input.size).sum(),
        inputs: Arc::new(inputs),
        store,
        options,
        tell,
        done: ImportReport::default(),
    };
    let mut plan = import.look().await?;
    let (bad, rows) = (plan.bad(), plan.rows);
    if bad > 0 && !options.keep_good {
        return Err(ImportError::Bad { bad, rows });
    }
    if options.dry_run {
        return Ok(ImportReport {
            created: plan.count(Effect::Created),
            updated: plan.count(Effect::Updated),
            unchanged: plan.count(Effect::Unchanged),
            bad,
            cleared: import.done.cleared,
            dry_run: true,
        });
    }
    plan.forget();
    import.write(&plan).await
}

struct Import<'a> {
    store: &'a Store,
    inputs: Arc<Vec<Input>>,
    options: &'a Options,
    tell: &'a mut (dyn FnMut(ImportEvent) + Send),
    total: u64,
    done: ImportReport,
}

impl Import<'_> {
    /// The first pass.
    async fn look(&mut self) -> Result<ImportPlan, ImportError> {
        let mut plan = ImportPlan::default();
        let mut pieces = read(&self.inputs);
        while let Some(piece) = pieces.recv().await {
            let piece = piece.map_err(|broken| self.unreadable(broken))?;
            plan.digests.push(piece.digest);
            let (bytes, last) = (piece.bytes, piece.rows.last().map(|row| row.number + 1));
            plan.rows = last.unwrap_or(plan.rows);
            let asked: Vec<ImportRow> = piece.rows.iter().filter_map(|row| row.said.clone()).collect();
            let mut outcomes = self.hand_over(asked, Intent::Look).await?.into_iter();
            for row in &piece.rows {
                let (faults, outcome) = match &row.said {
                    None => {
                        plan.refuse(row);
                        (row.faults.clone(), None)
                    }
                    Some(said) => {
                        let outcome = outcomes.next();
                        let heard = outcome
                            .as_ref()
                            .map(|outcome| plan.hear(row, said, outcome, |file| self.name(file)));
                        (heard.unwrap_or_default(), outcome)
                    }
                };
                if let (true, Some(outcome)) = (faults.is_empty(), outcome) {
                    self.tell_changes(row, outcome);
                }
                self.bad(RowPosition::of(row), faults);
            }
            if let Some((file, passed_over)) = piece.passed_over {
                let file = self.name(file);
                (self.tell)(ImportEvent::PassedOver { file, passed_over });
            }
            self.progress("checking", bytes, plan.rows);
        }
        for (place, fault) in plan.close(self.options.keep_good) {
            self.bad(place, vec![fault]);
        }
        Ok(plan)
    }

    /// The second pass.
    async fn write(&mut self, plan: &ImportPlan) -> Result<ImportReport, ImportError> {
        self.done.bad = plan.bad();
        let mut pieces = read(&self.inputs);
        let mut digests = plan.digests.iter();
        // Rows that wait for a later one, by its number.
        let mut waiting: HashMap<u32, Vec<Row>> = HashMap::new();
        let mut ready = Vec::new();
        let mut rows = 0;
        while let Some(piece) = pieces.recv().await {
            let Piece {
                rows: read,
                bytes,
                digest,
                ..
            } = piece.map_err(|broken| self.unreadable(broken))?;
            if digests.next() != Some(&digest) {
                let file = read.first().map_or(0, |row| row.file);
                return Err(ImportError::Changed {
                    file: self.name(file),
                    done: self.done.clone(),
                });
            }
            for row in read {
                let number = row.number;
                rows = number + 1;
                if plan.is_bad(number) || row.said.is_none() {
                    continue;
                }
                match plan.waits_for(number) {
                    last if last > number => waiting.entry(last).or_default().push(row),
                    _ => ready.push(row),
                }
                ready.extend(waiting.remove(&number).into_iter().flatten());
            }
            if ready.len() >= ROWS {
                self.put(std::mem::take(&mut ready)).await?;
            }
            self.progress("writing", bytes, rows);
        }
        self.put(ready).await?;
        Ok(self.done.clone())
    }

    /// Writes rows in one transaction.
    async fn put(&mut self, mut rows: Vec<Row>) -> Result<(), ImportError> {
        let said = rows.iter_mut().filter_map(|row| row.said.take()).collect();
        let outcomes = self.hand_over(said, Intent::Write).await?;
        let refused = outcomes.iter().any(|outcome| !outcome.violations.is_empty());
        for (row, outcome) in rows.iter().zip(&outcomes) {
            if outcome.violations.is_empty() {
                if !refused || self.options.keep_good {
                    self.done.add(outcome);
                }
            } else {
                self.done.bad += 1;
                let faults = outcome.violations.iter().map(|violation| row.fault(violation));
                self.bad(RowPosition::of(row), faults.collect());
            }
        }
        if refused && !self.options.keep_good {
            return Err(ImportError::Overtaken(self.done.clone()));
        }
        Ok(())
    }

    async fn hand_over(&self, rows: Vec<ImportRow>, intent: Intent) -> Result<Vec<Outcome>, ImportError> {
        let batch = Batch {
            writes: rows.into_iter().map(|row| Write::Row(Box::new(row))).collect(),
            policy: Policy::Import {
                replace: self.options.replace,
                without_claims: self.options.without_claims,
                door: Door::Command,
                keep_good: self.options.keep_good,
            },
            by: self.options.by.clone(),
            intent,
        };
        let written = self.store.write(batch).await;
        written.map_err(|error| ImportError::Store {
            error,
            done: self.done.clone(),
        })
    }

    /// Tells what becomes of a document, where nothing is written.
    fn tell_changes(&mut self, row: &Row, outcome: Outcome) {
        if outcome.effect != Effect::Created && !row.in_words.is_empty() {
            let (file, cell) = (self.name(row.file), row.in_words[0].clone());
            (self.tell)(ImportEvent::InWords { file, cell });
        }
        if self.options.dry_run {
            self.done.add_cleared(&outcome.changes);
            let file = self.name(row.file);
            (self.tell)(ImportEvent::Change(RowChange {
                file,
                line: row.line,
                id: outcome.id,
                effect: outcome.effect,
                changes: outcome.changes,
            }));
        }
    }

    fn unreadable(&self, (file, error): Broken) -> ImportError {
        ImportError::Unreadable {
            file,
            error,
            done: self.done.clone(),
        }
    }

    fn name(&self, file: u16) -> String {
        self.inputs
            .get(usize::from(file))
            .map(|input| input.name.clone())
            .unwrap_or_default()
    }

    fn bad(&mut self, place: RowPosition, faults: Vec<RowFault>) {
        let file = self.name(place.file);
        for fault in faults {
            let file = file.clone();
            (self.tell)(ImportEvent::Bad(BadRow {
                file,
                line: place.line,
                fault,
            }));
        }
    }

    fn progress(&mut self, doing: &'static str, done: u64, rows: u32) {
        let (total, rows) = (self.total, u64::from(rows));
        (self.tell)(ImportEvent::Progress(Progress {
            doing,
            done,
            total,
            rows,
        }));
    }
}
