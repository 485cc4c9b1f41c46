//! The HTTP server: the whole route table, and the one constructor that `main` and the tests share.
//!
//! The only room that knows actix. What a request means is decided in `graphql`.

mod graphql;
mod web;

use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::Compress;
use actix_web::web::{Data, ServiceConfig, get, resource};
use actix_web::{App, HttpResponse, HttpServer};

use ipnet::IpNet;

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
}

impl State {
    /// The routes' view of a store.
    pub fn new(store: Store, settings: Settings) -> Self {
        let schema = schema(settings.limits);
        Self {
            sdl: sdl(&schema),
            schema,
            store,
            limits: settings.limits,
        }
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
        App::new()
            .app_data(state.clone())
            .wrap(Compress::default())
            .configure(routes)
    })
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

fn routes(config: &mut ServiceConfig) {
    config
        .service(
            resource("/graphql")
                .get(graphql::by_get)
                .post(graphql::by_post)
                .default_service(actix_web::web::to(graphql::other_method)),
        )
        .route("/schema.graphql", get().to(schema_file))
        .route("/healthz", get().to(alive))
        .configure(web::routes);
}

async fn schema_file(state: Data<State>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body(state.sdl.clone())
}

/// The process is alive; says nothing of the database.
async fn alive() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({ "status": "ok" }))
}
