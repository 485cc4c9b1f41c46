//! Gifts: animals that one nation gave, lent or offered to another.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID, Result, SimpleObject};
use serde::Deserialize;

use super::animal::{Animal, AnimalFilter};
use super::claim::Claim;
use super::event::Event;
use super::nation::{Nation, NationFilter};
use super::{queries, relations};
use crate::domain::count::Sum;
use crate::domain::id::Kind;
use crate::domain::vocabulary::{Certainty, GiftMode, GiftStatus};
use crate::graphql::collection::{Collection, Relation};
use crate::graphql::eager;
use crate::graphql::filter::{
    CountFilter, DateFilter, DatePaths, EnumFilter, IdFilter, StringFilter, certainty_filter, filter, text_filter,
};
use crate::graphql::loader::{Identities, Loader, resolve};
use crate::graphql::order::orders;
use crate::graphql::values::{Count, PartialDate, Person, Place};
use crate::store::bson_types::Timestamp;
use crate::store::entity::Entity;

/// A gift of animals from one nation to another; also a loan, a tribute, or a gift that never arrived.
#[derive(SimpleObject, Debug, Deserialize)]
#[graphql(complex, serial)]
#[serde(rename_all = "camelCase")]
pub struct Gift {
    /// The id: `gift_` and the slug.
    #[serde(rename = "_id")]
    pub(super) id: ID,
    /// The readable name in addresses.
    #[serde(default)]
    slug: String,
    /// What it was, in a few words.
    #[serde(default)]
    title: String,
    #[graphql(skip)]
    #[serde(default)]
    giver: String,
    #[graphql(skip)]
    #[serde(default)]
    recipient: String,
    /// Who handed it over.
    #[serde(default)]
    presented_by: Option<eager::Object<Person>>,
    /// Who took it.
    #[serde(default)]
    presented_to: Option<eager::Object<Person>>,
    /// In whose name it was given.
    #[serde(default)]
    on_behalf_of: Option<eager::Object<Person>>,
    /// In what way the animals changed hands.
    #[serde(default = "mode_unspecified")]
    mode: GiftMode,
    /// What has become of it.
    #[serde(default = "status_unknown")]
    status: GiftStatus,
    /// What became of it step by step, as far as the sources say.
    #[serde(default)]
    status_history: eager::List<eager::Object<GiftStatusChange>>,
    /// The animals that the sources name. They may be fewer than the total: see `total` and `itemsTotal`.
    #[serde(default)]
    items: eager::List<eager::Object<GiftItem>>,
    /// How many animals in all, where a source says so; it is never computed from the items.
    #[serde(default)]
    total: Option<eager::Object<Count>>,
    /// On how many occasions, where the gift stands for several.
    #[serde(default)]
    occasions: Option<eager::Object<Count>>,
    /// When.
    #[serde(default)]
    date: Option<eager::Object<PartialDate>>,
    /// Where the animals came from.
    #[serde(default)]
    origin: Option<eager::Object<Place>>,
    /// Where the animals went.
    #[serde(default)]
    destination: Option<eager::Object<Place>>,
    #[graphql(skip)]
    #[serde(default)]
    event: Option<String>,
    /// The fields that the sources do not say and that were concluded from elsewhere.
    #[serde(default)]
    inferred: eager::List<String>,
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

const fn mode_unspecified() -> GiftMode {
    GiftMode::Unspecified
}

const fn status_unknown() -> GiftStatus {
    GiftStatus::Unknown
}

/// The animals of one kind in a gift.
#[derive(SimpleObject, Debug, Deserialize)]
#[graphql(complex, serial)]
#[serde(rename_all = "camelCase")]
pub struct GiftItem {
    #[graphql(skip)]
    #[serde(default)]
    animal: String,
    /// How many animals; null where the sources do not say.
    #[serde(default)]
    count: Option<eager::Object<Count>>,
    /// How many species, where the item stands for several.
    #[serde(default)]
    species_count: Option<eager::Object<Count>>,
    /// What else the source can mean. The first reading is the one given above.
    #[serde(default)]
    other_readings: eager::List<eager::Object<ItemReading>>,
    /// What the source says about these animals, such as "white".
    #[serde(default)]
    attributes: eager::List<String>,
    /// The animals' own names.
    #[serde(default)]
    names: eager::List<String>,
    /// What has become of these animals, where it differs from the gift's status.
    #[serde(default)]
    status: Option<GiftStatus>,
}

/// Another reading of what a source says about an item.
#[derive(SimpleObject, Debug, Deserialize)]
#[graphql(serial)]
#[serde(rename_all = "camelCase")]
pub struct ItemReading {
    /// How many animals in this reading.
    #[serde(default)]
    count: Option<eager::Object<Count>>,
    /// How many species in this reading.
    #[serde(default)]
    species_count: Option<eager::Object<Count>>,
    /// How it comes about.
    note: String,
}

/// A step in what became of a gift.
#[derive(SimpleObject, Debug, Deserialize)]
#[graphql(complex, serial)]
#[serde(rename_all = "camelCase")]
pub struct GiftStatusChange {
    /// The status that it came to.
    #[serde(default)]
    status: GiftStatus,
    /// When.
    #[serde(default)]
    date: Option<eager::Object<PartialDate>>,
    /// What happened.
    #[serde(default)]
    note: String,
    #[graphql(skip)]
    #[serde(default)]
    claim: Option<String>,
}

impl Entity for Gift {
    const KIND: Kind = Kind::Gift;

