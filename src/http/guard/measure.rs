//! What is counted on a valid document, fragments put in: with memory, so that a chain of fragments that would expand
//! to more than the world holds is counted in the time that it takes to read.

use std::collections::HashMap;

use apollo_compiler::Name;
use apollo_compiler::executable::{ExecutableDocument, Operation, Selection, SelectionSet};

use super::refusal::Refusal;
use crate::graphql::limits::{Limit, Limits};

/// Where measuring ends: far below the end of the stack, and far beyond the greatest depth that can be allowed. Many
/// fragments, each within its limits, can form a chain as long as the document.
const DEEPEST: usize = 250;

/// Holds every operation against the limits.
pub fn check(document: &ExecutableDocument, limits: &Limits) -> Result<(), Refusal> {
    let mut measures = Measures {
        document,
        fragments: HashMap::new(),
    };
    for operation in document.operations.iter() {
        let size = measures.set(&operation.selection_set, 0);
        limits.check(Limit::Fields, size.fields)?;
        limits.check(Limit::Depth, size.depth)?;
        limits.check(Limit::RootFields, size.top)?;
        limits.check(Limit::IntrospectionDepth, size.circles)?;
    }
    Ok(())
}

/// Refuses introspection at all.
pub fn refuse_introspection(document: &ExecutableDocument) -> Result<(), Refusal> {
    let asks = |operation: &Operation| {
        let mut roots = operation.root_fields(document);
        roots
            .find(|field| matches!(field.name.as_str(), "__schema" | "__type"))
            .cloned()
    };
    let found = document.operations.iter().find_map(|operation| asks(operation));
    found.map_or(Ok(()), |field| {
        let message = "introspection is turned off on this server";
        Err(Refusal::new("GRAPHQL_VALIDATION_FAILED", message).at(field.name.location(), &document.sources))
    })
}

/// How large a selection is.
#[derive(Clone, Copy, Default)]
struct Size {
    /// All fields, on every level.
    fields: u64,
    /// The fields of its own level.
    top: u64,
    /// How many levels.
    depth: u64,
    /// How many of them lead on through the schema: an answer grows with each by as much as the schema has.
    circles: u64,
}

impl Size {
    fn add(&mut self, other: Self) {
        self.fields = self.fields.saturating_add(other.fields);
        self.top = self.top.saturating_add(other.top);
        self.depth = self.depth.max(other.depth);
        self.circles = self.circles.max(other.circles);
    }
}

fn leads_on(on: &Name, field: &Name) -> bool {
    on == "__Type"
        && matches!(
            field.as_str(),
            "fields" | "inputFields" | "interfaces" | "possibleTypes"
        )
}

struct Measures<'a> {
    document: &'a ExecutableDocument,
    fragments: HashMap<&'a Name, Size>,
}

impl<'a> Measures<'a> {
    fn set(&mut self, set: &'a SelectionSet, level: usize) -> Size {
        let mut size = Size::default();
        if level > DEEPEST {
            size.depth = DEEPEST as u64;
            return size;
        }
        for selection in &set.selections {
            size.add(match selection {
                Selection::Field(field) => {
                    let below = self.set(&field.selection_set, level + 1);
                    Size {
                        fields: below.fields.saturating_add(1),
                        top: 1,
                        depth: below.depth + 1,
                        circles: below.circles + u64::from(leads_on(&set.ty, &field.name)),
                    }
                }
                Selection::InlineFragment(fragment) => self.set(&fragment.selection_set, level + 1),
                Selection::FragmentSpread(spread) => self.fragment(&spread.fragment_name, level + 1),
            });
        }
        size
    }

    fn fragment(&mut self, name: &'a Name, level: usize) -> Size {
        if let Some(size) = self.fragments.get(name) {
            return *size;
        }
        let size = match self.document.fragments.get(name) {
            Some(fragment) => self.set(&fragment.selection_set, level),
            None => Size::default(),
        };
        self.fragments.insert(name, size);
        size
    }
}
