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
    #[error("the database does not answer: {}", said(.0))]
    Unavailable(#[source] Box<DriverError>),
    /// The URI is not a connection string. No part of it is repeated: it may contain a password.
    #[error(
        "the database's URI cannot be understood (not shown, it may hold a password); accepted is \
         mongodb://USER:PASSWORD@HOST:PORT/?OPTIONS, where characters of user and password other than letters and \
         digits are percent-encoded, such as %40 for @"
    )]
    Uri,
    /// The URI has an option that is not known.
    #[error(
        "the database's URI has an option `{0}`, which is not known; accepted are those of MongoDB's connection strings"
    )]
    UriOption(String),
    /// The database gave up at the deadline (`maxTimeMS`).
    #[error("the database did not finish in time: {}", said(.0))]
    Timeout(#[source] Box<DriverError>),
    #[error("another write came first: {}", said(.0))]
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
    /// The database has no transactions, or none that read a snapshot, so nothing can be written.
    #[error("the database has no transactions that read a snapshot, as only a replica set or a cluster has them: {}", said(.0))]
    NoTransactions(#[source] Box<DriverError>),
    /// It is not known whether a write was made, or whether it will last: the database did not confirm it.
    #[error("the database did not confirm a write, which may have been made: {}", said(.0))]
    Unconfirmed(#[source] Box<DriverError>),
    /// The database has no change stream that could be followed, or none for us.
    #[error("the database does not tell what changes in it: {}", said(.0))]
    NoFeed(#[source] Box<DriverError>),
    /// The database's history does not reach back to the resume token.
    #[error("the database does not remember back to there: {}", said(.0))]
    HistoryLost(#[source] Box<DriverError>),
    /// The database refused for another reason.
    #[error("the database refused: {}", said(.0))]
    Refused(#[source] Box<DriverError>),
}

/// Server codes for a passed deadline: MaxTimeMSExpired, ExceededTimeLimit.
const TIMED_OUT: [i32; 2] = [50, 262];
/// Server codes for a conflict with another write: DuplicateKey and its older forms, WriteConflict, ConflictingOperationInProgress.
const CONFLICTS: [i32; 5] = [DUPLICATE_KEY, 11001, 12582, WRITE_CONFLICT, CONFLICTING_OPERATION];
/// The server's code for a duplicate value in a unique index.
pub(super) const DUPLICATE_KEY: i32 = 11000;
/// The server's code for a transaction that conflicts with another write.
pub(super) const WRITE_CONFLICT: i32 = 112;
/// What DocumentDB says in its place, where a transaction reads a snapshot.
pub(super) const CONFLICTING_OPERATION: i32 = 117;
/// The server's code for a missing permission.
pub(super) const UNAUTHORIZED: i32 = 13;
/// Server codes of a node that is shutting down, is not the primary (any more) or cannot serve yet, or has lost a cursor (43,
/// 237).
const GOING_AWAY: [i32; 14] = [
    6, 7, 43, 89, 91, 189, 9001, 10058, 10107, 237, 11600, 11602, 13435, 13436,
];

/// The server's code for a change stream on a server that is not a replica set.
const NO_REPLICA_SET: i32 = 40573;
/// Server codes for a change stream that cannot go on from a resume token: ChangeStreamFatalError, ChangeStreamHistoryLost,
/// InvalidResumeToken, the older forms of these, and an event too large to be told (BSONObjectTooLarge).
const HISTORY_LOST: [i32; 6] = [280, 286, 260, 40615, 50811, 10334];
/// The server's code, among others, for a transaction on a server that is not part of a replica set or a cluster.
const ILLEGAL_OPERATION: i32 = 20;
/// The server's code, among others, for a transaction that is to read a snapshot on a server that has none.
const COMMAND_NOT_SUPPORTED: i32 = 115;
/// The server's code for a disk that is full.
const DISK_FULL: i32 = 14031;

impl From<DriverError> for StoreError {
    fn from(error: DriverError) -> Self {
        let code = code_of(&error);
        let boxed = Box::new(error);
        match (code, boxed.kind.as_ref()) {
            (Some(code), _) if TIMED_OUT.contains(&code) => Self::Timeout(boxed),
            (Some(code), _) if CONFLICTS.contains(&code) => Self::Conflict(boxed),
            (Some(NO_REPLICA_SET), _) => Self::NoFeed(boxed),
            (Some(ILLEGAL_OPERATION | COMMAND_NOT_SUPPORTED), _) if tells_of_transactions(&boxed) => {
                Self::NoTransactions(boxed)
            }
            (_, ErrorKind::Write(WriteFailure::WriteConcernError(_))) => Self::Unconfirmed(boxed),
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

/// What the server says of a transaction, or what the driver makes of it.
fn tells_of_transactions(error: &DriverError) -> bool {
    let said = said(error);
    let words = [
        "Transaction numbers",
        "retryable writes",
        "'Snapshot' read concern is not supported",
    ];
    words.iter().any(|words| said.contains(words))
}

impl StoreError {
    /// Whether retrying may help.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Timeout(_))
    }

    /// The error of a change stream. Whatever else a database says of one that was there already passes: a node steps down, a
    /// proxy restarts. `resumes`: it was to go on from a resume token.
    pub(super) fn of_stream(error: DriverError, resumes: bool) -> Self {
        match Self::from(error) {
            Self::NoFeed(cause) | Self::Refused(cause) if resumes => match code_of(&cause) {
                Some(code) if code == NO_REPLICA_SET || HISTORY_LOST.contains(&code) => Self::HistoryLost(cause),
                _ => Self::Unavailable(cause),
            },
            Self::Refused(cause) => Self::NoFeed(cause),
            error => error,
        }
    }
}

/// What the database or the driver says, for people: code, name and message, but not the whole reply.
pub(super) fn said(error: &DriverError) -> String {
    match error.kind.as_ref() {
        ErrorKind::Command(said) if said.code == DISK_FULL => format!("the disk is full ({})", said.message),
        ErrorKind::Command(said) => numbered(said.code, &said.code_name, &said.message),
        ErrorKind::Write(WriteFailure::WriteConcernError(said)) => numbered(said.code, &said.code_name, &said.message),
        ErrorKind::Custom(_) => match error.get_custom::<String>() {
            Some(said) => said.clone(),
            None => error.kind.to_string(),
        },
        kind => match said_of(error) {
            Some((code, message)) => numbered(code, "", message),
            None => kind.to_string(),
        },
    }
}

fn numbered(code: i32, name: &str, message: &str) -> String {
    match name {
        "" => format!("code {code}: {message}"),
        name => format!("code {code} ({name}): {message}"),
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
        ErrorKind::Write(WriteFailure::WriteConcernError(concern)) => Some((concern.code, &concern.message)),
        ErrorKind::InsertMany(many) => {
            let first = many.write_errors.as_ref()?.first()?;
            Some((first.code, &first.message))
        }
        _ => None,
    }
}
