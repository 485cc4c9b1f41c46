//! One change stream over all collections of documents, decoded into events.
//!
//! It knows its resume token, so it can resume after a lost connection, even in another process. The `feed` room makes
//! sure that a process has only one such stream, and broadcasts it.
//!
//! It reads the replies of a `$changeStream` itself, not through the driver's `ChangeStream`: that resumes unasked, and
//! where the resuming command is retried, it has forgotten the token (mongodb 3.9.1), so changes are lost or told twice.

mod event;

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::TryStreamExt;
use mongodb::bson::{Document, RawDocument, RawDocumentBuf, doc};
use mongodb::error::Error as DriverError;
use mongodb::options::ReturnDocument;
use mongodb::raw_batch_cursor::{RawBatch, RawBatchCursor};

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
    stream: Option<Stream>,
    /// The database's token after the last returned event, or where the stream began.
    token: Option<RawDocumentBuf>,
}

/// An open stream.
struct Stream {
    replies: RawBatchCursor,
    /// What the last reply had that is still to be returned.
    events: VecDeque<RawDocumentBuf>,
}

impl Feed {
    /// Opens the stream, after `after` if given.
    ///
    /// # Errors
    /// [`StoreError::NoFeed`] if the database has no change streams, as a standalone server has none, if it refuses one, or if
    /// its resume tokens have an unknown form. [`StoreError::HistoryLost`] if its history does not reach back to the token.
    pub async fn open(store: &Store, after: Option<&ResumeToken>) -> Result<Self> {
        let mut feed = Self {
            store: store.clone(),
            stream: None,
            token: after.map(ResumeToken::token),
        };
        feed.watch().await.map_err(|error| match after {
            None => StoreError::of_stream(error, false),
            // There are streams, so it is the token that is refused, whatever with.
            Some(_) => match StoreError::from(error) {
                StoreError::Refused(cause) | StoreError::NoFeed(cause) => StoreError::HistoryLost(cause),
                error => error,
            },
        })?;
        match feed.token.is_some() && feed.resume_token().is_none() {
            true => Err(foreign_tokens()),
            false => Ok(feed),
        }
    }

    /// The current resume token; `None` if its form is unknown.
    pub fn resume_token(&self) -> Option<ResumeToken> {
        ResumeToken::new(self.token.as_ref()?)
    }

    /// Whether everything up to the resume token has been returned.
    pub fn has_returned_all(&self) -> bool {
        self.stream.as_ref().is_some_and(|stream| stream.events.is_empty())
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
        let _permit = self.store.permit().await;
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
        loop {
            let Some(stream) = &mut self.stream else {
                return Ok(Some(FeedEvent::Dropped));
            };
            if let Some(event) = stream.events.pop_front() {
                self.token = event.get_document("_id").ok().map(ToOwned::to_owned);
                match event_of(&event) {
                    Some(FeedEvent::Dropped) => return Ok(Some(self.end())),
                    Some(FeedEvent::Unplaced) => {
                        self.end();
                        return Err(foreign_tokens());
                    }
                    Some(event) => return Ok(Some(event)),
                    None => continue,
                }
            }
            let replied = {
                let _permit = self.store.permit().await;
                stream.replies.try_next().await
            };
            match replied.and_then(|reply| reply.as_ref().map(read).transpose()) {
                Ok(Some((events, token))) if events.is_empty() => {
                    self.token = token.or(self.token.take());
                    return Ok(None);
                }
                Ok(Some((events, _))) => stream.events = events,
                Ok(None) => return Ok(Some(self.end())),
                Err(error) => {
                    let error = StoreError::of_stream(error, true);
                    self.stream = None;
                    if !error.is_passing() {
                        self.token = None;
                    }
                    return Err(error);
                }
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
        match self.watch().await.map_err(|error| StoreError::of_stream(error, true)) {
            Ok(()) => Ok(true),
            Err(error) if error.is_passing() => Err(error),
            Err(error) => {
                tracing::info!("the change feed cannot resume where it stopped: {error}");
                self.token = None;
                Ok(false)
            }
        }
    }

    /// Opens the stream, after the token if there is one. A resume token is only valid for the same pipeline, so every
    /// stream has this one.
    async fn watch(&mut self) -> std::result::Result<(), DriverError> {
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
        // An update event only contains what it changes; filters and texts need the whole document.
        let mut stream = doc! { "fullDocument": "updateLookup" };
        if let Some(token) = &self.token {
            stream.insert("startAfter", Document::try_from(token)?);
        }
        let pipeline = [doc! { "$changeStream": stream }, doc! { "$match": ours }];
        let _permit = self.store.permit().await;
        let aggregate = self.store.database.aggregate(pipeline).max_await_time(QUIET);
        let mut replies = aggregate.batch().await?;
        // The first reply is that of the aggregate.
        let first = replies.try_next().await?;
        let (events, token) = first.as_ref().map(read).transpose()?.unwrap_or_default();
        if events.is_empty() {
            self.token = token.or(self.token.take());
        }
        self.stream = Some(Stream { replies, events });
        Ok(())
    }

    fn end(&mut self) -> FeedEvent {
        (self.stream, self.token) = (None, None);
        FeedEvent::Dropped
    }
}

/// The events of a reply, and the token after what it has looked at.
fn read(reply: &RawBatch) -> std::result::Result<(VecDeque<RawDocumentBuf>, Option<RawDocumentBuf>), DriverError> {
    let mut events = VecDeque::new();
    for event in reply.doc_slices()? {
        events.extend(event?.as_document().map(RawDocument::to_owned));
    }
    let cursor = reply.as_raw_document().get_document("cursor").ok();
    let token = cursor.and_then(|cursor| cursor.get_document("postBatchResumeToken").ok());
    Ok((events, token.map(ToOwned::to_owned)))
}

/// A database whose resume tokens are of no known form: nobody could go on from a change, or tell which came first.
fn foreign_tokens() -> StoreError {
    StoreError::NoFeed(Box::new(DriverError::custom(
        "its resume tokens have a form that is not known here".to_owned(),
    )))
}

#[cfg(test)]
mod tests;
