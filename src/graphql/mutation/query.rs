//! `query` in the payload of a mutation: everything that can be asked for, as it is after the change.
//!
//! A client that has changed something gets with the same request what its page shows now. The root of queries contains the
//! types of the collections, whose payloads contain it: it comes with the schema, so that no type has to name it.

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, Value};

use crate::graphql::eager::Eager;

/// What [`PayloadQuery`] answers with, in the data of the schema.
pub struct QueryFields(pub Box<dyn Eager>);

/// The field `query` of a payload.
#[derive(Clone, Copy, Debug, Default)]
pub struct PayloadQuery;

impl OutputType for PayloadQuery {
    fn type_name() -> Cow<'static, str> {
        "Query".into()
    }

    /// Nullable: what fails in it does not take the payload with it.
    fn qualified_type_name() -> String {
        Self::type_name().into_owned()
    }

    /// The schema has the type already, as the root of queries.
    fn create_type_info(_: &mut Registry) -> String {
        Self::qualified_type_name()
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let fields = ctx.data::<QueryFields>();
        let fields = fields.map_err(|error| ctx.set_error_path(error.into_server_error(field.pos)))?;
        fields.0.resolve_eagerly(ctx).await
    }
}
