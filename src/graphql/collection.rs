//! What a collection declares of itself, once, for planning, fetching and checking alike.

use async_graphql::ContainerType;

use super::filter::CollectionFilter;
use super::loader::{Identities, Loader};
use super::order::OrderInput;
use crate::domain::id::Kind;
use crate::store::entity::Entity;

/// A stored type that GraphQL shows.
pub trait Collection: Entity + ContainerType + Sized {
    /// Its name in the schema.
    const NAME: &'static str;
    /// Fields that are computed from a stored field of another name: (GraphQL field, stored field).
    const COMPUTED: &'static [(&'static str, &'static str)] = &[];
    /// Its relations.
    const RELATIONS: &'static [Relation<Self>];
    /// Its filter.
    type Filter: CollectionFilter;
    /// Its order.
    type Order: OrderInput;

    /// Where the documents of this type lie in an loader.
    fn identities(loader: &Loader) -> &Identities<Self>;
}

/// A relation to other documents.
pub enum Relation<E> {
    /// The document holds ids of others.
    Reference {
        /// The way of GraphQL fields to it: `["items", "animal"]`.
        fields: &'static [&'static str],
        /// Where the ids are stored: `items.animal`.
        stored: &'static str,
        /// The collection that they lead to; any where that is `None`.
        to: Option<Kind>,
        /// Puts the ids into the list.
        ids: fn(&E, &mut Vec<String>),
    },
    /// Others hold this document's id.
    Inverse {
        /// The GraphQL field, a connection.
        field: &'static str,
        /// The collection of the others.
        of: Kind,
        /// Where they hold the id.
        stored: &'static str,
        /// Whether a document has few of them, so that those of a whole page are read in one command.
        few: bool,
    },
    /// A sum over gifts, made for a whole page in one command.
    AnimalsGiven {
        /// The GraphQL field.
        field: &'static str,
    },
}

/// The collections that a held id can lead to.
pub fn targets(to: Option<Kind>) -> Vec<Kind> {
    to.map_or_else(|| Kind::ALL.to_vec(), |kind| vec![kind])
}
