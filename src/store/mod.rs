//! The only room that speaks to MongoDB: connecting, the collections' schemas and indexes, reads, pages, writes.
//!
//! Callers hand in plain values (ids, [`filter::Filter`], [`page::PageRequest`]) and get typed documents; no BSON
//! crosses the border but inside `Deserialize`. Reads are bounded by [`Options::deadline`] through `maxTimeMS`.
//! Knows nothing of GraphQL or HTTP.

pub mod aggregate;
pub mod bson_types;
pub mod check;
pub mod collections;
pub mod cursor;
mod derive;
pub mod ensure;
pub mod entity;
pub mod error;
pub mod explain;
pub mod feed;
pub mod filter;
mod find;
pub mod join;
mod matches;
mod meter;
pub mod page;
pub mod place;
mod pool;
pub mod read;
pub mod rows;
pub mod texts;
pub mod tokens;
pub mod validate;
pub mod versions;
pub mod write;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use mongodb::bson::{Document, RawDocumentBuf, doc};
use mongodb::error::ErrorKind;
use mongodb::event::EventHandler;
use mongodb::event::cmap::CmapEvent;
use mongodb::event::command::CommandEvent;
use mongodb::options::{Acknowledgment, ClientOptions, ReadConcern, WriteConcern};
use mongodb::{Client, Collection, Database};
use tokio::sync::Semaphore;

pub use error::StoreError;
pub use meter::Work;
use pool::Pool;
pub use pool::PoolState;
use versions::Versions;

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
    database: Database,
    deadline: Duration,
    /// When the request that this store is for must have its answer.
    until: Option<Instant>,
    meter: Arc<meter::Meter>,
    commands: Arc<AtomicU64>,
    pool: Arc<Pool>,
    /// Turns for aggregations over many documents.
    turns: Arc<Semaphore>,
    schema_applied: Arc<AtomicBool>,
    versions: Arc<Versions>,
}

impl Store {
    /// Prepares the pool. Nothing is sent yet: [`Store::ping`] tells whether a server answers.
    ///
    /// The pool's tasks belong to the runtime that calls this, which therefore must outlive the store.
    pub async fn connect(options: &Options) -> Result<Self> {
        let mut client_options = ClientOptions::parse(&options.uri).await.map_err(not_understood)?;
        let commands = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&commands);
        client_options.command_event_handler = Some(EventHandler::callback(move |event: CommandEvent| {
            if matches!(event, CommandEvent::Started(_)) {
                counter.fetch_add(1, Ordering::Relaxed);
            }
        }));
        let pool = Arc::new(Pool::new(options.deadline));
        let connections = Arc::clone(&pool);
        client_options.cmap_event_handler = Some(EventHandler::callback(move |event: CmapEvent| {
            connections.count(&event);
        }));
        client_options.app_name.get_or_insert("menagerie".into());
        client_options.max_pool_size = Some(options.pool_size);
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
        let client = Client::with_options(client_options)?;
        let database = client.database(&options.database);
        Ok(Self {
            client,
            database,
            deadline: options.deadline,
            until: None,
            meter: Arc::default(),
            commands,
            pool,
            turns: Arc::new(Semaphore::new(aggregate::AT_ONCE)),
            schema_applied: Arc::default(),
            versions: Arc::default(),
        })
    }

    /// Asks the server for a sign of life.
    pub async fn ping(&self) -> Result<()> {
        self.run(doc! { "ping": 1 }).await.map(drop)
    }

    /// How many commands were sent so far, retries included.
    pub fn commands_sent(&self) -> u64 {
        self.commands.load(Ordering::Relaxed)
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
    pub fn versions(&self) -> Arc<Versions> {
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
        command.insert("maxTimeMS", self.deadline_ms());
        Ok(self.database.run_command(command).await?)
    }

    fn deadline_ms(&self) -> i64 {
        i64::try_from(self.time_left().as_millis()).unwrap_or(i64::MAX)
    }
}
