//! The collections, one file each, always in the same order: struct, facts, filter, order, relations, queries.
//!
//! This file lists them: a new collection is added to `with_kind!`, [`Node`] and [`Query`].

pub mod animal;
pub mod claim;
pub mod event;
pub mod gift;
pub mod nation;
pub mod source;

use std::sync::Arc;

use async_graphql::{Context, ID, Interface, MergedObject, Object, Result};

use super::any_of::{AnyOf, Nullable, members};
use super::collection::Collection;
use super::eager;
use super::history::HistoryQuery;
use super::loader::{Loader, resolve};
use super::mutation::AdminQuery;
use super::search::SearchQuery;
use super::service_config::LimitsQuery;
use super::stats::StatsQuery;
use super::subscription::ChangesQuery;
use super::timeline::TimelineQuery;
use crate::domain::id::Kind;

/// Runs an expression with `E` standing for the type of a kind.
macro_rules! with_kind {
    ($kind:expr, $entity:ident => $body:expr) => {
        match $kind {
            $crate::domain::id::Kind::Gift => {
                type $entity = $crate::graphql::collections::gift::Gift;
                $body
            }
            $crate::domain::id::Kind::Nation => {
                type $entity = $crate::graphql::collections::nation::Nation;
                $body
            }
            $crate::domain::id::Kind::Animal => {
                type $entity = $crate::graphql::collections::animal::Animal;
                $body
            }
            $crate::domain::id::Kind::Event => {
                type $entity = $crate::graphql::collections::event::Event;
                $body
            }
            $crate::domain::id::Kind::Claim => {
                type $entity = $crate::graphql::collections::claim::Claim;
                $body
            }
            $crate::domain::id::Kind::Source => {
                type $entity = $crate::graphql::collections::source::Source;
                $body
            }
        }
    };
}
pub(crate) use with_kind;

/// Anything that has an id of its own and can be asked for by it.
#[derive(Interface, Clone)]
#[graphql(field(name = "id", ty = "&ID", desc = "The id, unique over all kinds."))]
pub enum Node {
    /// A gift.
    Gift(Arc<gift::Gift>),
    /// A nation.
    Nation(Arc<nation::Nation>),
    /// A kind of animal.
    Animal(Arc<animal::Animal>),
    /// An event.
    Event(Arc<event::Event>),
    /// A claim.
    Claim(Arc<claim::Claim>),
    /// A source.
    Source(Arc<source::Source>),
}

members! { Node: Gift, Nation, Animal, Event, Claim, Source }

impl Node {
    /// The document of this id, if the loader has it.
    pub fn from_loader(loader: &Loader, kind: Kind, id: &str) -> Option<Self> {
        match kind {
            Kind::Gift => loader.gifts.get(id).map(Self::Gift),
            Kind::Nation => loader.nations.get(id).map(Self::Nation),
            Kind::Animal => loader.animals.get(id).map(Self::Animal),
            Kind::Event => loader.events.get(id).map(Self::Event),
            Kind::Claim => loader.claims.get(id).map(Self::Claim),
            Kind::Source => loader.sources.get(id).map(Self::Source),
        }
    }
}

/// The queries over ids of any kind.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The document with this id, of whatever kind; null where there is none.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "The id.")] id: ID) -> Result<Option<AnyOf<Node>>> {
        resolve::node(ctx, id.0).await
    }

    /// The documents with these ids, in the same order; null where there is none, and where an id is none, with an error.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The ids.")] ids: Vec<ID>,
    ) -> Result<Option<eager::List<Nullable<AnyOf<Node>>>>> {
        let ids = ids.into_iter().map(|id| id.0).collect();
        resolve::nodes(ctx, ids).await.map(Some)
    }
}

/// Everything that can be asked for.
#[derive(MergedObject, Default)]
pub struct Query(
    NodeQuery,
    gift::GiftQuery,
    nation::NationQuery,
    animal::AnimalQuery,
    event::EventQuery,
    claim::ClaimQuery,
    source::SourceQuery,
    SearchQuery,
    StatsQuery,
    TimelineQuery,
    ChangesQuery,
    HistoryQuery,
    AdminQuery,
    LimitsQuery,
);

/// The kind of the documents of a type of the schema; none where it is no type of documents.
pub fn kind_of(ty: &str) -> Option<Kind> {
    let is_named = |kind: &Kind| with_kind!(*kind, E => <E as Collection>::NAME) == ty;
    Kind::ALL.into_iter().find(is_named)
}

