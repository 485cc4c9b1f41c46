//! Reads the feed for as long as the process runs: reconnects, goes on where it broke off, and says so where it cannot.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Live;
use super::task::{Following, Pause};
use crate::store::feed::{Event, Feed};
use crate::store::{Store, StoreError};

/// How often it looks whether a database that could not tell of changes has learned to.
const AGAIN: Duration = Duration::from_secs(30);

/// Follows what changes in the store's database.
///
/// Let the store be one that serves no requests: the feed keeps a connection of it busy. The task belongs to the
/// runtime that calls this.
pub fn follow(store: Store, live: Live) -> Following {
    let followed = live.clone();
    let task = async move {
        let (mut pause, mut told) = (Pause::default(), false);
        loop {
            let ended = once(&store, &live).await;
            live.is_lost(!matches!(ended, Err(StoreError::NoFeed(_))));
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
                    let pause = pause.length();
                    tracing::warn!("changes in the database are not told: {error}; trying again in {pause:?}");
                }
            }
            pause.wait().await;
        }
    };
    Following::new(task, move || followed.is_cut_off())
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
        let mut pause = Pause::default();
        loop {
            pause.wait().await;
            match feed.reopen().await {
                Ok(true) => break,
                Ok(false) => return Ok(()),
                Err(_) => {}
            }
        }
        tracing::info!("changes in the database are told again, from where that broke off");
    }
}

/// Passes on what is told, until something was dropped.
async fn hear(feed: &mut Feed, live: &Live) -> Result<(), StoreError> {
    /// How often a mark is written at most.
    const OFTEN: Duration = Duration::from_millis(250);
    /// For how long marks are written after somebody relied on them, so that who comes back soon need not wait for one.
    const KEEPING: Duration = Duration::from_secs(60);
    let mut mark: Option<(Instant, i64)> = None;
    let mut marked = Instant::now();
    let mut relied: Option<Instant> = None;
    loop {
        if live.is_relied_on() {
            relied = Some(Instant::now());
        }
        if marked.elapsed() >= OFTEN && relied.is_some_and(|relied| relied.elapsed() < KEEPING) {
            marked = Instant::now();
            mark = match feed.mark().await {
                Ok(number) => Some((marked, number)),
                Err(error) => {
                    tracing::debug!("what is kept does not count: no mark can be written: {error}");
                    None
                }
            };
        }
        let asked = Instant::now();
        match feed.next().await? {
            Some(Event::Changed(change)) => live.on_event(change),
            Some(Event::Token(Some(hash))) => live.versions().token_changed(&hash),
            Some(Event::Token(None)) => live.versions().tokens_changed(),
            Some(Event::Mark(number)) => {
                if let Some((then, _)) = mark.take_if(|(_, written)| *written <= number) {
                    live.is_as_of(then.into_std());
                }
            }
            Some(Event::Dropped) => return Ok(()),
            None => live.is_quiet(asked.into_std(), feed.place()),
        }
    }
}
