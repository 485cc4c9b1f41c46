//! `search`: hits of the index, with the documents read from the database.

mod kinds;

use async_graphql::parser::types::SelectionSet;
use async_graphql::{Context, Object, SimpleObject};
use futures_util::FutureExt;
use tokio::task::spawn_blocking;

use crate::api::error::{ApiError, Result};
use crate::domain::id::Kind;
use crate::graphql::any_of::AnyOf;
use crate::graphql::connection::{PageInfo, first_of};
use crate::graphql::cost::{COUNT, FIRST, ON_PAGE, PAGE, cost, list_size, names};
use crate::graphql::eager;
use crate::graphql::loader::prefetch::{Fetch, SelectedDocuments};
use crate::graphql::loader::resolve::fetch;
use crate::graphql::loader::{AnyDocument, Loader};
use crate::graphql::selection;
use crate::search::cursor::Signature;
use crate::search::highlights::{Highlight, Part};
use crate::search::{Hit, Hits, IndexStatus, Search, SearchError, SearchRequest};
use crate::store::bson_types::Timestamp;
use crate::store::collections::searched;
use crate::store::versions::ReadSet;
use kinds::{SearchKind, SearchResult};

/// The longest search text, in characters: far more than anybody types.
const LONGEST: usize = 500;

/// A page of what a search finds, the best first.
#[derive(SimpleObject)]
#[graphql(serial)]
pub struct SearchConnection {
    /// What was found, each with its cursor, score and highlights.
    edges: eager::List<eager::Object<SearchEdge>>,
    /// The documents that were found.
    nodes: eager::List<AnyOf<SearchResult>>,
    /// Where this page stands among all that was found.
    page_info: eager::Object<PageInfo>,
    /// How many documents were found in all, over all pages.
    #[graphql(directive = cost::apply(COUNT, None))]
    total_count: u64,
    /// How the index that was searched stands to the data.
    index: eager::Object<SearchIndex>,
}

/// A document that was found.
#[derive(SimpleObject)]
#[graphql(serial)]
pub struct SearchEdge {
    /// The place of this document in this search: opaque, stays good when the document is deleted.
    cursor: String,
    /// The document.
    node: AnyOf<SearchResult>,
    /// How well it fits: higher is better. Scores of different searches cannot be compared.
    score: f64,
    /// The texts in which something matched.
    highlights: eager::List<eager::Object<SearchHighlight>>,
}

/// A text of a document in which something matched.
#[derive(SimpleObject, Clone)]
#[graphql(serial)]
pub struct SearchHighlight {
    /// Where it stands in the document: `title`, `items.names`.
    field: String,
    /// The whole text, in pieces that follow each other.
    parts: eager::List<eager::Object<SearchHighlightPart>>,
}

/// A piece of a text.
#[derive(SimpleObject, Clone)]
#[graphql(serial)]
pub struct SearchHighlightPart {
    /// The piece, as it stands in the document.
    text: String,
    /// Whether it is a word that matched.
    matched: bool,
}

/// How the search index stands to the data. It follows them change by change, mostly within a tenth of a second.
#[derive(SimpleObject, Clone, Copy)]
#[graphql(serial)]
pub struct SearchIndex {
    /// How many documents it holds.
    documents: u64,
    /// Whether it follows the data at the moment. While it is built at the server's start, or when the database does
    /// not tell what changes, it does not, and answers from what it has.
    live: bool,
    /// All that was written before this moment is in it; null until it has been built for the first time.
    as_of: Option<Timestamp>,
    /// How far it lags behind, in milliseconds: 0 where it follows and nothing waits to be taken in.
    lag_ms: u64,
}

impl From<Highlight> for SearchHighlight {
    fn from(highlight: Highlight) -> Self {
        let part = |part: Part| {
            eager::Object::from(SearchHighlightPart {
                text: part.text,
                matched: part.matched,
            })
        };
        Self {
            field: highlight.field,
            parts: highlight.parts.into_iter().map(part).collect(),
        }
    }
}

