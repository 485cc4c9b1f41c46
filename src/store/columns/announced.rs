//! Transactions of this process, which must be in the columns before they are acknowledged.

use std::time::Duration;

use tokio::time::timeout;

use super::changes::Write;
use super::column_store::{ColumnStore, Phase};
use super::tables::KINDS;
use crate::domain::id::Kind;

/// How long a write waits for the feed to report it, before the columns count as behind.
const ECHO: Duration = Duration::from_millis(250);

impl ColumnStore {
    /// Announces the documents that a transaction is about to write, with their versions after it, `None` for those that
    /// it deletes. Before it is committed: so the columns know when they have heard all of it.
    pub(in crate::store) fn announce(
        &self,
        writes: impl Iterator<Item = (Kind, String, Option<i64>)>,
    ) -> Option<Announced> {
        let mut state = self.write();
        if state.phase != Phase::Ready {
            return None;
        }
        let writes = writes.filter(|(kind, ..)| KINDS.contains(kind));
        let number = state
            .changes
            .announce(writes.map(|(_, id, version)| (id, version)).collect::<Write>())?;
        Some(Announced {
            columns: self.clone(),
            number,
        })
    }
}

/// A transaction of this process that the columns have not heard of.
pub(in crate::store) struct Announced {
    columns: ColumnStore,
    number: u64,
}

impl Announced {
    /// After the commit: waits until the feed has reported it. If that takes too long, the columns count as behind.
    pub async fn heard(self) {
        let columns = &self.columns;
        if columns.0.versions.is_fresh() {
            let mut news = columns.0.news.subscribe();
            let heard = news.wait_for(|()| !columns.read().changes.expects(self.number));
            if timeout(ECHO, heard).await.is_ok() {
                return;
            }
        }
        columns.falls_behind();
    }
}

impl Drop for Announced {
    fn drop(&mut self) {
        self.columns.write().changes.forget(self.number);
    }
}
