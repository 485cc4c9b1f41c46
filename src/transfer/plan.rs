//! The first pass over files that are to be imported: which rows are bad, and which must wait for others.
//!
//! Rows are not kept. Of each only hashes stay: of its id and of its values that must be its own. The references that lead
//! neither into the database nor back to a row that has been read are kept until all are, for they may lead ahead; and so
//! are the values that stored documents have, for a later row may give them up.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use super::fault::RowFault;
use super::pieces::Row;
use crate::store::write::{Effect, Outcome, Prepared};

/// Where a row stands.
#[derive(Clone, Copy, Debug)]
pub struct RowPosition {
    /// Which row, over all files.
    pub number: u32,
    /// Which file.
    pub file: u16,
    /// The line that it begins in.
    pub line: u32,
}

impl RowPosition {
    pub const fn of(row: &Row) -> Self {
        Self {
            number: row.number,
            file: row.file,
            line: row.line,
        }
    }
}

/// What a row needs of another: the document that it refers to, or a value that the other's document has.
struct Edge {
    from: RowPosition,
    to: u64,
    effect: Effect,
    fault: RowFault,
    /// What the other row does, where it is bad.
    lacks: &'static str,
}

/// What is known of the rows.
#[derive(Default)]
pub struct ImportPlan {
    /// Of each piece, what its file's digest was behind it.
    pub digests: Vec<[u8; 32]>,
    /// How many rows there are.
    pub rows: u32,
    bad: HashSet<u32>,
    /// The row with which another must be written, where that comes later than itself.
    waits: HashMap<u32, u32>,
    /// What the good rows do.
    effects: [u64; Effect::COUNT],
    // Keyed at random, so that nobody can make up ids of the same hash.
    hasher: RandomState,
    ids: HashMap<u64, RowPosition>,
    values: HashMap<u64, RowPosition>,
    edges: Vec<Edge>,
    /// The rows that have edges.
    tied: HashSet<u32>,
}

impl ImportPlan {
    /// Takes a row that could be prepared, before the database is asked about it; gives what is wrong with it beside
    /// the rows before it. `name`: of a file.
    pub fn meet(&mut self, row: &Row, prepared: &Prepared, name: impl Fn(u16) -> String) -> Vec<RowFault> {
        let mut faults = Vec::new();
        let here = RowPosition::of(row);
        let mut once = |known: Entry<'_, u64, RowPosition>, field: &str, value: &str| match known {
            Entry::Vacant(place) => {
                place.insert(here);
            }
            Entry::Occupied(first) => {
                let RowPosition { file, line, .. } = first.get();
                let found = format!("{value:?}, which line {line} of {} has too", name(*file));
                faults.push(RowFault::at(None, found, "each once").of(field));
            }
        };
        let hash = self.hasher.hash_one(&prepared.id);
        once(self.ids.entry(hash), "id", &prepared.id);
        for (field, value) in prepared.unique_values() {
            let hash = self.hasher.hash_one((prepared.kind, field, &value));
            once(self.values.entry(hash), field, &value);
        }
        faults
    }

    /// A row is bad.
    pub fn refuse(&mut self, row: &Row) {
        self.bad.insert(row.number);
    }

    /// Takes what the database has to say of a row; gives what is wrong for certain.
    pub fn hear(&mut self, row: &Row, outcome: &Outcome) -> Vec<RowFault> {
        let mut faults = Vec::new();
        for reason in &outcome.violations {
            // No other row has the value, or `meet` would have refused one of them: so the row of its holder gives it up.
            let (needed, lacks) = match (&reason.missing, &reason.held_by) {
                (Some(missing), _) => (&missing.id, "has it"),
                (None, Some(holder)) => (holder, "gives it up"),
                (None, None) => {
                    faults.push(RowFault::from(reason));
                    continue;
                }
            };
            let to = self.hasher.hash_one(needed);
            let stands = |place: &&RowPosition| {
                place.number < row.number && !self.tied.contains(&place.number) && !self.bad.contains(&place.number)
            };
            if self.ids.get(&to).filter(stands).is_none() {
                self.tied.insert(row.number);
                let (from, fault) = (RowPosition::of(row), RowFault::from(reason));
                let effect = outcome.effect;
                self.edges.push(Edge {
                    from,
                    to,
                    effect,
                    fault,
                    lacks,
                });
            }
        }
        if faults.is_empty() {
            self.effects[outcome.effect as usize] += 1;
        } else {
            self.refuse(row);
        }
        faults
    }

    /// When all rows were read: the references that lead nowhere, the values that nobody gives up, and which rows wait for
    /// which. With `keep_good`, what needs a bad row is bad itself.
    pub fn close(&mut self, keep_good: bool) -> Vec<(RowPosition, RowFault)> {
        let mut found = Vec::new();
        let mut edges = std::mem::take(&mut self.edges);
        loop {
            let leads = |edge: &Edge| match self.ids.get(&edge.to) {
                Some(place) => !keep_good || !self.bad.contains(&place.number),
                None => false,
            };
            let (standing, fallen): (Vec<Edge>, Vec<Edge>) = edges.into_iter().partition(leads);
            edges = standing;
            if fallen.is_empty() {
                break;
            }
            for Edge {
                from,
                to,
                effect,
                mut fault,
                lacks,
            } in fallen
            {
                if let Some(place) = self.ids.get(&to) {
                    fault.message = format!("{} (line {} {lacks} and is bad)", fault.message, place.line);
                }
                if self.bad.insert(from.number) {
                    self.effects[effect as usize] -= 1;
                }
                found.push((from, fault));
            }
        }
        edges.retain(|edge| !self.bad.contains(&edge.from.number));
        self.order(&edges);
        found
    }

    /// Each row waits for all that it needs, and for what these wait for.
    fn order(&mut self, edges: &[Edge]) {
        let mut settled = false;
        while !settled {
            settled = true;
            // Backwards: most lead to the next rows, and then one time is enough.
            for edge in edges.iter().rev() {
                let Some(to) = self.ids.get(&edge.to) else { continue };
                let last = self.waits_for(to.number);
                if last > self.waits_for(edge.from.number) {
                    self.waits.insert(edge.from.number, last);
                    settled = false;
                }
            }
        }
    }

    /// The row with which this one is written: itself, or a later one.
    pub fn waits_for(&self, number: u32) -> u32 {
        self.waits.get(&number).copied().unwrap_or(number)
    }

    /// Whether a row is bad.
    pub fn is_bad(&self, number: u32) -> bool {
        self.bad.contains(&number)
    }

    /// How many are.
    pub fn bad(&self) -> u64 {
        self.bad.len() as u64
    }

    /// How many of the good rows do what.
    pub const fn count(&self, effect: Effect) -> u64 {
        self.effects[effect as usize]
    }

    /// Forgets what only the first pass needs.
    pub fn forget(&mut self) {
        self.ids = HashMap::new();
        self.values = HashMap::new();
        self.tied = HashSet::new();
    }
}
