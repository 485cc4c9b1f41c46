//! What resolvers call: root fields fetch, other fields read from the loader.
//!
//! Futures that do this are boxed, here and elsewhere. A future reserves space for everything that it holds while it
//! waits, and the futures around it contain it: unboxed, a deeply nested selection would overflow the stack.
//!
//! What the plan has missed is loaded on demand, so that no answer depends on the plan being complete. A test counts
//! commands, to notice if that becomes common.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::{Context, ContextBase};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::prefetch::{Collections, Fetch, SelectedDocuments};
use super::{AnyDocument, Loader, PageKey};
use crate::api::error::{ApiError, Result};
use crate::domain::count::CountRange;
use crate::domain::id::Kind;
use crate::graphql::any_of::{AnyOf, Nullable};
use crate::graphql::collection::Collection;
use crate::graphql::connection::{Connection, PageArguments};
use crate::graphql::eager;
use crate::graphql::selection;
use crate::limits::Limits;
use crate::store::filter::Filter;

/// The loader of this request.
pub fn loader<'a, T>(ctx: &ContextBase<'a, T>) -> Result<&'a Loader> {
    ctx.data::<Loader>().map_err(|_| ApiError::Internal)
}

/// The context for reading into this request's loader.
pub fn fetch<'a, T>(ctx: &ContextBase<'a, T>) -> Result<Fetch<'a>> {
    Ok(Fetch {
        loader: loader(ctx)?,
        collections: *ctx.data::<Collections>().map_err(|_| ApiError::Internal)?,
        registry: &ctx.schema_env.registry,
        operation: &ctx.query_env.operation.node,
        limits: ctx.data::<Limits>().map_err(|_| ApiError::Internal)?,
    })
}

/// A root connection, with everything selected below it.
pub async fn page<E: Collection>(
    ctx: &Context<'_>,
    arguments: PageArguments<E>,
) -> Result<eager::Object<Connection<E>>> {
    async {
        let fetch = fetch(ctx)?;
        let set = &ctx.item.node.selection_set.node;
        let page = fetch.page(&arguments, fetch.wanted(set), None).await?;
        let identities = fetch.loader.of::<E>();
        page.documents()
            .for_each(|document| identities.put(Arc::clone(document)));
        let group = SelectedDocuments {
            kind: E::KIND,
            ids: page.documents().map(|document| document.id().to_owned()).collect(),
            sets: selection::on_page(set),
        };
        fetch.everything_below(vec![group]).await?;
        Ok(page.into())
    }
    .boxed()
    .await
}

/// A root document by exactly one unique key, with everything selected below it. `given`: for each of the `arguments`, the
/// stored field that holds the key, and the key.
pub async fn one<E: Collection>(
    ctx: &Context<'_>,
    given: &[Option<(&'static str, &str)>],
    arguments: &[&str],
) -> Result<Option<eager::Object<Arc<E>>>> {
    async {
        let fetch = fetch(ctx)?;
        let given: Vec<_> = given.iter().flatten().copied().collect();
        let found = match given.as_slice() {
            [("_id", id)] => {
                E::KIND.check(id).map_err(|error| ApiError::input("id", error))?;
                fetch.by_ids::<E>(vec![(*id).to_owned()]).await?;
                fetch.loader.of::<E>().get(id)
            }
            [(path, key)] => {
                let fields = fetch.projection(E::KIND);
                fetch.loader.store.one::<E>(&Filter::equal(path, *key), &fields).await?
            }
            _ => {
                let names: Vec<String> = arguments.iter().map(|name| format!("`{name}`")).collect();
                return Err(ApiError::BadUserInput(format!(
                    "{} of the arguments {} are given; accepted is just one of them",
                    given.len(),
                    names.join(", ")
                )));
            }
        };
        if let Some(document) = &found {
            fetch.loader.of::<E>().put(Arc::clone(document));
            let group = SelectedDocuments {
                kind: E::KIND,
                ids: vec![document.id().to_owned()],
                sets: vec![&ctx.item.node.selection_set.node],
            };
            fetch.everything_below(vec![group]).await?;
        }
        Ok(found.map(eager::Object::from))
    }
    .boxed()
    .await
}

/// Documents of any kind by id, with everything selected below them; null for each that does not exist. `argument`: what
/// gives the ids.
///
/// # Errors
/// If there are too many ids, or the database fails. An invalid id is an error of its own item only.
pub async fn documents<T: AnyDocument>(
    ctx: &Context<'_>,
    argument: &str,
    ids: Vec<Result<String>>,
) -> Result<Vec<Nullable<AnyOf<T>>>> {
    let fetch = fetch(ctx)?;
    let most = fetch.limits.max_page_size;
    if ids.len() > most {
        let message = format!("`{argument}` holds {} ids; accepted are up to {most}", ids.len());
        return Err(ApiError::over("pageSize", most as u64, ids.len() as u64, message));
    }
    let mut of_kinds: BTreeMap<Kind, Vec<String>> = BTreeMap::new();
    for id in ids.iter().flatten() {
        if let Ok(kind) = Kind::of(id) {
            of_kinds.entry(kind).or_default().push(id.clone());
        }
    }
    let groups = of_kinds.into_iter().map(|(kind, ids)| SelectedDocuments {
        kind,
        ids,
        sets: vec![&ctx.item.node.selection_set.node],
    });
    fetch.documents(groups.collect()).await?;
    let document = |id: Result<String>| Ok(T::from_loader(fetch.loader, &id?).map(AnyOf));
    Ok(ids.into_iter().map(|id| Nullable(document(id))).collect())
}

/// A connection below a document: the documents that hold its id at `stored`.
///
/// Not an `async fn`: its arguments would take up space in the future of every field of the document.
pub fn below<'a, E: Collection>(
    ctx: &'a Context<'_>,
    parent: &'a str,
    stored: &'static str,
    arguments: PageArguments<E>,
) -> BoxFuture<'a, Result<eager::Object<Arc<Connection<E>>>>> {
    let read = async move {
        let field = &ctx.item.node;
        let key = PageKey::new(parent, field);
        let loader = loader(ctx)?;
        let identities = loader.of::<E>();
        if let Some(page) = identities.page(&key) {
            return Ok(page.into());
        }
        if let Some(error) = loader.refused(field) {
            return Err(error);
        }
        let fetch = fetch(ctx)?;
        let want = fetch.wanted(&field.selection_set.node);
        let page = Arc::new(fetch.page_below(stored, parent, &arguments, want).await?);
        identities.put_page(key, Arc::clone(&page));
        Ok(page.into())
    };
    read.boxed()
}

/// How many animals of this kind were given; read now if the plan has missed it.
pub async fn given(ctx: &Context<'_>, animal: &str) -> Result<CountRange> {
    async {
        let loader = fetch(ctx)?.loader;
        if let Some(count) = loader.given(animal) {
            return Ok(count);
        }
        loader.put_given(loader.store.animals_given(&[animal.to_owned()]).await?);
        loader.given(animal).ok_or(ApiError::Internal)
    }
    .boxed()
    .await
}