    fn id(&self) -> &str {
        &self.id
    }
}

impl Gift {
    fn other_readings(&self) -> impl Iterator<Item = &eager::Object<ItemReading>> {
        self.items.iter().flat_map(|item| item.other_readings.iter())
    }
}

/// The claims that figures rest on.
macro_rules! rests_on {
    ($fields:expr, $stored:literal, $gift:ident => $figures:expr) => {
        Relation::Reference {
            fields: &$fields,
            stored: $stored,
            to: Some(Kind::Claim),
            ids: |$gift, ids| ids.extend($figures.filter_map(|figure| figure.0.claim.clone())),
        }
    };
}

impl Collection for Gift {
    const NAME: &'static str = "Gift";
    const COMPUTED: &'static [(&'static str, &'static str)] = &[("itemsTotal", "items")];
    const RELATIONS: &'static [Relation<Self>] = &[
        Relation::Reference {
            fields: &["giver"],
            stored: "giver",
            to: Some(Kind::Nation),
            ids: |gift, ids| ids.push(gift.giver.clone()),
        },
        Relation::Reference {
            fields: &["recipient"],
            stored: "recipient",
            to: Some(Kind::Nation),
            ids: |gift, ids| ids.push(gift.recipient.clone()),
        },
        Relation::Reference {
            fields: &["items", "animal"],
            stored: "items.animal",
            to: Some(Kind::Animal),
            ids: |gift, ids| {
                ids.extend(gift.items.iter().map(|item| item.animal.clone()));
            },
        },
        Relation::Reference {
            fields: &["event"],
            stored: "event",
            to: Some(Kind::Event),
            ids: |gift, ids| ids.extend(gift.event.clone()),
        },
        Relation::Reference {
            fields: &["statusHistory", "claim"],
            stored: "statusHistory.claim",
            to: Some(Kind::Claim),
            ids: |gift, ids| {
                ids.extend(gift.status_history.iter().filter_map(|step| step.claim.clone()));
            },
        },
        rests_on!(["total", "claim"], "total.claim", gift => gift.total.iter()),
        rests_on!(["occasions", "claim"], "occasions.claim", gift => gift.occasions.iter()),
        rests_on!(["items", "count", "claim"], "items.count.claim", gift => {
            gift.items.iter().filter_map(|item| item.count.as_ref())
        }),
        rests_on!(["items", "speciesCount", "claim"], "items.speciesCount.claim", gift => {
            gift.items.iter().filter_map(|item| item.species_count.as_ref())
        }),
        rests_on!(["items", "otherReadings", "count", "claim"], "items.otherReadings.count.claim", gift => {
            gift.other_readings().filter_map(|reading| reading.count.as_ref())
        }),
        rests_on!(
            ["items", "otherReadings", "speciesCount", "claim"],
            "items.otherReadings.speciesCount.claim",
            gift => gift.other_readings().filter_map(|reading| reading.species_count.as_ref())
        ),
        Relation::Reference {
            fields: &["origin", "nation"],
            stored: "origin.nation",
            to: Some(Kind::Nation),
            ids: |gift, ids| {
                ids.extend(gift.origin.iter().filter_map(|place| place.nation_id.clone()));
            },
        },
        Relation::Reference {
            fields: &["destination", "nation"],
            stored: "destination.nation",
            to: Some(Kind::Nation),
            ids: |gift, ids| {
                ids.extend(gift.destination.iter().filter_map(|place| place.nation_id.clone()));
            },
        },
        Relation::Inverse {
            field: "claims",
            of: Kind::Claim,
            stored: "about",
            few: true,
        },
    ];
    type Filter = GiftFilter;
    type Order = GiftOrder;

