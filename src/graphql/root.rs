//! A root type. async-graphql executes its fields; errors are handled here as the specification says. The root of queries
//! is in the payloads of mutations too, as an object like any other.

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{
    ContainerType, Context, ContextSelectionSet, ObjectType, OutputType, Positioned, ServerResult, Value,
};

use super::eager::{Eager, null_or};
use super::execution::Execution;
use super::introspection;

/// `Query` or `Mutation`.
#[derive(Default)]
pub struct Root<T>(T);

impl<T: ObjectType> ContainerType for Root<T> {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        let execution = ctx.data::<Execution>();
        let execution = execution.map_err(|error| error.into_server_error(ctx.item.pos))?;
        // `data` is null already. The reference implementation does not execute further mutation fields either.
        if execution.data_is_null() {
            return Ok(None);
        }
        match self.0.resolve_field(ctx).await {
            Ok(value) => Ok(value),
            Err(error) => null_or(ctx, &T::type_name(), error)
                .map(Some)
                .inspect_err(|_| execution.fail_as_a_whole()),
        }
    }
}

impl<T: ObjectType> OutputType for Root<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _field: &Positioned<Field>) -> ServerResult<Value> {
        self.resolve_eagerly(ctx).await
    }
}

impl<T: ObjectType> ObjectType for Root<T> {}

/// `Query` within the payload of a mutation.
#[derive(Default)]
pub struct QueryObject<T>(T);

impl<T: ObjectType> ContainerType for QueryObject<T> {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        match introspection::is_introspection(&ctx.item.node) {
            // async-graphql knows these two on the root of an operation only.
            true => introspection::nested(ctx).await.map(Some),
            false => self.0.resolve_field(ctx).await,
        }
    }
}

impl<T: ObjectType> OutputType for QueryObject<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _field: &Positioned<Field>) -> ServerResult<Value> {
        self.resolve_eagerly(ctx).await
    }
}
