//! What is counted with the fragments put in: with memory, so that fragments are counted in the time that it takes to read
//! them, whatever they expand to. Before validation, whose work grows with it.

use std::collections::HashMap;

use apollo_compiler::Name;
use apollo_compiler::ast::{Definition, Document, FragmentDefinition, Selection};
use apollo_compiler::executable::{ExecutableDocument, Operation};

use super::rejection::Rejection;
use crate::limits::{Limit, Limits};

/// How deep selections of all kinds may be nested, fragments put in: far below the end of the stack, and far beyond the
/// greatest depth that can be allowed. Many fragments, each within its limits, can form a chain as long as the document.
const DEEPEST: u64 = 250;

/// Holds the operations against the limits, together where the work for one adds to that for another.
///
/// # Errors
/// Where a limit is passed, and where a fragment spreads itself: nothing can be counted then.
pub fn check(document: &Document, limits: &Limits) -> Result<(), Rejection> {
    let measures = Measures::of_fragments(document)?;
    let operations = document
        .definitions
        .iter()
        .filter_map(Definition::as_operation_definition);
    let sizes: Vec<Size> = operations
        .map(|operation| measures.set(&operation.selection_set))
        .collect();
    let fields = sizes
        .iter()
        .fold(0, |sum: u64, size| sum.saturating_add(size.selections));
    limits.check(Limit::Fields, fields)?;
    for size in sizes {
        let too_deep = if size.levels > DEEPEST { DEEPEST } else { 0 };
        limits.check(Limit::Depth, size.depth.max(too_deep))?;
        limits.check(Limit::RootFields, size.top)?;
        limits.check(Limit::IntrospectionDepth, size.circles)?;
    }
    Ok(())
}

/// Refuses introspection at all.
pub fn refuse_introspection(document: &ExecutableDocument) -> Result<(), Rejection> {
    let asks = |operation: &Operation| {
        let mut roots = operation.root_fields(document);
        roots
            .find(|field| matches!(field.name.as_str(), "__schema" | "__type"))
            .cloned()
    };
    let found = document.operations.iter().find_map(|operation| asks(operation));
    found.map_or(Ok(()), |field| {
        let message = "introspection is turned off on this server";
        Err(Rejection::new("GRAPHQL_VALIDATION_FAILED", message).at(field.name.location(), &document.sources))
    })
}

/// How large a selection is.
#[derive(Clone, Copy, Default)]
struct Size {
    /// All fields and fragments, on every level.
    selections: u64,
    /// The fields of its own level.
    top: u64,
    /// How many levels of fields.
    depth: u64,
    /// How many levels of fields and fragments.
    levels: u64,
    /// How many levels of fields that lead on from type to type, if it stands in introspection: there an answer grows
    /// with each by as much as the schema has.
    leading_on: u64,
    /// How many such levels there are in the introspection that it holds.
    circles: u64,
}

impl Size {
    fn add(&mut self, other: Self) {
        self.selections = self.selections.saturating_add(other.selections);
        self.top = self.top.saturating_add(other.top);
        self.depth = self.depth.max(other.depth);
        self.levels = self.levels.max(other.levels);
        self.leading_on = self.leading_on.max(other.leading_on);
        self.circles = self.circles.max(other.circles);
    }
}

#[derive(Default)]
struct Measures<'a> {
    /// Of each fragment that has been measured.
    fragments: HashMap<&'a Name, Size>,
}

