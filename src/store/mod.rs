//! The only room that speaks to MongoDB: connecting, the collections' schemas and indexes, reads, pages, writes.
//!
//! Callers hand in plain values (ids, [`filter::Filter`], [`page::PageRequest`]) and get typed documents; no BSON
//! crosses the border but inside `Deserialize`. Reads are bounded by [`Options::deadline`] through `maxTimeMS`.
//! Knows nothing of GraphQL or HTTP.

pub mod aggregate;
pub mod backup;
pub mod bson_types;
mod cancel_safe;
pub mod check;
pub mod collections;
mod command_meter;
pub mod cursor;
mod derive;
pub mod ensure;
pub mod entity;
pub mod error;
pub mod explain;
pub mod feed;
pub mod filter;
mod find;
mod import_row;
pub mod join;
mod join_cache;
mod metered;
mod names;
pub mod page;
pub mod path;
mod pool;
pub mod read;
pub mod references;
pub mod resume_token;
mod row_ids;
pub mod scan;
pub mod schema_fields;
pub mod texts;
pub mod tokens;
pub mod validate;
pub mod versions;
pub mod write;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use mongodb::bson::{Document, RawDocumentBuf, doc};
use mongodb::error::ErrorKind;
use mongodb::event::EventHandler;
use mongodb::event::cmap::CmapEvent;
use mongodb::options::{Acknowledgment, ClientOptions, ReadConcern, WriteConcern};
use mongodb::{Client, Collection, Database};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use cancel_safe::CancelSafe;
pub use cancel_safe::by_itself;
pub use command_meter::Work;
use command_meter::{CommandMeter, OfRequest};
pub use error::StoreError;
use pool::Pool;
pub use pool::PoolState;
use versions::CacheVersions;

use crate::domain::id::Kind;

/// The outcome of a call to the store.
pub type Result<T> = std::result::Result<T, StoreError>;

/// The driver's words about a URI repeat parts of it, and where a password is written wrongly, parts of that.
fn not_understood(error: mongodb::error::Error) -> StoreError {
    match error.kind.as_ref() {
        ErrorKind::InvalidArgument { .. } => StoreError::Uri,
        _ => error.into(),
    }
}

/// How long the driver looks for a server before it says that there is none.
const SERVER_SELECTION: Duration = Duration::from_secs(5);

/// How many aggregations run concurrently in this process. Each reads all matching documents and holds groups in
/// memory, and a query can contain ten: over 100,000 gifts one takes SecantusDB up to 600 MB, and six at once kill it.
const AGGREGATIONS_AT_ONCE: usize = 2;

/// How many connections there may be.
fn most_of(pool_size: u32) -> usize {
    // The driver takes 0 for a pool without end.
    let most = if pool_size == 0 { u32::MAX } else { pool_size };
    most as usize
}

/// How many connections may be opened at the same time: all of them, where the driver's own measure is 2. With a
/// connection for each turn ([`Store::turn`]), hardly anybody waits in the driver's queue (see `unbroken`).
fn at_once(pool_size: Option<u32>) -> Option<u32> {
    pool_size.filter(|most| *most > 0).or(Some(u32::MAX))
}

/// What a connection needs to know.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address; may hold a password, so it is never logged.
    pub uri: String,
    /// Which database.
    pub database: String,
    /// The largest number of connections. The driver's default of 10 is small for a server.
    pub pool_size: u32,
    /// The longest that one command may take: it is sent along as `maxTimeMS`.
    pub deadline: Duration,
}

/// The database, ready for use. Cheap to clone; all clones share one pool.
#[derive(Clone)]
pub struct Store {
    client: Client,
    client_options: Arc<ClientOptions>,
    database: Database,
    /// Turns for connections.
    connections: Arc<Semaphore>,
    most_connections: usize,
    deadline: Duration,
    /// When the request that this store is for must have its answer.
    until: Option<Instant>,
    meter: Arc<CommandMeter>,
    of_request: Option<OfRequest>,
    commands: Arc<AtomicU64>,
    pool: Arc<Pool>,
    /// Turns for aggregations over many documents.
    turns: Arc<Semaphore>,
    schema_applied: Arc<AtomicBool>,
    versions: Arc<CacheVersions>,
}

