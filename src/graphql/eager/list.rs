//! Lists whose items are already loaded, resolved one after the other.
//!
//! async-graphql resolves the items of a `Vec` concurrently, at the cost of a future for each; see [`super`].

use std::borrow::Cow;
use std::ops::Deref;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, Value};
use serde::Deserialize;

use super::json;
use crate::graphql::execution::wrote;

/// A list; in the schema and in the database like any other.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct List<T>(Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> Self {
        Self(items)
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().collect())
    }
}

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T> IntoIterator for List<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<T: OutputType> OutputType for List<T> {
    fn type_name() -> Cow<'static, str> {
        Vec::<T>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<T>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<T>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let mut list = json::ListWriter::within(Vec::new());
        let mut counted = 0;
        for (index, item) in self.iter().enumerate() {
            let ctx = ctx.with_index(index);
            let value = item.resolve(&ctx, field).await;
            // An error below an item has its path already.
            let value = value.map_err(|error| {
                if error.path.is_empty() {
                    ctx.set_error_path(error)
                } else {
                    error
                }
            })?;
            counted += json::written_bytes(&value);
            list.item(&value);
        }
        let list = list.end();
        wrote(ctx, list.len() - counted)?;
        Ok(Value::Binary(list.into()))
    }
}
