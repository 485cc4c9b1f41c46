//! The timeline: gifts and events by date, as one connection over two collections.
//!
//! Both collections read the same page concurrently, and the two pages are merged: their sort keys are alike, and ids,
//! which break ties, are unique over all kinds. What is selected below is read as for any connection.

use std::sync::Arc;

use async_graphql::parser::types::SelectionSet;
use async_graphql::{Context, Enum, InputObject, Object, Union};
use futures_util::FutureExt;
use futures_util::future::try_join;

use super::any_of::{AnyOf, members};
use super::collection::Collection;
use super::collections::event::Event;
use super::collections::gift::Gift;
use super::collections::nation::NationFilter;
use super::connection::{Connection, Member, Window};
use super::cost::{ON_PAGE, PAGE, WINDOW, cost, list_size, names};
use super::eager;
use super::filter::{CollectionFilter as _, DateFilter, date_paths, related, related_in_list};
use super::loader::prefetch::{Fetch, SelectedDocuments};
use super::loader::resolve;
use super::order::OrderDirection;
use super::selection;
use crate::api::error::Result;
use crate::domain::id::Kind;
use crate::store::cursor::{KeyKind, Order, OrderBy};
use crate::store::entity::Entity as _;
use crate::store::filter::Filter;
use crate::store::page::{Page, PageRequest, PageRow};

/// What stands in the timeline.
#[derive(Union, Clone)]
pub enum TimelineEntry {
    /// A gift.
    Gift(Arc<Gift>),
    /// An event.
    Event(Arc<Event>),
}

members! { TimelineEntry: Gift, Event }

impl TimelineEntry {
    /// The id, if the entry is of this kind.
    fn id_of(&self, kind: Kind) -> Option<String> {
        let (found, id) = match self {
            Self::Gift(gift) => (Kind::Gift, gift.id()),
            Self::Event(event) => (Kind::Event, event.id()),
        };
        (found == kind).then(|| id.to_owned())
    }
}

impl Member for TimelineEntry {
    const NAME: &'static str = "Timeline";
    const COLLECTIONS: i32 = 2;
    type Node<'a> = AnyOf<&'a Arc<Self>>;
}

/// What can stand in the timeline.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimelineKind {
    /// Gifts.
    Gift,
    /// Events.
    Event,
}

/// Which gifts and events. All fields that are given must hold; an empty filter holds for all.
#[derive(InputObject, Clone, Debug, Default)]
pub struct TimelineFilter {
    /// Only these kinds; both where nothing is said, none where the list is empty.
    kinds: Option<Vec<TimelineKind>>,
    /// By a nation: the giver or the recipient of a gift, or one that has a part in an event.
    #[graphql(directive = cost::apply(PAGE, None))]
    nation: Option<NationFilter>,
    /// By date.
    date: Option<DateFilter>,
}

impl TimelineFilter {
    fn has(&self, kind: TimelineKind) -> bool {
        self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind))
    }
}

/// Adds `timeline` to `Query`.
#[derive(Default)]
pub struct TimelineQuery;

#[Object]
impl TimelineQuery {
    /// Gifts and events by date, page by page: by the first day that the date can mean, then by the last, then by id.
    /// What has no known first day comes first; when descending, last.
    #[allow(clippy::too_many_arguments, reason = "Relay's four, the filter and the direction")]
    #[graphql(directive = cost::apply(PAGE * TimelineEntry::COLLECTIONS, None), directive = list_size::apply(names(WINDOW), names(ON_PAGE)))]
    async fn timeline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start.")] first: Option<i32>,
        #[graphql(desc = "Only what stands behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what stands before this cursor.")] before: Option<String>,
        #[graphql(name = "where", desc = "Which gifts and events.")] filter: Option<TimelineFilter>,
        #[graphql(default, desc = "Which way.")] direction: OrderDirection,
    ) -> Result<Option<eager::Object<Connection<TimelineEntry>>>> {
        let window = Window {
            first,
            after,
            last,
            before,
        };
        let filter = filter.unwrap_or_default();
        let set = &ctx.item.node.selection_set.node;
        async { read(resolve::fetch(ctx)?, set, &window, &filter, direction).await }
            .boxed()
            .await
            .map(|page| Some(eager::Object::from(page)))
    }
}

