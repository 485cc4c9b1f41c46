//! Edits: one change to one document as an editor asks for it, in one transaction with its entry in the history.
//!
//! Here stand what is asked for, what comes of it, and the order of the steps. What is recorded of an edit stands in
//! `history`, repeated requests in `retries`, what a wish makes of a document in `steps`, what keeps an edit from being
//! made in `refusal`, `obstacles` and `claims`, many documents at once in `bulk`. Who may edit is decided above the store.

mod bulk;
mod claims;
mod history;
mod obstacles;
mod refusal;
mod retries;
mod steps;

use std::panic::resume_unwind;

use futures_util::FutureExt;
use mongodb::ClientSession;
use mongodb::bson::{DateTime, Document, doc};
use mongodb::error::{Error, TRANSIENT_TRANSACTION_ERROR};
use serde_json::Value as Json;
use tracing::Instrument;

pub use bulk::{Bulk, Effect, Intent, RowOutcome};
pub use history::{Entry, FieldChange};
pub(super) use history::{HISTORY, entry_of};
pub(super) use obstacles::LOCKS;
pub use refusal::{Reason, Refusal};
pub(super) use retries::RETRIES;
pub use retries::Retry;

use super::derive::fingerprint;
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
    /// Whether figures may change that name no claim.
    pub without_claim: bool,
    /// Who asks: the name of a token, or the like.
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
    kind: Kind,
    before: Option<Document>,
    after: Option<Prepared>,
}

impl Step {
    /// To what a document is to be.
    const fn new(before: Option<Document>, after: Prepared) -> Self {
        Self {
            kind: after.kind,
            before,
            after: Some(after),
        }
    }

    fn id(&self) -> &str {
        let before = self.before.as_ref().and_then(|before| before.get_str("_id").ok());
        self.after
            .as_ref()
            .map(|after| after.id.as_str())
            .or(before)
            .unwrap_or_default()
    }
}

/// An edit that was made, within its transaction.
struct Made {
    id: String,
    version: i64,
    /// The documents that changed with it.
    others: Vec<String>,
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
use or_refused;

impl Store {
    /// Makes an edit, all of it or nothing.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where others kept coming first; what is wrong with the edit itself is no error.
    pub async fn edit(&self, edit: Edit) -> Result<Outcome> {
        let store = self.clone();
        // By itself, so that it comes to its end, and what is cached is told of it, also when its client has left.
        let edited = async move {
            let _turn = store.counted_turn().await;
            let mut attempt = 1;
            loop {
                match store.attempt(&edit).await {
                    Err(StoreError::Conflict(_)) if attempt < ATTEMPTS => attempt += 1,
                    outcome => return outcome,
                }
            }
        };
        by_itself(edited).await
    }

    async fn attempt(&self, edit: &Edit) -> Result<Outcome> {
        let mut session = self.client.start_session().await?;
        let outcome = session
            .start_transaction()
            .max_commit_time(self.time_left())
            .and_run((self, edit), |session, (store, edit)| {
                store.within(session, edit).boxed()
            })
            .await;
        let written = outcome.as_ref().map(|made| match made {
            Ok(Made { id, others, .. }) => others.iter().chain([id]).map(|id| (edit.kind, id.as_str())).collect(),
            Err(_) => Vec::new(),
        });
        self.wrote(written);
        Ok(match outcome? {
            Ok(Made { id, version, .. }) => Outcome::Done { id, version },
            Err(reasons) => Outcome::Refused(reasons),
        })
    }

    /// Raises the versions of what a transaction has written, before that is acknowledged. Where it is not known whether it
    /// was done, as it is where it was aborted, everything may have changed.
    fn wrote(&self, written: std::result::Result<Vec<(Kind, &str)>, &Error>) {
        match written {
            Ok(written) => written.iter().for_each(|(kind, id)| self.versions.changed(*kind, id)),
            Err(error) if error.contains_label(TRANSIENT_TRANSACTION_ERROR) => {}
            Err(_) => self.versions.all_changed(),
        }
    }

