//! Menagerie: a GraphQL API over MongoDB for diplomatic gifts of animals.
//!
//! The rooms, in the order in which a request passes them; each uses only what stands to its right:
//!
//! ```text
//! main ─ config ─ telemetry
//!   │
//!  http ──▶ guard
//!   │         │
//!   ├────────▶ api ─ limits
//!   │          │
//!   └──▶ graphql ──▶ search ──▶ feed ──▶ store ──▶ MongoDB
//!              │            │                  │
//!              └──────── domain ───────────────┘   pure meaning: uses nothing, used by all
//! ```
//!
//! Invariants: only `http` names actix; only `store` names the MongoDB driver and BSON; `domain` does no I/O. Nothing
//! panics on input. A test holds the sources against these rules.

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
