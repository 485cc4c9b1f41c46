//! Requests that come again: the first answer is kept for a day, and a repetition gets it instead of being made.
//!
//! The database takes them out by an index (`schema/collections/retries.json`), which may be late or, on some servers, never.
//! Only what was done is kept. A request that was refused has changed nothing, so it is looked at anew.

use std::time::Duration;

use mongodb::ClientSession;
use mongodb::bson::{DateTime, doc};

use super::commands::Asked;
use super::outcome::{Effect, Outcome};
use super::violation::Violation;
use crate::domain::hash::sha256;
use crate::store::Store;
use crate::store::names::IDEMPOTENCY_KEYS;

/// How long an answer is kept.
pub const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// How a repetition of a request is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    key: String,
    request: String,
}

impl IdempotencyKey {
    /// By a key that `by` has made up, for a request that reads like this.
    pub fn new(by: &str, key: &str, request: &str) -> Self {
        Self {
            // No name holds a line's end.
            key: sha256(format!("{by}\n{key}")),
            request: sha256(request),
        }
    }
}

impl Store {
    /// What came of the request that had this key before; nothing where it is new.
    pub(super) async fn first_outcome(
        &self,
        session: &mut ClientSession,
        key: &IdempotencyKey,
    ) -> Asked<Option<Outcome>> {
        let rows = self.matching(session, IDEMPOTENCY_KEYS, doc! { "_id": &key.key }, doc! {});
        let rows = rows.await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        if row.get_datetime("at").is_ok_and(|at| *at < oldest()) {
            self.delete(session, IDEMPOTENCY_KEYS, &[&key.key]).await?;
            return Ok(None);
        }
        let is_other = row.get_str("request").is_ok_and(|request| request != key.request);
        Ok(Some(Outcome {
            changes: Vec::new(),
            id: row.get_str("document").unwrap_or_default().to_owned(),
            effect: Effect::Unchanged,
            violations: is_other.then(Violation::key_reused).into_iter().collect(),
        }))
    }

    /// Remembers what came of a request.
    pub(super) async fn remember(
        &self,
        session: &mut ClientSession,
        key: &IdempotencyKey,
        (document, version): (&str, i64),
    ) -> Asked<()> {
        let row = doc! {
            "_id": &key.key, "request": &key.request, "document": document, "version": version, "at": DateTime::now(),
        };
        self.insert(session, IDEMPOTENCY_KEYS, vec![row], false).await
    }
}

fn oldest() -> DateTime {
    let kept = i64::try_from(KEPT.as_millis()).unwrap_or(i64::MAX);
    DateTime::from_millis(DateTime::now().timestamp_millis().saturating_sub(kept))
}
