//! What changes in the database, told as it happens: a change stream over all collections of documents.
//!
//! A feed knows the place that it has come to, and goes on there when the connection was lost, in another process too.
//! It says what happened to which document. Who hears of it, and that there is one feed for a process, is `live`'s.

use std::time::Duration;

use mongodb::bson::{Document, RawBsonRef, RawDocument, RawDocumentBuf, doc, serialize_to_raw_document_buf};
use mongodb::change_stream::ChangeStream;
use mongodb::change_stream::event::ResumeToken as DriverToken;
use mongodb::options::{FullDocumentType, ReturnDocument};

use super::bson_types::{Timestamp, first_step};
use super::entity::Entity;
use super::filter::Filter;
use super::matches::{looks_at, may_be_met_by, meets};
use super::page::read_document;
use super::resume_token::ResumeToken;
use super::texts::{Texts, texts_of};
use super::tokens::TOKENS;
use super::{Result, Store, StoreError};
use crate::domain::id::Kind;

/// The collection of the mark.
const HEARTBEATS: &str = "marks";

/// How long the database waits for something to happen before it says that nothing did.
pub const QUIET: Duration = Duration::from_millis(200);

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// A document changed.
    Changed(Change),
    /// The token with this hash was made or revoked; any of them where none is told.
    Token(Option<String>),
    /// A mark was written: see [`Feed::mark`].
    Mark(i64),
    /// A collection or the whole database was dropped or renamed: nothing that was known of it holds any more. The
    /// feed may end with this; take a new one.
    Dropped,
}

/// A change of one document.
#[derive(Clone, Debug)]
pub struct Change {
    /// Behind it.
    pub place: ResumeToken,
    /// When it happened, by the database's clock.
    pub at: Timestamp,
    /// The collection of the document.
    pub kind: Kind,
    /// The id of the document.
    pub id: String,
    /// What happened.
    pub operation: Operation,
    /// The document: of one that was inserted or replaced as it was written, of one that was updated as it was at that
    /// moment or one since. None where it is gone.
    document: Option<RawDocumentBuf>,
}

/// What happened to a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// It was made.
    Created,
    /// It was changed.
    Updated {
        /// The stored fields that were written or removed, at the top level and each once. `None` where the whole was
        /// written anew, so that the database does not tell which of it differ.
        fields: Option<Vec<String>>,
    },
    /// It was deleted.
    Deleted,
}

impl Change {
    /// The document in its type, with all its fields.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn read<E: Entity>(&self) -> Result<Option<E>> {
        self.document.as_ref().map(read_document).transpose()
    }

    /// Whether it tells the document: it was not deleted by this change, nor soon after.
    pub const fn is_there(&self) -> bool {
        self.document.is_some()
    }

    /// Whether the document meets a filter, whose joins have been resolved.
    pub fn meets(&self, filter: &Filter) -> bool {
        self.document.as_ref().is_some_and(|document| meets(filter, document))
    }

    /// Whether the document may have met a filter before this change, as far as can be told from its id and from which
    /// fields changed: nothing tells what was in them.
    pub fn may_have_met(&self, filter: &Filter) -> bool {
        let looked_at_changed = match &self.operation {
            Operation::Created => false,
            Operation::Updated { fields: Some(fields) } => looks_at(filter, fields),
            Operation::Updated { fields: None } | Operation::Deleted => true,
        };
        looked_at_changed && may_be_met_by(filter, &self.id)
    }

    /// The document's number of changes, as far as it is there.
    pub fn version(&self) -> Option<i32> {
        match self.document.as_ref()?.get("version").ok()?? {
            RawBsonRef::Int32(version) => Some(version),
            RawBsonRef::Int64(version) => i32::try_from(version).ok(),
            _ => None,
        }
    }

    /// The document's searchable texts.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn texts(&self) -> Result<Option<Texts>> {
        match &self.document {
            Some(document) => texts_of(self.kind, document),
            None => Ok(None),
        }
    }
}

