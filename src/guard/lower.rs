//! Converts the normal form of an operation to async-graphql's types, with variables substituted.
//!
//! Arguments and input fields whose variable has no value (which differs from null) are left out. Sets on objects have
//! only fields, each response key once; sets on an interface or a union have one fragment for each object type with a
//! selection.

use std::collections::HashMap;

use apollo_compiler::ast::{OperationType, Value as Literal};
use apollo_compiler::response::{JsonMap, JsonValue};
use async_graphql::parser::types as to;
use async_graphql::{Name, Pos, Positioned};
use async_graphql_value::Value;
use serde_json::Number;

use super::normal::{Field, NormalForm, Selection};

/// The argument with the cursor after which a subscription resumes.
pub const AFTER: &str = "after";

/// The operation in async-graphql's types.
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

/// Makes the root fields resume after this cursor, whatever their argument `after` is.
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
            // async-graphql takes an empty selection set for no selection set.
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
        // Positions are only used for the locations of errors.
        Positioned::new(lowered, field.position)
    }

    /// The value; `None` for a variable without a value.
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

/// A node whose position is never used.
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
/// A number as it is written. One too large for any number type becomes a string, from which an ID can be parsed.
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

/// Converts a JSON value.
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
