//! What transports and schema share: errors for clients, the viewer, and the kinds of operations. Knows neither HTTP
//! nor the GraphQL types of documents.

pub mod dataset;
pub mod error;
pub mod operation;
mod over_limit;
pub mod viewer;