/// Makes the two queries of a collection: one document by a unique key, and the connection.
macro_rules! queries {
    ($query:ident for $entity:ident {
        $(#[$one_doc:meta])* $one:ident ( $($(#[$key_doc:meta])* $key:ident as $key_name:literal at $path:literal),* );
        $(#[$many_doc:meta])* $many:ident;
    }) => {
        /// The queries of this collection.
        #[derive(Default)]
        pub struct $query;

        #[async_graphql::Object]
        impl $query {
            $(#[$one_doc])*
            async fn $one(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "The id.")] id: Option<async_graphql::ID>,
                $($(#[$key_doc])* $key: Option<String>),*
            ) -> async_graphql::Result<Option<$crate::graphql::eager::Object<std::sync::Arc<$entity>>>> {
                let id = id.as_ref().map(|id| id.as_str());
                $crate::graphql::loader::resolve::one(ctx, id, &[$(($key_name, $path, $key.as_deref())),*]).await
            }

            $(#[$many_doc])*
            #[allow(clippy::too_many_arguments, reason = "Relay's four, the filter and the order")]
            async fn $many(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "How many from the start.")] first: Option<i32>,
                #[graphql(desc = "Only what stands behind this cursor.")] after: Option<String>,
                #[graphql(desc = "How many from the end; not together with `first`.")] last: Option<i32>,
                #[graphql(desc = "Only what stands before this cursor.")] before: Option<String>,
                #[graphql(name = "where", desc = "Which documents.")] filter: Option<Box<<$entity as $crate::graphql::collection::Collection>::Filter>>,
                #[graphql(desc = "In which order; by id where nothing is said.")] order_by: Option<Vec<<$entity as $crate::graphql::collection::Collection>::Order>>,
            ) -> async_graphql::Result<Option<$crate::graphql::eager::Object<$crate::graphql::connection::Connection<$entity>>>> {
                let window = $crate::graphql::connection::Window { first, after, last, before };
                let arguments = $crate::graphql::connection::PageArguments { window, filter, order_by };
                $crate::graphql::loader::resolve::page(ctx, arguments).await.map(Some)
            }
        }
    };
}
pub(crate) use queries;

/// Makes the resolvers of a collection's relations: its connections, and fields written out.
macro_rules! relations {
    ($entity:ident {
        connections { $($(#[$doc:meta])* $name:ident: $target:ident;)* }
        fields { $($rest:tt)* }
    }) => {
        #[async_graphql::ComplexObject]
        impl $entity {
            $($(#[$doc])*
            #[allow(clippy::too_many_arguments, reason = "Relay's four, the filter and the order")]
            async fn $name(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "How many from the start.")] first: Option<i32>,
                #[graphql(desc = "Only what stands behind this cursor.")] after: Option<String>,
                #[graphql(desc = "How many from the end; not together with `first`.")] last: Option<i32>,
                #[graphql(desc = "Only what stands before this cursor.")] before: Option<String>,
                #[graphql(name = "where", desc = "Which documents.")] filter: Option<Box<<$target as $crate::graphql::collection::Collection>::Filter>>,
                #[graphql(desc = "In which order; by id where nothing is said.")] order_by: Option<Vec<<$target as $crate::graphql::collection::Collection>::Order>>,
            ) -> async_graphql::Result<$crate::graphql::eager::Object<std::sync::Arc<$crate::graphql::connection::Connection<$target>>>> {
                let window = $crate::graphql::connection::Window { first, after, last, before };
                let arguments = $crate::graphql::connection::PageArguments { window, filter, order_by };
                $crate::graphql::loader::resolve::below::<$entity, $target>(ctx, &self.id, arguments).await
            })*
            $($rest)*

            /// What editors have changed in this document, the latest change first. For editors.
            async fn history(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "How many from the start.")] first: Option<i32>,
                #[graphql(desc = "Only what stands behind this cursor.")] after: Option<String>,
            ) -> async_graphql::Result<Option<$crate::graphql::eager::Object<$crate::graphql::connection::Connection<$crate::graphql::history::HistoryEntry>>>> {
                $crate::graphql::history::of(ctx, &self.id, first, after).await.map(Some)
            }
        }
    };
}
pub(crate) use relations;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::collection::Relation;
    use crate::store::references::{Reference, references};

    #[test]
    fn the_relations_are_the_references_that_the_collections_declare() {
        fn held<E: Collection>() -> Vec<Reference> {
            let held = E::RELATIONS.iter().filter_map(|link| match link {
                Relation::Reference { stored, to, .. } => Some(Reference {
                    from: E::KIND,
                    path: stored,
                    to: *to,
                }),
                _ => None,
            });
            held.collect()
        }
        let mut held: Vec<_> = Kind::ALL
            .iter()
            .flat_map(|kind| with_kind!(*kind, E => held::<E>()))
            .collect();
        let mut declared = references().to_vec();
        held.sort_unstable();
        declared.sort_unstable();
        assert_eq!(held, declared);
    }
}
