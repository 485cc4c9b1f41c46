//! References as types: an id in storage, the document with that id in the schema.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, Error, OutputType, Positioned, ServerResult, Value};
use serde::Deserialize;

use super::Loader;
use super::resolve::{fetch, loader};
use crate::api::error::{ApiError, Result};
use crate::domain::id::Kind;
use crate::graphql::collection::Collection;
use crate::graphql::eager;
use crate::graphql::relation::{Holds, References};

/// A reference to a document that must exist.
pub type Ref<T> = Linked<T, String>;
/// An optional reference: null if it is absent or its document does not exist.
pub type MaybeRef<T, I = String> = Linked<T, Option<I>>;
/// References to any number of documents; documents that do not exist are left out.
pub type Refs<T> = Linked<T, Vec<String>>;

/// The ids of documents of type `T`: one, an option or a list, as `I` is.
#[derive(Deserialize)]
#[serde(transparent, bound(deserialize = "I: Deserialize<'de>"))]
pub struct Linked<T, I> {
    ids: I,
    #[serde(skip)]
    to: PhantomData<fn() -> T>,
}

impl<T, I: fmt::Debug> fmt::Debug for Linked<T, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ids.fmt(f)
    }
}

impl<T, I: Default> Default for Linked<T, I> {
    fn default() -> Self {
        I::default().into()
    }
}

impl<T, I> From<I> for Linked<T, I> {
    fn from(ids: I) -> Self {
        Self { ids, to: PhantomData }
    }
}

impl<T, I> Linked<T, I> {
    /// The ids.
    pub fn into_ids(self) -> I {
        self.ids
    }
}

/// What references lead to: the documents of one collection, or of any.
pub trait Target: 'static {
    /// The kind of the documents; `None` for any.
    const KIND: Option<Kind>;
    /// The GraphQL type of a document.
    type Shown: OutputType;

    /// The document with this id, if it has been read.
    fn get(loader: &Loader, id: &str) -> Option<Self::Shown>;
}

impl<E: Collection> Target for E {
    const KIND: Option<Kind> = Some(E::KIND);
    type Shown = eager::Object<Arc<E>>;

    fn get(loader: &Loader, id: &str) -> Option<Self::Shown> {
        loader.of::<E>().get(id).map(eager::Object::from)
    }
}

/// How many ids a reference holds: one, at most one, or any number.
pub trait Arity: Send + Sync {
    /// The GraphQL type of the reference, for documents of the type `T`.
    type Shown<T: OutputType>: OutputType;

    fn all(&self) -> impl Iterator<Item = &str>;

    /// The documents.
    fn shown<T: Target>(
        &self,
        ctx: &ContextSelectionSet<'_>,
    ) -> impl Future<Output = Result<Self::Shown<T::Shown>>> + Send;
}

impl Arity for String {
    type Shown<T: OutputType> = T;

    fn all(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.as_str())
    }

    async fn shown<T: Target>(&self, ctx: &ContextSelectionSet<'_>) -> Result<T::Shown> {
        find::<T>(ctx, self).await?.ok_or_else(|| {
            tracing::error!("{self} is referred to and does not exist");
            ApiError::Internal
        })
    }
}

impl<I: AsRef<str> + Send + Sync> Arity for Option<I> {
    type Shown<T: OutputType> = Option<T>;

    fn all(&self) -> impl Iterator<Item = &str> {
        self.iter().map(AsRef::as_ref)
    }

    async fn shown<T: Target>(&self, ctx: &ContextSelectionSet<'_>) -> Result<Option<T::Shown>> {
        match self {
            Some(id) => find::<T>(ctx, id.as_ref()).await,
            None => Ok(None),
        }
    }
}

impl Arity for Vec<String> {
    type Shown<T: OutputType> = eager::List<T>;

    fn all(&self) -> impl Iterator<Item = &str> {
        self.iter().map(String::as_str)
    }

    async fn shown<T: Target>(&self, ctx: &ContextSelectionSet<'_>) -> Result<eager::List<T::Shown>> {
        let mut documents = Vec::with_capacity(self.len());
        for id in self {
            documents.extend(find::<T>(ctx, id).await?);
        }
        Ok(documents.into())
    }
}

/// The document with this id; `None` if it does not exist.
async fn find<T: Target>(ctx: &ContextSelectionSet<'_>, id: &str) -> Result<Option<T::Shown>> {
    // Nearly always in the loader already: then nothing is awaited.
    let loader = loader(ctx)?;
    if let Some(document) = T::get(loader, id) {
        return Ok(Some(document));
    }
    let Some(kind) = T::KIND.or_else(|| Kind::of(id).ok()) else {
        return Ok(None);
    };
    fetch(ctx)?.by_id(kind, id).await?;
    Ok(T::get(loader, id))
}

impl<T: Target, I: Arity> OutputType for Linked<T, I> {
    fn type_name() -> Cow<'static, str> {
        I::Shown::<T::Shown>::type_name()
    }

    fn qualified_type_name() -> String {
        I::Shown::<T::Shown>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        I::Shown::<T::Shown>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        match self.ids.shown::<T>(ctx).await {
            Ok(shown) => shown.resolve(ctx, field).await,
            Err(error) => Err(ctx.set_error_path(Error::from(error).into_server_error(field.pos))),
        }
    }
}

impl<T: Target, I: Arity> Holds for Linked<T, I> {
    fn declare(references: &mut References) {
        references.here(T::KIND);
    }

    fn ids<'a>(&'a self, _way: &[&str], ids: &mut Vec<&'a str>) {
        ids.extend(self.ids.all());
    }
}
