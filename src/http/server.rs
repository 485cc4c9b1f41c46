//! The server: the whole route table, and the one constructor that `main` and the tests share.

use std::io;
use std::net::TcpListener;
use std::num::NonZeroUsize;
use std::thread::available_parallelism;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::{Compress, Condition, from_fn};
use actix_web::web::{Data, ServiceConfig, resource, to};
use actix_web::{App, HttpServer};

use super::readable::readable;
use super::state::State;
use super::stopping::{Ending, Signals, Timing};
use super::tls::Tls;
use super::transport::{export, graphql, mcp, named};
use super::{cross_origin, disconnect, health, paths, schema_file, stopping, web};
use crate::config::Config;

/// How long a client may take to send its request's head.
const HEAD: Duration = Duration::from_secs(10);

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
    serve_with(listener, state, serving, |_| {})
}

/// The same with routes of the caller's, which get what every route of this server gets.
///
/// # Errors
/// What the system says of the listeners.
pub fn serve_with(
    listener: TcpListener,
    state: State,
    serving: Serving,
    more: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
) -> io::Result<impl Future<Output = io::Result<Ending>> + Send + 'static> {
    let signals = Signals::new(serving.signals)?;
    let (drain, grace, tls) = (serving.drain, serving.grace, serving.tls.is_some());
    let timing = Timing { drain, grace, tls };
    let stopping = state.stopping.clone();
    let state = Data::new(state);
    let admin = serving
        .admin
        .map(|listener| admin(listener, state.clone()))
        .transpose()?;
    let (apart, workers) = (admin.is_some(), workers(serving.workers));
    let share = u32::try_from(workers).unwrap_or(u32::MAX);
    let server = HttpServer::new(move || {
        let state = Data::new(state.for_worker(share));
        let config = &state.config;
        let origins = &config.cors_origins;
        App::new()
            .app_data(state.clone())
            .app_data(Data::new(state.stopping.clone()))
            // The last one is the outermost: what answers a preflight gets the security headers as well, and `Vary` is
            // only added to behind the one that replaces it.
            .wrap(Condition::new(!origins.is_empty(), cross_origin::cors(origins)))
            .wrap(from_fn(cross_origin::refuse_preflights))
            .wrap(Compress::default())
            .wrap(cross_origin::security_headers(!origins.is_empty(), tls))
            .wrap(from_fn(stopping::tell))
            .wrap(from_fn(paths::normal))
            .configure(|app| routes(app, config))
            .configure(more.clone())
            .configure(if apart { health::alive_route } else { health::routes })
    })
    .on_connect(disconnect::remember)
    .client_request_timeout(HEAD)
    // Whole seconds are all that it takes; the end of the grace is kept by `stopping`.
    .shutdown_timeout(grace.as_secs() + 1)
    .workers(workers)
    .disable_signals();
    let server = match serving.tls {
        Some(tls) => server.listen_rustls_0_23(listener, tls.config())?.run(),
        None => server.listen(listener)?.run(),
    };
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

/// How many worker threads there are: one for each core, unless it is set.
fn workers(set: usize) -> usize {
    match set {
        0 => available_parallelism().map_or(1, NonZeroUsize::get),
        workers => workers,
    }
}

/// Metrics and health on a port of their own.
fn admin(listener: TcpListener, state: Data<State>) -> io::Result<Server> {
    let server = HttpServer::new(move || App::new().app_data(state.clone()).configure(health::routes));
    Ok(server.workers(1).disable_signals().listen(listener)?.run())
}

/// They are tried in this order, those with a `{name}` by a regular expression: what is asked for most comes first.
fn routes(app: &mut ServiceConfig, config: &Config) {
    app.service(resource("/graphql").default_service(to(graphql::endpoint)))
        .service(resource("/graphql/stream").default_service(to(graphql::stream)));
    if config.named_queries {
        app.service(readable("/q/{file}", named::endpoint))
            .service(readable("/openapi.json", schema_file::openapi));
    }
    app.service(readable("/export/{file}", export::endpoint))
        .configure(|app| web::routes(app, config));
    if config.mcp {
        app.service(resource("/mcp").default_service(to(mcp::endpoint)));
    }
    if config.introspection {
        app.service(readable("/schema.graphql", schema_file::endpoint));
    }
}
