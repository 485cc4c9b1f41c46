//! The HTTP server.
//!
//! The only room that knows actix. `graphql` decides what a request means. `server` has the routes and `state` what
//! they share; `transport` reads requests and sends answers, and every operation goes through `pipeline` in between.

mod answer;
pub mod auth;
mod cached_response;
mod client;
mod cross_origin;
mod disconnect;
mod etag;
mod headers;
mod health;
mod mcp;
mod media;
mod methods;
pub mod metrics;
mod named;
mod parameters;
mod paths;
mod permits;
pub mod persisted;
mod pipeline;
mod readable;
mod response;
mod response_cache;
mod schema_file;
mod server;
mod slots;
mod state;
mod stopping;
pub mod tls;
mod transport;
mod web;

pub use server::{Serving, serve, serve_with};
pub use state::{Settings, State, StateError, Timeouts};
pub use stopping::Ending;
pub use web::notices;

/// The target of log lines that any client can cause at will: actix logs an error for every request that is not valid
/// HTTP. The metrics count the responses to them.
pub const CLIENTS_ERRORS: &str = "actix_http::h1::dispatcher";
