//! The Model Context Protocol at `/mcp`: agents use the named queries as tools, and read documents as resources.
//!
//! As of 2026-07-28, where each request says all of itself, and of 2025-11-25 and before, whose clients begin with
//! `initialize`; there are no sessions in either. `message` reads JSON-RPC and says which of them a request is of, `tools` and
//! `resources` are what is offered. `transport/mcp` runs the operations in the pipeline, like those of any client.

pub mod message;
pub mod resources;
pub mod tools;
