//! The query field that tells what the data are as a whole.

use async_graphql::{Context, Object, SimpleObject};
use futures_util::FutureExt;

use super::cost::{COUNT, cost};
use super::eager;
use super::loader::resolve::fetch;
use crate::api::dataset::DatasetFacts;
use crate::api::error::{ApiError, Result};
use crate::store::bson_types::Timestamp;

/// The data as a whole: how they are called, cited and may be used.
#[derive(SimpleObject, Clone, Debug)]
#[graphql(serial)]
pub struct Dataset {
    /// What it is called.
    title: String,
    /// What is in it, in a few sentences.
    description: String,
    /// Its licence, by the identifier of SPDX.
    license: String,
    /// Where the licence can be read.
    license_url: String,
    /// Who made it.
    creators: eager::List<String>,
    /// How to cite it, as it is now.
    citation: String,
    /// Its version: the day of the last change, such as 2026.11.30.
    version: String,
    /// When a document of it was last changed here; null where there is none.
    modified: Option<Timestamp>,
    /// On how many sources it rests; `Query.sources` lists them.
    sources: u64,
}

/// Adds `dataset` to `Query`.
#[derive(Default)]
pub struct DatasetQuery;

#[Object]
impl DatasetQuery {
    /// The data as a whole: how they are called, cited and may be used.
    #[graphql(directive = cost::apply(COUNT, None))]
    async fn dataset(&self, ctx: &Context<'_>) -> Result<Option<eager::Object<Dataset>>> {
        async {
            let facts = ctx.data::<DatasetFacts>().map_err(|_| ApiError::Internal)?.clone();
            let store = &fetch(ctx)?.loader.store;
            let (modified, sources) = store.last_change_and_sources().await?;
            let version = modified.map_or_else(|| "0".to_owned(), |at| at.day().to_string().replace('-', "."));
            let dataset = Dataset {
                citation: facts.citation(&version),
                title: facts.title,
                description: facts.description,
                license: facts.license,
                license_url: facts.license_url,
                creators: facts.creators.into_iter().collect(),
                version,
                modified,
                sources,
            };
            Ok(Some(eager::Object::from(dataset)))
        }
        .boxed()
        .await
    }
}
