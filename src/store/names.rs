//! The names of the collections that hold no documents of the API.

/// By which version of the derivation the documents of each collection were derived last.
pub(super) const DERIVED: &str = "derived";
/// Who changed what, and when.
pub(super) const HISTORY: &str = "history";
/// The rows by which transactions notice each other, one for each document that was referred to.
pub(super) const LOCKS: &str = "locks";
/// What became of requests that came with an idempotency key.
pub(super) const RETRIES: &str = "retries";
/// What seed sets wrote.
pub(super) const SEEDED: &str = "seeded";
/// The tokens.
pub(super) const TOKENS: &str = "tokens";
