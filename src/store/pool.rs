//! The connections to the database, counted by what the driver tells of its pool, and those who wait for one.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

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
#[derive(Debug, Default)]
pub(super) struct Pool {
    open: AtomicI64,
    checked_out: AtomicI64,
    waiting: AtomicI64,
}

/// A command that waits for a connection, until this is dropped.
pub(super) struct Waiting(Arc<Pool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        add(&self.0.waiting, -1);
    }
}

impl Pool {
    /// Takes in what the driver tells.
    pub fn count(&self, event: &CmapEvent) {
        match event {
            CmapEvent::ConnectionCreated(_) => add(&self.open, 1),
            CmapEvent::ConnectionClosed(_) => add(&self.open, -1),
            CmapEvent::ConnectionCheckedOut(_) => add(&self.checked_out, 1),
            CmapEvent::ConnectionCheckedIn(_) => add(&self.checked_out, -1),
            _ => {}
        }
    }

    /// One more waits.
    pub fn waits(self: &Arc<Self>) -> Waiting {
        add(&self.waiting, 1);
        Waiting(Arc::clone(self))
    }

    /// How it is now.
    pub fn state(&self) -> PoolState {
        // Events of different tasks may come in another order than they happened.
        let read = |number: &AtomicI64| number.load(Ordering::Relaxed).try_into().unwrap_or(0);
        PoolState {
            open: read(&self.open),
            checked_out: read(&self.checked_out),
            waiting: read(&self.waiting),
        }
    }
}

fn add(number: &AtomicI64, change: i64) {
    number.fetch_add(change, Ordering::Relaxed);
}
