//! One execution as a whole: how much of its answer is written, and whether its data is null.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use async_graphql::{ContextSelectionSet, Error, ServerError, ServerResult};

use crate::api::error::{ApiError, Result};
use crate::limits::{Limit, Limits};

/// What is known of an execution while it goes on.
#[derive(Clone, Debug)]
pub struct Execution(Arc<State>);

#[derive(Debug)]
struct State {
    limits: Limits,
    /// In bytes.
    written: AtomicU64,
    /// Whether a root field failed that may not be null: then all of the data is (6.4.4).
    data_is_null: AtomicBool,
}

impl Execution {
    /// One that begins.
    pub fn new(limits: Limits) -> Self {
        Self(Arc::new(State {
            limits,
            written: AtomicU64::new(0),
            data_is_null: AtomicBool::new(false),
        }))
    }

    /// Counts bytes of the answer that were written.
    ///
    /// # Errors
    /// Where the answer is longer than it may be: then it is not worth going on.
    pub fn wrote(&self, bytes: usize) -> Result<()> {
        let bytes = bytes as u64;
        let before = self.0.written.fetch_add(bytes, Ordering::Relaxed);
        let written = before.saturating_add(bytes);
        let limits = &self.0.limits;
        let most = limits.of(Limit::AnswerBytes);
        // Where the limit is only measured, going over it is logged once.
        if written <= most || (before > most && written <= limits.ceiling(Limit::AnswerBytes)) {
            return Ok(());
        }
        limits.check(Limit::AnswerBytes, written)
    }

    /// Counts the errors of the answer, each of which is told.
    pub fn failed(&self, errors: &[ServerError]) {
        if self.too_long().is_some() {
            return;
        }
        let bytes: usize = errors.iter().map(|error| error.message.len()).sum();
        self.0.written.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// The refusal of an answer that is longer than it may be.
    pub fn too_long(&self) -> Option<ApiError> {
        let written = self.0.written.load(Ordering::Relaxed);
        let is_over = written > self.0.limits.ceiling(Limit::AnswerBytes);
        is_over.then(|| self.0.limits.exceeded(Limit::AnswerBytes, written))
    }

    /// Begins the next answer of a subscription.
    pub fn next(&self) {
        self.0.written.store(0, Ordering::Relaxed);
    }

    /// Without this root field there is no data.
    pub fn fail_as_a_whole(&self) {
        self.0.data_is_null.store(true, Ordering::Relaxed);
    }

    /// Whether the data is null.
    pub fn data_is_null(&self) -> bool {
        self.0.data_is_null.load(Ordering::Relaxed)
    }
}

/// Counts bytes of the answer that were written for what `ctx` selects.
///
/// # Errors
/// As for [`Execution::wrote`], with the path of the place.
pub fn wrote(ctx: &ContextSelectionSet<'_>, bytes: usize) -> ServerResult<()> {
    let execution = ctx.data::<Execution>();
    let counted = execution.and_then(|execution| execution.wrote(bytes).map_err(Error::from));
    counted.map_err(|error| ctx.set_error_path(error.into_server_error(ctx.item.pos)))
}
