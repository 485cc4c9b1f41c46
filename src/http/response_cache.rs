//! Answers that are kept, and answers that several clients wait for.
//!
//! An answer is kept with the versions of all collections from before it was made, and with the collections that it
//! rests on; it counts while those versions stand and the feed is fresh (`live`). A request that is asked while the same
//! one is under way waits for its answer, if nothing was written in between. Only queries that worked are kept, and only
//! for viewers who may see the same.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, WeakShared};

use super::answer::Answer;
use super::cached_response::CachedResponse;
use crate::api::viewer::Role;
use crate::feed::{Bounded, Live, Use};
use crate::store::versions::{ReadSet, Snapshot};

/// What an entry takes besides its texts and its body.
const ROOM: usize = 512;
/// Of a cache, one answer may take this part at most.
const SHARE: u64 = 16;

/// What makes two requests the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ResponseKey {
    /// The document.
    pub text: Arc<str>,
    /// The name of the operation.
    pub operation: Option<String>,
    /// The variables, as they came.
    pub variables: Option<Box<str>>,
    /// What the viewer may see.
    pub role: Role,
}

impl ResponseKey {
    fn len(&self) -> usize {
        let variables = self.variables.as_deref().map_or(0, str::len);
        self.text.len() + variables + self.operation.as_deref().map_or(0, str::len)
    }
}

/// What became of a request that others may wait for: an answer to keep, or one for now.
pub type Made = Result<Arc<CachedResponse>, Arc<Answer>>;
/// A request that is under way.
pub type Making = Shared<BoxFuture<'static, Made>>;

/// With the versions from before each began.
type UnderWay = HashMap<ResponseKey, (Snapshot, WeakShared<BoxFuture<'static, Made>>)>;

#[derive(Clone)]
struct Entry {
    answer: Arc<CachedResponse>,
    snapshot: Snapshot,
    read_set: ReadSet,
}

/// The answers.
#[derive(Clone)]
pub struct Responses(Arc<Inner>);

struct Inner {
    live: Live,
    most: u64,
    kept: Bounded<ResponseKey, Entry>,
    under_way: Mutex<UnderWay>,
    joined: AtomicU64,
}

impl Responses {
    /// At most so many bytes; none of the answers is kept where that is 0.
    pub fn new(live: Live, bytes: u64) -> Self {
        Self(Arc::new(Inner {
            live,
            most: bytes / SHARE,
            kept: Bounded::new(bytes),
            under_way: Mutex::default(),
            joined: AtomicU64::new(0),
        }))
    }

    /// Whether answers are kept at the moment.
    pub fn is_on(&self) -> bool {
        self.0.kept.is_on() && self.0.live.is_fresh()
    }

    /// The answer to a request, if one is kept that still holds.
    pub fn get(&self, key: &ResponseKey) -> Option<Arc<CachedResponse>> {
        let Inner { live, kept, .. } = &*self.0;
        let holds = |entry: &Entry| live.versions().still(&entry.snapshot, entry.read_set) && live.is_fresh();
        kept.get(key, holds).map(|entry| entry.answer)
    }

    /// The answer that is being made to the same request, or the one that `make` makes.
    ///
    /// `make` gives the collections that its answer rests on beside it.
    pub fn join(&self, key: &ResponseKey, make: impl Future<Output = (Made, ReadSet)> + Send + 'static) -> Making {
        let snapshot = self.0.live.versions().snapshot();
        let mut under_way = self.under_way();
        if let Some((since, making)) = under_way.get(key)
            // What was written in between may be missing in it.
            && *since == snapshot
            && let Some(making) = making.upgrade()
        {
            self.0.joined.fetch_add(1, Ordering::Relaxed);
            return making;
        }
        let (responses, of) = (self.clone(), key.clone());
        let making = async move {
            let (made, read_set) = make.await;
            if let Ok(answer) = &made {
                responses.keep(&of, answer, snapshot, read_set);
            }
            // Those too whose clients have all left.
            responses
                .under_way()
                .retain(|key, (_, making)| *key != of && making.upgrade().is_some());
            made
        };
        let making = making.boxed().shared();
        if let Some(weak) = making.downgrade() {
            under_way.insert(key.clone(), (snapshot, weak));
        }
        making
    }

    fn keep(&self, key: &ResponseKey, answer: &Arc<CachedResponse>, snapshot: Snapshot, read_set: ReadSet) {
        let Inner { live, most, kept, .. } = &*self.0;
        let bytes = answer.body().len() * 2 + key.len() + ROOM;
        if bytes as u64 <= *most && live.versions().still(&snapshot, read_set) {
            let entry = Entry {
                answer: Arc::clone(answer),
                snapshot,
                read_set,
            };
            kept.put(key.clone(), entry, bytes);
        }
    }

    fn under_way(&self) -> MutexGuard<'_, UnderWay> {
        self.0.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How it is used.
    pub fn usage(&self) -> Use {
        self.0.kept.usage()
    }

    /// How many requests waited for the answer to another.
    pub fn joined(&self) -> u64 {
        self.0.joined.load(Ordering::Relaxed)
    }
}
