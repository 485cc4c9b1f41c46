//! Cached responses, and joining of identical requests at the same time.
//!
//! An entry stores the versions of all collections from before its answer was made, and the read set of the answer. It
//! is valid while the versions of the read set are unchanged and the feed is fresh. A request that arrives during an
//! identical one waits for its answer, unless something was written in between. Only successful queries are cached, and
//! only for viewers of the same role.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, WeakShared};

use super::answer::Answer;
use super::cached_response::CachedResponse;
use crate::api::viewer::Role;
use crate::domain::date::Day;
use crate::feed::{Bounded, Live, Use};
use crate::store::versions::{ReadSet, Snapshot};

/// The estimated size of an entry without its key and body, in bytes.
const ROOM: usize = 512;
/// One answer may take at most this fraction (1/16) of the cache.
const SHARE: u64 = 16;

/// Identifies identical requests.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ResponseKey {
    pub text: Arc<str>,
    pub operation: Option<String>,
    /// Unparsed.
    pub variables: Option<Box<str>>,
    /// Decides what the viewer may see.
    pub role: Role,
    /// The day on which it is asked: an end that is not known lies no later than today.
    pub day: Day,
}

impl ResponseKey {
    fn len(&self) -> usize {
        let variables = self.variables.as_deref().map_or(0, str::len);
        self.text.len() + variables + self.operation.as_deref().map_or(0, str::len)
    }
}

/// The result of a shared execution: an answer to cache, or one that must not be cached.
pub type Made = Result<Arc<CachedResponse>, Arc<Answer>>;
/// A shared execution.
pub type Making = Shared<BoxFuture<'static, Made>>;

/// Shared executions, each with the versions from before it began.
type UnderWay = HashMap<ResponseKey, (Snapshot, WeakShared<BoxFuture<'static, Made>>)>;

#[derive(Clone)]
struct Entry {
    answer: Arc<CachedResponse>,
    snapshot: Snapshot,
    read_set: ReadSet,
}

/// The cache and the shared executions; clones share both.
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
    /// `bytes`: the capacity; 0 disables the cache.
    pub fn new(live: Live, bytes: u64) -> Self {
        Self(Arc::new(Inner {
            live,
            most: bytes / SHARE,
            kept: Bounded::new(bytes),
            under_way: Mutex::default(),
            joined: AtomicU64::new(0),
        }))
    }

    /// Whether responses are cached at the moment.
    pub fn is_on(&self) -> bool {
        self.0.kept.is_on() && self.0.live.is_fresh()
    }

    /// The cached response to a request, if it is still valid.
    pub fn get(&self, key: &ResponseKey) -> Option<Arc<CachedResponse>> {
        let Inner { live, kept, .. } = &*self.0;
        let holds = |entry: &Entry| live.versions().still(&entry.snapshot, entry.read_set) && live.is_fresh();
        kept.get(key, holds).map(|entry| entry.answer)
    }

    /// The versions of all collections, for [`Responses::keep`].
    pub fn snapshot(&self) -> Snapshot {
        self.0.live.versions().snapshot()
    }

    /// Joins the execution of an identical request, or starts `make`, which returns the read set with its result.
    pub fn join(&self, key: &ResponseKey, make: impl Future<Output = (Made, ReadSet)> + Send + 'static) -> Making {
        let snapshot = self.snapshot();
        let mut under_way = self.under_way();
        if let Some((since, making)) = under_way.get(key)
            // Its answer may miss what was written in between.
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
            // Also removes those whose clients have all left.
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

    /// Caches an answer, unless something of its read set has changed since `snapshot`, from before it was made.
    pub fn keep(&self, key: &ResponseKey, answer: &Arc<CachedResponse>, snapshot: Snapshot, read_set: ReadSet) {
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

    /// The hits, misses and size of the cache.
    pub fn usage(&self) -> Use {
        self.0.kept.usage()
    }

    /// How many requests have joined another.
    pub fn joined(&self) -> u64 {
        self.0.joined.load(Ordering::Relaxed)
    }
}
