//! The schema and its execution: types, filters, orders, connections, and the plan that reads before it resolves.
//!
//! Speaks to the store and the search index only; knows neither BSON nor HTTP. Entry points: [`schema`], [`sdl`], [`execute`],
//! [`subscribe`].

pub mod arena;
pub mod change;
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
pub mod subscription;
pub mod timeline;
pub mod values;
pub mod viewer;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, Field, Selection, SelectionSet};
use async_graphql::{
    EmptyMutation, Name, Positioned, Request, Response, SDLExportOptions, ServerError, ValidationMode, Value,
};

use futures_util::stream::{Stream, StreamExt};

use crate::live::Live;
use crate::search::Search;
use crate::store::Store;
use arena::Arena;
use collections::Query;
use limits::Limits;
use subscription::{Cursor, Subscription};

/// The schema of this API.
pub type Schema = async_graphql::Schema<Query, EmptyMutation, Subscription>;

/// Builds the schema. It holds no connection: [`execute`] brings the store and the search index along.
pub fn schema(limits: Limits) -> Schema {
    async_graphql::Schema::build(Query::default(), EmptyMutation, Subscription)
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

/// Runs one request against the store, what is kept of it, and the search index. Every error in the response carries
/// `extensions.code`.
pub async fn execute(schema: &Schema, store: Store, live: Live, search: Search, mut request: Request) -> Response {
    let keys = request.parsed_query().map(root_keys).unwrap_or_default();
    let arena = Arena::new(store, live.clone());
    let mut response = schema.execute(request.data(arena).data(live).data(search)).await;
    response.data = in_order(response.data, &keys);
    for error in &mut response.errors {
        give_code(error);
    }
    response
}

/// What a subscriber is told.
#[derive(Debug)]
pub struct Told {
    /// Where to go on after this. None where the subscription has ended with this.
    pub cursor: Option<String>,
    /// A change; where the subscription has ended, the error that ended it. Every error carries `extensions.code`.
    pub response: Response,
}

/// Runs one subscription, until it is dropped or ends with an error: the one thing that is told without a cursor, and
/// the last.
///
/// `store`: one without a deadline for the whole ([`Store::for_stream`]).
pub fn subscribe(
    schema: &Schema,
    store: Store,
    live: Live,
    search: Search,
    mut request: Request,
) -> impl Stream<Item = Told> + Send + use<> {
    if let Ok(document) = request.parsed_query() {
        let document = with_one_field(document.clone());
        request.set_parsed_query(document);
    }
    let cursor = Cursor::default();
    let arena = Arena::new(store, live.clone());
    let request = request.data(arena).data(live).data(search);
    let told = schema.execute_stream(request.data(cursor.clone()));
    told.map(move |mut response| {
        response.errors.iter_mut().for_each(give_code);
        Told {
            cursor: cursor.take(),
            response,
        }
    })
}

/// The document with its root field by itself: async-graphql finds none in fragments, and takes one that is written
/// twice for two.
fn with_one_field(mut document: ExecutableDocument) -> ExecutableDocument {
    fn collect(document: &ExecutableDocument, set: &SelectionSet, one: &mut Option<Positioned<Field>>) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => match one {
                    Some(one) => {
                        let more = field.node.selection_set.node.items.iter().cloned();
                        one.node.selection_set.node.items.extend(more);
                    }
                    None => *one = Some(field.clone()),
                },
                Selection::InlineFragment(fragment) => collect(document, &fragment.node.selection_set.node, one),
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                        collect(document, &fragment.node.selection_set.node, one);
                    }
                }
            }
        }
    }
    let mut one = None;
    for (_, operation) in document.operations.iter() {
        collect(&document, &operation.node.selection_set.node, &mut one);
    }
    if let (Some(field), DocumentOperations::Single(operation)) = (one, &mut document.operations) {
        let pos = field.pos;
        operation.node.selection_set.node.items = vec![Positioned::new(Selection::Field(field), pos)];
    }
    document
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
