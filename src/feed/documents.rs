//! Documents that were read, kept by their ids for as long as nobody writes them.
//!
//! One is kept with the counter of its id from before it was read ([`CacheVersions`](crate::store::versions::CacheVersions)) and
//! counts while that stands and the feed is fresh. They are kept whole, so that every request finds the fields that it
//! selects.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

use super::{Bounded, Live, Use};
use crate::store::entity::{Entity, Projection};
use crate::store::versions::ReadSet;
use crate::store::{Result, Store};

/// A document in memory is about this many times as large as in the database, and takes some room for itself.
const GROWTH: usize = 3;
const ROOM: usize = 256;

/// What is kept, by id.
pub(super) type Documents = Bounded<String, Kept>;

#[derive(Clone)]
pub(super) struct Kept {
    /// Of the type that its id tells.
    document: Arc<dyn Any + Send + Sync>,
    version: u64,
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
        let kept = &self.0.documents;
        if !kept.is_on() || !self.is_fresh() {
            return store.by_ids(ids, fields).await;
        }
        // Whoever keeps the answer must know on what it rests, also where nothing is read.
        store.touch(ReadSet::one(E::KIND));
        let versions = self.versions();
        let mut found: Vec<Arc<E>> = Vec::with_capacity(ids.len());
        ids.retain(|id| {
            let known = kept.get(id, |known| known.version == versions.of_document(id));
            let document = known.and_then(|known| known.document.downcast::<E>().ok());
            let is_known = document.is_some();
            found.extend(document);
            !is_known
        });
        let before: HashMap<String, u64> = ids.iter().map(|id| (id.clone(), versions.of_document(id))).collect();
        for (document, bytes) in store.whole_by_ids::<E>(ids).await? {
            if let Some(version) = before.get(document.id()) {
                let one = Kept {
                    document: Arc::<E>::clone(&document),
                    version: *version,
                };
                kept.put(document.id().to_owned(), one, bytes * GROWTH + ROOM);
            }
            found.push(document);
        }
        Ok(found)
    }

    /// How the cache of documents is used.
    pub fn documents(&self) -> Use {
        self.0.documents.usage()
    }
}
