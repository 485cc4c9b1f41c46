//! `node` and `nodes`: documents of any kind by id.

use async_graphql::{Context, ID, Object};
use futures_util::FutureExt;

use super::any_of::{AnyOf, Nullable};
use super::collections::Node;
use super::cost::{DOCUMENT, cost, list_size, names};
use super::eager;
use super::loader::resolve;
use crate::api::error::{ApiError, Result};
use crate::domain::id::Kind;

/// Adds `node` and `nodes` to `Query`.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The document with this id, of whatever kind; null where there is none.
    #[graphql(directive = cost::apply(DOCUMENT, None))]
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "The id.")] id: ID) -> Result<Option<AnyOf<Node>>> {
        let mut nodes = resolve::documents(ctx, "id", vec![checked("id", id)]).boxed().await?;
        nodes.pop().map_or(Ok(None), |node| node.0)
    }

    /// The documents with these ids, in the same order; null where there is none, and where an id is none, with an error.
    #[graphql(directive = cost::apply(0, Some(DOCUMENT)), directive = list_size::apply(names(["ids"]), None))]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The ids.")] ids: Vec<ID>,
    ) -> Result<Option<eager::List<Nullable<AnyOf<Node>>>>> {
        let ids = ids.into_iter().map(|id| checked("id", id)).collect();
        let nodes = resolve::documents(ctx, "ids", ids).boxed().await?;
        Ok(Some(nodes.into()))
    }
}

/// An id that is one. `argument`: what gives it.
pub fn checked(argument: &str, id: ID) -> Result<String> {
    match Kind::of(&id) {
        Ok(_) => Ok(id.0),
        Err(error) => Err(ApiError::input(argument, error)),
    }
}