impl Store {
    /// Prepares the pool. Nothing is sent yet: [`Store::ping`] tells whether a server answers.
    ///
    /// The pool's tasks belong to the runtime that calls this, which therefore must outlive the store.
    pub async fn connect(options: &Options) -> Result<Self> {
        let mut client_options = ClientOptions::parse(&options.uri).await.map_err(not_understood)?;
        let pool = Arc::new(Pool::default());
        let connections = Arc::clone(&pool);
        // There is no handler for events of commands: for its sake the driver would copy each command and each reply.
        client_options.cmap_event_handler = Some(EventHandler::callback(move |event: CmapEvent| {
            connections.count(&event);
            cancel_safe::on_pool_event(&event);
        }));
        client_options.app_name.get_or_insert("menagerie".into());
        client_options.max_pool_size = Some(options.pool_size);
        client_options.max_connecting = at_once(client_options.max_pool_size);
        client_options.server_selection_timeout = Some(SERVER_SELECTION);
        client_options.read_concern = Some(ReadConcern::majority());
        client_options.write_concern = Some(
            WriteConcern::builder()
                .w(Acknowledgment::Majority)
                .journal(true)
                .w_timeout(options.deadline)
                .build(),
        );
        client_options.retry_reads = Some(true);
        client_options.retry_writes = Some(true);
        let client = Client::with_options(client_options.clone())?;
        Ok(Self {
            database: client.database(&options.database),
            client,
            client_options: Arc::new(client_options),
            connections: Arc::new(Semaphore::new(most_of(options.pool_size))),
            most_connections: most_of(options.pool_size),
            deadline: options.deadline,
            until: None,
            meter: Arc::default(),
            of_request: None,
            commands: Arc::default(),
            pool,
            turns: Arc::new(Semaphore::new(AGGREGATIONS_AT_ONCE)),
            schema_applied: Arc::default(),
            versions: Arc::default(),
        })
    }

    /// The same store with connections of its own, of which it has its share among so many stores like it.
    ///
    /// A connection wakes the runtime that opened it: each thread that serves requests is best served by its own. Its
    /// tasks belong to the runtime that calls this.
    ///
    /// # Errors
    /// What the driver says of its options, which it has accepted before.
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
            most_connections: most_of(most.unwrap_or(1)),
            ..self.clone()
        })
    }

    /// Asks the server for a sign of life.
    pub async fn ping(&self) -> Result<()> {
        self.run(doc! { "ping": 1 }).await.map(drop)
    }

    /// A turn for a command, which is counted.
    async fn counted_turn(&self) -> Option<OwnedSemaphorePermit> {
        let turn = self.turn().await;
        self.commands.fetch_add(1, Ordering::Relaxed);
        turn
    }

    /// A turn for a command. As many are given out as there are connections, so that hardly anybody waits in the driver's
    /// own queue (see `unbroken`).
    async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        let waiting = self.pool.waits();
        // The semaphore is never closed.
        let turn = Arc::clone(&self.connections).acquire_owned().await.ok();
        drop(waiting);
        turn
    }

    /// How many commands were sent for requests so far; what the driver adds to them and the feed are not counted.
    pub fn commands_sent(&self) -> u64 {
        self.commands.load(Ordering::Relaxed)
    }

    /// How many connections there may be at once.
    pub const fn most_connections(&self) -> usize {
        self.most_connections
    }

    /// The connections at this moment.
    pub fn pool(&self) -> PoolState {
        self.pool.state()
    }

    /// Whether [`Store::ensure_schema`] has succeeded on this store or a clone of it.
    pub fn schema_is_applied(&self) -> bool {
        self.schema_applied.load(Ordering::Relaxed)
    }

    /// The counters that tell whether what was read through this store is still so.
    pub fn versions(&self) -> Arc<CacheVersions> {
        Arc::clone(&self.versions)
    }

    /// Removes the whole database: for tests, which have one each.
    pub async fn drop_database(&self) -> Result<()> {
        let dropped = self.database.drop().await;
        self.versions.all_changed();
        Ok(dropped?)
    }

    fn documents(&self, kind: Kind) -> Collection<Document> {
        self.database.collection(kind.collection())
    }

    fn raw(&self, kind: Kind) -> Collection<RawDocumentBuf> {
        self.database.collection(kind.collection())
    }

    /// Runs one command under the deadline.
    async fn run(&self, mut command: Document) -> Result<Document> {
        let turn = self.counted_turn().await;
        command.insert("maxTimeMS", self.deadline_ms());
        let database = self.database.clone();
        let run = async move { database.run_command(command).await };
        Ok(CancelSafe::new(run.boxed(), turn).await?)
    }

    fn deadline_ms(&self) -> i64 {
        i64::try_from(self.time_left().as_millis()).unwrap_or(i64::MAX)
    }
}
