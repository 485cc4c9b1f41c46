//! Estimates the maximum cost of a request in points, before execution: page sizes times what is selected below.
//!
//! A field costs one point for each place in the answer where it can be, and what the schema declares beside it (`@cost`,
//! see `prices`). The length of a list comes from its `@listSize`: from an argument, or else the default page size. A list
//! stored in a document counts as three items.
//!
//! Conditions are counted in `conditions.rs`: one point for each value to compare with and each word to search for. A
//! filter is resolved once, however many parents its field has, and a relation filtered by ids only (`giver: {id: …}`)
//! needs no join. Introspection counts its fields once: the size of its answers is that of the schema, which the prices of
//! `__schema` and `__type` cover.

use std::collections::HashMap;

use apollo_compiler::ast::Value;
use apollo_compiler::executable::{ExecutableDocument, Field, Operation, Selection, SelectionSet};
use apollo_compiler::response::{JsonMap, JsonValue};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, Node, Schema};

use super::conditions::{Conditions, Counter, FilterValue};
use super::prices::{self, ListSize};
use super::rejection::Rejection;
use crate::limits::Limits;

/// What introspection costs, on whose fields no directive can be put.
const SCHEMA: u64 = 5_000;
const TYPE: u64 = 500;
/// How many items a list stored in a document is assumed to have.
const STORED_LIST: u64 = 3;

/// The cost of an operation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Estimate {
    /// The cost of the selection, in points.
    selected: u64,
    /// The conditions of all filters, with fragments expanded.
    conditions: Conditions,
}

impl Estimate {
    /// The maximum cost, in points.
    pub const fn points(self) -> u64 {
        self.selected.saturating_add(price(self.conditions))
    }

    pub const fn conditions(self) -> u64 {
        self.conditions.number
    }

    fn add(&mut self, other: Self) {
        self.selected = self.selected.saturating_add(other.selected);
        self.conditions = self.conditions.and(other.conditions);
    }
}

/// The cost of a filter, in points.
pub const fn price(conditions: Conditions) -> u64 {
    conditions.number.saturating_add(conditions.reads)
}

/// Estimates what an operation costs with these variables.
///
/// # Errors
/// If a filter has a null: why it is refused.
pub fn estimate(
    schema: &Schema,
    document: &ExecutableDocument,
    operation: &Operation,
    variables: &JsonMap,
    limits: &Limits,
) -> Result<Estimate, Rejection> {
    let mut prices = Prices {
        schema,
        document,
        variables,
        limits,
        fragments: HashMap::new(),
        filters: HashMap::new(),
        refused: None,
    };
    let estimate = prices.set(&operation.selection_set, Page::default());
    match prices.refused {
        Some(refused) => Err(refused),
        None => Ok(estimate),
    }
}

/// The lists of a connection, and how many items they have.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Page<'a> {
    rows: u64,
    lists: &'a [Node<Value>],
}

impl Page<'_> {
    /// How many items the list in this field has, if it is one of them.
    fn rows_of(&self, field: &Field) -> Option<u64> {
        let is_one = |list: &Node<Value>| list.as_str() == Some(field.name.as_str());
        self.lists.iter().any(is_one).then_some(self.rows)
    }
}

struct Prices<'a> {
    schema: &'a Schema,
    document: &'a ExecutableDocument,
    variables: &'a JsonMap,
    limits: &'a Limits,
    /// What a fragment costs on a page.
    fragments: HashMap<(&'a Name, Page<'a>), Estimate>,
    /// What stands in a variable that is a filter: it may stand in many places.
    filters: HashMap<&'a Name, Conditions>,
    /// Why a filter is refused.
    refused: Option<Rejection>,
}

impl<'a> Prices<'a> {
    /// What is selected in one place.
    fn set(&mut self, set: &'a SelectionSet, page: Page<'a>) -> Estimate {
        let mut total = Estimate::default();
        for selection in &set.selections {
            total.add(match selection {
                Selection::Field(field) => self.field(field, &set.ty, page),
                Selection::InlineFragment(fragment) => self.set(&fragment.selection_set, page),
                Selection::FragmentSpread(spread) => self.fragment(&spread.fragment_name, page),
            });
        }
        total
    }

    fn fragment(&mut self, name: &'a Name, page: Page<'a>) -> Estimate {
        if let Some(price) = self.fragments.get(&(name, page)) {
            return *price;
        }
        let price = match self.document.fragments.get(name) {
            Some(fragment) => self.set(&fragment.selection_set, page),
            None => Estimate::default(),
        };
        self.fragments.insert((name, page), price);
        price
    }

