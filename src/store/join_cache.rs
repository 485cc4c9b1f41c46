//! The ids that a request has looked up for joins, shared by all its fields.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError};

use tokio::sync::Mutex;

use super::filter::Filter;
use super::filter::operator::Ids;
use crate::domain::id::Kind;

/// A collection, and the top-level field there with the ids that replace the join.
pub(super) type Relation = (Kind, &'static str);

/// The ids for inner filters of one relation.
pub(super) type LookedUp = Arc<Mutex<HashMap<Filter, Ids>>>;

/// The ids that a request has looked up for joins.
#[derive(Default)]
pub(super) struct Joins {
    /// By relation and inner filter. The inner lock is held during the command, so that others who need the same wait
    /// for its result. Nobody waits for one of these locks while holding another.
    known: std::sync::Mutex<HashMap<Relation, LookedUp>>,
    /// How many ids there are in all.
    pub ids: AtomicUsize,
}

impl Joins {
    /// The ids of this relation, to look up or to add to.
    pub fn of(&self, relation: Relation) -> LookedUp {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(relation).or_default())
    }

    /// Forgets them all.
    pub fn forget(&self) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.ids.store(0, Ordering::Relaxed);
    }
}
