//! Rules of the specification that apollo-compiler's validation lacks or applies inexactly: input fields are unique
//! (5.6.3), variables have an allowed type also inside lists and input objects (5.8.5), and a subscription has one root
//! field, even if written several times (5.2.4.1), and a `@oneOf` input has exactly one of its fields (5.6.5).

use std::collections::HashSet;

use apollo_compiler::ast::{
    Definition, DirectiveList, Document, Selection as AstSelection, Type, Value, VariableDefinition,
};
use apollo_compiler::diagnostic::Diagnostic;
use apollo_compiler::executable::{ExecutableDocument, Operation, Selection, SelectionSet};
use apollo_compiler::parser::{SourceMap, SourceSpan};
use apollo_compiler::schema::{ExtendedType, InputObjectType, InputValueDefinition};
use apollo_compiler::validation::{DiagnosticData, DiagnosticList, Valid, WithErrors};
use apollo_compiler::{Name, Node, Schema};

use super::rejection::Rejection;

const INVALID: &str = "GRAPHQL_VALIDATION_FAILED";

/// Accepts a document that was only refused because a subscription repeats its one root field.
pub fn one_root_field(refused: WithErrors<ExecutableDocument>) -> Result<Valid<ExecutableDocument>, DiagnosticList> {
    let is_about_root_fields = |error: Diagnostic<'_, DiagnosticData>| {
        error.error.unstable_error_name() == Some("SubscriptionUsesMultipleFields")
    };
    let document = &refused.partial;
    let has_one = |operation: &Node<Operation>| {
        let keys: HashSet<&Name> = operation
            .root_fields(document)
            .map(|field| field.response_key())
            .collect();
        !operation.is_subscription() || keys.len() == 1
    };
    if refused.errors.iter().all(is_about_root_fields) && document.operations.iter().all(has_one) {
        // All other rules were checked and hold.
        return Ok(Valid::assume_valid(refused.partial));
    }
    Err(refused.errors)
}

/// Refuses input objects with duplicate fields.
pub fn unique_input_fields(document: &Document) -> Result<(), Rejection> {
    let found = document.definitions.iter().find_map(|definition| match definition {
        Definition::OperationDefinition(operation) => operation
            .variables
            .iter()
            .find_map(|variable| {
                let default = variable.default_value.as_ref();
                default
                    .and_then(|value| twice(value))
                    .or_else(|| twice_in_directives(&variable.directives))
            })
            .or_else(|| twice_in_directives(&operation.directives))
            .or_else(|| twice_in_set(&operation.selection_set)),
        Definition::FragmentDefinition(fragment) => {
            twice_in_directives(&fragment.directives).or_else(|| twice_in_set(&fragment.selection_set))
        }
        _ => None,
    });
    found.map_or(Ok(()), |name| {
        let message = format!("the input field `{name}` is given twice; accepted is one of it");
        Err(Rejection::new(INVALID, message).at(name.location(), &document.sources))
    })
}

fn twice_in_set(selections: &[AstSelection]) -> Option<&Name> {
    selections.iter().find_map(|selection| match selection {
        AstSelection::Field(field) => field
            .arguments
            .iter()
            .find_map(|argument| twice(&argument.value))
            .or_else(|| twice_in_directives(&field.directives))
            .or_else(|| twice_in_set(&field.selection_set)),
        AstSelection::InlineFragment(fragment) => {
            twice_in_directives(&fragment.directives).or_else(|| twice_in_set(&fragment.selection_set))
        }
        AstSelection::FragmentSpread(spread) => twice_in_directives(&spread.directives),
    })
}

fn twice_in_directives(directives: &DirectiveList) -> Option<&Name> {
    let mut arguments = directives.0.iter().flat_map(|directive| &directive.arguments);
    arguments.find_map(|argument| twice(&argument.value))
}

fn twice(value: &Value) -> Option<&Name> {
    match value {
        Value::Object(fields) => {
            let mut seen = HashSet::new();
            fields
                .iter()
                .find_map(|(name, value)| (!seen.insert(name)).then_some(name).or_else(|| twice(value)))
        }
        Value::List(items) => items.iter().find_map(|item| twice(item)),
        _ => None,
    }
}

/// Refuses variables at places where their type is not allowed, and inputs of which just one field is to be given where it
/// is not.
pub fn variables_and_one_of(document: &ExecutableDocument, schema: &Schema) -> Result<(), Rejection> {
    document.operations.iter().try_for_each(|operation| {
        let mut positions = Positions {
            schema,
            document,
            operation,
            seen: HashSet::new(),
        };
        for variable in &operation.variables {
            if let Some(default) = &variable.default_value {
                positions.typed(default, &variable.ty, false)?;
            }
        }
        positions.directives(&operation.directives)?;
        positions.set(&operation.selection_set)
    })
}

struct Positions<'a> {
    schema: &'a Schema,
    document: &'a ExecutableDocument,
    operation: &'a Operation,
    /// The fragments that this operation spreads and that have been visited.
    seen: HashSet<&'a Name>,
}

