//! What the transports and the schema both speak of: errors for clients, who asks, and the kinds of operations. Knows neither
//! HTTP nor GraphQL's types of documents.

pub mod error;
pub mod operation;
mod over_limit;
pub mod viewer;
