//! The change feed of the process: one change stream of the database, broadcast to every subscriber.
//!
//! [`follow`] reads the change stream, raises the store's [`CacheVersions`] and broadcasts each change. This module also holds
//! the cache of documents ([`Live::by_ids`]) and says whether caches may be used at all ([`Live::is_fresh`]). To go on from a
//! resume token, see [`resume`]. How clients are told is `http`'s business.

pub mod resume;

mod bounded;
mod documents;
mod follow;
mod task;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{broadcast, watch};
use tokio::time::timeout;

pub use bounded::{Bounded, Use};
use documents::Documents;
pub use follow::follow;
pub use task::{Following, Pause};

use crate::store::Store;
use crate::store::feed::{Change, QUIET};
use crate::store::resume_token::ResumeToken;
use crate::store::versions::{CacheVersions, FRESH};

/// How many changes are buffered for the slowest listener. One that falls further behind misses changes and is told so.
pub const BUFFERED: usize = 1_024;

/// How long nothing may be heard of the database before the feed no longer counts as live.
const SILENCE: Duration = QUIET.saturating_mul(10);

/// What listeners are told.
#[derive(Clone, Debug)]
pub enum News {
    /// A document changed.
    Change(Arc<Change>),
    /// Changes were lost: everything that depends on the data has to be read again.
    Lost,
}

/// One subscriber to the broadcast.
pub type Listener = broadcast::Receiver<News>;

/// The state of the feed.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// Whether changes are told as they happen.
    pub live: bool,
    /// Whether the database can tell of changes at all, as far as that is known.
    pub possible: bool,
    /// How far the feed is behind: everything older has been broadcast. `None` before the first heartbeat or quiet moment.
    pub lag: Option<Duration>,
    /// How many listeners there are.
    pub listeners: usize,
}

/// A handle to the feed. Clones share one state. It is silent until [`follow`] reads the database.
#[derive(Clone)]
pub struct Live(Arc<Inner>);

struct Inner {
    began: Instant,
    versions: Arc<CacheVersions>,
    documents: Documents,
    news: broadcast::Sender<News>,
    /// Whether the feed has a resume token.
    begun: watch::Sender<bool>,
    /// Everything that happened before this moment has been broadcast.
    told: watch::Sender<Option<Instant>>,
    /// Until when caches may be used, in milliseconds after `began`.
    fresh_until: AtomicU64,
    /// Whether a cache was asked for since this was last looked at: heartbeats are written only then.
    relied_on: AtomicBool,
    progress: Mutex<Progress>,
}

#[derive(Default)]
struct Progress {
    /// Behind the last event, or where the feed began.
    token: Option<ResumeToken>,
    connected: bool,
    impossible: bool,
}

impl Live {
    /// A feed for what is read through this store, with a cache of documents of at most so many bytes.
    pub fn new(store: &Store, document_bytes: u64) -> Self {
        Self(Arc::new(Inner {
            began: Instant::now(),
            versions: store.versions(),
            documents: Documents::new(document_bytes),
            news: broadcast::Sender::new(BUFFERED),
            begun: watch::Sender::new(false),
            told: watch::Sender::new(None),
            fresh_until: AtomicU64::new(0),
            relied_on: AtomicBool::new(false),
            progress: Mutex::default(),
        }))
    }

    /// Its state.
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

    /// Whether caches may be used: the database has told of changes just now, so the versions are current.
    pub fn is_fresh(&self) -> bool {
        // Usually already set; check first so that readers do not contend for the cache line.
        if !self.0.relied_on.load(Ordering::Relaxed) {
            self.0.relied_on.store(true, Ordering::Relaxed);
        }
        self.now() < self.0.fresh_until.load(Ordering::SeqCst)
    }

    /// The versions that it raises with each change.
    pub fn versions(&self) -> &CacheVersions {
        &self.0.versions
    }

    /// Subscribes. Also gives the resume token the feed has reached: the subscriber gets every change behind it and none
    /// before it. `None` while the feed has no token.
    pub fn listen(&self) -> Option<(ResumeToken, Listener)> {
        let progress = self.progress();
        let token = progress.token.clone()?;
        Some((token, self.0.news.subscribe()))
    }

    /// Like [`Live::listen`], but waits a moment for the feed to have a token; `None` if that takes too long.
    pub async fn listening(&self) -> Option<(ResumeToken, Listener)> {
        /// As long as the database may take to be found.
        const PATIENCE: Duration = Duration::from_secs(5);
        if self.progress().impossible {
            return None;
        }
        let mut begun = self.0.begun.subscribe();
        timeout(PATIENCE, begun.wait_for(|begun| *begun)).await.ok()?.ok()?;
        self.listen()
    }

    /// The resume token that it has reached.
    pub fn resume_token(&self) -> Option<ResumeToken> {
        self.progress().token.clone()
    }

    /// Notifies of the moment up to which everything has been broadcast.
    pub fn told(&self) -> watch::Receiver<Option<Instant>> {
        self.0.told.subscribe()
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.0.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.0.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The change stream is open.
    fn on_open(&self, token: Option<ResumeToken>) {
        // What was cached before may be older than this stream.
        self.0.versions.all_changed();
        let begun = token.is_some();
        *self.progress() = Progress {
            token,
            connected: true,
            ..Progress::default()
        };
        self.0.begun.send_replace(begun);
    }

    /// A change came.
    fn on_event(&self, change: Change) {
        self.0.versions.changed(change.kind, &change.id);
        let mut progress = self.progress();
        progress.token = Some(change.token.clone());
        // An error here only means that nobody listens.
        let _ = self.0.news.send(News::Change(Arc::new(change)));
    }

    /// The stream had nothing to tell for a moment.
    fn on_quiet(&self, then: Instant, token: Option<ResumeToken>) {
        {
            let mut progress = self.progress();
            progress.connected = true;
            progress.token = token.or(progress.token.take());
        }
        self.0.told.send_replace(Some(then));
    }

    /// A heartbeat written at this moment came back: every change before it has been broadcast.
    fn on_heartbeat(&self, then: Instant) {
        let since = (then + FRESH).saturating_duration_since(self.0.began);
        let until = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
        self.0.fresh_until.store(until, Ordering::SeqCst);
        self.0.told.send_replace(Some(then));
    }

    /// Whether anybody has asked [`Live::is_fresh`] since the last call.
    fn take_relied_on(&self) -> bool {
        self.0.relied_on.swap(false, Ordering::Relaxed)
    }

    /// The connection is lost, and may come back where it broke off.
    fn on_disconnect(&self) {
        self.0.fresh_until.store(0, Ordering::SeqCst);
        self.progress().connected = false;
    }

    /// The history is lost: it is not known what happened, nor where to resume.
    fn on_history_lost(&self, possible: bool) {
        self.on_disconnect();
        self.0.begun.send_replace(false);
        let mut progress = self.progress();
        progress.token = None;
        progress.impossible = !possible;
        let _ = self.0.news.send(News::Lost);
    }
}
