//! The normal form of an operation: what is selected at each place, with each response key once.
//!
//! CollectFields and MergeSelectionSets (GraphQL of September 2025, 6.3.2 and 6.4.3), but before execution: fragments
//! are expanded, fields with the same response key are merged, and what `@skip` and `@include` exclude is removed.
//! async-graphql executes every occurrence of a field and merges the results, so two occurrences would be two reads, or
//! two writes. On an interface or a union, fields are collected for each possible type separately, so that nested
//! fragments add only the fields that they select.
//!
//! It depends on variables only if a directive does, so it is usually made once for each document.

use std::collections::{HashMap, HashSet};

use apollo_compiler::Name as ApolloName;
use apollo_compiler::ast::{DirectiveList, Value as Literal};
use apollo_compiler::collections::IndexMap;
use apollo_compiler::executable::{self as from, Operation};
use apollo_compiler::response::JsonMap;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Node, Schema};
use async_graphql::{Name, Pos};

use crate::api::error::{ApiError, Result};
use crate::api::operation::Memo;
use crate::limits::{Limit, Limits};

/// A selection set in normal form.
#[derive(Debug)]
pub enum Selection {
    Object(Vec<Field>),
    /// On an interface or a union: by object type, without those on which nothing is selected.
    Abstract(Vec<(Name, Vec<Field>)>),
}

/// A field with all its occurrences merged.
#[derive(Debug)]
pub struct Field {
    pub alias: Option<Name>,
    pub name: Name,
    /// As written; all occurrences have the same.
    pub arguments: Vec<(Name, Node<Literal>)>,
    /// Where it is first written.
    pub position: Pos,
    /// `None` for a field without a selection set.
    pub below: Option<Selection>,
}

/// The normal form of one operation.
#[derive(Debug)]
pub struct NormalForm {
    pub root: Selection,
    /// How many fields it has, on all levels.
    pub fields: u64,
    pub memo: Memo,
}

/// The possible object types of each interface and union.
#[derive(Clone, Debug, Default)]
pub struct PossibleTypes(HashMap<ApolloName, Vec<ApolloName>>);

impl PossibleTypes {
    /// The possible types of a schema, in its order.
    pub fn of(schema: &Schema) -> Self {
        let mut possible: HashMap<ApolloName, Vec<ApolloName>> = HashMap::new();
        for (name, ty) in &schema.types {
            match ty {
                ExtendedType::Object(object) => {
                    for interface in &object.implements_interfaces {
                        possible.entry(interface.name.clone()).or_default().push(name.clone());
                    }
                }
                ExtendedType::Union(union) => {
                    let members = union.members.iter().map(|member| member.name.clone());
                    possible.insert(name.clone(), members.collect());
                }
                _ => {}
            }
        }
        Self(possible)
    }

    /// Whether a fragment on `condition` applies to objects of this type.
    fn apply(&self, condition: &ApolloName, object: &ApolloName) -> bool {
        condition == object || self.0.get(condition).is_some_and(|types| types.contains(object))
    }
}

/// Why there is no normal form.
#[derive(Debug)]
pub enum Stopped {
    /// The condition of a directive is a variable, and no variables were given.
    NeedsVariables,
    /// It exceeds a limit.
    TooLarge(ApiError),
}

/// Makes the normal form of an operation. `variables` may be `None` if no directive uses one.
///
/// # Errors
/// See [`Stopped`].
pub fn normal_form(
    schema: &Schema,
    possible: &PossibleTypes,
    document: &from::ExecutableDocument,
    operation: &Operation,
    variables: Option<&JsonMap>,
    limits: &Limits,
) -> std::result::Result<NormalForm, Stopped> {
    let mut normalizer = Normalizer {
        schema,
        possible,
        document,
        variables,
        limits,
        fields: 0,
        deepest: 0,
    };
    let set = &operation.selection_set;
    let root = normalizer.place(&set.ty, &[set], 1)?;
    let measured = || -> Result<()> {
        limits.check(Limit::Fields, normalizer.fields)?;
        limits.check(Limit::Depth, normalizer.deepest)
    };
    measured().map_err(Stopped::TooLarge)?;
    Ok(NormalForm {
        root,
        fields: normalizer.fields,
        memo: Memo::default(),
    })
}

struct Normalizer<'a> {
    schema: &'a Schema,
    possible: &'a PossibleTypes,
    document: &'a from::ExecutableDocument,
    variables: Option<&'a JsonMap>,
    limits: &'a Limits,
    fields: u64,
    deepest: u64,
}

/// The occurrences of each response key, in the order of first occurrence.
type Grouped<'a> = IndexMap<&'a ApolloName, Vec<&'a Node<from::Field>>>;

