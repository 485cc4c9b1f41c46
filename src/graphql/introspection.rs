//! Corrects async-graphql's introspection: a selection set that is left empty must answer `{}`, not null, an interface that
//! implements none has `interfaces: []` (GraphQL of September 2025, 4.2.2), and the schema's description is ours.
//!
//! Before execution such selections get marker fields, under keys that no document can have; afterwards they are
//! removed.

use std::collections::HashMap;
use std::mem::take;
use std::sync::Arc;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Context, Name, Pos, Positioned, Request, Response, ServerResult, Value};
use futures_util::future::BoxFuture;

/// What this service is, as introspection and the schema in SDL say it.
pub const DESCRIPTION: &str = "Diplomatic gifts of animals: who gave which animals to whom, when, how many, on whose word, and \
    how sure that is. Begin with `gifts`, `search` or `giftStats`; whatever has an id is found by `node`; `giftChanged` tells \
    of changes; `serviceConfig` tells the limits, and `dataset` how to cite the data.";

/// The key of the marker in an empty selection set.
const NOTHING: &str = "nothing selected";
/// With a response key appended: the key of the `kind` of the type whose `interfaces` are under that response key.
const KIND_OF: &str = "kind of ";
/// With a response key appended: the key of the schema's description that is wanted under that response key.
const WORDS_OF: &str = "words of ";

/// Executes introspection, in the data of a request that may ask for it below its root.
pub struct Introspection(pub Arc<dyn Fn(Request) -> BoxFuture<'static, Response> + Send + Sync>);

/// Whether this is a field of introspection on the root of queries.
pub fn is_introspection(field: &Field) -> bool {
    matches!(field.name.node.as_str(), "__schema" | "__type")
}

/// Executes a field of introspection that does not stand at the root of an operation, as an operation of its own.
pub async fn nested(ctx: &Context<'_>) -> ServerResult<Value> {
    let introspection = ctx.data::<Introspection>();
    let introspection = introspection.map_err(|error| error.into_server_error(ctx.item.pos))?;
    let item = Positioned::new(Selection::Field(ctx.item.clone()), ctx.item.pos);
    let operation = OperationDefinition {
        ty: OperationType::Query,
        variable_definitions: Vec::new(),
        directives: Vec::new(),
        selection_set: Positioned::new(SelectionSet { items: vec![item] }, ctx.item.pos),
    };
    let mut request = Request::new("");
    request.set_parsed_query(ExecutableDocument {
        operations: DocumentOperations::Single(Positioned::new(operation, ctx.item.pos)),
        fragments: HashMap::new(),
    });
    prepare(&mut request);
    let Value::Object(mut fields) = introspection.0(request).await.data else {
        return Ok(Value::Null);
    };
    fields.values_mut().for_each(finish);
    Ok(fields.pop().map(|(_, value)| value).unwrap_or_default())
}

/// Adds the markers to introspection fields.
pub fn prepare(request: &mut Request) {
    let is_asked_for = |set: &SelectionSet| set.items.iter().any(|item| introspected(&item.node).is_some());
    let Ok(document) = request.parsed_query() else { return };
    if !document
        .operations
        .iter()
        .any(|(_, operation)| is_asked_for(&operation.node.selection_set.node))
    {
        return;
    }
    let mut document = document.clone();
    if let DocumentOperations::Single(operation) = &mut document.operations {
        for item in &mut operation.node.selection_set.node.items {
            if introspected(&item.node).is_some()
                && let Selection::Field(field) = &mut item.node
            {
                if field.node.name.node == "__schema" {
                    describe(&mut field.node.selection_set.node);
                }
                mark(&mut field.node.selection_set.node);
            }
        }
    }
    request.set_parsed_query(document);
}

fn introspected(selection: &Selection) -> Option<&Field> {
    match selection {
        Selection::Field(field) if is_introspection(&field.node) => Some(&field.node),
        _ => None,
    }
}

/// Marks the descriptions of the schema, whose words async-graphql has of its own.
fn describe(schema: &mut SelectionSet) {
    for item in &mut schema.items {
        if let Selection::Field(field) = &mut item.node
            && field.node.name.node == "description"
        {
            let key = format!("{WORDS_OF}{}", field.node.response_key().node);
            field.node.alias = Some(Positioned::new(Name::new(key), Pos::default()));
        }
    }
}

fn mark(set: &mut SelectionSet) {
    let mut kinds = Vec::new();
    for item in &mut set.items {
        match &mut item.node {
            Selection::Field(field) => {
                if field.node.name.node == "interfaces" {
                    let key = format!("{KIND_OF}{}", field.node.response_key().node);
                    kinds.push(leaf(&key, "kind"));
                }
                // A leaf field has no selection set at all.
                mark(&mut field.node.selection_set.node);
            }
            // The normal form keeps a fragment here only in an otherwise empty selection set.
            Selection::InlineFragment(_) | Selection::FragmentSpread(_) => *item = leaf(NOTHING, "__typename"),
        }
    }
    set.items.extend(kinds);
}

fn leaf(alias: &str, name: &str) -> Positioned<Selection> {
    let nowhere = |name| Positioned::new(Name::new(name), Pos::default());
    let field = Field {
        alias: Some(nowhere(alias)),
        name: nowhere(name),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: Positioned::new(SelectionSet { items: Vec::new() }, Pos::default()),
    };
    Positioned::new(Selection::Field(Positioned::new(field, Pos::default())), Pos::default())
}

/// Corrects the data and removes the markers. Finished JSON never is introspection.
pub fn finish(value: &mut Value) {
    match value {
        Value::List(items) => items.iter_mut().for_each(finish),
        Value::Object(fields) => {
            let interfaces: Vec<(Name, Value)> = fields
                .iter()
                .filter_map(|(key, kind)| Some((Name::new(key.strip_prefix(KIND_OF)?), kind.clone())))
                .collect();
            for (key, kind) in interfaces {
                let is_interface = matches!(&kind, Value::Enum(kind) if kind == "INTERFACE");
                if let Some(value @ Value::Null) = fields.get_mut(&key).filter(|_| is_interface) {
                    *value = Value::List(Vec::new());
                }
            }
            fields.retain(|key, _| key != NOTHING && !key.starts_with(KIND_OF));
            if fields.keys().any(|key| key.starts_with(WORDS_OF)) {
                *fields = take(fields).into_iter().map(described).collect::<IndexMap<_, _>>();
            }
            fields.values_mut().for_each(finish);
        }
        _ => {}
    }
}

/// A field of the schema, with our words where it is the description.
fn described((key, value): (Name, Value)) -> (Name, Value) {
    match key.strip_prefix(WORDS_OF) {
        Some(wanted) => (Name::new(wanted), DESCRIPTION.into()),
        None => (key, value),
    }
}
