//! Builds the columns and keeps them current, by what the feed reports.

use std::sync::atomic::Ordering;
use std::time::Instant;

use super::changes::{Changes, ColumnChange};
use super::column_store::{Behind, ColumnStore, Phase, State};
use super::tables::{KINDS, Tables};
use super::unfit::Unfit;
use crate::domain::id::Kind;

/// How many changes may wait while the tables are built; with more, they are built again.
const WAITING: usize = 200_000;

impl ColumnStore {
    /// Begins to build: from now on changes are kept for the new tables. The number is for [`ColumnStore::finish`]. `None` if
    /// there is nothing to build.
    pub fn begin(&self) -> Option<u64> {
        let mut state = self.write();
        if state.phase != Phase::Waiting {
            return None;
        }
        state.phase = Phase::Building;
        state.waiting.clear();
        state.build += 1;
        Some(state.build)
    }

    /// Uses tables that were read since [`ColumnStore::begin`]. `false` if the feed broke off meanwhile.
    pub(in crate::store) fn finish(&self, build: u64, tables: Result<Tables, Phase>) -> bool {
        let mut state = self.write();
        if state.build != build || state.phase != Phase::Building {
            return false;
        }
        let waiting = std::mem::take(&mut state.waiting);
        match tables {
            Ok(tables) => {
                state.tables = tables;
                state.changes = Changes::default();
                state.phase = Phase::Ready;
                // What was read may be ahead of what was heard.
                state.behind = Some(Behind::now(false));
                for change in waiting {
                    self.take(&mut state, change);
                }
            }
            Err(phase) => state.stop(phase),
        }
        drop(state);
        self.0.news.send_replace(());
        true
    }

    /// Resolves when the tables have to be built.
    pub async fn to_be_built(&self) {
        let mut news = self.0.news.subscribe();
        while self.read().phase != Phase::Waiting {
            // The sender is never dropped before this.
            let _ = news.changed().await;
        }
    }

    /// How many bytes they may take.
    pub fn most(&self) -> usize {
        self.0.most.load(Ordering::Relaxed)
    }

    /// Whether they hold documents of a kind, or would if they were built.
    pub fn holds(&self, kind: Kind) -> bool {
        KINDS.contains(&kind) && self.most() > 0
    }

    /// Takes in a change, in the order of the feed. The versions are raised for it by the caller, afterwards.
    pub fn hear(&self, change: ColumnChange) {
        if !self.holds(change.kind) {
            return;
        }
        let mut state = self.write();
        match state.phase {
            Phase::Building if state.waiting.len() < WAITING => state.waiting.push(change),
            Phase::Building => state.stop(Phase::Waiting),
            Phase::Ready => self.take(&mut state, change),
            _ => return,
        }
        drop(state);
        self.0.news.send_replace(());
    }

    fn take(&self, state: &mut State, change: ColumnChange) {
        let State { tables, changes, .. } = state;
        let taken = changes.take(tables, change);
        self.check(state, taken);
    }

    /// Every change was heard that is older than a heartbeat, which was written at `written`.
    pub fn all_heard(&self, written: Instant) {
        if self.most() == 0 {
            return;
        }
        let mut state = self.write();
        if state.phase != Phase::Ready {
            return;
        }
        let State { tables, changes, .. } = &mut *state;
        let taken = changes.close(tables, written);
        if let Some(behind) = state.behind.filter(|behind| behind.since < written) {
            let waits = state.changes.held() > 0 && !behind.heard;
            state.behind = waits.then(|| Behind::now(true));
        }
        self.check(&mut state, taken);
        drop(state);
        self.0.news.send_replace(());
    }

    /// Whether changes are held until a heartbeat tells that all of their transaction has been heard.
    pub fn wait_for_heartbeat(&self) -> bool {
        self.most() > 0 && self.read().changes.hold_others()
    }

    /// Raises the versions of documents that were held: these were raised already when they were heard, and responses of
    /// older columns may have been cached since. Stops if something did not fit, or if the tables have grown too large or
    /// are mostly waste.
    fn check(&self, state: &mut State, taken: Result<Vec<(Kind, String)>, Unfit>) {
        let bytes = state.tables.bytes();
        match taken {
            Err(unfit) => state.stop(Phase::Unfit(unfit.to_string())),
            Ok(_) if bytes > self.most() => state.stop(Phase::TooLarge(bytes)),
            Ok(_) if state.tables.is_wasteful() => state.stop(Phase::Waiting),
            Ok(held) => {
                let versions = &self.0.versions;
                held.iter().for_each(|(kind, id)| versions.changed(*kind, id));
                return;
            }
        }
        // What was cached was not wrong, but is of columns that are gone: the database may know more.
        self.0.versions.all_changed();
        if state.phase != Phase::Waiting {
            tracing::warn!("the columns are given up, the database answers: {:?}", state.phase);
        }
    }

    /// The feed broke off and does not resume: changes are missing.
    pub fn lose(&self) {
        let mut state = self.write();
        if !matches!(state.phase, Phase::Off | Phase::TooLarge(_)) {
            state.stop(Phase::Waiting);
        }
        drop(state);
        self.0.news.send_replace(());
    }

    /// Something was written of which it is not known when it is heard.
    pub(in crate::store) fn falls_behind(&self) {
        self.write().behind = Some(Behind::now(false));
    }

    /// Tries again to build tables that were too large or did not fit.
    pub fn try_again(&self) {
        let mut state = self.write();
        if matches!(state.phase, Phase::TooLarge(_) | Phase::Unfit(_)) {
            state.phase = Phase::Waiting;
        }
        drop(state);
        self.0.news.send_replace(());
    }
}
