//! A cache with a limit in bytes that counts its hits and misses. Whoever asks says whether an entry is still valid.

use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};

use moka::sync::Cache;

/// A cache of at most so many bytes.
pub struct Bounded<K, V> {
    /// Each entry with its size. `None` where the cache is off.
    cache: Option<Cache<K, (V, u32)>>,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// How a cache is used, for the metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Use {
    /// Lookups that found a valid entry.
    pub hits: u64,
    /// Lookups that did not.
    pub misses: u64,
    /// Entries.
    pub entries: u64,
    /// Their size in bytes, by estimate.
    pub bytes: u64,
}

impl<K, V> Bounded<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// A cache of at most so many bytes; 0 turns it off.
    pub fn new(bytes: u64) -> Self {
        let cache = || {
            Cache::builder()
                .max_capacity(bytes)
                .weigher(|_, (_, bytes): &(V, u32)| *bytes)
                .build()
        };
        Self {
            cache: (bytes > 0).then(cache),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
        }
    }

    /// Whether it is on.
    pub const fn is_on(&self) -> bool {
        self.cache.is_some()
    }

    /// The entry of this key, if it is still valid.
    pub fn get<Q>(&self, key: &Q, holds: impl FnOnce(&V) -> bool) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let found = self.cache.as_ref()?.get(key).map(|(value, _)| value).filter(holds);
        let counter = if found.is_some() { &self.hits } else { &self.misses };
        counter.fetch_add(1, Ordering::Relaxed);
        found
    }

    /// Adds an entry of this many bytes.
    pub fn put(&self, key: K, value: V, bytes: usize) {
        /// moka enforces the limit for some sixty entries at a time; that many large ones could exceed it several times over,
        /// so after an entry of this size it is told to do so at once.
        const LARGE: usize = 16 * 1_024;
        if let Some(cache) = &self.cache {
            cache.insert(key, (value, u32::try_from(bytes).unwrap_or(u32::MAX)));
            if bytes >= LARGE {
                cache.run_pending_tasks();
            }
        }
    }

    /// Its use so far.
    pub fn usage(&self) -> Use {
        // moka counts in the background, now and then; make it count now.
        self.cache.iter().for_each(Cache::run_pending_tasks);
        Use {
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            entries: self.cache.as_ref().map_or(0, Cache::entry_count),
            bytes: self.cache.as_ref().map_or(0, Cache::weighted_size),
        }
    }
}
