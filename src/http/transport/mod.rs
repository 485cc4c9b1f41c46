//! The doors: what reads requests, and gives what the pipeline makes of them the form that their clients take.

pub mod delivery;
pub mod export;
pub mod graphql;
mod request_body;
mod sse;
mod ws;
