//! What changes, as long as the process runs: one feed of the database for all who want to hear of it.
//!
//! [`follow`] reads the feed, raises the store's [`CacheVersions`] and tells all listeners. What they know is kept here: how
//! the feed is ([`Live::status`]), documents that were read ([`Live::by_ids`]), whether what is kept can be relied on
//! ([`Live::is_fresh`]), what happens from now on ([`Live::listen`]) and what happened since a place ([`since`]). Clients, and how they are told, are `http`'s.

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

/// How many changes wait for the slowest listener. Who is further behind than this has missed some.
pub const BUFFERED: usize = 1_024;

/// How long nothing may be heard of the database before the feed no longer counts as live.
const SILENCE: Duration = QUIET.saturating_mul(10);

/// What listeners are told.
#[derive(Clone, Debug)]
pub enum News {
    /// A document changed.
    Change(Arc<Change>),
    /// It is not known what changed: everything has to be read anew.
    Lost,
}

/// Who on_event.
pub type Listener = broadcast::Receiver<News>;

/// How the feed is.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// Whether changes are told as they happen.
    pub live: bool,
    /// Whether the database can tell of changes at all, as far as that is known.
    pub possible: bool,
    /// How long ago all that had happened by then had been told; `None` before the first time.
    pub lag: Option<Duration>,
    /// How many listeners there are.
    pub listeners: usize,
}

/// The feed as others see it. Cheap to clone; all clones are one. Silent until [`follow`] reads the database.
#[derive(Clone)]
pub struct Live(Arc<Inner>);

struct Inner {
    began: Instant,
    versions: Arc<CacheVersions>,
    documents: Documents,
    news: broadcast::Sender<News>,
    /// Whether the feed has a place.
    begun: watch::Sender<bool>,
    /// When all that had happened by then had been told.
    told: watch::Sender<Option<Instant>>,
    /// Until when what is cached counts, in milliseconds after `began`.
    fresh_until: AtomicU64,
    /// Whether that was asked of late.
    asked: AtomicBool,
    progress: Mutex<Progress>,
}

#[derive(Default)]
struct Progress {
    /// Behind the last event, or where the feed began.
    place: Option<ResumeToken>,
    connected: bool,
    impossible: bool,
}

impl Live {
    /// A feed for what is read through this store. `kept`: how many bytes of documents may be kept.
    pub fn new(store: &Store, kept: u64) -> Self {
        Self(Arc::new(Inner {
            began: Instant::now(),
            versions: store.versions(),
            documents: Documents::new(kept),
            news: broadcast::Sender::new(BUFFERED),
            begun: watch::Sender::new(false),
            told: watch::Sender::new(None),
            fresh_until: AtomicU64::new(0),
            asked: AtomicBool::new(false),
            progress: Mutex::default(),
        }))
    }

    /// How it is.
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

    /// Whether what the versions say can be relied on: the database has told of changes just now.
    pub fn is_fresh(&self) -> bool {
        // Most find it asked already, and leave the line of memory to the others.
        if !self.0.asked.load(Ordering::Relaxed) {
            self.0.asked.store(true, Ordering::Relaxed);
        }
        self.now() < self.0.fresh_until.load(Ordering::SeqCst)
    }

    /// The versions that it raises.
    pub fn versions(&self) -> &CacheVersions {
        &self.0.versions
    }

    /// All that is told from now on, and the place that the feed has come to: what happened up to there will not be
    /// told, what happened behind it will. `None` while the feed has no place.
    pub fn listen(&self) -> Option<(ResumeToken, Listener)> {
        let progress = self.progress();
        let place = progress.place.clone()?;
        Some((place, self.0.news.subscribe()))
    }

    /// The same as soon as the feed has a place; `None` where that takes too long.
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

    /// The place that it has come to.
    pub fn place(&self) -> Option<ResumeToken> {
        self.progress().place.clone()
    }

    /// When all that had happened by then had last been told.
    pub fn told(&self) -> watch::Receiver<Option<Instant>> {
        self.0.told.subscribe()
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.0.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.0.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The database begins to tell of changes, behind a place.
    fn begins(&self, place: Option<ResumeToken>) {
        // What was read before may be of before.
        self.0.versions.all_changed();
        let begun = place.is_some();
        *self.progress() = Progress {
            place,
            connected: true,
            ..Progress::default()
        };
        self.0.begun.send_replace(begun);
    }

    /// It has told of a change.
    fn on_event(&self, change: Change) {
        self.0.versions.changed(change.kind, &change.id);
        let mut progress = self.progress();
        progress.place = Some(change.place.clone());
        // Nobody listens: that is no fault.
        let _ = self.0.news.send(News::Change(Arc::new(change)));
    }

    /// It has nothing more to tell, as it seems.
    fn is_quiet(&self, then: Instant, place: Option<ResumeToken>) {
        {
            let mut progress = self.progress();
            progress.connected = true;
            progress.place = place.or(progress.place.take());
        }
        self.0.told.send_replace(Some(then));
    }

    /// It has told of all that had happened by then.
    fn is_as_of(&self, then: Instant) {
        let since = (then + FRESH).saturating_duration_since(self.0.began);
        let until = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
        self.0.fresh_until.store(until, Ordering::SeqCst);
        self.0.told.send_replace(Some(then));
    }

    /// Whether anybody has asked [`Live::is_fresh`] since this was last asked.
    fn is_relied_on(&self) -> bool {
        self.0.asked.swap(false, Ordering::Relaxed)
    }

    /// The connection is lost, and may come back where it broke off.
    fn is_cut_off(&self) {
        self.0.fresh_until.store(0, Ordering::SeqCst);
        self.progress().connected = false;
    }

    /// What happened is not known, nor from where to go on.
    fn is_lost(&self, possible: bool) {
        self.is_cut_off();
        self.0.begun.send_replace(false);
        let mut progress = self.progress();
        progress.place = None;
        progress.impossible = !possible;
        let _ = self.0.news.send(News::Lost);
    }
}
