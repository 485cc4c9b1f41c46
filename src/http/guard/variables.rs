//! A request's variables: measured as they came, before anything is made of them; then read and coerced.

use std::collections::HashMap;

use apollo_compiler::ast::{DirectiveList, InputValueDefinition, OperationType, VariableDefinition};
use apollo_compiler::executable::{Operation, SelectionSet};
use apollo_compiler::parser::SourceMap;
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use apollo_compiler::{Node, Schema, name};
use async_graphql::Value;

use super::Guard;
use super::conditions::{Conditions, Counter, Given};
use super::cost::price;
use super::lower::of_json;
use super::refusal::Refusal;
use crate::graphql::limits::{Limit, Limits};

/// The variables of a request, as JSON.
#[derive(Clone, Debug, Default)]
pub struct Variables(JsonMap);

impl Variables {
    /// Reads the text of a JSON object, or of null.
    ///
    /// # Errors
    /// Where it is longer or deeper than it may be, or something else.
    pub fn read(text: &str, limits: &Limits) -> Result<Self, Refusal> {
        limits.check(Limit::VariablesBytes, text.len() as u64)?;
        limits.check(Limit::VariablesNesting, nesting(text))?;
        match serde_json::from_str::<Option<JsonMap>>(text) {
            Ok(values) => Ok(Self(values.unwrap_or_default())),
            Err(error) => Err(Refusal::input(format!(
                "`variables` cannot be read: {error}; accepted is a JSON object by variable name"
            ))),
        }
    }

    /// The values of an operation's variables, defaults put in.
    pub(super) fn coerce(
        &self,
        schema: &Valid<Schema>,
        operation: &Operation,
        sources: &SourceMap,
    ) -> Result<Valid<JsonMap>, Refusal> {
        coerce_variable_values(schema, operation, &self.0).map_err(|error| {
            let told = error.message().to_string();
            Refusal::input(format!("`variables`: {told}")).at(error.location(), sources)
        })
    }
}

/// The arguments of a field.
pub struct Arguments {
    /// By their names.
    pub values: HashMap<String, Value>,
    /// What the conditions in a filter among them cost, in points.
    pub cost: u64,
}

impl Guard {
    /// The arguments of a root field, given as variables of their names: read as variables of the arguments' types are.
    ///
    /// # Errors
    /// Where a value is none of its type, and where a filter has more conditions than it may.
    pub fn arguments(&self, field: &str, given: &Variables) -> Result<Arguments, Refusal> {
        let query = self.schema.schema_definition.query.as_ref();
        let field = query.and_then(|query| self.schema.type_field(&query.name, field).ok());
        let known = field.map(|field| &field.arguments[..]).unwrap_or_default();
        let mut read = HashMap::new();
        let mut conditions = Conditions::default();
        for argument in known.iter().filter(|known| given.0.contains_key(known.name.as_str())) {
            let (name, ty) = (argument.name.as_str(), &argument.ty);
            let values = coerce_variable_values(&self.schema, &declaring(argument), &given.0).map_err(|error| {
                let told = error.message().to_string();
                Refusal::input(format!(
                    "`{name}`: {told}; accepted is {ty}, as the schema describes it"
                ))
            })?;
            if let Some(value) = values.get(name).filter(|_| name == "where") {
                let counter = Counter {
                    schema: &self.schema,
                    variables: &values,
                };
                conditions = conditions.and(counter.count(ty.inner_named_type(), Given::Json(value)));
            }
            // No variable stands in a variable's value.
            let value = values.get(name).and_then(|value| of_json(value).into_const());
            read.extend(value.map(|value| (name.to_owned(), value)));
        }
        self.limits().check(Limit::FilterConditions, conditions.number)?;
        Ok(Arguments {
            values: read,
            cost: price(conditions),
        })
    }
}

/// An operation that does nothing but declare a variable as an argument is declared.
fn declaring(argument: &InputValueDefinition) -> Operation {
    let variable = VariableDefinition {
        name: argument.name.clone(),
        ty: argument.ty.clone(),
        default_value: None,
        directives: DirectiveList::new(),
    };
    Operation {
        operation_type: OperationType::Query,
        name: None,
        variables: vec![Node::new(variable)],
        directives: DirectiveList::new(),
        selection_set: SelectionSet::new(name!("Query")),
    }
}

/// How deep the brackets are nested, without a recursion of its own.
fn nesting(json: &str) -> u64 {
    let (mut depth, mut deepest): (u64, u64) = (0, 0);
    let (mut in_string, mut escaped) = (false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_counted_outside_of_strings_only() {
        for (json, expected) in [
            ("1", 0),
            ("{}", 1),
            (r#"{"a": [[1], [2]], "b": {}}"#, 3),
            (r#"{"a": "[[[["}"#, 1),
            (r#"{"a": "\"[[\\", "b": [1]}"#, 2),
            ("]]]][", 1),
        ] {
            assert_eq!(nesting(json), expected, "{json}");
        }
    }
}
