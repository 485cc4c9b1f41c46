//! Hands an operation over to async-graphql: its document in async-graphql's own types, with variables put in.
//!
//! What is left out here needs no care behind: selections that `@skip` or `@include` leave out, arguments and input
//! fields whose variable has no value (which is not the same as null), operations that were not asked for. Fragments on a
//! union become fragments on its members, which is all that async-graphql finds inside of an object.

use std::collections::{HashMap, HashSet};

use apollo_compiler::Name as ApolloName;
use apollo_compiler::ast::{Argument, DirectiveList, Value as Literal};
use apollo_compiler::executable::{self as from, Operation};
use apollo_compiler::parser::{SourceMap, SourceSpan};
use apollo_compiler::response::{JsonMap, JsonValue};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Node, Schema};
use async_graphql::parser::types as to;
use async_graphql::{Name, Pos, Positioned};
use async_graphql_value::Value;
use serde_json::Number;

/// The argument by which a subscription goes on behind a place.
const AFTER: &str = "after";

/// The operation as async-graphql takes it. `after` takes the place of the argument of this name that the root field of a
/// subscription has.
pub fn lower(
    schema: &Schema,
    document: &from::ExecutableDocument,
    operation: &Operation,
    variables: &JsonMap,
    after: Option<&str>,
) -> to::ExecutableDocument {
    let mut lowering = Lowering {
        schema,
        document,
        variables,
        sources: &document.sources,
        fragments: HashMap::new(),
        used: HashSet::new(),
        pending: Vec::new(),
        without_name: 0,
        after: after.filter(|_| operation.is_subscription()),
        root: &operation.selection_set.ty,
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
    schema: &'a Schema,
    document: &'a from::ExecutableDocument,
    variables: &'a JsonMap,
    sources: &'a SourceMap,
    fragments: HashMap<Name, Positioned<to::FragmentDefinition>>,
    used: HashSet<&'a ApolloName>,
    /// Fragments that are used and not yet handed over.
    pending: Vec<&'a ApolloName>,
    /// How many fragments on unions have been given a name.
    without_name: usize,
    after: Option<&'a str>,
    /// The type of the root fields.
    root: &'a ApolloName,
}

impl<'a> Lowering<'a> {
    fn set(&mut self, set: &'a from::SelectionSet) -> Positioned<to::SelectionSet> {
        let mut items = Vec::with_capacity(set.selections.len());
        for selection in &set.selections {
            if !self.stands(selection.directives()) {
                continue;
            }
            match selection {
                from::Selection::Field(field) => {
                    let mut lowered = self.field(field);
                    if set.ty == *self.root && field.definition.argument_by_name(AFTER).is_some() {
                        self.go_on(&mut lowered.node);
                    }
                    items.push(nowhere(to::Selection::Field(lowered)));
                }
                from::Selection::InlineFragment(fragment) => {
                    let selection_set = self.set(&fragment.selection_set);
                    match &fragment.type_condition {
                        Some(on) if self.members(on).is_some() => {
                            self.without_name += 1;
                            // With a name each body is there once for each member, however such fragments are nested.
                            let name = format!("{} ", self.without_name);
                            self.keep(&name, on, &selection_set);
                            items.extend(self.spreads(&name, on));
                        }
                        on => items.push(nowhere(to::Selection::InlineFragment(nowhere(to::InlineFragment {
                            type_condition: on.as_ref().map(condition),
                            directives: Vec::new(),
                            selection_set,
                        })))),
                    }
                }
                from::Selection::FragmentSpread(spread) => {
                    let name = &spread.fragment_name;
                    if self.used.insert(name) {
                        self.pending.push(name);
                    }
                    if let Some(fragment) = self.document.fragments.get(name) {
                        items.extend(self.spreads(name, &fragment.selection_set.ty));
                    }
                }
            }
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
        let Some(fragment) = self.document.fragments.get(used) else {
            return;
        };
        let selection_set = self.set(&fragment.selection_set);
        self.keep(used, &fragment.selection_set.ty, &selection_set);
    }

    /// The types that a union stands for; `None` for a type that is no union.
    fn members(&self, on: &ApolloName) -> Option<Vec<ApolloName>> {
        match self.schema.types.get(on) {
            Some(ExtendedType::Union(union)) => Some(union.members.iter().map(|member| member.name.clone()).collect()),
            _ => None,
        }
    }

    /// A fragment as it is handed over: under its name or, on a union, on each member under a name that no document
    /// can use.
    fn handed_over(&self, fragment: &str, on: &ApolloName) -> Vec<(Name, ApolloName)> {
        match self.members(on) {
            Some(members) => members
                .into_iter()
                .map(|member| (Name::new(format!("{fragment} {member}")), member))
                .collect(),
            None => vec![(Name::new(fragment), on.clone())],
        }
    }

    fn keep(&mut self, fragment: &str, on: &ApolloName, set: &Positioned<to::SelectionSet>) {
        for (name, on) in self.handed_over(fragment, on) {
            let definition = to::FragmentDefinition {
                type_condition: condition(&on),
                directives: Vec::new(),
                selection_set: set.clone(),
            };
            self.fragments.insert(name, nowhere(definition));
        }
    }

    fn spreads(&self, fragment: &str, on: &ApolloName) -> Vec<Positioned<to::Selection>> {
        let spread = |(name, _)| {
            nowhere(to::Selection::FragmentSpread(nowhere(to::FragmentSpread {
                fragment_name: nowhere(name),
                directives: Vec::new(),
            })))
        };
        self.handed_over(fragment, on).into_iter().map(spread).collect()
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

    fn go_on(&self, field: &mut to::Field) {
        if let Some(after) = self.after {
            field.arguments.retain(|(name, _)| name.node != AFTER);
            let value = Value::String(after.to_owned());
            field.arguments.push((nowhere(Name::new(AFTER)), nowhere(value)));
        }
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
