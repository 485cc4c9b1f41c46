//! One change stream over all collections of documents, decoded into events.
//!
//! It knows its resume token, so it can resume after a lost connection, even in another process. The `feed` room makes
//! sure that a process has only one such stream, and broadcasts it.

use std::time::Duration;

use mongodb::bson::{Document, RawDocument, RawDocumentBuf, doc, serialize_to_raw_document_buf};
use mongodb::change_stream::ChangeStream;
use mongodb::change_stream::event::ResumeToken as DriverToken;
use mongodb::options::{FullDocumentType, ReturnDocument};

use super::bson_types::{Timestamp, whole_at};
use super::columns::ColumnChange;
use super::entity::Entity;
use super::filter::Filter;
use super::filter::matches::{looks_at, may_be_met_by, meets};
use super::names::TOKENS;
use super::page::read_document;
use super::path::top_field;
use super::resume_token::ResumeToken;
use super::texts::{Texts, texts_of};
use super::{Result, Store, StoreError};
use crate::domain::id::Kind;

/// The collection of the heartbeat document.
const HEARTBEATS: &str = "marks";

/// How long the database waits for an event before it returns none.
pub const QUIET: Duration = Duration::from_millis(200);

/// An event of the change stream.
#[derive(Clone, Debug)]
pub enum FeedEvent {
    Changed(DocumentChange),
    /// The access token with this hash was created or revoked; `None`: any of them may have been.
    Token(Option<String>),
    /// A heartbeat was written: see [`Feed::write_heartbeat`].
    Heartbeat(i64),
    /// A collection or the whole database was dropped or renamed: nothing that was known about it is valid any more.
    /// The stream may end with this; open a new one.
    Dropped,
}

/// A change of one document.
#[derive(Clone, Debug)]
pub struct DocumentChange {
    /// Resumes after this change.
    pub token: ResumeToken,
    /// When it happened, by the database's clock.
    pub at: Timestamp,
    pub kind: Kind,
    pub id: String,
    pub operation: Operation,
    /// The document: as written if it was inserted or replaced, else as it was then or later. `None` if deleted.
    document: Option<RawDocumentBuf>,
    /// The version that the event itself names.
    named: Option<i64>,
    /// Identifies the transaction, if it is part of one.
    transaction: Option<Vec<u8>>,
}

/// What happened to the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    Created,
    /// Updated or replaced.
    Updated {
        /// The top-level fields that were written or removed, each once. `None` after a replacement, for which the
        /// database does not report which fields differ.
        fields: Option<Vec<String>>,
    },
    Deleted,
}

impl DocumentChange {
    /// The change for the columns.
    pub fn for_columns(&self) -> ColumnChange {
        ColumnChange {
            kind: self.kind,
            id: self.id.clone(),
            document: self.document.clone(),
            is_deletion: self.operation == Operation::Deleted,
            version: self.named,
            transaction: self.transaction.clone(),
        }
    }

