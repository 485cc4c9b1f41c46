//! The search index: held in memory, made from the database's texts and kept up to date by what changes in them.
//!
//! `index` keeps it, `asked` makes a query of what somebody typed, `page` ranks and cuts, `marks` shows what matched,
//! `follow` keeps it up to date. It knows texts and ids; the documents themselves are read from the store by whoever
//! shows them.
//!
//! A score depends on the text that is asked for and on the document, on nothing else in the index: so a cursor stays
//! good while other documents come and go, and is the same in every server.

mod asked;
pub mod cursor;
mod follow;
mod index;
pub mod marks;
mod page;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use asked::Asked;
use cursor::{Place, Signature};
pub use follow::follow;
use index::Index;
use marks::Highlight;

use crate::domain::id::Kind;
use crate::store::bson_types::Timestamp;

/// How long nothing may be heard of the database before the index no longer counts as live: it says several times a
/// second that nothing has changed.
const SILENCE: Duration = Duration::from_secs(5);

/// A fault of the index. None is known that a text could cause.
#[derive(Debug, thiserror::Error)]
#[error("the search index failed: {0}")]
pub struct SearchError(String);

impl From<tantivy::TantivyError> for SearchError {
    fn from(error: tantivy::TantivyError) -> Self {
        Self(error.to_string())
    }
}

impl From<tokio::task::JoinError> for SearchError {
    fn from(error: tokio::task::JoinError) -> Self {
        Self(error.to_string())
    }
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// What somebody typed: any text at all.
    pub text: String,
    /// Documents of which kinds.
    pub kinds: Vec<Kind>,
    /// Only hits behind this one.
    pub after: Option<Place>,
    /// How many hits.
    pub limit: usize,
    /// Whether the highlights are wanted.
    pub highlights: bool,
}

impl Request {
    /// What tells this search from others: cursors of one are good for no other.
    pub fn signature(&self) -> Signature {
        Signature::new(&Asked::new(&self.text), &self.kinds)
    }
}

/// A document that matches.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Its id.
    pub id: String,
    /// Its place in the order of this search.
    pub place: Place,
    /// What matched in it, where that was asked for.
    pub highlights: Vec<Highlight>,
}

/// A page of hits: highest score first, then by id.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The hits.
    pub hits: Vec<Hit>,
    /// How many documents match in all.
    pub total: u64,
    /// Whether hits stand before the first of these.
    pub has_previous: bool,
    /// Whether more follow.
    pub has_next: bool,
}

/// How the index stands to the data.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Status {
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
    pub fn find(&self, request: &Request) -> Result<Found, SearchError> {
        let asked = Asked::new(&request.text);
        match self.index() {
            Some(index) if !asked.is_empty() && !request.kinds.is_empty() => index.find(&asked, request),
            _ => Ok(Found::default()),
        }
    }

    /// How the index stands to the data.
    pub fn status(&self) -> Status {
        let documents = self.index().map_or(0, |index| index.documents());
        let progress = self.progress();
        let live = progress.follows && progress.heard.is_some_and(|heard| heard.elapsed() < SILENCE);
        let lag = match (progress.waiting, progress.complete) {
            (Some(since), _) => since.elapsed(),
            (None, Some(_)) if live => Duration::ZERO,
            (None, Some((since, _))) => since.elapsed(),
            (None, None) => progress.began.elapsed(),
        };
        Status {
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
