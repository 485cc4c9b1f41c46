//! Keeps the index up to date: reads all texts once, then takes in what changes, for as long as the process runs.
//!
//! The feed is opened before the first text is read, so nothing that is written meanwhile is missed. When the
//! connection is lost it goes on where it stopped; where that cannot be, all is read anew, and searches are answered
//! from the old index until the new one is whole.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, sleep, timeout_at};

use super::index::Index;
use super::{KINDS, Search, SearchError};
use crate::store::feed::{Change, Feed};
use crate::store::{Store, StoreError};

/// How long changes are gathered before searches see them, and how many at most.
const GATHER: Duration = Duration::from_millis(50);
const GATHERED: usize = 1_000;
/// After how many documents an index that is being built shows what it has.
const SHOWN: usize = 20_000;
/// How often all is read anew where the database does not tell what changes.
const AGAIN: Duration = Duration::from_secs(30);
/// How long it waits before it tries again: at first, and at most.
const PAUSE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));
/// After how long without an interruption the next one is taken for the first.
const CALM: Duration = Duration::from_secs(60);

/// The task that follows. It ends with this.
pub struct Following {
    task: JoinHandle<()>,
    search: Search,
}

impl Following {
    /// Ends it, and waits until it has.
    pub async fn stop(mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.task.abort();
        self.search.is_cut_off();
    }
}

/// Why following was interrupted.
#[derive(Debug, thiserror::Error)]
enum Interruption {
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Search(#[from] SearchError),
}

/// Fills `search` from the store and keeps it up to date.
///
/// Let the store be one that serves no requests: the feed keeps a connection of it busy. The task belongs to the
/// runtime that calls this.
pub fn follow(store: Store, search: Search) -> Following {
    let followed = search.clone();
    let task = tokio::spawn(async move {
        let (mut pause, mut told) = (PAUSE.0, false);
        loop {
            let began = Instant::now();
            let ended = once(&store, &search, &mut told).await;
            search.is_cut_off();
            if began.elapsed() > CALM {
                pause = PAUSE.0;
            }
            if let Err(interruption) = ended {
                tracing::warn!("the search index does not follow the data: {interruption}; trying again in {pause:?}");
            }
            sleep(pause).await;
            pause = (pause * 2).min(PAUSE.1);
        }
    });
    Following { task, search: followed }
}

/// Reads all and follows, until all has to be read anew. `told`: that it cannot follow is in the log already.
async fn once(store: &Store, search: &Search, told: &mut bool) -> Result<(), Interruption> {
    let mut feed = match Feed::open(store).await {
        Ok(feed) => feed,
        Err(error @ (StoreError::NoFeed(_) | StoreError::Refused(_))) => {
            if !std::mem::replace(told, true) {
                tracing::warn!("{error}; the search index is built anew every {AGAIN:?} instead");
            }
            build(store, search, false).await?;
            sleep(AGAIN).await;
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    *told = false;
    let index = build(store, search, true).await?;
    loop {
        match take_in(&mut feed, &index, search).await {
            Ok(()) => {
                tracing::info!("a collection was dropped; the search index is built anew");
                return Ok(());
            }
            Err(Interruption::Store(error)) => {
                search.is_cut_off();
                tracing::warn!("the search index does not follow the data: {error}");
            }
            Err(error) => return Err(error),
        }
        let mut pause = PAUSE.0;
        loop {
            sleep(pause).await;
            match feed.reopen().await {
                Ok(true) => break,
                Ok(false) => return Ok(()),
                Err(_) => pause = (pause * 2).min(PAUSE.1),
            }
        }
        tracing::info!("the search index follows the data again");
    }
}

/// Reads all texts. The first index answers while it grows, one that replaces another when it is whole.
async fn build(store: &Store, search: &Search, follows: bool) -> Result<Arc<Index>, Interruption> {
    let began = Instant::now();
    let index = Arc::new(Index::new()?);
    if search.index().is_none() {
        search.put(Arc::clone(&index));
    }
    let mut unseen = 0;
    for kind in KINDS {
        let texts = store.all_texts(kind).await?;
        let mut batches = pin!(texts.map(|texts| texts.map(Change::Written)).ready_chunks(GATHERED));
        while let Some(batch) = batches.next().await {
            let batch: Vec<Change> = batch.into_iter().collect::<Result<_, _>>()?;
            unseen += batch.len();
            let show = unseen >= SHOWN;
            apply(&index, batch, show).await?;
            unseen = if show { 0 } else { unseen };
        }
    }
    apply(&index, Vec::new(), true).await?;
    search.put(Arc::clone(&index));
    search.is_complete(follows);
    let documents = index.documents();
    tracing::info!(
        "the search index holds {documents} documents, read in {:?}",
        began.elapsed()
    );
    Ok(index)
}

/// Takes in changes as they come, until everything has to be read anew.
async fn take_in(feed: &mut Feed, index: &Arc<Index>, search: &Search) -> Result<(), Interruption> {
    let mut gathered = Vec::new();
    let mut due = Instant::now();
    loop {
        // Kept while it waits: a feed must not be interrupted in the middle of a question.
        let mut next = pin!(feed.next());
        let next = loop {
            if gathered.is_empty() {
                break next.as_mut().await;
            }
            match timeout_at(due, next.as_mut()).await {
                Ok(next) => break next,
                Err(_) => {
                    apply(index, std::mem::take(&mut gathered), true).await?;
                    search.is_complete(true);
                }
            }
        };
        let quiet = !matches!(next, Ok(Some(_)));
        // Before anything else: the feed does not tell a second time what it has told.
        if !gathered.is_empty() && (quiet || gathered.len() >= GATHERED) {
            apply(index, std::mem::take(&mut gathered), true).await?;
        }
        match next? {
            Some(Change::Dropped) => return Ok(()),
            Some(change) => {
                if !change.kind().is_some_and(|kind| KINDS.contains(&kind)) {
                    continue;
                }
                if gathered.is_empty() {
                    due = Instant::now() + GATHER;
                    search.has_heard();
                }
                gathered.push(change);
            }
            None => search.is_complete(true),
        }
    }
}

/// Takes changes in, away from the threads that drive others.
async fn apply(index: &Arc<Index>, changes: Vec<Change>, show: bool) -> Result<(), SearchError> {
    let index = Arc::clone(index);
    let done = spawn_blocking(move || {
        index.take(&changes)?;
        if show { index.show() } else { Ok(()) }
    });
    done.await?
}
