//! Claims: who says what, where, and how sure it is.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID, Result, SimpleObject};
use serde::Deserialize;

use super::source::Source;
use super::{Node, queries, relations};
use crate::domain::id::Kind;
use crate::domain::vocabulary::{AttributionScope, Certainty};
use crate::graphql::any_of::AnyOf;
use crate::graphql::collection::{Collection, Relation};
use crate::graphql::eager;
use crate::graphql::filter::{EnumFilter, IdFilter, StringFilter, filter, text_filter};
use crate::graphql::loader::{Identities, Loader, resolve};
use crate::graphql::order::orders;
use crate::store::bson_types::Timestamp;
use crate::store::entity::Entity;
use crate::store::filter::operator::Operator;

/// One statement of one source. Two claims are never merged: what contradicts is kept and linked.
#[derive(SimpleObject, Debug, Deserialize)]
#[graphql(complex, serial)]
#[serde(rename_all = "camelCase")]
pub struct Claim {
    /// The id: `claim_` and a readable name.
    #[serde(rename = "_id")]
    pub(super) id: ID,
    /// A short name, unique in its source, such as `C05`.
    #[serde(default)]
    code: String,
    #[graphql(skip)]
    #[serde(default)]
    source: String,
    /// Where it stands in the source, for texts that were read as a whole.
    #[serde(default)]
    locator: Option<eager::Object<Locator>>,
    /// The address where it was read, for sources on the web.
    #[serde(default)]
    url: Option<String>,
    /// What is said, in our words.
    #[serde(default)]
    statement: String,
    /// How the source puts it forward.
    #[serde(default = "certainty_unknown")]
    certainty: Certainty,
    /// Who says so according to the source; empty where the source speaks for itself.
    #[serde(default)]
    attributions: eager::List<eager::Object<Attribution>>,
    #[graphql(skip)]
    #[serde(default)]
    about: Vec<String>,
    #[graphql(skip)]
    #[serde(default)]
    conflicts_with: Vec<String>,
    #[graphql(skip)]
    #[serde(default)]
    depends_on: Vec<String>,
    /// Grows by one with every change.
    #[serde(default)]
    version: i32,
    /// When it was entered here.
    #[serde(default)]
    created_at: Timestamp,
    /// When it was last changed here.
    #[serde(default)]
    updated_at: Timestamp,
}

const fn certainty_unknown() -> Certainty {
    Certainty::Unknown
}

/// A place in a text, counted from 1.
#[derive(SimpleObject, Debug, Deserialize)]
#[graphql(serial)]
#[serde(rename_all = "camelCase")]
pub struct Locator {
    /// The paragraph.
    #[serde(default)]
    paragraph: i32,
    /// The sentence in the paragraph; the first, where there are several.
    #[serde(default)]
    sentence: i32,
    /// The last sentence, where there are several.
    #[serde(default)]
    last_sentence: Option<i32>,
}

/// Somebody to whom a source ascribes a statement.
#[derive(SimpleObject, Debug, Deserialize)]
#[graphql(complex, serial)]
pub struct Attribution {
    #[graphql(skip)]
    #[serde(default)]
    to: String,
    /// Whether it is clear that the statement is theirs.
    #[serde(default)]
    scope: AttributionScope,
}

impl Entity for Claim {
    const KIND: Kind = Kind::Claim;

    fn id(&self) -> &str {
        &self.id
    }
}

