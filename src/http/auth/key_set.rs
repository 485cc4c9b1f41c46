//! The current set of keys, and when it is read again.
//!
//! The set is read again when a token names an unknown key, which may be new, and from time to time, so that a key that
//! was removed from it becomes invalid. Requests with a known key never wait for that, unless the set is so old that
//! its keys are no longer valid: nobody knows then which of them were removed.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jsonwebtoken::Algorithm;
use tokio::sync::Mutex;
use tracing::{info, warn};

use super::keys::{Found, Key, Keys};
use super::source::{SignedError, Source};

/// When the set is read again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// The age from which on it is read again.
    pub refresh: Duration,
    /// The least time between two reads.
    pub rest: Duration,
    /// The age from which on its keys are no longer valid.
    pub stale: Duration,
}

#[derive(Debug)]
pub(super) struct KeySet {
    source: Source,
    pace: Pace,
    current: RwLock<Current>,
    /// When the source was last read; locked while it is being read.
    last: Mutex<Instant>,
}

#[derive(Clone, Debug)]
struct Current {
    keys: Arc<Keys>,
    /// `None` before the first successful read.
    read: Option<Instant>,
    /// Raised by each read that brings other keys.
    number: u64,
}

impl Current {
    fn is_older_than(&self, age: Duration) -> bool {
        self.read.is_none_or(|read| read.elapsed() >= age)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoKey {
    /// No set has been read yet, or the last one is too old.
    Unread,
    /// The set has no key of this id; a newer set may.
    Unknown,
    OtherAlgorithm,
    /// The token names no key, and several are possible.
    Several,
}

impl KeySet {
    /// Reads the keys for the first time. A file must be valid; a URL need not respond yet.
    pub async fn new(source: Source, pace: Pace) -> Result<Self, SignedError> {
        let keys = source.read().await.and_then(|set| Keys::parse(&set));
        let read = keys.is_ok().then(Instant::now);
        let keys = match (keys, &source) {
            (Ok(keys), Source::File(file)) if keys.is_empty() => {
                let (file, problem) = (file.clone(), keys.problem());
                return Err(SignedError::File { file, problem });
            }
            (Ok(keys), _) => {
                if keys.is_empty() {
                    warn!("no keys of signed tokens; {}: {}", source.name(), keys.problem());
                }
                keys
            }
            (Err(problem), Source::File(file)) => {
                let file = file.clone();
                return Err(SignedError::File { file, problem });
            }
            (Err(problem), Source::Address { .. }) => {
                warn!("no keys of signed tokens yet; {}: {problem}", source.name());
                Keys::default()
            }
        };
        Ok(Self {
            source,
            pace,
            current: RwLock::new(Current {
                keys: Arc::new(keys),
                read,
                number: 0,
            }),
            last: Mutex::new(Instant::now()),
        })
    }

    /// The key for a token that names `id` (or none) and `algorithm`, and the number of its set.
    pub async fn key(self: &Arc<Self>, id: Option<&str>, algorithm: Algorithm) -> Result<(Key, u64), NoKey> {
        let current = self.current();
        match self.find(&current, id, algorithm) {
            Err(NoKey::Unknown | NoKey::Unread) => {
                // In a task: a client that leaves must not cancel the read that others wait for.
                let ring = Arc::clone(self);
                let _ = tokio::spawn(async move { ring.refresh().await }).await;
                self.find(&self.current(), id, algorithm)
            }
            found => {
                self.renew(&current);
                found
            }
        }
    }

    /// Whether the set of this number is still current, and valid.
    pub fn counts(self: &Arc<Self>, number: u64) -> bool {
        let current = self.current();
        self.renew(&current);
        current.number == number && !current.is_older_than(self.pace.stale)
    }

    fn find(&self, current: &Current, id: Option<&str>, algorithm: Algorithm) -> Result<(Key, u64), NoKey> {
        if current.is_older_than(self.pace.stale) {
            return Err(NoKey::Unread);
        }
        match current.keys.find(id, algorithm) {
            Found::Key(key) => Ok((key.clone(), current.number)),
            Found::Unknown => Err(NoKey::Unknown),
            Found::OtherAlgorithm => Err(NoKey::OtherAlgorithm),
            Found::Several => Err(NoKey::Several),
        }
    }

    /// Reads an old set again, in the background.
    fn renew(self: &Arc<Self>, current: &Current) {
        let rested = || self.last.try_lock().is_ok_and(|last| last.elapsed() >= self.pace.rest);
        if current.is_older_than(self.pace.refresh) && rested() {
            let ring = Arc::clone(self);
            tokio::spawn(async move { ring.refresh().await });
        }
    }

    /// Reads the set, unless that was done just now. If that fails, the previous keys stay; if it succeeds, they are
    /// replaced, even by an empty set.
    async fn refresh(&self) {
        // Whoever has waited for the lock finds here that another one has just read the set.
        let mut last = self.last.lock().await;
        if last.elapsed() < self.pace.rest {
            return;
        }
        *last = Instant::now();
        match self.source.read().await.and_then(|set| Keys::parse(&set)) {
            Ok(keys) => {
                if keys.is_empty() {
                    let problem = keys.problem();
                    warn!(
                        "no signed token opens anything any more; {}: {problem}",
                        self.source.name()
                    );
                } else {
                    info!("the keys of signed tokens were read again from {}", self.source.name());
                }
                let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
                // Identities that were verified by the same keys stay valid.
                let number = current.number + u64::from(*current.keys != keys);
                *current = Current {
                    keys: Arc::new(keys),
                    read: Some(*last),
                    number,
                };
            }
            Err(problem) => warn!(
                "the keys of signed tokens could not be read again, those from before are kept until they are {} s old; \
                 {}: {problem}",
                self.pace.stale.as_secs(),
                self.source.name()
            ),
        }
    }

    fn current(&self) -> Current {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
