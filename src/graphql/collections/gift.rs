//! Gifts: animals that one nation gave, lent or offered to another.

use super::animal::{Animal, AnimalFilter};
use super::claim::Claim;
use super::event::Event;
use super::nation::{Nation, NationFilter};
use super::prelude::*;
use crate::domain::count::Sum;

document! {
    /// A gift of animals from one nation to another; also a loan, a tribute, or a gift that never arrived.
    pub struct Gift by GiftFilter, GiftOrder {
        /// The id: `gift_` and the slug.
        id,
        /// The readable name in addresses.
        slug: String,
        /// What it was, in a few words.
        title: String,
        /// Who handed it over.
        presented_by: Option<eager::Object<Person>>,
        /// Who took it.
        presented_to: Option<eager::Object<Person>>,
        /// In whose name it was given.
        on_behalf_of: Option<eager::Object<Person>>,
        /// In what way the animals changed hands.
        mode: GiftMode,
        /// What has become of it.
        status: GiftStatus,
        /// What became of it step by step, as far as the sources say.
        status_history: eager::List<eager::Object<GiftStatusChange>>,
        /// The animals that the sources name. They may be fewer than the total: see `total` and `itemsTotal`.
        items: eager::List<eager::Object<GiftItem>>,
        /// How many animals in all, where a source says so; it is never computed from the items.
        total: Option<eager::Object<Count>>,
        /// On how many occasions, where the gift stands for several.
        occasions: Option<eager::Object<Count>>,
        /// When.
        date: Option<eager::Object<PartialDate>>,
        /// Where the animals came from.
        origin: Option<eager::Object<Place>>,
        /// Where the animals went.
        destination: Option<eager::Object<Place>>,
        /// The fields that the sources do not say and that were concluded from elsewhere.
        inferred: eager::List<String>,
    }
    references {
        /// The nation that gave.
        #[graphql(directive = cost::apply(DOCUMENT, None))]
        giver: Ref<Nation>,
        /// The nation that received.
        #[graphql(directive = cost::apply(DOCUMENT, None))]
        recipient: Ref<Nation>,
        /// The event that it belongs to.
        #[graphql(directive = cost::apply(DOCUMENT, None))]
        event: MaybeRef<Event>,
    }
    holds { items, status_history, total, occasions, date, origin, destination }
    connections {
        /// What the sources say about this gift.
        claims: Claim at "about", FEW;
    }
    computed { "itemsTotal" from "items" }
    resolvers {
        /// The sum of the items: computed, and no replacement for `total`. An item without a count makes the sum's
        /// `max` unknown.
        async fn items_total(&self) -> eager::Object<Count> {
            let sum: Sum = self.items.iter().map(|item| item.count.as_ref().map(|count| &count.0)).collect();
            Count(sum.total()).into()
        }
    }
}

/// The animals of one kind in a gift.
#[derive(SimpleObject, Debug, Default, Deserialize)]
#[graphql(serial)]
#[serde(rename_all = "camelCase", default)]
pub struct GiftItem {
    /// The id of the item, which it keeps for as long as it is there. No other row of any list has it.
    id: RowId,
    /// How many animals; null where the sources do not say.
    count: Option<eager::Object<Count>>,
    /// How many species, where the item stands for several.
    species_count: Option<eager::Object<Count>>,
    /// What else the source can mean. The first reading is the one given above.
    other_readings: eager::List<eager::Object<ItemReading>>,
    /// What the source says about these animals, such as "white".
    attributes: eager::List<String>,
    /// The animals' own names.
    names: eager::List<String>,
    /// What has become of these animals, where it differs from the gift's status.
    status: Option<GiftStatus>,
    /// The kind of animal.
    #[graphql(directive = cost::apply(DOCUMENT, None))]
    animal: Ref<Animal>,
}

holds! { GiftItem: animal, count, species_count, other_readings }

/// Another reading of what a source says about an item.
#[derive(SimpleObject, Debug, Default, Deserialize)]
#[graphql(serial)]
#[serde(rename_all = "camelCase", default)]
pub struct ItemReading {
    /// The id of the reading, which it keeps for as long as it is there. No other row of any list has it.
    id: RowId,
    /// How many animals in this reading.
    count: Option<eager::Object<Count>>,
    /// How many species in this reading.
    species_count: Option<eager::Object<Count>>,
    /// How it comes about.
    note: String,
}

