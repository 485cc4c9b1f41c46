//! The GraphQL types of documents, and their inputs, have the fields of the schema files.

use std::collections::BTreeMap;

use async_graphql::parser::types::{BaseType, Type, TypeDefinition, TypeKind};
use menagerie::domain::id::Kind;

use super::{DERIVED, Exceptions, Paths, SchemaFiles, agree};
use crate::support::type_definitions;

/// Stored and not shown.
const HIDDEN: Exceptions = &[
    ("words", "what the text filter looks in"),
    ("sortKeys", "what texts are ordered by"),
];

/// Shown and not stored.
const COMPUTED: Exceptions = &[
    ("itemsTotal", "the sum of the items"),
    ("given", "the sum of the gifts"),
    ("exact", "the bounds of a count, where they agree"),
    ("text", "a count in words"),
];

/// Said about a request, not about the document.
const OF_REQUESTS: Exceptions = &[
    ("idempotencyKey", "the request's own"),
    ("expectedVersion", "what the document must be"),
    ("withoutClaim", "whether its figures may stand alone"),
];

/// The types of the GraphQL schema.
struct Types(BTreeMap<String, TypeDefinition>);

impl Types {
    fn new() -> Self {
        let types = type_definitions().into_iter();
        Self(types.map(|of| (of.name.node.to_string(), of)).collect())
    }

    /// Whether objects of this type are documents, which are referred to by their ids.
    fn is_document(&self, name: &str) -> bool {
        match &self.0[name].kind {
            TypeKind::Object(object) => object.implements.iter().any(|of| of.node.as_str() == "Node"),
            TypeKind::Interface(_) => name == "Node",
            _ => false,
        }
    }

    /// The paths of an object type or an input. Connections lead to other documents and are stored there.
    fn paths(&self, name: &str) -> Paths {
        let mut paths = Paths::new();
        self.add(name, "", &mut paths);
        assert!(!paths.is_empty(), "{name} has fields");
        paths
    }

    fn add(&self, name: &str, path: &str, paths: &mut Paths) {
        let fields: Vec<(&str, &Type)> = match self.0.get(name).map(|of| &of.kind) {
            Some(TypeKind::Object(object)) => {
                let fields = object.fields.iter().map(|field| &field.node);
                fields.map(|field| (field.name.node.as_str(), &field.ty.node)).collect()
            }
            Some(TypeKind::InputObject(input)) => {
                let fields = input.fields.iter().map(|field| &field.node);
                fields.map(|field| (field.name.node.as_str(), &field.ty.node)).collect()
            }
            // A scalar or an enum.
            _ => return,
        };
        for (field, ty) in fields {
            let inner = named(ty);
            if inner.ends_with("Connection") {
                continue;
            }
            let path = if path.is_empty() {
                field.to_owned()
            } else {
                format!("{path}.{field}")
            };
            if !self.0.contains_key(inner) || !self.is_document(inner) {
                self.add(inner, &path, paths);
            }
            paths.insert(path);
        }
    }
}

fn named(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(inner) => named(inner),
    }
}

/// The name of a collection's object type.
fn type_name(kind: Kind) -> String {
    format!("{kind:?}")
}

#[test]
fn the_type_of_a_document_has_the_fields_of_its_schema_file() {
    let (files, types) = (SchemaFiles::new(), Types::new());
    for kind in Kind::ALL {
        let name = type_name(kind);
        agree(
            (kind.collection(), &files.paths(kind)),
            (&name, &types.paths(&name)),
            HIDDEN,
            COMPUTED,
        );
    }
}

#[test]
fn the_inputs_of_a_document_have_the_fields_of_its_schema_file() {
    let (files, types) = (SchemaFiles::new(), Types::new());
    for kind in Kind::ALL {
        for change in ["Create", "Update"] {
            let name = format!("{change}{kind:?}Input");
            agree(
                (kind.collection(), &files.paths(kind)),
                (&name, &types.paths(&name)),
                DERIVED,
                OF_REQUESTS,
            );
        }
    }
}
