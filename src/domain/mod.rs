//! Pure meaning: dates with bounds, counts with bounds, readable ids, and the vocabulary of the data.
//!
//! Nothing here does I/O or knows of a database, a request or a schema file; every other room may use it.
//! The derives for GraphQL stand here because a word and its description for the reader belong together.

pub mod collections;
pub mod count;
pub mod date;
pub mod hash;
pub mod id;
pub mod vocabulary;
pub mod words;