    /// The document in its type, with all fields.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn read<E: Entity>(&self) -> Result<Option<E>> {
        self.document.as_ref().map(read_document).transpose()
    }

    /// Whether the event includes the document: it was not deleted by this change or soon after.
    pub const fn is_there(&self) -> bool {
        self.document.is_some()
    }

    /// Whether the document matches a filter, whose joins must be resolved.
    pub fn meets(&self, filter: &Filter) -> bool {
        self.document.as_ref().is_some_and(|document| meets(filter, document))
    }

    /// Whether the document may have matched a filter before this change. Only the id and the names of the changed
    /// fields are known, not the previous values.
    pub fn may_have_met(&self, filter: &Filter) -> bool {
        let looked_at_changed = match &self.operation {
            Operation::Created => false,
            Operation::Updated { fields: Some(fields) } => looks_at(filter, fields),
            Operation::Updated { fields: None } | Operation::Deleted => true,
        };
        looked_at_changed && may_be_met_by(filter, &self.id)
    }

    /// The document's version; `None` if it is deleted.
    pub fn version(&self) -> Option<i32> {
        i32::try_from(whole_at(self.document.as_ref()?, "version")?).ok()
    }

    /// The document's searchable texts; `None` if it is deleted.
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
    /// [`StoreError::NoFeed`] if the database has no change streams: a standalone server that is no replica set.
    /// [`StoreError::HistoryLost`] if its history does not reach back to the token.
    pub async fn open(store: &Store, after: Option<&ResumeToken>) -> Result<Self> {
        let token = after.and_then(ResumeToken::token);
        let stream = watch(store, token.as_ref()).await?;
        Ok(Self {
            store: store.clone(),
            token: stream.resume_token().or(token),
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
        let heartbeats = self.store.database.collection::<Document>(HEARTBEATS);
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
                Some(FeedEvent::Dropped) => return Ok(Some(self.end())),
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
        match watch(&self.store, self.token.as_ref()).await {
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
        // An update event only contains what it changes; filters and texts need the whole document.
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

/// Interprets an error of a stream. If a stream with a resume token is refused, the token is too old.
fn lost(error: mongodb::error::Error, has_token: bool) -> StoreError {
    match StoreError::from(error) {
        StoreError::Refused(cause) if has_token => StoreError::HistoryLost(cause),
        error => error,
    }
}

/// Whether retrying may help.
fn is_passing(error: &StoreError) -> bool {
    matches!(error, StoreError::Unavailable(_) | StoreError::Timeout(_))
}

/// Decodes an event; `None` if it is not about our documents.
fn event_of(event: &RawDocument) -> Option<FeedEvent> {
    let text = |document: &RawDocument, name: &str| document.get_str(name).unwrap_or_default().to_owned();
    let inner = |name: &str| event.get_document(name).ok();
    let collection_at = |space: &str| Some(text(inner(space)?, "coll"));
    let collection = collection_at("ns").unwrap_or_default();
    let kind = Kind::of_collection(&collection).or_else(|| Kind::of_collection(&collection_at("to")?));
    let operation = match (text(event, "operationType").as_str(), kind) {
        ("dropDatabase" | "invalidate", _) => return Some(FeedEvent::Dropped),
        ("drop" | "rename", Some(_)) => return Some(FeedEvent::Dropped),
        (_, None) if collection == HEARTBEATS => return heartbeat_of(event).map(FeedEvent::Heartbeat),
        (_, None) => {
            let hash = || inner("documentKey")?.get_str("_id").ok().map(str::to_owned);
            return (collection == TOKENS).then(|| FeedEvent::Token(hash()));
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
    Some(FeedEvent::Changed(DocumentChange {
        token: ResumeToken::new(inner("_id")?)?,
        at: told.into(),
        kind: kind?,
        id: inner("documentKey")?.get_str("_id").ok()?.to_owned(),
        operation,
        document: inner("fullDocument").map(ToOwned::to_owned),
        named: inner("updateDescription").and_then(named_version),
        transaction: transaction_of(event),
    }))
}

/// The version that an update wrote.
fn named_version(description: &RawDocument) -> Option<i64> {
    whole_at(description.get_document("updatedFields").ok()?, "version")
}

/// The session and the number of the transaction: together they identify it.
fn transaction_of(event: &RawDocument) -> Option<Vec<u8>> {
    let number = whole_at(event, "txnNumber")?;
    let mut transaction = event.get_document("lsid").ok()?.as_bytes().to_vec();
    transaction.extend(number.to_be_bytes());
    Some(transaction)
}

fn heartbeat_of(event: &RawDocument) -> Option<i64> {
    let updated = event.get_document("updateDescription").ok();
    let updated = updated.and_then(|update| update.get_document("updatedFields").ok());
    let number = |document: &RawDocument| document.get_i64("number").ok();
    // What the update wrote, not the document that was looked up, which may be newer.
    updated
        .or_else(|| event.get_document("fullDocument").ok())
        .and_then(number)
}

/// The top-level fields that an update wrote or removed.
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
        .map(|path| top_field(path).to_owned())
        .collect();
    fields.sort_unstable();
    fields.dedup();
    fields
}

#[cfg(test)]
mod tests;
