//! What a wish makes of a document: the document before and after, or why it cannot be.

use mongodb::ClientSession;
use mongodb::bson::{Bson, Document, doc};
use uuid::Uuid;

use super::history::{action_of, take_back};
use super::{Asked, Edit, Refusal, Step, Tried, Wish, or_refused, version_of};
use crate::domain::id::Kind;
use crate::domain::vocabulary::HistoryAction;
use crate::store::Store;
use crate::store::collections::bson_of;
use crate::store::derive::without_derived;
use crate::store::write::{Prepared, id_of_slug};

impl Store {
    /// The document as it is and as it is to be.
    pub(super) async fn step(&self, session: &mut ClientSession, edit: &Edit) -> Tried<Step> {
        let kind = edit.kind;
        match &edit.wish {
            Wish::Create(json) => {
                let after = or_refused!(prepared(kind, with_id(kind, bson_of(json))));
                let id = after.id.clone();
                if self.found(session, kind, &id).await?.is_some() {
                    return Ok(Err(vec![Refusal::taken("id", &id, &id)]));
                }
                Ok(Ok(Step::new(None, after)))
            }
            Wish::Update { id, patch } => {
                let before = or_refused!(self.expected(session, edit, id).await?);
                let mut document = as_written(&before);
                if let Bson::Document(patch) = bson_of(patch) {
                    document.extend(patch);
                }
                let after = or_refused!(prepared(kind, document));
                Ok(Ok(Step::new(Some(before), after)))
            }
            Wish::Delete { id } => {
                let before = or_refused!(self.expected(session, edit, id).await?);
                Ok(Ok(Step {
                    kind,
                    before: Some(before),
                    after: None,
                }))
            }
            Wish::Revert { entry } => self.backwards(session, edit, entry).await,
        }
    }

    /// The document as it is and, by a change that is taken back, as it was before.
    async fn backwards(&self, session: &mut ClientSession, edit: &Edit, entry: &str) -> Tried<Step> {
        let Some(entry) = self.entry(session, entry).await? else {
            return Ok(Err(vec![Refusal::no_such_change(entry)]));
        };
        let id = entry.get_str("document").unwrap_or_default().to_owned();
        let before = match action_of(&entry) {
            Some(HistoryAction::Deleted) => {
                // What was entered again since is not what this deletion took out.
                let last = self
                    .last_versions(session, &[&id])
                    .await?
                    .remove(&id)
                    .unwrap_or_default();
                match edit.expected {
                    Some(expected) if expected != last => {
                        return Ok(Err(vec![Refusal::conflict(&id, expected, last)]));
                    }
                    _ if last != version_of(&entry) => return Ok(Err(vec![Refusal::back_since(&id)])),
                    _ => None,
                }
            }
            _ => Some(or_refused!(self.expected(session, edit, &id).await?)),
        };
        let mut document = before.as_ref().map(as_written).unwrap_or_default();
        let mut changed = take_back(&entry, &mut document);
        if action_of(&entry) == Some(HistoryAction::Created) {
            // What was added to it since would be lost with it.
            changed.extend(document.keys().filter(|field| *field != "_id").cloned());
        }
        if !changed.is_empty() {
            return Ok(Err(changed.iter().map(|field| Refusal::changed_since(field)).collect()));
        }
        let after = if action_of(&entry) == Some(HistoryAction::Created) {
            None
        } else {
            document.insert("_id", &id);
            Some(or_refused!(prepared(edit.kind, document)))
        };
        Ok(Ok(Step {
            kind: edit.kind,
            before,
            after,
        }))
    }

    /// The document, if it is there and of the version that is expected.
    async fn expected(&self, session: &mut ClientSession, edit: &Edit, id: &str) -> Tried<Document> {
        let Some(document) = self.found(session, edit.kind, id).await? else {
            return Ok(Err(vec![Refusal::not_found(id)]));
        };
        let version = version_of(&document);
        match edit.expected {
            Some(expected) if expected != version => Ok(Err(vec![Refusal::conflict(id, expected, version)])),
            _ => Ok(Ok(document)),
        }
    }

    pub(super) async fn found(&self, session: &mut ClientSession, kind: Kind, id: &str) -> Asked<Option<Document>> {
        self.documents(kind).find_one(doc! { "_id": id }).session(session).await
    }
}

/// A document as people write it, by what is stored.
pub(super) fn as_written(stored: &Document) -> Document {
    let mut document = stored.clone();
    without_derived(&mut document);
    document
}

pub(super) fn prepared(kind: Kind, document: Document) -> Result<Prepared, Vec<Refusal>> {
    let problems = |problems: Vec<_>| problems.iter().map(Refusal::invalid).collect();
    Prepared::from_document(kind, document).map_err(problems)
}

/// The document with an id: its own, or one made of its slug where that can be one, or else of the time.
fn with_id(kind: Kind, document: Bson) -> Document {
    let mut document = match document {
        Bson::Document(document) => document,
        _ => Document::new(),
    };
    if !document.contains_key("_id") {
        let of_the_time = || format!("{}_{}", kind.prefix(), Uuid::now_v7());
        let id = id_of_slug(kind, &document).unwrap_or_else(of_the_time);
        document.insert("_id", id);
    }
    document
}
