//! Errors for clients: one type, with a code for each.
//!
//! `?` converts it to an async-graphql error, which keeps it as its source; `graphql` adds the code when the response
//! is made.
//!
//! Causes (a driver's message, a path in a document) go to the log and never to the client.

use async_graphql::ErrorExtensionValues;
use tracing::error;

use crate::store::StoreError;

/// An error of a resolver. Displayed to the client unchanged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// The request is invalid: says what was found and what is accepted.
    #[error("{0}")]
    BadUserInput(String),
    /// The request exceeds a limit.
    #[error("{message}")]
    LimitExceeded {
        /// What was requested, and what is accepted.
        message: String,
        /// The limit in force.
        limit: i64,
        actual: i64,
        name: &'static str,
    },
    /// Credentials are required and missing, or they are not valid.
    #[error("{0}")]
    Unauthenticated(String),
    /// The viewer's role does not allow this.
    #[error("{0}")]
    Forbidden(String),
    /// The client exceeded its rate; retry after so many seconds.
    #[error("too much was asked in too short a time; try again in {0} s")]
    RateLimited(u32),
    /// The client has its full share of what may run concurrently: says how much, and what is accepted.
    #[error("{0}")]
    OverShare(String),
    #[error("another write came first; read the document again and repeat the change")]
    Conflict,
    /// The database does not answer.
    #[error("the database does not answer at the moment; try again in a few seconds")]
    Unavailable,
    /// The database has no transactions that read a snapshot.
    #[error(
        "nothing can be changed here: the database has no transactions that read a snapshot, as a single server has none; \
         accepted is a replica set, which may have one member, or a cluster"
    )]
    NoTransactions,
    /// The database did not confirm a write in time.
    #[error(
        "it is not known whether this was done, for the database did not confirm it in time; repeat it with the same \
         `idempotencyKey`, or read the document first"
    )]
    Unconfirmed,
    /// The database has no change stream, or none at the moment.
    #[error("the database does not tell what changes, or not at the moment; try again in a few seconds")]
    NoFeed,
    /// The cursor of a subscription is too old, or of another database.
    #[error(
        "the database does not remember back to the cursor in `after`; begin afresh: ask for `changesCursor`, then for \
         the data, then subscribe `after` it"
    )]
    CursorExpired,
    #[error(
        "it is not known what has changed, and anything may have; begin afresh: ask for `changesCursor`, then for the \
         data, then subscribe `after` it"
    )]
    ChangesLost,
    /// The server is at a limit of concurrency; names what there is too much of.
    #[error("the server has as many {0} as it takes at once; try again in a second")]
    Busy(&'static str),
    #[error("the query took longer than it may; ask for less at once, or narrow the filter")]
    Timeout,
    /// A fault of the server.
    #[error("something went wrong in the server; the log has the cause")]
    Internal,
}

impl ApiError {
    /// The machine-readable code, for `extensions.code`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BadUserInput(_) => "BAD_USER_INPUT",
            Self::LimitExceeded { .. } => "LIMIT_EXCEEDED",
            Self::Unauthenticated(_) => "UNAUTHENTICATED",
            Self::Forbidden(_) => "FORBIDDEN",
            Self::RateLimited(_) | Self::OverShare(_) => "RATE_LIMITED",
            Self::Conflict => "CONFLICT",
            Self::Unavailable | Self::Busy(_) => "UNAVAILABLE",
            Self::NoTransactions => "NO_TRANSACTIONS",
            Self::Unconfirmed => "UNCONFIRMED",
            Self::NoFeed => "NO_FEED",
            Self::CursorExpired => "CURSOR_EXPIRED",
            Self::ChangesLost => "CHANGES_LOST",
            Self::Timeout => "TIMEOUT",
            Self::Internal => "INTERNAL",
        }
    }

    /// An error for the limit `name`: up to `limit` is accepted, `actual` was requested.
    pub fn over(name: &'static str, limit: u64, actual: u64, message: String) -> Self {
        let number = |number| i64::try_from(number).unwrap_or(i64::MAX);
        Self::LimitExceeded {
            message,
            limit: number(limit),
            actual: number(actual),
            name,
        }
    }

    /// Whether an argument of the caller is the cause.
    pub const fn is_of_input(&self) -> bool {
        matches!(self, Self::BadUserInput(_) | Self::LimitExceeded { .. })
    }

    /// A mistake of the caller in the argument or field `place`.
    pub fn input(place: &str, message: impl std::fmt::Display) -> Self {
        Self::BadUserInput(format!("`{place}`: {message}"))
    }
}

impl From<StoreError> for ApiError {
    fn from(cause: StoreError) -> Self {
        match &cause {
            StoreError::Unavailable(_) => error!("{cause}"),
            StoreError::Timeout(_) | StoreError::Conflict(_) | StoreError::JoinTooLarge { .. } => {
                tracing::warn!("{cause}");
            }
            _ => error!("{cause}"),
        }
        match cause {
            StoreError::Unavailable(_) => Self::Unavailable,
            StoreError::Timeout(_) => Self::Timeout,
            StoreError::NoTransactions(_) => Self::NoTransactions,
            StoreError::Unconfirmed(_) => Self::Unconfirmed,
            StoreError::NoFeed(_) => Self::NoFeed,
            StoreError::Conflict(_) => Self::Conflict,
            StoreError::JoinTooLarge { collection, limit } => {
                let message = format!(
                    "the conditions on {collection} stand for more than {limit} ids, counted wherever the filter has them; narrow the filter, or ask for those documents themselves"
                );
                Self::over("join", limit as u64, limit as u64 + 1, message)
            }
            StoreError::Uri
            | StoreError::UriOption(_)
            | StoreError::Unreadable { .. }
            | StoreError::Schema { .. }
            | StoreError::HistoryLost(_)
            | StoreError::Refused(_) => Self::Internal,
        }
    }
}

/// Adds the code of an error, and the numbers of a limit, to its extensions.
pub fn extend(error: &ApiError, extensions: &mut ErrorExtensionValues) {
    extensions.set("code", error.code());
    if let ApiError::LimitExceeded {
        limit, actual, name, ..
    } = error
    {
        extensions.set("name", *name);
        extensions.set("limit", *limit);
        extensions.set("actual", *actual);
    }
}

/// The result of a step towards an answer.
pub type Result<T> = std::result::Result<T, ApiError>;
