//! Reads the change stream for as long as the process runs: reconnects and resumes, or reports that it cannot.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Live;
use super::task::{Following, Pause};
use crate::store::feed::{Feed, FeedEvent};
use crate::store::{Store, StoreError};

/// How often to check a database without change streams for them.
const AGAIN: Duration = Duration::from_secs(30);

/// Follows the changes in the store's database.
///
/// Give it a store that serves no requests: the stream keeps one connection busy. The task runs on the calling runtime.
pub fn follow(store: Store, live: Live) -> Following {
    let followed = live.clone();
    let task = async move {
        let (mut pause, mut warned) = (Pause::default(), false);
        loop {
            let ended = once(&store, &live).await;
            live.on_history_lost(!matches!(ended, Err(StoreError::NoFeed(_))));
            match ended {
                Ok(()) => tracing::info!("the feed of changes begins anew"),
                Err(error @ StoreError::NoFeed(_)) => {
                    if !std::mem::replace(&mut warned, true) {
                        tracing::warn!("{error}; nothing is cached, and there are no subscriptions");
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
    Following::new(task, move || followed.on_disconnect())
}

/// Follows until the feed has to begin anew. `Ok` if a collection was dropped or the history is lost.
async fn once(store: &Store, live: &Live) -> Result<(), StoreError> {
    let mut feed = Feed::open(store, None).await?;
    // A mongos is also quiet while it waits for a shard.
    let is_done_when_quiet = !store.is_sharded().await?;
    live.on_open(feed.resume_token());
    loop {
        let error = match broadcast(&mut feed, live, is_done_when_quiet).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        live.on_disconnect();
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

/// Broadcasts each change, and writes heartbeats while caches are used or columns wait for one, until a collection is dropped.
///
/// `is_done_when_quiet`: whether a quiet moment tells that everything before has been told.
async fn broadcast(feed: &mut Feed, live: &Live, is_done_when_quiet: bool) -> Result<(), StoreError> {
    /// The shortest time between two heartbeats.
    const EVERY: Duration = Duration::from_millis(250);
    /// The same while columns wait for one, and do not answer.
    const AT_ONCE: Duration = Duration::from_millis(25);
    /// The same where quiet moments tell nothing, for as long as nobody relies on them.
    const PULSE: Duration = Duration::from_secs(1);
    /// How long heartbeats continue after the last use of a cache, so that a client which returns soon finds it warm.
    const LINGER: Duration = Duration::from_secs(60);
    let mut written: Option<(Instant, i64)> = None;
    let mut beaten_at = Instant::now();
    let mut relied: Option<Instant> = None;
    loop {
        if live.versions().take_relied_on() {
            relied = Some(Instant::now());
        }
        let is_relied_on = relied.is_some_and(|relied| relied.elapsed() < LINGER);
        let every = match is_done_when_quiet {
            _ if live.columns().wait_for_heartbeat() => Some(AT_ONCE),
            _ if is_relied_on => Some(EVERY),
            true => None,
            false => Some(PULSE),
        };
        if every.is_some_and(|every| beaten_at.elapsed() >= every) {
            beaten_at = Instant::now();
            written = match feed.write_heartbeat().await {
                Ok(number) => Some((beaten_at, number)),
                Err(error) => {
                    tracing::debug!("caches cannot be used: no heartbeat can be written: {error}");
                    None
                }
            };
        }
        let asked = Instant::now();
        match feed.next().await? {
            Some(FeedEvent::Changed(change)) => live.on_event(change),
            Some(FeedEvent::Token(Some(hash))) => live.versions().token_changed(&hash),
            Some(FeedEvent::Token(None)) => live.versions().tokens_changed(),
            Some(FeedEvent::Heartbeat(number)) => {
                if let Some((then, _)) = written.take_if(|(_, beat)| *beat <= number) {
                    live.on_heartbeat(then.into_std());
                }
            }
            Some(FeedEvent::Dropped) => return Ok(()),
            // Never returned.
            Some(FeedEvent::Unplaced) => {}
            None => {
                let told = is_done_when_quiet.then(|| asked.into_std());
                live.on_quiet(told, feed.resume_token());
            }
        }
    }
}
