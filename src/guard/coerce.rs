//! Coerces the values of an operation's variables to their declared types and adds defaults (CoerceVariableValues of
//! the specification, 6.1.2).
//!
//! Numbers are accepted as by graphql-js: `1.0` is a whole number and so an Int. A number too large for JSON values is
//! still valid as an ID, digit for digit, as it is in a document. Every mistake is reported, with its path.

use std::collections::HashMap;
use std::fmt;

use apollo_compiler::ast::{Type, Value, VariableDefinition};
use apollo_compiler::executable::Operation;
use apollo_compiler::parser::SourceSpan;
use apollo_compiler::response::{JsonMap, JsonValue};
use apollo_compiler::schema::{ExtendedType, InputObjectType};
use apollo_compiler::validation::Valid;
use apollo_compiler::{Node, Schema};
use serde_json::Number;
use serde_json::value::RawValue;

use super::mistakes::shown;
use super::rejection::MOST_ERRORS;
use super::rules::{is_one_of, one_of_accepted};
use super::suggest::Suggestions;

/// The values as the client sent them.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    pub values: &'a JsonMap,
    /// Their JSON text, if it has numbers with more digits than `values` can hold.
    pub text: Option<&'a RawValue>,
    /// What precedes a variable's name in messages.
    pub sign: &'static str,
}

/// A mistake in a variable, and where the variable is declared.
pub type Wrong = (String, Option<SourceSpan>);

/// The coerced values by the names of the variables.
///
/// # Errors
/// The mistakes, up to the number that an answer reports.
pub fn coerce<'a>(
    schema: &'a Valid<Schema>,
    operation: &'a Operation,
    given: Given<'_>,
    suggestions: Option<Suggestions<'a>>,
) -> Result<Valid<JsonMap>, Vec<Wrong>> {
    let mut coercion = Coercion {
        schema,
        suggestions,
        definition: None,
        wrong: Vec::new(),
    };
    let sign = given.sign;
    let texts = given.text.and_then(fields);
    let mut values = JsonMap::new();
    for definition in &operation.variables {
        let name = definition.name.as_str();
        coercion.definition = Some(definition);
        let value = match (given.values.get(name), &definition.default_value) {
            (Some(value), _) => {
                let text = texts.as_ref().and_then(|texts| texts.get(name).copied());
                coercion.value(&definition.ty, value, text, &Place::Variable(sign, name))
            }
            (None, Some(default)) => Some(coercion.literal(&definition.ty, default)),
            (None, None) if definition.ty.is_non_null() => coercion.wrong(
                &Place::Variable(sign, name),
                format_args!("has no value; accepted is {}", definition.ty),
            ),
            (None, None) => None,
        };
        values.extend(value.map(|value| (name.into(), value)));
        if coercion.wrong.len() >= MOST_ERRORS {
            break;
        }
    }
    if coercion.wrong.is_empty() {
        // `Valid` means here that the values match the declarations of the operation, which they now do.
        return Ok(Valid::assume_valid(values));
    }
    Err(coercion.wrong)
}

/// The path of a value.
enum Place<'a> {
    Variable(&'static str, &'a str),
    Field(&'a Place<'a>, &'a str),
    Item(&'a Place<'a>, usize),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(sign, name) => write!(f, "{sign}{name}"),
            Self::Field(before, name) => write!(f, "{before}.{name}"),
            Self::Item(before, index) => write!(f, "{before}[{index}]"),
        }
    }
}

struct Coercion<'a> {
    schema: &'a Schema,
    suggestions: Option<Suggestions<'a>>,
    definition: Option<&'a Node<VariableDefinition>>,
    wrong: Vec<Wrong>,
}

impl<'a> Coercion<'a> {
    fn wrong<T>(&mut self, place: &Place<'_>, what: fmt::Arguments<'_>) -> Option<T> {
        if self.wrong.len() < MOST_ERRORS {
            let declared = self.definition.and_then(|definition| definition.location());
            self.wrong.push((format!("`{place}` {what}"), declared));
        }
        None
    }

