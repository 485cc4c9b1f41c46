//! The cache of documents by id.
//!
//! An entry holds the version counter of its id from before the read
//! ([`CacheVersions`](crate::store::versions::CacheVersions)). It is valid while that counter is unchanged and the feed
//! is fresh. Documents are cached whole, so that every request finds the fields that it selects.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

use super::{Bounded, Live, Use};
use crate::store::entity::{Entity, Projection};
use crate::store::versions::ReadSet;
use crate::store::{Result, Store};

/// A document in memory is about this many times the size of its BSON, plus this overhead in bytes.
const GROWTH: usize = 3;
const ROOM: usize = 256;

/// Documents by id.
pub(super) type Documents = Bounded<String, CachedDocument>;

#[derive(Clone)]
pub(super) struct CachedDocument {
    /// Its type follows from the prefix of the id.
    document: Arc<dyn Any + Send + Sync>,
    version: u64,
}

impl Live {
    /// The documents with these ids, in no particular order; ids without a document are left out. One command reads
    /// those that are not cached: whole if the cache is on, otherwise only `fields`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn by_ids<E: Entity>(
        &self,
        store: &Store,
        mut ids: Vec<String>,
        fields: &Projection,
    ) -> Result<Vec<Arc<E>>> {
        let cache = &self.0.documents;
        if !cache.is_on() || !self.is_fresh() {
            return store.by_ids(ids, fields).await;
        }
        // The response cache needs the read set of every answer, even if nothing is read here.
        store.touch(ReadSet::one(E::KIND));
        let versions = self.versions();
        let mut found: Vec<Arc<E>> = Vec::with_capacity(ids.len());
        ids.retain(|id| {
            let known = cache.get(id, |known| known.version == versions.of_document(id));
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
                cache.put(document.id().to_owned(), one, bytes * GROWTH + ROOM);
            }
            found.push(document);
        }
        Ok(found)
    }

    /// The use of the cache of documents.
    pub fn documents(&self) -> Use {
        self.0.documents.usage()
    }
}
