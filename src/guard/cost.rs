//! Estimates the maximum cost of a request in points, before execution: page sizes times what is selected below.
//!
//! | what | points |
//! |---|---|
//! | a field in the answer, once for each place where it can be | 1 |
//! | a document found by its id, a sum over gifts | 2 more |
//! | a page of a connection, also of a search | 10 more, for each parent |
//! | `totalCount` | 20 more |
//! | a page of `timeline`, and its `totalCount` | twice that: it is read from two collections |
//! | each condition of a filter (`where`): a value to compare with, a word to search for | 1, once for the field |
//! | a join in a filter: a filter across a relation, or `certainty` except on claims | 10 more, once for the field |
//! | `giftStats`, each list in it, `giftFlows`: a sum over all matching gifts | 50 more |
//! | a mutation: what it reads and writes | 100 more |
//! | `importRows`, for each row | 2 more |
//! | a subscription: the price of one change, and once for resuming at its cursor | 10 more |
//! | `__schema` | 5,000 more |
//! | `__type` | 500 more |
//!
//! The size of a page is `first` or `last`, or else the default. A list stored in a document counts as three items.
//! Conditions are counted in `conditions.rs`; a filter is resolved once, however many parents its field has, and a
//! relation filtered by ids only (`giver: {id: …}`) needs no join. Introspection counts its fields once: the size of
//! its answers is that of the schema, which the prices of `__schema` and `__type` cover.

use std::collections::HashMap;

use apollo_compiler::ast::Value;
use apollo_compiler::executable::{ExecutableDocument, Field, Operation, Selection, SelectionSet};
use apollo_compiler::response::JsonMap;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, Schema};

use super::conditions::{Conditions, Counter, FilterValue};
use crate::limits::Limits;

const DOCUMENT: u64 = 2;
const PAGE: u64 = 10;
const COUNT: u64 = 20;
const SUMS: u64 = 50;
const CHANGE: u64 = 100;
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
    let reads = conditions.reads.saturating_mul(PAGE);
    conditions.number.saturating_add(reads)
}

/// Estimates what an operation costs with these variables.
pub fn estimate(
    schema: &Schema,
    document: &ExecutableDocument,
    operation: &Operation,
    variables: &JsonMap,
    limits: &Limits,
) -> Estimate {
    let mut prices = Prices {
        schema,
        document,
        variables,
        limits,
        fragments: HashMap::new(),
        filters: HashMap::new(),
    };
    prices.set(&operation.selection_set, 1)
}

struct Prices<'a> {
    schema: &'a Schema,
    document: &'a ExecutableDocument,
    variables: &'a JsonMap,
    limits: &'a Limits,
    /// The cost of a fragment on a page of so many rows.
    fragments: HashMap<(&'a Name, u64), Estimate>,
    /// The conditions in a variable used as a filter, counted once for all its uses.
    filters: HashMap<&'a Name, Conditions>,
}

impl<'a> Prices<'a> {
    /// The cost of a selection set; `rows`: the size of the page that it is selected on.
    fn set(&mut self, set: &'a SelectionSet, rows: u64) -> Estimate {
        let mut total = Estimate::default();
        for selection in &set.selections {
            total.add(match selection {
                Selection::Field(field) => self.field(field, &set.ty, rows),
                Selection::InlineFragment(fragment) => self.set(&fragment.selection_set, rows),
                Selection::FragmentSpread(spread) => self.fragment(&spread.fragment_name, rows),
            });
        }
        total
    }

    fn fragment(&mut self, name: &'a Name, rows: u64) -> Estimate {
        if let Some(price) = self.fragments.get(&(name, rows)) {
            return *price;
        }
        let price = match self.document.fragments.get(name) {
            Some(fragment) => self.set(&fragment.selection_set, rows),
            None => Estimate::default(),
        };
        self.fragments.insert((name, rows), price);
        price
    }

