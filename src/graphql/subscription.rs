//! Subscriptions: a stream of changes, and the cursor to begin at.
//!
//! A subscription filters the feed ([`changes_since`]), and each change becomes an answer. async-graphql requests the
//! next change only after the answer to the previous one is complete. So the loader is cleared in between, and no
//! answer sees what an earlier one has read.

use std::borrow::Cow;
use std::collections::HashSet;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::registry::Registry;
use async_graphql::{Context, ID, Object, Response, Subscription, SubscriptionType};
use futures_util::FutureExt;
use futures_util::stream::{BoxStream, Stream, StreamExt, unfold};

use super::change::{Change, Changing};
use super::collections::Node;
use super::collections::gift::{Gift, GiftFilter};
use super::cost::{PAGE, price_all};
use super::eager;
use super::filter::CollectionFilter;
use super::loader::Loader;
use super::loader::resolve::loader;
use super::node::checked;
use crate::api::error::{ApiError, Result};
use crate::domain::id::Kind;
use crate::feed::resume::{Ended, changes_since};
use crate::feed::{BUFFERED, Live};
use crate::store::filter::Filter;
use crate::store::resume_token::ResumeToken;
use crate::store::versions::{ReadSet, Snapshot};
use crate::store::{Store, feed};

/// The cursor of the change that is being answered, on its way from the stream to the transport.
#[derive(Clone, Default)]
pub struct Cursor(Arc<Mutex<Option<String>>>);

impl Cursor {
    /// Removes and returns the cursor.
    pub fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, cursor: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(cursor);
    }
}

/// Adds `changesCursor` to `Query`.
#[derive(Default)]
pub struct ChangesQuery;

#[Object]
impl ChangesQuery {
    /// The place that the feed of changes has come to, as a cursor. Ask for it first, in a query together with the
    /// data; then subscribe `after` it, and no change of that data is missed.
    async fn changes_cursor(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        async {
            let Loader { store, live, .. } = loader(ctx)?;
            // The cursor advances even without a write to any collection, so responses must not be cached by version.
            store.touch(ReadSet::UNCOUNTED);
            let (place, _) = live.listening().await.ok_or(ApiError::NoFeed)?;
            Ok(Some(place.text()))
        }
        .boxed()
        .await
    }
}

/// All subscriptions, without their price.
struct Subscription;

/// What can be subscribed to. Each change has a `cursor`: after an interruption subscribe `after` the last that was
/// seen, to this server or another on the same database, and nothing is missed and nothing told twice.
#[Subscription]
impl Subscription {
    /// Every change of a document, in the order in which they happen: from now on, or `after` a cursor.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of documents of these kinds; of all where nothing is said.")] kinds: Option<Vec<Kind>>,
        #[graphql(desc = "Only of the documents with these ids; of all where nothing is said.")] ids: Option<Vec<ID>>,
        #[graphql(desc = "Goes on behind this `cursor` of a change, or behind a `changesCursor`.")] after: Option<
            String,
        >,
    ) -> Result<impl Stream<Item = Result<eager::Object<Change<Node>>>>> {
        let sieve = Sieve::Documents {
            kinds: kinds.map(HashSet::from_iter),
            ids: ids
                .map(|ids| ids.into_iter().map(|id| checked("ids", id)).collect())
                .transpose()?,
        };
        told(ctx, sieve, after).boxed().await
    }

    /// Changes of gifts that `where` holds for: from now on, or `after` a cursor. One for which it no longer holds, or
    /// that is gone, is told as well, with `matches: false`.
    async fn gift_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which gifts; all where nothing is said.")] filter: Option<GiftFilter>,
        #[graphql(desc = "Goes on behind this `cursor` of a change, or behind a `changesCursor`.")] after: Option<
            String,
        >,
    ) -> Result<impl Stream<Item = Result<eager::Object<Change<Gift>>>>> {
        let filter = filter.unwrap_or_default().filter()?;
        let sieve = Sieve::Gifts(Where { filter, resolved: None });
        told(ctx, sieve, after).boxed().await
    }
}

/// All subscriptions, with the price of each: `#[Subscription]` takes no directives.
pub struct Priced;

impl SubscriptionType for Priced {
    fn type_name() -> Cow<'static, str> {
        Subscription::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        let created = Subscription::create_type_info(registry);
        price_all(registry, &Self::type_name(), PAGE);
        created
    }

    fn create_field_stream<'a>(
        &'a self,
        ctx: &'a Context<'_>,
    ) -> Option<Pin<Box<dyn Stream<Item = Response> + Send + 'a>>> {
        Subscription.create_field_stream(ctx)
    }
}

