//! The errors of validation, in the order in which a reader would mend them: first unknown names, then what is wrong or
//! missing, last what is unused; each in document order. Errors that only follow from another error are left out.
//!
//! apollo-compiler removes what it cannot resolve (an unknown field, a fragment on an unknown type) and validates the
//! rest. What it then reports as missing may be in the original document, so that is checked here.

use std::collections::{HashMap, HashSet};

use apollo_compiler::ast::{
    Argument, Definition, DirectiveList, Document, FragmentDefinition, OperationDefinition, Selection, Value,
    VariableDefinition,
};
use apollo_compiler::diagnostic::ToCliReport;
use apollo_compiler::parser::SourceSpan;
use apollo_compiler::validation::DiagnosticList;
use apollo_compiler::{Name, Node, Schema};

use super::mistake::{Mistake, kind, quoted, unselected};
use super::suggest::Suggestions;

/// The maximum length of a quoted value, in characters.
const SHOWN: usize = 60;

/// The errors in the order in which they are reported. If names are suggested, a missing argument or field is not
/// reported where an unknown name is probably a misspelling of it.
pub fn in_order<'a>(
    errors: &'a DiagnosticList,
    document: &Document,
    schema: &Schema,
    suggestions: Option<&Suggestions<'_>>,
) -> Vec<Mistake<'a>> {
    let mut found: Vec<Mistake<'a>> = errors.iter().collect();
    if found.len() > 1 {
        let written = Written::of(document, schema);
        // Something is wrong: never drop all errors.
        if !found.iter().all(|mistake| written.contradicts(mistake)) {
            found.retain(|mistake| !written.contradicts(mistake));
        }
        let meant = suggestions.map(|suggestions| written.meant(&found, suggestions));
        if let Some(meant) = meant.filter(|meant| !meant.is_empty()) {
            found.retain(|mistake| !missing(mistake).is_some_and(|missing| meant.contains(&missing)));
        }
        // They are in document order; the sort is stable and keeps it within a rank.
        found.sort_by_key(rank);
    }
    found
}

fn rank(mistake: &Mistake<'_>) -> u8 {
    match kind(mistake) {
        // The outline of the document, and unknown names.
        "TypeSystemDefinition"
        | "AmbiguousAnonymousOperation"
        | "OperationNameCollision"
        | "FragmentNameCollision"
        | "UndefinedRootOperation"
        | "UndefinedField"
        | "UndefinedTypeInNamedFragmentTypeCondition"
        | "UndefinedTypeInInlineFragmentTypeCondition"
        | "UndefinedDefinition"
        | "UndefinedDirective"
        | "UndefinedArgument"
        | "UndefinedFragment"
        | "UndefinedVariable"
        | "UndefinedEnumValue"
        | "UndefinedInputValue" => 0,
        "UnusedVariable" | "UnusedFragment" => 2,
        _ => 1,
    }
}

/// The message for an error. Replaced with our own where apollo-compiler's lacks names or is about the document instead
/// of the schema.
pub fn worded(mistake: &Mistake<'_>, message: String, schema: &Schema) -> String {
    let told = || mistake.error.unstable_compat_message();
    let value = || told()?.split_once(": ").map(|(_, value)| shown(value));
    let reworded = match kind(mistake) {
        "MissingSubselection" => unselected(mistake).map(|(field, on)| {
            let definition = schema.type_field(&on, &field).ok();
            let ty = definition.map_or_else(String::new, |definition| format!(" of type `{}`", definition.ty));
            format!("the field `{field}`{ty} has no selection; accepted is `{field} {{ … }}`")
        }),
        "SubselectionOnScalarType" | "SubselectionOnEnumType" => told().and_then(|told| match &quoted(&told)[..] {
            [field, ty] => Some(format!(
                "the field `{field}` is of type `{ty}`, which has no fields; accepted is `{field}` without a selection"
            )),
            _ => None,
        }),
        "IntCoercionError" => value().map(|value| {
            let (least, most) = (i32::MIN, i32::MAX);
            format!("{value} is no Int; accepted is a whole number from {least} to {most}")
        }),
        "FloatCoercionError" => value().map(|value| {
            let most = f64::MAX;
            format!("{value} is no Float; accepted is a number up to {most:e}")
        }),
        "UndefinedDefinition" | "UndefinedDirective" => Some(
            message
                .replace("cannot find", "there is no")
                .replace(" in this document", ""),
        ),
        _ => None,
    };
    reworded.unwrap_or(message)
}

/// A value, cut after 60 characters.
pub fn shown(value: &str) -> String {
    let mut letters = value.chars();
    let shown: String = letters.by_ref().take(SHOWN).collect();
    if letters.next().is_some() { shown + "…" } else { shown }
}

/// What the original document contains, by offset in the text.
#[derive(Default)]
struct Written {
    /// Fields that have a selection.
    selecting: HashSet<usize>,
    /// Definitions of variables that are used.
    used: HashSet<usize>,
    /// Definitions of fragments that an operation reaches.
    reached: HashSet<usize>,
    /// Spreads of fragments that are defined.
    defined: HashSet<usize>,
    /// Uses of variables whose declared type is not an input type.
    untyped: HashSet<usize>,
    /// For arguments and values: the field, directive or object that has them.
    holders: HashMap<usize, usize>,
}