    fn field(&mut self, field: &'a Field, parent: &Name, rows: u64) -> Estimate {
        let on_page = is_page(parent);
        let is_list = field.definition.ty.is_list();
        let is_sum = matches!(field.name.as_str(), "giftStats" | "giftFlows") || (parent == "GiftStats" && is_list);
        let times = match field.name.as_str() {
            "nodes" | "edges" if on_page => rows,
            "nodes" => self.length(field, "ids"),
            _ if !is_list || parent.starts_with("__") => 1,
            _ if is_sum => self.rows(field),
            _ => STORED_LIST,
        };
        let inner = field.definition.ty.inner_named_type();
        let own = match field.name.as_str() {
            "totalCount" if on_page => COUNT * collections_in(parent),
            _ if parent == "Subscription" => PAGE,
            "importRows" => CHANGE + DOCUMENT * self.imported(field),
            _ if parent == "Mutation" => CHANGE,
            "__schema" => SCHEMA,
            "__type" => TYPE,
            // An animal's `given` is a sum over gifts, although it looks like a plain field.
            "given" => DOCUMENT,
            _ if is_page(inner) => PAGE * collections_in(inner),
            _ if !on_page && !parent.ends_with("Edge") && self.is_document(inner) => DOCUMENT,
            _ => 0,
        };
        let below = self.set(&field.selection_set, self.rows(field));
        let sums = if is_sum { SUMS } else { 0 };
        Estimate {
            selected: times
                .saturating_mul(below.selected.saturating_add(1 + own))
                .saturating_add(sums),
            conditions: below.conditions.and(self.filter(field)),
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
        match &**filter {
            Value::Variable(name) => *self.filters.entry(name).or_insert_with(count),
            _ => count(),
        }
    }

    /// The maximum number of rows on a page.
    fn rows(&self, field: &Field) -> u64 {
        let asked = |name| {
            let value = field.specified_argument_by_name(name)?;
            let number = match &**value {
                Value::Variable(name) => self.variables.get(name.as_str())?.as_i64(),
                value => value.to_i32().map(i64::from),
            };
            // A page size that is not allowed is refused when the page is read.
            Some(number?.clamp(0, self.limits.max_page_size as i64).unsigned_abs())
        };
        asked("first")
            .or_else(|| asked("last"))
            .unwrap_or(self.limits.page_size as u64)
    }

    fn length(&self, field: &Field, name: &str) -> u64 {
        let Some(value) = field.specified_argument_by_name(name) else {
            return 1;
        };
        match &**value {
            Value::List(items) => items.len() as u64,
            Value::Variable(name) => match self.variables.get(name.as_str()).and_then(|value| value.as_array()) {
                Some(items) => items.len() as u64,
                None => 1,
            },
            _ => 1,
        }
    }

    /// How many rows an import has, even if a variable is used anywhere in its input.
    fn imported(&self, field: &Field) -> u64 {
        let count = |rows: &Value| match rows {
            Value::List(rows) => Some(rows.len()),
            Value::Variable(name) => Some(self.variables.get(name.as_str())?.as_array()?.len()),
            _ => None,
        };
        let rows = match field.specified_argument_by_name("input").map(|input| &**input) {
            Some(Value::Object(input)) => input
                .iter()
                .find(|(name, _)| name == "rows")
                .and_then(|(_, rows)| count(rows)),
            Some(Value::Variable(name)) => {
                let input = self.variables.get(name.as_str());
                let rows = input.and_then(|input| input.as_object()?.get("rows")?.as_array());
                rows.map(Vec::len)
            }
            _ => None,
        };
        // A single value is coerced to a list of one item.
        rows.unwrap_or(1) as u64
    }

    /// Whether a type is a kind of document, or an interface or union of some.
    fn is_document(&self, name: &Name) -> bool {
        name == "Node"
            || match self.schema.types.get(name) {
                Some(ExtendedType::Union(_)) => true,
                Some(ExtendedType::Object(object)) => object.implements_interfaces.iter().any(|one| one.name == "Node"),
                _ => false,
            }
    }
}

fn collections_in(page: &Name) -> u64 {
    if page == "TimelineConnection" { 2 } else { 1 }
}

fn is_page(name: &Name) -> bool {
    name.ends_with("Connection")
}