impl<'a> Positions<'a> {
    fn set(&mut self, set: &'a SelectionSet) -> Result<(), Rejection> {
        for selection in &set.selections {
            self.directives(selection.directives())?;
            match selection {
                Selection::Field(field) => {
                    for argument in &field.arguments {
                        if let Some(place) = field.definition.argument_by_name(&argument.name) {
                            self.value(&argument.value, place)?;
                        }
                    }
                    self.set(&field.selection_set)?;
                }
                Selection::InlineFragment(fragment) => self.set(&fragment.selection_set)?,
                Selection::FragmentSpread(spread) => {
                    if self.seen.insert(&spread.fragment_name)
                        && let Some(fragment) = self.document.fragments.get(&spread.fragment_name)
                    {
                        self.directives(&fragment.directives)?;
                        self.set(&fragment.selection_set)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn directives(&self, directives: &DirectiveList) -> Result<(), Rejection> {
        for directive in &directives.0 {
            let Some(definition) = self.schema.directive_definitions.get(&directive.name) else {
                continue;
            };
            for argument in &directive.arguments {
                if let Some(place) = definition.argument_by_name(&argument.name) {
                    self.value(&argument.value, place)?;
                }
            }
        }
        Ok(())
    }

    /// Checks the value of an argument or an input field.
    fn value(&self, value: &Node<Value>, place: &InputValueDefinition) -> Result<(), Rejection> {
        self.typed(value, &place.ty, place.default_value.is_some())
    }

    fn typed(&self, value: &Node<Value>, ty: &Type, has_default: bool) -> Result<(), Rejection> {
        match &**value {
            Value::Variable(name) => self.variable(name, ty, has_default, value.location()),
            Value::List(items) => {
                let item_type = if ty.is_list() { ty.item_type() } else { ty };
                items.iter().try_for_each(|item| self.typed(item, item_type, false))
            }
            Value::Object(fields) => {
                let Some(ExtendedType::InputObject(object)) = self.schema.types.get(ty.inner_named_type()) else {
                    return Ok(());
                };
                if is_one_of(object) {
                    self.one_of(object, fields, value.location())?;
                }
                fields
                    .iter()
                    .try_for_each(|(name, value)| match object.fields.get(name) {
                        Some(place) => self.value(value, place),
                        None => Ok(()),
                    })
            }
            _ => Ok(()),
        }
    }

    /// Checks an input of which exactly one field is given, with a value: also a variable must not be null there.
    fn one_of(
        &self,
        object: &InputObjectType,
        fields: &[(Name, Node<Value>)],
        at: Option<SourceSpan>,
    ) -> Result<(), Rejection> {
        let found = match fields {
            [(name, value)] => match &**value {
                Value::Null => format!("`{name}` is null"),
                Value::Variable(variable) if self.may_be_null(variable) => {
                    format!("the variable `${variable}` for `{name}` may be null; its type has to end in `!`")
                }
                _ => return Ok(()),
            },
            _ => format!("{} are given", fields.len()),
        };
        let message = format!("{}; {found}", one_of_accepted(object));
        Err(Rejection::new(INVALID, message).at(at, &self.document.sources))
    }

    fn may_be_null(&self, variable: &Name) -> bool {
        self.definition(variable)
            .is_some_and(|definition| !definition.ty.is_non_null())
    }

    fn definition(&self, variable: &Name) -> Option<&'a Node<VariableDefinition>> {
        let mut definitions = self.operation.variables.iter();
        definitions.find(|definition| definition.name == *variable)
    }

    fn variable(&self, name: &Name, place: &Type, has_default: bool, at: Option<SourceSpan>) -> Result<(), Rejection> {
        let Some(definition) = self.definition(name) else {
            return Ok(());
        };
        if is_allowed(definition, place, has_default) {
            return Ok(());
        }
        let message = format!(
            "the variable `${name}` of type `{}` stands where `{place}` is expected; accepted is a variable of that type",
            definition.ty
        );
        let sources: &SourceMap = &self.document.sources;
        Err(Rejection::new(INVALID, message).at(at, sources))
    }
}

/// Whether exactly one field of an input is to be given.
pub fn is_one_of(object: &InputObjectType) -> bool {
    object.directives.has("oneOf")
}

/// What such an input accepts.
pub fn one_of_accepted(object: &InputObjectType) -> String {
    let names: Vec<String> = object.fields.keys().map(|name| format!("`{name}`")).collect();
    format!(
        "{} takes exactly one of {}, with a value",
        object.name,
        names.join(", ")
    )
}

/// IsVariableUsageAllowed() of the specification.
fn is_allowed(definition: &VariableDefinition, place: &Type, has_default: bool) -> bool {
    if place.is_non_null() && !definition.ty.is_non_null() {
        let gives_value = definition.default_value.as_ref().is_some_and(|value| !value.is_null());
        return (gives_value || has_default) && fits(&definition.ty, &place.clone().nullable());
    }
    fits(&definition.ty, place)
}

/// AreTypesCompatible() of the specification.
fn fits(variable: &Type, place: &Type) -> bool {
    match (variable, place) {
        (Type::NonNullNamed(a), Type::NonNullNamed(b) | Type::Named(b)) | (Type::Named(a), Type::Named(b)) => a == b,
        (Type::NonNullList(a), Type::NonNullList(b) | Type::List(b)) | (Type::List(a), Type::List(b)) => fits(a, b),
        _ => false,
    }
}
