//! What statistics read: all selected groupings at once; then the names of what is listed, and the documents selected on
//! it.

use async_graphql::parser::types::{Field, SelectionSet};

use super::figures::{End, Figures};
use super::groups::{AnimalGrouping, GroupOrder, GroupOrderField, Listing, MOST_GIFTS};
use super::types::{GiftFlow, GiftsByNation};
use crate::api::error::{ApiError, Result};
use crate::domain::id::Kind;
use crate::graphql::connection::{first_of, parse};
use crate::graphql::eager;
use crate::graphql::loader::prefetch::{Fetch, SelectedDocuments};
use crate::graphql::row_id::RowScope;
use crate::graphql::selection;
use crate::graphql::values::Count;
use crate::limits::Limits;
use crate::store::aggregate::{Group, Groups, Pair, Statistics, Tally, Wanted};
use crate::store::filter::Filter;

/// Whether a grouping is selected, and whether with numbers of animals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    Nothing,
    Gifts,
    Animals,
}

/// The field that tells of several groupings in words.
const SUMMARY: &str = "summary";

/// Reads everything that is selected of the statistics.
pub async fn figures<'a>(fetch: Fetch<'a>, set: &'a SelectionSet, filter: &Filter) -> Result<Figures> {
    let mut fields = selection::fields(&[set], None);
    // A field with invalid arguments reports the error itself, so nothing is read for it.
    fields.retain(|field| !listing_of(field, fetch.limits).is_err_and(|error| error.is_of_input()));
    let (needs, totals) = needs_of_groups(&fields)?;
    let by_animal = groupings_by_animal(&fields)?;

    let asked = |need: Need| (need > Need::Nothing).then_some(need == Need::Animals);
    let [words, givers, recipients, spans, certainties] = needs.map(asked);
    let ranks = by_animal.iter();
    let wanted = Wanted {
        all: asked(totals),
        words,
        givers,
        recipients,
        flows: None,
        spans,
        certainties,
        by_animal: ranks.map(|(by, need)| ((*by).into(), *need == Need::Animals)).collect(),
    };
    let Statistics {
        all,
        words,
        givers,
        recipients,
        spans,
        certainties,
        by_animal: of_animals,
        flows: _,
    } = fetch.loader.store.statistics(filter, &wanted).await?;
    let totals = sum(&words)
        .or_else(|| sum(&givers))
        .or_else(|| sum(&recipients))
        .or_else(|| sum(&spans))
        .or_else(|| sum(&certainties))
        .or_else(|| sum(&all));
    let mut figures = Figures {
        totals,
        words,
        givers,
        recipients,
        spans,
        certainties,
        animals: by_animal.iter().map(|(by, _)| *by).zip(of_animals).collect(),
        ..Figures::default()
    };
    for list in &fields {
        read_names(fetch, &mut figures, list).await?;
    }
    let mut documents = Vec::new();
    for list in &fields {
        documents.extend(listed(fetch, &figures, list)?);
    }
    documents.retain(|group| !group.sets.is_empty());
    fetch.documents(documents).await?;
    Ok(figures)
}

/// The needs of the selected groupings by words, givers, recipients, spans of years, and certainty; and the need of a
/// separate aggregation for the totals.
fn needs_of_groups(fields: &[&Field]) -> Result<([Need; 5], Need)> {
    let of = |names: &[&str]| {
        let mut named = fields.iter().filter(|field| names.contains(&field.name.node.as_str()));
        named.try_fold(Need::Nothing, |need, field| {
            Ok::<_, ApiError>(need.max(need_of(field)?))
        })
    };
    let mut needs = [
        of(&["byStatus", "byMode"])?,
        of(&["byGiver", SUMMARY])?,
        of(&["byRecipient", SUMMARY])?,
        of(&["byYear", "byDecade"])?,
        of(&["byCertainty"])?,
    ];
    let mut totals = Need::Nothing;
    for field in fields {
        totals = totals.max(match field.name.node.as_str() {
            "gifts" => Need::Gifts,
            "animals" | "unknownCounts" | SUMMARY => Need::Animals,
            _ => Need::Nothing,
        });
    }
    // Each of these groupings counts every gift exactly once, so the totals follow from any of them.
    if let Some(need) = needs.iter_mut().find(|need| **need > Need::Nothing) {
        *need = (*need).max(totals);
        totals = Need::Nothing;
    }
    Ok((needs, totals))
}

/// The selected groupings by animal, each once, with the greatest need of its fields.
fn groupings_by_animal(fields: &[&Field]) -> Result<Vec<(AnimalGrouping, Need)>> {
    let mut groupings: Vec<(AnimalGrouping, Need)> = Vec::new();
    let of_animals = |field: &&&Field| field.name.node == "byAnimal" || field.name.node == SUMMARY;
    for field in fields.iter().filter(of_animals) {
        let (by, need) = (grouping(field)?, need_of(field)?);
        match groupings.iter_mut().find(|(other, _)| *other == by) {
            Some((_, other)) => *other = need.max(*other),
            None => groupings.push((by, need)),
        }
    }
    Ok(groupings)
}

