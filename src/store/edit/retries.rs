//! Requests that come again: the first answer is kept for a day, and a repetition gets it instead of being made.
//!
//! The database takes them out by an index (`schema/collections/retries.json`), which may be late or, on some servers, never.
//! Only what was done is kept. A request that was refused has changed nothing, so it is looked at anew.

use std::time::Duration;

use mongodb::ClientSession;
use mongodb::bson::{DateTime, Document, doc};

use super::{Asked, Refusal, Tried};
use crate::domain::hash::sha256;
use crate::store::Store;
use crate::store::validate::number_of;

/// The collection.
pub(crate) const RETRIES: &str = "retries";

/// How long an answer is kept.
pub const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// How a repetition of a request is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retry {
    key: String,
    request: String,
}

impl Retry {
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
    /// The answer that the same request got before, if it is kept.
    pub(super) async fn first_answer(
        &self,
        session: &mut ClientSession,
        retry: &Retry,
    ) -> Tried<Option<(String, i64)>> {
        let rows = self.database.collection::<Document>(RETRIES);
        let Some(row) = rows.find_one(doc! { "_id": &retry.key }).session(&mut *session).await? else {
            return Ok(Ok(None));
        };
        if row.get_datetime("at").is_ok_and(|at| *at < oldest()) {
            rows.delete_one(doc! { "_id": &retry.key }).session(session).await?;
            return Ok(Ok(None));
        }
        if row.get_str("request").is_ok_and(|request| request != retry.request) {
            return Ok(Err(vec![Refusal::key_reused()]));
        }
        let document = row.get_str("document").unwrap_or_default().to_owned();
        let version = row.get("version").and_then(number_of).unwrap_or_default();
        Ok(Ok(Some((document, version as i64))))
    }

    pub(super) async fn keep_answer(
        &self,
        session: &mut ClientSession,
        retry: &Retry,
        document: &str,
        version: i64,
        at: DateTime,
    ) -> Asked<()> {
        let rows = self.database.collection::<Document>(RETRIES);
        let row = doc! {
            "_id": &retry.key, "request": &retry.request, "document": document, "version": version, "at": at,
        };
        rows.insert_one(row).session(session).await.map(drop)
    }
}

fn oldest() -> DateTime {
    let kept = i64::try_from(KEPT.as_millis()).unwrap_or(i64::MAX);
    DateTime::from_millis(DateTime::now().timestamp_millis().saturating_sub(kept))
}
