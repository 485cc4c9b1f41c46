//! Keeps the index up to date: reads all texts once, then applies changes, for as long as the process runs.
//!
//! The subscription to the feed begins before the first text is read, so nothing is missed in between. If changes are
//! lost, everything is read again, and searches use the old index until the new one is complete.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep, sleep_until};

use super::Search;
use super::error::SearchError;
use super::index::{Index, Update};
use crate::feed::{Following, Listener, Live, News, Pause};
use crate::store::collections::searched;
use crate::store::feed::Operation;
use crate::store::{Store, StoreError};

/// How long changes are gathered before searches see them, and the maximum gathered.
const GATHER: Duration = Duration::from_millis(50);
const GATHERED: usize = 1_000;
/// How many changes may wait while an index is built; with more, the build starts again.
const WAITING: usize = 100_000;
/// After how many documents the first index, while it is built, shows what it has.
const SHOWN: usize = 20_000;
/// How often everything is read again if the database has no change stream.
const AGAIN: Duration = Duration::from_secs(30);

#[derive(Debug, thiserror::Error)]
enum Interruption {
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Search(#[from] SearchError),
    #[error("the database does not tell what changes")]
    Silent,
    #[error("it is not known what has changed")]
    Missed,
}

/// Fills `search` from the store and keeps it up to date by the changes of `live`. The task runs on the calling
/// runtime.
pub fn follow(store: Store, live: Live, search: Search) -> Following {
    let followed = search.clone();
    let task = async move {
        let mut pause = Pause::default();
        loop {
            let ended = once(&store, &live, &search).await;
            search.is_cut_off();
            if let Err(interruption) = ended {
                let pause = pause.length();
                tracing::warn!("the search index does not follow the data: {interruption}; trying again in {pause:?}");
            }
            pause.wait().await;
        }
    };
    Following::new(task, move || followed.is_cut_off())
}

/// Reads everything and follows changes, until everything has to be read again.
async fn once(store: &Store, live: &Live, search: &Search) -> Result<(), Interruption> {
    let Some((_, mut listener)) = live.listening().await else {
        if live.status().possible {
            return Err(Interruption::Silent);
        }
        tracing::info!("the search index is built anew every {AGAIN:?}");
        build(store, search, false).await?;
        sleep(AGAIN).await;
        return Ok(());
    };
    let mut waiting = Vec::new();
    let index = {
        let mut build = pin!(build(store, search, true));
        loop {
            tokio::select! {
                built = &mut build => break built?,
                news = listener.recv() => waiting.extend(update_of(news)?),
            }
            if waiting.len() > WAITING {
                return Err(Interruption::Missed);
            }
        }
    };
    for some in waiting.chunks(GATHERED) {
        apply(&index, some.to_vec(), true).await?;
    }
    take_in(listener, live, &index, search).await
}

/// Reads all texts. The first index is used while it grows; a later one replaces its predecessor when complete.
async fn build(store: &Store, search: &Search, follows: bool) -> Result<Arc<Index>, Interruption> {
    let began = Instant::now();
    let index = Arc::new(Index::new()?);
    if search.index().is_none() {
        search.put(Arc::clone(&index));
    }
    let mut unseen = 0;
    for kind in searched() {
        let texts = store.all_texts(kind).await?;
        let mut batches = pin!(texts.map(|texts| texts.map(Update::Written)).ready_chunks(GATHERED));
        while let Some(batch) = batches.next().await {
            let batch: Vec<Update> = batch.into_iter().collect::<Result<_, _>>()?;
            unseen += batch.len();
            let show = unseen >= SHOWN;
            apply(&index, batch, show).await?;
            unseen = if show { 0 } else { unseen };
        }
    }
    apply(&index, Vec::new(), true).await?;
    search.put(Arc::clone(&index));
    // What was written since is still to be heard of.
    search.is_complete(follows, began.into_std());
    let documents = index.documents();
    tracing::info!(
        "the search index holds {documents} documents, read in {:?}",
        began.elapsed()
    );
    Ok(index)
}

/// Applies changes as they come, until interrupted.
async fn take_in(mut listener: Listener, live: &Live, index: &Arc<Index>, search: &Search) -> Result<(), Interruption> {
    let mut told = live.told();
    let mut gathered = Vec::new();
    let mut due = Instant::now();
    loop {
        let mut complete = None;
        tokio::select! {
            news = listener.recv() => {
                if let Some(update) = update_of(news)? {
                    if gathered.is_empty() {
                        due = Instant::now() + GATHER;
                        search.has_heard();
                    }
                    gathered.push(update);
                }
            }
            () = sleep_until(due), if !gathered.is_empty() => {}
            changed = told.changed() => {
                complete = changed.ok().and_then(|()| *told.borrow_and_update());
                // Everything broadcast up to then that has not been received yet.
                loop {
                    match listener.try_recv() {
                        Ok(news) => gathered.extend(update_of(Ok(news))?),
                        Err(TryRecvError::Empty) => break,
                        Err(_) => return Err(Interruption::Missed),
                    }
                }
            }
        }
        if !gathered.is_empty() && (complete.is_some() || gathered.len() >= GATHERED || Instant::now() >= due) {
            apply(index, std::mem::take(&mut gathered), true).await?;
            search.has_applied();
        }
        if let Some(moment) = complete {
            search.is_complete(true, moment);
        }
    }
}

/// The update for a change; `None` if the document's kind is not searchable.
fn update_of(news: Result<News, RecvError>) -> Result<Option<Update>, Interruption> {
    let change = match news {
        Ok(News::Change(change)) => change,
        Ok(News::Lost) | Err(_) => return Err(Interruption::Missed),
    };
    if !searched().any(|kind| kind == change.kind) {
        return Ok(None);
    }
    Ok(match change.operation {
        Operation::Deleted => Some(Update::Deleted(change.id.clone())),
        // A document that is deleted by now has no texts; its deletion is a change of its own.
        Operation::Created | Operation::Updated { .. } => change.texts()?.map(Update::Written),
    })
}

/// Applies updates on a blocking thread.
async fn apply(index: &Arc<Index>, updates: Vec<Update>, show: bool) -> Result<(), SearchError> {
    let index = Arc::clone(index);
    let done = spawn_blocking(move || {
        index.take(&updates)?;
        if show { index.show() } else { Ok(()) }
    });
    done.await?
}
