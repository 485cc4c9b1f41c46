//! What a collection declares of itself, once, for planning, fetching and checking alike.

use async_graphql::{ContainerType, ObjectType};

use super::filter::CollectionFilter;
use super::order::OrderInput;
use super::relation::{Holds, Relation};
use super::selection::Computed;
use crate::store::entity::Entity;

/// A stored type that GraphQL shows.
pub trait Collection: Entity + ContainerType + Holds + Sized {
    /// Its name in the schema.
    const NAME: &'static str = Self::KIND.type_name();
    /// Fields that are computed from a stored field of another name.
    const COMPUTED: &'static [Computed];
    /// Its filter.
    type Filter: CollectionFilter;
    /// Its order.
    type Order: OrderInput;

    /// Its relations.
    fn relations() -> &'static [Relation];
}

/// The fields of the root types that a collection adds.
pub trait RootFields {
    /// Those of `Query`.
    type Query: ObjectType + Default;
}

/// The fields of the root type of mutations that a collection adds.
pub trait RootMutations {
    /// Those of `Mutation`.
    type Mutation: ObjectType + Default;
}
