//! Corrects async-graphql's introspection: a selection set that is left empty must answer `{}`, not null, and an
//! interface that implements none has `interfaces: []` (GraphQL of September 2025, 4.2.2).
//!
//! Before execution such selections get marker fields, under keys that no document can have; afterwards they are
//! removed.

use async_graphql::parser::types::{DocumentOperations, Field, Selection, SelectionSet};
use async_graphql::{Name, Pos, Positioned, Request, Value};

/// The key of the marker in an empty selection set.
const NOTHING: &str = "nothing selected";
/// With a response key appended: the key of the `kind` of the type whose `interfaces` are under that response key.
const KIND_OF: &str = "kind of ";

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
                mark(&mut field.node.selection_set.node);
            }
        }
    }
    request.set_parsed_query(document);
}

fn introspected(selection: &Selection) -> Option<&Field> {
    match selection {
        Selection::Field(field) if matches!(field.node.name.node.as_str(), "__schema" | "__type") => Some(&field.node),
        _ => None,
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
            fields.values_mut().for_each(finish);
        }
        _ => {}
    }
}