    /// The whole edit within a transaction.
    async fn within(&self, session: &mut ClientSession, edit: &Edit) -> Tried<Made> {
        let made = |id, version| Made {
            id,
            version,
            others: Vec::new(),
        };
        if let Some(retry) = &edit.retry
            && let Some((id, version)) = or_refused!(self.first_answer(session, retry).await?)
        {
            return Ok(Ok(made(id, version)));
        }
        let step = or_refused!(self.step(session, edit).await?);
        if let (Some(before), Some(after)) = (&step.before, &step.after) {
            if fingerprint(before) == after.fingerprint {
                // It says already what it is to say.
                let (id, version) = (after.id.clone(), version_of(before));
                if let Some(retry) = &edit.retry {
                    self.keep_answer(session, retry, &id, version, DateTime::now()).await?;
                }
                return Ok(Ok(made(id, version)));
            }
            if !edit.without_claim && !matches!(edit.wish, Wish::Revert { .. }) {
                let unclaimed = claims::unclaimed(edit.kind, before, &after.document);
                if !unclaimed.is_empty() {
                    return Ok(Err(unclaimed));
                }
            }
        }
        match &step.after {
            Some(after) => or_refused!(self.may_be_written(session, after, step.before.as_ref()).await?),
            None => or_refused!(self.may_be_deleted(session, edit.kind, step.id()).await?),
        }
        let after = step.after.as_ref().map(|after| &after.document);
        let mirrored = or_refused!(
            self.mirrored(session, edit.kind, step.id(), step.before.as_ref(), after)
                .await?
        );
        let now = DateTime::now();
        let by = match &edit.wish {
            Wish::Revert { entry } => (edit.by.as_str(), Some(entry.as_str())),
            _ => (edit.by.as_str(), None),
        };
        let version = self.take(session, by, &step, now).await?;
        let mut made = made(step.id().to_owned(), version);
        for other in &mirrored {
            self.take(session, (&edit.by, None), other, now).await?;
            made.others.push(other.id().to_owned());
        }
        if let Some(retry) = &edit.retry {
            self.keep_answer(session, retry, &made.id, version, now).await?;
        }
        Ok(Ok(made))
    }

    /// Takes a step: the document and its entry in the history. Gives the document's new version.
    async fn take(
        &self,
        session: &mut ClientSession,
        (by, reverts): (&str, Option<&str>),
        step: &Step,
        now: DateTime,
    ) -> Asked<i64> {
        let id = step.id();
        let last = match &step.before {
            Some(before) => version_of(before),
            None => self.last_versions(session, &[id]).await?.remove(id).unwrap_or_default(),
        };
        let after = step.after.as_ref().map(|after| &after.document);
        let mut entry = entry_of(by, id, step.before.as_ref(), after, last + 1, now);
        if let Some(reverted) = reverts {
            entry.insert("reverts", reverted);
        }
        self.put(session, step, last + 1, now).await?;
        self.record(session, vec![entry], false).await?;
        Ok(last + 1)
    }

    async fn put(&self, session: &mut ClientSession, step: &Step, version: i64, now: DateTime) -> Asked<()> {
        let (documents, id) = (self.documents(step.kind), step.id());
        let stamped = |after: &Prepared, created| {
            let mut document = after.document.clone();
            stamp(&mut document, version, created, now);
            document
        };
        match (&step.before, &step.after) {
            (None, Some(after)) => drop(documents.insert_one(stamped(after, now)).session(session).await?),
            (Some(before), Some(after)) => {
                let created = before.get_datetime("createdAt").copied().unwrap_or(now);
                let update = update(before, stamped(after, created));
                drop(
                    documents
                        .update_one(doc! { "_id": id }, update)
                        .session(session)
                        .await?,
                );
            }
            (_, None) => {
                documents.delete_one(doc! { "_id": id }).session(session).await?;
            }
        }
        Ok(())
    }
}

/// What makes one document of another. Only the fields that differ are named, for those are what subscribers are told.
fn update(before: &Document, after: Document) -> Document {
    let gone = before.keys().filter(|field| !after.contains_key(*field));
    let unset: Document = gone.map(|field| (field.clone(), "".into())).collect();
    let set: Document = after
        .into_iter()
        .filter(|(field, value)| before.get(field) != Some(value))
        .collect();
    let mut update = doc! { "$set": set };
    if !unset.is_empty() {
        update.insert("$unset", unset);
    }
    update
}

/// Runs a task apart from whoever waits for it, so that it comes to its end also when nobody waits any more.
pub async fn by_itself<T: Send + 'static>(task: impl Future<Output = T> + Send + 'static) -> T {
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
