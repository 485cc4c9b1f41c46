//! The first pass over files that are to be imported: which rows are bad, and which must wait for others.
//!
//! Rows are not kept. Of each only hashes stay: of its id, of its values that must be its own, and of what it is called.
//! The references that lead neither into the database nor back to a row that has been read are kept until all are, for
//! they may lead ahead; and so are the values that stored documents have, for a later row may give them up.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use super::fault::RowFault;
use super::pieces::Row;
use crate::domain::id::Kind;
use crate::store::write::{Effect, ImportRow, Outcome, Violation};

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
    /// By its id, and by what it may be called.
    to: Vec<u64>,
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
    /// The rows that make a document; those that say what is stored already.
    created: RowSet,
    unchanged: RowSet,
    // Keyed at random, so that nobody can make up ids of the same hash.
    hasher: RandomState,
    ids: HashMap<u64, RowPosition>,
    values: HashMap<u64, RowPosition>,
    /// What the documents of the rows are called.
    called: HashMap<u64, RowPosition>,
    /// The fields whose values must be one document's own and of which a row says something.
    given_up: HashMap<u64, RowPosition>,
    edges: Vec<Edge>,
    /// The rows that have edges.
    tied: HashSet<u32>,
}

/// Rows by their numbers, a bit for each.
#[derive(Default)]
pub struct RowSet(Vec<u64>);

impl RowSet {
    fn add(&mut self, number: u32) {
        let (at, bit) = Self::place(number);
        if self.0.len() <= at {
            self.0.resize(at + 1, 0);
        }
        self.0[at] |= bit;
    }

    /// Whether a row is one of them.
    pub fn has(&self, number: u32) -> bool {
        let (at, bit) = Self::place(number);
        self.0.get(at).is_some_and(|bits| bits & bit != 0)
    }

    const fn place(number: u32) -> (usize, u64) {
        (number as usize / 64, 1 << (number % 64))
    }
}

impl ImportPlan {
    /// A row is bad.
    pub fn refuse(&mut self, row: &Row) {
        self.bad.insert(row.number);
    }

    /// Takes what the database has to say of a row, and what is wrong with it already; gives all that is wrong with it for
    /// certain. `name`: of a file.
    pub fn hear(
        &mut self,
        row: &Row,
        said: &ImportRow,
        outcome: &Outcome,
        name: impl Fn(u16) -> String,
    ) -> Vec<RowFault> {
        let mut faults = row.faults.clone();
        // What a cell cannot say is not missed besides.
        let is_told = |fault: &RowFault| {
            row.faults
                .iter()
                .any(|told| !told.path.is_empty() && (fault.path == told.path || fault.path.starts_with(&told.path)))
        };
        for reason in outcome.violations.iter().filter(|reason| !reason.needs_another()) {
            let fault = row.fault(reason);
            if !is_told(&fault) {
                faults.push(fault);
            }
        }
        if outcome.effect == Effect::Created {
            faults.extend(row.in_words.iter().cloned());
        }
        if faults.is_empty() {
            faults = self.beside_others(row, said, outcome, name);
        }
        for reason in &outcome.violations {
            let Some((to, lacks)) = self.needed(reason) else {
                continue;
            };
            let stands = |place: &RowPosition| {
                place.number < row.number && !self.tied.contains(&place.number) && !self.bad.contains(&place.number)
            };
            if self.place_of(&to).is_none_or(|place| !stands(&place)) {
                self.tied.insert(row.number);
                self.edges.push(Edge {
                    from: RowPosition::of(row),
                    to,
                    effect: outcome.effect,
                    fault: row.fault(reason),
                    lacks,
                });
            }
        }
        if faults.is_empty() {
            self.effects[outcome.effect as usize] += 1;
            match outcome.effect {
                Effect::Created => self.created.add(row.number),
                Effect::Unchanged => self.unchanged.add(row.number),
                _ => {}
            }
        } else {
            self.refuse(row);
        }
        faults
    }

    /// What another row must bring or give up, and what is told of it where it is bad.
    fn needed(&self, reason: &Violation) -> Option<(Vec<u64>, &'static str)> {
        if let Some(holder) = &reason.held_by {
            let field = reason.field.as_deref().unwrap_or_default();
            return Some((vec![self.hasher.hash_one((holder.as_str(), field))], "gives it up"));
        }
        let missing = reason.missing.as_ref()?;
        let called = missing.name.iter().flat_map(|(name, kinds)| {
            let hash = |kind: &Kind| self.hasher.hash_one((*kind, name.as_str()));
            kinds.iter().map(hash).collect::<Vec<_>>()
        });
        let to = [self.hasher.hash_one(&missing.id)].into_iter().chain(called);
        Some((to.collect(), "has it"))
    }

    /// What is wrong with a row beside the rows before it.
    fn beside_others(
        &mut self,
        row: &Row,
        said: &ImportRow,
        outcome: &Outcome,
        name: impl Fn(u16) -> String,
    ) -> Vec<RowFault> {
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
        if !outcome.id.is_empty() {
            let hash = self.hasher.hash_one(&outcome.id);
            once(self.ids.entry(hash), "id", &outcome.id);
        }
        for (field, value) in said.unique_values() {
            let hash = self.hasher.hash_one((said.kind, field, &value));
            once(self.values.entry(hash), field, &value);
        }
        // What it says of these, no other row says: so it gives up what its document had there.
        for field in said.unique_fields_said() {
            let of = self.hasher.hash_one((outcome.id.as_str(), field));
            self.given_up.entry(of).or_insert(here);
        }
        for name in said.called() {
            self.called
                .entry(self.hasher.hash_one((said.kind, name)))
                .or_insert(here);
        }
        faults
    }

    /// The row to which a reference leads.
    fn place_of(&self, to: &[u64]) -> Option<RowPosition> {
        let found = to.iter().find_map(|to| {
            self.ids
                .get(to)
                .or_else(|| self.called.get(to))
                .or_else(|| self.given_up.get(to))
        });
        found.copied()
    }

    /// When all rows were read: the references that lead nowhere, the values that nobody gives up, and which rows wait for
    /// which. With `keep_good`, what needs a bad row is bad itself.
    pub fn close(&mut self, keep_good: bool) -> Vec<(RowPosition, RowFault)> {
        let mut found = Vec::new();
        let mut edges = std::mem::take(&mut self.edges);
        loop {
            let leads = |edge: &Edge| match self.place_of(&edge.to) {
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
                if let Some(place) = self.place_of(&to) {
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
                let Some(to) = self.place_of(&edge.to) else { continue };
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

    /// Whether a row says what is stored already, so that there is nothing to write.
    pub fn is_unchanged(&self, number: u32) -> bool {
        self.unchanged.has(number)
    }

    /// Takes out which rows make a document.
    pub fn take_created(&mut self) -> RowSet {
        std::mem::take(&mut self.created)
    }

    /// How many of the good rows do what.
    pub const fn count(&self, effect: Effect) -> u64 {
        self.effects[effect as usize]
    }

    /// Forgets what only the first pass needs.
    pub fn forget(&mut self) {
        self.ids = HashMap::new();
        self.values = HashMap::new();
        self.given_up = HashMap::new();
        self.called = HashMap::new();
        self.given_up = HashMap::new();
        self.tied = HashSet::new();
    }
}
