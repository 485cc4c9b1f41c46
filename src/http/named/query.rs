//! A query that is offered by a name.

use serde_json::Value as Json;

use crate::guard::outline::Outline;

/// A query or a subscription that is offered by a name.
#[derive(Clone, Debug)]
pub struct NamedQuery {
    /// The name: that of the operation, or the id of its document.
    pub name: String,
    /// What it is for, in a line.
    pub title: String,
    /// More of it; may be empty.
    pub description: String,
    /// The id of its document.
    pub document: String,
    pub outline: Outline,
    /// Variables to try it with.
    pub example: Json,
}
