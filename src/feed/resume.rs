//! Every change since a resume token, then live changes: each once, in order.
//!
//! First the backfill: a separate change stream reads from the token until it has caught up with the process's feed.
//! Then the subscriber listens to that feed. Resume tokens are ordered, so a change that is in both is passed on once.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::stream::{Stream, unfold};
use tokio::sync::broadcast::error::RecvError;

use super::{BUFFERED, CatchUp, Listener, Live, News, Pause};
use crate::store::feed::{DocumentChange, Feed, FeedEvent};
use crate::store::resume_token::ResumeToken;
use crate::store::{Store, StoreError};

/// Why a stream of changes ended.
#[derive(Debug, thiserror::Error)]
pub enum Ended {
    /// The resume token is too old, or of another database.
    #[error("the database does not remember back to the resume token")]
    TooOld,
    /// Changes are unknown: a collection was dropped, or the feed could not resume.
    #[error("it is not known what has changed")]
    Lost,
    #[error("{missed} more changes wait to be taken than the {BUFFERED} that are kept")]
    TooSlow {
        /// How many changes it missed.
        missed: u64,
    },
    /// There is no change stream, or none at the moment.
    #[error("the database does not tell what changes at the moment")]
    Silent,
    /// The database failed.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// All changes after the token `after`, or from now on. The stream ends only with an error.
///
/// Nothing that happens after this returns is missed, however late the stream is first polled. `store` reads the
/// backfill.
///
/// # Errors
/// [`Ended`], if it cannot begin.
pub async fn changes_since(
    store: Store,
    live: &Live,
    after: Option<ResumeToken>,
) -> Result<impl Stream<Item = Result<Arc<DocumentChange>, Ended>> + use<>, Ended> {
    let (_, listener) = live.listening().await.ok_or(Ended::Silent)?;
    let state = match after {
        None => State::Live(listener, None),
        Some(after) => {
            let permit = live.catch_up_permit().await;
            let listening = live.listen();
            let feed = Feed::open(&store, Some(&after)).await.map_err(too_old)?;
            let reached = feed.resume_token().filter(|_| feed.has_returned_all());
            match listening {
                // Most who come back have missed nothing.
                Some((heard, listener)) if reached.is_some_and(|reached| reached.has_come_to(&heard)) => {
                    State::Live(listener, Some(after))
                }
                _ => State::Backfill {
                    feed: Box::new(feed),
                    told: after,
                    _permit: permit,
                },
            }
        }
    };
    let subscriber = Subscriber {
        live: live.clone(),
        state,
    };
    // Boxed: each combinator would otherwise copy this large future by value.
    Ok(unfold(Box::new(subscriber), |mut subscriber| async move {
        match subscriber.next().await {
            Ok(Some(change)) => Some((Ok(change), subscriber)),
            Ok(None) => None,
            Err(ended) => {
                subscriber.state = State::Over;
                Some((Err(ended), subscriber))
            }
        }
    }))
}

struct Subscriber {
    live: Live,
    state: State,
}

enum State {
    /// Reads the database; everything up to the token has been passed on. One of few that do so at the same time.
    Backfill {
        feed: Box<Feed>,
        told: ResumeToken,
        _permit: CatchUp,
    },
    /// Listens to the feed; everything up to the token has been passed on.
    Live(Listener, Option<ResumeToken>),
    Over,
}

impl Subscriber {
    async fn next(&mut self) -> Result<Option<Arc<DocumentChange>>, Ended> {
        loop {
            match &mut self.state {
                State::Backfill { feed, told, .. } => {
                    // Subscribe before reading on, so that nothing is missed in between.
                    let listening = self.live.listen();
                    // Boxed: this future is large, and subscribers without a backfill must stay small.
                    let change = match next_of(feed).boxed().await? {
                        Some(FeedEvent::Changed(change)) => Some(change),
                        Some(FeedEvent::Dropped) => return Err(Ended::Lost),
                        Some(FeedEvent::Token(_) | FeedEvent::Heartbeat(_) | FeedEvent::Unplaced) | None => None,
                    };
                    if let Some(change) = &change {
                        *told = change.token.clone();
                    }
                    // Caught up means that everything the feed has broadcast was passed on here. A quiet moment does
                    // not prove that; the stream's own resume token does.
                    let quiet = change.is_none();
                    let has_told = |heard: &ResumeToken| {
                        heard <= told
                            || (quiet && feed.resume_token().is_some_and(|reached| reached.has_come_to(heard)))
                    };
                    if let Some((heard, listener)) = listening
                        && has_told(&heard)
                    {
                        self.state = State::Live(listener, Some(told.clone()));
                    }
                    if let Some(change) = change {
                        return Ok(Some(Arc::new(change)));
                    }
                }
                State::Live(listener, told) => match listener.recv().await {
                    Ok(News::Change(change)) if told.as_ref().is_some_and(|told| change.token <= *told) => {}
                    Ok(News::Change(change)) => return Ok(Some(change)),
                    Ok(News::Lost) | Err(RecvError::Closed) => return Err(Ended::Lost),
                    Err(RecvError::Lagged(missed)) => return Err(Ended::TooSlow { missed }),
                },
                State::Over => return Ok(None),
            }
        }
    }
}

/// The next event of a stream that catches up; `None` for a quiet moment. Where the database is away for a moment, it goes on
/// from where that broke off.
async fn next_of(feed: &mut Feed) -> Result<Option<FeedEvent>, Ended> {
    /// How often it is tried, with growing pauses.
    const ATTEMPTS: usize = 6;
    let away = match feed.next().await {
        Err(away) if away.is_passing() => away,
        told => return told.map_err(too_old),
    };
    let mut pause = Pause::default();
    for _ in 0..ATTEMPTS {
        pause.wait().await;
        match feed.reopen().await {
            Ok(true) => return Ok(None),
            Ok(false) => return Err(Ended::TooOld),
            Err(_) => {}
        }
    }
    Err(Ended::Store(away))
}

fn too_old(error: StoreError) -> Ended {
    match error {
        StoreError::HistoryLost(_) => Ended::TooOld,
        error => Ended::Store(error),
    }
}