/// Reads the flows, and what is selected on their nations.
pub async fn flows<'a>(
    fetch: Fetch<'a>,
    set: &'a SelectionSet,
    filter: &Filter,
    first: usize,
) -> Result<eager::List<eager::Object<GiftFlow>>> {
    let animals = selection::fields(&[set], None).into_iter().any(tells_animals);
    let wanted = Wanted {
        flows: Some(animals),
        ..Wanted::default()
    };
    let statistics = fetch.loader.store.statistics(filter, &wanted).await?;
    let groups = statistics.flows.unwrap_or_default();
    let mut groups: Vec<_> = groups.into_iter().collect();
    // The sort is stable: pairs with equally many gifts stay ordered by id.
    groups.sort_by_key(|(_, group)| std::cmp::Reverse(group.tally.gifts));
    groups.truncate(first);
    let end = |name, of: fn(&Pair) -> &String| SelectedDocuments {
        kind: Kind::Nation,
        ids: groups.iter().map(|(pair, _)| of(pair).clone()).collect(),
        sets: selection::below(&[set], &[name]),
    };
    let mut ends = vec![
        end("giver", |pair| &pair.giver),
        end("recipient", |pair| &pair.recipient),
    ];
    ends.retain(|group| !group.sets.is_empty());
    fetch.documents(ends).await?;
    let scope = RowScope::of(filter);
    let flow = |(pair, group): (Pair, Group)| {
        eager::Object::from(GiftFlow {
            id: scope.row(&["flow", &pair.giver, &pair.recipient]),
            giver: pair.giver.into(),
            recipient: pair.recipient.into(),
            gifts: group.tally.gifts,
            animals: Count(group.tally.animals.total()).into(),
            unknown_counts: group.tally.animals.unknown_counts,
            first_date: group.first,
            last_date: group.last,
        })
    };
    Ok(groups.into_iter().map(flow).collect())
}

fn sum<K>(groups: &Option<Groups<K>>) -> Option<Tally> {
    let mut sum = Tally::default();
    groups.as_ref()?.values().for_each(|group| sum.merge(&group.tally));
    Some(sum)
}

fn tells_animals(field: &Field) -> bool {
    matches!(field.name.node.as_str(), "animals" | "unknownCounts")
}

fn need_of(list: &Field) -> Result<Need> {
    let below = selection::fields(&[&list.selection_set.node], None);
    let by_animals = order_of(list)?.is_some_and(|order| order.field == GroupOrderField::Animals);
    Ok(if by_animals || below.into_iter().any(tells_animals) {
        Need::Animals
    } else {
        Need::Gifts
    })
}

fn order_of(list: &Field) -> Result<Option<GroupOrder>> {
    parse("orderBy", selection::argument(list, "orderBy")?)
}

fn grouping(list: &Field) -> Result<AnimalGrouping> {
    let by = selection::argument(list, "by")?;
    by.map_or(Ok(AnimalGrouping::default()), |by| parse("by", Some(by)))
}

/// Reads the names of everything that a list may show: they are labels, and break ties in any order. Families, orders
/// and classes are their own names.
async fn read_names(fetch: Fetch<'_>, figures: &mut Figures, list: &Field) -> Result<()> {
    let mut named = Vec::new();
    let name = list.name.node.as_str();
    if ["byGiver", SUMMARY].contains(&name) {
        named.push((Kind::Nation, figures.nations(End::Giver)));
    }
    if ["byRecipient", SUMMARY].contains(&name) {
        named.push((Kind::Nation, figures.nations(End::Recipient)));
    }
    if name == SUMMARY || name == "byAnimal" && grouping(list)? == AnimalGrouping::Animal {
        named.push((Kind::Animal, figures.animal_ids()));
    }
    for (kind, mut ids) in named {
        ids.retain(|id| !figures.names.contains_key(id));
        figures.names.extend(fetch.loader.store.names(kind, ids).await?);
    }
    Ok(())
}

/// The order and length of a list, from its arguments.
fn listing_of(list: &Field, limits: &Limits) -> Result<Listing> {
    grouping(list)?;
    let first = parse("first", selection::argument(list, "first")?)?;
    Ok(Listing {
        first: first_of(first, limits)?,
        order: order_of(list)?.unwrap_or(MOST_GIFTS),
    })
}

/// The documents that a list shows, and what is selected on them.
fn listed<'a>(fetch: Fetch<'a>, figures: &Figures, list: &'a Field) -> Result<Option<SelectedDocuments<'a>>> {
    let listing = listing_of(list, fetch.limits)?;
    let below = |name| selection::below(&[&list.selection_set.node], &[name]);
    let nations = |entries: Vec<GiftsByNation>| SelectedDocuments {
        kind: Kind::Nation,
        ids: entries
            .into_iter()
            .filter_map(|entry| entry.nation.into_ids())
            .collect(),
        sets: below("nation"),
    };
    Ok(match list.name.node.as_str() {
        "byGiver" => Some(nations(figures.by_nation(End::Giver, &listing)?)),
        "byRecipient" => Some(nations(figures.by_nation(End::Recipient, &listing)?)),
        "byAnimal" => {
            let entries = figures.by_animal(grouping(list)?, &listing)?;
            Some(SelectedDocuments {
                kind: Kind::Animal,
                ids: entries
                    .into_iter()
                    .filter_map(|entry| entry.animal.into_ids())
                    .collect(),
                sets: below("animal"),
            })
        }
        _ => None,
    })
}
