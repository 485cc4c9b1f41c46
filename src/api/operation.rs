//! What kinds of operations there are, in the words of metrics, logs and traces.

/// What a request asked for, as far as it got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationKind {
    /// A query.
    Query,
    /// A mutation.
    Mutation,
    /// A subscription.
    Subscription,
    /// An export.
    Export,
    /// Several in one body, or refused before it was known what it is.
    None,
}

impl OperationKind {
    /// Its word in metrics, logs and traces.
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
