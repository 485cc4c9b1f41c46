//! The only room that talks to MongoDB: connections, schemas and indexes of collections, reads, pages and writes.
//!
//! Callers pass plain values (ids, [`filter::Filter`], [`page::PageRequest`]) and get typed documents; BSON appears at
//! this interface only inside `Deserialize`. Reads are limited by [`Options::deadline`], which is sent as `maxTimeMS`.
//! Nothing here depends on GraphQL or HTTP.

pub mod aggregate;
pub mod backup;
pub mod bson_types;
mod cancel_safe;
pub mod check;
pub mod collections;
pub mod columns;
mod command_meter;
pub mod cursor;
mod derive;
pub mod drift;
pub mod ensure;
pub mod entity;
pub mod error;
pub mod explain;
pub mod feed;
pub mod filter;
mod find;
mod from_columns;
mod import_row;
pub mod join;
mod join_cache;
mod metered;
mod names;
pub mod page;
pub mod path;
mod pool;
mod projected;
pub mod read;
mod rederive;
pub mod references;
pub mod resume_token;
mod row_ids;
pub mod scan;
pub mod schema_fields;
pub mod texts;
pub mod tokens;
mod topology;
pub mod validate;
pub mod versions;
pub mod write;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use mongodb::bson::{Document, RawDocumentBuf, doc};
use mongodb::error::ErrorKind;
use mongodb::event::EventHandler;
use mongodb::event::cmap::CmapEvent;
use mongodb::options::{Acknowledgment, ClientOptions, ReadConcern, ReadPreference, SelectionCriteria, WriteConcern};
use mongodb::{Client, Collection, Database};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use cancel_safe::CancelSafe;
pub use cancel_safe::by_itself;
use columns::ColumnStore;
pub use command_meter::Work;
use command_meter::{CommandMeter, OfRequest};
use drift::Refusal;
pub use error::{Result, StoreError};
use pool::Pool;
pub use pool::PoolState;
use versions::CacheVersions;

use crate::domain::id::Kind;

/// Warns of what the URI sets and this store sets otherwise, because its answers would not be right with it.
fn warn_of_overridden(options: &ClientOptions) {
    static TOLD: AtomicBool = AtomicBool::new(false);
    if TOLD.swap(true, Ordering::Relaxed) {
        return;
    }
    let majority = ReadConcern::majority();
    let overridden = [
        (
            "readPreference",
            options.selection_criteria.as_ref().is_some_and(|criteria| {
                !matches!(criteria, SelectionCriteria::ReadPreference(ReadPreference::Primary))
            }),
            "primary",
        ),
        (
            "readConcernLevel",
            options
                .read_concern
                .as_ref()
                .is_some_and(|concern| *concern != majority),
            "majority",
        ),
        (
            "w, journal or wtimeoutMS",
            options.write_concern.as_ref().is_some_and(|concern| {
                !matches!(concern.w, None | Some(Acknowledgment::Majority))
                    || concern.journal == Some(false)
                    || concern.w_timeout.is_some()
            }),
            "majority, with the journal, within the time of a request",
        ),
        ("maxPoolSize", options.max_pool_size.is_some(), "MENAGERIE_POOL_SIZE"),
    ];
    for (option, is_overridden, instead) in overridden {
        if is_overridden {
            tracing::warn!("the database's URI sets {option}, which does not count here; in force is {instead}");
        }
    }
}

/// Hides the driver's message about a malformed URI: it repeats parts of the URI, maybe of a password.
fn not_understood(uri: &str, error: mongodb::error::Error) -> StoreError {
    match error.kind.as_ref() {
        ErrorKind::InvalidArgument { message, .. } => match unknown_option(uri, message) {
            Some(option) => StoreError::UriOption(option.to_owned()),
            None => StoreError::Uri,
        },
        _ => error.into(),
    }
}

/// The option that the driver does not know, unless what it takes for one may be part of a password.
fn unknown_option<'a>(uri: &str, message: &'a str) -> Option<&'a str> {
    let (option, _) = message.split_once(" is an invalid option")?;
    let (_, options) = uri.split_once('?')?;
    let is_a_name = option.chars().all(|letter| letter.is_ascii_alphabetic());
    (is_a_name && !options.contains('@')).then_some(option)
}

/// How long the driver looks for a server before a command fails.
const SERVER_SELECTION: Duration = Duration::from_secs(5);

/// How many aggregations run concurrently in this process. Each reads all matching documents and holds groups in
/// memory, and a query can contain ten: over 100,000 gifts one takes SecantusDB up to 600 MB, and six at once kill it.
const AGGREGATIONS_AT_ONCE: usize = 2;

