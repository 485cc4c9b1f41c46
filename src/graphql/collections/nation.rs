//! Nations: states past and present that give or receive.

use async_graphql::{ID, SimpleObject};
use serde::Deserialize;

use super::claim::Claim;
use super::event::Event;
use super::gift::Gift;
use super::{queries, relations};
use crate::domain::id::Kind;
use crate::domain::vocabulary::Certainty;
use crate::graphql::collection::{Collection, Relation};
use crate::graphql::eager;
use crate::graphql::filter::{
    DateFilter, DatePaths, EnumFilter, IdFilter, StringFilter, certainty_filter, filter, text_filter,
};
use crate::graphql::loader::{Identities, Loader};
use crate::graphql::order::orders;
use crate::graphql::values::{Location, PartialDate};
use crate::store::bson_types::Timestamp;
use crate::store::entity::Entity;

/// A state that gives or receives. A former state has no ISO codes and says when it existed.
#[derive(SimpleObject, Debug, Deserialize)]
#[graphql(complex, serial)]
#[serde(rename_all = "camelCase")]
pub struct Nation {
    /// The id: `nation_` and the slug.
    #[serde(rename = "_id")]
    pub(super) id: ID,
    /// The readable name in addresses.
    #[serde(default)]
    slug: String,
    /// The everyday English name.
    #[serde(default)]
    name: String,
    /// The official English name.
    #[serde(default)]
    official_name: String,
    /// The two-letter code of ISO 3166-1.
    #[serde(default)]
    iso_alpha2: Option<String>,
    /// The three-letter code of ISO 3166-1.
    #[serde(default)]
    iso_alpha3: Option<String>,
    /// The three-digit M49 code of the United Nations, which is ISO's numeric code too.
    #[serde(default)]
    m49: Option<String>,
    /// The M49 region; for a former state that of its capital.
    #[serde(default)]
    region: Option<String>,
    /// The M49 subregion; for a former state that of its capital.
    #[serde(default)]
    subregion: Option<String>,
    /// The capital.
    #[serde(default)]
    capital: Option<eager::Object<Capital>>,
    /// When a former state existed.
    #[serde(default)]
    existed: Option<eager::Object<PartialDate>>,
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

/// A capital.
#[derive(SimpleObject, Debug, Deserialize)]
#[graphql(serial)]
pub struct Capital {
    /// The name.
    #[serde(default)]
    name: String,
    /// Where it lies.
    #[serde(default)]
    location: Option<eager::Object<Location>>,
}

impl Entity for Nation {
    const KIND: Kind = Kind::Nation;

    fn id(&self) -> &str {
        &self.id
    }
}

impl Collection for Nation {
    const NAME: &'static str = "Nation";
    const RELATIONS: &'static [Relation<Self>] = &[
        Relation::Inverse {
            field: "giftsGiven",
            of: Kind::Gift,
            stored: "giver",
            few: false,
        },
        Relation::Inverse {
            field: "giftsReceived",
            of: Kind::Gift,
            stored: "recipient",
            few: false,
        },
        Relation::Inverse {
            field: "events",
            of: Kind::Event,
            stored: "nations.nation",
            few: false,
        },
        Relation::Inverse {
            field: "claims",
            of: Kind::Claim,
            stored: "about",
            few: true,
        },
    ];
    type Filter = NationFilter;
    type Order = NationOrder;

    fn identities(loader: &Loader) -> &Identities<Self> {
        &loader.nations
    }
}

filter! { NationFilter, "nations" {
    /// By id.
    id: IdFilter => |ids| ids.on("_id", Some(Kind::Nation)),
    /// By slug.
    slug: StringFilter => |slugs| slugs.on("slug"),
    /// By everyday name.
    name: StringFilter => |names| names.on("name"),
    /// By two-letter code.
    iso_alpha2: StringFilter => |codes| codes.on("isoAlpha2"),
    /// By three-letter code.
    iso_alpha3: StringFilter => |codes| codes.on("isoAlpha3"),
    /// By M49 region, such as "Asia".
    region: StringFilter => |names| names.on("region"),
    /// By M49 subregion, such as "Eastern Asia".
    subregion: StringFilter => |names| names.on("subregion"),
    /// By when it existed; `known: true` finds former states.
    existed: DateFilter => |date| date.on(DatePaths::EXISTED),
    /// By the certainty of a claim about it.
    certainty: EnumFilter<Certainty> => |certainty| certainty_filter(certainty, Kind::Nation),
    /// By words: each must begin a word of the slug, names, codes or capital. Case and accents do not matter.
    text: String => |text| Ok(text_filter(text)),
} }

orders! { NationOrder, NationOrderField, "nations" {
    /// By id.
    Id = "_id" as Text,
    /// By everyday name.
    Name = "name" as Text,
    /// By region.
    Region = "region" as Text,
    /// By when it was entered here.
    CreatedAt = "createdAt" as Moment,
    /// By when it was last changed here.
    UpdatedAt = "updatedAt" as Moment,
} }

relations! { Nation {
    connections {
        /// The gifts that it gave.
        gifts_given: Gift;
        /// The gifts that it received.
        gifts_received: Gift;
        /// The events that it has a part in.
        events: Event;
        /// What the sources say about it.
        claims: Claim;
    }
    fields {}
} }

queries! { NationQuery for Nation {
    /// One nation, by its id, slug or code; null where there is none.
    nation(
        #[graphql(desc = "The slug, such as `north-korea`.")] slug as "slug" at "slug",
        #[graphql(name = "isoAlpha2", desc = "The two-letter code of ISO 3166-1.")] iso_alpha2 as "isoAlpha2" at "isoAlpha2"
    );
    /// Nations, page by page.
    nations;
} }
