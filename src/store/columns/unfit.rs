//! Why a document cannot be held in columns.

/// Why a document cannot be held in columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::store) enum Unfit {
    #[error("there are more distinct values than can be numbered")]
    TooMany,
    #[error("a value at `{0}` is of a type that no column holds")]
    Value(&'static str),
}
