//! What resolvers call: the root fields fetch, the others read from the loader.
//!
//! Each reads in a future on the heap: what a field needs while it waits is otherwise kept, several times over, on the
//! stack of everything that is resolved around it, and a document that nests deeply then overflows it.
//!
//! What planning missed is loaded on the spot, so that an answer never rests on the plan; a test counts commands so
//! that this stays rare.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::Context;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, TryFutureExt};

use super::prefetch::{Fetch, Group};
use super::{Loader, PageKey};
use crate::api::error::{ApiError, Result, to_graphql};
use crate::domain::count::Count;
use crate::domain::id::Kind;
use crate::graphql::any_of::{AnyOf, Nullable};
use crate::graphql::collection::{Collection, Relation};
use crate::graphql::collections::{Node, with_kind};
use crate::graphql::connection::{Connection, PageArguments};
use crate::graphql::eager;
use crate::graphql::selection;
use crate::limits::Limits;
use crate::store::feed::Change;
use crate::store::filter::Filter;

/// The loader of this request.
pub fn loader<'a>(ctx: &Context<'a>) -> Result<&'a Loader> {
    ctx.data::<Loader>().map_err(|_| ApiError::Internal)
}

/// The way of this request through its loader.
pub fn fetch<'a>(ctx: &Context<'a>) -> Result<Fetch<'a>> {
    Ok(Fetch {
        loader: loader(ctx)?,
        registry: &ctx.schema_env.registry,
        operation: &ctx.query_env.operation.node,
        limits: ctx.data::<Limits>().map_err(|_| ApiError::Internal)?,
    })
}

/// A root connection, with all that is selected below it.
pub async fn page<E: Collection>(
    ctx: &Context<'_>,
    arguments: PageArguments<E>,
) -> async_graphql::Result<eager::Object<Connection<E>>> {
    async {
        let fetch = fetch(ctx)?;
        let set = &ctx.item.node.selection_set.node;
        let page = fetch.page(&arguments, fetch.wanted(set), None).await?;
        let identities = E::identities(fetch.loader);
        page.documents()
            .for_each(|document| identities.put(Arc::clone(document)));
        let group = Group {
            kind: E::KIND,
            ids: page.documents().map(|document| document.id().to_owned()).collect(),
            sets: selection::on_page(set),
        };
        fetch.everything_below(vec![group]).await?;
        Ok(page.into())
    }
    .boxed()
    .await
    .map_err(to_graphql)
}

