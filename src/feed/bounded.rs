//! A cache with a limit in bytes that counts its hits and misses. Its user decides whether an entry is still valid.

use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};

use moka::sync::Cache;

/// A cache of at most so many bytes.
pub struct Bounded<K, V> {
    /// Each entry with its size in bytes. `None` if the cache is off.
    cache: Option<Cache<K, (V, u32)>>,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// The use of a cache, for metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Use {
    pub hits: u64,
    /// Lookups that found none, or an invalid one.
    pub misses: u64,
    pub entries: u64,
    /// Estimated.
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

    /// Adds an entry of about this many bytes.
    pub fn put(&self, key: K, value: V, bytes: usize) {
        /// moka enforces the limit after some sixty entries; so many large ones could exceed it several times over.
        /// After an entry of this size, in bytes, it is told to enforce the limit at once.
        const LARGE: usize = 16 * 1_024;
        if let Some(cache) = &self.cache {
            cache.insert(key, (value, u32::try_from(bytes).unwrap_or(u32::MAX)));
            if bytes >= LARGE {
                cache.run_pending_tasks();
            }
        }
    }

    /// The use of the cache so far.
    pub fn usage(&self) -> Use {
        // moka counts in the background, with delay; make it count now.
        self.cache.iter().for_each(Cache::run_pending_tasks);
        Use {
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            entries: self.cache.as_ref().map_or(0, Cache::entry_count),
            bytes: self.cache.as_ref().map_or(0, Cache::weighted_size),
        }
    }
}
