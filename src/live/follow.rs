//! Reads the feed for as long as the process runs: reconnects, goes on where it broke off, and says so where it cannot.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::Live;
use crate::store::feed::{Event, Feed};
use crate::store::{Store, StoreError};

/// How long it waits before it tries again: at first, and at most.
const PAUSE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));
/// How often it looks whether a database that could not tell of changes has learned to.
const AGAIN: Duration = Duration::from_secs(30);
/// After how long without an interruption the next one is taken for the first.
const CALM: Duration = Duration::from_secs(60);

/// The task that follows. It ends with this.
pub struct Following {
    task: JoinHandle<()>,
    live: Live,
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
        self.live.is_cut_off();
    }
}

/// Follows what changes in the store's database.
///
/// Let the store be one that serves no requests: the feed keeps a connection of it busy. The task belongs to the
/// runtime that calls this.
pub fn follow(store: Store, live: Live) -> Following {
    let followed = live.clone();
    let task = tokio::spawn(async move {
        let (mut pause, mut told) = (PAUSE.0, false);
        loop {
            let began = Instant::now();
            let ended = once(&store, &live).await;
            if began.elapsed() > CALM {
                pause = PAUSE.0;
            }
            let possible = !matches!(ended, Err(StoreError::NoFeed(_)));
            live.is_lost(possible);
            match ended {
                Ok(()) => tracing::info!("the feed of changes begins anew"),
                Err(error @ StoreError::NoFeed(_)) => {
                    if !std::mem::replace(&mut told, true) {
                        tracing::warn!("{error}: nothing is cached, and there are no subscriptions");
                    }
                    sleep(AGAIN).await;
                    continue;
                }
                Err(error) => {
                    tracing::warn!("changes in the database are not told: {error}; trying again in {pause:?}");
                }
            }
            sleep(pause).await;
            pause = (pause * 2).min(PAUSE.1);
        }
    });
    Following { task, live: followed }
}

/// Follows until the feed has to begin anew.
async fn once(store: &Store, live: &Live) -> Result<(), StoreError> {
    let mut feed = Feed::open(store, None).await?;
    live.begins(feed.place());
    loop {
        let error = match hear(&mut feed, live).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        live.is_cut_off();
        tracing::warn!("changes in the database are not told at the moment: {error}");
        let mut pause = PAUSE.0;
        loop {
            sleep(pause).await;
            match feed.reopen().await {
                Ok(true) => break,
                Ok(false) => return Ok(()),
                Err(_) => pause = (pause * 2).min(PAUSE.1),
            }
        }
        tracing::info!("changes in the database are told again, from where that broke off");
    }
}

/// Passes on what is told, until something was dropped.
async fn hear(feed: &mut Feed, live: &Live) -> Result<(), StoreError> {
    /// How often the database is asked for its time at most.
    const OFTEN: Duration = Duration::from_millis(50);
    let (mut asked, mut mark) = (Instant::now(), Some(feed.mark().await?));
    loop {
        if mark.is_none() && asked.elapsed() >= OFTEN {
            asked = Instant::now();
            mark = Some(feed.mark().await?);
        }
        match feed.next().await? {
            Some(Event::Changed(change)) => live.hears(change),
            Some(Event::Token) => live.versions().tokens_changed(),
            Some(Event::Dropped) => return Ok(()),
            None => {}
        }
        if mark.is_some_and(|mark| feed.has_reached(&mark)) {
            live.is_up_to_date(asked.into_std(), feed.place());
            mark = None;
        }
    }
}
