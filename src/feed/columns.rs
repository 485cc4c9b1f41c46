//! Builds the columns at the start, and again whenever the feed has lost changes; `Live` keeps them current.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Live;
use super::task::{Following, Pause};
use crate::store::columns::Phase;
use crate::store::{Store, StoreError};

/// After how long columns are tried again that were too large, or whose documents did not fit: the first time, and at most.
const AGAIN: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(3_600));

/// Turns the columns of `live` on and keeps them built, by reads through `store`: at most so many bytes, none if 0.
///
/// `compares`: the database answers every question too, and differences are recorded; for tests. The task runs on the
/// calling runtime.
pub fn keep_columns(store: Store, live: Live, most: usize, compares: bool) -> Following {
    let columns = live.columns().clone();
    columns.turn_on(most, compares);
    let stopped = columns.clone();
    let task = async move {
        let (mut pause, mut again) = (Pause::default(), AGAIN.0);
        loop {
            tokio::select! {
                () = columns.to_be_built() => {}
                () = sleep(again) => {
                    columns.try_again();
                    // Each try reads everything, as far as there is room.
                    again = (again * 2).min(AGAIN.1);
                    continue;
                }
            }
            if let Err(error) = build(&store, &live).await {
                tracing::warn!(
                    "the columns cannot be built: {error}; trying again in {:?}",
                    pause.length()
                );
            }
            if columns.status().phase == Phase::Ready {
                again = AGAIN.0;
            }
            pause.wait().await;
        }
    };
    Following::new(task, move || stopped.turn_on(0, false))
}

/// Builds them once there is a feed.
async fn build(store: &Store, live: &Live) -> Result<(), StoreError> {
    if live.listening().await.is_none() {
        return Ok(());
    }
    let began = Instant::now();
    live.columns().replace_indexes(store.reads_without_indexes().await);
    if !store.fill_columns(live.columns()).await? {
        return Ok(());
    }
    let status = live.columns().status();
    match status.phase {
        Phase::Ready => tracing::info!(
            "the columns hold {} gifts in {} MiB, read in {:?}",
            status.gifts,
            status.bytes / 1024 / 1024,
            began.elapsed()
        ),
        phase => tracing::warn!("there are no columns, the database answers: {phase:?}"),
    }
    Ok(())
}
