//! The search index: held in memory, built from the texts in the database and kept up to date by the change feed.
//!
//! `index` holds it, with the `fields` of each document; `query` parses the search text, `page` ranks and cuts,
//! `highlights` marks matches, `follow` keeps it up to date. It has texts and ids only; callers read the documents from
//! the store.
//!
//! A score depends only on the search text and the document, not on the rest of the index: so a cursor stays valid
//! while other documents come and go, and is the same on every server.

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

/// How long after the last sign of the database the index stops counting as live. An idle database reports several
/// times a second that nothing has changed.
const SILENCE: Duration = Duration::from_secs(5);

/// The state of the index in relation to the data.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct IndexStatus {
    /// How many documents it holds.
    pub documents: u64,
    /// Whether it follows the change feed.
    pub live: bool,
    /// Everything written before this moment is in it; `None` before it is first complete.
    pub as_of: Option<Timestamp>,
    /// How far it is behind; zero if it is live and no change waits.
    pub lag: Duration,
}

/// The index. Clones share it. Empty until [`follow`] fills it.
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
    /// When it was last known to be complete.
    complete: Option<(Instant, Timestamp)>,
    /// When the database last gave a sign.
    heard: Option<Instant>,
    /// When the oldest change that is not applied yet was received.
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
    /// Searches. Takes up to some milliseconds of CPU time: call it on a blocking thread.
    ///
    /// # Errors
    /// If the index fails; a text never causes that.
    pub fn find(&self, request: &SearchRequest) -> Result<Hits, SearchError> {
        let query = TextQuery::new(&request.text);
        match self.index() {
            Some(index) if !query.is_empty() && !request.kinds.is_empty() => index.find(&query, request),
            _ => Ok(Hits::default()),
        }
    }

    /// The state of the index in relation to the data.
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

    /// Uses this index from now on.
    fn put(&self, index: Arc<Index>) {
        *self.0.index.write().unwrap_or_else(PoisonError::into_inner) = Some(index);
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.0.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records that every change before that moment is in the index.
    fn is_complete(&self, follows: bool, moment: Instant) {
        let mut progress = self.progress();
        progress.follows = follows;
        progress.complete = Some((moment, Timestamp::before(moment.elapsed())));
        progress.heard = Some(Instant::now());
        progress.waiting = None;
    }

    /// Records that every change that was received is in the index.
    fn has_applied(&self) {
        self.progress().waiting = None;
    }

    /// Records that a change was received and is not applied yet.
    fn has_heard(&self) {
        let now = Instant::now();
        let mut progress = self.progress();
        progress.heard = Some(now);
        progress.waiting.get_or_insert(now);
    }

    /// Records that changes are not received at the moment.
    fn is_cut_off(&self) {
        self.progress().follows = false;
    }
}

#[cfg(test)]
mod tests;