    fn identities(loader: &Loader) -> &Identities<Self> {
        &loader.gifts
    }
}

filter! { GiftFilter, "gifts" {
    /// By id.
    id: IdFilter => |ids| ids.on("_id", Some(Kind::Gift)),
    /// By slug.
    slug: StringFilter => |slugs| slugs.on("slug"),
    /// By what has become of it.
    status: EnumFilter<GiftStatus> => |words| words.on("status"),
    /// By the way the animals changed hands.
    mode: EnumFilter<GiftMode> => |words| words.on("mode"),
    /// By the nation that gave.
    giver: NationFilter => |nation| Ok(Filter::refers("giver", Kind::Nation, nation.filter()?)),
    /// By the nation that received.
    recipient: NationFilter => |nation| Ok(Filter::refers("recipient", Kind::Nation, nation.filter()?)),
    /// By a kind of animal among the items.
    animal: AnimalFilter => |animal| Ok(Filter::refers("items.animal", Kind::Animal, animal.filter()?)),
    /// By the id of the event that it belongs to.
    event: IdFilter => |ids| ids.on("event", Some(Kind::Event)),
    /// By date.
    date: DateFilter => |date| date.on(DatePaths::DATE),
    /// By the total that a source gives.
    total: CountFilter => |count| count.on("total.min", "total.max"),
    /// By the certainty of a claim about it.
    certainty: EnumFilter<Certainty> => |certainty| certainty_filter(certainty, Kind::Gift),
    /// By words: each must begin a word of the slug, title, people, places, the animals' names or attributes, or the
    /// source's words for the total. Case and accents do not matter.
    text: String => |text| Ok(text_filter(text)),
} }

orders! { GiftOrder, GiftOrderField, "gifts" {
    /// By id.
    Id = "_id" as Text,
    /// By title.
    Title = "title" as Text,
    /// By the first day that the date can mean.
    Date = "date.earliest" as Moment,
    /// By the last day that the date can mean.
    DateEnd = "date.latest" as Moment,
    /// By the least that the total can be.
    Total = "total.min" as Number,
    /// By when it was entered here.
    CreatedAt = "createdAt" as Moment,
    /// By when it was last changed here.
    UpdatedAt = "updatedAt" as Moment,
} }

relations! { Gift {
    connections {
        /// What the sources say about this gift.
        claims: Claim;
    }
    fields {
        /// The nation that gave.
        async fn giver(&self, ctx: &Context<'_>) -> Result<eager::Object<Arc<Nation>>> {
            resolve::required(ctx, &self.giver).await
        }

        /// The nation that received.
        async fn recipient(&self, ctx: &Context<'_>) -> Result<eager::Object<Arc<Nation>>> {
            resolve::required(ctx, &self.recipient).await
        }

        /// The event that it belongs to.
        async fn event(&self, ctx: &Context<'_>) -> Result<Option<eager::Object<Arc<Event>>>> {
            resolve::optional(ctx, self.event.as_deref()).await
        }

        /// The sum of the items: computed, and no replacement for `total`. An item without a count makes the sum's
        /// `max` unknown.
        async fn items_total(&self) -> eager::Object<Count> {
            let sum: Sum = self.items.iter().map(|item| item.count.as_ref().map(|count| &count.0)).collect();
            Count(sum.total()).into()
        }
    }
} }

#[ComplexObject]
impl GiftItem {
    /// The kind of animal.
    async fn animal(&self, ctx: &Context<'_>) -> Result<eager::Object<Arc<Animal>>> {
        resolve::required(ctx, &self.animal).await
    }
}

#[ComplexObject]
impl GiftStatusChange {
    /// The claim that it rests on.
    async fn claim(&self, ctx: &Context<'_>) -> Result<Option<eager::Object<Arc<Claim>>>> {
        resolve::optional(ctx, self.claim.as_deref()).await
    }
}

queries! { GiftQuery for Gift {
    /// One gift, by its id or its slug; null where there is none.
    gift(#[graphql(desc = "The slug, such as `ru-kp-2024`.")] slug as "slug" at "slug");
    /// Gifts, page by page.
    gifts;
} }
