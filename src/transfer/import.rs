//! Imports: files are read twice. The first pass writes nothing and finds every bad row; the second writes the good ones,
//! some at a time, each time in one transaction with their entries in the history.
//!
//! A row that says what is stored already changes nothing. So an import that was cut off is simply run again, and goes
//! on where it stopped.

use std::collections::HashMap;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Instant;

use futures_util::{StreamExt, stream};

use super::asker::{Asker, Stopped};
use super::change::RowChange;
use super::fault::{BadRow, RowFault};
use super::pace::Pace;
use super::pieces::{Piece, Row, read};
use super::plan::{ImportPlan, RowPosition};
pub use super::summary::ImportReport;
use super::{Input, PassedOver, Progress};
use crate::domain::id::Kind;
use crate::store::write::{Door, Effect, Intent, Outcome, Policy, Write};
use crate::store::{Store, StoreError};

/// How many pieces are held against the database at the same time in the first pass, which writes nothing.
const LOOKS: usize = 2;

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
        pace: Pace::default(),
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
    import.write(plan).await
}

struct Import<'a> {
    store: &'a Store,
    inputs: Arc<Vec<Input>>,
    options: &'a Options,
    tell: &'a mut (dyn FnMut(ImportEvent) + Send),
    total: u64,
    done: ImportReport,
    pace: Pace,
}

impl Import<'_> {
    /// The first pass.
    async fn look(&mut self) -> Result<ImportPlan, ImportError> {
        let mut plan = ImportPlan::default();
        let pieces = read(&self.inputs, |_| false);
        let pieces = stream::unfold(pieces, async |mut pieces| Some((pieces.recv().await?, pieces)));
        let asker = self.asker();
        let looked = pieces.map(|piece| {
            let asker = asker.clone();
            async move {
                let piece = piece.map_err(Stopped::Unreadable)?;
                let asked: Vec<Write> = piece
                    .rows
                    .iter()
                    .filter_map(|row| row.said.clone())
                    .map(Write::row)
                    .collect();
                let outcomes = asker.ask(asked, Intent::Look).await.map_err(Stopped::Store)?;
                Ok((piece, outcomes))
            }
        });
        let mut looked = pin!(looked.buffered(LOOKS));
        while let Some(piece) = looked.next().await {
            let (piece, outcomes) = piece.map_err(|stopped| self.stopped(stopped))?;
            let mut outcomes = outcomes.into_iter();
            plan.digests.push(piece.digest);
            let (bytes, last) = (piece.bytes, piece.rows.last().map(|row| row.number + 1));
            plan.rows = last.unwrap_or(plan.rows);
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
    async fn write(&mut self, mut plan: ImportPlan) -> Result<ImportReport, ImportError> {
        self.done.bad = plan.bad();
        self.done.unchanged = plan.count(Effect::Unchanged);
        if plan.count(Effect::Created) + plan.count(Effect::Updated) == 0 {
            return Ok(self.done.clone());
        }
        let created = plan.take_created();
        let mut pieces = read(&self.inputs, move |number| created.has(number));
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
            } = piece.map_err(|broken| self.stopped(Stopped::Unreadable(broken)))?;
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
                    _ if plan.is_unchanged(number) => {}
                    last if last > number => waiting.entry(last).or_default().push(row),
                    _ => ready.push(row),
                }
                // Rows that hand values on to each other come in one go, and are written together.
                ready.extend(waiting.remove(&number).into_iter().flatten());
                if ready.len() >= self.pace.rows() {
                    self.put(std::mem::take(&mut ready)).await?;
                }
            }
            self.progress("writing", bytes, rows);
        }
        self.put(ready).await?;
        Ok(self.done.clone())
    }

    /// Writes rows in one transaction.
    async fn put(&mut self, mut rows: Vec<Row>) -> Result<(), ImportError> {
        let writes = rows.iter_mut().filter_map(|row| {
            let row = Write::Row {
                new: row.new.take().map(Box::new),
                row: Box::new(row.said.take()?),
            };
            Some(row)
        });
        let (writes, began) = (writes.collect(), Instant::now());
        let outcomes = self.asker().ask(writes, Intent::Write).await;
        let outcomes = outcomes.map_err(|error| self.stopped(Stopped::Store(error)))?;
        self.pace.took(began.elapsed());
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

    fn asker(&self) -> Asker {
        Asker {
            store: self.store.clone(),
            by: self.options.by.clone(),
            policy: Policy::Import {
                replace: self.options.replace,
                without_claims: self.options.without_claims,
                door: Door::Command,
                keep_good: self.options.keep_good,
            },
        }
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

    fn stopped(&self, stopped: Stopped) -> ImportError {
        let done = self.done.clone();
        match stopped {
            Stopped::Unreadable((file, error)) => ImportError::Unreadable { file, error, done },
            Stopped::Store(error) => ImportError::Store { error, done },
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
