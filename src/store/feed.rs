//! One change stream over all collections of documents, decoded into events.
//!
//! It knows its resume token, so it can resume after a lost connection, even in another process. The `feed` room makes
//! sure that a process has only one such stream, and broadcasts it.

mod event;

use std::time::Duration;

use mongodb::bson::{Document, RawDocumentBuf, doc, serialize_to_raw_document_buf};
use mongodb::change_stream::ChangeStream;
use mongodb::change_stream::event::ResumeToken as DriverToken;
use mongodb::error::Error as DriverError;
use mongodb::options::{FullDocumentType, ReturnDocument};

use super::names::{MARKS, TOKENS};
use super::resume_token::ResumeToken;
use super::{Result, Store, StoreError};
use crate::domain::id::Kind;
use event::event_of;
pub use event::{DocumentChange, FeedEvent, Operation};

/// How long the database waits for an event before it returns none.
pub const QUIET: Duration = Duration::from_millis(200);

/// A change stream from now on, or after a resume token. It uses one connection nearly all the time.
pub struct Feed {
    store: Store,
    stream: Option<ChangeStream<RawDocumentBuf>>,
    /// After the last returned event, or where the stream began.
    token: Option<DriverToken>,
}

impl Feed {
    /// Opens the stream, after `after` if given.
    ///
    /// # Errors
    /// [`StoreError::NoFeed`] if the database has no change streams, as a standalone server has none, if it refuses one, or if
    /// its resume tokens have an unknown form. [`StoreError::HistoryLost`] if its history does not reach back to the token.
    pub async fn open(store: &Store, after: Option<&ResumeToken>) -> Result<Self> {
        let token = after.and_then(ResumeToken::token);
        let stream = watch(store, token.as_ref()).await.map_err(|error| match after {
            None => StoreError::of_stream(error, false),
            // There are streams, so it is the token that is refused, whatever with.
            Some(_) => match StoreError::from(error) {
                StoreError::Refused(cause) | StoreError::NoFeed(cause) => StoreError::HistoryLost(cause),
                error => error,
            },
        })?;
        let token = stream.resume_token().or(token);
        if token.as_ref().is_some_and(|token| resume_token_of(token).is_none()) {
            return Err(foreign_tokens());
        }
        Ok(Self {
            store: store.clone(),
            token,
            stream: Some(stream),
        })
    }

    /// The current resume token; `None` if its form is unknown.
    pub fn resume_token(&self) -> Option<ResumeToken> {
        resume_token_of(self.token.as_ref()?)
    }

    /// Writes a heartbeat. Once [`FeedEvent::Heartbeat`] with this number or a greater one arrives, every write that had
    /// been acknowledged before has arrived too.
    ///
    /// Silence does not prove that: a database that filters our changes from those of others may need several
    /// `getMore`s, and starts new streams a moment in the past. All servers of a database share one heartbeat document.
    ///
    /// # Errors
    /// If the database does not respond, or does not allow the write.
    pub async fn write_heartbeat(&mut self) -> Result<i64> {
        let _turn = self.store.turn().await;
        let heartbeats = self.store.database.collection::<Document>(MARKS);
        let written = heartbeats
            .find_one_and_update(doc! { "_id": "mark" }, doc! { "$inc": { "number": 1_i64 } })
            .upsert(true)
            .return_document(ReturnDocument::After);
        let written = written.max_time(self.store.time_left()).await?;
        Ok(written.and_then(|beat| beat.get_i64("number").ok()).unwrap_or(i64::MAX))
    }

    /// The next event; `None` if none arrived within [`QUIET`].
    ///
    /// # Errors
    /// After any error the stream is closed until [`Feed::reopen`].
    pub async fn next(&mut self) -> Result<Option<FeedEvent>> {
        let Some(stream) = &mut self.stream else {
            return Ok(Some(FeedEvent::Dropped));
        };
        loop {
            let asked = {
                let _turn = self.store.turn().await;
                stream.next_if_any().await
            };
            let event = match asked {
                Ok(event) => event,
                Err(error) => {
                    let error = StoreError::of_stream(error, true);
                    self.stream = None;
                    if !is_passing(&error) {
                        self.token = None;
                    }
                    return Err(error);
                }
            };
            let alive = stream.is_alive();
            if let Some(token) = stream.resume_token() {
                self.token = Some(token);
            }
            let Some(event) = event else {
                return Ok(if alive { None } else { Some(self.end()) });
            };
            match event_of(&event) {
                Some(FeedEvent::Dropped) => return Ok(Some(self.end())),
                Some(FeedEvent::Unplaced) => {
                    self.end();
                    return Err(foreign_tokens());
                }
                Some(event) => return Ok(Some(event)),
                None => {}
            }
        }
    }

    /// Resumes after the last returned event. `false` if the history does not reach back to it: then open a new stream,
    /// and read everything again.
    ///
    /// # Errors
    /// If the database does not respond; worth retrying.
    pub async fn reopen(&mut self) -> Result<bool> {
        if self.token.is_none() {
            return Ok(false);
        }
        let again = watch(&self.store, self.token.as_ref()).await;
        match again.map_err(|error| StoreError::of_stream(error, true)) {
            Ok(stream) => {
                self.stream = Some(stream);
                Ok(true)
            }
            Err(error) if is_passing(&error) => Err(error),
            Err(error) => {
                tracing::info!("the change feed cannot resume where it stopped: {error}");
                self.token = None;
                Ok(false)
            }
        }
    }

    fn end(&mut self) -> FeedEvent {
        (self.stream, self.token) = (None, None);
        FeedEvent::Dropped
    }
}

fn resume_token_of(token: &DriverToken) -> Option<ResumeToken> {
    ResumeToken::new(&serialize_to_raw_document_buf(token).ok()?)
}

/// Opens the stream. A resume token is only valid for the same pipeline, so every stream has this one.
async fn watch(
    store: &Store,
    after: Option<&DriverToken>,
) -> std::result::Result<ChangeStream<RawDocumentBuf>, DriverError> {
    let names: Vec<&str> = Kind::ALL
        .iter()
        .map(|kind| kind.collection())
        .chain([TOKENS, MARKS])
        .collect();
    let ours = doc! { "$or": [
        { "ns.coll": { "$in": names.clone() } },
        { "to.coll": { "$in": names } },
        { "operationType": { "$in": ["dropDatabase", "invalidate"] } },
    ] };
    let mut watch = store
        .database
        .watch()
        .pipeline([doc! { "$match": ours }])
        // An update event only contains what it changes; filters and texts need the whole document.
        .full_document(FullDocumentType::UpdateLookup)
        .max_await_time(QUIET);
    if let Some(after) = after {
        watch = watch.start_after(after.clone());
    }
    let _turn = store.turn().await;
    Ok(watch.await?.with_type())
}

/// A database whose resume tokens are of no known form: nobody could go on from a change, or tell which came first.
fn foreign_tokens() -> StoreError {
    StoreError::NoFeed(Box::new(DriverError::custom(
        "its resume tokens have a form that is not known here".to_owned(),
    )))
}

/// Whether retrying may help.
fn is_passing(error: &StoreError) -> bool {
    matches!(error, StoreError::Unavailable(_) | StoreError::Timeout(_))
}

#[cfg(test)]
mod tests;
