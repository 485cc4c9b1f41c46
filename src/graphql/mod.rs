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
pub mod history;
pub mod limits;
pub mod list;
pub mod mutation;
pub mod one;
pub mod order;
pub mod scalars;
pub mod search;
pub mod selection;
pub mod stats;
pub mod subscription;
pub mod timeline;
pub mod values;
pub mod viewer;
pub mod written;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, Field, Selection, SelectionSet};
use async_graphql::{Name, Pos, Positioned, Request, Response, SDLExportOptions, ServerError, ValidationMode, Value};
use futures_util::stream::{self, Stream, StreamExt};

use crate::live::Live;
use crate::search::Search;
use crate::store::Store;
use arena::Arena;
use collections::{Query, root_is_nullable};
use error::{ApiError, to_graphql};
use limits::Limits;
use mutation::Mutation;
use subscription::{Cursor, Subscription};

/// The schema of this API.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// Builds the schema. It holds no connection: [`execute`] brings the store and the search index along.
pub fn schema(limits: Limits) -> Schema {
    async_graphql::Schema::build(Query::default(), Mutation::default(), Subscription)
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
/// `extensions.code`; its data are for [`written::write`].
pub async fn execute(schema: &Schema, store: Store, live: Live, search: Search, mut request: Request) -> Response {
    let keys = request.parsed_query().map(root_keys).unwrap_or_default();
    let mut response = schema.execute(request.data(Arena::new(store, live)).data(search)).await;
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
    let document = request.parsed_query().ok().and_then(with_one_field);
    let Some(document) = document else {
        let nothing = ApiError::BadUserInput("no field is subscribed to; accepted is one".into());
        let response = Response::from_errors(vec![to_graphql(nothing).into_server_error(Pos::default())]);
        return stream::iter([Told { cursor: None, response }]).left_stream();
    };
    request.set_parsed_query(document);
    let cursor = Cursor::default();
    let request = request.data(Arena::new(store, live)).data(search);
    let told = schema.execute_stream(request.data(cursor.clone()));
    let told = told.map(move |mut response| {
        response.errors.iter_mut().for_each(give_code);
        Told {
            cursor: cursor.take(),
            response,
        }
    });
    told.right_stream()
}

/// The document with its root field by itself, if it has one: async-graphql finds none in fragments, and takes one that
/// is written twice for two.
fn with_one_field(document: &ExecutableDocument) -> Option<ExecutableDocument> {
    let mut fields = root_fields(document).into_iter();
    let mut one = fields.next()?.clone();
    for more in fields {
        let items = more.node.selection_set.node.items.iter().cloned();
        one.node.selection_set.node.items.extend(items);
    }
    let mut document = document.clone();
    let DocumentOperations::Single(operation) = &mut document.operations else {
        return None;
    };
    let pos = one.pos;
    operation.node.selection_set.node.items = vec![Positioned::new(Selection::Field(one), pos)];
    Some(document)
}

/// The root fields, in the order in which the specification collects them (6.3.2, CollectFields).
fn root_fields(document: &ExecutableDocument) -> Vec<&Positioned<Field>> {
    fn collect<'a>(document: &'a ExecutableDocument, set: &'a SelectionSet, fields: &mut Vec<&'a Positioned<Field>>) {
        for selection in &set.items {
            let below = match &selection.node {
                Selection::Field(field) => {
                    fields.push(field);
                    None
                }
                Selection::InlineFragment(fragment) => Some(&fragment.node.selection_set),
                Selection::FragmentSpread(spread) => {
                    let fragment = document.fragments.get(&spread.node.fragment_name.node);
                    fragment.map(|fragment| &fragment.node.selection_set)
                }
            };
            below.into_iter().for_each(|set| collect(document, &set.node, fields));
        }
    }
    let mut fields = Vec::new();
    // The guard hands over just the operation that is asked for.
    for (_, operation) in document.operations.iter() {
        collect(document, &operation.node.selection_set.node, &mut fields);
    }
    fields
}

/// The root fields as the answer shows them: each response key, and whether null may stand there.
fn root_keys(document: &ExecutableDocument) -> Vec<(Name, bool)> {
    let fields = root_fields(document).into_iter();
    let shown = |field: &Positioned<Field>| {
        let nullable = root_is_nullable(&field.node.name.node);
        (field.node.response_key().node.clone(), nullable)
    };
    fields.map(shown).collect()
}

/// The same data with these root fields in their order, for async-graphql puts them down in the order in which they end and
/// leaves out those that failed. Where one failed that may not be null, there is no data (6.4.4).
fn in_order(data: Value, keys: &[(Name, bool)]) -> Value {
    let mut fields = match data {
        Value::Object(fields) => fields,
        Value::Null if !keys.is_empty() => IndexMap::new(),
        other => return other,
    };
    let mut ordered: IndexMap<Name, Value> = IndexMap::with_capacity(keys.len());
    for (key, nullable) in keys {
        match fields.swap_remove_entry(key) {
            Some((key, value)) => {
                ordered.insert(key, value);
            }
            // Written twice.
            None if ordered.contains_key(key) => {}
            None if *nullable => {
                ordered.insert(key.clone(), Value::Null);
            }
            None => return Value::Null,
        }
    }
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
