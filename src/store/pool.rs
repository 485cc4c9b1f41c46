//! The connections to the database, counted by what the driver tells of its pool.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use mongodb::event::cmap::CmapEvent;

/// How many connections there are at the moment, and how many are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolState {
    /// Open to any server of the database.
    pub open: u64,
    /// In use by a command.
    pub checked_out: u64,
    /// Commands that wait for one.
    pub waiting: u64,
}

/// The count.
#[derive(Debug)]
pub(super) struct Pool {
    open: AtomicI64,
    checked_out: AtomicI64,
    /// When each wait began. A request that gives up while it waits is told by no event, so a wait counts for no longer
    /// than a request may take.
    waits: Mutex<VecDeque<Instant>>,
    longest: Duration,
}

impl Pool {
    /// No connections yet. `longest` is what a request may take.
    pub fn new(longest: Duration) -> Self {
        Self {
            open: AtomicI64::new(0),
            checked_out: AtomicI64::new(0),
            waits: Mutex::default(),
            longest,
        }
    }

    /// Takes in what the driver tells.
    pub fn count(&self, event: &CmapEvent) {
        match event {
            CmapEvent::ConnectionCreated(_) => add(&self.open, 1),
            CmapEvent::ConnectionClosed(_) => add(&self.open, -1),
            CmapEvent::ConnectionCheckoutStarted(_) => self.waits().push_back(Instant::now()),
            CmapEvent::ConnectionCheckoutFailed(_) => drop(self.waits().pop_front()),
            CmapEvent::ConnectionCheckedOut(_) => {
                self.waits().pop_front();
                add(&self.checked_out, 1);
            }
            CmapEvent::ConnectionCheckedIn(_) => add(&self.checked_out, -1),
            _ => {}
        }
    }

    /// How it is now.
    pub fn state(&self) -> PoolState {
        // Events of different tasks may come in another order than they happened.
        let read = |number: &AtomicI64| number.load(Ordering::Relaxed).try_into().unwrap_or(0);
        PoolState {
            open: read(&self.open),
            checked_out: read(&self.checked_out),
            waiting: self.waits().len() as u64,
        }
    }

    /// The waits that still count.
    fn waits(&self) -> MutexGuard<'_, VecDeque<Instant>> {
        let mut waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        while waits.front().is_some_and(|began| began.elapsed() > self.longest) {
            waits.pop_front();
        }
        waits
    }
}

fn add(number: &AtomicI64, change: i64) {
    number.fetch_add(change, Ordering::Relaxed);
}
