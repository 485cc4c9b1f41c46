//! The cache of documents by id.
//!
//! An entry holds the version counter of its id from before the read
//! ([`CacheVersions`](crate::store::versions::CacheVersions)). It is valid while that counter is unchanged and the feed
//! is fresh. Documents are cached whole, so that every request finds the fields that it selects.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

use super::bounded::{Bounded, Use};
use crate::store::entity::Entity;
use crate::store::versions::{CacheVersions, ReadSet};
use crate::store::{Result, Store};

/// A document in memory is about this many times the size of its BSON, plus this overhead in bytes.
const GROWTH: usize = 3;
const ROOM: usize = 256;

/// Documents by id.
pub(super) struct Documents(Bounded<String, CachedDocument>);

#[derive(Clone)]
struct CachedDocument {
    /// Its type follows from the prefix of the id.
    document: Arc<dyn Any + Send + Sync>,
    version: u64,
}

impl Documents {
    /// An empty cache of at most so many bytes; of 0 bytes, it is off.
    pub fn new(bytes: u64) -> Self {
        Self(Bounded::new(bytes))
    }

    /// Whether anything is kept.
    pub const fn is_on(&self) -> bool {
        self.0.is_on()
    }

    /// The documents with these ids, in no particular order. One command reads those whose version is not cached, whole.
    pub async fn by_ids<E: Entity>(
        &self,
        store: &Store,
        versions: &CacheVersions,
        mut ids: Vec<String>,
    ) -> Result<Vec<Arc<E>>> {
        // The response cache needs the read set of every answer, even if nothing is read here.
        store.touch(ReadSet::one(E::KIND));
        let mut found: Vec<Arc<E>> = Vec::with_capacity(ids.len());
        ids.retain(|id| {
            let known = self.0.get(id, |known| known.version == versions.of_document(id));
            let document = known.and_then(|known| known.document.downcast::<E>().ok());
            let is_known = document.is_some();
            found.extend(document);
            !is_known
        });
        let before: HashMap<String, u64> = ids.iter().map(|id| (id.clone(), versions.of_document(id))).collect();
        for (document, bytes) in store.whole_by_ids::<E>(ids).await? {
            if let Some(version) = before.get(document.id()) {
                let one = CachedDocument {
                    document: Arc::<E>::clone(&document),
                    version: *version,
                };
                self.0.put(document.id().to_owned(), one, bytes * GROWTH + ROOM);
            }
            found.push(document);
        }
        Ok(found)
    }

    /// The use of the cache.
    pub fn usage(&self) -> Use {
        self.0.usage()
    }
}