    /// The coerced value; `None` if it does not have this type, which is recorded in `wrong`.
    fn value(&mut self, ty: &Type, value: &JsonValue, text: Option<&RawValue>, place: &Place<'_>) -> Option<JsonValue> {
        if value.is_null() {
            return match ty.is_non_null() {
                true => self.wrong(place, format_args!("is null; accepted is {ty}")),
                false => Some(JsonValue::Null),
            };
        }
        let name = match ty {
            Type::Named(name) | Type::NonNullNamed(name) => name,
            Type::List(of) | Type::NonNullList(of) => return self.list(of, value, text, place),
        };
        let schema = self.schema;
        match schema.types.get(name) {
            Some(ExtendedType::InputObject(object)) => self.object(object, value, text, place),
            Some(ExtendedType::Enum(values)) => match value.as_str() {
                Some(text) if values.values.contains_key(text) => Some(value.clone()),
                text => {
                    let instead = self.instead(text.unwrap_or_default(), name);
                    let found = shown(&value.to_string());
                    self.wrong(
                        place,
                        format_args!("is {found}; accepted is a value of {name}, as text{instead}"),
                    )
                }
            },
            _ => match scalar(name, value, text) {
                Some(value) => Some(value),
                None => {
                    let found = shown(&value.to_string());
                    self.wrong(place, format_args!("is {found}; accepted is {}", described(name)))
                }
            },
        }
    }

    fn list(&mut self, of: &Type, value: &JsonValue, text: Option<&RawValue>, place: &Place<'_>) -> Option<JsonValue> {
        // A value that is not a list is coerced to a list of one item.
        let Some(items) = value.as_array() else {
            let item = self.value(of, value, text, place)?;
            return Some(JsonValue::Array(vec![item]));
        };
        let texts: Option<Vec<&RawValue>> = text.and_then(|text| serde_json::from_str(text.get()).ok());
        let mut coerced = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let text = texts.as_ref().and_then(|texts| texts.get(index).copied());
            coerced.extend(self.value(of, item, text, &Place::Item(place, index)));
            if self.wrong.len() >= MOST_ERRORS {
                break;
            }
        }
        (coerced.len() == items.len()).then_some(JsonValue::Array(coerced))
    }

    fn object(
        &mut self,
        ty: &'a InputObjectType,
        value: &JsonValue,
        text: Option<&RawValue>,
        place: &Place<'_>,
    ) -> Option<JsonValue> {
        let name = &ty.name;
        let Some(object) = value.as_object() else {
            let found = shown(&value.to_string());
            return self.wrong(place, format_args!("is {found}; accepted is {name}, an object"));
        };
        let before = self.wrong.len();
        for (key, _) in object.iter().filter(|(key, _)| !ty.fields.contains_key(key.as_str())) {
            let instead = self.instead(key.as_str(), name);
            let key = shown(key.as_str());
            self.wrong::<()>(
                place,
                format_args!("has a field `{key}`, which {name} does not have{instead}"),
            );
            if self.wrong.len() >= MOST_ERRORS {
                return None;
            }
        }
        let given: Vec<_> = object.iter().map(|(key, value)| (key.as_str(), value)).collect();
        if is_one_of(ty) && !matches!(given.as_slice(), [(_, value)] if !value.is_null()) {
            let found = match given.as_slice() {
                [(key, _)] => format!("a null for `{}`", shown(key)),
                _ => format!("{} fields", given.len()),
            };
            return self.wrong(place, format_args!("has {found}; {}", one_of_accepted(ty)));
        }
        let texts = text.and_then(fields);
        let mut coerced = JsonMap::with_capacity(object.len());
        for (name, field) in &ty.fields {
            let name = name.as_str();
            let place = Place::Field(place, name);
            let value = match (object.get(name), &field.default_value) {
                (Some(value), _) => {
                    let text = texts.as_ref().and_then(|texts| texts.get(name).copied());
                    self.value(&field.ty, value, text, &place)
                }
                (None, Some(default)) => Some(self.literal(&field.ty, default)),
                (None, None) if field.ty.is_non_null() => {
                    self.wrong(&place, format_args!("has no value; accepted is {}", field.ty))
                }
                (None, None) => None,
            };
            coerced.extend(value.map(|value| (name.into(), value)));
        }
        (self.wrong.len() == before).then_some(JsonValue::Object(coerced))
    }

    fn instead(&mut self, name: &str, on: &str) -> String {
        let suggestions = self.suggestions.as_mut();
        suggestions
            .and_then(|suggestions| suggestions.instead_of(name, on))
            .unwrap_or_default()
    }

    /// A default value; validation has checked its type.
    fn literal(&self, ty: &Type, value: &Value) -> JsonValue {
        let is_id = ty.inner_named_type() == "ID";
        match value {
            Value::Null | Value::Variable(_) => JsonValue::Null,
            Value::List(items) => {
                let of = if ty.is_list() { ty.item_type() } else { ty };
                items.iter().map(|item| self.literal(of, item)).collect()
            }
            value if ty.is_list() => JsonValue::Array(vec![self.literal(ty.item_type(), value)]),
            Value::Boolean(flag) => (*flag).into(),
            Value::Enum(name) => name.as_str().into(),
            Value::String(text) => text.as_str().into(),
            Value::Int(number) if is_id => number.as_str().into(),
            Value::Int(number) => number.as_str().parse().map_or(JsonValue::Null, JsonValue::Number),
            Value::Float(number) => number.as_str().parse().map_or(JsonValue::Null, JsonValue::Number),
            Value::Object(given) => {
                let object = match self.schema.types.get(ty.inner_named_type()) {
                    Some(ExtendedType::InputObject(object)) => Some(object),
                    _ => None,
                };
                let fields = given.iter().map(|(name, value)| {
                    let declared = object.and_then(|object| object.fields.get(name));
                    let value = self.literal(declared.map_or(ty, |field| &field.ty), value);
                    (name.as_str(), value)
                });
                fields.collect()
            }
        }
    }
}

