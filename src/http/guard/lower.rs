//! Hands an operation over to async-graphql: its document in async-graphql's own types, with variables put in.
//!
//! What is left out here needs no care behind: selections that `@skip` or `@include` leave out, arguments and input
//! fields whose variable has no value (which is not the same as null), operations that were not asked for.

use std::collections::HashMap;

use apollo_compiler::Name as ApolloName;
use apollo_compiler::Node;
use apollo_compiler::ast::{Argument, DirectiveList, Value as Literal};
use apollo_compiler::executable::{self as from, Operation};
use apollo_compiler::parser::{SourceMap, SourceSpan};
use apollo_compiler::response::{JsonMap, JsonValue};
use async_graphql::parser::types as to;
use async_graphql::{Name, Pos, Positioned};
use async_graphql_value::Value;
use serde_json::Number;

/// The operation as async-graphql takes it.
pub fn lower(
    document: &from::ExecutableDocument,
    operation: &Operation,
    variables: &JsonMap,
) -> to::ExecutableDocument {
    let mut lowering = Lowering {
        document,
        variables,
        sources: &document.sources,
        fragments: HashMap::new(),
        pending: Vec::new(),
    };
    let selection_set = lowering.set(&operation.selection_set);
    while let Some(name) = lowering.pending.pop() {
        lowering.fragment(name);
    }
    let ty = match operation.operation_type {
        apollo_compiler::ast::OperationType::Query => to::OperationType::Query,
        apollo_compiler::ast::OperationType::Mutation => to::OperationType::Mutation,
        apollo_compiler::ast::OperationType::Subscription => to::OperationType::Subscription,
    };
    let definition = to::OperationDefinition {
        ty,
        variable_definitions: Vec::new(),
        directives: Vec::new(),
        selection_set,
    };
    to::ExecutableDocument {
        operations: to::DocumentOperations::Single(nowhere(definition)),
        fragments: lowering.fragments,
    }
}

struct Lowering<'a> {
    document: &'a from::ExecutableDocument,
    variables: &'a JsonMap,
    sources: &'a SourceMap,
    fragments: HashMap<Name, Positioned<to::FragmentDefinition>>,
    /// Fragments that are used and not yet handed over.
    pending: Vec<&'a ApolloName>,
}

impl<'a> Lowering<'a> {
    fn set(&mut self, set: &'a from::SelectionSet) -> Positioned<to::SelectionSet> {
        let mut items = Vec::with_capacity(set.selections.len());
        for selection in &set.selections {
            if !self.stands(selection.directives()) {
                continue;
            }
            let lowered = match selection {
                from::Selection::Field(field) => to::Selection::Field(self.field(field)),
                from::Selection::InlineFragment(fragment) => {
                    to::Selection::InlineFragment(nowhere(to::InlineFragment {
                        type_condition: fragment.type_condition.as_ref().map(condition),
                        directives: Vec::new(),
                        selection_set: self.set(&fragment.selection_set),
                    }))
                }
                from::Selection::FragmentSpread(spread) => {
                    self.pending.push(&spread.fragment_name);
                    to::Selection::FragmentSpread(nowhere(to::FragmentSpread {
                        fragment_name: name(&spread.fragment_name),
                        directives: Vec::new(),
                    }))
                }
            };
            items.push(nowhere(lowered));
        }
        if items.is_empty() && !set.selections.is_empty() {
            // async-graphql takes a selection of which nothing is left for none at all.
            items.push(nowhere(to::Selection::InlineFragment(nowhere(to::InlineFragment {
                type_condition: None,
                directives: Vec::new(),
                selection_set: nowhere(to::SelectionSet { items: Vec::new() }),
            }))));
        }
        nowhere(to::SelectionSet { items })
    }

    fn fragment(&mut self, used: &'a ApolloName) {
        if self.fragments.contains_key(used.as_str()) {
            return;
        }
        let Some(fragment) = self.document.fragments.get(used) else {
            return;
        };
        let selection_set = self.set(&fragment.selection_set);
        let definition = to::FragmentDefinition {
            type_condition: condition(&fragment.selection_set.ty),
            directives: Vec::new(),
            selection_set,
        };
        self.fragments.insert(Name::new(used.as_str()), nowhere(definition));
    }

    fn field(&mut self, field: &'a Node<from::Field>) -> Positioned<to::Field> {
        // Errors tell where their field stands; nothing else is looked for in the document's text.
        let position = self.position(field.location());
        let lowered = to::Field {
            alias: field.alias.as_ref().map(name),
            name: name(&field.name),
            arguments: self.arguments(&field.arguments),
            directives: Vec::new(),
            selection_set: self.set(&field.selection_set),
        };
        Positioned::new(lowered, position)
    }

    fn arguments(&self, arguments: &[Node<Argument>]) -> Vec<(Positioned<Name>, Positioned<Value>)> {
        let given = |argument: &Node<Argument>| Some((name(&argument.name), nowhere(self.value(&argument.value)?)));
        arguments.iter().filter_map(given).collect()
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

    /// Whether `@skip` and `@include` let a selection stand.
    fn stands(&self, directives: &DirectiveList) -> bool {
        let says = |name: &str, flag: bool| {
            let directive = directives.get(name);
            let condition = directive.and_then(|directive| directive.specified_argument_by_name("if"));
            condition.and_then(|value| self.value(value)) == Some(Value::Boolean(flag))
        };
        !says("skip", true) && !says("include", false)
    }

    fn position(&self, span: Option<SourceSpan>) -> Pos {
        let place = span.and_then(|span| span.line_column(self.sources));
        place.map_or_else(Pos::default, |place| Pos {
            line: place.line,
            column: place.column,
        })
    }
}

/// A part of the document whose place in the text nobody asks for.
fn nowhere<T>(node: T) -> Positioned<T> {
    Positioned::new(node, Pos::default())
}

fn name(name: &ApolloName) -> Positioned<Name> {
    nowhere(Name::new(name.as_str()))
}

fn condition(name: &ApolloName) -> Positioned<to::TypeCondition> {
    nowhere(to::TypeCondition { on: self::name(name) })
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

fn of_json(json: &JsonValue) -> Value {
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
