//! The kinds of operations, as metrics, logs and traces name them.

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
