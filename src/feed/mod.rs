//! The change feed of the process: one change stream of the database, broadcast to every subscriber.
//!
//! [`follow`] reads the change stream, increments the store's [`CacheVersions`] and broadcasts each change. This module
//! also holds the cache of documents ([`Live::by_ids`]) and says whether caches may be used at all
//! ([`Live::is_fresh`]). To continue from a resume token, see [`resume`]. `http` sends changes to clients.

pub mod resume;

mod bounded;
mod columns;
mod documents;
mod follow;
mod task;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast, watch};
use tokio::time::timeout;

pub use bounded::{Bounded, Use};
pub use columns::keep_columns;
use documents::Documents;
pub use follow::follow;
pub use task::{Following, Pause};

use crate::store::columns::ColumnStore;
use crate::store::entity::{Entity, Projection};
use crate::store::feed::{DocumentChange, QUIET};
use crate::store::resume_token::ResumeToken;
use crate::store::versions::CacheVersions;
use crate::store::{Result, Store};

/// How many changes are buffered for the slowest listener. One that falls further behind misses changes, which is
/// reported.
pub const BUFFERED: usize = 1_024;

/// How long after the last sign of the database the feed stops counting as live.
const SILENCE: Duration = QUIET.saturating_mul(10);

/// What listeners receive.
#[derive(Clone, Debug)]
pub enum News {
    Change(Arc<DocumentChange>),
    /// Changes were lost: everything that depends on the data has to be read again.
    Lost,
}

/// One subscriber to the broadcast.
pub type Listener = broadcast::Receiver<News>;

/// How many subscribers catch up at the same time: each has a change stream of its own, and keeps a connection busy.
const CATCHING_UP: usize = 8;

/// A permit to catch up.
pub(crate) type CatchUp = Option<OwnedSemaphorePermit>;

/// The state of the feed.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// Whether changes are broadcast as they happen.
    pub live: bool,
    /// Whether the database has change streams, as far as known.
    pub possible: bool,
    /// How far the feed is behind: everything older has been broadcast. `None` before the first heartbeat or quiet
    /// moment.
    pub lag: Option<Duration>,
    pub listeners: usize,
}

/// A handle to the feed. Clones share one state. It is silent until [`follow`] reads the database.
#[derive(Clone)]
pub struct Live(Arc<Inner>);

struct Inner {
    versions: Arc<CacheVersions>,
    documents: Documents,
    news: broadcast::Sender<News>,
    /// Whether the feed has a resume token.
    begun: watch::Sender<bool>,
    /// Everything before this moment has been broadcast.
    told: watch::Sender<Option<Instant>>,
    columns: ColumnStore,
    catching_up: Arc<Semaphore>,
    progress: Mutex<Progress>,
}

#[derive(Default)]
struct Progress {
    /// That of the last event, or of the start of the feed.
    token: Option<ResumeToken>,
    connected: bool,
    impossible: bool,
}

impl Live {
    /// A feed for reads through this store, with a cache of documents of at most so many bytes.
    pub fn new(store: &Store, document_bytes: u64) -> Self {
        Self(Arc::new(Inner {
            versions: store.versions(),
            documents: Documents::new(document_bytes),
            news: broadcast::Sender::new(BUFFERED),
            begun: watch::Sender::new(false),
            told: watch::Sender::new(None),
            columns: store.columns(),
            catching_up: Arc::new(Semaphore::new(CATCHING_UP)),
            progress: Mutex::default(),
        }))
    }

    /// The state of the feed at this moment.
    pub fn status(&self) -> Status {
        let told = *self.0.told.borrow();
        let progress = self.progress();
        Status {
            live: progress.connected && told.is_some_and(|told| told.elapsed() < SILENCE),
            possible: !progress.impossible,
            lag: told.map(|told| told.elapsed()),
            listeners: self.0.news.receiver_count(),
        }
    }

    /// Whether caches may be used: the change stream was current just now, so the versions are too.
    pub fn is_fresh(&self) -> bool {
        self.0.versions.is_fresh()
    }

    /// The versions that each change increments.
    pub fn versions(&self) -> &CacheVersions {
        &self.0.versions
    }

