//! The HTTP server: the whole route table, and the one constructor that `main` and the tests share.
//!
//! The only room that knows actix. What a request means is decided in `graphql`.

mod answer;
pub mod auth;
mod browser;
mod client;
mod graphql;
pub mod guard;
mod leaving;
mod media;
mod parameters;
pub mod persisted;
mod web;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::{Compress, Condition};
use actix_web::web::{Data, ServiceConfig, get, resource, to};
use actix_web::{App, HttpResponse, HttpServer};

use client::{Points, UnderWay};
use guard::{Guard, Rules};
use ipnet::IpNet;
use persisted::{Persisted, Trusted};

use crate::graphql::{Schema, limits::Limits, schema, sdl};
use crate::store::Store;
use auth::{Authenticator, Signed};

/// What the routes are told by the configuration.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What a request may ask for.
    pub limits: Limits,
    /// Whether the schema can be asked for.
    pub introspection: bool,
    /// Whether GraphiQL is served.
    pub graphiql: bool,
    /// Whether errors name what may have been meant.
    pub suggestions: bool,
    /// Whether one may read without a token.
    pub anonymous: bool,
    /// By which keys signed tokens are accepted; none are when absent.
    pub signed: Option<Arc<Signed>>,
    /// The origins whose pages may read answers; `*` for all.
    pub cors_origins: Vec<String>,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// How many documents clients may store by hash; 0 for none.
    pub persisted_queries: u64,
    /// The documents that can be asked for by id.
    pub trusted: Trusted,
    /// Whether only those are run.
    pub only_trusted: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            introspection: true,
            graphiql: true,
            suggestions: true,
            anonymous: true,
            signed: None,
            cors_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            persisted_queries: 1000,
            trusted: Trusted::default(),
            only_trusted: false,
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
    schema: Schema,
    sdl: Arc<str>,
    store: Store,
    settings: Arc<Settings>,
    guard: Guard,
    persisted: Persisted,
    points: Arc<Points>,
    under_way: UnderWay,
    /// Tells who asks.
    pub authenticator: Arc<Authenticator>,
}

impl State {
    /// The routes' view of a store.
    ///
    /// # Errors
    /// [`StateError`].
    pub fn new(store: Store, settings: Settings) -> Result<Self, StateError> {
        let schema = schema(settings.limits);
        let sdl = sdl(&schema);
        let rules = Rules {
            limits: settings.limits,
            introspection: settings.introspection,
            suggestions: settings.suggestions,
        };
        let guard = Guard::new(&sdl, rules).map_err(StateError::Schema)?;
        for (id, text) in settings.trusted.iter() {
            guard.check(text).map_err(|refusal| StateError::Trusted {
                id: id.to_owned(),
                reason: refusal.to_string(),
            })?;
        }
        Ok(Self {
            sdl: sdl.into(),
            schema,
            store,
            persisted: Persisted::new(
                settings.trusted.clone(),
                settings.only_trusted,
                settings.persisted_queries,
            ),
            points: Arc::new(Points::new(&settings.limits)),
            under_way: UnderWay::default(),
            authenticator: Arc::new(Authenticator::new(settings.anonymous, settings.signed.clone())),
            settings: Arc::new(settings),
            guard,
        })
    }

    fn deadline(&self) -> Duration {
        Duration::from_millis(self.settings.limits.request_timeout_ms)
    }
}

/// How the server runs.
#[derive(Clone, Copy, Debug)]
pub struct Serving {
    /// How many threads serve; 0 for one per core.
    pub workers: usize,
    /// Whether SIGINT and SIGTERM stop it.
    pub signals: bool,
}

/// Serves on `listener` until it is stopped; requests under way then get 30 s to end.
pub fn serve(listener: TcpListener, state: State, serving: Serving) -> std::io::Result<Server> {
    /// How long a client may take to send its request's head.
    const HEAD: Duration = Duration::from_secs(10);
    let state = Data::new(state);
    let mut server = HttpServer::new(move || {
        let settings = &state.settings;
        let origins = &settings.cors_origins;
        App::new()
            .app_data(state.clone())
            // The last one is the outermost: what answers a preflight gets the security headers as well.
            .wrap(Compress::default())
            .wrap(Condition::new(!origins.is_empty(), browser::cors(origins)))
            .wrap(browser::security_headers(!origins.is_empty(), false))
            .configure(|config| routes(config, settings))
    })
    .on_connect(leaving::remember)
    .client_request_timeout(HEAD)
    .shutdown_timeout(30);
    if serving.workers > 0 {
        server = server.workers(serving.workers);
    }
    if !serving.signals {
        server = server.disable_signals();
    }
    Ok(server.listen(listener)?.run())
}

fn routes(config: &mut ServiceConfig, settings: &Settings) {
    config
        .service(resource("/graphql").default_service(to(graphql::endpoint)))
        .route("/healthz", get().to(alive))
        .configure(|config| web::routes(config, settings.graphiql));
    if settings.introspection {
        config.route("/schema.graphql", get().to(schema_file));
    }
}

async fn schema_file(state: Data<State>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body(state.sdl.to_string())
}

/// The process is alive; says nothing of the database.
async fn alive() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({ "status": "ok" }))
}
