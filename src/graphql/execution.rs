//! The state of one execution: how many bytes of its answer are written, and whether its data is null.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use async_graphql::{ContextSelectionSet, Error, PathSegment, ServerError, ServerResult};

use crate::api::error::{ApiError, Result};
use crate::limits::{Limit, Limits};

/// What quotes and a comma add to a name in a path, in bytes.
const QUOTED: usize = 3;
/// How many bytes an index in a path takes with its comma, on average.
const INDEX: usize = 4;

/// Shared by all resolvers of one execution; a clone is another handle.
#[derive(Clone, Debug)]
pub struct Execution(Arc<State>);

#[derive(Debug)]
struct State {
    limits: Limits,
    /// In bytes.
    written: AtomicU64,
    /// Whether a non-null root field failed, which makes all of `data` null (6.4.4).
    data_is_null: AtomicBool,
}

impl Execution {
    pub fn new(limits: Limits) -> Self {
        Self(Arc::new(State {
            limits,
            written: AtomicU64::new(0),
            data_is_null: AtomicBool::new(false),
        }))
    }

    /// Counts bytes written to the answer.
    ///
    /// # Errors
    /// If the answer is over its limit. Execution should stop then.
    pub fn wrote(&self, bytes: usize) -> Result<()> {
        let bytes = bytes as u64;
        let before = self.0.written.fetch_add(bytes, Ordering::Relaxed);
        let written = before.saturating_add(bytes);
        let limits = &self.0.limits;
        let most = limits.of(Limit::AnswerBytes);
        // A limit in measuring mode does not refuse; log it only once, when it is first exceeded.
        if written <= most || (before > most && written <= limits.ceiling(Limit::AnswerBytes)) {
            return Ok(());
        }
        limits.check(Limit::AnswerBytes, written)
    }

    /// Counts the messages of these errors, which are a part of the answer.
    pub fn failed(&self, errors: &[ServerError]) {
        if self.too_long().is_some() {
            return;
        }
        let bytes: usize = errors.iter().map(length).sum();
        self.0.written.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// The error for an answer over its limit.
    pub fn too_long(&self) -> Option<ApiError> {
        let written = self.0.written.load(Ordering::Relaxed);
        let is_over = written > self.0.limits.ceiling(Limit::AnswerBytes);
        is_over.then(|| self.0.limits.exceeded(Limit::AnswerBytes, written))
    }

    /// Resets the count for the next answer of a subscription.
    pub fn next(&self) {
        self.0.written.store(0, Ordering::Relaxed);
    }

    /// Makes all of `data` null, because a non-null root field failed.
    pub fn fail_as_a_whole(&self) {
        self.0.data_is_null.store(true, Ordering::Relaxed);
    }

    pub fn data_is_null(&self) -> bool {
        self.0.data_is_null.load(Ordering::Relaxed)
    }
}

/// About how many bytes an error takes in the answer: those of its message and of its path, which is repeated for every
/// row of a list that fails.
fn length(error: &ServerError) -> usize {
    let path = error.path.iter().map(|segment| match segment {
        PathSegment::Field(name) => name.len() + QUOTED,
        PathSegment::Index(_) => INDEX,
    });
    error.message.len() + path.sum::<usize>()
}

/// Counts bytes of the answer written for `ctx`.
///
/// # Errors
/// As for [`Execution::wrote`], with the path of the field.
pub fn wrote(ctx: &ContextSelectionSet<'_>, bytes: usize) -> ServerResult<()> {
    let execution = ctx.data::<Execution>();
    let counted = execution.and_then(|execution| execution.wrote(bytes).map_err(Error::from));
    counted.map_err(|error| ctx.set_error_path(error.into_server_error(ctx.item.pos)))
}