    /// The documents with these ids, in no particular order; ids without a document are left out. One command reads
    /// those that are not cached: whole if the cache is on, otherwise only `fields`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn by_ids<E: Entity>(&self, store: &Store, ids: Vec<String>, fields: &Projection) -> Result<Vec<Arc<E>>> {
        let cache = &self.0.documents;
        if !cache.is_on() || !self.is_fresh() {
            return store.by_ids(ids, fields).await;
        }
        cache.by_ids(store, self.versions(), ids).await
    }

    /// The columns that the feed keeps current.
    pub fn columns(&self) -> &ColumnStore {
        &self.0.columns
    }

    /// The use of the cache of documents.
    pub fn documents(&self) -> Use {
        self.0.documents.usage()
    }

    /// Subscribes. Also returns the resume token that the feed has reached: the subscriber gets exactly the changes
    /// after it. `None` while the feed has no token.
    pub fn listen(&self) -> Option<(ResumeToken, Listener)> {
        let progress = self.progress();
        let token = progress.token.clone()?;
        Some((token, self.0.news.subscribe()))
    }

    /// Like [`Live::listen`], but waits a moment for the feed to have a token; `None` if that takes too long.
    pub async fn listening(&self) -> Option<(ResumeToken, Listener)> {
        /// As long as the driver may take to find the database.
        const PATIENCE: Duration = Duration::from_secs(5);
        if self.progress().impossible {
            return None;
        }
        let mut begun = self.0.begun.subscribe();
        timeout(PATIENCE, begun.wait_for(|begun| *begun)).await.ok()?.ok()?;
        self.listen()
    }

    /// Waits for a permit to catch up.
    async fn catch_up_permit(&self) -> CatchUp {
        // The semaphore is never closed.
        Arc::clone(&self.0.catching_up).acquire_owned().await.ok()
    }

    /// The resume token that the feed has reached, if it has one.
    pub fn resume_token(&self) -> Option<ResumeToken> {
        self.progress().token.clone()
    }

    /// Notifies of the moment before which everything has been broadcast.
    pub fn told(&self) -> watch::Receiver<Option<Instant>> {
        self.0.told.subscribe()
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.0.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn on_open(&self, token: Option<ResumeToken>) {
        // Entries cached before may be older than this stream, and so may columns.
        self.0.columns.lose();
        self.0.versions.all_changed();
        let begun = token.is_some();
        *self.progress() = Progress {
            token,
            connected: true,
            ..Progress::default()
        };
        self.0.begun.send_replace(begun);
    }

    fn on_event(&self, change: DocumentChange) {
        // First the columns: no response of older ones may be cached under the new versions.
        if self.0.columns.holds(change.kind) {
            self.0.columns.hear(change.for_columns());
        }
        self.0.versions.changed(change.kind, &change.id);
        self.has_begun();
        let mut progress = self.progress();
        progress.token = Some(change.token.clone());
        // Fails only if nobody listens.
        let _ = self.0.news.send(News::Change(Arc::new(change)));
    }

    /// There is a resume token: not every stream begins with one.
    fn has_begun(&self) {
        self.0.begun.send_if_modified(|begun| !std::mem::replace(begun, true));
    }

    /// The stream had no event for a moment. `told`: everything before that moment has been broadcast, where that tells it.
    fn on_quiet(&self, told: Option<Instant>, token: Option<ResumeToken>) {
        {
            let mut progress = self.progress();
            progress.connected = true;
            progress.token = token.or(progress.token.take());
            if progress.token.is_some() {
                self.has_begun();
            }
        }
        if told.is_some() {
            self.0.told.send_replace(told);
        }
    }

    /// The heartbeat written at `then` has come back: every change before it has been broadcast.
    fn on_heartbeat(&self, then: Instant) {
        self.0.versions.all_heard(Some(then));
        self.0.columns.all_heard(then);
        self.0.told.send_replace(Some(then));
    }

    /// The connection is lost, and the stream may still resume.
    fn on_disconnect(&self) {
        self.0.versions.all_heard(None);
        self.progress().connected = false;
    }

    /// The history is lost: neither the changes nor a place to resume at are known.
    fn on_history_lost(&self, possible: bool) {
        self.on_disconnect();
        self.0.columns.lose();
        self.0.begun.send_replace(false);
        let mut progress = self.progress();
        progress.token = None;
        progress.impossible = !possible;
        let _ = self.0.news.send(News::Lost);
    }
}
