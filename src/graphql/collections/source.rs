//! Sources: what was read, and those who are quoted in it.

use async_graphql::{ID, SimpleObject};
use serde::Deserialize;

use super::claim::Claim;
use super::{queries, relations};
use crate::domain::id::Kind;
use crate::domain::vocabulary::SourceKind;
use crate::graphql::collection::{Collection, Relation};
use crate::graphql::eager;
use crate::graphql::filter::{DateFilter, DatePaths, EnumFilter, IdFilter, StringFilter, filter, text_filter};
use crate::graphql::loader::{Identities, Loader};
use crate::graphql::order::orders;
use crate::graphql::values::PartialDate;
use crate::store::bson_types::Timestamp;
use crate::store::entity::Entity;

/// Something that was read, or somebody who is quoted in it.
#[derive(SimpleObject, Debug, Deserialize)]
#[graphql(complex, serial)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// The id: `source_` and a readable name.
    #[serde(rename = "_id")]
    pub(super) id: ID,
    /// What it is called here.
    #[serde(default)]
    title: String,
    /// What kind of source it is.
    #[serde(default = "kind_unnamed")]
    kind: SourceKind,
    /// Who published it.
    #[serde(default)]
    publisher: Option<String>,
    /// When it was published, where it says so.
    #[serde(default)]
    published: Option<eager::Object<PartialDate>>,
    /// Its address.
    #[serde(default)]
    url: Option<String>,
    /// The SHA-256 of the text that was read, in hexadecimal digits.
    #[serde(default)]
    sha256: Option<String>,
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

const fn kind_unnamed() -> SourceKind {
    SourceKind::Unnamed
}

impl Entity for Source {
    const KIND: Kind = Kind::Source;

    fn id(&self) -> &str {
        &self.id
    }
}

impl Collection for Source {
    const NAME: &'static str = "Source";
    const RELATIONS: &'static [Relation<Self>] = &[
        Relation::Inverse {
            field: "claims",
            of: Kind::Claim,
            stored: "source",
            few: false,
        },
        Relation::Inverse {
            field: "attributedClaims",
            of: Kind::Claim,
            stored: "attributions.to",
            few: false,
        },
    ];
    type Filter = SourceFilter;
    type Order = SourceOrder;

    fn identities(loader: &Loader) -> &Identities<Self> {
        &loader.sources
    }
}

filter! { SourceFilter, "sources" {
    /// By id.
    id: IdFilter => |ids| ids.on("_id", Some(Kind::Source)),
    /// By kind.
    kind: EnumFilter<SourceKind> => |words| words.on("kind"),
    /// By publisher.
    publisher: StringFilter => |names| names.on("publisher"),
    /// By when it was published.
    published: DateFilter => |date| date.on(DatePaths::PUBLISHED),
    /// By words: each must begin a word of the title or the publisher. Case and accents do not matter.
    text: String => |text| Ok(text_filter(text)),
} }

orders! { SourceOrder, SourceOrderField, "sources" {
    /// By id.
    Id = "_id" as Text,
    /// By title.
    Title = "title" as Text,
    /// By the first day that the date of publication can mean.
    Published = "published.earliest" as Moment,
    /// By when it was entered here.
    CreatedAt = "createdAt" as Moment,
    /// By when it was last changed here.
    UpdatedAt = "updatedAt" as Moment,
} }

relations! { Source {
    connections {
        /// The claims that were read there.
        claims: Claim;
        /// The claims that are ascribed to it elsewhere.
        attributed_claims: Claim;
    }
    fields {}
} }

queries! { SourceQuery for Source {
    /// One source, by its id; null where there is none.
    source();
    /// Sources, page by page.
    sources;
} }
