//! What the transports and the schema both speak of: errors for clients, and who asks. Knows neither HTTP nor GraphQL's types
//! of documents.

pub mod error;
pub mod operation;
mod over_limit;
pub mod viewer;
