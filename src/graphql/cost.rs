//! What fields cost, as directives beside them: clients read them in the schema, and the guard prices documents by them.
//!
//! What has no directive costs nothing beyond the point that each field costs. A test compares the directives with what
//! fields read, so that none is forgotten.

use async_graphql::TypeDirective;
use async_graphql::registry::{MetaType, Registry};

/// A document that is found by its id, or a sum over the gifts of one.
pub const DOCUMENT: i32 = 2;
/// A row of an import.
pub const ROW: i32 = 2;
/// A page of a collection: a command to the database for each parent.
pub const PAGE: i32 = 10;
/// A text that is looked for in two other collections too.
pub const WIDE_TEXT: i32 = 2 * PAGE;
/// How many documents match over all pages.
pub const COUNT: i32 = 20;
/// The schema as text.
pub const SCHEMA_TEXT: i32 = 500;
/// A sum over all gifts that match.
pub const SUMS: i32 = 50;
/// A change: what it looks at and writes.
pub const CHANGE: i32 = 100;

/// The arguments of a page that say how large it is.
pub const WINDOW: [&str; 2] = ["first", "last"];
/// The argument of what is only read from the start.
pub const FIRST: [&str; 1] = ["first"];
/// The lists of a page.
pub const ON_PAGE: [&str; 2] = ["nodes", "edges"];

/// What a field costs in points, beside the one point that each field of the answer costs. The cost of a request is
/// estimated before it runs: send `X-Menagerie-Cost: 1` and the answer tells it.
#[TypeDirective(location = "FieldDefinition", location = "InputFieldDefinition")]
pub(crate) fn cost(
    #[graphql(desc = "For the field, however long its list is; of an input, for each value that is given.")]
    weight: i32,
    #[graphql(desc = "For each item of its list.")] per_item: Option<i32>,
) {
}

/// How many items a list is taken to have: as many as an argument says, otherwise as many as a page has
/// (`serviceConfig { defaultPageSize }`). A list without this directive is taken to have 3.
#[TypeDirective(location = "FieldDefinition", name = "listSize")]
pub(crate) fn list_size(
    #[graphql(desc = "The arguments that say it: by a number, or by a list that has as many items.")]
    slicing_arguments: Option<Vec<String>>,
    #[graphql(desc = "The lists within the field that it holds for; without them, the field is the list itself.")]
    sized_fields: Option<Vec<String>>,
) {
}

/// Names in a directive.
pub fn names<const N: usize>(names: [&str; N]) -> Option<Vec<String>> {
    Some(names.map(str::to_owned).into())
}

/// Puts a price on all fields of a type: for those that async-graphql takes no directives for.
pub fn price_all(registry: &mut Registry, ty: &str, weight: i32) {
    if let Some(MetaType::Object { fields, .. }) = registry.types.get_mut(ty) {
        for field in fields.values_mut() {
            field.directive_invocations.push(cost::apply(weight, None));
        }
    }
}