/// The maximum number of connections.
fn most_of(pool_size: u32) -> usize {
    // For the driver, 0 means no limit.
    let most = if pool_size == 0 { u32::MAX } else { pool_size };
    most as usize
}

/// How many of them edits may have.
fn half_of(pool_size: u32) -> usize {
    most_of(pool_size).div_ceil(2)
}

/// How many connections may be opened concurrently: all, not 2 as by the driver's default. With a connection for each
/// permit ([`Store::permit`]), commands rarely wait in the driver's queue (see `cancel_safe`).
fn at_once(pool_size: Option<u32>) -> Option<u32> {
    pool_size.filter(|most| *most > 0).or(Some(u32::MAX))
}

/// How to connect to the database.
#[derive(Clone, Debug)]
pub struct Options {
    /// The connection string. May contain a password, so it is never logged.
    pub uri: String,
    /// The name of the database.
    pub database: String,
    /// The maximum number of connections. The driver's default of 10 is small for a server.
    pub pool_size: u32,
    /// The timeout of each command, sent as `maxTimeMS`.
    pub deadline: Duration,
    /// Whether columns are kept: the embedded database goes without the indexes that are needless beside them.
    pub columns: bool,
}

/// A handle to the database. Cheap to clone; all clones share one connection pool.
#[derive(Clone)]
pub struct Store {
    client: Client,
    client_options: Arc<ClientOptions>,
    database: Database,
    /// A permit for each connection.
    connections: Arc<Semaphore>,
    /// Permits for half of them: edits that wait for a majority leave the other half to reads.
    edits: Arc<Semaphore>,
    most_connections: usize,
    deadline: Duration,
    has_columns: bool,
    /// The end of the time for the request that this store serves; `None` for no limit.
    until: Option<Instant>,
    meter: Arc<CommandMeter>,
    of_request: Option<OfRequest>,
    commands: Arc<AtomicU64>,
    pool: Arc<Pool>,
    /// Permits for aggregations over many documents.
    aggregations: Arc<Semaphore>,
    schema_applied: Arc<AtomicBool>,
    refusals: Arc<Mutex<Vec<Refusal>>>,
    versions: Arc<CacheVersions>,
    columns: ColumnStore,
}

impl Store {
    /// Creates the connection pool. Nothing is sent yet: [`Store::ping`] checks that a server answers.
    ///
    /// The tasks of the pool run on the calling runtime, which therefore must outlive the store.
    ///
    /// # Errors
    /// If the URI is malformed ([`StoreError::Uri`]), or the DNS lookup of a `mongodb+srv://` URI fails.
    pub async fn connect(options: &Options) -> Result<Self> {
        let mut client_options = ClientOptions::parse(&options.uri)
            .await
            .map_err(|error| not_understood(&options.uri, error))?;
        warn_of_overridden(&client_options);
        let pool = Arc::new(Pool::default());
        let connections = Arc::clone(&pool);
        // No handler for command events: for one, the driver would copy each command and each reply.
        client_options.cmap_event_handler = Some(EventHandler::callback(move |event: CmapEvent| {
            connections.count(&event);
            cancel_safe::on_pool_event(&event);
        }));
        client_options.app_name.get_or_insert("menagerie".into());
        client_options.max_pool_size = Some(options.pool_size);
        client_options.max_connecting = at_once(client_options.max_pool_size);
        client_options.server_selection_timeout = Some(SERVER_SELECTION);
        // A secondary may lag behind: what is kept would be older than its version says, and edits would be refused.
        client_options.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
        client_options.read_concern = Some(ReadConcern::majority());
        client_options.write_concern = Some(
            WriteConcern::builder()
                .w(Acknowledgment::Majority)
                .journal(true)
                .w_timeout(options.deadline)
                .build(),
        );
        // Some servers that speak MongoDB's protocol know no retryable writes, and their URIs say so.
        client_options.retry_writes.get_or_insert(true);
        let client = Client::with_options(client_options.clone())?;
        let versions = Arc::<CacheVersions>::default();
        Ok(Self {
            columns: ColumnStore::new(Arc::clone(&versions)),
            database: client.database(&options.database),
            client,
            client_options: Arc::new(client_options),
            connections: Arc::new(Semaphore::new(most_of(options.pool_size))),
            edits: Arc::new(Semaphore::new(half_of(options.pool_size))),
            most_connections: most_of(options.pool_size),
            deadline: options.deadline,
            has_columns: options.columns,
            until: None,
            meter: Arc::default(),
            of_request: None,
            commands: Arc::default(),
            pool,
            aggregations: Arc::new(Semaphore::new(AGGREGATIONS_AT_ONCE)),
            schema_applied: Arc::default(),
            refusals: Arc::default(),
            versions,
        })
    }

