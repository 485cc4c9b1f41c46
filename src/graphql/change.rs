//! What a subscriber is told of a change: its place in the feed, what happened to which document, and the document.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};

use super::arena::load;
use super::collection::stored_of;
use super::collections::{Node, with_kind};
use super::error::{ApiError, to_graphql};
use crate::domain::id::Kind;
use crate::store::bson_types::Timestamp;
use crate::store::collections;
use crate::store::feed::{self, Operation};

/// The kinds of documents.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "Kind", remote = "Kind")]
pub enum AnyKind {
    /// Animals that one nation gave to another.
    Gift,
    /// A giver or a recipient.
    Nation,
    /// A species, or another group of animals that sources name.
    Animal,
    /// What a gift belongs to: a visit, a treaty, a war.
    Event,
    /// A sentence of a source about other documents.
    Claim,
    /// Where claims come from.
    Source,
}

/// What happened to a document.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeOperation {
    /// It was made.
    Created,
    /// It was changed.
    Updated,
    /// It was deleted.
    Deleted,
}

/// A change of one document.
pub struct Change {
    change: Arc<feed::Change>,
    matches: bool,
}

impl Change {
    /// A change, and whether its document is one that the subscriber asks for.
    pub const fn new(change: Arc<feed::Change>, matches: bool) -> Self {
        Self { change, matches }
    }
}

/// A change of one document: made, changed or deleted, by whatever program.
#[Object]
impl Change {
    /// The place in the feed behind this change: subscribe `after` it, and the next change is the next that is told.
    async fn cursor(&self) -> String {
        self.change.place.text()
    }

    /// What happened.
    async fn operation(&self) -> ChangeOperation {
        match self.change.operation {
            Operation::Created => ChangeOperation::Created,
            Operation::Updated { .. } => ChangeOperation::Updated,
            Operation::Deleted => ChangeOperation::Deleted,
        }
    }

    /// The kind of the document.
    async fn kind(&self) -> AnyKind {
        self.change.kind.into()
    }

    /// The id of the document.
    async fn id(&self) -> ID {
        ID(self.change.id.clone())
    }

    /// When it happened, by the database's clock.
    async fn at(&self) -> Timestamp {
        self.change.at
    }

    /// The version of the document that `node` shows; null where the document is gone.
    async fn version(&self) -> Option<i32> {
        self.change.version()
    }

    /// The fields of the document that this change wrote or removed, by their names in this schema; computed fields
    /// are among them where what they are computed from is. Null where that is not known, since the document was
    /// written anew as a whole, and where it was made or deleted.
    async fn changed_fields(&self) -> Option<Vec<&'static str>> {
        match &self.change.operation {
            Operation::Updated { fields: Some(stored) } => Some(shown(self.change.kind, stored)),
            _ => None,
        }
    }

    /// The document as this change left it or, after an update, as it was a moment later; null where it is gone.
    async fn node(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Node>> {
        load::changed(ctx, &self.change).await
    }

    /// Whether the document is one that the subscription asks for now. In `giftChanged` a change is told with false
    /// here where the gift may have been one before: it was deleted, or a field that `where` looks at has changed.
    /// In `changes` it is false only where the document is gone.
    async fn matches(&self) -> bool {
        self.matches
    }
}

/// The fields of the schema that show these stored fields.
fn shown(kind: Kind, stored: &[String]) -> Vec<&'static str> {
    let mut names = Vec::new();
    for name in stored {
        // The one stored field that the schema does not show.
        if name != "words" {
            names.extend(collections::field(kind, name));
        }
        let computed = with_kind!(kind, E => stored_of::<E>());
        names.extend(
            computed
                .iter()
                .filter(|(_, from)| from == name)
                .map(|(shown, _)| *shown),
        );
    }
    names
}

/// An id that is asked for.
///
/// # Errors
/// [`ApiError::BadUserInput`] where it is none.
pub fn checked(id: ID) -> async_graphql::Result<String> {
    match Kind::of(&id) {
        Ok(_) => Ok(id.0),
        Err(error) => Err(to_graphql(ApiError::input("ids", error))),
    }
}
