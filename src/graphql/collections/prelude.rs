//! Everything that the file of a collection needs: `use super::prelude::*`.

pub use async_graphql::{ID, SimpleObject};
pub use serde::Deserialize;

pub(crate) use super::declare::{document, mutations, queries};
pub use crate::domain::id::Kind;
pub use crate::domain::vocabulary::*;
pub(super) use crate::graphql::cost::{DOCUMENT, PAGE, WIDE_TEXT, cost};
pub use crate::graphql::eager;
pub use crate::graphql::filter::*;
pub(crate) use crate::graphql::filter::{filter, text_filter, wide_text_filter};
pub use crate::graphql::loader::reference::{MaybeRef, Ref, Refs};
pub use crate::graphql::mutation::inputs::*;
pub(crate) use crate::graphql::order::orders;
pub(crate) use crate::graphql::relation::holds;
pub use crate::graphql::row_id::RowId;
pub use crate::graphql::values::*;
pub use crate::store::bson_types::Timestamp;