    fn field(&mut self, field: &'a Field, parent: &Name, page: Page<'a>) -> Estimate {
        let directives = &field.definition.directives;
        let size = ListSize::of(directives);
        let times = match size {
            _ if !field.definition.ty.is_list() || parent.starts_with("__") => 1,
            Some(size) => self.length(field, size),
            None => page.rows_of(field).unwrap_or(STORED_LIST),
        };
        let inner = size.filter(|size| !size.sized_fields.is_empty()).map(|size| Page {
            rows: self.length(field, size),
            lists: size.sized_fields,
        });
        let below = self.set(&field.selection_set, inner.unwrap_or_default());
        let item = below.selected.saturating_add(1 + prices::per_item(directives));
        let own = match field.name.as_str() {
            "__schema" => SCHEMA,
            "__type" => TYPE,
            "__typename" => self.typename(parent),
            _ => prices::weight(directives).saturating_add(self.given(field)),
        };
        Estimate {
            selected: times.saturating_mul(item).saturating_add(own),
            conditions: below.conditions.and(self.filter(field)),
        }
    }

    /// What `__typename` costs: on the root of an operation as much as the cheapest field there, so that nobody pays less
    /// for a mutation that changes nothing.
    fn typename(&self, parent: &Name) -> u64 {
        let mut roots = self.schema.schema_definition.iter_root_operations();
        match self.schema.types.get(parent) {
            Some(ExtendedType::Object(root)) if roots.any(|(_, name)| name.name == *parent) => {
                let weights = root.fields.values().map(|field| prices::weight(&field.directives));
                weights.min().unwrap_or_default()
            }
            _ => 0,
        }
    }

    /// The conditions in a field's own filter.
    fn filter(&mut self, field: &'a Field) -> Conditions {
        let (Some(filter), Some(known)) = (
            field.specified_argument_by_name("where"),
            field.definition.argument_by_name("where"),
        ) else {
            return Conditions::default();
        };
        let counter = Counter {
            schema: self.schema,
            variables: self.variables,
        };
        let count = || counter.count(known.ty.inner_named_type(), FilterValue::Literal(filter));
        let counted = match &**filter {
            Value::Variable(name) => *self.filters.entry(name).or_insert_with(count),
            _ => count(),
        };
        if counted.has_null && self.refused.is_none() {
            let why = counter.refused_null("where", FilterValue::Literal(filter));
            self.refused = why.map(|why| Rejection::input(why).at(filter.location(), &self.document.sources));
        }
        counted
    }

    /// How many items a list has at most.
    fn length(&self, field: &Field, size: ListSize<'_>) -> u64 {
        let mut names = size.slicing_arguments.iter().filter_map(|name| name.as_str());
        let asked = names.find_map(|name| self.asked(field, name));
        asked.unwrap_or(self.limits.page_size as u64)
    }

    /// How many items an argument asks for: a number of them, or one for each item of its own.
    fn asked(&self, field: &Field, name: &str) -> Option<u64> {
        let value = field.specified_argument_by_name(name)?;
        if field.definition.argument_by_name(name)?.ty.is_list() {
            return Some(self.items(value));
        }
        let number = match &**value {
            Value::Variable(name) => self.variables.get(name.as_str())?.as_i64(),
            value => value.to_i32().map(i64::from),
        };
        // What is not allowed is refused where the page is made.
        Some(number?.clamp(0, self.limits.max_page_size as i64).unsigned_abs())
    }

    /// How many items a list has that is given. A single value stands for a list of one.
    fn items(&self, value: &Value) -> u64 {
        let number = match value {
            Value::List(items) => Some(items.len()),
            Value::Variable(name) => self.variables.get(name.as_str()).and_then(length),
            _ => None,
        };
        number.unwrap_or(1) as u64
    }

    /// What the values cost that are given within the arguments, wherever a variable stands in them. Filters are looked
    /// at by themselves.
    fn given(&self, field: &Field) -> u64 {
        let arguments = field.definition.arguments.iter().filter(|known| known.name != "where");
        let inputs = arguments.filter_map(|known| match self.schema.types.get(known.ty.inner_named_type()) {
            Some(ExtendedType::InputObject(input)) => Some((known, input)),
            _ => None,
        });
        let mut total = 0_u64;
        for (known, input) in inputs {
            for (name, part) in &input.fields {
                let weight = prices::weight(&part.directives);
                if weight > 0 {
                    let given = field.specified_argument_by_name(&known.name);
                    total = total.saturating_add(weight.saturating_mul(self.items_in(given.map(|it| &**it), name)));
                }
            }
        }
        total
    }

    /// How many items a list has in a field of an input.
    fn items_in(&self, input: Option<&Value>, name: &Name) -> u64 {
        match input {
            Some(Value::Object(fields)) => {
                let field = fields.iter().find(|(known, _)| known == name);
                field.map_or(1, |(_, value)| self.items(value))
            }
            Some(Value::Variable(variable)) => {
                let input = self
                    .variables
                    .get(variable.as_str())
                    .and_then(|input| input.as_object());
                let items = input.and_then(|input| length(input.get(name.as_str())?));
                items.unwrap_or(1) as u64
            }
            _ => 1,
        }
    }
}

fn length(value: &JsonValue) -> Option<usize> {
    value.as_array().map(Vec::len)
}
