//! Nations: states past and present that give or receive, and territories.

use super::claim::Claim;
use super::event::Event;
use super::gift::Gift;
use super::prelude::*;

document! {
    /// A state that gives or receives, or a territory. A former state has no codes of ISO 3166-1 and says when it existed.
    pub struct Nation by NationFilter, NationOrder {
        /// The id: `nation_` and the slug.
        id,
        /// The readable name in addresses.
        slug: String,
        /// The everyday English name.
        name: String,
        /// The official English name.
        official_name: String,
        /// The two-letter code of ISO 3166-1.
        iso_alpha2: Option<String>,
        /// The three-letter code of ISO 3166-1.
        iso_alpha3: Option<String>,
        /// The four-letter code of ISO 3166-3, for a state or territory whose codes were withdrawn.
        iso_alpha4: Option<String>,
        /// The three-digit M49 code of the United Nations, which is ISO's numeric code too.
        m49: Option<String>,
        /// The M49 region; for a former state that of its capital.
        region: Option<String>,
        /// The M49 subregion; for a former state that of its capital.
        subregion: Option<String>,
        /// The capital.
        capital: Option<eager::Object<Capital>>,
        /// When a former state existed.
        existed: Option<eager::Object<PartialDate>>,
        /// The ISO codes of what came after a former state: of two letters, or of four where that is gone too.
        successors: eager::List<String>,
        /// Other English names, short forms and former names, by which it is found as well: "UK", "Ceylon".
        aliases: eager::List<String>,
        /// Its names in English and other languages, by which it is found as well. A language may have several.
        names: eager::List<eager::Object<LocalizedName>>,
        /// The addresses under which others know it, such as that of Wikidata.
        same_as: eager::List<String>,
    }
    holds { existed }
    connections {
        /// The gifts that it gave.
        gifts_given: Gift at "giver", MANY;
        /// The gifts that it received.
        gifts_received: Gift at "recipient", MANY;
        /// The events that it has a part in.
        events: Event at "nations.nation", MANY;
        /// What the sources say about it.
        claims: Claim at "about", FEW;
    }
}

/// A capital.
#[derive(SimpleObject, Debug, Default, Deserialize)]
#[graphql(serial)]
#[serde(default)]
pub struct Capital {
    /// The name.
    name: String,
    /// Where it lies.
    location: Option<eager::Object<Location>>,
}

filter! { NationFilter, "nations" {
    /// By id.
    id: IdFilter => |ids| ids.on("_id", Some(Kind::Nation)),
    /// By slug.
    slug: StringFilter => |slugs| slugs.on("slug"),
    /// By everyday name.
    name: StringFilter => |names| names.on("name"),
    /// By an alias, such as "UK".
    aliases: StringFilter => |names| names.on("aliases"),
    /// By a name in any language, such as "Россия".
    names: StringFilter => |names| names.on("names.name"),
    /// By two-letter code.
    iso_alpha2: StringFilter => |codes| codes.on("isoAlpha2"),
    /// By three-letter code.
    iso_alpha3: StringFilter => |codes| codes.on("isoAlpha3"),
    /// By four-letter code of ISO 3166-3.
    iso_alpha4: StringFilter => |codes| codes.on("isoAlpha4"),
    /// By M49 region, such as "Asia".
    region: StringFilter => |names| names.on("region"),
    /// By M49 subregion, such as "Eastern Asia".
    subregion: StringFilter => |names| names.on("subregion"),
    /// By when it existed; `known: true` finds former states.
    existed: DateFilter => |date| date.on(date_paths!("existed")),
    /// By an ISO code of what came after it: "RU" finds the Soviet Union.
    successors: StringFilter => |codes| codes.on("successors"),
    /// By the certainty of a claim about it.
    #[graphql(directive = cost::apply(PAGE, None))]
    certainty: EnumFilter<Certainty> => |certainty| certainty_filter(certainty, Kind::Nation),
    /// By words: each must begin a word of the slug, the names in any language, the aliases, the codes or the capital.
    /// Case and accents do not matter.
    text: String => |text| Ok(text_filter(text)),
} }

orders! { NationOrder, NationOrderField, "nations" {
    /// By everyday name.
    Name = "sortKeys.name" as Text,
    /// By region.
    Region = "sortKeys.region" as Text,
} }

queries! { NationQuery for Nation {
    /// One nation, by its id, slug or code; null where there is none.
    nation by NationBy(
        "The slug, such as `north-korea`." Slug: slug as "slug",
        "The two-letter code of ISO 3166-1." IsoAlpha2: iso_alpha2 as "isoAlpha2"
    );
    /// Nations, page by page.
    nations;
} }

mutations! { NationMutation for Nation as nation, "nation" {
    create_nation(CreateNationInput) -> CreateNationPayload;
    update_nation(UpdateNationInput) -> UpdateNationPayload;
    delete_nation;
    required {
        /// The readable name in addresses: lower case letters, digits and single hyphens between them.
        slug: String,
        /// The everyday English name.
        name: String,
        /// The official English name.
        official_name: String,
    }
    lists {
        /// The ISO codes of what came after a former state: of two letters, or of four where that is gone too.
        successors: String,
        /// Other English names, short forms and former names.
        aliases: String,
        /// Names in English and other languages.
        names: LocalizedNameInput,
        /// The addresses under which others know it, such as that of Wikidata.
        same_as: String,
    }
    optional {
        /// The two-letter code of ISO 3166-1.
        iso_alpha2: String,
        /// The three-letter code of ISO 3166-1.
        iso_alpha3: String,
        /// The four-letter code of ISO 3166-3, for a state or territory whose codes were withdrawn.
        iso_alpha4: String,
        /// The three-digit M49 code of the United Nations.
        m49: String,
        /// The M49 region; for a former state that of its capital.
        region: String,
        /// The M49 subregion; for a former state that of its capital.
        subregion: String,
        /// The capital.
        capital: CapitalInput,
        /// When a former state existed.
        existed: DateInput,
    }
} }