/// A root document by one of several unique keys, of which just one must be given, with all that is selected below it.
pub async fn one<E: Collection>(
    ctx: &Context<'_>,
    id: Option<&str>,
    keys: &[(&str, &'static str, Option<&str>)],
) -> async_graphql::Result<Option<eager::Object<Arc<E>>>> {
    async {
        let fetch = fetch(ctx)?;
        let given: Vec<_> = keys
            .iter()
            .filter_map(|(_, path, value)| value.map(|value| (*path, value)))
            .collect();
        let found = match (id, given.as_slice()) {
            (Some(id), []) => {
                E::KIND.check(id).map_err(|error| ApiError::input("id", error))?;
                fetch.by_ids::<E>(vec![id.to_owned()]).await?;
                E::identities(fetch.loader).get(id)
            }
            (None, [(path, value)]) => {
                let fields = fetch.projection(E::KIND);
                fetch
                    .loader
                    .store
                    .one::<E>(&Filter::equal(path, *value), &fields)
                    .await?
            }
            _ => {
                let names: Vec<String> = std::iter::once("id")
                    .chain(keys.iter().map(|(name, ..)| *name))
                    .map(|name| format!("`{name}`"))
                    .collect();
                let count = given.len() + usize::from(id.is_some());
                return Err(ApiError::BadUserInput(format!(
                    "{count} of the arguments {} are given; accepted is just one of them",
                    names.join(", ")
                )));
            }
        };
        if let Some(document) = &found {
            E::identities(fetch.loader).put(Arc::clone(document));
            let group = Group {
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
    .map_err(to_graphql)
}

/// A root document of any kind by its id; null where it leads nowhere.
pub async fn node(ctx: &Context<'_>, id: String) -> async_graphql::Result<Option<AnyOf<Node>>> {
    let mut nodes = read_nodes(ctx, vec![id]).boxed().await.map_err(to_graphql)?;
    nodes.pop().map_or(Ok(None), |node| node.0).map_err(to_graphql)
}

/// Root documents of any kind by their ids, in their order; null where an id leads nowhere, and with an error where it is
/// none.
pub async fn nodes(ctx: &Context<'_>, ids: Vec<String>) -> async_graphql::Result<eager::List<Nullable<AnyOf<Node>>>> {
    let nodes = read_nodes(ctx, ids).boxed().await.map_err(to_graphql)?;
    Ok(nodes.into())
}

async fn read_nodes(ctx: &Context<'_>, ids: Vec<String>) -> Result<Vec<Nullable<AnyOf<Node>>>> {
    let fetch = fetch(ctx)?;
    let most = fetch.limits.max_page_size;
    if ids.len() > most {
        let message = format!("`ids` holds {} ids; accepted are up to {most}", ids.len());
        return Err(ApiError::over("pageSize", most as u64, ids.len() as u64, message));
    }
    let mut of_kinds: BTreeMap<Kind, Vec<String>> = BTreeMap::new();
    let kinds: Vec<Result<Kind>> = ids
        .iter()
        .map(|id| Kind::of(id).map_err(|error| ApiError::input("id", error)))
        .collect();
    for (id, kind) in ids.iter().zip(&kinds) {
        if let Ok(kind) = kind {
            of_kinds.entry(*kind).or_default().push(id.clone());
        }
    }
    let groups = of_kinds.into_iter().map(|(kind, ids)| Group {
        kind,
        ids,
        sets: vec![&ctx.item.node.selection_set.node],
    });
    fetch.documents(groups.collect()).await?;
    let node = |(id, kind): (&String, Result<Kind>)| {
        Nullable(kind.map(|kind| Node::from_loader(fetch.loader, kind, id).map(AnyOf)))
    };
    Ok(ids.iter().zip(kinds).map(node).collect())
}

/// The document of a change as the change tells it, with all that is selected below it; null where it is gone.
pub async fn changed(ctx: &Context<'_>, change: &Change) -> async_graphql::Result<Option<AnyOf<Node>>> {
    async {
        let fetch = fetch(ctx)?;
        with_kind!(change.kind, E => match change.read::<E>()? {
            Some(document) => E::identities(fetch.loader).put(Arc::new(document)),
            None => return Ok(None),
        });
        // Before what is read below, which may bring the same document as it is by then.
        let node = Node::from_loader(fetch.loader, change.kind, &change.id);
        let group = Group {
            kind: change.kind,
            ids: vec![change.id.clone()],
            sets: vec![&ctx.item.node.selection_set.node],
        };
        fetch.everything_below(vec![group]).await?;
        Ok(node.map(AnyOf))
    }
    .boxed()
    .await
    .map_err(to_graphql)
}

/// The document that an id leads to.
pub async fn required<E: Collection>(ctx: &Context<'_>, id: &str) -> async_graphql::Result<eager::Object<Arc<E>>> {
    match optional(ctx, Some(id)).await? {
        Some(document) => Ok(document),
        None => {
            tracing::error!("{id} is referred to and does not exist");
            Err(to_graphql(ApiError::Internal))
        }
    }
}

/// The document that an id leads to; null where there is no id.
pub async fn optional<E: Collection>(
    ctx: &Context<'_>,
    id: Option<&str>,
) -> async_graphql::Result<Option<eager::Object<Arc<E>>>> {
    let Some(id) = id else { return Ok(None) };
    // Nearly always it has been read: then nothing waits, and no future is made for it.
    let loader = ctx.data::<Loader>()?;
    if let Some(document) = E::identities(loader).get(id) {
        return Ok(Some(document.into()));
    }
    async {
        let fetch = fetch(ctx)?;
        let identities = E::identities(fetch.loader);
        fetch.by_ids::<E>(vec![id.to_owned()]).await?;
        Ok(identities.get(id).map(eager::Object::from))
    }
    .boxed()
    .await
    .map_err(to_graphql)
}

/// The documents that ids lead to.
pub async fn list<E: Collection>(
    ctx: &Context<'_>,
    ids: &[String],
) -> async_graphql::Result<eager::List<eager::Object<Arc<E>>>> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(optional(ctx, Some(id)).await?);
    }
    Ok(found.into())
}

/// The documents of any kind that ids lead to.
pub async fn any(ctx: &Context<'_>, ids: &[String]) -> async_graphql::Result<eager::List<AnyOf<Node>>> {
    let loader = fetch(ctx).map_err(to_graphql)?.loader;
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let Ok(kind) = Kind::of(id) else { continue };
        with_kind!(kind, E => drop(optional::<E>(ctx, Some(id)).await?));
        found.extend(Node::from_loader(loader, kind, id).map(AnyOf));
    }
    Ok(found.into())
}

/// A connection below a document of `P`.
///
/// No `async fn`, whose arguments would take their room in the future of every field of `P`.
pub fn below<'a, P: Collection, E: Collection>(
    ctx: &'a Context<'_>,
    parent: &'a str,
    arguments: PageArguments<E>,
) -> BoxFuture<'a, async_graphql::Result<eager::Object<Arc<Connection<E>>>>> {
    let read = async move {
        let fetch = fetch(ctx)?;
        let field = &ctx.item.node;
        let key = PageKey::new(parent, field);
        let identities = E::identities(fetch.loader);
        if let Some(page) = identities.page(&key) {
            return Ok(page.into());
        }
        if let Some(error) = fetch.loader.refused(field) {
            return Err(error);
        }
        let name = field.name.node.as_str();
        let stored = P::RELATIONS.iter().find_map(|link| match link {
            Relation::Inverse { field, stored, .. } if *field == name => Some(*stored),
            _ => None,
        });
        let stored = stored.ok_or(ApiError::Internal)?;
        let want = fetch.wanted(&field.selection_set.node);
        let page = Arc::new(fetch.page_below(stored, parent, &arguments, want).await?);
        identities.put_page(key, Arc::clone(&page));
        Ok(page.into())
    };
    read.map_err(to_graphql).boxed()
}

/// How many animals of this kind were given.
pub async fn given(ctx: &Context<'_>, animal: &str) -> async_graphql::Result<Count> {
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
    .map_err(to_graphql)
}
