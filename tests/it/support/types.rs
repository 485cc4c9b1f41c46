//! The types of the schema, as it is written.

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeDefinition, TypeSystemDefinition};
use menagerie::graphql;
use menagerie::limits::Limits;

/// The definitions of all types.
pub fn type_definitions() -> Vec<TypeDefinition> {
    let sdl = graphql::sdl(&graphql::schema(Limits::default()));
    // The description of the schema itself goes: async-graphql's parser knows none.
    let (types, operations) = sdl.rsplit_once("\nschema {").expect("the root types");
    let described = types.rfind('\n').expect("many lines");
    let schema = parse_schema(format!("{}\nschema {{{operations}", &types[..described])).expect("the schema");
    let types = schema.definitions.into_iter();
    types
        .filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => Some(definition.node),
            _ => None,
        })
        .collect()
}
