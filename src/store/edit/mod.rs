//! Edits: one change to one document as an editor asks for it, in one transaction with its entry in the history.
//!
//! Here stand what is asked for, what comes of it, and the order of the steps. What is recorded of an edit stands in
//! `history`, repeated requests in `retries`, what keeps an edit from being made in `refusal` and `obstacles`, many
//! documents at once in `bulk`. Who may edit is decided above the store.

mod bulk;
mod history;
mod obstacles;
mod refusal;
mod retries;

use std::panic::resume_unwind;

use futures_util::FutureExt;
use mongodb::ClientSession;
use mongodb::bson::{Bson, DateTime, Document, doc};
use mongodb::error::Error;
use serde_json::Value as Json;
use tracing::Instrument;
use uuid::Uuid;

pub use bulk::{Bulk, Effect, Intent, RowOutcome};
pub(super) use history::HISTORY;
pub use history::{Action, Entry, FieldChange};
pub(super) use obstacles::LOCKS;
pub use refusal::{Reason, Refusal};
pub(super) use retries::RETRIES;
pub use retries::Retry;

use super::check::Reference;
use super::collections::bson_of;
use super::validate::number_of;
use super::write::{Prepared, stamp};
use super::{Result, Store, StoreError};
use crate::domain::id::Kind;

/// How often an edit begins anew that met another write at an index, which the driver does not repeat by itself.
const ATTEMPTS: usize = 5;

/// What an editor asks for.
#[derive(Clone, Debug)]
pub struct Edit {
    /// In which collection.
    pub kind: Kind,
    /// What is to be done.
    pub wish: Wish,
    /// Only if the document has this version.
    pub expected: Option<i64>,
    /// Who asks: the name of a token.
    pub by: String,
    /// How a repetition of the same request is known.
    pub retry: Option<Retry>,
}

/// What is to be done.
#[derive(Clone, Debug)]
pub enum Wish {
    /// A new document, as people write it; without an `_id` it gets one.
    Create(Json),
    /// Other values for these fields; null clears one.
    Update {
        /// Which document.
        id: String,
        /// The fields.
        patch: Json,
    },
    /// No such document any more.
    Delete {
        /// Which document.
        id: String,
    },
    /// What was before a change.
    Revert {
        /// The id of the change in the history.
        entry: String,
    },
}

/// What came of an edit.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It is done, or was before.
    Done {
        /// The document.
        id: String,
        /// Its version since then; of one that was deleted, the version of its deletion.
        version: i64,
    },
    /// It cannot be done, for these reasons. Nothing was changed.
    Refused(Vec<Refusal>),
}

/// A document before and after an edit; absent where there is none.
struct Step {
    before: Option<Document>,
    after: Option<Prepared>,
}

/// What a step of an edit comes to: something, or reasons against the whole edit.
type Tried<T> = Asked<std::result::Result<T, Vec<Refusal>>>;

/// What the database says within a transaction, whose errors the driver has to see.
type Asked<T> = std::result::Result<T, Error>;

/// Goes on with what a step came to, or ends the edit.
macro_rules! or_refused {
    ($tried:expr) => {
        match $tried {
            Ok(found) => found,
            Err(reasons) => return Ok(Err(reasons)),
        }
    };
}

impl Store {
    /// Makes an edit, all of it or nothing. `references`: every field of the collections that refers to documents.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where others kept coming first; what is wrong with the edit itself is no error.
    pub async fn edit(&self, edit: Edit, references: Vec<Reference>) -> Result<Outcome> {
        let store = self.clone();
        // By itself, so that it comes to its end, and what is cached is told of it, also when its client has left.
        let edited = async move {
            let _turn = store.counted_turn().await;
            let mut attempt = 1;
            loop {
                match store.attempt(&edit, &references).await {
                    Err(StoreError::Conflict(_)) if attempt < ATTEMPTS => attempt += 1,
                    outcome => return outcome,
                }
            }
        };
        by_itself(edited).await
    }

    async fn attempt(&self, edit: &Edit, references: &[Reference]) -> Result<Outcome> {
        let mut session = self.client.start_session().await?;
        let outcome = session
            .start_transaction()
            .max_commit_time(self.time_left())
            .and_run((self, edit, references), |session, (store, edit, references)| {
                store.within(session, edit, references).boxed()
            })
            .await;
        // Before it is acknowledged, and also where it is not known whether it was done.
        match (&outcome, &edit.wish) {
            (Ok(Ok((id, _))), _) | (Err(_), Wish::Update { id, .. } | Wish::Delete { id }) => {
                self.versions.changed(edit.kind, id);
            }
            (Err(_), Wish::Create(_) | Wish::Revert { .. }) => self.versions.all_changed(),
            (Ok(Err(_)), _) => {}
        }
        Ok(match outcome? {
            Ok((id, version)) => Outcome::Done { id, version },
            Err(reasons) => Outcome::Refused(reasons),
        })
    }

