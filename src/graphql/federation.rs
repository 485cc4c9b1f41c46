//! This API as a subgraph of a larger graph, as Apollo Federation 2 wants it.
//!
//! `_service` tells the schema in the form that composition reads, with the keys of what has an id. `_entities` finds the
//! documents that other subgraphs refer to: all of a request at once, like `nodes`, and at its price.

use std::sync::{Arc, OnceLock};

use async_graphql::{Any, Context, Object, SDLExportOptions, SimpleObject, Value};
use futures_util::FutureExt;

use super::any_of::{AnyOf, Nullable};
use super::collections::Entities;
use super::cost::{DOCUMENT, SCHEMA_TEXT, cost, list_size, names};
use super::eager;
use super::loader::resolve;
use crate::api::error::{ApiError, Result};
use crate::domain::id::Kind;

/// What composition reads first: which directives the schema uses as Federation means them.
const LINK: &str =
    "extend schema @link(url: \"https://specs.apollo.dev/federation/v2.3\", import: [\"@key\", \"@shareable\"])\n\n";
/// Where the export has its own, longer list of them.
const OTHER_LINK: &str = "extend schema @link(";

/// The schema as a subgraph, in the data of the schema; made once the schema is there.
#[derive(Clone, Default)]
pub struct Subgraph(Arc<OnceLock<String>>);

impl Subgraph {
    /// Keeps the schema in SDL. `export` writes it.
    pub fn fill(&self, export: impl FnOnce(SDLExportOptions) -> String) {
        self.0.get_or_init(|| subgraph(&export(options())));
    }
}

fn options() -> SDLExportOptions {
    SDLExportOptions::new()
        .federation()
        .include_specified_by()
        .prefer_single_line_descriptions()
}

/// `query` in the payloads of mutations, as the export writes it. Not every composition can leave from there for another subgraph.
const PAYLOAD_QUERY: &str = "\t\"Everything that can be asked for, as it is after this.\"\n\tquery: Query\n";

/// The schema with the keys of documents. Pages are no documents: other subgraphs may have pages of the same form.
fn subgraph(sdl: &str) -> String {
    let types = sdl.split(OTHER_LINK).next().unwrap_or_default();
    let keyed = Kind::ALL.iter().fold(types.to_owned(), |sdl, kind| {
        let header = format!("type {} implements Node", kind.type_name());
        sdl.replace(&format!("{header} {{"), &format!("{header} @key(fields: \"id\") {{"))
    });
    let shared = keyed.replace("type PageInfo {", "type PageInfo @shareable {");
    LINK.to_owned() + &shared.replace(PAYLOAD_QUERY, "")
}

/// This API as a subgraph of a larger graph.
#[derive(SimpleObject, Clone, Debug)]
#[graphql(name = "_Service", serial)]
pub struct SubgraphService {
    /// The schema as Apollo Federation 2 composes it.
    sdl: String,
}

/// Adds `_service` and `_entities` to `Query`.
#[derive(Default)]
pub struct FederationQuery;

#[Object]
impl FederationQuery {
    /// This API as a subgraph, for the composition of a larger graph by Apollo Federation 2.
    #[graphql(name = "_service", directive = cost::apply(SCHEMA_TEXT, None))]
    async fn service(&self, ctx: &Context<'_>) -> Result<eager::Object<SubgraphService>> {
        let sdl = ctx.data::<Subgraph>().ok().and_then(|subgraph| subgraph.0.get());
        let sdl = sdl.cloned().ok_or(ApiError::Internal)?;
        Ok(SubgraphService { sdl }.into())
    }

    /// The documents that other subgraphs refer to, in the same order; null where there is none, and where a
    /// representation is none, with an error. For the gateway of a larger graph; clients ask `nodes`.
    #[graphql(name = "_entities", directive = cost::apply(0, Some(DOCUMENT)), directive = list_size::apply(names(["representations"]), None))]
    async fn entities(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The types and ids, such as `{ __typename: \"Gift\", id: \"gift_ru-kp-2024\" }`.")]
        representations: Vec<Any>,
    ) -> Result<eager::List<Nullable<AnyOf<Entities>>>> {
        let ids = representations.iter().map(represented).collect();
        let documents = resolve::documents(ctx, "representations", ids).boxed().await?;
        Ok(documents.into())
    }
}

/// The id that a representation stands for. What else it holds is for other subgraphs.
fn represented(representation: &Any) -> Result<String> {
    let text = |name: &str| match &representation.0 {
        Value::Object(fields) => match fields.get(name) {
            Some(Value::String(text)) => Some(text.as_str()),
            _ => None,
        },
        _ => None,
    };
    let (Some(ty), Some(id)) = (text("__typename"), text("id")) else {
        let accepted = "accepted is an object with the texts `__typename` and `id`";
        return Err(ApiError::BadUserInput(format!(
            "a representation without a type or an id; {accepted}"
        )));
    };
    let Some(kind) = Kind::of_type(ty) else {
        let known: Vec<&str> = Kind::ALL.iter().map(|kind| kind.type_name()).collect();
        return Err(ApiError::BadUserInput(format!(
            "the type {ty:?} has no key here; accepted are {}",
            known.join(", ")
        )));
    };
    kind.check(id).map_err(|error| ApiError::input("id", error))?;
    Ok(id.to_owned())
}
