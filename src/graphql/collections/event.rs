//! Events: what happened around the gifts.

use super::claim::Claim;
use super::gift::Gift;
use super::nation::{Nation, NationFilter};
use super::prelude::*;

document! {
    /// Something that happened, or may have happened, around the gifts.
    pub struct Event by EventFilter, EventOrder {
        /// The id: `event_` and the slug.
        id,
        /// The readable name in addresses.
        slug: String,
        /// What it was, in a few words.
        title: String,
        /// What kind of event it is.
        kind: EventKind,
        /// When.
        date: Option<eager::Object<PartialDate>>,
        /// The nations that have a part in it.
        nations: eager::List<eager::Object<EventNation>>,
        /// The people who have a part in it.
        people: eager::List<eager::Object<Person>>,
        /// Where.
        place: Option<eager::Object<Place>>,
        /// What happened, in our words.
        summary: String,
        /// How many took part; `headcountOf` says what is counted. Never part of a count of animals given.
        headcount: Option<eager::Object<Count>>,
        /// What the headcount counts, such as "soldiers".
        headcount_of: Option<String>,
        /// How far it has come, where the sources say so.
        status: Option<EventStatus>,
    }
    holds { nations, date, place, headcount }
    connections {
        /// The gifts that belong to it.
        gifts: Gift at "event", MANY;
        /// What the sources say about it.
        claims: Claim at "about", FEW;
    }
}

/// The part of a nation in an event.
#[derive(SimpleObject, Debug, Default, Deserialize)]
#[graphql(serial)]
#[serde(default)]
pub struct EventNation {
    /// The id of the part, which it keeps for as long as it is there. No other row of any list has it.
    id: RowId,
    /// Which part it has.
    role: NationRole,
    /// The nation.
    #[graphql(directive = cost::apply(DOCUMENT, None))]
    nation: Ref<Nation>,
}

holds! { EventNation: nation }

filter! { EventFilter, "events" {
    /// By id.
    id: IdFilter => |ids| ids.on("_id", Some(Kind::Event)),
    /// By slug.
    slug: StringFilter => |slugs| slugs.on("slug"),
    /// By kind.
    kind: EnumFilter<EventKind> => |words| words.on("kind"),
    /// By how far it has come.
    status: EnumFilter<EventStatus> => |words| words.on("status"),
    /// By date.
    date: DateFilter => |date| date.on(date_paths!("date")),
    /// By a nation that has a part in it.
    #[graphql(directive = cost::apply(PAGE, None))]
    nation: NationFilter => |nation| related_in_list("nations.nation", Kind::Nation, nation),
    /// By headcount.
    headcount: CountFilter => |count| count.on(count_paths!("headcount")),
    /// By the certainty of a claim about it.
    #[graphql(directive = cost::apply(PAGE, None))]
    certainty: EnumFilter<Certainty> => |certainty| certainty_filter(certainty, Kind::Event),
    /// By words: each must begin a word of the slug, title, summary, people or place. Case and accents do not matter.
    text: String => |text| Ok(text_filter(text)),
} }

orders! { EventOrder, EventOrderField, "events" {
    /// By title.
    Title = "sortKeys.title" as Text,
    /// By the first day that the date can mean.
    Date = "date.earliest" as Moment,
    /// By the last day that the date can mean.
    DateEnd = "date.latest" as Moment,
} }

queries! { EventQuery for Event {
    /// One event, by its id or its slug; null where there is none.
    event by EventBy("The slug, such as `pyongyang-summit-2018`." Slug: slug as "slug");
    /// Events, page by page.
    events;
} }

mutations! { EventMutation for Event as event, "event" {
    create_event(CreateEventInput) -> CreateEventPayload;
    update_event(UpdateEventInput) -> UpdateEventPayload;
    delete_event;
    required {
        /// The readable name in addresses: lower case letters, digits and single hyphens between them.
        slug: String,
        /// What it was, in a few words.
        title: String,
        /// What kind of event it is.
        kind: EventKind,
        /// What happened, in our words.
        summary: String,
    }
    lists {
        /// The nations that have a part in it.
        nations: EventNationInput,
        /// The people who have a part in it.
        people: PersonInput,
    }
    optional {
        /// When.
        date: DateInput,
        /// Where.
        place: PlaceInput,
        /// How many took part; `headcountOf` says what is counted.
        headcount: CountInput,
        /// What the headcount counts, such as "soldiers".
        headcount_of: String,
        /// How far it has come, where the sources say so.
        status: EventStatus,
    }
} }