    /// The same store with a connection pool of its own. The maximum number of connections is divided by `share`, the
    /// number of such stores.
    ///
    /// A connection wakes the runtime that opened it, so each thread that serves requests should have its own
    /// connections. The tasks of the pool run on the calling runtime.
    ///
    /// # Errors
    /// If the driver refuses options that it accepted before.
    pub fn with_own_connections(&self, share: u32) -> Result<Self> {
        let mut client_options = ClientOptions::clone(&self.client_options);
        let most = client_options.max_pool_size.map(|most| (most / share.max(1)).max(1));
        client_options.max_pool_size = most;
        client_options.max_connecting = at_once(most);
        let client = Client::with_options(client_options)?;
        Ok(Self {
            database: client.database(self.database.name()),
            client,
            connections: Arc::new(Semaphore::new(most_of(most.unwrap_or(1)))),
            edits: Arc::new(Semaphore::new(half_of(most.unwrap_or(1)))),
            most_connections: most_of(most.unwrap_or(1)),
            ..self.clone()
        })
    }

    /// Which database this is, and on which servers; without who opens it.
    pub fn place(&self) -> String {
        let hosts: Vec<String> = self.client_options.hosts.iter().map(ToString::to_string).collect();
        format!("the database {} at {}", self.database.name(), hosts.join(", "))
    }

    /// Checks that the server answers.
    pub async fn ping(&self) -> Result<()> {
        self.run(doc! { "ping": 1 }).await.map(drop)
    }

    /// Waits for a permit for a command, and counts the command.
    async fn counted_permit(&self) -> Option<OwnedSemaphorePermit> {
        let permit = self.permit().await;
        self.commands.fetch_add(1, Ordering::Relaxed);
        permit
    }

    /// Waits for a permit for a command. There is one for each connection, so that commands rarely wait in the driver's
    /// own queue (see `cancel_safe`).
    async fn permit(&self) -> Option<OwnedSemaphorePermit> {
        let waiting = self.pool.waits();
        // The semaphore is never closed.
        let permit = Arc::clone(&self.connections).acquire_owned().await.ok();
        drop(waiting);
        permit
    }

    /// Waits for a permit for an edit, which is one of few, and then for one for its commands.
    async fn edit_permits(&self) -> [Option<OwnedSemaphorePermit>; 2] {
        // The semaphore is never closed.
        let edit = Arc::clone(&self.edits).acquire_owned().await.ok();
        [edit, self.counted_permit().await]
    }

    /// How many commands were sent for requests so far, without those of the driver itself and of the change feed.
    pub fn commands_sent(&self) -> u64 {
        self.commands.load(Ordering::Relaxed)
    }

    /// The maximum number of connections.
    pub const fn most_connections(&self) -> usize {
        self.most_connections
    }

    /// The current state of the connection pool.
    pub fn pool(&self) -> PoolState {
        self.pool.state()
    }

    /// Whether [`Store::ensure_schema`] has succeeded on this store or a clone of it.
    pub fn schema_is_applied(&self) -> bool {
        self.schema_applied.load(Ordering::Relaxed)
    }

    /// The counters that tell whether data read through this store is still current.
    pub fn versions(&self) -> Arc<CacheVersions> {
        Arc::clone(&self.versions)
    }

    /// The projection of the gifts into columns. Off until it is turned on.
    pub fn columns(&self) -> ColumnStore {
        self.columns.clone()
    }

    /// Takes everything that is cached out of use: it is not known what was written.
    pub(super) fn everything_changed(&self) {
        self.columns.falls_behind();
        self.versions.all_changed();
    }

    /// Drops the whole database. For tests, which have one each.
    pub async fn drop_database(&self) -> Result<()> {
        let dropped = self.database.drop().await;
        self.everything_changed();
        Ok(dropped?)
    }

    fn documents(&self, kind: Kind) -> Collection<Document> {
        self.database.collection(kind.collection())
    }

    fn raw(&self, kind: Kind) -> Collection<RawDocumentBuf> {
        self.database.collection(kind.collection())
    }

    /// Runs one command with the deadline.
    async fn run(&self, mut command: Document) -> Result<Document> {
        let permit = self.counted_permit().await;
        command.insert("maxTimeMS", self.deadline_ms());
        let database = self.database.clone();
        let run = async move { database.run_command(command).await };
        Ok(CancelSafe::new(run.boxed(), permit).await?)
    }

    fn deadline_ms(&self) -> i64 {
        i64::try_from(self.time_left().as_millis()).unwrap_or(i64::MAX)
    }
}