impl Written {
    fn of(document: &Document, schema: &Schema) -> Self {
        let mut fragments = HashMap::new();
        for fragment in document
            .definitions
            .iter()
            .filter_map(Definition::as_fragment_definition)
        {
            // Of fragments with the same name the first counts.
            fragments.entry(&fragment.name).or_insert(fragment);
        }
        let mut written = Self::default();
        for operation in document
            .definitions
            .iter()
            .filter_map(Definition::as_operation_definition)
        {
            let mut walk = Walk {
                schema,
                fragments: &fragments,
                variables: variables(operation),
                seen: HashSet::new(),
                written: &mut written,
            };
            walk.directives(&operation.directives);
            walk.set(&operation.selection_set);
        }
        written
    }

    /// Whether an error does not hold for the original document.
    fn contradicts(&self, mistake: &Mistake<'_>) -> bool {
        let places = match kind(mistake) {
            "MissingSubselection" => &self.selecting,
            "UnusedVariable" => &self.used,
            "UnusedFragment" => &self.reached,
            "UndefinedFragment" => &self.defined,
            "DisallowedVariableUsage" | "UnsupportedValueType" => &self.untyped,
            _ => return false,
        };
        offset(mistake).is_some_and(|place| places.contains(&place))
    }

    /// The names that were probably meant by unknown names, each with the offset of its field, directive or object.
    fn meant(&self, found: &[Mistake<'_>], suggestions: &Suggestions<'_>) -> HashSet<(usize, String)> {
        let lacking = found
            .iter()
            .filter(|mistake| matches!(kind(mistake), "RequiredArgument" | "RequiredField"));
        let lacking: HashSet<usize> = lacking.filter_map(offset).collect();
        let meant = |mistake: &Mistake<'_>| {
            let holder = self.holders.get(&offset(mistake)?)?;
            let is_unknown = matches!(kind(mistake), "UndefinedArgument" | "UndefinedInputValue");
            let is_asked = is_unknown && lacking.contains(holder);
            is_asked
                .then(|| suggestions.nearest(mistake))
                .flatten()
                .map(|name| (*holder, name))
        };
        found.iter().filter_map(meant).collect()
    }
}

fn offset(mistake: &Mistake<'_>) -> Option<usize> {
    mistake.error.location().map(|place| place.offset())
}

/// The name that is missing, and where.
fn missing(mistake: &Mistake<'_>) -> Option<(usize, String)> {
    let told = || mistake.error.unstable_compat_message();
    let name = match kind(mistake) {
        "RequiredArgument" => (*quoted(&told()?).get(1)?).to_owned(),
        "RequiredField" => quoted(&told()?).first()?.split_once('.')?.1.to_owned(),
        _ => return None,
    };
    Some((offset(mistake)?, name))
}

fn variables(operation: &OperationDefinition) -> HashMap<&Name, &Node<VariableDefinition>> {
    operation
        .variables
        .iter()
        .map(|variable| (&variable.name, variable))
        .collect()
}

/// Walks an operation and everything it reaches. No deeper than `expansion` allows.
struct Walk<'a> {
    schema: &'a Schema,
    fragments: &'a HashMap<&'a Name, &'a Node<FragmentDefinition>>,
    variables: HashMap<&'a Name, &'a Node<VariableDefinition>>,
    seen: HashSet<&'a Name>,
    written: &'a mut Written,
}

impl<'a> Walk<'a> {
    fn set(&mut self, selections: &'a [Selection]) {
        for selection in selections {
            match selection {
                Selection::Field(field) => {
                    if !field.selection_set.is_empty() {
                        note(&mut self.written.selecting, field.location());
                    }
                    self.arguments(&field.arguments, field.location());
                    self.directives(&field.directives);
                    self.set(&field.selection_set);
                }
                Selection::InlineFragment(fragment) => {
                    self.directives(&fragment.directives);
                    self.set(&fragment.selection_set);
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.directives);
                    let Some(fragment) = self.fragments.get(&spread.fragment_name).copied() else {
                        continue;
                    };
                    note(&mut self.written.defined, spread.location());
                    if self.seen.insert(&spread.fragment_name) {
                        note(&mut self.written.reached, fragment.location());
                        self.directives(&fragment.directives);
                        self.set(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn directives(&mut self, directives: &'a DirectiveList) {
        for directive in &directives.0 {
            self.arguments(&directive.arguments, directive.location());
        }
    }

    fn arguments(&mut self, arguments: &'a [Node<Argument>], holder: Option<SourceSpan>) {
        for argument in arguments {
            self.held(argument.location(), holder);
            if self.value(&argument.value) {
                note(&mut self.written.untyped, argument.location());
            }
        }
    }

    fn held(&mut self, place: Option<SourceSpan>, holder: Option<SourceSpan>) {
        if let (Some(place), Some(holder)) = (place, holder) {
            self.written.holders.insert(place.offset(), holder.offset());
        }
    }

    /// Whether the value is a variable whose declared type is not an input type.
    fn value(&mut self, value: &'a Node<Value>) -> bool {
        match &**value {
            Value::Variable(name) => {
                let Some(definition) = self.variables.get(name) else {
                    return false;
                };
                note(&mut self.written.used, definition.location());
                let ty = self.schema.types.get(definition.ty.inner_named_type());
                let is_untyped = !ty.is_some_and(|ty| ty.is_input_type());
                if is_untyped {
                    note(&mut self.written.untyped, value.location());
                }
                is_untyped
            }
            Value::List(items) => {
                for item in items {
                    self.value(item);
                }
                false
            }
            Value::Object(fields) => {
                for (_, field) in fields {
                    self.held(field.location(), value.location());
                    self.value(field);
                }
                false
            }
            _ => false,
        }
    }
}

fn note(places: &mut HashSet<usize>, place: Option<SourceSpan>) {
    places.extend(place.map(|place| place.offset()));
}
