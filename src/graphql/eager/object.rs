//! Objects whose fields are already loaded, resolved one after the other; see [`super`].

use std::borrow::Cow;
use std::ops::Deref;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{
    ContainerType, Context, ContextSelectionSet, OutputType, Positioned, ServerError, ServerResult, Value,
};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::Deserialize;

use super::json::{ObjectWriter, written_bytes};
use crate::graphql::execution::wrote;
use crate::graphql::selection::selected;

/// The initial capacity of an object's buffer in bytes, enough for most.
const USUAL: usize = 256;

/// An object; in the schema and in the database like any other. For interfaces see [`any_of`](super::super::any_of).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Object<T> {
    object: T,
}

impl<T> From<T> for Object<T> {
    fn from(object: T) -> Self {
        Self { object }
    }
}

impl<T> Deref for Object<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.object
    }
}

impl<T: ContainerType> OutputType for Object<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn qualified_type_name() -> String {
        T::qualified_type_name()
    }

    fn introspection_type_name(&self) -> Cow<'static, str> {
        self.object.introspection_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _field: &Positioned<Field>) -> ServerResult<Value> {
        self.object.resolve_eagerly(ctx).await
    }
}

/// An object of any type.
pub trait Eager: Send + Sync {
    /// Resolves what is selected on it. Boxed, because object types refer to each other: the type of an unboxed future
    /// would contain itself.
    fn resolve_eagerly<'a>(&'a self, ctx: &'a ContextSelectionSet<'_>) -> BoxFuture<'a, ServerResult<Value>>;
}

impl<T: ContainerType> Eager for T {
    fn resolve_eagerly<'a>(&'a self, ctx: &'a ContextSelectionSet<'_>) -> BoxFuture<'a, ServerResult<Value>> {
        fields(ctx, self).boxed()
    }
}

/// Executes a selection set on an object (GraphQL of September 2025, 6.4).
async fn fields<T: ContainerType>(ctx: &ContextSelectionSet<'_>, object: &T) -> ServerResult<Value> {
    let on = T::type_name();
    let mut answer = ObjectWriter::within(Vec::with_capacity(USUAL));
    // Bytes of nested objects and lists, which have counted themselves.
    let mut counted = 0;
    for field in selected(&ctx.item.node, &on) {
        let value = value(ctx, object, field, &on).await?;
        counted += written_bytes(&value);
        answer.field(&field.node.response_key().node, &value);
    }
    let answer = answer.end();
    wrote(ctx, answer.len() - counted)?;
    Ok(Value::Binary(answer.into()))
}

async fn value<T: ContainerType>(
    ctx: &ContextSelectionSet<'_>,
    object: &T,
    field: &Positioned<Field>,
    on: &str,
) -> ServerResult<Value> {
    if field.node.name.node == "__typename" {
        return Ok(Value::String(on.to_owned()));
    }
    let ctx = ctx.with_field(field);
    match object.resolve_field(&ctx).await {
        Ok(value) => Ok(value.unwrap_or_default()),
        Err(error) => null_or(&ctx, on, error),
    }
}

/// Handles a field error (6.4.4): a nullable field becomes null. `on`: the object's type.
///
/// # Errors
/// The error itself for a non-null field; the object that holds the field then fails.
pub fn null_or(ctx: &Context<'_>, on: &str, error: ServerError) -> ServerResult<Value> {
    let object = ctx.schema_env.registry.types.get(on);
    let field = object.and_then(|object| object.field_by_name(&ctx.item.node.name.node));
    if field.is_some_and(|field| field.ty.ends_with('!')) {
        return Err(error);
    }
    ctx.add_error(error);
    Ok(Value::Null)
}
