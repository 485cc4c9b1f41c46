//! What the store must know of a document's type to read it.

use serde::de::DeserializeOwned;

use crate::domain::id::Kind;

/// A type of stored document. Reads fetch only the fields that are asked for, so every field needs a serde default.
pub trait Entity: DeserializeOwned + Send + Sync + 'static {
    /// Which collection it lives in.
    const KIND: Kind;

    /// Its `_id`.
    fn id(&self) -> &str;
}

/// The top-level fields that a read fetches; `_id` always comes along.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Projection(std::collections::BTreeSet<&'static str>);

impl Projection {
    /// Adds a field.
    pub fn add(&mut self, field: &'static str) {
        self.0.insert(field);
    }

    /// The fields, in alphabetical order.
    pub fn fields(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().copied()
    }
}
