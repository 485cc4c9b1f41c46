//! Reads the fields and arguments that a request selects from its parsed document.
//!
//! The guard passes on the normal form: sets on objects have only fields, each response key once, and sets on
//! interfaces and unions have one fragment per object type. async-graphql's own look-ahead does not tell types apart
//! below an interface, which planning needs.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::Value;
use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::registry::{MetaType, MetaTypeName, Registry};
use async_graphql::{Name, Positioned};

use crate::api::error::{ApiError, Result};
use crate::domain::id::Kind;
use crate::store::collections;
use crate::store::entity::Projection;

/// The fields selected on an object of the type `on`.
pub fn selected<'a>(set: &'a SelectionSet, on: &str) -> impl Iterator<Item = &'a Positioned<Field>> + use<'a> {
    let for_it = |item: &'a Positioned<Selection>| match &item.node {
        Selection::InlineFragment(fragment) => {
            let condition = fragment.node.type_condition.as_ref()?;
            (condition.node.on.node == on).then_some(&fragment.node.selection_set.node.items[..])
        }
        _ => None,
    };
    let items = match set.items.first().map(|item| &item.node) {
        Some(Selection::InlineFragment(_)) => set.items.iter().find_map(for_it).unwrap_or_default(),
        _ => &set.items,
    };
    items.iter().filter_map(|item| match &item.node {
        Selection::Field(field) => Some(field),
        _ => None,
    })
}

/// The fields selected in several sets. `on`: the object's type; `None` for a value type, whose name does not matter.
pub fn fields<'a>(sets: &[&'a SelectionSet], on: Option<&str>) -> Vec<&'a Field> {
    let on = on.unwrap_or_default();
    sets.iter()
        .flat_map(|set| selected(set, on))
        .map(|field| &field.node)
        .collect()
}

/// The selection sets at the end of a path of fields, which leads through objects only.
pub fn below<'a>(sets: &[&'a SelectionSet], way: &[impl AsRef<str>]) -> Vec<&'a SelectionSet> {
    under(&fields(sets, None), way)
}

/// As [`below`], but starting from fields.
pub fn under<'a>(fields: &[&'a Field], way: &[impl AsRef<str>]) -> Vec<&'a SelectionSet> {
    let Some((first, rest)) = way.split_first() else {
        return Vec::new();
    };
    let sets = fields.iter().filter(|field| field.name.node == first.as_ref());
    let sets: Vec<_> = sets.map(|field| &field.selection_set.node).collect();
    if sets.is_empty() || rest.is_empty() {
        sets
    } else {
        below(&sets, rest)
    }
}

/// The selection sets on the documents of a connection.
pub fn on_page(set: &SelectionSet) -> Vec<&SelectionSet> {
    DOCUMENT_WAYS.iter().flat_map(|way| below(&[set], way)).collect()
}

/// The value of an argument; `None` if it is not given.
pub fn argument(field: &Field, name: &str) -> Result<Option<Value>> {
    let Some(value) = field.get_argument(name) else {
        return Ok(None);
    };
    value
        .node
        .clone()
        .into_const_with(|_: Name| Err(ApiError::Internal))
        .map(Some)
}

/// The paths from a connection to its documents.
const DOCUMENT_WAYS: [&[&str]; 2] = [&["nodes"], &["edges", "node"]];

/// A computed field: (GraphQL field, stored field that it is computed from).
pub type Computed = (&'static str, &'static str);

type ComputedOf<'a> = dyn Fn(Kind) -> &'static [Computed] + 'a;

/// The stored fields to fetch from each collection for the whole operation.
///
/// One projection per collection and operation keeps the loader simple: a document in it has every field that any part of
/// the operation reads.
#[derive(Debug, Default)]
pub struct Projections {
    by_kind: BTreeMap<Kind, Arc<Projection>>,
}

impl Projections {
    /// Walks an operation along the types of its fields and adds everything that is selected on documents. `root`: the
    /// name of its root type.
    pub fn of(registry: &Registry, root: &str, set: &SelectionSet, computed: &ComputedOf<'_>) -> Self {
        let mut projections = Self::default();
        projections.walk(registry, root, set, computed);
        projections
    }

    /// The projection of a collection; only the id if nothing is selected.
    pub fn of_kind(&self, kind: Kind) -> Arc<Projection> {
        self.by_kind.get(&kind).cloned().unwrap_or_default()
    }

    /// `ty`: the name of the type that `set` is selected on.
    fn walk(&mut self, registry: &Registry, ty: &str, set: &SelectionSet, computed: &ComputedOf<'_>) {
        match registry.types.get(ty) {
            Some(object @ MetaType::Object { .. }) => {
                if let Some(kind) = Kind::of_type(ty) {
                    self.add(kind, set, computed(kind));
                }
                for field in selected(set, ty) {
                    if let Some(declared) = object.field_by_name(&field.node.name.node) {
                        let inner = MetaTypeName::concrete_typename(&declared.ty);
                        self.walk(registry, inner, &field.node.selection_set.node, computed);
                    }
                }
            }
            Some(MetaType::Interface { .. } | MetaType::Union { .. }) => {
                for item in &set.items {
                    if let Selection::InlineFragment(fragment) = &item.node
                        && let Some(condition) = &fragment.node.type_condition
                    {
                        self.walk(
                            registry,
                            &condition.node.on.node,
                            &fragment.node.selection_set.node,
                            computed,
                        );
                    }
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, kind: Kind, set: &SelectionSet, computed: &[Computed]) {
        let projection = Arc::make_mut(self.by_kind.entry(kind).or_default());
        for field in selected(set, kind.type_name()) {
            let name = field.node.name.node.as_str();
            let stored = computed
                .iter()
                .find(|(computed, _)| *computed == name)
                .map_or(name, |(_, stored)| stored);
            let Some(stored) = collections::field(kind, stored) else {
                continue;
            };
            // A computed part may depend on any other part.
            let part = |part: &str| collections::part(kind, stored, part).filter(|_| stored == name);
            let parts: Option<Vec<_>> = fields(&[&field.node.selection_set.node], None)
                .into_iter()
                .map(|below| below.name.node.as_str())
                .filter(|below| *below != "__typename")
                .map(part)
                .collect();
            match parts {
                Some(parts) if !parts.is_empty() => projection.add_parts(stored, parts),
                _ => projection.add(stored),
            }
        }
    }
}
