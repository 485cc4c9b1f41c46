//! Objects of one of several types: interfaces and unions, resolved like any other object.
//!
//! async-graphql's own resolver for them leaves out failed fields of any type, and answers null where nothing is
//! selected on a member.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, Error, OutputType, Positioned, ServerResult, Value};

use super::eager::Eager;

/// An interface or a union.
pub trait Abstract: OutputType {
    /// The member that this value is.
    fn object(&self) -> &dyn Eager;
}

impl<T: Abstract + ?Sized> Abstract for &T {
    fn object(&self) -> &dyn Eager {
        T::object(self)
    }
}

impl<T: Abstract + ?Sized> Abstract for Arc<T> {
    fn object(&self) -> &dyn Eager {
        T::object(self)
    }
}

/// Declares the members of an interface or a union: one variant for each.
macro_rules! members {
    ($abstract:ident: $($member:ident),+) => {
        impl $crate::graphql::any_of::Abstract for $abstract {
            fn object(&self) -> &dyn $crate::graphql::eager::Eager {
                match self {
                    $(Self::$member(object) => object,)+
                }
            }
        }
    };
}
pub(crate) use members;

/// A value of an interface or a union.
#[derive(Clone, Debug)]
pub struct AnyOf<T>(pub T);

impl<T> From<T> for AnyOf<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T: Abstract> OutputType for AnyOf<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn qualified_type_name() -> String {
        T::qualified_type_name()
    }

    fn introspection_type_name(&self) -> Cow<'static, str> {
        self.0.introspection_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _field: &Positioned<Field>) -> ServerResult<Value> {
        self.0.object().resolve_eagerly(ctx).await
    }
}

/// A nullable value: `None` is null, and an error is null with an entry in `errors`.
#[derive(Debug)]
pub struct Nullable<T>(pub crate::api::error::Result<Option<T>>);

impl<T: OutputType> OutputType for Nullable<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn qualified_type_name() -> String {
        T::type_name().into_owned()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Option::<T>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        match &self.0 {
            Ok(value) => value.as_ref().resolve(ctx, field).await,
            Err(error) => {
                let error = Error::from(error.clone()).into_server_error(field.pos);
                ctx.add_error(ctx.set_error_path(error));
                Ok(Value::Null)
            }
        }
    }
}
