//! The columns as a store has them: their state, and the questions that are put to them.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::sleep_until;

use super::changes::{Changes, ColumnChange};
use super::tables::Tables;
use crate::domain::id::Kind;
use crate::store::versions::CacheVersions;

/// How long a question waits for columns that are built and not current at the moment.
const PATIENCE: Duration = Duration::from_millis(500);
/// From how many gifts on it waits: fewer are answered by the database in that time.
const WORTH_WAITING: u64 = 5_000;
/// From how many gifts on a question is answered on a thread of its own, so that it holds up no other request.
const ON_ITS_OWN: u64 = 20_000;

/// The state of the columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Turned off.
    Off,
    /// To be built, as soon as there is a feed.
    Waiting,
    Building,
    Ready,
    /// They would take more memory than they may: with so many bytes.
    TooLarge(usize),
    /// A document has a value that they cannot hold; why.
    Unfit(String),
}

/// What is known of the columns, for operators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnsStatus {
    pub phase: Phase,
    /// Whether they answer at the moment.
    pub current: bool,
    pub gifts: u64,
    /// How many transactions have been heard in part, as far as is known, and are not in.
    pub held: usize,
    pub bytes: usize,
    /// How many questions they have answered.
    pub answered: u64,
    /// How many they could not answer although they are on.
    pub passed_on: u64,
}

/// The columns of a store. Clones share them. Off until [`ColumnStore::turn_on`].
#[derive(Clone)]
pub struct ColumnStore(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub most: AtomicUsize,
    compares: AtomicBool,
    replaces_indexes: AtomicBool,
    pub versions: Arc<CacheVersions>,
    state: RwLock<State>,
    /// Notified when something that others wait for may have come about.
    pub news: watch::Sender<()>,
    answered: AtomicU64,
    passed_on: AtomicU64,
    differences: Mutex<Vec<String>>,
}

/// What the lock holds.
pub(super) struct State {
    pub phase: Phase,
    pub tables: Tables,
    pub changes: Changes,
    /// Changes that were heard while the tables are built.
    pub waiting: Vec<ColumnChange>,
    /// Counts the builds, so that one that was overtaken by events is dropped.
    pub build: u64,
    /// Whether they may lack something.
    pub behind: Option<Behind>,
}

/// Columns that may lack something.
#[derive(Clone, Copy)]
pub(super) struct Behind {
    /// Since when: a heartbeat that was written later tells that all has been heard.
    pub since: Instant,
    /// Whether such a heartbeat came while transactions were held that it did not end: they end at the next one.
    pub heard: bool,
}

impl Behind {
    /// From now on.
    pub fn now(heard: bool) -> Self {
        let since = Instant::now();
        Self { since, heard }
    }
}

impl ColumnStore {
    pub(in crate::store) fn new(versions: Arc<CacheVersions>) -> Self {
        Self(Arc::new(Inner {
            most: AtomicUsize::new(0),
            compares: AtomicBool::new(false),
            replaces_indexes: AtomicBool::new(false),
            versions,
            state: RwLock::new(State {
                phase: Phase::Off,
                tables: Tables::default(),
                changes: Changes::default(),
                waiting: Vec::new(),
                build: 0,
                behind: None,
            }),
            news: watch::Sender::default(),
            answered: AtomicU64::new(0),
            passed_on: AtomicU64::new(0),
            differences: Mutex::default(),
        }))
    }

    /// Turns them on, with at most so many bytes; 0 leaves them off. `compares`: the database answers every question as
    /// well, and [`ColumnStore::take_differences`] tells where the two differ. For tests.
    pub fn turn_on(&self, most: usize, compares: bool) {
        self.0.most.store(most, Ordering::Relaxed);
        self.0.compares.store(compares, Ordering::Relaxed);
        self.write().phase = if most > 0 { Phase::Waiting } else { Phase::Off };
        self.0.news.send_replace(());
    }

