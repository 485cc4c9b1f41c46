//! The keys that are in use, and when they are read again.
//!
//! A key that nobody knows may be a new one, so the set is read again when one is named, and now and then, so that a key
//! that was taken out of the set opens nothing any more. Requests with a known key never wait for that, unless the set
//! is so old that its keys no longer count: nobody can tell then which of them were taken out.

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
    /// From what age on they open nothing.
    pub stale: Duration,
}

/// The keys with their source.
#[derive(Debug)]
pub(super) struct KeySet {
    source: Source,
    pace: Pace,
    current: RwLock<Current>,
    /// When the source was last read; held while it is.
    last: Mutex<Instant>,
}

#[derive(Clone, Debug)]
struct Current {
    keys: Arc<Keys>,
    /// When they were read; `None` before the first time.
    read: Option<Instant>,
    /// Which set this is: another number for each that was read.
    number: u64,
}

impl Current {
    fn is_older_than(&self, age: Duration) -> bool {
        self.read.is_none_or(|read| read.elapsed() >= age)
    }
}

/// Why there is no key for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoKey {
    /// No set of keys could be read so far, or none for so long that the last one no longer counts.
    Unread,
    /// Its key is not in the set.
    Unknown,
    /// Its key is for another algorithm.
    OtherAlgorithm,
    /// It names no key, and several are possible.
    Several,
}

impl KeySet {
    /// Reads the keys for the first time. A file must be right; an address may answer later.
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

    /// The key of a token that names `id` (or none) and `algorithm`, and the number of the set that it is in.
    pub async fn key(self: &Arc<Self>, id: Option<&str>, algorithm: Algorithm) -> Result<(Key, u64), NoKey> {
        let current = self.current();
        match self.find(&current, id, algorithm) {
            Err(NoKey::Unknown | NoKey::Unread) => {
                // In a task of its own: a client that leaves must not stop what others wait for.
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

    /// Whether the set of this number is still the one that counts.
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

    /// Has an old set read again, and waits for nothing.
    fn renew(self: &Arc<Self>, current: &Current) {
        let rested = || self.last.try_lock().is_ok_and(|last| last.elapsed() >= self.pace.rest);
        if current.is_older_than(self.pace.refresh) && rested() {
            let ring = Arc::clone(self);
            tokio::spawn(async move { ring.refresh().await });
        }
    }

    /// Reads the set, unless that was done just now. Keys that were read before are kept where it cannot be read; one that
    /// can be read takes their place, also where it is empty.
    async fn refresh(&self) {
        // Whoever waits here finds that it was done just now.
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
                // The same keys leave what was checked by them as it is.
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
