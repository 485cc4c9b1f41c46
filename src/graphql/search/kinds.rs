//! The kinds of documents that can be searched: those whose schema files declare searched fields.

use std::borrow::Cow;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::Field;
use async_graphql::registry::{Deprecation, MetaEnumValue, MetaType, MetaTypeId, Registry};
use async_graphql::resolver_utils::{EnumItem, EnumType as _, enum_value, parse_enum};
use async_graphql::{
    ContextSelectionSet, InputType, InputValueError, InputValueResult, OutputType, Positioned, ServerResult, Value,
};

use crate::domain::id::Kind;
use crate::graphql::any_of::Abstract;
use crate::graphql::collections::{Node, with_kind};
use crate::graphql::eager::Eager;
use crate::graphql::loader::{AnyDocument, Loader};
use crate::store::collections::{of, searched};

/// A kind of document that can be searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchKind(pub(super) Kind);

impl InputType for SearchKind {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        "SearchKind".into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_input_type::<Self, _>(MetaTypeId::Enum, |_| MetaType::Enum {
            name: Self::type_name().into(),
            description: Some("A kind of document that can be searched for.".into()),
            enum_values: values(),
            visible: None,
            inaccessible: false,
            tags: Vec::new(),
            rust_typename: Some(std::any::type_name::<Self>()),
            directive_invocations: Vec::new(),
            requires_scopes: Vec::new(),
        })
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let kind = parse_enum(value.unwrap_or_default()).map_err(InputValueError::propagate)?;
        if searched().any(|searched| searched == kind) {
            Ok(Self(kind))
        } else {
            Err(InputValueError::custom("documents of this kind are not searched"))
        }
    }

    fn to_value(&self) -> Value {
        enum_value(self.0)
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

/// The values of the enum, each with the fields by which it is searched.
fn values() -> IndexMap<String, MetaEnumValue> {
    let value = |item: &EnumItem<Kind>| {
        let value = MetaEnumValue {
            name: item.name.to_owned(),
            description: Some(of(item.value).ok()?.searched.clone()?),
            deprecation: Deprecation::NoDeprecated,
            visible: None,
            inaccessible: false,
            tags: Vec::new(),
            directive_invocations: Vec::new(),
        };
        Some((value.name.clone(), value))
    };
    Kind::items().iter().filter_map(value).collect()
}

/// A document that a search finds.
#[derive(Clone)]
pub struct SearchResult(Node);

impl AnyDocument for SearchResult {
    fn from_loader(loader: &Loader, id: &str) -> Option<Self> {
        Node::from_loader(loader, id).map(Self)
    }
}

impl Abstract for SearchResult {
    fn object(&self) -> &dyn Eager {
        self.0.object()
    }
}

impl OutputType for SearchResult {
    fn type_name() -> Cow<'static, str> {
        "SearchResult".into()
    }

    fn introspection_type_name(&self) -> Cow<'static, str> {
        self.0.introspection_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_output_type::<Self, _>(MetaTypeId::Union, |registry| {
            for kind in searched() {
                with_kind!(kind, E => E::create_type_info(registry));
            }
            MetaType::Union {
                name: Self::type_name().into(),
                description: Some("A document that a search finds.".into()),
                possible_types: searched().map(|kind| kind.type_name().to_owned()).collect(),
                visible: None,
                inaccessible: false,
                tags: Vec::new(),
                rust_typename: Some(std::any::type_name::<Self>()),
                directive_invocations: Vec::new(),
            }
        })
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _field: &Positioned<Field>) -> ServerResult<Value> {
        self.object().resolve_eagerly(ctx).await
    }
}
