//! The collections, one file each, always in the same order: document, parts, filter, order, queries, mutations.
//!
//! A new one is a line in `documents!`, and one in `domain/collections.rs`.

mod declare;
mod prelude;

use std::sync::Arc;

use async_graphql::{ID, Interface, Union};

use super::any_of::{AnyOf, members};
use super::loader::prefetch::{AnyCollection, Of};
use super::loader::reference::Target;
use super::loader::{AnyDocument, Loader};
use crate::domain::id::Kind;

/// Passes the list of collections, each with its file, to another macro.
macro_rules! documents {
    ($then:ident) => {
        $then! {
            Gift: gift;
            Nation: nation;
            Animal: animal;
            Event: event;
            Claim: claim;
            Source: source;
        }
    };
}
pub(crate) use documents;

/// Declares the modules of all collections, [`Node`], [`Entities`], and `with_kind`, which maps a kind to its type.
macro_rules! declare_all {
    ($($kind:ident: $module:ident;)+) => { declare_all! { ($) $($kind: $module;)+ } };
    // `$d` is a literal dollar sign, for the inner macro.
    (($d:tt) $($kind:ident: $module:ident;)+) => {
        $(pub mod $module;)+

        /// Evaluates an expression with `E` as the type of this kind.
        macro_rules! with_kind {
            ($d kind:expr, $d entity:ident => $d body:expr) => {
                match $d kind {
                    $($crate::domain::id::Kind::$kind => {
                        type $d entity = $crate::graphql::collections::$module::$kind;
                        $d body
                    })+
                }
            };
        }
        pub(crate) use with_kind;

        /// Anything that has an id of its own and can be asked for by it.
        #[derive(Interface, Clone)]
        #[graphql(field(name = "id", ty = "&ID", desc = "The id, unique over all kinds."))]
        pub enum Node {
            $(#[doc = stringify!($kind)] $kind(Arc<$module::$kind>)),+
        }

        members! { Node: $($kind),+ }

        /// Any document that other subgraphs can refer to.
        #[derive(Union, Clone)]
        #[graphql(name = "_Entity")]
        pub enum Entities {
            $(#[doc = stringify!($kind)] $kind(Arc<$module::$kind>)),+
        }

        members! { Entities: $($kind),+ }

        impl AnyDocument for Entities {
            fn from_loader(loader: &Loader, id: &str) -> Option<Self> {
                Node::from_loader(loader, id).map(|node| match node {
                    $(Node::$kind(document) => Self::$kind(document)),+
                })
            }
        }

        impl AnyDocument for Node {
            fn from_loader(loader: &Loader, id: &str) -> Option<Self> {
                match Kind::of(id).ok()? {
                    $(Kind::$kind => loader.of::<$module::$kind>().get(id).map(Self::$kind)),+
                }
            }
        }
    };
}
documents! { declare_all }

impl Target for Node {
    const KIND: Option<Kind> = None;
    type Shown = AnyOf<Self>;

    fn get(loader: &Loader, id: &str) -> Option<AnyOf<Self>> {
        Self::from_loader(loader, id).map(AnyOf)
    }
}

/// The collection of a kind, without its type.
pub fn of(kind: Kind) -> &'static dyn AnyCollection {
    with_kind!(kind, E => &Of::<E>::IT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::collection::Collection;
    use crate::graphql::relation::Relation;
    use crate::store::references::references;

    #[test]
    fn the_relations_are_the_references_that_the_collections_declare() {
        fn held<E: Collection>() -> Vec<(Kind, String, Option<Kind>)> {
            let held = E::relations().iter().filter_map(|relation| match relation {
                Relation::Reference { fields, to, .. } => Some((E::KIND, fields.join("."), *to)),
                _ => None,
            });
            held.collect()
        }
        let mut held: Vec<_> = Kind::ALL
            .iter()
            .flat_map(|kind| with_kind!(*kind, E => held::<E>()))
            .collect();
        let declared = references().iter();
        let mut declared: Vec<_> = declared.map(|it| (it.from, it.path.to_owned(), it.to)).collect();
        held.sort_unstable();
        declared.sort_unstable();
        assert_eq!(held, declared);
    }
}
