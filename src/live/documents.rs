//! Documents that were read, kept by their ids for as long as nobody writes them.
//!
//! One is kept with the counter of its id from before it was read ([`Versions`](crate::store::versions::Versions)) and
//! counts while that stands and the feed is fresh. They are kept whole, so that every request finds the fields that it
//! selects.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use moka::sync::Cache;

use super::Live;
use crate::store::entity::{Entity, Projection};
use crate::store::versions::Touched;
use crate::store::{Result, Store};

/// A document in memory is about this many times as large as in the database, and takes some room for itself.
const GROWTH: usize = 3;
const ROOM: usize = 256;

/// What is kept.
pub(super) struct Documents {
    kept: Option<Cache<String, Kept>>,
    hits: AtomicU64,
    misses: AtomicU64,
}

#[derive(Clone)]
struct Kept {
    /// Of the type that its id tells.
    document: Arc<dyn Any + Send + Sync>,
    version: u64,
    bytes: u32,
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

impl Documents {
    /// At most so many bytes, by estimate.
    pub fn new(bytes: u64) -> Self {
        let cache = || {
            Cache::builder()
                .max_capacity(bytes)
                .weigher(|_, kept: &Kept| kept.bytes)
                .build()
        };
        Self {
            kept: (bytes > 0).then(cache),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
        }
    }
}

impl Live {
    /// The documents with these ids, in no particular order; ids that lead nowhere are left out. Those that are not kept
    /// are read by one command: where documents are kept, with all their fields, otherwise with `fields`.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn by_ids<E: Entity>(
        &self,
        store: &Store,
        mut ids: Vec<String>,
        fields: &Projection,
    ) -> Result<Vec<Arc<E>>> {
        let Documents { kept, hits, misses } = &self.0.documents;
        let Some(kept) = kept.as_ref().filter(|_| self.is_fresh()) else {
            return store.by_ids(ids, fields).await;
        };
        // Whoever keeps the answer must know on what it rests, also where nothing is read.
        store.touch(Touched::one(E::KIND));
        let versions = self.versions();
        let mut found: Vec<Arc<E>> = Vec::with_capacity(ids.len());
        ids.retain(|id| {
            let known = kept.get(id).filter(|known| known.version == versions.of_document(id));
            let document = known.and_then(|known| known.document.downcast::<E>().ok());
            let is_known = document.is_some();
            found.extend(document);
            !is_known
        });
        hits.fetch_add(found.len() as u64, Ordering::Relaxed);
        misses.fetch_add(ids.len() as u64, Ordering::Relaxed);
        let before: HashMap<String, u64> = ids.iter().map(|id| (id.clone(), versions.of_document(id))).collect();
        for (document, bytes) in store.whole_by_ids::<E>(ids).await? {
            if let Some(version) = before.get(document.id()) {
                let one = Kept {
                    document: Arc::<E>::clone(&document),
                    version: *version,
                    bytes: u32::try_from(bytes * GROWTH + ROOM).unwrap_or(u32::MAX),
                };
                kept.insert(document.id().to_owned(), one);
            }
            found.push(document);
        }
        Ok(found)
    }

    /// How the cache of documents is used.
    pub fn documents(&self) -> Use {
        let Documents { kept, hits, misses } = &self.0.documents;
        // It counts in the background, now and then; who asks is to see how it is.
        kept.iter().for_each(Cache::run_pending_tasks);
        Use {
            hits: hits.load(Ordering::Relaxed),
            misses: misses.load(Ordering::Relaxed),
            entries: kept.as_ref().map_or(0, Cache::entry_count),
            bytes: kept.as_ref().map_or(0, Cache::weighted_size),
        }
    }
}