impl Collection for Claim {
    const NAME: &'static str = "Claim";
    const RELATIONS: &'static [Relation<Self>] = &[
        Relation::Reference {
            fields: &["source"],
            stored: "source",
            to: Some(Kind::Source),
            ids: |claim, ids| ids.push(claim.source.clone()),
        },
        Relation::Reference {
            fields: &["attributions", "to"],
            stored: "attributions.to",
            to: Some(Kind::Source),
            ids: |claim, ids| {
                ids.extend(claim.attributions.iter().map(|attribution| attribution.to.clone()));
            },
        },
        Relation::Reference {
            fields: &["about"],
            stored: "about",
            to: None,
            ids: |claim, ids| ids.extend(claim.about.clone()),
        },
        Relation::Reference {
            fields: &["conflictsWith"],
            stored: "conflictsWith",
            to: Some(Kind::Claim),
            ids: |claim, ids| {
                ids.extend(claim.conflicts_with.clone());
            },
        },
        Relation::Reference {
            fields: &["dependsOn"],
            stored: "dependsOn",
            to: Some(Kind::Claim),
            ids: |claim, ids| {
                ids.extend(claim.depends_on.clone());
            },
        },
        Relation::Inverse {
            field: "dependents",
            of: Kind::Claim,
            stored: "dependsOn",
            few: true,
        },
        Relation::Inverse {
            field: "claims",
            of: Kind::Claim,
            stored: "about",
            few: true,
        },
    ];
    type Filter = ClaimFilter;
    type Order = ClaimOrder;

    fn identities(loader: &Loader) -> &Identities<Self> {
        &loader.claims
    }
}

filter! { ClaimFilter, "claims" {
    /// By id.
    id: IdFilter => |ids| ids.on("_id", Some(Kind::Claim)),
    /// By code.
    code: StringFilter => |codes| codes.on("code"),
    /// By the id of the source where it was read.
    source: IdFilter => |ids| ids.on("source", Some(Kind::Source)),
    /// By the id of a source to whom it is ascribed.
    attributed_to: IdFilter => |ids| ids.on("attributions.to", Some(Kind::Source)),
    /// By how the source puts it forward.
    certainty: EnumFilter<Certainty> => |words| words.on("certainty"),
    /// By the id of a document that it is about.
    about: IdFilter => |ids| ids.on("about", None),
    /// Whether another claim contradicts it.
    conflicting: bool => |conflicting| {
        // Every id is at least the empty text, so this holds where the list is not empty, by its index.
        let contradicted = Filter::field("conflictsWith", Operator::AtLeast("".into()));
        Ok(if *conflicting { contradicted } else { Filter::Not(Box::new(contradicted)) })
    },
    /// By words: each must begin a word of the statement or the code. Case and accents do not matter.
    text: String => |text| Ok(text_filter(text)),
} }

orders! { ClaimOrder, ClaimOrderField, "claims" {
    /// By id.
    Id = "_id" as Text,
    /// By code.
    Code = "code" as Text,
    /// By when it was entered here.
    CreatedAt = "createdAt" as Moment,
    /// By when it was last changed here.
    UpdatedAt = "updatedAt" as Moment,
} }

relations! { Claim {
    connections {
        /// The claims that rest on this one.
        dependents: Claim;
        /// What sources say about this claim.
        claims: Claim;
    }
    fields {
        /// Where it was read.
        async fn source(&self, ctx: &Context<'_>) -> Result<eager::Object<Arc<Source>>> {
            resolve::required(ctx, &self.source).await
        }

        /// The documents that it is about.
        async fn about(&self, ctx: &Context<'_>) -> Result<eager::List<AnyOf<Node>>> {
            resolve::any(ctx, &self.about).await
        }

        /// The claims that contradict it; each of them names this one too.
        async fn conflicts_with(&self, ctx: &Context<'_>) -> Result<eager::List<eager::Object<Arc<Claim>>>> {
            resolve::list(ctx, &self.conflicts_with).await
        }

        /// The claims that it rests on.
        async fn depends_on(&self, ctx: &Context<'_>) -> Result<eager::List<eager::Object<Arc<Claim>>>> {
            resolve::list(ctx, &self.depends_on).await
        }
    }
} }

#[ComplexObject]
impl Attribution {
    /// Who says so.
    async fn to(&self, ctx: &Context<'_>) -> Result<eager::Object<Arc<Source>>> {
        resolve::required(ctx, &self.to).await
    }
}

queries! { ClaimQuery for Claim {
    /// One claim, by its id or its code; null where there is none. Where sources share a code, the first id decides.
    claim(#[graphql(desc = "The code, such as `C05`.")] code as "code" at "code");
    /// Claims, page by page.
    claims;
} }
