//! The schema and its execution: types, filters, orders, connections, and the plan that reads before it resolves.
//!
//! Speaks to the store and the search index only; knows neither BSON nor HTTP. Entry points: [`schema`], [`sdl`], [`execute`].

pub mod arena;
pub mod collection;
pub mod collections;
pub mod connection;
pub mod error;
pub mod export;
pub mod filter;
pub mod limits;
pub mod order;
pub mod scalars;
pub mod search;
pub mod selection;
pub mod stats;
pub mod timeline;
pub mod values;
pub mod viewer;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::{
    EmptyMutation, EmptySubscription, Name, Request, Response, SDLExportOptions, ServerError, ValidationMode, Value,
};

use crate::live::Live;
use crate::search::Search;
use crate::store::Store;
use arena::Arena;
use collections::Query;
use limits::Limits;

/// The schema of this API.
pub type Schema = async_graphql::Schema<Query, EmptyMutation, EmptySubscription>;

/// Builds the schema. It holds no connection: [`execute`] brings the store and the search index along.
pub fn schema(limits: Limits) -> Schema {
    async_graphql::Schema::build(Query::default(), EmptyMutation, EmptySubscription)
        // Documents come parsed and validated by the guard in `http`.
        .validation_mode(ValidationMode::Fast)
        // Deeper than anything that the guard lets pass.
        .limit_recursive_depth(1_000)
        .data(limits)
        .finish()
}

/// The schema in GraphQL's own language, as it is checked in.
pub fn sdl(schema: &Schema) -> String {
    let options = SDLExportOptions::new()
        .include_specified_by()
        .prefer_single_line_descriptions();
    let sdl = schema.sdl_with_options(options);
    // Where a type had no field, the export leaves spaces at the end of a line.
    sdl.lines()
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n")
        .trim_end()
        .to_owned()
        + "\n"
}

/// Runs one request against the store, what is kept of it, and the search index. Every error in the response carries `extensions.code`.
pub async fn execute(schema: &Schema, store: Store, live: Live, search: Search, mut request: Request) -> Response {
    let keys = request.parsed_query().map(root_keys).unwrap_or_default();
    let mut response = schema.execute(request.data(Arena::new(store, live)).data(search)).await;
    response.data = in_order(response.data, &keys);
    for error in &mut response.errors {
        give_code(error);
    }
    response
}

/// The response keys of the root fields, in the order in which the specification collects them (6.3.2, CollectFields).
fn root_keys(document: &ExecutableDocument) -> Vec<Name> {
    fn collect(document: &ExecutableDocument, set: &SelectionSet, keys: &mut Vec<Name>) {
        for selection in &set.items {
            let below = match &selection.node {
                Selection::Field(field) => {
                    keys.push(field.node.response_key().node.clone());
                    None
                }
                Selection::InlineFragment(fragment) => Some(&fragment.node.selection_set),
                Selection::FragmentSpread(spread) => {
                    let fragment = document.fragments.get(&spread.node.fragment_name.node);
                    fragment.map(|fragment| &fragment.node.selection_set)
                }
            };
            below.into_iter().for_each(|set| collect(document, &set.node, keys));
        }
    }
    let mut keys = Vec::new();
    // The guard hands over just the operation that is asked for.
    for (_, operation) in document.operations.iter() {
        collect(document, &operation.node.selection_set.node, &mut keys);
    }
    keys
}

/// The same data in the order of these keys: async-graphql puts root fields down in the order in which they end. Below
/// them nothing waits, so there all comes in order.
fn in_order(data: Value, keys: &[Name]) -> Value {
    let Value::Object(mut fields) = data else { return data };
    let mut ordered: IndexMap<Name, Value> = IndexMap::with_capacity(fields.len());
    for key in keys {
        ordered.extend(fields.swap_remove_entry(key));
    }
    ordered.extend(fields);
    Value::Object(ordered)
}

/// async-graphql's own errors come without a code. The document has been validated, so they are about a value.
fn give_code(error: &mut ServerError) {
    let has_code = error
        .extensions
        .as_ref()
        .is_some_and(|extensions| extensions.get("code").is_some());
    if !has_code {
        error.extensions.get_or_insert_default().set("code", "BAD_USER_INPUT");
    }
}
