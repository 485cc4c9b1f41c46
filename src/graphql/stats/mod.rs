//! Statistics over gifts: how many gifts and animals, by giver, recipient, animal, time, status, mode and certainty.
//!
//! The two root fields. `plan` decides by the selection what to read: one aggregation of `store::aggregate` for each
//! selected grouping. `groups` and `times` order and cut the groups; `types` defines their GraphQL types, `tables`
//! makes rows of them.

mod figures;
mod groups;
mod plan;
mod summary;
pub mod tables;
mod times;
mod types;

use async_graphql::{Context, Object};
use futures_util::FutureExt;

use self::figures::{End, Figures};
use self::groups::{AnimalGrouping, GroupOrder, GroupOrderField, Listing, MOST_GIFTS};
use self::times::Step;
use self::types::{
    GiftFlow, GiftsByAnimal, GiftsByCertainty, GiftsByMode, GiftsByNation, GiftsByStatus, GiftsByTime, ListEntry,
};
use super::collections::gift::GiftFilter;
use super::connection::first_of;
use super::cost::{FIRST, SUMS, cost, list_size, names};
use super::eager;
use super::filter::CollectionFilter as _;
use super::loader::resolve;
use super::order::OrderDirection;
use super::row_id::RowScope;
use super::values::Count;
use crate::api::error::{ApiError, Result};
use crate::limits::Limits;
use crate::store::aggregate::Tally;
use crate::store::filter::Filter;

/// Adds `giftStats` and `giftFlows` to `Query`.
#[derive(Default)]
pub struct StatsQuery;

#[Object]
impl StatsQuery {
    /// Numbers over all gifts that match. Only what is selected is computed, each group by one aggregation.
    #[graphql(directive = cost::apply(SUMS, None))]
    async fn gift_stats(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which gifts.")] filter: Option<GiftFilter>,
    ) -> Result<Option<eager::Object<GiftStats>>> {
        async {
            let filter = filter_of(filter.as_ref())?;
            let figures = plan::figures(resolve::fetch(ctx)?, &ctx.item.node.selection_set.node, &filter).await?;
            let scope = RowScope::of(&filter);
            Ok(Some(eager::Object::from(GiftStats { figures, scope })))
        }
        .boxed()
        .await
    }

    /// How much went from which nation to which; most gifts first.
    #[graphql(directive = cost::apply(SUMS, None), directive = list_size::apply(names(FIRST), None))]
    async fn gift_flows(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which gifts.")] filter: Option<GiftFilter>,
        #[graphql(desc = "How many flows.")] first: Option<i32>,
    ) -> Result<Option<eager::List<eager::Object<GiftFlow>>>> {
        async {
            let filter = filter_of(filter.as_ref())?;
            let fetch = resolve::fetch(ctx)?;
            let first = first_of(first, fetch.limits)?;
            plan::flows(fetch, &ctx.item.node.selection_set.node, &filter, first)
                .await
                .map(Some)
        }
        .boxed()
        .await
    }
}

fn filter_of(filter: Option<&GiftFilter>) -> Result<Filter> {
    filter.map_or(Ok(Filter::All(vec![])), GiftFilter::filter)
}

/// Numbers over the gifts that match.
///
/// In each list the entries' `gifts` add up to `gifts`, except in `byAnimal` and `byCertainty`, where a gift stands in
/// every entry that it belongs to.
pub struct GiftStats {
    figures: Figures,
    /// A part of the ids of entries.
    scope: RowScope,
}

/// Numbers over the gifts that match.
///
/// In each list the entries' `gifts` add up to `gifts`, except in `byAnimal` and `byCertainty`, where a gift stands in
/// every entry that it belongs to.
#[Object(serial)]
impl GiftStats {
    /// How many gifts match.
    async fn gifts(&self) -> Result<u64> {
        Ok(self.totals()?.gifts)
    }

    /// How many animals changed hands: of each gift the total where a source gives one, else the sum of its items. What
    /// was only planned, shelved, offered or declined adds nothing. Where no number is known, the most is unknown.
    async fn animals(&self) -> Result<eager::Object<Count>> {
        Ok(Count(self.totals()?.animals.total()).into())
    }

    /// Of how many gifts that changed hands no number of animals is known. They add 0 to the least in `animals`.
    async fn unknown_counts(&self) -> Result<u32> {
        Ok(self.totals()?.animals.unknown_counts)
    }

    /// The numbers in a few sentences: how many gifts, from how many nations to how many, who gave the most, what was given
    /// most often, and of how many nobody knows how many animals it was.
    #[graphql(directive = cost::apply(SUMS, None))]
    async fn summary(&self) -> Result<String> {
        self.figures.summary()
    }

    /// By the nation that gave.
    #[graphql(directive = cost::apply(SUMS, None), directive = list_size::apply(names(FIRST), None))]
    async fn by_giver(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many nations; the rest is summed up in one entry behind them.")] first: Option<i32>,
        #[graphql(desc = "In which order; most gifts first where nothing is said.")] order_by: Option<GroupOrder>,
    ) -> Result<eager::List<eager::Object<GiftsByNation>>> {
        let listing = listing(ctx, first, order_by, MOST_GIFTS)?;
        self.objects("byGiver", Some(&listing), self.figures.by_nation(End::Giver, &listing))
    }

