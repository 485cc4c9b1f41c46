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

use async_graphql::{
    EmptyMutation, EmptySubscription, Request, Response, SDLExportOptions, ServerError, ValidationMode,
};

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

/// Runs one request against the store and the search index. Every error in the response carries `extensions.code`.
pub async fn execute(schema: &Schema, store: Store, search: Search, request: Request) -> Response {
    let mut response = schema.execute(request.data(Arena::new(store)).data(search)).await;
    for error in &mut response.errors {
        give_code(error);
    }
    response
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
