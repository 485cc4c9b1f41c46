//! Why loading fails.

use super::set::SetError;
use crate::store::StoreError;

/// Why loading failed. When a set is wrong, nothing has been written; when the database failed, sets before may have.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The set itself is wrong.
    #[error(transparent)]
    Set(#[from] SetError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
