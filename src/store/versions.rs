//! Counters that tell whether what was read is still what the database holds.
//!
//! A reader takes the counters before it reads, stores them with the result, and compares them later: as long as they
//! are unchanged, nothing was written since. The `feed` room raises them for everybody's writes, and this store for its
//! own before these are acknowledged. They only ever rise, and have no meaning outside this process.

use std::array;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::domain::id::Kind;

/// How long the database's last report of all changes counts as current, so that cached data is valid.
pub const FRESH: Duration = Duration::from_millis(900);

/// The number of counters for documents. Two documents with the same counter only cause additional reads.
const STRIPES: usize = 4_096;
/// One for each kind of document, and one for all tokens together.
const COLLECTIONS: usize = Kind::COUNT + 1;

/// The counters: one for each collection, and one for each of many small groups of documents.
#[derive(Debug)]
pub struct CacheVersions {
    collections: [AtomicU64; COLLECTIONS],
    documents: Vec<AtomicU64>,
    hasher: RandomState,
    /// Notifies of changed tokens.
    tokens: watch::Sender<()>,
    began: Instant,
    /// Until when what is cached may be used, in milliseconds after `began`.
    fresh_until: AtomicU64,
    /// Whether something cached was used since the last check: heartbeats are written only then.
    relied_on: AtomicBool,
}

impl Default for CacheVersions {
    fn default() -> Self {
        Self {
            collections: array::from_fn(|_| AtomicU64::new(1)),
            documents: (0..STRIPES).map(|_| AtomicU64::new(1)).collect(),
            hasher: RandomState::new(),
            tokens: watch::Sender::default(),
            began: Instant::now(),
            fresh_until: AtomicU64::new(0),
            relied_on: AtomicBool::new(false),
        }
    }
}

/// The collections that a read has used, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadSet(pub(super) u64);

// Collections that shared a bit would let outdated answers be served.
const _: () = assert!(Kind::COUNT < u64::BITS as usize);

impl ReadSet {
    /// Only this collection.
    pub const fn one(kind: Kind) -> Self {
        Self(1 << kind as u8)
    }

    /// Something without a counter: what was read from it is never known to be current.
    pub const UNCOUNTED: Self = Self(1 << (u64::BITS - 1));

