//! The schema and its execution: types, filters, orders, connections, and the plan that reads ahead of the resolvers.
//!
//! Uses the store and the search index only; knows neither BSON nor HTTP. Entry points: [`schema`], [`sdl`],
//! [`execute`], [`subscribe`].

pub mod any_of;
pub mod change;
pub mod collection;
pub mod collections;
pub mod connection;
mod cost;
mod dataset;
pub mod eager;
pub mod execution;
pub mod export;
mod federation;
pub mod filter;
pub mod history;
pub mod introspection;
pub mod loader;
pub mod mutation;
pub mod node;
pub mod order;
pub mod relation;
pub mod root;
pub mod roots;
pub mod row_id;
pub mod scalars;
pub mod search;
pub mod selection;
pub mod service_config;
pub mod stats;
pub mod subscription;
pub mod timeline;
pub mod values;

use std::any::TypeId;
use std::sync::Arc;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{ExecutableDocument, OperationType};
use async_graphql::{Error, Name, Pos, Request, Response, SDLExportOptions, ServerError, ValidationMode, Value};
use futures_util::FutureExt;
use futures_util::stream::{self, Stream, StreamExt};

use crate::api::dataset::DatasetFacts;
use crate::api::error::{ApiError, extend};
use crate::api::operation::Memo;
use crate::feed::Live;
use crate::limits::Limits;
use crate::search::Search;
use crate::store::Store;
use execution::Execution;
use federation::Subgraph;
use introspection::Introspection;
use loader::Loader;
use loader::prefetch::Collections;
use mutation::QueryFields;
use root::{QueryObject, Root};
use roots::{Mutation, Query};
use subscription::{Cursor, Priced};

/// The schema of this API; cheap to clone.
#[derive(Clone)]
pub struct Schema {
    schema: async_graphql::Schema<Root<Query>, Root<Mutation>, Priced>,
    limits: Limits,
}

/// Builds the schema over the data that come with the program. It holds no connections: [`execute`] takes the store and the
/// search index.
pub fn schema(limits: Limits) -> Schema {
    schema_of(limits, DatasetFacts::default())
}

/// The same over other data.
pub fn schema_of(limits: Limits, dataset: DatasetFacts) -> Schema {
    let roots = (Root::<Query>::default(), Root::<Mutation>::default());
    let subgraph = Subgraph::default();
    let schema = async_graphql::Schema::build(roots.0, roots.1, Priced)
        // A gateway passes them on.
        .enable_subscription_in_federation()
        // Documents come parsed and validated by the guard in `http`.
        .validation_mode(ValidationMode::Fast)
        // Deeper than anything that the guard accepts.
        .limit_recursive_depth(1_000)
        .data(limits)
        .data(dataset)
        .data(Collections(collections::of))
        .data(subgraph.clone())
        .data(QueryFields(Box::new(QueryObject::<Query>::default())))
        .finish();
    subgraph.fill(|options| schema.sdl_with_options(options));
    Schema { schema, limits }
}

/// The schema in SDL, as it is checked in.
pub fn sdl(schema: &Schema) -> String {
    let options = SDLExportOptions::new()
        .include_specified_by()
        .prefer_single_line_descriptions();
    let sdl = schema.schema.sdl_with_options(options);
    let described = format!("{:?}\nschema {{\n", introspection::DESCRIPTION);
    let sdl = sdl.replace("\nschema {\n", &format!("\n{described}"));
    // The export leaves trailing spaces for types without fields.
    sdl.lines()
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n")
        .trim_end()
        .to_owned()
        + "\n"
}

/// Executes one request. Every error in the response has `extensions.code`; write its data with [`json::write`].
pub async fn execute(schema: &Schema, store: Store, live: Live, search: Search, mut request: Request) -> Response {
    let keys = request.parsed_query().map(root_keys).unwrap_or_default();
    introspection::prepare(&mut request);
    let execution = Execution::new(schema.limits);
    let loader = Loader::new(store, live, memo_of(&request));
    let mut request = request.data(loader).data(search).data(execution.clone());
    if request.parsed_query().is_ok_and(is_mutation) {
        request = request.data(introspection_of(schema));
    }
    let mut response = schema.schema.execute(request).await;
    execution.failed(&response.errors);
    if let Some(error) = execution.too_long() {
        return without_data(error);
    }
    response.data = match response.data {
        _ if execution.data_is_null() => Value::Null,
        Value::Object(fields) => in_order(fields, &keys),
        // async-graphql has no data for an empty selection set.
        _ if keys.is_empty() => Value::Object(IndexMap::new()),
        data => data,
    };
    response.errors.iter_mut().for_each(give_code);
    response
}

