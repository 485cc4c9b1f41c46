//! Measures a document with its fragments expanded. Results are memoized per fragment, so that it takes linear time
//! whatever the expansion's size. Done before validation, whose work grows with that size.

use std::collections::HashMap;

use apollo_compiler::Name;
use apollo_compiler::ast::{Definition, Document, FragmentDefinition, Selection};
use apollo_compiler::executable::{ExecutableDocument, Operation};

use super::rejection::Rejection;
use crate::limits::{Limit, Limits};

/// How deeply selections may be nested, with fragments expanded: far from the end of the stack, and far beyond the
/// greatest depth that can be configured. A chain of fragments, each within its limits, can be as long as the document.
const DEEPEST: u64 = 250;

/// Checks the operations against the limits. Sizes are summed over all operations where the work for them adds up.
///
/// # Errors
/// If a limit is exceeded, or a fragment spreads itself, so that its size is infinite.
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

/// Refuses all introspection.
pub fn refuse_introspection(document: &ExecutableDocument) -> Result<(), Rejection> {
    let asks = |operation: &Operation| {
        // Also below the root: the payload of a mutation has `Query` in it.
        let mut fields = operation.all_fields(document);
        fields
            .find(|field| matches!(field.name.as_str(), "__schema" | "__type" | "_service"))
            .cloned()
    };
    let found = document.operations.iter().find_map(|operation| asks(operation));
    found.map_or(Ok(()), |field| {
        let message = "introspection is turned off on this server";
        Err(Rejection::new("GRAPHQL_VALIDATION_FAILED", message).at(field.name.location(), &document.sources))
    })
}

/// The size of a selection.
#[derive(Clone, Copy, Default)]
struct Size {
    /// How many fields and fragments, on all levels.
    selections: u64,
    /// How many fields on its own level.
    top: u64,
    /// How many levels of fields.
    depth: u64,
    /// How many levels of fields and fragments.
    levels: u64,
    /// How many levels of fields that lead from type to type, if it is a part of introspection: each multiplies the
    /// size of the answer by that of the schema.
    leading_on: u64,
    /// The same for the introspection fields that it contains.
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
    /// The sizes of the fragments that have been measured.
    fragments: HashMap<&'a Name, Size>,
}

enum Step<'a> {
    Enter(&'a FragmentDefinition),
    Leave(&'a FragmentDefinition),
}

impl<'a> Measures<'a> {
    /// Measures every fragment after those that it spreads, without recursion between fragments.
    fn of_fragments(document: &'a Document) -> Result<Self, Rejection> {
        let definitions = document.definitions.iter().rev();
        // Of fragments with the same name, which validation refuses, the first counts.
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
                // Validation refuses spreads of undefined fragments.
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

    /// The name of the exceeded limit, or the code of another rejection.
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
