//! Every field of the schema that reads or writes has its price beside it, and no other has one.
//!
//! What a field must cost follows here from its type and from where it stands, so that a new field without a directive
//! shows. That the guard adds the prices up as it should is for `front::cost` to say.

use std::collections::BTreeMap;

use async_graphql::Positioned;
use async_graphql::parser::types::{ConstDirective, FieldDefinition, InputObjectType, Type, TypeDefinition, TypeKind};

use crate::support::type_definitions;

/// The types of the schema by their names.
struct Types(BTreeMap<String, TypeDefinition>);

impl Types {
    fn new() -> Self {
        let types = type_definitions().into_iter();
        Self(types.map(|ty| (ty.name.node.to_string(), ty)).collect())
    }

    fn kind(&self, name: &str) -> Option<&TypeKind> {
        self.0.get(name).map(|ty| &ty.kind)
    }

    /// Whether a type is a kind of document, or stands for several.
    fn is_document(&self, name: &str) -> bool {
        match self.kind(name) {
            Some(TypeKind::Object(object)) => object.implements.iter().any(|one| one.node == "Node"),
            Some(TypeKind::Union(_)) => true,
            _ => name == "Node",
        }
    }

    /// What must stand beside a field of an output.
    fn price(&self, parent: &str, field: &FieldDefinition) -> Vec<String> {
        let (name, inner) = (field.name.node.as_str(), inner(&field.ty.node));
        let twice = |page: &str| if page == "TimelineConnection" { 2 } else { 1 };
        let size = |within: &str| {
            let slicing = field.arguments.iter().map(|argument| argument.node.name.node.as_str());
            let slicing: Vec<String> = slicing
                .filter(|name| ["first", "last", "ids", "representations"].contains(name))
                .map(|name| format!("\"{name}\""))
                .collect();
            let slicing = match slicing.is_empty() {
                true => String::new(),
                false => format!("slicingArguments: [{}]", slicing.join(", ")),
            };
            format!("listSize({slicing}{within})")
        };
        let is_list = is_list(&field.ty.node);
        let weight = |weight: u32| format!("cost(weight: {weight})");
        if parent.ends_with("Connection") {
            let counted = (name == "totalCount").then(|| weight(20 * twice(parent)));
            return counted.into_iter().collect();
        }
        if parent.ends_with("Edge") {
            return Vec::new();
        }
        match (parent, name) {
            ("Mutation", _) => vec![weight(100)],
            ("Subscription", _) => vec![weight(10)],
            ("Animal", "given") => vec![weight(2)],
            ("Query", "giftStats") => vec![weight(50)],
            ("Query", "giftFlows") => vec![weight(50), size("")],
            ("GiftStats", "summary") => vec![weight(50)],
            ("Query", "dataset") => vec![weight(20)],
            ("GiftStats", _) if is_list => vec![weight(50), size("")],
            ("Query", "_service") => vec![weight(500)],
            ("Query", "nodes" | "_entities") => vec!["cost(weight: 0, perItem: 2)".to_owned(), size("")],
            _ if inner.ends_with("Connection") => {
                vec![weight(10 * twice(inner)), size(", sizedFields: [\"nodes\", \"edges\"]")]
            }
            _ if self.is_document(inner) && is_list => vec!["cost(weight: 0, perItem: 2)".to_owned()],
            _ if self.is_document(inner) => vec![weight(2)],
            _ => Vec::new(),
        }
    }

    /// What must stand beside a field of an input.
    fn price_of_input(&self, parent: &str, field: &str, ty: &str) -> Vec<String> {
        let is_filter = |input: &InputObjectType| input.fields.iter().any(|field| field.node.name.node == "not");
        let of_documents = matches!(self.kind(ty), Some(TypeKind::InputObject(input)) if is_filter(input));
        let of_claims = ty == "CertaintyFilter" && parent != "ClaimFilter";
        match (parent, field) {
            ("ImportRowsInput", "rows") => vec!["cost(weight: 2)".to_owned()],
            ("GiftFilter", "text") => vec!["cost(weight: 20)".to_owned()],
            _ if (of_documents && ty != parent) || of_claims => vec!["cost(weight: 10)".to_owned()],
            _ => Vec::new(),
        }
    }
}

fn inner(ty: &Type) -> &str {
    use async_graphql::parser::types::BaseType;
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(item) => inner(item),
    }
}

fn is_list(ty: &Type) -> bool {
    matches!(ty.base, async_graphql::parser::types::BaseType::List(_))
}

/// The directives beside a field as they are written, but for those of GraphQL itself.
fn written(directives: &[Positioned<ConstDirective>]) -> Vec<String> {
    let ours = directives
        .iter()
        .filter(|directive| directive.node.name.node != "deprecated");
    ours.map(|directive| {
        let arguments = directive.node.arguments.iter();
        let arguments: Vec<String> = arguments
            .map(|(name, value)| format!("{}: {}", name.node, value.node))
            .collect();
        format!("{}({})", directive.node.name.node, arguments.join(", "))
    })
    .collect()
}

#[test]
fn every_field_that_reads_or_writes_has_its_price_beside_it() {
    let types = Types::new();
    let (mut broken, mut priced) = (Vec::new(), 0);
    let mut compare = |place: String, found: Vec<String>, expected: Vec<String>| {
        priced += usize::from(!expected.is_empty());
        if found != expected {
            broken.push(format!("{place} has {found:?} and should have {expected:?}"));
        }
    };
    for (name, ty) in &types.0 {
        match &ty.kind {
            TypeKind::Object(object) => {
                for field in object.fields.iter().map(|field| &field.node) {
                    let place = format!("{name}.{}", field.name.node);
                    compare(place, written(&field.directives), types.price(name, field));
                }
            }
            TypeKind::InputObject(input) => {
                for field in input.fields.iter().map(|field| &field.node) {
                    let expected = types.price_of_input(name, &field.name.node, inner(&field.ty.node));
                    compare(
                        format!("{name}.{}", field.name.node),
                        written(&field.directives),
                        expected,
                    );
                }
            }
            _ => {}
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(priced > 100, "{priced}");
}