holds! { ItemReading: count, species_count }

/// A step in what became of a gift.
#[derive(SimpleObject, Debug, Default, Deserialize)]
#[graphql(serial)]
#[serde(rename_all = "camelCase", default)]
pub struct GiftStatusChange {
    /// The id of the step, which it keeps for as long as it is there. No other row of any list has it.
    id: RowId,
    /// The status that it came to.
    status: GiftStatus,
    /// When.
    date: Option<eager::Object<PartialDate>>,
    /// What happened.
    note: String,
    /// The claim that it rests on.
    #[graphql(directive = cost::apply(DOCUMENT, None))]
    claim: MaybeRef<Claim>,
}

holds! { GiftStatusChange: claim, date }

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
    #[graphql(directive = cost::apply(PAGE, None))]
    giver: NationFilter => |nation| related("giver", Kind::Nation, nation),
    /// By the nation that received.
    #[graphql(directive = cost::apply(PAGE, None))]
    recipient: NationFilter => |nation| related("recipient", Kind::Nation, nation),
    /// By a kind of animal among the items.
    #[graphql(directive = cost::apply(PAGE, None))]
    animal: AnimalFilter => |animal| related_in_list("items.animal", Kind::Animal, animal),
    /// By the id of the event that it belongs to.
    event: IdFilter => |ids| ids.on("event", Some(Kind::Event)),
    /// By date.
    date: DateFilter => |date| date.on(date_paths!("date")),
    /// By the total that a source gives.
    total: CountFilter => |count| count.on(count_paths!("total")),
    /// By the certainty of a claim about it.
    #[graphql(directive = cost::apply(PAGE, None))]
    certainty: EnumFilter<Certainty> => |certainty| certainty_filter(certainty, Kind::Gift),
    /// By words: each must begin a word of the slug, title, people, places, the animals' names or attributes, or the
    /// source's words for the total; or, the first five, one of the names of the nations and of the kinds of animals, in any
    /// language. Case and accents do not matter.
    #[graphql(directive = cost::apply(WIDE_TEXT, None))]
    text: String => |text| Ok(wide_text_filter(text, &[
        ("giver", Kind::Nation), ("recipient", Kind::Nation), ("items.animal", Kind::Animal),
    ])),
} }

orders! { GiftOrder, GiftOrderField, "gifts" {
    /// By title.
    Title = "sortKeys.title" as Text,
    /// By the first day that the date can mean.
    Date = "date.earliest" as Moment,
    /// By the last day that the date can mean.
    DateEnd = "date.latest" as Moment,
    /// By the least that the total can be.
    Total = "total.min" as Number,
} }

queries! { GiftQuery for Gift {
    /// One gift, by its id or its slug; null where there is none.
    gift by GiftBy("The slug, such as `ru-kp-2024`." Slug: slug as "slug");
    /// Gifts, page by page.
    gifts;
} }

mutations! { GiftMutation for Gift as gift, "gift" {
    create_gift(CreateGiftInput) -> CreateGiftPayload;
    update_gift(UpdateGiftInput) -> UpdateGiftPayload;
    delete_gift;
    flags {
        /// Lets figures change that name no claim: the counts of the gift and its items.
        without_claim
    }
    required {
        /// The readable name in addresses: lower case letters, digits and single hyphens between them.
        slug: String,
        /// What it was, in a few words.
        title: String,
        /// The id of the nation that gave.
        giver: ID,
        /// The id of the nation that received.
        recipient: ID,
        /// In what way the animals changed hands.
        mode: GiftMode,
        /// What has become of it.
        status: GiftStatus,
    }
    lists {
        /// What became of it step by step.
        status_history: GiftStatusChangeInput,
        /// The animals that the sources name.
        items: GiftItemInput,
        /// The fields that the sources do not say and that were concluded from elsewhere.
        inferred: String,
    }
    optional {
        /// Who handed it over.
        presented_by: PersonInput,
        /// Who took it.
        presented_to: PersonInput,
        /// In whose name it was given.
        on_behalf_of: PersonInput,
        /// How many animals in all, where a source says so.
        total: CountInput,
        /// On how many occasions, where the gift stands for several.
        occasions: CountInput,
        /// When.
        date: DateInput,
        /// Where the animals came from.
        origin: PlaceInput,
        /// Where the animals went.
        destination: PlaceInput,
        /// The id of the event that it belongs to.
        event: ID,
    }
} }