    /// Their state at this moment.
    pub fn status(&self) -> ColumnsStatus {
        let state = self.read();
        ColumnsStatus {
            phase: state.phase.clone(),
            current: self.is_current(&state),
            gifts: state.tables.count(Kind::Gift),
            held: state.changes.held(),
            bytes: state.tables.bytes(),
            answered: self.0.answered.load(Ordering::Relaxed),
            passed_on: self.0.passed_on.load(Ordering::Relaxed),
        }
    }

    /// Whether the database answers as well, to be compared.
    pub(in crate::store) fn compares(&self) -> bool {
        self.0.compares.load(Ordering::Relaxed)
    }

    /// Whether they also say which documents are on a page that an index could read: see
    /// [`Store::reads_without_indexes`](crate::store::Store::reads_without_indexes).
    pub fn replace_indexes(&self, replaces: bool) {
        self.0.replaces_indexes.store(replaces, Ordering::Relaxed);
    }

    pub(in crate::store) fn replaces_indexes(&self) -> bool {
        self.0.replaces_indexes.load(Ordering::Relaxed)
    }

    /// Records that an answer was not that of the database.
    pub(in crate::store) fn differs(&self, difference: String) {
        tracing::error!("the columns and the database differ: {difference}");
        let mut differences = self.0.differences.lock().unwrap_or_else(PoisonError::into_inner);
        differences.push(difference);
    }

    /// Where the answers differed from those of the database since this was asked last.
    pub fn take_differences(&self) -> Vec<String> {
        let mut differences = self.0.differences.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *differences)
    }

    /// The answer to a question; `None` if the columns cannot answer it now. It is of one moment, at which everything
    /// was in that had been acknowledged by this process before the call.
    pub(in crate::store) async fn answer<T: Send + 'static>(
        &self,
        ask: impl Fn(&Tables) -> Option<T> + Send + Sync + 'static,
    ) -> Option<T> {
        if self.0.most.load(Ordering::Relaxed) == 0 {
            return None;
        }
        // Also keeps heartbeats coming.
        if !self.0.versions.is_fresh() && !self.is_worth_waiting() {
            return self.passed_on();
        }
        let until = Instant::now() + PATIENCE;
        let mut news = self.0.news.subscribe();
        let gifts = loop {
            let (current, gifts) = {
                let state = self.read();
                (self.is_current(&state), state.tables.count(Kind::Gift))
            };
            if current {
                break gifts;
            }
            if !self.is_worth_waiting() || Instant::now() >= until {
                return self.passed_on();
            }
            tokio::select! {
                _ = news.changed() => {}
                () = sleep_until(until.into()) => {}
            }
        };
        let columns = self.clone();
        let asked = move || {
            let state = columns.read();
            columns.is_current(&state).then(|| ask(&state.tables)).flatten()
        };
        let answer = match gifts < ON_ITS_OWN {
            true => asked(),
            false => spawn_blocking(asked).await.ok().flatten(),
        };
        if answer.is_some() {
            self.0.answered.fetch_add(1, Ordering::Relaxed);
            return answer;
        }
        self.passed_on()
    }

    fn passed_on<T>(&self) -> Option<T> {
        self.0.passed_on.fetch_add(1, Ordering::Relaxed);
        None
    }

    fn is_worth_waiting(&self) -> bool {
        let state = self.read();
        state.phase == Phase::Ready && (self.compares() || state.tables.count(Kind::Gift) >= WORTH_WAITING)
    }

    fn is_current(&self, state: &State) -> bool {
        let has_all = state.behind.is_none() && state.changes.are_whole() && !state.changes.hold_others();
        state.phase == Phase::Ready && has_all && self.0.versions.is_fresh()
    }

    pub(super) fn read(&self) -> RwLockReadGuard<'_, State> {
        self.0.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.0.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    pub(super) fn stop(&mut self, phase: Phase) {
        self.phase = phase;
        self.tables = Tables::default();
        self.changes = Changes::default();
        self.waiting = Vec::new();
    }
}
