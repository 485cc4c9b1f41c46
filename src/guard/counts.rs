//! Counts what needs no schema in a parsed document. Done before validation, to bound its work.

use apollo_compiler::Name;
use apollo_compiler::ast::{Definition, DirectiveList, Document, OperationType, Selection, Type, Value};

use crate::api::error::Result;
use crate::limits::{Limit, Limits};

/// Whether one of the operations is a mutation.
pub fn has_mutation(document: &Document) -> bool {
    let operations = document
        .definitions
        .iter()
        .filter_map(Definition::as_operation_definition);
    operations
        .into_iter()
        .any(|operation| operation.operation_type == OperationType::Mutation)
}

/// Checks the counts of the document against the limits.
pub fn check(document: &Document, limits: &Limits) -> Result<()> {
    let mut counts = Counts::default();
    document
        .definitions
        .iter()
        .for_each(|definition| counts.definition(definition));
    limits.check(Limit::NameLength, counts.longest_name)?;
    limits.check(Limit::Operations, counts.operations)?;
    limits.check(Limit::Fragments, counts.fragments)?;
    limits.check(Limit::Directives, counts.directives)?;
    limits.check(Limit::Aliases, counts.aliases)?;
    limits.check(Limit::Variables, counts.variables)
}

#[derive(Default)]
struct Counts {
    longest_name: u64,
    operations: u64,
    fragments: u64,
    directives: u64,
    aliases: u64,
    /// Of the operation with the most variables.
    variables: u64,
}

impl Counts {
    fn name(&mut self, name: &Name) {
        self.longest_name = self.longest_name.max(name.len() as u64);
    }

    fn definition(&mut self, definition: &Definition) {
        match definition {
            Definition::OperationDefinition(operation) => {
                self.operations += 1;
                self.variables = self.variables.max(operation.variables.len() as u64);
                operation.name.iter().for_each(|name| self.name(name));
                for variable in &operation.variables {
                    self.name(&variable.name);
                    self.ty(&variable.ty);
                    variable.default_value.iter().for_each(|value| self.value(value));
                    self.directives(&variable.directives);
                }
                self.directives(&operation.directives);
                self.selections(&operation.selection_set);
            }
            Definition::FragmentDefinition(fragment) => {
                self.fragments += 1;
                self.name(&fragment.name);
                self.name(&fragment.type_condition);
                self.directives(&fragment.directives);
                self.selections(&fragment.selection_set);
            }
            // Type definitions are not allowed in requests; validation refuses them.
            _ => {}
        }
    }

    fn selections(&mut self, selections: &[Selection]) {
        for selection in selections {
            match selection {
                Selection::Field(field) => {
                    self.name(&field.name);
                    if let Some(alias) = &field.alias {
                        self.aliases += 1;
                        self.name(alias);
                    }
                    for argument in &field.arguments {
                        self.name(&argument.name);
                        self.value(&argument.value);
                    }
                    self.directives(&field.directives);
                    self.selections(&field.selection_set);
                }
                Selection::FragmentSpread(spread) => {
                    self.name(&spread.fragment_name);
                    self.directives(&spread.directives);
                }
                Selection::InlineFragment(fragment) => {
                    fragment.type_condition.iter().for_each(|name| self.name(name));
                    self.directives(&fragment.directives);
                    self.selections(&fragment.selection_set);
                }
            }
        }
    }

    fn directives(&mut self, directives: &DirectiveList) {
        for directive in &directives.0 {
            self.directives += 1;
            self.name(&directive.name);
            for argument in &directive.arguments {
                self.name(&argument.name);
                self.value(&argument.value);
            }
        }
    }

    fn ty(&mut self, ty: &Type) {
        self.name(ty.inner_named_type());
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Enum(name) | Value::Variable(name) => self.name(name),
            Value::List(items) => items.iter().for_each(|item| self.value(item)),
            Value::Object(fields) => {
                for (name, value) in fields {
                    self.name(name);
                    self.value(value);
                }
            }
            _ => {}
        }
    }
}
