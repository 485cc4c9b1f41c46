//! A cache that is bounded in bytes, holds only what still counts, and tells how it is used. What counts is said by those
//! who ask.

use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};

use moka::sync::Cache;

/// What is kept, at most so many bytes of it.
pub struct Bounded<K, V> {
    /// Each with its bytes. `None` where nothing is kept.
    kept: Option<Cache<K, (V, u32)>>,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// How a cache is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Use {
    /// How often it had what was looked for.
    pub hits: u64,
    /// How often it had not.
    pub misses: u64,
    /// How many things it holds.
    pub entries: u64,
    /// How many bytes they take, by estimate.
    pub bytes: u64,
}

impl<K, V> Bounded<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// At most so many bytes; nothing is kept where that is 0.
    pub fn new(bytes: u64) -> Self {
        let cache = || {
            Cache::builder()
                .max_capacity(bytes)
                .weigher(|_, (_, bytes): &(V, u32)| *bytes)
                .build()
        };
        Self {
            kept: (bytes > 0).then(cache),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
        }
    }

    /// Whether anything is kept.
    pub const fn is_on(&self) -> bool {
        self.kept.is_some()
    }

    /// What is kept under this key, if it still holds.
    pub fn get<Q>(&self, key: &Q, holds: impl FnOnce(&V) -> bool) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let found = self.kept.as_ref()?.get(key).map(|(value, _)| value).filter(holds);
        let counter = if found.is_some() { &self.hits } else { &self.misses };
        counter.fetch_add(1, Ordering::Relaxed);
        found
    }

    /// Keeps something of this many bytes.
    pub fn put(&self, key: K, value: V, bytes: usize) {
        /// From here on the bound is looked at at once: the cache does so for some sixty entries together, and that many
        /// large ones are several times as much as it may hold.
        const LARGE: usize = 16 * 1_024;
        if let Some(kept) = &self.kept {
            kept.insert(key, (value, u32::try_from(bytes).unwrap_or(u32::MAX)));
            if bytes >= LARGE {
                kept.run_pending_tasks();
            }
        }
    }

    /// How it is used.
    pub fn usage(&self) -> Use {
        // It counts in the background, now and then; who asks is to see how it is.
        self.kept.iter().for_each(Cache::run_pending_tasks);
        Use {
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            entries: self.kept.as_ref().map_or(0, Cache::entry_count),
            bytes: self.kept.as_ref().map_or(0, Cache::weighted_size),
        }
    }
}
