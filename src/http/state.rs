//! What the routes work with: what they are told at the start, and the state that they share.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;

use super::auth::{Authenticator, Credentials, Signed};
use super::client::{Client, Points};
use super::mcp::resources;
use super::metrics::Metrics;
use super::named::NamedQueries;
use super::named::kept_tables::KeptTables;
use super::named::openapi::description;
use super::permits::{Permit, Permits, Resource};
use super::persisted::{Persisted, Trusted};
use super::response_cache::Responses;
use super::slots::ExecutionSlots;
use super::stopping::Stopping;
use super::web::documents::documents;
use crate::api::dataset::DatasetFacts;
use crate::api::error::ApiError;
use crate::config::{Config, PublicUrl};
use crate::feed::Live;
use crate::graphql::{Schema, schema_of, sdl};
use crate::guard::{Guard, Rules};
use crate::limits::Limit;
use crate::search::Search;
use crate::store::Store;

/// What the routes are told: the configuration, and what was made of it at the start.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The configuration.
    pub config: Config,
    /// By which keys signed tokens are accepted; none are when absent.
    pub signed: Option<Arc<Signed>>,
    /// The documents that can be asked for by id.
    pub trusted: Trusted,
    /// How long what may take its time in streams may take.
    pub timeouts: Timeouts,
    /// What the data are as a whole.
    pub dataset: DatasetFacts,
}

/// How long what is open for long, WebSockets and event streams, waits for what.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// How long a WebSocket may be open before its client asks for a connection in it.
    pub init: Duration,
    /// How long nothing may have been sent before a sign of life is.
    pub beat: Duration,
    /// How long a client may leave waiting what is sent to it.
    pub stalled: Duration,
    /// How often it is looked up whether tokens still hold, whether or not anything is told of them.
    pub check: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            init: Duration::from_secs(10),
            beat: Duration::from_secs(10),
            stalled: Duration::from_secs(30),
            check: Duration::from_secs(30),
        }
    }
}

/// Why the routes cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The schema is not valid: a fault of the build.
    #[error("the schema cannot be used: {0}")]
    Schema(String),
    /// A trusted document would be refused.
    #[error("the trusted document {id}: {reason}")]
    Trusted {
        /// Its id.
        id: String,
        /// Why.
        reason: String,
    },
}

/// What the routes need.
#[derive(Clone)]
pub struct State {
    pub(super) schema: Schema,
    /// All who ask for it are sent the same bytes.
    pub(super) sdl: Bytes,
    pub(super) store: Store,
    pub(super) live: Live,
    pub(super) search: Search,
    pub(super) config: Arc<Config>,
    /// The origins whose pages may read answers: those that are set, and the one at which people reach this server.
    pub(super) origins: Arc<[String]>,
    pub(super) timeouts: Timeouts,
    pub(super) guard: Guard,
    pub(super) persisted: Persisted,
    pub(super) named: Arc<NamedQueries>,
    pub(super) tables: Arc<KeptTables>,
    /// The description of the named queries.
    pub(super) openapi: Bytes,
    pub(super) responses: Responses,
    pub(super) points: Arc<Points>,
    pub(super) permits: Permits,
    pub(super) authenticator: Arc<Authenticator>,
    pub(super) metrics: Metrics,
    pub(super) stopping: Stopping,
    /// For operations that are executed on this thread: as many as it has connections.
    pub(super) slots: ExecutionSlots,
    /// Half as many, for mutations: those that wait for a majority leave the other half to reads.
    pub(super) edit_slots: ExecutionSlots,
}

impl State {
    /// The routes' view of a store, and of the feed and the search index over it, which are somebody else's to keep going.
    ///
    /// # Errors
    /// [`StateError`].
    pub fn new(store: Store, live: Live, search: Search, settings: Settings) -> Result<Self, StateError> {
        let Settings {
            config,
            signed,
            trusted,
            timeouts,
            dataset,
        } = settings;
        let schema = schema_of(config.limits, dataset);
        let sdl = sdl(&schema);
        let rules = Rules {
            limits: config.limits,
            introspection: config.introspection,
            suggestions: config.suggestions,
        };
        let guard = Guard::new(&sdl, rules).map_err(StateError::Schema)?;
        let (trusted, named) = known_documents(&guard, trusted, &config)?;
        let authenticator =
            Authenticator::new(config.anonymous, signed).that_hears(live.clone(), config.response_cache_bytes > 0);
        let (tables, answers) = KeptTables::within(config.response_cache_bytes);
        let responses = Responses::new(live.clone(), answers);
        let slots = ExecutionSlots::new(store.most_connections());
        let edit_slots = ExecutionSlots::new(store.most_connections().div_ceil(2));
        let permits = Permits::new(&config.limits);
        Ok(Self {
            sdl: sdl.into(),
            schema,
            metrics: Metrics::new(
                store.clone(),
                live.clone(),
                search.clone(),
                responses.clone(),
                permits.clone(),
            ),
            store,
            live,
            search,
            openapi: description(&named, prefix(&config)).to_string().into(),
            named: Arc::new(named),
            tables: Arc::new(tables),
            persisted: Persisted::new(trusted, config.trusted_documents_only, config.persisted_queries),
            responses,
            points: Arc::new(Points::new(&config.limits)),
            permits,
            stopping: Stopping::default(),
            authenticator: Arc::new(authenticator),
            origins: origins(&config),
            config: Arc::new(config),
            timeouts,
            guard,
            slots,
            edit_slots,
        })
    }

