//! What a collection declares about itself, for planning, fetching and checking.

use async_graphql::{ContainerType, ObjectType};

use super::filter::CollectionFilter;
use super::order::OrderInput;
use super::relation::{Holds, Relation};
use super::selection::Computed;
use crate::store::entity::Entity;

/// A stored type that is an object type of the schema.
pub trait Collection: Entity + ContainerType + Holds + Sized {
    const NAME: &'static str = Self::KIND.type_name();
    /// Fields that are computed from a stored field of another name.
    const COMPUTED: &'static [Computed];
    type Filter: CollectionFilter;
    type Order: OrderInput;

    fn relations() -> &'static [Relation];
}

/// The fields that a collection adds to `Query`.
pub trait RootFields {
    type Query: ObjectType + Default;
}

/// The fields that a collection adds to `Mutation`.
pub trait RootMutations {
    type Mutation: ObjectType + Default;
}
