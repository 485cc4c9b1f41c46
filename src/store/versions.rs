//! Versions: counters that tell whether what was read is still what the database holds.
//!
//! A reader takes the counters before it reads, keeps them beside what it read, and compares them later: as long as they
//! stand, nothing was written since. They are raised by the change feed (`live`) for whatever anybody writes, and by this
//! store's own writes before they are acknowledged. They only ever rise, and mean nothing outside this process.

use std::array;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::domain::id::Kind;

/// How many counters the documents share. Two documents of one counter only cost each other a read.
const STRIPES: usize = 4_096;
/// One for each kind of documents, and one for tokens.
const COLLECTIONS: usize = Kind::ALL.len() + 1;

/// The counters. One for each collection, and one for each of many small groups of documents.
#[derive(Debug)]
pub struct Versions {
    collections: [AtomicU64; COLLECTIONS],
    documents: Vec<AtomicU64>,
    hasher: RandomState,
}

impl Default for Versions {
    fn default() -> Self {
        Self {
            collections: array::from_fn(|_| AtomicU64::new(1)),
            documents: (0..STRIPES).map(|_| AtomicU64::new(1)).collect(),
            hasher: RandomState::new(),
        }
    }
}

/// The collections that a read looked at, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touched(pub(super) u8);

impl Touched {
    /// Just this one.
    pub const fn one(kind: Kind) -> Self {
        Self(1 << kind as u8)
    }

    /// Something whose changes no counter tells: what was read of it is never known to stand.
    pub const UNCOUNTED: Self = Self(1 << 7);

    const fn holds(self, collection: usize) -> bool {
        self.0 & (1 << collection) != 0
    }
}

/// The counters of all collections at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snapshot([u64; COLLECTIONS]);

impl Versions {
    /// As they are now.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot(array::from_fn(|index| self.collections[index].load(Ordering::SeqCst)))
    }

    /// Whether nothing was written to these collections since the snapshot was taken.
    pub fn still(&self, snapshot: &Snapshot, touched: Touched) -> bool {
        let stands = |index: usize| self.collections[index].load(Ordering::SeqCst) == snapshot.0[index];
        touched.0 & Touched::UNCOUNTED.0 == 0 && (0..COLLECTIONS).all(|index| !touched.holds(index) || stands(index))
    }

    /// The counter of a collection.
    pub fn of(&self, kind: Kind) -> u64 {
        self.collections[kind as usize].load(Ordering::SeqCst)
    }

    /// The counter of a document, which it may share with others.
    pub fn of_document(&self, id: &str) -> u64 {
        self.stripe(id).load(Ordering::SeqCst)
    }

    /// The counter of all tokens.
    pub fn of_tokens(&self) -> u64 {
        self.collections[COLLECTIONS - 1].load(Ordering::SeqCst)
    }

    /// A document was written or deleted.
    pub fn changed(&self, kind: Kind, id: &str) {
        self.stripe(id).fetch_add(1, Ordering::SeqCst);
        self.collections[kind as usize].fetch_add(1, Ordering::SeqCst);
    }

    /// A token was made or revoked.
    pub fn tokens_changed(&self) {
        self.collections[COLLECTIONS - 1].fetch_add(1, Ordering::SeqCst);
    }

    /// Anything may have changed.
    pub fn all_changed(&self) {
        for counter in self.documents.iter().chain(&self.collections) {
            counter.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn stripe(&self, id: &str) -> &AtomicU64 {
        // In range whatever the hash is, and the cast loses only high bits.
        &self.documents[self.hasher.hash_one(id) as usize % STRIPES]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_is_seen_in_its_collection_and_its_document_and_in_no_other_collection() {
        let versions = Versions::default();
        let before = versions.snapshot();
        let document = versions.of_document("gift_a");
        versions.changed(Kind::Gift, "gift_a");
        assert!(!versions.still(&before, Touched::one(Kind::Gift)));
        assert!(versions.still(&before, Touched::one(Kind::Nation)));
        assert!(versions.still(&before, Touched::default()));
        assert!(!versions.still(&versions.snapshot(), Touched::UNCOUNTED));
        assert_ne!(versions.of_document("gift_a"), document);
    }

    #[test]
    fn after_a_loss_nothing_stands() {
        let versions = Versions::default();
        let (before, document, tokens) = (versions.snapshot(), versions.of_document("a"), versions.of_tokens());
        versions.all_changed();
        for kind in Kind::ALL {
            assert!(!versions.still(&before, Touched::one(kind)));
        }
        assert_ne!(versions.of_document("a"), document);
        assert_ne!(versions.of_tokens(), tokens);
    }
}
