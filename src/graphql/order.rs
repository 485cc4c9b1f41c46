//! Orders as inputs: for each collection an enum of fields and an input, made by one macro.

use async_graphql::{Enum, InputType};

use crate::store::cursor::OrderBy;

/// Which way to order.
#[derive(Enum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OrderDirection {
    /// Smallest, earliest, A first. Documents without a value come first.
    #[default]
    Asc,
    /// Largest, latest, Z first. Documents without a value come last.
    Desc,
}

/// The order input of one collection.
pub trait OrderInput: InputType {
    fn order_by(&self) -> OrderBy;
}

/// Declares the order of a collection: `Field = "stored.path" as KeyKind`, each with its description for the schema.
/// Every collection can also be ordered by id, creation time and time of the last change.
macro_rules! orders {
    ($input:ident, $field:ident, $noun:literal {
        $($(#[$doc:meta])* $variant:ident = $path:literal as $kind:ident),+ $(,)?
    }) => {
        #[doc = concat!("What ", $noun, " can be ordered by.")]
        #[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $field {
            /// By id.
            Id,
            $($(#[$doc])* $variant,)+
            /// By when it was entered here.
            CreatedAt,
            /// By when it was last changed here.
            UpdatedAt,
        }

        #[doc = concat!("One part of an order of ", $noun, ". Later parts decide where earlier ones tie; the id decides last.")]
        #[derive(async_graphql::InputObject, Clone, Copy, Debug)]
        pub struct $input {
            /// What to order by.
            field: $field,
            /// Which way.
            #[graphql(default)]
            direction: $crate::graphql::order::OrderDirection,
        }

        impl $crate::graphql::order::OrderInput for $input {
            fn order_by(&self) -> $crate::store::cursor::OrderBy {
                use $crate::store::cursor::KeyKind;
                let (path, kind) = match self.field {
                    $field::Id => ("_id", KeyKind::Text),
                    $($field::$variant => ($path, KeyKind::$kind),)+
                    $field::CreatedAt => ("createdAt", KeyKind::Moment),
                    $field::UpdatedAt => ("updatedAt", KeyKind::Moment),
                };
                let descending = self.direction == $crate::graphql::order::OrderDirection::Desc;
                $crate::store::cursor::OrderBy { path, kind, descending }
            }
        }
    };
}
pub(crate) use orders;
