//! The root types of queries and mutations: the fields of each collection, and those of the features.

use async_graphql::MergedObject;

use super::collection::{RootFields, RootMutations};
use super::collections::documents;
use super::dataset::DatasetQuery;
use super::federation::FederationQuery;
use super::history::HistoryQuery;
use super::mutation::{AdminMutation, AdminQuery, ImportMutation, RevertMutation};
use super::node::NodeQuery;
use super::search::SearchQuery;
use super::service_config::LimitsQuery;
use super::stats::StatsQuery;
use super::subscription::ChangesQuery;
use super::timeline::TimelineQuery;

macro_rules! roots {
    ($($kind:ident: $module:ident;)+) => {
        /// Everything that can be asked for.
        #[derive(MergedObject, Default)]
        pub struct Query(
            NodeQuery,
            $(<super::collections::$module::$kind as RootFields>::Query,)+
            SearchQuery,
            StatsQuery,
            TimelineQuery,
            ChangesQuery,
            HistoryQuery,
            AdminQuery,
            DatasetQuery,
            LimitsQuery,
            FederationQuery,
        );

        /// Everything that can be changed. Each mutation is made as a whole or not at all, and is recorded with the name of the
        /// token that it came with; it takes the token of an editor.
        #[derive(MergedObject, Default)]
        pub struct Mutation(
            $(<super::collections::$module::$kind as RootMutations>::Mutation,)+
            RevertMutation,
            AdminMutation,
            ImportMutation,
        );
    };
}
documents! { roots }
