//! The ids of rows: what stands in a list of a document, or is computed, and is no document itself.
//!
//! Clients that keep objects by type and id keep rows apart with them. Those of stored rows are made where documents are
//! written (`store/row_ids.rs`).

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, ID, OutputType, Positioned, ServerResult, Value};
use serde::Deserialize;
use uuid::Uuid;

use crate::domain::hash::sha256;
use crate::store::filter::Filter;

/// How many digits of the hash of a filter are in an id.
const DIGITS: usize = 16;

/// The id of a row.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct RowId(Option<String>);

/// The rows that are computed from the documents that pass a filter: a part of their ids.
pub struct RowScope(String);

impl RowScope {
    /// `filter`: as it stands in the request, before the relations in it are looked up.
    pub fn of(filter: &Filter) -> Self {
        let mut hash = sha256(format!("{filter:?}"));
        hash.truncate(DIGITS);
        Self(hash)
    }

    /// The id of the row that `path` tells from the others.
    pub fn row(&self, path: &[&str]) -> RowId {
        RowId(Some(format!("{}/{}", path.join("/"), self.0)))
    }
}

impl OutputType for RowId {
    fn type_name() -> Cow<'static, str> {
        <ID as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <ID as OutputType>::create_type_info(registry)
    }

    async fn resolve(&self, _: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        Ok(Value::String(match &self.0 {
            Some(id) => id.clone(),
            // Another program has written the document. An id that no other row ever has cannot be mistaken for one.
            None => Uuid::now_v7().to_string(),
        }))
    }
}
