//! What one request costs the database: a store for the request alone, which counts what it does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::OptionFuture;
use mongodb::bson::serialize_to_vec;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::cancel_safe::CancelSafe;
use super::find::Find;
use super::join::Joins;
use super::versions::ReadSet;
use super::{Result, Store};
use crate::domain::id::Kind;

/// How many commands of one request are under way at once. Each may take the embedded database as much memory as all
/// that matches: over 20,000 gifts about 13 MB, and a request can ask for fifty pages at the same time.
const AT_ONCE: usize = 4;

/// How large a filter may be that is explained, in bytes of BSON: some tens of conditions.
const LARGEST_EXPLAINED: usize = 4 * 1024;

/// What the store for a request has beside the store for all.
#[derive(Clone)]
pub(super) struct OfRequest {
    /// Turns for its commands.
    turns: Arc<Semaphore>,
    /// What it has looked up across relations.
    pub joins: Arc<Joins>,
}

impl Default for OfRequest {
    fn default() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            joins: Arc::default(),
        }
    }
}

/// The counts of one request. Zero where nothing was counted.
#[derive(Debug, Default)]
pub(super) struct CommandMeter {
    commands: AtomicU64,
    returned: AtomicU64,
    examined: AtomicU64,
    microseconds: AtomicU64,
    read_set: AtomicU64,
    explains: bool,
    /// Whether a read was not explained although the others were.
    unexplained: AtomicBool,
}

/// What a request has cost the database so far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Work {
    /// How many reads were made.
    pub commands: u64,
    /// How many documents they returned.
    pub returned: u64,
    /// How many documents the database examined for that; `None` where it was not asked of all.
    pub examined: Option<u64>,
    /// The time that the reads took, added up although some ran at the same time.
    pub milliseconds: f64,
}

/// How long commands may take: each so long, and none longer than until then.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    until: Option<Instant>,
    deadline: Duration,
}

impl Clock {
    /// The longest that a command may take from now on.
    pub fn time_left(self) -> Duration {
        /// MongoDB takes 0 for no limit at all.
        const LEAST: Duration = Duration::from_millis(1);
        let left = self.until.map(|until| until.saturating_duration_since(Instant::now()));
        left.map_or(self.deadline, |left| left.min(self.deadline)).max(LEAST)
    }
}

impl Store {
    /// The same store for one request: it sends along the time that is left until `until`, and counts what it does.
    ///
    /// `explains`: it also asks the database for each read how many documents it examined. That doubles the work, for
    /// the database tells it only of a read that it makes for this purpose.
    #[must_use]
    pub fn for_request(&self, until: Instant, explains: bool) -> Self {
        Self {
            until: Some(until),
            meter: Arc::new(CommandMeter {
                explains,
                ..CommandMeter::default()
            }),
            of_request: Some(OfRequest::default()),
            ..self.clone()
        }
    }

    /// The same store for a request that goes on as long as its client reads: each read may take the whole deadline. It
    /// counts what it does.
    #[must_use]
    pub fn for_stream(&self) -> Self {
        Self {
            until: None,
            meter: Arc::default(),
            of_request: Some(OfRequest::default()),
            ..self.clone()
        }
    }

    /// The same store for work that nobody waits for: each command may take this long.
    #[must_use]
    pub fn patient(&self, deadline: Duration) -> Self {
        Self {
            deadline,
            until: None,
            ..self.clone()
        }
    }

    /// What was done since [`Store::for_request`] or [`Store::for_stream`].
    pub fn work(&self) -> Work {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Work {
            commands: read(&self.meter.commands),
            returned: read(&self.meter.returned),
            examined: (self.meter.explains && !self.meter.unexplained.load(Ordering::Relaxed))
                .then(|| read(&self.meter.examined)),
            milliseconds: Duration::from_micros(read(&self.meter.microseconds)).as_secs_f64() * 1_000.0,
        }
    }

    /// The collections that were looked at since then, in the database or in what is kept of it.
    pub fn read_set(&self) -> ReadSet {
        ReadSet(self.meter.read_set.load(Ordering::SeqCst))
    }

    /// Looks at something that is not in the database's hands.
    pub fn touch(&self, read_set: ReadSet) {
        self.meter.read_set.fetch_or(read_set.0, Ordering::SeqCst);
    }

    /// The longest that a command may take from now on.
    pub(super) fn time_left(&self) -> Duration {
        self.clock().time_left()
    }

    /// What tells how long a command may take.
    pub(super) const fn clock(&self) -> Clock {
        Clock {
            until: self.until,
            deadline: self.deadline,
        }
    }

    /// A find that examines the same documents as a read, for [`Store::metered`]; made only where it is explained. A large
    /// filter is not: to explain one takes memory that grows faster than the filter.
    pub(super) fn explained(&self, find: impl FnOnce() -> Find) -> Option<Find> {
        let find = self.meter.explains.then(find)?;
        let is_small = serialize_to_vec(&find.filter).is_ok_and(|filter| filter.len() <= LARGEST_EXPLAINED);
        if !is_small {
            self.meter.unexplained.store(true, Ordering::Relaxed);
        }
        is_small.then_some(find)
    }

    /// Makes a read of one command; otherwise as [`Store::metered`].
    ///
    /// In a box, and no `async fn`: a command of the driver takes 10 KB, and whatever waits for it would hold and move them
    /// in its turn.
    pub(super) fn commanded<T: Send + 'static>(
        &self,
        kind: Kind,
        explained: Option<Find>,
        read: impl Future<Output = Result<T>> + Send + 'static,
        returned: impl FnOnce(&T) -> usize,
    ) -> impl Future<Output = Result<T>> {
        let read = read.boxed();
        self.metered(kind, explained, |turn| CancelSafe::new(read, turn), returned)
    }

    /// Makes a read of a collection, which gets a turn among those of its request and one for a connection, and counts it. `explained` is explained first;
    /// `returned` counts the rows.
    pub(super) async fn metered<T, F: Future<Output = Result<T>>>(
        &self,
        kind: Kind,
        explained: Option<Find>,
        read: impl FnOnce(Option<OwnedSemaphorePermit>) -> F,
        returned: impl FnOnce(&T) -> usize,
    ) -> Result<T> {
        self.touch(ReadSet::one(kind));
        if let Some(find) = explained {
            let explained = self.explain(&find).boxed().await?;
            self.meter
                .examined
                .fetch_add(explained.documents_examined, Ordering::Relaxed);
        }
        let of_request = self.of_request.as_ref().map(|own| own.turns.acquire());
        // The semaphore is never closed.
        let _of_request = OptionFuture::from(of_request).await.transpose().ok();
        let turn = self.counted_turn().await;
        let began = Instant::now();
        let found = read(turn).await?;
        let took = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.meter.microseconds.fetch_add(took, Ordering::Relaxed);
        self.meter.commands.fetch_add(1, Ordering::Relaxed);
        self.meter
            .returned
            .fetch_add(returned(&found) as u64, Ordering::Relaxed);
        Ok(found)
    }
}