    /// The whole edit within a transaction; gives the id and the version.
    async fn within(&self, session: &mut ClientSession, edit: &Edit, references: &[Reference]) -> Tried<(String, i64)> {
        if let Some(retry) = &edit.retry
            && let Some(first) = or_refused!(self.first_answer(session, retry).await?)
        {
            return Ok(Ok(first));
        }
        let (id, step) = or_refused!(self.step(session, edit).await?);
        let before = step.before.as_ref().map_or(0, version_of);
        if let (Some(before_document), Some(after)) = (&step.before, &step.after)
            && super::derive::fingerprint(before_document) == after.fingerprint
        {
            // It says already what it is to say.
            return Ok(Ok((id, before)));
        }
        match &step.after {
            Some(after) => or_refused!(
                self.may_be_written(session, after, step.before.as_ref(), references)
                    .await?
            ),
            None => or_refused!(self.may_be_deleted(session, edit.kind, &id, references).await?),
        }
        let now = DateTime::now();
        let version = match step.before {
            Some(_) => before + 1,
            None => self.last_version(session, &id).await? + 1,
        };
        self.put(session, edit.kind, &id, &step, version, now).await?;
        self.record(session, edit, &id, &step, version, now).await?;
        if let Some(retry) = &edit.retry {
            self.keep_answer(session, retry, &id, version, now).await?;
        }
        Ok(Ok((id, version)))
    }

    /// The document as it is and as it is to be.
    async fn step(&self, session: &mut ClientSession, edit: &Edit) -> Tried<(String, Step)> {
        let kind = edit.kind;
        match &edit.wish {
            Wish::Create(json) => {
                let after = or_refused!(prepared(kind, with_id(kind, bson_of(json))));
                let id = after.id.clone();
                if self.found(session, kind, &id).await?.is_some() {
                    return Ok(Err(vec![Refusal::taken("id", &id, &id)]));
                }
                let step = Step {
                    before: None,
                    after: Some(after),
                };
                Ok(Ok((id, step)))
            }
            Wish::Update { id, patch } => {
                let before = or_refused!(self.expected(session, edit, id).await?);
                let mut document = as_written(&before);
                if let Bson::Document(patch) = bson_of(patch) {
                    document.extend(patch);
                }
                let after = or_refused!(prepared(kind, document));
                let step = Step {
                    before: Some(before),
                    after: Some(after),
                };
                Ok(Ok((id.clone(), step)))
            }
            Wish::Delete { id } => {
                let before = or_refused!(self.expected(session, edit, id).await?);
                let step = Step {
                    before: Some(before),
                    after: None,
                };
                Ok(Ok((id.clone(), step)))
            }
            Wish::Revert { entry } => self.backwards(session, edit, entry).await,
        }
    }

    /// The document as it is and, by a change that is taken back, as it was before.
    async fn backwards(&self, session: &mut ClientSession, edit: &Edit, entry: &str) -> Tried<(String, Step)> {
        let Some(entry) = self.entry(session, entry).await? else {
            return Ok(Err(vec![Refusal::no_such_change(entry)]));
        };
        let id = entry.get_str("document").unwrap_or_default().to_owned();
        let before = match history::action_of(&entry) {
            Some(Action::Deleted) if self.found(session, edit.kind, &id).await?.is_some() => {
                return Ok(Err(vec![Refusal::taken("id", &id, &id)]));
            }
            Some(Action::Deleted) => None,
            _ => Some(or_refused!(self.expected(session, edit, &id).await?)),
        };
        let mut document = before.as_ref().map(as_written).unwrap_or_default();
        let changed = history::take_back(&entry, &mut document);
        if !changed.is_empty() {
            return Ok(Err(changed.iter().map(|field| Refusal::changed_since(field)).collect()));
        }
        let after = if history::action_of(&entry) == Some(Action::Created) {
            None
        } else {
            document.insert("_id", &id);
            Some(or_refused!(prepared(edit.kind, document)))
        };
        Ok(Ok((id, Step { before, after })))
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

    async fn found(&self, session: &mut ClientSession, kind: Kind, id: &str) -> Asked<Option<Document>> {
        self.documents(kind).find_one(doc! { "_id": id }).session(session).await
    }

    async fn put(
        &self,
        session: &mut ClientSession,
        kind: Kind,
        id: &str,
        step: &Step,
        version: i64,
        now: DateTime,
    ) -> Asked<()> {
        let documents = self.documents(kind);
        let stamped = |after: &Prepared, created| {
            let mut document = after.document.clone();
            stamp(&mut document, version, created, now);
            document
        };
        match (&step.before, &step.after) {
            (None, Some(after)) => drop(documents.insert_one(stamped(after, now)).session(session).await?),
            (Some(before), Some(after)) => {
                let created = before.get_datetime("createdAt").copied().unwrap_or(now);
                let replaced = documents.replace_one(doc! { "_id": id }, stamped(after, created));
                drop(replaced.session(session).await?);
            }
            (_, None) => drop(documents.delete_one(doc! { "_id": id }).session(session).await?),
        }
        Ok(())
    }
}

/// Runs a task apart from whoever waits for it.
async fn by_itself<T: Send + 'static>(task: impl Future<Output = T> + Send + 'static) -> T {
    let task = tokio::spawn(task.in_current_span());
    // Nothing cancels it but the runtime's end, which this does not live to see.
    task.await.unwrap_or_else(|ended| resume_unwind(ended.into_panic()))
}

fn version_of(document: &Document) -> i64 {
    document
        .get("version")
        .and_then(number_of)
        .map_or(0, |version| version as i64)
}

/// A document as people write it, by what is stored.
fn as_written(stored: &Document) -> Document {
    let mut document = stored.clone();
    super::derive::without_derived(&mut document);
    document
}

fn prepared(kind: Kind, document: Document) -> std::result::Result<Prepared, Vec<Refusal>> {
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
        let named = |name: &str| format!("{}_{name}", kind.prefix());
        let of_slug = document.get_str("slug").ok().map(named);
        let id = of_slug.filter(|id| kind.check(id).is_ok());
        document.insert("_id", id.unwrap_or_else(|| named(&Uuid::now_v7().to_string())));
    }
    document
}
