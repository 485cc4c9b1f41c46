//! Counts the conditions in filters (`where`) before execution, for the cost and for a limit.
//!
//! Each value that something is compared with is a condition; in a list, each item. An empty list or filter counts as
//! one too, so that nothing is free. Fields that only modify a comparison, such as `sure`, do not count; they are those
//! with a default. In a text search each word counts. Values in variables count as values in the document do.
//!
//! A null in a filter is found on the way, as it is refused: what it was to find is not known, and without the condition
//! the filter would find more than was asked for.

use apollo_compiler::ast::Value;
use apollo_compiler::response::{JsonMap, JsonValue};
use apollo_compiler::schema::{ExtendedType, InputObjectType};
use apollo_compiler::{Name, Schema};

use super::prices;
use crate::domain::words::words;

/// The field of a filter that searches for words.
const TEXT: &str = "text";

/// The size of a filter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    pub number: u64,
    /// The cost of the joins in it, each of which reads another collection, in points.
    pub reads: u64,
    /// Whether a field of it is null.
    pub has_null: bool,
}

impl Conditions {
    /// The sum of both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            number: self.number.saturating_add(other.number),
            reads: self.reads.saturating_add(other.reads),
            has_null: self.has_null || other.has_null,
        }
    }
}

/// A value in a filter.
#[derive(Clone, Copy)]
pub enum FilterValue<'a> {
    /// In the document.
    Literal(&'a Value),
    /// In a variable.
    Json(&'a JsonValue),
}

/// The kind of a value, with its parts.
enum Parts<'a> {
    None,
    One,
    Items(Vec<FilterValue<'a>>),
    Fields(Vec<(&'a str, FilterValue<'a>)>),
}

/// Counts the conditions in values.
#[derive(Clone, Copy)]
pub struct Counter<'a> {
    pub schema: &'a Schema,
    /// The values of the variables in filters.
    pub variables: &'a JsonMap,
}

impl<'a> Counter<'a> {
    /// The conditions in a value of the input type `ty`; none if it is null or absent.
    pub fn count(self, ty: &Name, value: FilterValue<'a>) -> Conditions {
        let one = Conditions {
            number: 1,
            ..Conditions::default()
        };
        let counted = match (self.parts(value), self.schema.types.get(ty)) {
            (Parts::None, _) => return Conditions::default(),
            (Parts::Items(items), _) => sum(items.into_iter().map(|item| self.count(ty, item))),
            (Parts::Fields(fields), Some(ExtendedType::InputObject(input))) => {
                sum(fields.into_iter().map(|(name, value)| self.field(input, name, value)))
            }
            _ => one,
        };
        if counted.number == 0 { counted.and(one) } else { counted }
    }

    fn field(self, input: &'a InputObjectType, name: &str, value: FilterValue<'a>) -> Conditions {
        if self.is_null(value) {
            return Conditions {
                has_null: true,
                ..Conditions::default()
            };
        }
        let Some(field) = input.fields.get(name).filter(|field| field.default_value.is_none()) else {
            return Conditions::default();
        };
        let inner = field.ty.inner_named_type();
        let mut counted = self.count(inner, value);
        if name == TEXT && inner == "String" {
            counted.number = counted.number.max(self.words(value));
        }
        let weight = prices::weight(&field.directives);
        if weight > 0 && counted.number > 0 && !self.is_about_reference(inner, value) {
            counted.reads += weight;
        }
        counted
    }

    /// How many words a text has.
    fn words(self, value: FilterValue<'a>) -> u64 {
        let text = match value {
            FilterValue::Literal(Value::Variable(name)) => match self.variables.get(name.as_str()) {
                Some(value) => return self.words(FilterValue::Json(value)),
                None => return 0,
            },
            FilterValue::Literal(literal) => literal.as_str(),
            FilterValue::Json(json) => json.as_str(),
        };
        text.map_or(0, |text| words([text]).len() as u64)
    }

    /// Whether a filter across a relation names ids, or asks whether there is one, and nothing else: then the reference
    /// itself is looked at.
    fn is_about_reference(self, ty: &Name, filter: FilterValue<'a>) -> bool {
        let only = |value| match self.parts(value) {
            Parts::Fields(fields) => {
                let mut given = fields.into_iter().filter(|(_, value)| !self.is_absent(*value));
                given.next().filter(|_| given.next().is_none())
            }
            _ => None,
        };
        match only(filter) {
            Some(("id", ids)) => only(ids).is_some_and(|(test, _)| matches!(test, "eq" | "in")),
            Some(("known", _)) => match self.schema.types.get(ty) {
                // A filter of documents, which has ids. Others may cross a relation too.
                Some(ExtendedType::InputObject(input)) => input.fields.contains_key("id"),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether a value is given, and null.
    fn is_null(self, value: FilterValue<'a>) -> bool {
        match value {
            FilterValue::Literal(Value::Variable(name)) => {
                self.variables.get(name.as_str()).is_some_and(|value| value.is_null())
            }
            FilterValue::Literal(value) => value.is_null(),
            FilterValue::Json(value) => value.is_null(),
        }
    }

    /// Why a filter is refused that has a null: where it is, below `place`.
    pub fn refused_null(self, place: &str, filter: FilterValue<'a>) -> Option<String> {
        let place = self.null_below(place.to_owned(), filter)?;
        Some(format!(
            "`{place}` is null; accepted is a value. Leave the field out where nothing is asked, or ask by `known: false` for \
             what has none"
        ))
    }

    /// The path to the first null below a value.
    fn null_below(self, place: String, value: FilterValue<'a>) -> Option<String> {
        match self.parts(value) {
            Parts::Items(items) => {
                let mut items = items.into_iter().enumerate();
                items.find_map(|(index, item)| self.null_below(format!("{place}[{index}]"), item))
            }
            Parts::Fields(fields) => fields.into_iter().find_map(|(name, value)| {
                let place = format!("{place}.{name}");
                match self.is_null(value) {
                    true => Some(place),
                    false => self.null_below(place, value),
                }
            }),
            Parts::None | Parts::One => None,
        }
    }

    fn is_absent(self, value: FilterValue<'a>) -> bool {
        matches!(self.parts(value), Parts::None)
    }

    fn parts(self, value: FilterValue<'a>) -> Parts<'a> {
        match value {
            FilterValue::Literal(Value::Variable(name)) => match self.variables.get(name.as_str()) {
                Some(value) => self.parts(FilterValue::Json(value)),
                None => Parts::None,
            },
            FilterValue::Literal(Value::Null) | FilterValue::Json(JsonValue::Null) => Parts::None,
            FilterValue::Literal(Value::List(items)) => {
                Parts::Items(items.iter().map(|item| FilterValue::Literal(item)).collect())
            }
            FilterValue::Json(JsonValue::Array(items)) => Parts::Items(items.iter().map(FilterValue::Json).collect()),
            FilterValue::Literal(Value::Object(fields)) => Parts::Fields(
                fields
                    .iter()
                    .map(|(name, value)| (name.as_str(), FilterValue::Literal(value)))
                    .collect(),
            ),
            FilterValue::Json(JsonValue::Object(fields)) => Parts::Fields(
                fields
                    .iter()
                    .map(|(name, value)| (name.as_str(), FilterValue::Json(value)))
                    .collect(),
            ),
            FilterValue::Literal(_) | FilterValue::Json(_) => Parts::One,
        }
    }
}

fn sum(counts: impl Iterator<Item = Conditions>) -> Conditions {
    counts.fold(Conditions::default(), Conditions::and)
}
