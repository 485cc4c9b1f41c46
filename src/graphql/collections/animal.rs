//! Animals: kinds of animals, at the rank that the sources name.

use async_graphql::Context;

use super::claim::Claim;
use super::gift::Gift;
use super::nation::{Nation, NationFilter};
use super::prelude::*;
use crate::graphql::loader::resolve;

document! {
    /// A kind of animal: a species, a breed, a domestic form, or a group whose species is not named.
    pub struct Animal by AnimalFilter, AnimalOrder {
        /// The id: `animal_` and the slug.
        id,
        /// The readable name in addresses.
        slug: String,
        /// The everyday English name.
        common_name: String,
        /// The scientific name, with author and year where known.
        scientific_name: Option<String>,
        /// The rank at which the sources name it.
        rank: AnimalRank,
        /// Where it stands among the animals.
        taxonomy: eager::Object<Taxonomy>,
        /// Its category in the IUCN Red List.
        conservation: Option<eager::Object<Conservation>>,
        /// The ISO two-letter codes of its native range; empty for domestic animals and where it is not known.
        native_to: eager::List<String>,
        /// Other English names, by which it is found as well: "panda bear".
        aliases: eager::List<String>,
        /// Its names in other languages, by which it is found as well. A language may have several.
        names: eager::List<eager::Object<LocalizedName>>,
        /// The addresses under which others know it, such as that of Wikidata.
        same_as: eager::List<String>,
    }
    references {
        /// The nation that a breed comes from.
        #[graphql(directive = cost::apply(DOCUMENT, None))]
        origin: MaybeRef<Nation>,
    }
    connections {
        /// The gifts that it was part of.
        gifts: Gift at "items.animal", MANY;
        /// What the sources say about it.
        claims: Claim at "about", FEW;
    }
    sums { "given" }
    resolvers {
        /// How many of them changed hands over all gifts, loans and tributes; what was only planned, shelved,
        /// offered or declined is left out. An item without a count makes `max` unknown.
        #[graphql(directive = cost::apply(DOCUMENT, None))]
        async fn given(&self, ctx: &Context<'_>) -> crate::api::error::Result<eager::Object<Count>> {
            resolve::given(ctx, &self.id).await.map(|given| Count(given).into())
        }
    }
}

/// Where a kind stands among the animals.
#[derive(SimpleObject, Debug, Default, Deserialize)]
#[graphql(serial)]
#[serde(default)]
pub struct Taxonomy {
    /// The class.
    class: String,
    /// The order.
    order: String,
    /// The family.
    family: String,
}

/// A category of the IUCN Red List.
#[derive(SimpleObject, Debug, Default, Deserialize)]
#[graphql(serial)]
#[serde(default)]
pub struct Conservation {
    /// The category.
    category: ConservationCategory,
    /// The year of the assessment, where known.
    year: Option<i32>,
}

filter! { AnimalFilter, "animals" {
    /// By id.
    id: IdFilter => |ids| ids.on("_id", Some(Kind::Animal)),
    /// By slug.
    slug: StringFilter => |slugs| slugs.on("slug"),
    /// By everyday name.
    common_name: StringFilter => |names| names.on("commonName"),
    /// By an alias, such as "panda bear".
    aliases: StringFilter => |names| names.on("aliases"),
    /// By a name in any language, such as "大熊猫".
    names: StringFilter => |names| names.on("names.name"),
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
    native_to: StringFilter => |codes| codes.in_list("nativeTo"),
    /// By the nation that a breed comes from.
    #[graphql(directive = cost::apply(PAGE, None))]
    origin: NationFilter => |nation| related("origin", Kind::Nation, nation),
    /// By the certainty of a claim about it.
    #[graphql(directive = cost::apply(PAGE, None))]
    certainty: EnumFilter<Certainty> => |certainty| certainty_filter(certainty, Kind::Animal),
    /// By words: each must begin a word of the slug, the names in any language, the aliases or the taxonomy. Case and
    /// accents do not matter.
    text: String => |text| Ok(text_filter(text)),
} }

orders! { AnimalOrder, AnimalOrderField, "animals" {
    /// By everyday name.
    CommonName = "sortKeys.commonName" as Text,
    /// By scientific name.
    ScientificName = "sortKeys.scientificName" as Text,
} }

queries! { AnimalQuery for Animal {
    /// One kind of animal, by its id or its slug; null where there is none.
    animal by AnimalBy("The slug, such as `giant-panda`." Slug: slug as "slug");
    /// Kinds of animals, page by page.
    animals;
} }

mutations! { AnimalMutation for Animal as animal, "kind of animal" {
    create_animal(CreateAnimalInput) -> CreateAnimalPayload;
    update_animal(UpdateAnimalInput) -> UpdateAnimalPayload;
    delete_animal;
    required {
        /// The readable name in addresses: lower case letters, digits and single hyphens between them.
        slug: String,
        /// The everyday English name.
        common_name: String,
        /// The rank at which the sources name it.
        rank: AnimalRank,
        /// Where it stands among the animals.
        taxonomy: TaxonomyInput,
    }
    lists {
        /// The ISO two-letter codes of its native range.
        native_to: String,
        /// Other English names.
        aliases: String,
        /// Names in other languages.
        names: LocalizedNameInput,
        /// The addresses under which others know it, such as that of Wikidata.
        same_as: String,
    }
    optional {
        /// The scientific name, with author and year where known.
        scientific_name: String,
        /// Its category in the IUCN Red List.
        conservation: ConservationInput,
        /// The id of the nation that a breed comes from.
        origin: ID,
    }
} }