/// The changes from the moment on at which it was opened, or from a place on.
///
/// It keeps a connection busy nearly all the time.
pub struct Feed {
    store: Store,
    stream: Option<ChangeStream<RawDocumentBuf>>,
    /// Behind the last event that was given out, or where it began.
    token: Option<DriverToken>,
}

impl Feed {
    /// Tells what changes from now on, or behind a place.
    ///
    /// # Errors
    /// [`StoreError::NoFeed`] where the database cannot tell: a single server that is no replica set.
    /// [`StoreError::HistoryLost`] where the database does not remember back to the place.
    pub async fn open(store: &Store, after: Option<&ResumeToken>) -> Result<Self> {
        let token = after.and_then(ResumeToken::token);
        let stream = watch(store, token.as_ref()).await?;
        Ok(Self {
            store: store.clone(),
            token: stream.resume_token().or(token),
            stream: Some(stream),
        })
    }

    /// The place that it has come to; `None` where nothing is known of it.
    pub fn place(&self) -> Option<ResumeToken> {
        place_of(self.token.as_ref()?)
    }

    /// Writes a mark: once [`Event::Mark`] with this number or a greater one is told, all that had been acknowledged
    /// before the mark was written has been told.
    ///
    /// That nothing comes for a while does not say so: a database that looks for our changes among those of others may
    /// need several questions, and begins new feeds a moment back. There is one mark for all who share the database.
    ///
    /// # Errors
    /// The database does not answer, or does not let it be written.
    pub async fn mark(&mut self) -> Result<i64> {
        let _turn = self.store.turn().await;
        let marks = self.store.database.collection::<Document>(HEARTBEATS);
        let written = marks
            .find_one_and_update(doc! { "_id": "mark" }, doc! { "$inc": { "number": 1_i64 } })
            .upsert(true)
            .return_document(ReturnDocument::After);
        let written = written.max_time(self.store.time_left()).await?;
        Ok(written.and_then(|mark| mark.get_i64("number").ok()).unwrap_or(i64::MAX))
    }

