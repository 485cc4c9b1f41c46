//! Counts the database connections, by the events of the driver's pool, and the commands that wait for one.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use mongodb::event::cmap::CmapEvent;

/// How many connections there are, and how many commands want one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolState {
    /// To all servers of the database.
    pub open: u64,
    /// In use by a command.
    pub checked_out: u64,
    /// Commands that wait for one.
    pub waiting: u64,
}

#[derive(Debug, Default)]
pub(super) struct Pool {
    open: AtomicI64,
    checked_out: AtomicI64,
    waiting: AtomicI64,
}

/// Counts a command as waiting for a connection, until it is dropped.
pub(super) struct Waiting(Arc<Pool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        add(&self.0.waiting, -1);
    }
}

impl Pool {
    /// Counts an event of the driver's pool.
    pub fn count(&self, event: &CmapEvent) {
        match event {
            CmapEvent::ConnectionCreated(_) => add(&self.open, 1),
            CmapEvent::ConnectionClosed(_) => add(&self.open, -1),
            CmapEvent::ConnectionCheckedOut(_) => add(&self.checked_out, 1),
            CmapEvent::ConnectionCheckedIn(_) => add(&self.checked_out, -1),
            _ => {}
        }
    }

    /// Counts a command as waiting until the guard is dropped.
    pub fn waits(self: &Arc<Self>) -> Waiting {
        add(&self.waiting, 1);
        Waiting(Arc::clone(self))
    }

    /// The current counts.
    pub fn state(&self) -> PoolState {
        // Negative counts are possible: events of different tasks may arrive out of order.
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
