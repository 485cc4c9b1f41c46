//! Objects whose fields are at hand, resolved one after the other.
//!
//! async-graphql makes a future on the heap for each field of an object, so that they can wait side by side. Below the
//! root fields nothing waits: everything is in the arena. So an object takes one future, and its answer is built once.

use std::borrow::Cow;
use std::ops::Deref;

use async_graphql::indexmap::IndexMap;
use async_graphql::indexmap::map::Entry;
use async_graphql::parser::types::Field;
use async_graphql::registry::{MetaType, Registry};
use async_graphql::{ContainerType, ContextSelectionSet, Name, OutputType, Positioned, ServerResult, Value};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::Deserialize;

use super::selection::Document;

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
    let mut answer: IndexMap<Name, Value> = IndexMap::with_capacity(selected.len());
    for field in selected {
        let ctx = ctx.with_field(field);
        let key = field.node.response_key().node.clone();
        let value = if field.node.name.node == "__typename" {
            Value::String(on.clone().into_owned())
        } else {
            match object.resolve_field(&ctx).await {
                Ok(value) => value.unwrap_or_default(),
                // Without a value a field is null where it may be, and otherwise its object is (6.4.4).
                Err(error) if is_nullable(ctx.schema_env.registry.types.get(&*on), field) => {
                    ctx.add_error(error);
                    Value::Null
                }
                Err(error) => return Err(error),
            }
        };
        match answer.entry(key) {
            Entry::Vacant(place) => {
                place.insert(value);
            }
            Entry::Occupied(mut place) => merge(place.get_mut(), value),
        }
    }
    Ok(Value::Object(answer))
}

fn is_nullable(object: Option<&MetaType>, field: &Positioned<Field>) -> bool {
    let field = object.and_then(|object| object.field_by_name(&field.node.name.node));
    field.is_none_or(|field| !field.ty.ends_with('!'))
}

/// Puts two answers of one response key together: what is selected twice is selected once (6.4.3, MergeSelectionSets).
fn merge(into: &mut Value, value: Value) {
    match (into, value) {
        (Value::Object(into), Value::Object(fields)) => {
            for (key, value) in fields {
                match into.entry(key) {
                    Entry::Vacant(place) => {
                        place.insert(value);
                    }
                    Entry::Occupied(mut place) => merge(place.get_mut(), value),
                }
            }
        }
        (Value::List(into), Value::List(items)) => {
            into.iter_mut().zip(items).for_each(|(into, item)| merge(into, item));
        }
        // Of a field without selections both are the same.
        _ => {}
    }
}