    /// The same for one of so many threads that serve: with connections of its own. It is for the thread that calls this.
    pub(super) fn for_worker(&self, workers: u32) -> Self {
        let store = self.store.with_own_connections(workers).unwrap_or_else(|error| {
            tracing::warn!("a thread shares the connections of others: {error}");
            self.store.clone()
        });
        let slots = ExecutionSlots::new(store.most_connections());
        let edit_slots = ExecutionSlots::new(store.most_connections().div_ceil(2));
        Self {
            store,
            slots,
            edit_slots,
            ..self.clone()
        }
    }

    /// A permit for one of these.
    ///
    /// # Errors
    /// As of [`State::acquire`].
    pub(super) fn permit(&self, resource: Resource, client: &Client) -> Result<Permit, ApiError> {
        self.acquire(resource, client, 1)
    }

    /// A permit for so much of a resource.
    ///
    /// # Errors
    /// [`ApiError::Busy`] where there are as many as there may be, [`ApiError::OverShare`] where this client has as many as
    /// it may; both are counted.
    pub(super) fn acquire(&self, resource: Resource, client: &Client, amount: u64) -> Result<Permit, ApiError> {
        let acquired = self.permits.acquire(resource, client, amount);
        acquired.inspect_err(|error| self.refused(resource, error))
    }

    /// Counts that a permit was refused.
    pub(super) fn refused(&self, resource: Resource, error: &ApiError) {
        let limit = match error {
            ApiError::OverShare(_) => Limit::ClientShare,
            _ => resource.limit(),
        };
        self.metrics.over_limit(limit.facts().name);
    }

    /// Whether what a client shows still holds.
    pub(super) async fn still_holds(&self, credentials: &Credentials) -> Result<(), ApiError> {
        credentials.holds(&self.authenticator, &self.store).await
    }

    /// The same, as soon as it can be told.
    pub(super) async fn surely_holds(&self, credentials: &Credentials) -> Result<(), ApiError> {
        credentials.surely_holds(&self.authenticator, &self.store).await
    }

    /// Resolves with the reason when what a client shows no longer holds.
    pub(super) async fn expired(&self, credentials: &Credentials) -> ApiError {
        let every = self.timeouts.check;
        credentials.expired(&self.authenticator, &self.store, every).await
    }

    /// Spends the client's points.
    ///
    /// # Errors
    /// [`ApiError::RateLimited`] or [`ApiError::LimitExceeded`] for a request that may not have them.
    pub(super) fn spend(&self, client: &Client, points: u64) -> Result<(), ApiError> {
        self.points.spend(client, points, &self.config.limits)
    }

    /// What is counted.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The path that a proxy serves this server under; empty at the root.
    pub(super) fn prefix(&self) -> &str {
        prefix(&self.config)
    }

    /// How long a request may take.
    pub(super) fn deadline(&self) -> Duration {
        Duration::from_millis(self.config.limits.request_timeout_ms)
    }
}

/// The documents that can be asked for by id, those of the server's own among them, and those that have names.
fn known_documents(guard: &Guard, trusted: Trusted, config: &Config) -> Result<(Trusted, NamedQueries), StateError> {
    for (id, text) in trusted.iter() {
        guard.check(text).map_err(|refusal| StateError::Trusted {
            id: id.to_owned(),
            reason: refusal.to_string(),
        })?;
    }
    let (trusted, named) = match config.named_queries {
        true => {
            let named = NamedQueries::new(guard, &trusted);
            (trusted.with(NamedQueries::documents()), named)
        }
        false => (trusted, NamedQueries::default()),
    };
    let trusted = match config.mcp {
        true => trusted.with([(resources::DOCUMENT, resources::TEXT.to_owned())]),
        false => trusted,
    };
    // Unchecked: limits that are lower than the pages need close the pages, not the server.
    match config.dashboard {
        true => Ok((trusted.with(documents()), named)),
        false => Ok((trusted, named)),
    }
}

fn prefix(config: &Config) -> &str {
    config.public_url.as_ref().map_or("", PublicUrl::prefix)
}

fn origins(config: &Config) -> Arc<[String]> {
    let own = config.public_url.iter().map(|url| url.origin().to_owned());
    config.cors_origins.iter().cloned().chain(own).collect()
}
