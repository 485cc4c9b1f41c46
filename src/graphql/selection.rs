//! Reads what a request selects, straight from its parsed document: fields, fragments, arguments.
//!
//! The guard in `http` has put the variables in and left out what directives leave out, so neither is met here.
//! async-graphql's own look-ahead does not tell types apart below an interface; planning needs that.

use std::collections::HashSet;

use async_graphql::context::QueryEnvInner;
use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::{Positioned, Value};

use super::collection::{Collection, Link, targets};
use super::collections::with_kind;
use super::error::{ApiError, Result};
use crate::domain::id::Kind;
use crate::store::collections;
use crate::store::entity::Projection;

/// The parsed request.
#[derive(Clone, Copy)]
pub struct Document<'a>(pub &'a QueryEnvInner);

impl<'a> Document<'a> {
    /// The fields that are selected on an object of the type `on`, or on a value type whose name does not matter.
    pub fn fields(self, sets: &[&'a SelectionSet], on: Option<&str>) -> Vec<&'a Field> {
        let mut found = Vec::new();
        for set in sets {
            self.collect(set, on, &mut |field| found.push(&field.node));
        }
        found
    }

    /// The same of one selection, by response key (GraphQL of September 2025, 6.3.2, CollectFields).
    pub fn selected(self, set: &'a SelectionSet, on: &str) -> Vec<Selected<'a>> {
        let mut found: Vec<Selected<'a>> = Vec::with_capacity(set.items.len());
        self.collect(set, Some(on), &mut |field| {
            let key = &field.node.response_key().node;
            // Few fields are selected on an object, so looking through them is faster than a map.
            match found
                .iter_mut()
                .find(|other| other.field.node.response_key().node == *key)
            {
                None => found.push(Selected {
                    field,
                    more: Vec::new(),
                }),
                // Without selections both are the same.
                Some(_) if field.node.selection_set.node.items.is_empty() => {}
                Some(other) => other.more.push(field),
            }
        });
        found
    }

    fn collect(self, set: &'a SelectionSet, on: Option<&str>, found: &mut impl FnMut(&'a Positioned<Field>)) {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => found(field),
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                    if applies(condition, on) {
                        self.collect(&fragment.node.selection_set.node, on, found);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.0.fragments.get(&spread.node.fragment_name.node)
                        && applies(Some(fragment.node.type_condition.node.on.node.as_str()), on)
                    {
                        self.collect(&fragment.node.selection_set.node, on, found);
                    }
                }
            }
        }
    }