/// The JSON texts of an object's fields.
fn fields(text: &RawValue) -> Option<HashMap<String, &RawValue>> {
    serde_json::from_str(text.get()).ok()
}

/// A value of a scalar type; `None` if it is not of that type.
fn scalar(name: &str, value: &JsonValue, text: Option<&RawValue>) -> Option<JsonValue> {
    match (name, value) {
        ("Int", JsonValue::Number(number)) => {
            let number = number.as_i64().or_else(|| whole(number)?.to_string().parse().ok())?;
            Some(i32::try_from(number).ok()?.into())
        }
        // JSON has neither NaN nor infinity.
        ("Float", JsonValue::Number(_)) | ("Boolean", JsonValue::Bool(_)) => Some(value.clone()),
        ("String" | "ID", JsonValue::String(_)) => Some(value.clone()),
        ("ID", JsonValue::Number(number)) => Some(digits(number, text)?.into()),
        ("Int" | "Float" | "Boolean" | "String" | "ID", _) => None,
        // Our own scalars are checked by their parsers.
        _ => Some(value.clone()),
    }
}

/// The value of a number that has a fraction or an exponent and yet is whole.
fn whole(number: &Number) -> Option<f64> {
    // Adding 0 turns -0 into 0.
    number
        .as_f64()
        .filter(|number| number.fract() == 0.0)
        .map(|number| number + 0.0)
}

/// The digits of an id that was given as a number.
fn digits(number: &Number, text: Option<&RawValue>) -> Option<String> {
    if number.is_i64() || number.is_u64() {
        return Some(number.to_string());
    }
    let written = text.map(|text| text.get().trim());
    let is_whole = |text: &&str| text.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit());
    match written.filter(is_whole) {
        Some(written) if written != "-0" => Some(written.to_owned()),
        _ => whole(number).map(|number| number.to_string()),
    }
}

fn described(name: &str) -> &str {
    match name {
        "Int" => "Int, a whole number from -2147483648 to 2147483647",
        "ID" => "ID, a text or a whole number",
        "String" => "String, a text",
        "Float" => "Float, a number",
        "Boolean" => "Boolean, true or false",
        name => name,
    }
}
