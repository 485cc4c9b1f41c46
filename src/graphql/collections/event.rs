//! Events: what happened around the gifts.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID, Result, SimpleObject};
use serde::Deserialize;

use super::claim::Claim;
use super::gift::Gift;
use super::nation::{Nation, NationFilter};
use super::{queries, relations};
use crate::domain::id::Kind;
use crate::domain::vocabulary::{Certainty, EventKind, EventStatus, NationRole};
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

/// Something that happened, or may have happened, around the gifts.
#[derive(SimpleObject, Debug, Deserialize)]
#[graphql(complex, serial)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// The id: `event_` and the slug.
    #[serde(rename = "_id")]
    pub(super) id: ID,
    /// The readable name in addresses.
    #[serde(default)]
    slug: String,
    /// What it was, in a few words.
    #[serde(default)]
    title: String,
    /// What kind of event it is.
    #[serde(default = "kind_other")]
    kind: EventKind,
    /// When.
    #[serde(default)]
    date: Option<eager::Object<PartialDate>>,
    /// The nations that have a part in it.
    #[serde(default)]
    nations: eager::List<eager::Object<EventNation>>,
    /// The people who have a part in it.
    #[serde(default)]
    people: eager::List<eager::Object<Person>>,
    /// Where.
    #[serde(default)]
    place: Option<eager::Object<Place>>,
    /// What happened, in our words.
    #[serde(default)]
    summary: String,
    /// How many took part; `headcountOf` says what is counted. Never part of a count of animals given.
    #[serde(default)]
    headcount: Option<eager::Object<Count>>,
    /// What the headcount counts, such as "soldiers".
    #[serde(default)]
    headcount_of: Option<String>,
    /// How far it has come, where the sources say so.
    #[serde(default)]
    status: Option<EventStatus>,
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

const fn kind_other() -> EventKind {
    EventKind::Other
}

/// The part of a nation in an event.
#[derive(SimpleObject, Debug, Deserialize)]
#[graphql(complex, serial)]
pub struct EventNation {
    #[graphql(skip)]
    #[serde(default)]
    nation: String,
    /// Which part it has.
    #[serde(default)]
    role: NationRole,
}

impl Entity for Event {
    const KIND: Kind = Kind::Event;

    fn id(&self) -> &str {
        &self.id
    }
}

impl Collection for Event {
    const NAME: &'static str = "Event";
    const RELATIONS: &'static [Relation<Self>] = &[
        Relation::Reference {
            fields: &["headcount", "claim"],
            stored: "headcount.claim",
            to: Some(Kind::Claim),
            ids: |event, ids| ids.extend(event.headcount.iter().filter_map(|count| count.0.claim.clone())),
        },
        Relation::Reference {
            fields: &["nations", "nation"],
            stored: "nations.nation",
            to: Some(Kind::Nation),
            ids: |event, ids| {
                ids.extend(event.nations.iter().map(|part| part.nation.clone()));
            },
        },
        Relation::Reference {
            fields: &["place", "nation"],
            stored: "place.nation",
            to: Some(Kind::Nation),
            ids: |event, ids| {
                ids.extend(event.place.iter().filter_map(|place| place.nation_id.clone()));
            },
        },
        Relation::Inverse {
            field: "gifts",
            of: Kind::Gift,
            stored: "event",
            few: false,
        },
        Relation::Inverse {
            field: "claims",
            of: Kind::Claim,
            stored: "about",
            few: true,
        },
    ];
    type Filter = EventFilter;
    type Order = EventOrder;

    fn identities(loader: &Loader) -> &Identities<Self> {
        &loader.events
    }
}

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
    date: DateFilter => |date| date.on(DatePaths::DATE),
    /// By a nation that has a part in it.
    nation: NationFilter => |nation| Ok(Filter::refers("nations.nation", Kind::Nation, nation.filter()?)),
    /// By headcount.
    headcount: CountFilter => |count| count.on("headcount.min", "headcount.max"),
    /// By the certainty of a claim about it.
    certainty: EnumFilter<Certainty> => |certainty| certainty_filter(certainty, Kind::Event),
    /// By words: each must begin a word of the slug, title, summary, people or place. Case and accents do not matter.
    text: String => |text| Ok(text_filter(text)),
} }

orders! { EventOrder, EventOrderField, "events" {
    /// By id.
    Id = "_id" as Text,
    /// By title.
    Title = "title" as Text,
    /// By the first day that the date can mean.
    Date = "date.earliest" as Moment,
    /// By the last day that the date can mean.
    DateEnd = "date.latest" as Moment,
    /// By when it was entered here.
    CreatedAt = "createdAt" as Moment,
    /// By when it was last changed here.
    UpdatedAt = "updatedAt" as Moment,
} }

relations! { Event {
    connections {
        /// The gifts that belong to it.
        gifts: Gift;
        /// What the sources say about it.
        claims: Claim;
    }
    fields {}
} }

#[ComplexObject]
impl EventNation {
    /// The nation.
    async fn nation(&self, ctx: &Context<'_>) -> Result<eager::Object<Arc<Nation>>> {
        resolve::required(ctx, &self.nation).await
    }
}

queries! { EventQuery for Event {
    /// One event, by its id or its slug; null where there is none.
    event(#[graphql(desc = "The slug, such as `pyongyang-summit-2018`.")] slug as "slug" at "slug");
    /// Events, page by page.
    events;
} }
