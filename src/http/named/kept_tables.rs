//! Rows and CSV of kept answers, kept too: made once for an answer, whoever asks for it how often.
//!
//! They stand under the digits of the answer's bytes, so that what is found is never stale: another answer has others.

use std::sync::Arc;

use super::parameters::AnswerForm;
use crate::feed::Bounded;
use crate::http::cached_response::CachedResponse;

/// The part of the memory for kept responses that is for their rows and CSV.
const SHARE: u64 = 8;
/// What an entry takes beside its bytes and its key, roughly.
const ROOM: usize = 300;

/// An answer by its digits, the query, and the form.
type TableKey = (String, String, AnswerForm);

/// The rows and the CSV of kept answers.
pub struct KeptTables(Bounded<TableKey, Arc<CachedResponse>>);

impl KeptTables {
    /// Those of answers that may take so many bytes, and what is left for the answers.
    pub fn within(bytes: u64) -> (Self, u64) {
        let own = bytes / SHARE;
        (Self(Bounded::new(own)), bytes - own)
    }

    /// A query's answer in a form: kept, or made now.
    ///
    /// # Errors
    /// Those of `make`.
    pub fn of<E>(
        &self,
        answer: &CachedResponse,
        query: &str,
        form: AnswerForm,
        make: impl FnOnce() -> Result<Arc<CachedResponse>, E>,
    ) -> Result<Arc<CachedResponse>, E> {
        if !self.0.is_on() {
            return make();
        }
        let key = (answer.digits().to_owned(), query.to_owned(), form);
        if let Some(kept) = self.0.get(&key, |_| true) {
            return Ok(kept);
        }
        let made = make()?;
        let bytes = made.body().len() + key.0.len() + key.1.len() + ROOM;
        self.0.put(key, Arc::clone(&made), bytes);
        Ok(made)
    }
}
