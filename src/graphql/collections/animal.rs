//! Animals: kinds of animals, at the rank that the sources name.

use std::sync::Arc;

use async_graphql::{Context, ID, Result, SimpleObject};
use serde::Deserialize;

use super::claim::Claim;
use super::gift::Gift;
use super::nation::{Nation, NationFilter};
use super::{queries, relations};
use crate::domain::id::Kind;
use crate::domain::vocabulary::{AnimalRank, Certainty, ConservationCategory};
use crate::graphql::collection::{Collection, Relation};
use crate::graphql::eager;
use crate::graphql::filter::{EnumFilter, IdFilter, StringFilter, certainty_filter, filter, text_filter};
use crate::graphql::loader::{Identities, Loader, resolve};
use crate::graphql::order::orders;
use crate::graphql::values::Count;
use crate::store::bson_types::Timestamp;
use crate::store::entity::Entity;

/// A kind of animal: a species, a breed, a domestic form, or a group whose species is not named.
#[derive(SimpleObject, Debug, Deserialize)]
#[graphql(complex, serial)]
#[serde(rename_all = "camelCase")]
pub struct Animal {
    /// The id: `animal_` and the slug.
    #[serde(rename = "_id")]
    pub(super) id: ID,
    /// The readable name in addresses.
    #[serde(default)]
    slug: String,
    /// The everyday English name.
    #[serde(default)]
    common_name: String,
    /// The scientific name, with author and year where known.
    #[serde(default)]
    scientific_name: Option<String>,
    /// The rank at which the sources name it.
    #[serde(default = "rank_group")]
    rank: AnimalRank,
    /// Where it stands among the animals.
    #[serde(default)]
    taxonomy: eager::Object<Taxonomy>,
    /// Its category in the IUCN Red List.
    #[serde(default)]
    conservation: Option<eager::Object<Conservation>>,
    /// The ISO two-letter codes of its native range; empty for domestic animals and where it is not known.
    #[serde(default)]
    native_to: eager::List<String>,
    #[graphql(skip)]
    #[serde(default)]
    origin: Option<String>,
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

const fn rank_group() -> AnimalRank {
    AnimalRank::Group
}

/// Where a kind stands among the animals.
#[derive(SimpleObject, Debug, Default, Deserialize)]
#[graphql(serial)]
pub struct Taxonomy {
    /// The class.
    #[serde(default)]
    class: String,
    /// The order.
    #[serde(default)]
    order: String,
    /// The family.
    #[serde(default)]
    family: String,
}

/// A category of the IUCN Red List.
#[derive(SimpleObject, Debug, Deserialize)]
#[graphql(serial)]
pub struct Conservation {
    /// The category.
    #[serde(default)]
    category: ConservationCategory,
    /// The year of the assessment, where known.
    #[serde(default)]
    year: Option<i32>,
}

impl Entity for Animal {
    const KIND: Kind = Kind::Animal;

    fn id(&self) -> &str {
        &self.id
    }
}

impl Collection for Animal {
    const NAME: &'static str = "Animal";
    const RELATIONS: &'static [Relation<Self>] = &[
        Relation::Reference {
            fields: &["origin"],
            stored: "origin",
            to: Some(Kind::Nation),
            ids: |animal, ids| ids.extend(animal.origin.clone()),
        },
        Relation::Inverse {
            field: "gifts",
            of: Kind::Gift,
            stored: "items.animal",
            few: false,
        },
        Relation::Inverse {
            field: "claims",
            of: Kind::Claim,
            stored: "about",
            few: true,
        },
        Relation::AnimalsGiven { field: "given" },
    ];
    type Filter = AnimalFilter;
    type Order = AnimalOrder;

    fn identities(loader: &Loader) -> &Identities<Self> {
        &loader.animals
    }
}

filter! { AnimalFilter, "animals" {
    /// By id.
    id: IdFilter => |ids| ids.on("_id", Some(Kind::Animal)),
    /// By slug.
    slug: StringFilter => |slugs| slugs.on("slug"),
    /// By everyday name.
    common_name: StringFilter => |names| names.on("commonName"),
    /// By rank.
    rank: EnumFilter<AnimalRank> => |words| words.on("rank"),
    /// By class, such as "Mammalia".
    class: StringFilter => |names| names.on("taxonomy.class"),
    /// By order, such as "Carnivora".
    order: StringFilter => |names| names.on("taxonomy.order"),
    /// By family, such as "Ursidae".
    family: StringFilter => |names| names.on("taxonomy.family"),
    /// By Red List category.
    conservation: EnumFilter<ConservationCategory> => |words| words.on("conservation.category"),
    /// By a two-letter code in its native range.
    native_to: StringFilter => |codes| codes.on("nativeTo"),
    /// By the nation that a breed comes from.
    origin: NationFilter => |nation| Ok(Filter::refers("origin", Kind::Nation, nation.filter()?)),
    /// By the certainty of a claim about it.
    certainty: EnumFilter<Certainty> => |certainty| certainty_filter(certainty, Kind::Animal),
    /// By words: each must begin a word of the slug, names or taxonomy. Case and accents do not matter.
    text: String => |text| Ok(text_filter(text)),
} }

orders! { AnimalOrder, AnimalOrderField, "animals" {
    /// By id.
    Id = "_id" as Text,
    /// By everyday name.
    CommonName = "commonName" as Text,
    /// By scientific name.
    ScientificName = "scientificName" as Text,
    /// By when it was entered here.
    CreatedAt = "createdAt" as Moment,
    /// By when it was last changed here.
    UpdatedAt = "updatedAt" as Moment,
} }

relations! { Animal {
    connections {
        /// The gifts that it was part of.
        gifts: Gift;
        /// What the sources say about it.
        claims: Claim;
    }
    fields {
        /// The nation that a breed comes from.
        async fn origin(&self, ctx: &Context<'_>) -> Result<Option<eager::Object<Arc<Nation>>>> {
            resolve::optional(ctx, self.origin.as_deref()).await
        }

        /// How many of them changed hands over all gifts, loans and tributes; what was only planned, shelved,
        /// offered or declined is left out. An item without a count makes `max` unknown.
        async fn given(&self, ctx: &Context<'_>) -> Result<eager::Object<Count>> {
            resolve::given(ctx, &self.id).await.map(|given| Count(given).into())
        }
    }
} }

queries! { AnimalQuery for Animal {
    /// One kind of animal, by its id or its slug; null where there is none.
    animal(#[graphql(desc = "The slug, such as `giant-panda`.")] slug as "slug" at "slug");
    /// Kinds of animals, page by page.
    animals;
} }
