//! The domain: dates with bounds, counts with bounds, readable ids, and the vocabularies of the data.
//!
//! No I/O, no knowledge of databases, requests or schema files; every other room may use it. The derives for GraphQL
//! are here because a word and its description belong together.

pub mod collections;
pub mod count;
pub mod date;
pub mod formula;
pub mod hash;
pub mod id;
pub mod text;
pub mod vocabulary;
pub mod words;
