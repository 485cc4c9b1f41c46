//! What happened since a place, and goes on to happen: each change once, in order, whoever asks and wherever.
//!
//! Behind a place the database is read first, by a feed of its own, until that has come to where the process's feed is;
//! from there on that one is listened to. The order of places tells which changes both have told.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::stream::{Stream, unfold};
use tokio::sync::broadcast::error::RecvError;

use super::{BUFFERED, Listener, Live, News};
use crate::store::feed::{Change, Event, Feed};
use crate::store::resume_token::ResumeToken;
use crate::store::{Store, StoreError};

/// Why no more is told.
#[derive(Debug, thiserror::Error)]
pub enum Ended {
    /// The place to go on from is none, or too old: the database does not remember back to it.
    #[error("the database does not remember back to the place")]
    TooOld,
    /// It is not known what changed: a collection was dropped, or the feed could not go on where it broke off.
    #[error("it is not known what has changed")]
    Lost,
    /// The listener took so long that more changes wait than are kept.
    #[error("{missed} more changes wait to be taken than the {BUFFERED} that are kept")]
    TooSlow {
        /// How many were missed.
        missed: u64,
    },
    /// The database does not tell what changes, or not at the moment.
    #[error("the database does not tell what changes at the moment")]
    Silent,
    /// The database cannot be read.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// All changes behind `after`, or from now on; ends with an error, and only so.
///
/// What happens once this has returned is told, whenever the stream is first asked. `store`: for what lies behind.
///
/// # Errors
/// [`Ended`], where it cannot begin.
pub async fn since(
    store: Store,
    live: &Live,
    after: Option<ResumeToken>,
) -> Result<impl Stream<Item = Result<Arc<Change>, Ended>> + use<>, Ended> {
    let (_, listener) = live.listening().await.ok_or(Ended::Silent)?;
    let state = match after {
        None => State::Listening(listener, None),
        Some(after) => {
            let feed = Feed::open(&store, Some(&after)).await.map_err(too_old)?;
            State::CatchingUp(Box::new(feed), after)
        }
    };
    let telling = Telling {
        live: live.clone(),
        state,
    };
    // In a box, or it would be there as often as it is handed on.
    Ok(unfold(Box::new(telling), |mut telling| async move {
        match telling.next().await {
            Ok(Some(change)) => Some((Ok(change), telling)),
            Ok(None) => None,
            Err(ended) => {
                telling.state = State::Over;
                Some((Err(ended), telling))
            }
        }
    }))
}

struct Telling {
    live: Live,
    state: State,
}

enum State {
    /// Reads the database, and has told up to the place.
    CatchingUp(Box<Feed>, ResumeToken),
    /// Listens, and has told up to the place.
    Listening(Listener, Option<ResumeToken>),
    Over,
}

impl Telling {
    async fn next(&mut self) -> Result<Option<Arc<Change>>, Ended> {
        loop {
            match &mut self.state {
                State::CatchingUp(feed, told) => {
                    // Before the question, so that nothing falls in between.
                    let listening = self.live.listen();
                    // In a box, for it is large and mostly not there: what listens must cost little.
                    let change = match feed.next().boxed().await.map_err(too_old)? {
                        Some(Event::Changed(change)) => Some(change),
                        Some(Event::Dropped) => return Err(Ended::Lost),
                        Some(Event::Token(_) | Event::Mark(_)) | None => None,
                    };
                    if let Some(change) = &change {
                        *told = change.place.clone();
                    }
                    // What others have heard must have been told here. That nothing came does not say that nothing is left:
                    // then only the place does.
                    let quiet = change.is_none();
                    let has_told = |heard: &ResumeToken| {
                        heard <= told || (quiet && feed.place().is_some_and(|reached| reached.has_come_to(heard)))
                    };
                    if let Some((heard, listener)) = listening
                        && has_told(&heard)
                    {
                        self.state = State::Listening(listener, Some(told.clone()));
                    }
                    if let Some(change) = change {
                        return Ok(Some(Arc::new(change)));
                    }
                }
                State::Listening(listener, told) => match listener.recv().await {
                    Ok(News::Change(change)) if told.as_ref().is_some_and(|told| change.place <= *told) => {}
                    Ok(News::Change(change)) => return Ok(Some(change)),
                    Ok(News::Lost) | Err(RecvError::Closed) => return Err(Ended::Lost),
                    Err(RecvError::Lagged(missed)) => return Err(Ended::TooSlow { missed }),
                },
                State::Over => return Ok(None),
            }
        }
    }
}

fn too_old(error: StoreError) -> Ended {
    match error {
        StoreError::HistoryLost(_) => Ended::TooOld,
        error => Ended::Store(error),
    }
}