impl<'a> Normalizer<'a> {
    /// What these sets together select on this type.
    fn place(
        &mut self,
        ty: &ApolloName,
        sets: &[&'a from::SelectionSet],
        depth: u64,
    ) -> std::result::Result<Selection, Stopped> {
        let Some(types) = self.possible.0.get(ty) else {
            return Ok(Selection::Object(self.object(ty, sets, depth)?));
        };
        let mut selected = Vec::new();
        for object in types {
            let fields = self.object(object, sets, depth)?;
            if !fields.is_empty() {
                selected.push((Name::new(object.as_str()), fields));
            }
        }
        Ok(Selection::Abstract(selected))
    }

    fn object(
        &mut self,
        ty: &ApolloName,
        sets: &[&'a from::SelectionSet],
        depth: u64,
    ) -> std::result::Result<Vec<Field>, Stopped> {
        let mut grouped = Grouped::default();
        let mut spread = HashSet::new();
        for set in sets {
            self.collect(ty, set, &mut spread, &mut grouped)?;
        }
        let mut fields = Vec::with_capacity(grouped.len());
        for occurrences in grouped.into_values() {
            fields.extend(self.field(ty, &occurrences, depth)?);
        }
        Ok(fields)
    }

    /// CollectFields. `spread`: the fragments already expanded in this set.
    fn collect(
        &self,
        ty: &ApolloName,
        set: &'a from::SelectionSet,
        spread: &mut HashSet<&'a ApolloName>,
        grouped: &mut Grouped<'a>,
    ) -> std::result::Result<(), Stopped> {
        for selection in &set.selections {
            if !self.stands(selection.directives())? {
                continue;
            }
            match selection {
                from::Selection::Field(field) => grouped.entry(field.response_key()).or_default().push(field),
                from::Selection::InlineFragment(fragment) => {
                    let condition = fragment.type_condition.as_ref();
                    if condition.is_none_or(|condition| self.possible.apply(condition, ty)) {
                        self.collect(ty, &fragment.selection_set, spread, grouped)?;
                    }
                }
                from::Selection::FragmentSpread(one) => {
                    if spread.insert(&one.fragment_name)
                        && let Some(fragment) = self.document.fragments.get(&one.fragment_name)
                        && self.possible.apply(&fragment.selection_set.ty, ty)
                    {
                        self.collect(ty, &fragment.selection_set, spread, grouped)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Merges the occurrences of a field (MergeSelectionSets).
    fn field(
        &mut self,
        ty: &ApolloName,
        occurrences: &[&'a Node<from::Field>],
        depth: u64,
    ) -> std::result::Result<Option<Field>, Stopped> {
        let Some(first) = occurrences.first() else {
            return Ok(None);
        };
        self.fields += 1;
        self.deepest = self.deepest.max(depth);
        // Checked while it grows, so that growth is bounded.
        if self.fields > self.limits.ceiling(Limit::Fields) {
            let exceeded = self.limits.exceeded(Limit::Fields, self.fields);
            return Err(Stopped::TooLarge(exceeded));
        }
        // An interface may declare a wider type for the field than the object.
        let declared = self.schema.type_field(ty, &first.name);
        let declared = declared.map_or(&first.definition.ty, |definition| &definition.ty);
        let inner = declared.inner_named_type();
        let is_leaf = self.schema.types.get(inner).is_none_or(ExtendedType::is_leaf);
        let below = if is_leaf {
            None
        } else {
            let sets: Vec<&from::SelectionSet> = occurrences.iter().map(|field| &field.selection_set).collect();
            Some(self.place(inner, &sets, depth + 1)?)
        };
        let place = first
            .location()
            .and_then(|span| span.line_column(&self.document.sources));
        let arguments = first.arguments.iter();
        Ok(Some(Field {
            alias: first.alias.as_ref().map(|alias| Name::new(alias.as_str())),
            name: Name::new(first.name.as_str()),
            arguments: arguments
                .map(|argument| (Name::new(argument.name.as_str()), argument.value.clone()))
                .collect(),
            position: place.map_or_else(Pos::default, |place| Pos {
                line: place.line,
                column: place.column,
            }),
            below,
        }))
    }

    /// Whether `@skip` and `@include` keep a selection.
    fn stands(&self, directives: &DirectiveList) -> std::result::Result<bool, Stopped> {
        let condition = |name: &str| {
            let directive = directives.get(name);
            let condition = directive.and_then(|directive| directive.specified_argument_by_name("if"));
            match condition.map(|condition| &**condition) {
                Some(Literal::Boolean(flag)) => Ok(Some(*flag)),
                Some(Literal::Variable(name)) => {
                    let variables = self.variables.ok_or(Stopped::NeedsVariables)?;
                    Ok(variables.get(name.as_str()).and_then(|value| value.as_bool()))
                }
                _ => Ok(None),
            }
        };
        Ok(condition("skip")? != Some(true) && condition("include")? != Some(false))
    }
}

#[cfg(test)]
mod tests;