    const fn holds(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// The counters of all collections at one point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snapshot([u64; COLLECTIONS]);

impl CacheVersions {
    /// The counters now.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot(array::from_fn(|index| self.collections[index].load(Ordering::SeqCst)))
    }

    /// Whether what is cached may be used: all changes were heard just now, so the counters are current.
    pub fn is_fresh(&self) -> bool {
        // Usually already set; check first so that readers do not contend for the cache line.
        if !self.relied_on.load(Ordering::Relaxed) {
            self.relied_on.store(true, Ordering::Relaxed);
        }
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        now < self.fresh_until.load(Ordering::SeqCst)
    }

    /// Every change up to then was heard; `None`: changes may be missing from now on.
    pub fn all_heard(&self, until: Option<Instant>) {
        let fresh = until.map(|heard| (heard + FRESH).saturating_duration_since(self.began));
        let fresh = fresh.map_or(0, |fresh| u64::try_from(fresh.as_millis()).unwrap_or(u64::MAX));
        self.fresh_until.store(fresh, Ordering::SeqCst);
    }

    /// Whether [`CacheVersions::is_fresh`] was called since the last call of this.
    pub fn take_relied_on(&self) -> bool {
        self.relied_on.swap(false, Ordering::Relaxed)
    }

    /// Whether nothing was written to these collections since the snapshot was taken.
    pub fn still(&self, snapshot: &Snapshot, read_set: ReadSet) -> bool {
        let stands = |kind: Kind| self.of(kind) == snapshot.0[kind as usize];
        let was_read = |kind: &Kind| read_set.holds(ReadSet::one(*kind));
        !read_set.holds(ReadSet::UNCOUNTED) && Kind::ALL.into_iter().filter(was_read).all(stands)
    }

    /// The counter of a collection.
    pub fn of(&self, kind: Kind) -> u64 {
        self.collections[kind as usize].load(Ordering::SeqCst)
    }

    /// The counter of a document, which others may share.
    pub fn of_document(&self, id: &str) -> u64 {
        self.stripe(id).load(Ordering::SeqCst)
    }

    /// The counter of the token with this hash, which others may share.
    pub fn of_token(&self, hash: &str) -> u64 {
        let all = self.collections[COLLECTIONS - 1].load(Ordering::SeqCst);
        // Both only rise, so the sum is unchanged only if both are.
        all.wrapping_add(self.of_document(hash))
    }

    /// Notified whenever any token was created or revoked.
    pub fn token_news(&self) -> watch::Receiver<()> {
        self.tokens.subscribe()
    }

    /// Raises the counters of a document that was written or deleted.
    pub fn changed(&self, kind: Kind, id: &str) {
        self.stripe(id).fetch_add(1, Ordering::SeqCst);
        self.collections[kind as usize].fetch_add(1, Ordering::SeqCst);
    }

    /// Raises the counter of a token that was created or revoked.
    pub fn token_changed(&self, hash: &str) {
        self.stripe(hash).fetch_add(1, Ordering::SeqCst);
        self.tokens.send_replace(());
    }

    /// Raises the counters of all tokens.
    pub fn tokens_changed(&self) {
        self.collections[COLLECTIONS - 1].fetch_add(1, Ordering::SeqCst);
        self.tokens.send_replace(());
    }

    /// Raises all counters.
    pub fn all_changed(&self) {
        for counter in self.documents.iter().chain(&self.collections) {
            counter.fetch_add(1, Ordering::SeqCst);
        }
        self.tokens.send_replace(());
    }

    fn stripe(&self, id: &str) -> &AtomicU64 {
        // In range for any hash; the cast only loses high bits.
        &self.documents[self.hasher.hash_one(id) as usize % STRIPES]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_is_seen_in_its_collection_and_its_document_and_in_no_other_collection() {
        let versions = CacheVersions::default();
        let before = versions.snapshot();
        let document = versions.of_document("gift_a");
        versions.changed(Kind::Gift, "gift_a");
        assert!(!versions.still(&before, ReadSet::one(Kind::Gift)));
        assert!(versions.still(&before, ReadSet::one(Kind::Nation)));
        assert!(versions.still(&before, ReadSet::default()));
        assert!(!versions.still(&versions.snapshot(), ReadSet::UNCOUNTED));
        assert_ne!(versions.of_document("gift_a"), document);
    }

    #[test]
    fn after_a_loss_nothing_stands() {
        let versions = CacheVersions::default();
        let (before, document, token) = (versions.snapshot(), versions.of_document("a"), versions.of_token("a"));
        versions.all_changed();
        for kind in Kind::ALL {
            assert!(!versions.still(&before, ReadSet::one(kind)));
        }
        assert_ne!(versions.of_document("a"), document);
        assert_ne!(versions.of_token("a"), token);
    }

    #[test]
    fn a_token_that_changes_is_seen_by_its_hash_and_wakes_who_waits() {
        let versions = CacheVersions::default();
        // With different counters: which tokens share one differs from process to process.
        let other = (0..).map(|number| number.to_string());
        let other = other
            .into_iter()
            .find(|other| !std::ptr::eq(versions.stripe(other), versions.stripe("a")));
        let other = other.expect("there are many counters");
        let (one, another) = (versions.of_token("a"), versions.of_token(&other));
        let mut news = versions.token_news();
        assert!(!news.has_changed().expect("it is open"));
        versions.token_changed("a");
        assert!(news.has_changed().expect("it is open"));
        news.mark_unchanged();
        assert_eq!((versions.of_token("a"), versions.of_token(&other)), (one + 1, another));
        versions.tokens_changed();
        assert!(news.has_changed().expect("it is open"));
        assert_eq!(
            (versions.of_token("a"), versions.of_token(&other)),
            (one + 2, another + 1)
        );
    }
}
