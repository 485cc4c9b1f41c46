//! Objects whose fields are at hand, resolved one after the other.
//!
//! async-graphql makes a future on the heap for each field of an object, so that they can wait side by side. Below the
//! root fields nothing waits: everything is in the arena. So an object takes one future, and is written at once.

use std::borrow::Cow;
use std::ops::Deref;

use async_graphql::parser::types::Field;
use async_graphql::registry::{MetaType, Registry};
use async_graphql::{ContainerType, ContextSelectionSet, OutputType, Positioned, ServerResult, Value};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::Deserialize;

use super::selection::{Document, Selected};
use super::written::{Object, merged};

/// Room for the answers of most objects, in bytes.
const USUAL: usize = 256;

/// An object, in the schema and in the database like any other. Not for an interface or a union, whose fields are their
/// members'.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct One<T> {
    object: T,
}

impl<T> From<T> for One<T> {
    fn from(object: T) -> Self {
        Self { object }
    }
}

impl<T> Deref for One<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.object
    }
}

impl<T: ContainerType> OutputType for One<T> {
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
        boxed(ctx, &self.object).await
    }
}

/// On the heap and of no type of its own: types refer to each other, so their futures would hold each other.
fn boxed<'a, T: ContainerType>(ctx: &'a ContextSelectionSet<'_>, object: &'a T) -> BoxFuture<'a, ServerResult<Value>> {
    fields(ctx, object).boxed()
}

/// The answer to what is selected on an object (GraphQL of September 2025, 6.4).
async fn fields<T: ContainerType>(ctx: &ContextSelectionSet<'_>, object: &T) -> ServerResult<Value> {
    let on = T::type_name();
    let selected = Document(ctx.query_env).selected(&ctx.item.node, &on);
    let mut answer = Object::within(Vec::with_capacity(USUAL));
    for Selected { field, more } in selected {
        let mut value = value(ctx, object, field, &on).await?;
        for field in more {
            value = merged(&value, &self::value(ctx, object, field, &on).await?);
        }
        answer.field(&field.node.response_key().node, &value);
    }
    Ok(Value::Binary(answer.end().into()))
}

/// The value of one field.
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
        // Without a value a field is null where it may be, and otherwise its object is (6.4.4).
        Err(error) if is_nullable(ctx.schema_env.registry.types.get(on), field) => {
            ctx.add_error(error);
            Ok(Value::Null)
        }
        Err(error) => Err(error),
    }
}

fn is_nullable(object: Option<&MetaType>, field: &Positioned<Field>) -> bool {
    let field = object.and_then(|object| object.field_by_name(&field.node.name.node));
    field.is_none_or(|field| !field.ty.ends_with('!'))
}
