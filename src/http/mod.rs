//! The HTTP server: the whole route table, and the one constructor that `main` and the tests share.
//!
//! The only room that knows actix. What a request means is decided in `graphql`.

mod graphql;
mod health;
pub mod metrics;
mod stopping;
pub mod tls;
pub mod trace;
mod web;

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{Data, ServiceConfig, get, resource};
use actix_web::{App, HttpResponse, HttpServer};

use ipnet::IpNet;
use metrics::Metrics;
pub use stopping::Ending;
use stopping::{Signals, Stopping, Timing};
use tls::Tls;

use crate::graphql::{Schema, limits::Limits, schema, sdl};
use crate::store::Store;

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
    /// The origins whose pages may read answers; `*` for all.
    pub cors_origins: Vec<String>,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// How many documents clients may store by hash; 0 for none.
    pub persisted_queries: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            introspection: true,
            graphiql: true,
            suggestions: true,
            anonymous: true,
            cors_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            persisted_queries: 1000,
        }
    }
}

/// What the routes need.
#[derive(Clone)]
pub struct State {
    schema: Schema,
    sdl: String,
    store: Store,
    limits: Limits,
    metrics: Metrics,
    stopping: Stopping,
}

impl State {
    /// The routes' view of a store.
    pub fn new(store: Store, settings: Settings) -> Self {
        tls::choose_provider();
        let schema = schema(settings.limits);
        Self {
            sdl: sdl(&schema),
            schema,
            metrics: Metrics::new(store.clone()),
            store,
            limits: settings.limits,
            stopping: Stopping::default(),
        }
    }

    /// What is counted.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }
}

/// How the server runs.
#[derive(Debug)]
pub struct Serving {
    /// How many threads serve; 0 for one per core.
    pub workers: usize,
    /// Whether SIGINT and SIGTERM stop it.
    pub signals: bool,
    /// How long it then goes on to accept requests.
    pub drain: Duration,
    /// How long what is under way may then still take.
    pub grace: Duration,
    /// The certificate; without one it speaks plain HTTP.
    pub tls: Option<Tls>,
    /// Where metrics and readiness are served instead, in plain HTTP.
    pub admin: Option<TcpListener>,
}

impl Default for Serving {
    fn default() -> Self {
        Self {
            workers: 0,
            signals: false,
            drain: Duration::ZERO,
            grace: Duration::from_secs(30),
            tls: None,
            admin: None,
        }
    }
}

/// Serves on `listener` until it is stopped.
///
/// # Errors
/// What the system says of the listeners.
pub fn serve(
    listener: TcpListener,
    state: State,
    serving: Serving,
) -> io::Result<impl Future<Output = io::Result<Ending>> + Send + 'static> {
    /// How long a client may take to send its request's head.
    const HEAD: Duration = Duration::from_secs(10);
    let signals = Signals::new(serving.signals)?;
    let timing = Timing {
        drain: serving.drain,
        grace: serving.grace,
        tls: serving.tls.is_some(),
    };
    let stopping = state.stopping.clone();
    let state = Data::new(state);
    let admin = serving
        .admin
        .map(|listener| admin(listener, state.clone()))
        .transpose()?;
    let apart = admin.is_some();
    let mut server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .wrap(Compress::default())
            .wrap(from_fn(stopping::tell))
            .configure(routes)
            .configure(if apart { health::alive_route } else { health::routes })
    })
    .client_request_timeout(HEAD)
    // Whole seconds are all that it takes; the end of the grace is kept by `stopping`.
    .shutdown_timeout(serving.grace.as_secs() + 1)
    .disable_signals();
    if serving.workers > 0 {
        server = server.workers(serving.workers);
    }
    let server = match serving.tls {
        Some(tls) => server.listen_rustls_0_23(listener, tls.config())?,
        None => server.listen(listener)?,
    };
    let server = server.run();
    Ok(async move {
        let serve = stopping::run(server, signals, timing, stopping);
        match admin {
            None => serve.await,
            // The admin port answers to the very end.
            Some(admin) => tokio::select! {
                ending = serve => ending,
                failed = admin => failed.map(|()| Ending::InOrder),
            },
        }
    })
}

/// Metrics and health on a port of their own.
fn admin(listener: TcpListener, state: Data<State>) -> io::Result<Server> {
    let server = HttpServer::new(move || App::new().app_data(state.clone()).configure(health::routes));
    Ok(server.workers(1).disable_signals().listen(listener)?.run())
}

fn routes(config: &mut ServiceConfig) {
    config
        .service(
            resource("/graphql")
                .get(graphql::by_get)
                .post(graphql::by_post)
                .default_service(actix_web::web::to(graphql::other_method)),
        )
        .route("/schema.graphql", get().to(schema_file))
        .configure(web::routes);
}

async fn schema_file(state: Data<State>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body(state.sdl.clone())
}