    /// The next event; `None` when there was none for a moment ([`QUIET`]).
    ///
    /// # Errors
    /// After any error the feed is at an end until [`Feed::reopen`].
    pub async fn next(&mut self) -> Result<Option<Event>> {
        let Some(stream) = &mut self.stream else {
            return Ok(Some(Event::Dropped));
        };
        loop {
            let asked = {
                let _turn = self.store.turn().await;
                stream.next_if_any().await
            };
            let event = match asked {
                Ok(event) => event,
                Err(error) => {
                    let error = lost(error, self.token.is_some());
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
                Some(Event::Dropped) => return Ok(Some(self.end())),
                Some(event) => return Ok(Some(event)),
                None => {}
            }
        }
    }

    /// Goes on behind the last event that was given out. False where that cannot be: the database does not remember
    /// back to then, so that a new feed has to be opened and all has to be read anew.
    ///
    /// # Errors
    /// The database does not answer: worth trying again.
    pub async fn reopen(&mut self) -> Result<bool> {
        if self.token.is_none() {
            return Ok(false);
        }
        match watch(&self.store, self.token.as_ref()).await {
            Ok(stream) => {
                self.stream = Some(stream);
                Ok(true)
            }
            Err(error) if is_passing(&error) => Err(error),
            Err(error) => {
                tracing::info!("the feed cannot go on where it stopped: {error}");
                self.token = None;
                Ok(false)
            }
        }
    }

    fn end(&mut self) -> Event {
        (self.stream, self.token) = (None, None);
        Event::Dropped
    }
}

fn place_of(token: &DriverToken) -> Option<ResumeToken> {
    ResumeToken::new(&serialize_to_raw_document_buf(token).ok()?)
}

/// Opens the stream, behind `after` where that is given. A place can only be gone on from by the same stages that gave
/// it, so these are the same for every feed.
async fn watch(store: &Store, after: Option<&DriverToken>) -> Result<ChangeStream<RawDocumentBuf>> {
    let names: Vec<&str> = Kind::ALL
        .iter()
        .map(|kind| kind.collection())
        .chain([TOKENS, HEARTBEATS])
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
        // An update tells only what it changes, and filters and texts depend on the whole.
        .full_document(FullDocumentType::UpdateLookup)
        .max_await_time(QUIET);
    if let Some(after) = after {
        watch = watch.start_after(after.clone());
    }
    let _turn = store.turn().await;
    match watch.await {
        Ok(stream) => Ok(stream.with_type()),
        Err(error) => Err(lost(error, after.is_some())),
    }
}

/// What an error of a stream means; with a place to go on from, whatever does not pass says that it is none.
fn lost(error: mongodb::error::Error, has_place: bool) -> StoreError {
    match StoreError::from(error) {
        StoreError::Refused(cause) if has_place => StoreError::HistoryLost(cause),
        error => error,
    }
}

/// Whether trying again can help.
fn is_passing(error: &StoreError) -> bool {
    matches!(error, StoreError::Unavailable(_) | StoreError::Timeout(_))
}

/// What an event of the stream means; nothing where it is about no document of ours.
fn event_of(event: &RawDocument) -> Option<Event> {
    let text = |document: &RawDocument, name: &str| document.get_str(name).unwrap_or_default().to_owned();
    let inner = |name: &str| event.get_document(name).ok();
    let collection_at = |space: &str| Some(text(inner(space)?, "coll"));
    let collection = collection_at("ns").unwrap_or_default();
    let kind = Kind::of_collection(&collection).or_else(|| Kind::of_collection(&collection_at("to")?));
    let operation = match (text(event, "operationType").as_str(), kind) {
        ("dropDatabase" | "invalidate", _) => return Some(Event::Dropped),
        ("drop" | "rename", Some(_)) => return Some(Event::Dropped),
        (_, None) if collection == HEARTBEATS => return mark_of(event).map(Event::Mark),
        (_, None) => {
            let hash = || inner("documentKey")?.get_str("_id").ok().map(str::to_owned);
            return (collection == TOKENS).then(|| Event::Token(hash()));
        }
        ("insert", _) => Operation::Created,
        ("replace", _) => Operation::Updated { fields: None },
        ("update", _) => Operation::Updated {
            fields: inner("updateDescription").map(changed_fields),
        },
        ("delete", _) => Operation::Deleted,
        _ => return None,
    };
    let at = event.get_timestamp("clusterTime").ok()?;
    let told = event.get_datetime("wallTime").ok();
    let told = told.unwrap_or_else(|| mongodb::bson::DateTime::from_millis(i64::from(at.time) * 1_000));
    Some(Event::Changed(Change {
        place: ResumeToken::new(inner("_id")?)?,
        at: told.into(),
        kind: kind?,
        id: inner("documentKey")?.get_str("_id").ok()?.to_owned(),
        operation,
        document: inner("fullDocument").map(ToOwned::to_owned),
    }))
}

/// The number of a mark that was written.
fn mark_of(event: &RawDocument) -> Option<i64> {
    let updated = event.get_document("updateDescription").ok();
    let updated = updated.and_then(|update| update.get_document("updatedFields").ok());
    let number = |document: &RawDocument| document.get_i64("number").ok();
    // Of an update only what it wrote: the document beside it may be of later.
    updated
        .or_else(|| event.get_document("fullDocument").ok())
        .and_then(number)
}

/// The fields at the top level that an update wrote or removed.
fn changed_fields(description: &RawDocument) -> Vec<String> {
    let written = description.get_document("updatedFields").ok();
    let written = written.into_iter().flatten().flatten().map(|(name, _)| name.as_str());
    let removed = description.get_array("removedFields").ok();
    let removed = removed.into_iter().flatten().flatten().filter_map(|name| name.as_str());
    let cut = description.get_array("truncatedArrays").ok();
    let cut = cut
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|array| array.as_document());
    let cut = cut.filter_map(|array| array.get_str("field").ok());
    let mut fields: Vec<String> = written
        .chain(removed)
        .chain(cut)
        .map(|path| first_step(path).0.to_owned())
        .collect();
    fields.sort_unstable();
    fields.dedup();
    fields
}

#[cfg(test)]
mod tests;
