//! The events of the change stream: what they tell, and how that is read from what the database says.

use mongodb::bson::{RawDocument, RawDocumentBuf};

use crate::domain::id::Kind;
use crate::store::Result;
use crate::store::bson_types::{Timestamp, whole_at};
use crate::store::columns::ColumnChange;
use crate::store::entity::Entity;
use crate::store::filter::Filter;
use crate::store::filter::matches::{looks_at, may_be_met_by, meets};
use crate::store::names::{MARKS, TOKENS};
use crate::store::page::read_document;
use crate::store::path::top_field;
use crate::store::resume_token::ResumeToken;
use crate::store::texts::{Texts, texts_of};

/// An event of the change stream.
#[derive(Clone, Debug)]
pub enum FeedEvent {
    Changed(DocumentChange),
    /// The access token with this hash was created or revoked; `None`: any of them may have been.
    Token(Option<String>),
    /// A heartbeat was written: see [`Feed::write_heartbeat`].
    Heartbeat(i64),
    /// A document was changed, at a place that cannot be kept. [`Feed::next`] never returns it.
    Unplaced,
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
        self.document.as_deref().map(read_document).transpose()
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

/// Decodes an event; `None` if it is not about our documents.
pub(super) fn event_of(event: &RawDocument) -> Option<FeedEvent> {
    let text = |document: &RawDocument, name: &str| document.get_str(name).unwrap_or_default().to_owned();
    let inner = |name: &str| event.get_document(name).ok();
    let collection_at = |space: &str| Some(text(inner(space)?, "coll"));
    let collection = collection_at("ns").unwrap_or_default();
    let kind = Kind::of_collection(&collection).or_else(|| Kind::of_collection(&collection_at("to")?));
    let operation = match (text(event, "operationType").as_str(), kind) {
        ("dropDatabase" | "invalidate", _) => return Some(FeedEvent::Dropped),
        ("drop" | "rename", Some(_)) => return Some(FeedEvent::Dropped),
        (_, None) if collection == MARKS => return heartbeat_of(event).map(FeedEvent::Heartbeat),
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
    let Some(token) = inner("_id").and_then(ResumeToken::new) else {
        return Some(FeedEvent::Unplaced);
    };
    Some(FeedEvent::Changed(DocumentChange {
        token,
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