    /// The selections below the fields at the end of a way of names.
    pub fn below(self, sets: &[&'a SelectionSet], on: Option<&str>, way: &[&str]) -> Vec<&'a SelectionSet> {
        let mut sets = sets.to_vec();
        for (step, name) in way.iter().enumerate() {
            let on = if step == 0 { on } else { None };
            sets = self
                .fields(&sets, on)
                .into_iter()
                .filter(|field| field.name.node == *name)
                .map(|field| &field.selection_set.node)
                .collect();
        }
        sets
    }

    /// The same below fields that are found already.
    pub fn under(self, fields: &[&'a Field], way: &[&str]) -> Vec<&'a SelectionSet> {
        let Some((first, rest)) = way.split_first() else {
            return Vec::new();
        };
        let sets = fields.iter().filter(|field| field.name.node == *first);
        let sets: Vec<_> = sets.map(|field| &field.selection_set.node).collect();
        if sets.is_empty() || rest.is_empty() {
            sets
        } else {
            self.below(&sets, None, rest)
        }
    }

    /// What is selected on the documents of a connection's page.
    pub fn on_page(self, set: &'a SelectionSet) -> Vec<&'a SelectionSet> {
        DOCUMENT_WAYS
            .iter()
            .flat_map(|way| self.below(&[set], None, way))
            .collect()
    }

    /// The value of an argument; `None` where it is not given.
    pub fn argument(self, field: &Field, name: &str) -> Result<Option<Value>> {
        let Some(value) = field.get_argument(name) else {
            return Ok(None);
        };
        value
            .node
            .clone()
            .into_const_with(|_| Err(ApiError::Internal))
            .map(Some)
    }
}

/// What is selected under one response key.
pub struct Selected<'a> {
    /// The field, where it stands first.
    pub field: &'a Positioned<Field>,
    /// Where it stands again, with selections of its own.
    pub more: Vec<&'a Positioned<Field>>,
}

/// The types that stand for several kinds of documents.
const ABSTRACT: [&str; 3] = ["Node", "SearchResult", "TimelineEntry"];

/// Whether a fragment on `condition` touches an object of the type `on`. One on a type that stands for several counts
/// as touching all: what does not belong to it is not met there.
fn applies(condition: Option<&str>, on: Option<&str>) -> bool {
    match (condition, on) {
        (Some(condition), Some(on)) => condition == on || ABSTRACT.contains(&condition),
        _ => true,
    }
}

/// The fields of a connection that hold documents, as ways from the connection.
pub const DOCUMENT_WAYS: [&[&str]; 2] = [&["nodes"], &["edges", "node"]];

/// Which stored fields each collection must fetch for the whole operation.
///
/// One projection per collection and request keeps the arena simple: a document in it has every field that any part
/// of the operation reads.
#[derive(Debug, Default)]
pub struct Projections {
    by_kind: std::collections::BTreeMap<Kind, Projection>,
}

impl Projections {
    /// Reads the operation, given what its root fields lead to.
    pub fn of(document: Document<'_>, root: impl Fn(&str) -> Vec<(Kind, &'static [&'static [&'static str]])>) -> Self {
        let mut projections = Self::default();
        let mut seen = HashSet::new();
        let operation = &document.0.operation.node;
        for field in document.fields(&[&operation.selection_set.node], None) {
            let set = &field.selection_set.node;
            for (kind, ways) in root(field.name.node.as_str()) {
                let sets: Vec<_> = ways.iter().flat_map(|way| document.below(&[set], None, way)).collect();
                projections.add_kind(document, kind, &sets, &mut seen);
            }
        }
        projections
    }

    /// What to fetch of a collection.
    pub fn of_kind(&self, kind: Kind) -> Projection {
        self.by_kind.get(&kind).cloned().unwrap_or_default()
    }

    fn add_kind<'a>(
        &mut self,
        document: Document<'a>,
        kind: Kind,
        sets: &[&'a SelectionSet],
        seen: &mut HashSet<(usize, Kind)>,
    ) {
        // A selection adds the same fields wherever it stands, so each is read once however often it is spread.
        let fresh: Vec<&'a SelectionSet> = sets
            .iter()
            .copied()
            .filter(|set| seen.insert((std::ptr::from_ref::<SelectionSet>(set) as usize, kind)))
            .collect();
        if !fresh.is_empty() {
            with_kind!(kind, E => self.add::<E>(document, &fresh, seen));
        }
    }

    fn add<'a, E: Collection>(
        &mut self,
        document: Document<'a>,
        sets: &[&'a SelectionSet],
        seen: &mut HashSet<(usize, Kind)>,
    ) {
        let projection = self.by_kind.entry(E::KIND).or_default();
        let selected = document.fields(sets, Some(E::NAME));
        for field in &selected {
            let name = field.name.node.as_str();
            let stored = E::COMPUTED
                .iter()
                .find(|(computed, _)| *computed == name)
                .map_or(name, |(_, stored)| stored);
            let Some(stored) = collections::field(E::KIND, stored) else {
                continue;
            };
            // A part that is computed may rest on any other.
            let part = |part: &str| collections::part(E::KIND, stored, part).filter(|_| stored == name);
            let below = document.fields(&[&field.selection_set.node], None).into_iter();
            let parts: Option<Vec<_>> = below
                .map(|below| below.name.node.as_str())
                .filter(|below| *below != "__typename")
                .map(part)
                .collect();
            match parts {
                Some(parts) if !parts.is_empty() => projection.add_parts(stored, parts),
                _ => projection.add(stored),
            }
        }
        for link in E::LINKS {
            match link {
                Link::Held { fields, to, .. } => {
                    let below = document.under(&selected, fields);
                    for kind in targets(*to) {
                        self.add_kind(document, kind, &below, seen);
                    }
                }
                Link::Reverse { field, of, .. } => {
                    for way in DOCUMENT_WAYS {
                        let way: Vec<&str> = std::iter::once(*field).chain(way.iter().copied()).collect();
                        let below = document.under(&selected, &way);
                        self.add_kind(document, *of, &below, seen);
                    }
                }
                Link::AnimalsGiven { .. } => {}
            }
        }
    }
}