/// One answer of a subscription.
#[derive(Debug)]
pub struct SubscriptionAnswer {
    /// The cursor to resume after this answer; `None` if the subscription has ended with it.
    pub cursor: Option<String>,
    /// A change, or the error that ended the subscription. Every error has `extensions.code`.
    pub response: Response,
}

/// Executes one subscription until it is dropped or ends with an error, which is its last answer and the only one
/// without a cursor.
///
/// `store`: without a total deadline ([`Store::for_stream`]).
pub fn subscribe(
    schema: &Schema,
    store: Store,
    live: Live,
    search: Search,
    mut request: Request,
) -> impl Stream<Item = SubscriptionAnswer> + Send + use<> {
    if request.parsed_query().map(root_keys).unwrap_or_default().is_empty() {
        let nothing = ApiError::BadUserInput("no field is subscribed to; accepted is one".into());
        let response = without_data(nothing);
        return stream::iter([SubscriptionAnswer { cursor: None, response }]).left_stream();
    }
    let cursor = Cursor::default();
    let execution = Execution::new(schema.limits);
    let loader = Loader::new(store, live, memo_of(&request));
    let request = request.data(loader).data(search).data(execution.clone());
    let told = schema.schema.execute_stream(request.data(cursor.clone()));
    let told = told.map(move |mut response| {
        execution.failed(&response.errors);
        if let Some(error) = execution.too_long() {
            response = without_data(error);
        }
        execution.next();
        response.errors.iter_mut().for_each(give_code);
        SubscriptionAnswer {
            cursor: cursor.take(),
            response,
        }
    });
    told.right_stream()
}

/// What is computed once of the request's operation.
fn memo_of(request: &Request) -> Memo {
    let memo = request.data.get(&TypeId::of::<Memo>());
    memo.and_then(|memo| memo.downcast_ref::<Memo>())
        .cloned()
        .unwrap_or_default()
}

/// Introspection for the payloads of mutations.
fn introspection_of(schema: &Schema) -> Introspection {
    let schema = schema.schema.clone();
    Introspection(Arc::new(move |request| {
        let schema = schema.clone();
        async move { schema.execute(request).await }.boxed()
    }))
}

fn is_mutation(document: &ExecutableDocument) -> bool {
    let mut operations = document.operations.iter();
    operations.any(|(_, operation)| operation.node.ty == OperationType::Mutation)
}

/// A response with this error and no data.
fn without_data(error: ApiError) -> Response {
    let mut error = Error::from(error).into_server_error(Pos::default());
    give_code(&mut error);
    Response::from_errors(vec![error])
}

/// The response keys of the root fields, in order.
fn root_keys(document: &ExecutableDocument) -> Vec<Name> {
    // The guard passes on only the operation that is executed.
    let sets = document
        .operations
        .iter()
        .map(|(_, operation)| &operation.node.selection_set.node);
    let fields = sets.flat_map(|set| selection::fields(&[set], None));
    fields
        .map(|field| field.alias.as_ref().unwrap_or(&field.name).node.clone())
        .collect()
}

/// Puts root fields in order: async-graphql inserts them in the order in which they finish.
fn in_order(mut fields: IndexMap<Name, Value>, keys: &[Name]) -> Value {
    let ordered = keys.iter().filter_map(|key| fields.swap_remove_entry(key));
    let mut ordered: IndexMap<Name, Value> = ordered.collect();
    ordered.values_mut().for_each(introspection::finish);
    Value::Object(ordered)
}

/// Adds `extensions.code`. async-graphql's own errors have none: the document is valid, so they are about a value.
fn give_code(error: &mut ServerError) {
    let cause = error.source::<ApiError>().cloned();
    let extensions = error.extensions.get_or_insert_default();
    match cause {
        Some(cause) => extend(&cause, extensions),
        None => extensions.set("code", "BAD_USER_INPUT"),
    }
}
