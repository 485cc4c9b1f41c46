//! A request's variables: measured as text, before they are parsed; then parsed and coerced.

use std::collections::HashMap;

use apollo_compiler::ast::{DirectiveList, InputValueDefinition, OperationType, VariableDefinition};
use apollo_compiler::executable::{Operation, SelectionSet};
use apollo_compiler::parser::SourceMap;
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use apollo_compiler::{Node, name};
use async_graphql::Value;
use serde_json::value::RawValue;

use super::Guard;
use super::coerce::{Given, coerce};
use super::conditions::{Conditions, Counter, FilterValue};
use super::cost::price;
use super::lower::of_json;
use super::rejection::Rejection;
use crate::limits::{Limit, Limits};

/// The variables of a request, as JSON.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    values: JsonMap,
    /// Their text, if a number in it may have more digits than a JSON value holds: it may be an id.
    text: Option<Box<RawValue>>,
}

impl Variables {
    /// Parses a JSON object, or null.
    ///
    /// # Errors
    /// If it is longer or deeper than allowed, or anything else.
    pub fn read(text: &str, limits: &Limits) -> Result<Self, Rejection> {
        limits.check(Limit::VariablesBytes, text.len() as u64)?;
        let Seen { deepest, most_digits } = seen(text);
        limits.check(Limit::VariablesNesting, deepest)?;
        let read = || {
            Ok(Self {
                values: serde_json::from_str::<Option<JsonMap>>(text)?.unwrap_or_default(),
                text: match most_digits >= DIGITS {
                    true => Some(serde_json::from_str(text)?),
                    false => None,
                },
            })
        };
        read().map_err(|error: serde_json::Error| {
            Rejection::input(format!(
                "`variables` cannot be read: {error}; accepted is a JSON object by variable name"
            ))
        })
    }

    fn given(&self, sign: &'static str) -> Given<'_> {
        Given {
            values: &self.values,
            text: self.text.as_deref(),
            sign,
        }
    }
}

/// The arguments of a field.
pub struct Arguments {
    pub values: HashMap<String, Value>,
    /// The cost of the conditions in a filter among them, in points.
    pub cost: u64,
}

impl Guard {
    /// The coerced values of an operation's variables, with defaults.
    pub(super) fn values(
        &self,
        operation: &Operation,
        variables: &Variables,
        sources: &SourceMap,
    ) -> Result<Valid<JsonMap>, Rejection> {
        coerce(&self.schema, operation, variables.given("$"), self.suggestions()).map_err(|wrong| {
            let refusals = wrong.into_iter().map(|(what, place)| {
                let refusal = Rejection::input(format!("`variables`: {what}"));
                refusal.at(place, sources)
            });
            Rejection::all(refusals)
        })
    }

    /// The arguments of a root field from variables of the same names, coerced to the types of the arguments.
    ///
    /// # Errors
    /// If a value is not of its type, or a filter has a null or too many conditions.
    pub fn arguments(&self, field: &str, given: &Variables) -> Result<Arguments, Rejection> {
        let query = self.schema.schema_definition.query.as_ref();
        let field = query.and_then(|query| self.schema.type_field(&query.name, field).ok());
        let known = field.map(|field| &field.arguments[..]).unwrap_or_default();
        let mut read = HashMap::new();
        let mut conditions = Conditions::default();
        for argument in known
            .iter()
            .filter(|known| given.values.contains_key(known.name.as_str()))
        {
            let (name, ty) = (argument.name.as_str(), &argument.ty);
            let values = coerce(&self.schema, &declaring(argument), given.given(""), self.suggestions());
            let values =
                values.map_err(|wrong| Rejection::all(wrong.into_iter().map(|(what, _)| Rejection::input(what))))?;
            if let Some(value) = values.get(name).filter(|_| name == "where") {
                let counter = Counter {
                    schema: &self.schema,
                    variables: &values,
                };
                let filter = FilterValue::Json(value);
                conditions = conditions.and(counter.count(ty.inner_named_type(), filter));
                if conditions.has_null
                    && let Some(why) = counter.refused_null("where", filter)
                {
                    return Err(Rejection::input(why));
                }
            }
            // A variable's value contains no variables.
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

/// An operation that only declares a variable with the type of an argument.
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

/// A number with so many digits may not be represented exactly.
const DIGITS: u64 = 16;

/// Properties of JSON text, measured before parsing.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    deepest: u64,
    /// The longest run of digits.
    most_digits: u64,
}

/// Scans JSON text without recursion.
fn seen(json: &str) -> Seen {
    let mut seen = Seen::default();
    let (mut depth, mut digits): (u64, u64) = (0, 0);
    let (mut in_string, mut escaped) = (false, false);
    for byte in json.bytes() {
        match byte {
            b'0'..=b'9' if !in_string => {
                digits += 1;
                seen.most_digits = seen.most_digits.max(digits);
                continue;
            }
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                seen.deepest = seen.deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        digits = 0;
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_and_digits_are_counted_outside_of_strings_only() {
        for (json, deepest, most_digits) in [
            ("1", 0, 1),
            ("{}", 1, 0),
            (r#"{"a": [[1], [2]], "b": {}}"#, 3, 1),
            (r#"{"a": "[[[[12345"}"#, 1, 0),
            (r#"{"a": "\"[[\\", "b": [1]}"#, 2, 1),
            (r#"{"a": "\\", "b": -123.4567}"#, 1, 4),
            ("]]]][", 1, 0),
        ] {
            assert_eq!(seen(json), Seen { deepest, most_digits }, "{json}");
        }
    }
}
