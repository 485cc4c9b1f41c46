//! The kinds of operations, as metrics, logs and traces name them; and what is computed once of an operation.

use std::any::Any;
use std::sync::{Arc, OnceLock};

/// What a request asked for, as far as it was parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationKind {
    Query,
    Mutation,
    Subscription,
    Export,
    /// Several in one body, or refused before the kind was known.
    None,
}

impl OperationKind {
    /// The word for metrics, logs and traces.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Mutation => "mutation",
            Self::Subscription => "subscription",
            Self::Export => "export",
            Self::None => "none",
        }
    }
}

/// What is computed of an operation once, for as long as its normal form is kept; a clone is another handle.
///
/// Of any type, because whoever keeps normal forms does not know what is computed of them.
#[derive(Clone, Debug, Default)]
pub struct Memo(Arc<OnceLock<Arc<dyn Any + Send + Sync>>>);

impl Memo {
    /// What was computed, or is now. Always of the same type: another would be computed each time.
    pub fn get_or_init<T: Any + Send + Sync>(&self, mut compute: impl FnMut() -> T) -> Arc<T> {
        let computed = Arc::clone(self.0.get_or_init(|| Arc::new(compute())));
        computed.downcast().unwrap_or_else(|_| Arc::new(compute()))
    }
}