enum Step<'a> {
    Enter(&'a FragmentDefinition),
    Leave(&'a FragmentDefinition),
}

impl<'a> Measures<'a> {
    /// Measures every fragment, those that it spreads before it. Without recursion from one to the next.
    fn of_fragments(document: &'a Document) -> Result<Self, Rejection> {
        let definitions = document.definitions.iter().rev();
        // Of those that share a name, which validation refuses, the first.
        let known: HashMap<&Name, &FragmentDefinition> = definitions
            .filter_map(Definition::as_fragment_definition)
            .map(|fragment| (&fragment.name, &**fragment))
            .collect();
        let mut measures = Self::default();
        let mut entered: HashMap<&Name, bool> = HashMap::new();
        for definition in &document.definitions {
            let Some(first) = definition.as_fragment_definition() else {
                continue;
            };
            let mut steps = vec![Step::Enter(first)];
            while let Some(step) = steps.pop() {
                match step {
                    Step::Enter(fragment) => match entered.get(&fragment.name) {
                        Some(true) => {}
                        Some(false) => return Err(circle(fragment, document)),
                        None => {
                            entered.insert(&fragment.name, false);
                            steps.push(Step::Leave(fragment));
                            spreads(&fragment.selection_set, &mut |name| {
                                steps.extend(known.get(name).map(|fragment| Step::Enter(fragment)));
                            });
                        }
                    },
                    Step::Leave(fragment) => {
                        let size = measures.set(&fragment.selection_set);
                        measures.fragments.insert(&fragment.name, size);
                        entered.insert(&fragment.name, true);
                    }
                }
            }
        }
        Ok(measures)
    }

    fn set(&self, selections: &[Selection]) -> Size {
        let mut size = Size::default();
        for selection in selections {
            let mut one = match selection {
                Selection::Field(field) => {
                    let mut one = self.set(&field.selection_set);
                    one.top = 1;
                    one.depth += 1;
                    match field.name.as_str() {
                        "fields" | "inputFields" | "interfaces" | "possibleTypes" => one.leading_on += 1,
                        "__schema" | "__type" => one.circles = one.leading_on,
                        _ => {}
                    }
                    one
                }
                Selection::InlineFragment(fragment) => self.set(&fragment.selection_set),
                // One that is not there is refused by validation.
                Selection::FragmentSpread(spread) => {
                    self.fragments.get(&spread.fragment_name).copied().unwrap_or_default()
                }
            };
            one.selections = one.selections.saturating_add(1);
            one.levels += 1;
            size.add(one);
        }
        size
    }
}

fn spreads<'a>(selections: &'a [Selection], found: &mut impl FnMut(&'a Name)) {
    for selection in selections {
        match selection {
            Selection::Field(field) => spreads(&field.selection_set, found),
            Selection::InlineFragment(fragment) => spreads(&fragment.selection_set, found),
            Selection::FragmentSpread(spread) => found(&spread.fragment_name),
        }
    }
}

fn circle(fragment: &FragmentDefinition, document: &Document) -> Rejection {
    let message = format!(
        "the fragment `{}` spreads itself, or leads back to itself through others; accepted are fragments that do not",
        fragment.name
    );
    Rejection::new("GRAPHQL_VALIDATION_FAILED", message).at(fragment.name.location(), &document.sources)
}

#[cfg(test)]
mod tests {
    use apollo_compiler::parser::Parser;
    use async_graphql::Value;

    use super::*;

    /// The name of the limit that a document goes over, or the code of another refusal.
    fn told(text: &str) -> Option<String> {
        let limits = Limits::default()
            .with(Limit::Fields, 6)
            .with(Limit::Depth, 3)
            .with(Limit::RootFields, 3);
        let document = Parser::new().parse_ast(text, "document").expect("it can be parsed");
        let error = check(&document, &limits).err()?.errors().remove(0);
        let extensions = error.extensions.expect("it has a code");
        match extensions.get("name").or_else(|| extensions.get("code")) {
            Some(Value::String(word)) => Some(word.clone()),
            other => panic!("{other:?} is no word"),
        }
    }

    #[test]
    fn a_document_is_measured_with_its_fragments_put_in() {
        for (text, expected) in [
            ("{ a { b { c } } d e }", None),
            ("{ a { b { c { d } } } }", Some("depth")),
            ("{ a b c d }", Some("rootFields")),
            ("{ ...F } fragment F on Q { a { b { c { d } } } }", Some("depth")),
            ("{ a ...F } fragment F on Q { b c d }", Some("rootFields")),
            ("{ ...F ...F } fragment F on Q { a ... { b } }", Some("fields")),
            ("{ ...F } fragment G on Q { a } fragment F on Q { ...G ...G }", None),
            ("{ ...Unknown }", None),
        ] {
            assert_eq!(told(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn the_operations_of_a_document_count_together() {
        let with = |operations: &str| told(&format!("{operations} fragment F on Q {{ a }}"));
        assert_eq!(with("query A { ...F } query B { ...F } query C { ...F }"), None);
        let four = "query A { ...F } query B { ...F } query C { ...F } query D { ...F }";
        assert_eq!(with(four).as_deref(), Some("fields"));
    }

    #[test]
    fn fragments_that_lead_back_to_themselves_are_refused_whether_used_or_not() {
        for text in [
            "{ ...F } fragment F on Q { ...F }",
            "{ ...F } fragment F on Q { a { ... { ...G } } } fragment G on Q { ...F }",
            "{ a } fragment F on Q { ...G } fragment G on Q { ...H } fragment H on Q { ...G }",
        ] {
            assert_eq!(told(text).as_deref(), Some("GRAPHQL_VALIDATION_FAILED"), "{text}");
        }
    }

    #[test]
    fn what_expands_to_more_than_is_accepted_is_refused() {
        let expanding = |links: usize| {
            let link = |link: usize| {
                format!(
                    "fragment F{link} on Q {{ {} }} ",
                    format!("...F{} ", link + 1).repeat(2)
                )
            };
            let links_text: String = (0..links).map(link).collect();
            format!("{{ ...F0 }} {links_text} fragment F{links} on Q {{ a }}")
        };
        // Spreads and fields: 1 + 2 + 2, then 1 + 2 + 4 + 4.
        assert_eq!(told(&expanding(1)).as_deref(), None);
        assert_eq!(told(&expanding(2)).as_deref(), Some("fields"));
    }
}
