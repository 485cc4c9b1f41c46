//! Puts changes into the tables in the order of the feed, the changes of a transaction all at once.
//!
//! The feed reports the documents of a transaction one by one. They are held until all are known to be there: a
//! transaction of this process is known by the writes that it has announced, one of another process ends at a heartbeat
//! that was written after its first change was heard. (SecantusDB 0.5.3 reports writes in the order in which they were asked
//! for, so an earlier heartbeat may stand between the changes of a transaction.) The feed also looks documents up only when
//! it reports them, so one may come in a later version than its change; until the later change is reported too, the tables
//! are not whole.

use std::collections::HashMap;
use std::time::Instant;

use mongodb::bson::RawDocumentBuf;

use super::tables::Tables;
use super::unfit::Unfit;
use crate::domain::id::Kind;
use crate::store::bson_types::whole_at;

/// A change of a document, as the feed reports it.
#[derive(Clone, Debug)]
pub struct ColumnChange {
    pub kind: Kind,
    pub id: String,
    /// The document, as it was then or later; `None` if it is gone.
    pub document: Option<RawDocumentBuf>,
    /// Whether the change is its deletion.
    pub is_deletion: bool,
    /// The version that the change itself names.
    pub version: Option<i64>,
    /// Identifies the transaction, if it is part of one.
    pub transaction: Option<Vec<u8>>,
}

impl ColumnChange {
    /// The version of the document that comes with it.
    fn found(&self) -> Option<i64> {
        whole_at(self.document.as_ref()?, "version")
    }

    /// The version after this change.
    fn named(&self) -> Option<i64> {
        self.version.or_else(|| self.found())
    }
}

/// What a transaction writes: the versions of its documents after it, `None` for a deletion.
pub(super) type Write = HashMap<String, Option<i64>>;

/// The changes that are not in the tables yet, or not wholly.
#[derive(Default)]
pub(super) struct Changes {
    /// The changes of transactions, in the order of their first.
    held: Vec<Held>,
    /// The documents that are ahead of the others: in the tables as a later change has left them.
    ahead: HashMap<String, Option<i64>>,
    /// What this process is about to write or has just written.
    expected: HashMap<u64, Write>,
    next: u64,
}

/// The changes of a transaction.
struct Held {
    /// When the first was heard.
    since: Instant,
    changes: Vec<ColumnChange>,
}

/// The documents whose changes are in only now, although they were heard before.
type Late = Vec<(Kind, String)>;

impl Changes {
    /// Whether the tables are as the database was at one moment.
    pub fn are_whole(&self) -> bool {
        self.ahead.is_empty()
    }

    /// Whether changes of others are held: what has been heard of is not in the tables.
    pub fn hold_others(&self) -> bool {
        self.held.iter().any(|held| !self.is_own(held))
    }

    /// Whether these may all be of a transaction of this process that is not heard of wholly.
    fn is_own(&self, held: &Held) -> bool {
        let is_of = |write: &Write| held.changes.iter().all(|change| is_part_of(write, change));
        self.expected.values().any(is_of)
    }

    /// How many transactions are held.
    pub fn held(&self) -> usize {
        self.held.len()
    }

    /// Announces a transaction; `None` if it writes nothing.
    pub fn announce(&mut self, write: Write) -> Option<u64> {
        if write.is_empty() {
            return None;
        }
        self.next += 1;
        self.expected.insert(self.next, write);
        Some(self.next)
    }

    /// Whether a transaction is not in the tables yet.
    pub fn expects(&self, number: u64) -> bool {
        self.expected.contains_key(&number)
    }

    /// Waits for a transaction no longer.
    pub fn forget(&mut self, number: u64) {
        self.expected.remove(&number);
    }

    /// Takes a change in, or holds it.
    pub fn take(&mut self, tables: &mut Tables, change: ColumnChange) -> Result<Late, Unfit> {
        let Some(transaction) = change.transaction.clone() else {
            // What was held of the same document came first.
            let earlier = |held: &Held| held.changes.iter().any(|held| held.id == change.id);
            let earlier = self.held.iter().position(earlier);
            let late = self.close_those(tables, earlier.into_iter().collect())?;
            self.apply(tables, vec![change])?;
            return Ok(late);
        };
        let is_of = |held: &Held| held.changes[0].transaction.as_ref() == Some(&transaction);
        match self.held.iter_mut().find(|held| is_of(held)) {
            Some(held) => held.changes.push(change),
            None => self.held.push(Held {
                since: Instant::now(),
                changes: vec![change],
            }),
        }
        let Self { held, expected, .. } = self;
        let is_whole = |held: &Held| is_of(held) && expected.values().any(|write| is_all_of(write, &held.changes));
        let whole = held.iter().position(is_whole);
        self.close_those(tables, whole.into_iter().collect())
    }

    /// Takes in what is held, but for unfinished transactions of this process, and for those that were first heard after a
    /// heartbeat was written, which was at `written`. A quiet feed ends none: a database that is busy is quiet within one.
    pub fn close(&mut self, tables: &mut Tables, written: Instant) -> Result<Late, Unfit> {
        let is_unfinished = |held: &Held| held.since >= written || self.is_own(held);
        let finished = self.held.iter().enumerate().filter(|(_, held)| !is_unfinished(held));
        let finished = finished.map(|(at, _)| at).collect();
        self.close_those(tables, finished)
    }

    /// Takes in those at these places, which are in ascending order.
    fn close_those(&mut self, tables: &mut Tables, places: Vec<usize>) -> Result<Late, Unfit> {
        let mut late = Late::new();
        for (taken, at) in places.into_iter().enumerate() {
            let Held { changes, .. } = self.held.remove(at - taken);
            late.extend(changes.iter().map(|change| (change.kind, change.id.clone())));
            self.apply(tables, changes)?;
        }
        Ok(late)
    }

    fn apply(&mut self, tables: &mut Tables, changes: Vec<ColumnChange>) -> Result<(), Unfit> {
        for change in changes {
            let (named, found) = (change.named(), change.found());
            match &change.document {
                _ if change.is_deletion => {
                    tables.remove(change.kind, &change.id);
                    self.ahead.remove(&change.id);
                }
                // Its deletion is still to be heard.
                None => {
                    self.ahead.insert(change.id.clone(), None);
                }
                Some(document) => {
                    if self.ahead.get(&change.id).is_some_and(|ahead| *ahead <= named) {
                        self.ahead.remove(&change.id);
                    }
                    // SecantusDB reports the changes of transactions that overlap in turn, so a later one may be in already.
                    let known = tables.version(change.kind, &change.id);
                    if known <= found {
                        tables.put(change.kind, document)?;
                    }
                    if known < found && found > named {
                        self.ahead.insert(change.id.clone(), found);
                    }
                }
            }
            self.expected.retain(|_, write| {
                if is_part_of(write, &change) {
                    write.remove(&change.id);
                }
                !write.is_empty()
            });
        }
        Ok(())
    }
}

/// Whether these are all changes of a transaction.
fn is_all_of(write: &Write, changes: &[ColumnChange]) -> bool {
    write.len() == changes.len() && changes.iter().all(|change| is_part_of(write, change))
}

fn is_part_of(write: &Write, change: &ColumnChange) -> bool {
    write.get(&change.id).is_some_and(|version| match version {
        None => change.is_deletion,
        version => *version == change.named(),
    })
}
