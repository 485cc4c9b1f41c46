//! The database work of one request: a store for the request alone, which counts its commands.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::OptionFuture;
use mongodb::bson::serialize_to_vec;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout_at;

use super::cancel_safe::CancelSafe;
use super::command_meter::{CommandMeter, OfRequest, Work};
use super::find::Find;
use super::versions::ReadSet;
use super::{Result, Store, StoreError};
use crate::domain::id::Kind;

/// The largest filter that is explained, in bytes of BSON: some tens of conditions.
const LARGEST_EXPLAINED: usize = 4 * 1024;

/// The time limits of commands: `deadline` for each, but none after `until`.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    until: Option<Instant>,
    deadline: Duration,
}

impl Clock {
    /// The timeout of a command that starts now.
    pub fn time_left(self) -> Duration {
        /// For MongoDB, 0 means no limit.
        const LEAST: Duration = Duration::from_millis(1);
        let left = self.until.map(|until| until.saturating_duration_since(Instant::now()));
        left.map_or(self.deadline, |left| left.min(self.deadline)).max(LEAST)
    }
}

impl Store {
    /// A store for one request: its commands must end by `until`, and are counted.
    ///
    /// `explains`: also asks the database for each read how many documents it examined. That doubles the work, as the
    /// database executes the read again for this.
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

    /// Like [`Store::for_request`], for a streamed response: its duration is not limited, only that of each read.
    #[must_use]
    pub fn for_stream(&self) -> Self {
        Self {
            until: None,
            meter: Arc::default(),
            of_request: Some(OfRequest::default()),
            ..self.clone()
        }
    }

    /// A store for work that nobody waits for, with this timeout for each command.
    #[must_use]
    pub fn patient(&self, deadline: Duration) -> Self {
        Self {
            deadline,
            until: None,
            ..self.clone()
        }
    }

    /// The work since [`Store::for_request`] or [`Store::for_stream`].
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

    /// The collections that were used since then, in the database or in caches.
    pub fn read_set(&self) -> ReadSet {
        ReadSet(self.meter.read_set.load(Ordering::SeqCst))
    }

    /// Adds to the read set, for what was read without a command.
    pub fn touch(&self, read_set: ReadSet) {
        self.meter.read_set.fetch_or(read_set.0, Ordering::SeqCst);
    }

    /// The timeout of a command that starts now.
    pub(super) fn time_left(&self) -> Duration {
        self.clock().time_left()
    }

    /// What comes of a write, unless it takes as long as its request may: `None` a moment before the request itself is given
    /// up, so that its client hears what is known of the write.
    pub(super) async fn in_time<T>(&self, write: impl Future<Output = T>) -> Option<T> {
        const BEFORE: Duration = Duration::from_millis(250);
        let before = BEFORE.min(self.deadline / 4);
        match self.until {
            Some(until) => {
                let until = until.checked_sub(before).unwrap_or(until);
                timeout_at(until.into(), write).await.ok()
            }
            None => Some(write.await),
        }
    }

    /// The time limits, for use without the store.
    pub(super) const fn clock(&self) -> Clock {
        Clock {
            until: self.until,
            deadline: self.deadline,
        }
    }

    /// A find that examines the same documents as a read, for [`Store::metered`]; `None` if it is not to be explained.
    /// Large filters never are: explaining one takes memory that grows faster than the filter.
    pub(super) fn explained(&self, find: impl FnOnce() -> Find) -> Option<Find> {
        let find = self.meter.explains.then(find)?;
        let is_small = serialize_to_vec(&find.filter).is_ok_and(|filter| filter.len() <= LARGEST_EXPLAINED);
        if !is_small {
            self.meter.unexplained.store(true, Ordering::Relaxed);
        }
        is_small.then_some(find)
    }

    /// Like [`Store::metered`], for a read of one command.
    ///
    /// Boxed, and not an `async fn`: a command of the driver takes 10 KB, which every future around it would contain.
    pub(super) fn commanded<T: Send + 'static>(
        &self,
        kind: Kind,
        explained: Option<Find>,
        read: impl Future<Output = Result<T>> + Send + 'static,
        returned: impl FnOnce(&T) -> usize,
    ) -> impl Future<Output = Result<T>> {
        let read = read.boxed();
        self.metered(kind, explained, |permit| CancelSafe::new(read, permit), returned)
    }

    /// Reads from a collection, and counts the read. It waits for a permit of its request and one for a connection.
    /// `explained`, if given, is explained first; `returned` counts the rows.
    pub(super) async fn metered<T, F: Future<Output = Result<T>>>(
        &self,
        kind: Kind,
        explained: Option<Find>,
        read: impl FnOnce(Option<OwnedSemaphorePermit>) -> F,
        returned: impl FnOnce(&T) -> usize,
    ) -> Result<T> {
        self.touch(ReadSet::one(kind));
        if let Some(find) = explained {
            match self.explain(&find).boxed().await {
                // Some users may not explain, and some servers cannot.
                Err(StoreError::Refused(_)) => self.meter.unexplained.store(true, Ordering::Relaxed),
                explained => {
                    let examined = explained?.documents_examined;
                    self.meter.examined.fetch_add(examined, Ordering::Relaxed);
                }
            }
        }
        let of_request = self.of_request.as_ref().map(|own| own.permits.acquire());
        // The semaphore is never closed.
        let _of_request = OptionFuture::from(of_request).await.transpose().ok();
        let permit = self.counted_permit().await;
        let began = Instant::now();
        let found = read(permit).await?;
        let took = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.meter.microseconds.fetch_add(took, Ordering::Relaxed);
        self.meter.commands.fetch_add(1, Ordering::Relaxed);
        self.meter
            .returned
            .fetch_add(returned(&found) as u64, Ordering::Relaxed);
        Ok(found)
    }
}
