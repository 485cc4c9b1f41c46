//! The keys that are in use, and when they are read again.
//!
//! A key that nobody knows may be a new one, so the set is read again when one is named, and now and then, so that a key
//! that was taken out of the set opens nothing any more. Requests with a known key never wait for that.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jsonwebtoken::Algorithm;
use tokio::sync::Mutex;
use tracing::{info, warn};

use super::keys::{Found, Key, Keys};
use super::source::{SignedError, Source};

/// When keys are read again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// From what age on.
    pub refresh: Duration,
    /// How long after the last time at the earliest.
    pub rest: Duration,
}

/// The keys with their source.
#[derive(Debug)]
pub(super) struct Ring {
    source: Source,
    pace: Pace,
    current: RwLock<Current>,
    /// When the source was last read; held while it is.
    last: Mutex<Instant>,
}

#[derive(Clone, Debug)]
struct Current {
    keys: Arc<Keys>,
    read: Instant,
}

/// Why there is no key for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoKey {
    /// No set of keys could be read so far.
    Unread,
    /// Its key is not in the set.
    Unknown,
    /// Its key is for another algorithm.
    OtherAlgorithm,
    /// It names no key, and several are possible.
    Several,
}

impl Ring {
    /// Reads the keys for the first time. A file must be right; an address may answer later.
    pub async fn new(source: Source, pace: Pace) -> Result<Self, SignedError> {
        let keys = source.read().await.and_then(|set| Keys::parse(&set));
        let keys = match (keys, &source) {
            (Ok(keys), _) => keys,
            (Err(problem), Source::File(file)) => {
                let file = file.clone();
                return Err(SignedError::File { file, problem });
            }
            (Err(problem), Source::Address { .. }) => {
                warn!("no keys of signed tokens yet; {}: {problem}", source.name());
                Keys::default()
            }
        };
        let now = Instant::now();
        Ok(Self {
            source,
            pace,
            current: RwLock::new(Current {
                keys: Arc::new(keys),
                read: now,
            }),
            last: Mutex::new(now),
        })
    }

    /// The key of a token that names `id` (or none) and `algorithm`.
    pub async fn key(self: &Arc<Self>, id: Option<&str>, algorithm: Algorithm) -> Result<Key, NoKey> {
        let current = self.current();
        match find(&current.keys, id, algorithm) {
            Err(NoKey::Unknown | NoKey::Unread) => {
                // In a task of its own: a client that leaves must not stop what others wait for.
                let ring = Arc::clone(self);
                let _ = tokio::spawn(async move { ring.refresh().await }).await;
                find(&self.current().keys, id, algorithm)
            }
            found => {
                let rested = || self.last.try_lock().is_ok_and(|last| last.elapsed() >= self.pace.rest);
                if current.read.elapsed() >= self.pace.refresh && rested() {
                    let ring = Arc::clone(self);
                    tokio::spawn(async move { ring.refresh().await });
                }
                found
            }
        }
    }

    /// Reads the set, unless that was done just now. Keys that were read before are kept where it fails.
    async fn refresh(&self) {
        // Whoever waits here finds that it was done just now.
        let mut last = self.last.lock().await;
        if last.elapsed() < self.pace.rest {
            return;
        }
        *last = Instant::now();
        match self.source.read().await.and_then(|set| Keys::parse(&set)) {
            Ok(keys) => {
                info!("the keys of signed tokens were read again from {}", self.source.name());
                let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
                *current = Current {
                    keys: Arc::new(keys),
                    read: *last,
                };
            }
            Err(problem) => warn!(
                "the keys of signed tokens could not be read again, those from before are kept; {}: {problem}",
                self.source.name()
            ),
        }
    }

    fn current(&self) -> Current {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn find(keys: &Keys, id: Option<&str>, algorithm: Algorithm) -> Result<Key, NoKey> {
    match keys.find(id, algorithm) {
        Found::Key(key) => Ok(key.clone()),
        Found::Unknown if keys.is_empty() => Err(NoKey::Unread),
        Found::Unknown => Err(NoKey::Unknown),
        Found::OtherAlgorithm => Err(NoKey::OtherAlgorithm),
        Found::Several => Err(NoKey::Several),
    }
}
