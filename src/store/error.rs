//! Errors of the store, by what a caller can do about them.
//!
//! `api/error.rs` has the messages for clients; the causes stay here and go to the log.

use mongodb::error::{Error as DriverError, ErrorKind, WriteFailure};

/// The outcome of a call to the store.
pub type Result<T> = std::result::Result<T, StoreError>;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database does not respond: retry later.
    #[error("the database does not answer: {0}")]
    Unavailable(#[source] Box<DriverError>),
    /// The URI is not a connection string. No part of it is repeated: it may contain a password.
    #[error(
        "the database's URI cannot be understood (not shown, it may hold a password); accepted is \
         mongodb://USER:PASSWORD@HOST:PORT/?OPTIONS, where characters of user and password other than letters and \
         digits are percent-encoded, such as %40 for @"
    )]
    Uri,
    /// The database gave up at the deadline (`maxTimeMS`).
    #[error("the database did not finish in time: {0}")]
    Timeout(#[source] Box<DriverError>),
    #[error("another write came first: {0}")]
    Conflict(#[source] Box<DriverError>),
    /// A filter across a relation matches too many documents.
    #[error("conditions across {collection} stand for more than {limit} ids")]
    JoinTooLarge {
        /// The collection of the inner filter.
        collection: &'static str,
        limit: usize,
    },
    /// A stored document does not fit its type.
    #[error("a document of {collection} cannot be read: {detail}")]
    Unreadable { collection: &'static str, detail: String },
    /// A file of `schema/collections` is wrong: a mistake in the build.
    #[error("schema/collections/{file}: {detail}")]
    Schema { file: String, detail: String },
    /// The database has no change streams.
    #[error("the database does not tell what changes in it, as only a replica set or a cluster does: {0}")]
    NoFeed(#[source] Box<DriverError>),
    /// The database's history does not reach back to the resume token.
    #[error("the database does not remember back to there: {0}")]
    HistoryLost(#[source] Box<DriverError>),
    /// The database refused for another reason.
    #[error("the database refused: {0}")]
    Refused(#[source] Box<DriverError>),
}

/// Server codes for a passed deadline: MaxTimeMSExpired, ExceededTimeLimit.
const TIMED_OUT: [i32; 2] = [50, 262];
/// Server codes for a conflict with another write: DuplicateKey and its older forms, WriteConflict.
const CONFLICTS: [i32; 4] = [DUPLICATE_KEY, 11001, 12582, WRITE_CONFLICT];
/// The server's code for a duplicate value in a unique index.
pub(super) const DUPLICATE_KEY: i32 = 11000;
/// The server's code for a transaction that conflicts with another write.
pub(super) const WRITE_CONFLICT: i32 = 112;
/// The server's code for a missing permission.
pub(super) const UNAUTHORIZED: i32 = 13;
/// Server codes of a node that is shutting down, cannot serve (yet), or has lost a cursor (43, 237).
const GOING_AWAY: [i32; 12] = [6, 7, 43, 89, 91, 189, 9001, 10107, 237, 11600, 11602, 13436];

/// The server's code for a change stream on a server that is not a replica set.
const NO_REPLICA_SET: i32 = 40573;

impl From<DriverError> for StoreError {
    fn from(error: DriverError) -> Self {
        let code = code_of(&error);
        let boxed = Box::new(error);
        match (code, boxed.kind.as_ref()) {
            (Some(code), _) if TIMED_OUT.contains(&code) => Self::Timeout(boxed),
            (Some(code), _) if CONFLICTS.contains(&code) => Self::Conflict(boxed),
            (Some(NO_REPLICA_SET), _) => Self::NoFeed(boxed),
            (Some(code), _) if GOING_AWAY.contains(&code) => Self::Unavailable(boxed),
            (
                _,
                ErrorKind::ServerSelection { .. }
                | ErrorKind::Io(_)
                | ErrorKind::ConnectionPoolCleared { .. }
                | ErrorKind::DnsResolve { .. },
            ) => Self::Unavailable(boxed),
            _ => Self::Refused(boxed),
        }
    }
}

/// The server's code, wherever the driver stores it.
pub(super) fn code_of(error: &DriverError) -> Option<i32> {
    said_of(error).map(|(code, _)| code)
}

/// The server's message, wherever the driver stores it.
pub(super) fn message_of(error: &DriverError) -> Option<&str> {
    said_of(error).map(|(_, message)| message)
}

fn said_of(error: &DriverError) -> Option<(i32, &str)> {
    match error.kind.as_ref() {
        ErrorKind::Command(command) => Some((command.code, &command.message)),
        ErrorKind::Write(WriteFailure::WriteError(write)) => Some((write.code, &write.message)),
        ErrorKind::InsertMany(many) => {
            let first = many.write_errors.as_ref()?.first()?;
            Some((first.code, &first.message))
        }
        _ => None,
    }
}
