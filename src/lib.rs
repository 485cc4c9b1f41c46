//! Menagerie: a GraphQL API over MongoDB for diplomatic gifts of animals.
//!
//! docs/ARCHITECTURE.md has the map of the rooms and walks through them.
//!
//! Invariants: only `http` names actix; only `store` names the MongoDB driver and BSON; `domain` does no I/O. Nothing
//! panics on input. A test checks the sources against these rules.

pub mod api;
pub mod config;
pub mod domain;
pub mod embedded;
pub mod feed;
pub mod graphql;
pub mod guard;
pub mod http;
pub mod limits;
pub mod search;
pub mod seed;
pub mod store;
pub mod telemetry;
pub mod transfer;
