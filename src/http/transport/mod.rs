//! Transports: read requests, and send the results of the pipeline in the form that the client expects.

pub mod delivery;
pub mod export;
mod export_request;
pub mod graphql;
pub mod mcp;
pub mod named;
mod named_response;
mod request_body;
mod sse;
mod whole;
mod ws;
