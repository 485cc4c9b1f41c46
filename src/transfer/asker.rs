//! Puts the rows of an import to the store.

use super::pieces::Broken;
use crate::store::write::{Batch, Intent, Outcome, Policy, Write};
use crate::store::{Store, StoreError};

/// Why a piece came to nothing.
pub(super) enum Stopped {
    Unreadable(Broken),
    Store(StoreError),
}

/// Asks the store, also for several pieces at once.
#[derive(Clone)]
pub(super) struct Asker {
    pub store: Store,
    pub by: String,
    pub policy: Policy,
}

impl Asker {
    /// What comes of these rows.
    pub async fn ask(self, writes: Vec<Write>, intent: Intent) -> Result<Vec<Outcome>, StoreError> {
        let Self { store, by, policy } = self;
        let batch = Batch {
            writes,
            policy,
            by,
            intent,
        };
        store.write(batch).await
    }
}
