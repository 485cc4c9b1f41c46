//! Hands an operation over to async-graphql: its normal form in async-graphql's own types, with variables put in.
//!
//! What is left out here needs no care behind: arguments and input fields whose variable has no value (which is not the
//! same as null). Objects have nothing but fields, each response key once; in a place of an interface or a union there
//! is one fragment for each object type that something is selected of.

use std::collections::HashMap;

use apollo_compiler::ast::{OperationType, Value as Literal};
use apollo_compiler::response::{JsonMap, JsonValue};
use async_graphql::parser::types as to;
use async_graphql::{Name, Pos, Positioned};
use async_graphql_value::Value;
use serde_json::Number;

use super::normal::{Field, NormalForm, Selection};

/// The argument by which a subscription goes on behind a place.
pub const AFTER: &str = "after";

/// The operation as async-graphql takes it.
pub fn lower(normal: &NormalForm, ty: OperationType, variables: &JsonMap) -> to::ExecutableDocument {
    let ty = match ty {
        OperationType::Query => to::OperationType::Query,
        OperationType::Mutation => to::OperationType::Mutation,
        OperationType::Subscription => to::OperationType::Subscription,
    };
    let definition = to::OperationDefinition {
        ty,
        variable_definitions: Vec::new(),
        directives: Vec::new(),
        selection_set: Lowering { variables }.set(&normal.root),
    };
    to::ExecutableDocument {
        operations: to::DocumentOperations::Single(nowhere(definition)),
        fragments: HashMap::new(),
    }
}

/// Lets the root fields go on behind this place, whatever their argument of this name says.
pub fn go_on(document: &mut to::ExecutableDocument, after: &str) {
    let to::DocumentOperations::Single(operation) = &mut document.operations else {
        return;
    };
    for selection in &mut operation.node.selection_set.node.items {
        if let to::Selection::Field(field) = &mut selection.node {
            let arguments = &mut field.node.arguments;
            arguments.retain(|(name, _)| name.node != AFTER);
            arguments.push((nowhere(Name::new(AFTER)), nowhere(Value::String(after.to_owned()))));
        }
    }
}

struct Lowering<'a> {
    variables: &'a JsonMap,
}

impl Lowering<'_> {
    fn set(&self, selection: &Selection) -> Positioned<to::SelectionSet> {
        let mut items: Vec<_> = match selection {
            Selection::Object(fields) => self.fields(fields),
            Selection::Abstract(types) => types
                .iter()
                .map(|(on, fields)| fragment(Some(on.clone()), self.fields(fields)))
                .collect(),
        };
        if items.is_empty() {
            // async-graphql takes a selection of which nothing is left for none at all.
            items.push(fragment(None, Vec::new()));
        }
        nowhere(to::SelectionSet { items })
    }

    fn fields(&self, fields: &[Field]) -> Vec<Positioned<to::Selection>> {
        fields
            .iter()
            .map(|field| nowhere(to::Selection::Field(self.field(field))))
            .collect()
    }

    fn field(&self, field: &Field) -> Positioned<to::Field> {
        let lowered = to::Field {
            alias: field.alias.clone().map(nowhere),
            name: nowhere(field.name.clone()),
            arguments: field
                .arguments
                .iter()
                .filter_map(|(name, value)| Some((nowhere(name.clone()), nowhere(self.value(value)?))))
                .collect(),
            directives: Vec::new(),
            selection_set: match &field.below {
                Some(below) => self.set(below),
                None => nowhere(to::SelectionSet { items: Vec::new() }),
            },
        };
        // Errors tell where their field stands; nothing else is looked for in the document's text.
        Positioned::new(lowered, field.position)
    }

    /// The value; `None` where it is a variable without one.
    fn value(&self, literal: &Literal) -> Option<Value> {
        Some(match literal {
            Literal::Null => Value::Null,
            Literal::Boolean(flag) => Value::Boolean(*flag),
            Literal::String(text) => Value::String(text.clone()),
            Literal::Enum(name) => Value::Enum(Name::new(name.as_str())),
            Literal::Int(number) => parsed(number.as_str()),
            Literal::Float(number) => parsed(number.as_str()),
            Literal::List(items) => Value::List(
                items
                    .iter()
                    .map(|item| self.value(item).unwrap_or(Value::Null))
                    .collect(),
            ),
            Literal::Object(fields) => Value::Object(
                fields
                    .iter()
                    .filter_map(|(name, value)| Some((Name::new(name.as_str()), self.value(value)?)))
                    .collect(),
            ),
            Literal::Variable(name) => of_json(self.variables.get(name.as_str())?),
        })
    }
}

/// A part of the document whose place in the text nobody asks for.
fn nowhere<T>(node: T) -> Positioned<T> {
    Positioned::new(node, Pos::default())
}

fn fragment(on: Option<Name>, items: Vec<Positioned<to::Selection>>) -> Positioned<to::Selection> {
    nowhere(to::Selection::InlineFragment(nowhere(to::InlineFragment {
        type_condition: on.map(|on| nowhere(to::TypeCondition { on: nowhere(on) })),
        directives: Vec::new(),
        selection_set: nowhere(to::SelectionSet { items }),
    })))
}
/// A number as it is written. One that is too large for any type becomes text, which is what an id is read as.
fn parsed(number: &str) -> Value {
    let whole = number.parse::<i64>().ok().map(Number::from);
    let real = || {
        number
            .parse::<f64>()
            .ok()
            .filter(|_| number.contains(['.', 'e', 'E']))
            .and_then(Number::from_f64)
    };
    whole
        .or_else(real)
        .map_or_else(|| Value::String(number.to_owned()), Value::Number)
}

/// A JSON value as one of a document.
pub fn of_json(json: &JsonValue) -> Value {
    match json {
        JsonValue::Null => Value::Null,
        JsonValue::Bool(flag) => Value::Boolean(*flag),
        JsonValue::Number(number) => Value::Number(number.clone()),
        JsonValue::String(text) => Value::String(text.as_str().to_owned()),
        JsonValue::Array(items) => Value::List(items.iter().map(of_json).collect()),
        JsonValue::Object(fields) => Value::Object(
            fields
                .iter()
                .map(|(name, value)| (Name::new(name.as_str()), of_json(value)))
                .collect(),
        ),
    }
}