impl From<IndexStatus> for SearchIndex {
    fn from(status: IndexStatus) -> Self {
        Self {
            documents: status.documents,
            live: status.live,
            as_of: status.as_of,
            lag_ms: u64::try_from(status.lag.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

/// Adds `search` to `Query`.
#[derive(Default)]
pub struct SearchQuery;

#[Object]
impl SearchQuery {
    /// Gifts, nations, animals, events and claims, by what somebody types: the best first, then by id.
    ///
    /// Case and accents do not matter, the last word may be the beginning of one, and in words of four letters or more
    /// one typing error is forgiven, in words of eight or more two. Names count for more than other texts, whole words
    /// for more than beginnings, and those for more than typing errors; a name that begins with the whole text comes
    /// first. All words must match; where no document has them all, those are given that have at least one. Signs and
    /// operators have no meaning, they only part words.
    #[graphql(directive = cost::apply(PAGE, None), directive = list_size::apply(names(FIRST), names(ON_PAGE)))]
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "What to look for: any text of up to 500 characters, of which the first 16 different words count. \
                          Without any word in it nothing is found."
        )]
        text: String,
        #[graphql(desc = "Only these kinds of documents; all where nothing is said.")] kinds: Option<Vec<SearchKind>>,
        #[graphql(desc = "How many from the start.")] first: Option<i32>,
        #[graphql(desc = "Only what stands behind this cursor.")] after: Option<String>,
    ) -> Result<Option<eager::Object<SearchConnection>>> {
        // Boxed (see loader/resolve.rs): the future of a root field contains those of everything below it.
        let found = found(ctx, text, kinds, first, after).boxed();
        found.await.map(|page| Some(eager::Object::from(page)))
    }
}

async fn found(
    ctx: &Context<'_>,
    text: String,
    kinds: Option<Vec<SearchKind>>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<SearchConnection> {
    let length = text.chars().count();
    if length > LONGEST {
        let message = format!("it has {length} characters; accepted are up to {LONGEST}");
        return Err(ApiError::input("text", message));
    }
    let fetch = fetch(ctx)?;
    let set = &ctx.item.node.selection_set.node;
    let mut request = SearchRequest {
        text,
        kinds: match kinds {
            Some(kinds) => kinds.into_iter().map(|kind| kind.0).collect(),
            None => searched().collect(),
        },
        after: None,
        limit: first_of(first, fetch.limits)?,
        highlights: !selection::below(&[set], &["edges", "highlights"]).is_empty(),
    };
    let signature = request.signature();
    if let Some(cursor) = after {
        let place = signature.decode(&cursor);
        request.after = Some(place.map_err(|error| ApiError::input("after", error))?);
    }
    let search = ctx.data::<Search>().map_err(|_| ApiError::Internal)?.clone();
    // The index applies changes slightly later than the cache versions count them: do not cache by version.
    fetch.loader.store.touch(ReadSet::UNCOUNTED);
    // Read before the search: the status must hold for what is found.
    let status = search.status();
    let found = spawn_blocking(move || search.find(&request)).await;
    let found = found.map_err(SearchError::from).flatten().map_err(|error| {
        tracing::error!("{error}");
        ApiError::Internal
    })?;
    let wanted = fetch.wanted(set).rows;
    if wanted {
        read(fetch, &found.hits, set).await?;
    }
    Ok(connection(fetch.loader, found, &signature, wanted, status))
}

/// Reads the documents of a page, with everything selected below them.
async fn read<'a>(fetch: Fetch<'a>, hits: &[Hit], set: &'a SelectionSet) -> Result<()> {
    let sets = selection::on_page(set);
    let of = |kind| {
        let ids = hits.iter().map(|hit| &hit.id);
        ids.filter(move |id| Kind::of(id) == Ok(kind)).cloned().collect()
    };
    let groups = searched().map(|kind| SelectedDocuments {
        kind,
        ids: of(kind),
        sets: sets.clone(),
    });
    fetch.documents(groups.collect()).await
}

fn connection(
    loader: &Loader,
    found: Hits,
    signature: &Signature,
    wanted: bool,
    status: IndexStatus,
) -> SearchConnection {
    let cursor = |hit: Option<&Hit>| hit.map(|hit| signature.encode(&hit.position));
    let page_info = PageInfo {
        has_next_page: found.has_next,
        has_previous_page: found.has_previous,
        start_cursor: cursor(found.hits.first()),
        end_cursor: cursor(found.hits.last()),
    };
    let hits = found.hits.into_iter().filter(|_| wanted);
    let edges: eager::List<eager::Object<SearchEdge>> = hits
        .filter_map(|hit| {
            // Deleted since the index was updated: leave it out.
            let node = SearchResult::from_loader(loader, &hit.id)?;
            Some(eager::Object::from(SearchEdge {
                cursor: signature.encode(&hit.position),
                node: AnyOf(node),
                score: hit.position.score(),
                highlights: hit
                    .highlights
                    .into_iter()
                    .map(|one| eager::Object::from(SearchHighlight::from(one)))
                    .collect(),
            }))
        })
        .collect();
    SearchConnection {
        nodes: edges.iter().map(|edge| edge.node.clone()).collect(),
        edges,
        page_info: page_info.into(),
        total_count: found.total,
        index: SearchIndex::from(status).into(),
    }
}