async fn read<'a>(
    fetch: Fetch<'a>,
    set: &'a SelectionSet,
    window: &Window,
    filter: &TimelineFilter,
    direction: OrderDirection,
) -> Result<Connection<TimelineEntry>> {
    let dates = match &filter.date {
        Some(date) => date.on(date_paths!("date"))?,
        None => Filter::All(vec![]),
    };
    let request = window.request(dates, order(direction), fetch.limits, fetch.wanted(set))?;
    let (mut of_gifts, mut of_events) = (request.clone(), request.clone());
    if let Some(nation) = &filter.nation {
        let (giver, recipient, part) = match nation.holds_without() {
            None => {
                // Resolved once for the three places where a nation can be.
                let refers = Filter::refers("giver", Kind::Nation, nation.filter()?);
                let giver = fetch.loader.store.resolve(&refers).await?.into_owned();
                let (recipient, part) = (giver.at("recipient"), giver.at("nations.nation"));
                (giver, recipient, part)
            }
            Some(_) => (
                related("giver", Kind::Nation, nation)?,
                related("recipient", Kind::Nation, nation)?,
                related_in_list("nations.nation", Kind::Nation, nation)?,
            ),
        };
        of_gifts.filter = Filter::All(vec![Filter::Any(vec![giver, recipient]), of_gifts.filter]);
        of_events.filter = Filter::All(vec![part, of_events.filter]);
    }
    let (gifts, events) = try_join(
        entries(fetch, &of_gifts, filter.has(TimelineKind::Gift), TimelineEntry::Gift),
        entries(fetch, &of_events, filter.has(TimelineKind::Event), TimelineEntry::Event),
    )
    .await?;
    let page = merged(gifts, events, &request);
    let sets = selection::on_page(set);
    let group = |kind| SelectedDocuments {
        kind,
        ids: page.rows.iter().filter_map(|row| row.node.id_of(kind)).collect(),
        sets: sets.clone(),
    };
    fetch
        .everything_below(vec![group(Kind::Gift), group(Kind::Event)])
        .await?;
    Ok(Connection::new(page, request.order))
}

/// The order of the timeline; the id is always the last key. Both collections have an index in this order.
fn order(direction: OrderDirection) -> Order {
    let by = |path| OrderBy {
        path,
        kind: KeyKind::Moment,
        descending: direction == OrderDirection::Desc,
    };
    Order::new([by("date.earliest"), by("date.latest")])
}

/// Reads a page of one collection into the loader; an empty page, without a command, if this kind is not selected.
async fn entries<E: Collection>(
    fetch: Fetch<'_>,
    request: &PageRequest,
    asked: bool,
    entry: fn(Arc<E>) -> TimelineEntry,
) -> Result<Page<TimelineEntry>> {
    if !asked {
        return Ok(Page {
            rows: Vec::new(),
            has_previous: false,
            has_next: false,
            total: Some(0),
        });
    }
    let fields = fetch.projection(E::KIND);
    let page = fetch.loader.store.page::<E>(request, &fields).await?;
    let identities = fetch.loader.of::<E>();
    let rows = page.rows.into_iter().map(|row| {
        identities.put(Arc::clone(&row.node));
        PageRow {
            node: Arc::new(entry(row.node)),
            keys: row.keys,
        }
    });
    Ok(Page {
        rows: rows.collect(),
        has_previous: page.has_previous,
        has_next: page.has_next,
        total: page.total,
    })
}

/// Merges the pages of two collections for the same `request`.
///
/// Two pages are enough: the merged page shows at most `limit` rows of either collection, and none that comes after the
/// end of that collection's page.
fn merged<E>(one: Page<E>, other: Page<E>, request: &PageRequest) -> Page<E> {
    let mut rows = one.rows;
    rows.extend(other.rows);
    rows.sort_by(|left, right| request.order.compare(&left.keys, &right.keys));
    let too_many = rows.len().saturating_sub(request.limit);
    if request.backward {
        rows.drain(..too_many);
    } else {
        rows.truncate(request.limit);
    }
    let cut = too_many > 0;
    Page {
        rows,
        has_previous: one.has_previous || other.has_previous || (cut && request.backward),
        has_next: one.has_next || other.has_next || (cut && !request.backward),
        total: one.total.zip(other.total).map(|(one, other)| one + other),
    }
}