/// The changes that a subscription delivers.
enum Sieve {
    /// Changes of documents with these kinds and ids; `None` for any.
    Documents {
        kinds: Option<HashSet<Kind>>,
        ids: Option<HashSet<String>>,
    },
    /// Changes of gifts that match now, or may have matched before.
    Gifts(Where),
}

/// A filter with its resolved form, which stays valid until a collection that it joins changes.
struct Where {
    filter: Filter,
    resolved: Option<(Filter, Snapshot, ReadSet)>,
}

impl Where {
    /// The filter with its joins resolved.
    async fn resolved(&mut self, store: &Store, live: &Live) -> Result<&Filter> {
        let stands = |(_, snapshot, read_set): &(Filter, Snapshot, ReadSet)| {
            live.is_fresh() && live.versions().still(snapshot, *read_set)
        };
        if !self.resolved.as_ref().is_some_and(stands) {
            let snapshot = live.versions().snapshot();
            // A separate store, whose read set is that of this filter only.
            let store = store.for_stream();
            let filter = store.resolve(&self.filter).await?.into_owned();
            self.resolved = Some((filter, snapshot, store.read_set()));
        }
        self.resolved
            .as_ref()
            .map(|(filter, ..)| filter)
            .ok_or(ApiError::Internal)
    }
}

impl Sieve {
    /// The change to deliver, if any.
    async fn sift<T: Changing>(
        &mut self,
        store: &Store,
        live: &Live,
        change: Arc<feed::DocumentChange>,
    ) -> Result<Option<Change<T>>> {
        match self {
            Self::Documents { kinds, ids } => {
                let is_asked_for = kinds.as_ref().is_none_or(|kinds| kinds.contains(&change.kind))
                    && ids.as_ref().is_none_or(|ids| ids.contains(&change.id));
                let is_there = change.is_there();
                Ok(is_asked_for.then(|| Change::new(change, is_there)))
            }
            Self::Gifts(_) if change.kind != Kind::Gift => Ok(None),
            Self::Gifts(asked) => {
                // Boxed: subscribers that wait must stay small.
                let meets = change.is_there() && change.meets(asked.resolved(store, live).boxed().await?);
                let is_told = meets || change.may_have_met(&asked.filter);
                Ok(is_told.then(|| Change::new(change, meets)))
            }
        }
    }
}

/// The changes for one subscriber.
struct Telling {
    changes: BoxStream<'static, std::result::Result<Arc<feed::DocumentChange>, Ended>>,
    sieve: Sieve,
}

impl Telling {
    /// The next change to deliver, with its cursor.
    async fn next<T: Changing>(&mut self, Loader { store, live, .. }: &Loader) -> Result<(String, Change<T>)> {
        loop {
            let change = match self.changes.next().await {
                Some(change) => change?,
                None => return Err(ApiError::Internal),
            };
            let cursor = change.token.text();
            // Boxed: the future exists only while a change is examined.
            if let Some(told) = self.sieve.sift(store, live, change).boxed().await? {
                return Ok((cursor, told));
            }
        }
    }
}

async fn told<'a, T: Changing>(
    ctx: &Context<'a>,
    sieve: Sieve,
    after: Option<String>,
) -> Result<impl Stream<Item = Result<eager::Object<Change<T>>>> + use<'a, T>> {
    let loader = loader(ctx)?;
    let last = ctx.data::<Cursor>().map_err(|_| ApiError::Internal)?;
    let after = after
        .map(|text| ResumeToken::parse(&text))
        .transpose()
        .map_err(|error| ApiError::input("after", error))?;
    let telling = Telling {
        changes: changes_since(loader.store.clone(), &loader.live, after).await?.boxed(),
        sieve,
    };
    // Boxed: each combinator would otherwise hold a copy of this large value.
    Ok(unfold(Some(Box::new(telling)), move |telling| async move {
        let mut telling = telling?;
        match telling.next(loader).await {
            Ok((cursor, change)) => {
                loader.clear();
                last.put(cursor);
                Some((Ok(change.into()), Some(telling)))
            }
            Err(error) => Some((Err(error), None)),
        }
    }))
}

impl From<Ended> for ApiError {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::TooOld => Self::CursorExpired,
            Ended::Lost => Self::ChangesLost,
            Ended::Silent => Self::NoFeed,
            Ended::TooSlow { missed } => {
                let most = BUFFERED as u64;
                let waiting = most + missed;
                let message = format!(
                    "{waiting} changes wait to be taken; kept are up to {most}. Subscribe again `after` the last cursor"
                );
                Self::over("waitingChanges", most, waiting, message)
            }
            Ended::Store(error) => error.into(),
        }
    }
}