    /// By the nation that received.
    #[graphql(directive = cost::apply(SUMS, None), directive = list_size::apply(names(FIRST), None))]
    async fn by_recipient(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many nations; the rest is summed up in one entry behind them.")] first: Option<i32>,
        #[graphql(desc = "In which order; most gifts first where nothing is said.")] order_by: Option<GroupOrder>,
    ) -> Result<eager::List<eager::Object<GiftsByNation>>> {
        let listing = listing(ctx, first, order_by, MOST_GIFTS)?;
        self.objects(
            "byRecipient",
            Some(&listing),
            self.figures.by_nation(End::Recipient, &listing),
        )
    }

    /// By the animals in the gifts. A gift with several kinds stands in the entry of each; its animals are told by its
    /// items, for a total does not say of which kind they were.
    #[graphql(directive = cost::apply(SUMS, None), directive = list_size::apply(names(FIRST), None))]
    async fn by_animal(
        &self,
        ctx: &Context<'_>,
        #[graphql(default, desc = "Whether each kind of animal stands for itself.")] by: AnimalGrouping,
        #[graphql(desc = "How many entries; the rest is summed up in one entry behind them.")] first: Option<i32>,
        #[graphql(desc = "In which order; most gifts first where nothing is said.")] order_by: Option<GroupOrder>,
    ) -> Result<eager::List<eager::Object<GiftsByAnimal>>> {
        let listing = listing(ctx, first, order_by, MOST_GIFTS)?;
        self.objects(
            &format!("byAnimal{by:?}"),
            Some(&listing),
            self.figures.by_animal(by, &listing),
        )
    }

    /// By year, the earliest first: every year in which a gift lies, or may lie.
    ///
    /// A beginning that is open or unknown reaches back to the first year that any of the dates names. An unknown end
    /// reaches up to today, an open one up to today or the last year that any of the dates names. More than 20 years in a
    /// row that are alike are one entry, a `RUN`.
    #[graphql(directive = cost::apply(SUMS, None), directive = list_size::apply(names(FIRST), None))]
    async fn by_year(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many years; the rest is summed up in one entry behind them.")] first: Option<i32>,
        #[graphql(desc = "In which order; the earliest first where nothing is said.")] order_by: Option<GroupOrder>,
    ) -> Result<eager::List<eager::Object<GiftsByTime>>> {
        let listing = listing(ctx, first, order_by, EARLIEST)?;
        self.objects("byYear", Some(&listing), self.figures.by_time(Step::Year, &listing))
    }

    /// By decade, the earliest first: every decade in which a gift lies, or may lie.
    /// The decades of years before 0 are those of EDTF, such as `-004X`. How far open and unknown ends reach and what a `RUN`
    /// is stands at `byYear`.
    #[graphql(directive = cost::apply(SUMS, None), directive = list_size::apply(names(FIRST), None))]
    async fn by_decade(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many decades; the rest is summed up in one entry behind them.")] first: Option<i32>,
        #[graphql(desc = "In which order; the earliest first where nothing is said.")] order_by: Option<GroupOrder>,
    ) -> Result<eager::List<eager::Object<GiftsByTime>>> {
        let listing = listing(ctx, first, order_by, EARLIEST)?;
        self.objects("byDecade", Some(&listing), self.figures.by_time(Step::Decade, &listing))
    }

    /// By what has become of the gifts; most gifts first.
    #[graphql(directive = cost::apply(SUMS, None), directive = list_size::apply(None, None))]
    async fn by_status(&self) -> Result<eager::List<eager::Object<GiftsByStatus>>> {
        self.objects("byStatus", None, self.figures.by_status())
    }

    /// By the way the animals changed hands; most gifts first.
    #[graphql(directive = cost::apply(SUMS, None), directive = list_size::apply(None, None))]
    async fn by_mode(&self) -> Result<eager::List<eager::Object<GiftsByMode>>> {
        self.objects("byMode", None, self.figures.by_mode())
    }

    /// By the certainty of the claims about the gifts; most gifts first. A gift stands in the entry of each certainty
    /// that a claim about it has, as the filter `certainty` finds it.
    #[graphql(directive = cost::apply(SUMS, None), directive = list_size::apply(None, None))]
    async fn by_certainty(&self) -> Result<eager::List<eager::Object<GiftsByCertainty>>> {
        self.objects("byCertainty", None, self.figures.by_certainty())
    }
}

impl GiftStats {
    fn totals(&self) -> Result<&Tally> {
        self.figures.totals()
    }

    /// The entries of a list, with their ids.
    fn objects<T: ListEntry>(
        &self,
        list: &str,
        listing: Option<&Listing>,
        entries: Result<Vec<T>>,
    ) -> Result<eager::List<eager::Object<T>>> {
        let cut = listing.map(|listing| format!("{listing:?}")).unwrap_or_default();
        let identified = entries?.into_iter().map(|mut entry| {
            entry.told().identify(&self.scope, list, &cut);
            eager::Object::from(entry)
        });
        Ok(identified.collect())
    }
}

pub(super) const EARLIEST: GroupOrder = GroupOrder {
    field: GroupOrderField::Label,
    direction: OrderDirection::Asc,
};

fn listing(ctx: &Context<'_>, first: Option<i32>, order: Option<GroupOrder>, otherwise: GroupOrder) -> Result<Listing> {
    let limits = ctx.data::<Limits>().map_err(|_| ApiError::Internal)?;
    Ok(Listing {
        first: first_of(first, limits)?,
        order: order.unwrap_or(otherwise),
    })
}
