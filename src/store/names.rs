//! The names of the collections without a kind of their own: they hold no documents of the API.

/// By which version of the derivation the documents of each collection were derived last.
pub(super) const DERIVED: &str = "derived";
/// The history of all changes: who changed what, and when.
pub(super) const HISTORY: &str = "history";
/// Rows for each document that was referred to or deleted, and for values that must be one document's own. Transactions
/// write them so that they conflict.
pub(super) const LOCKS: &str = "locks";
/// The heartbeat.
pub(super) const MARKS: &str = "marks";
/// The results of requests with an idempotency key.
pub(super) const IDEMPOTENCY_KEYS: &str = "retries";
/// What each seed set wrote, to recognize documents that were edited or deleted since.
pub(super) const SEEDED: &str = "seeded";
/// The API tokens.
pub(super) const TOKENS: &str = "tokens";
