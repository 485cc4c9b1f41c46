//! What is written together.

use std::borrow::Cow;

use mongodb::bson::Document;
use serde_json::Value as Json;

use super::document::Prepared;
use super::policy::Policy;
use crate::domain::id::Kind;
use crate::store::import_row::ImportRow;

/// Writes that are made together: all or nothing, unless the policy keeps the good ones. An edit is a batch of one.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The writes.
    pub writes: Vec<Write>,
    /// What they are for.
    pub policy: Policy,
    /// Who asks: the name that stands in the history.
    pub by: String,
    /// How far to go.
    pub intent: Intent,
}

/// One write.
#[derive(Clone, Debug)]
pub enum Write {
    /// A document with all that it is to say.
    Put(Prepared),
    /// A row: what it says of a document, which is new or there already.
    Row {
        /// It.
        row: Box<ImportRow>,
        /// What it makes where there is no such document, if that was prepared in advance: [`Prepared::of_new`].
        new: Option<Box<Prepared>>,
    },
    /// A new document, as people write it; without an `_id` it gets one.
    Create {
        /// In which collection.
        kind: Kind,
        /// What it says.
        json: Json,
    },
    /// Other values for some fields, also of the objects within; null clears one.
    Update {
        /// Which document.
        id: String,
        /// The fields.
        patch: Json,
        /// Only if the document has this version.
        expected: Option<i64>,
    },
    /// No such document any more.
    Delete {
        /// Which document.
        id: String,
        /// Only if the document has this version.
        expected: Option<i64>,
    },
    /// What was before a change.
    Revert {
        /// The id of the change in the history.
        entry: String,
        /// Only if the document has this version.
        expected: Option<i64>,
    },
    /// A row of a backup.
    Restore {
        /// The collection that it is of.
        collection: &'static str,
        /// The row.
        row: Document,
    },
}

/// How far a batch goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Each write is held against the database alone, as if no other came with it. Nothing is written.
    Look,
    /// The writes are held against the database and each other. Nothing is written.
    Try,
    /// They are made.
    Write,
}

impl Batch {
    /// Made-up documents, of which those are left alone that are there already.
    pub fn generated(documents: Vec<Prepared>) -> Self {
        Self {
            writes: documents.into_iter().map(Write::Put).collect(),
            policy: Policy::Generate,
            by: "generate".to_owned(),
            intent: Intent::Write,
        }
    }

    /// The rows among the writes.
    pub(super) fn rows(&self) -> impl Iterator<Item = &ImportRow> {
        self.writes.iter().filter_map(|write| match write {
            Write::Row { row, .. } => Some(&**row),
            _ => None,
        })
    }

    /// Whether it is made in a transaction. What is only looked at is not, so that it needs no rights to write.
    pub(super) fn is_transaction(&self) -> bool {
        self.intent == Intent::Write && self.policy.is_constrained()
    }
}

impl Write {
    /// The write of a row.
    pub fn row(row: ImportRow) -> Self {
        let (row, new) = (Box::new(row), None);
        Self::Row { row, new }
    }

    /// The document that it is about, where that is known before anything is read.
    pub(super) fn id(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Row { row, .. } => Some(row.id.as_str().into()).filter(|_| !row.id.is_empty()),
            Self::Put(Prepared { id, .. }) | Self::Update { id, .. } | Self::Delete { id, .. } => Some(id.into()),
            Self::Create { kind, json } => match json["_id"].as_str() {
                Some(id) => Some(id.into()),
                None => kind.id_of_slug(json["slug"].as_str()?.trim()).map(Cow::from),
            },
            Self::Revert { entry, .. } => entry.rsplit_once('@').map(|(document, _)| document.into()),
            Self::Restore { .. } => None,
        }
    }
}
