//! Errors for clients: one type, a code for each.
//!
//! `?` makes one an error of async-graphql, which keeps it as its source; `graphql` puts the code beside the message when
//! the answer is made.
//!
//! Causes (a driver's words, a path in a document) go to the log and never to the client.

use async_graphql::ErrorExtensionValues;
use tracing::error;

use crate::store::StoreError;

/// What a resolver can answer instead of data. Displayed to the client as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// The request asks for something that cannot be: says what was found and what is accepted.
    #[error("{0}")]
    BadUserInput(String),
    /// The request asks for more than is given.
    #[error("{message}")]
    LimitExceeded {
        /// What was asked for, and what is accepted.
        message: String,
        /// The limit in force.
        limit: i64,
        /// What was asked for.
        actual: i64,
        /// The limit's name.
        name: &'static str,
    },
    /// The request does not say who asks, and must; or what it says does not hold.
    #[error("{0}")]
    Unauthenticated(String),
    /// Who asks may not do this.
    #[error("{0}")]
    Forbidden(String),
    /// The client asks too much in too short a time.
    #[error("too much was asked in too short a time; try again in {0} s")]
    RateLimited(u32),
    /// The client holds its share of what may be under way at once: says how much, and what is accepted.
    #[error("{0}")]
    OverShare(String),
    /// Another write came first.
    #[error("another write came first; read the document again and repeat the change")]
    Conflict,
    /// No database answers.
    #[error("the database does not answer at the moment; try again in a few seconds")]
    Unavailable,
    /// No database tells what changes.
    #[error("the database does not tell what changes, or not at the moment; try again in a few seconds")]
    NoFeed,
    /// The place to go on from in the feed of changes is too old, or of another database.
    #[error(
        "the database does not remember back to the cursor in `after`; begin afresh: ask for `changesCursor`, then for \
         the data, then subscribe `after` it"
    )]
    CursorExpired,
    /// It is not known what changed.
    #[error(
        "it is not known what has changed, and anything may have; begin afresh: ask for `changesCursor`, then for the \
         data, then subscribe `after` it"
    )]
    ChangesLost,
    /// The server has enough to do: of this it has as many as it takes.
    #[error("the server has as many {0} as it takes at once; try again in a second")]
    Busy(&'static str),
    /// The deadline passed.
    #[error("the query took longer than it may; ask for less at once, or narrow the filter")]
    Timeout,
    /// A fault of the server.
    #[error("something went wrong in the server; the log has the cause")]
    Internal,
}

impl ApiError {
    /// The machine-readable code, as `extensions.code`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BadUserInput(_) => "BAD_USER_INPUT",
            Self::LimitExceeded { .. } => "LIMIT_EXCEEDED",
            Self::Unauthenticated(_) => "UNAUTHENTICATED",
            Self::Forbidden(_) => "FORBIDDEN",
            Self::RateLimited(_) | Self::OverShare(_) => "RATE_LIMITED",
            Self::Conflict => "CONFLICT",
            Self::Unavailable | Self::NoFeed | Self::Busy(_) => "UNAVAILABLE",
            Self::CursorExpired => "CURSOR_EXPIRED",
            Self::ChangesLost => "CHANGES_LOST",
            Self::Timeout => "TIMEOUT",
            Self::Internal => "INTERNAL",
        }
    }

    /// The request goes over the limit of this name: `limit` is accepted, `actual` was asked for.
    pub fn over(name: &'static str, limit: u64, actual: u64, message: String) -> Self {
        let number = |number| i64::try_from(number).unwrap_or(i64::MAX);
        Self::LimitExceeded {
            message,
            limit: number(limit),
            actual: number(actual),
            name,
        }
    }

    /// Whether the caller is to blame, by what an argument says.
    pub const fn is_of_input(&self) -> bool {
        matches!(self, Self::BadUserInput(_) | Self::LimitExceeded { .. })
    }

    /// The caller's mistake in the argument or field `place`.
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
            StoreError::Conflict(_) => Self::Conflict,
            StoreError::JoinTooLarge { collection, limit } => {
                let message = format!(
                    "the conditions on {collection} stand for more than {limit} ids, counted wherever the filter has them; narrow the filter, or ask for those documents themselves"
                );
                Self::over("join", limit as u64, limit as u64 + 1, message)
            }
            StoreError::Uri
            | StoreError::Unreadable { .. }
            | StoreError::Schema { .. }
            | StoreError::NoFeed(_)
            | StoreError::HistoryLost(_)
            | StoreError::Refused(_) => Self::Internal,
        }
    }
}

/// Puts the code of an error, and the numbers of a limit, beside its message.
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

/// The outcome of a step towards an answer.
pub type Result<T> = std::result::Result<T, ApiError>;
