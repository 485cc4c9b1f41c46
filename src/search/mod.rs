//! The search index: held in memory, made from the database's texts and kept up to date by what changes in them.
//!
//! `index` keeps it, with the `fields` of each document; `query` is what somebody typed, `page` ranks and cuts,
//! `highlights` shows what matched, `follow` keeps it up to date. It knows texts and ids; the documents themselves are read from the store by whoever
//! shows them.
//!
//! A score depends on the text that is asked for and on the document, on nothing else in the index: so a cursor stays
//! good while other documents come and go, and is the same in every server.

pub mod cursor;
mod error;
mod fields;
mod follow;
pub mod highlights;
mod hit;
mod index;
mod page;
mod query;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

pub use error::SearchError;
pub use follow::follow;
pub use hit::{Hit, Hits, SearchRequest};
use index::Index;
use query::TextQuery;

use crate::store::bson_types::Timestamp;

/// How long nothing may be heard of the database before the index no longer counts as live: it says several times a
/// second that nothing has changed.
const SILENCE: Duration = Duration::from_secs(5);

/// How the index stands to the data.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct IndexStatus {
    /// How many documents it holds.
    pub documents: u64,
    /// Whether it follows the data, change by change.
    pub live: bool,
    /// All that was written before this moment is in it; none before it was built for the first time.
    pub as_of: Option<Timestamp>,
    /// How far it lags behind: no time at all when it is live and nothing waits to be taken in.
    pub lag: Duration,
}

/// The index. Cheap to clone; all clones are one. Empty until [`follow`] fills it.
#[derive(Clone, Default)]
pub struct Search(Arc<Inner>);

#[derive(Default)]
struct Inner {
    index: RwLock<Option<Arc<Index>>>,
    progress: Mutex<Progress>,
}

struct Progress {
    began: Instant,
    follows: bool,
    /// When it was last known to lack nothing.
    complete: Option<(Instant, Timestamp)>,
    /// When the database was last heard of.
    heard: Option<Instant>,
    /// Since when a change waits to be taken in.
    waiting: Option<Instant>,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            follows: false,
            complete: None,
            heard: None,
            waiting: None,
        }
    }
}

impl Search {
    /// Looks for documents. Takes up to some milliseconds of one core: not for a thread that serves others meanwhile.
    ///
    /// # Errors
    /// [`SearchError`], whatever the text is for no fault of the text.
    pub fn find(&self, request: &SearchRequest) -> Result<Hits, SearchError> {
        let query = TextQuery::new(&request.text);
        match self.index() {
            Some(index) if !query.is_empty() && !request.kinds.is_empty() => index.find(&query, request),
            _ => Ok(Hits::default()),
        }
    }

    /// How the index stands to the data.
    pub fn status(&self) -> IndexStatus {
        let documents = self.index().map_or(0, |index| index.documents());
        let progress = self.progress();
        let live = progress.follows && progress.heard.is_some_and(|heard| heard.elapsed() < SILENCE);
        let lag = match (progress.waiting, progress.complete) {
            (Some(since), _) => since.elapsed(),
            (None, Some(_)) if live => Duration::ZERO,
            (None, Some((since, _))) => since.elapsed(),
            (None, None) => progress.began.elapsed(),
        };
        IndexStatus {
            documents,
            live,
            as_of: progress.complete.map(|(_, moment)| moment),
            lag,
        }
    }

    fn index(&self) -> Option<Arc<Index>> {
        let index = self.0.index.read().unwrap_or_else(PoisonError::into_inner);
        index.as_ref().map(Arc::clone)
    }

    /// Answers from this index from now on.
    fn put(&self, index: Arc<Index>) {
        *self.0.index.write().unwrap_or_else(PoisonError::into_inner) = Some(index);
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.0.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every change up to now is in the index.
    fn is_complete(&self, follows: bool) {
        let now = Instant::now();
        let mut progress = self.progress();
        progress.follows = follows;
        progress.complete = Some((now, Timestamp::now()));
        progress.heard = Some(now);
        progress.waiting = None;
    }

    /// A change has come and is not in the index yet.
    fn has_heard(&self) {
        let now = Instant::now();
        let mut progress = self.progress();
        progress.heard = Some(now);
        progress.waiting.get_or_insert(now);
    }

    /// What changes is not told at the moment.
    fn is_cut_off(&self) {
        self.progress().follows = false;
    }
}

#[cfg(test)]
mod tests;
