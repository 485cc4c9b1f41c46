//! Checks requests against limits, and words the refusals.

use super::error::{self, ApiError};
use crate::limits::{Limit, Limits};

impl Limits {
    /// Checks a request against a limit.
    ///
    /// # Errors
    /// [`ApiError::LimitExceeded`] if it exceeds the limit.
    pub fn check(&self, limit: Limit, actual: u64) -> error::Result<()> {
        if actual <= self.of(limit) {
            return Ok(());
        }
        if actual <= self.ceiling(limit) {
            tracing::warn!(limit = limit.facts().name, actual, "over a limit that is only measured");
            return Ok(());
        }
        Err(self.exceeded(limit, actual))
    }

    /// The error for a request that exceeds a limit.
    pub fn exceeded(&self, limit: Limit, actual: u64) -> ApiError {
        let most = self.ceiling(limit);
        let facts = limit.facts();
        let message = format!("{} is {actual}; accepted are up to {most}", facts.counted);
        ApiError::over(facts.name, most, actual, message)
    }
}
