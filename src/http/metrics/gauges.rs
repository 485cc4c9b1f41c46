//! What others know and is looked up whenever the metrics are asked for: the database's connections, the feed,
//! the search index.

use std::sync::atomic::{AtomicU64, Ordering};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use crate::feed::{Live, Use};
use crate::http::permits::{Permits, Resource};
use crate::http::response_cache::Responses;
use crate::search::Search;
use crate::store::Store;

/// These metrics, and those who know them.
pub(super) struct Gauges {
    store: Store,
    live: Live,
    search: Search,
    responses: Responses,
    permits: Permits,
    permits_held: Family<ResourceName, Gauge>,
    permits_limit: Family<ResourceName, Gauge>,
    permit_clients: Gauge,
    commands: Counter,
    open: Gauge,
    checked_out: Gauge,
    waiting: Gauge,
    search_documents: Gauge,
    search_live: Gauge,
    search_lag: Gauge<f64, AtomicU64>,
    feed_live: Gauge,
    feed_lag: Gauge<f64, AtomicU64>,
    feed_listeners: Gauge,
    caches: Caches,
}

impl Gauges {
    pub fn new(store: Store, live: Live, search: Search, responses: Responses, permits: Permits) -> Self {
        Self {
            store,
            live,
            search,
            responses,
            permits,
            permits_held: Family::default(),
            permits_limit: Family::default(),
            permit_clients: Gauge::default(),
            commands: Counter::default(),
            open: Gauge::default(),
            checked_out: Gauge::default(),
            waiting: Gauge::default(),
            search_documents: Gauge::default(),
            search_live: Gauge::default(),
            search_lag: Gauge::default(),
            feed_live: Gauge::default(),
            feed_lag: Gauge::default(),
            feed_listeners: Gauge::default(),
            caches: Caches::default(),
        }
    }

    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "database_commands",
            "Commands sent to the database for requests",
            self.commands.clone(),
        );
        registry.register(
            "database_connections_open",
            "Connections to the database",
            self.open.clone(),
        );
        registry.register(
            "database_connections_checked_out",
            "Connections to the database in use",
            self.checked_out.clone(),
        );
        registry.register(
            "database_connections_waiting",
            "Commands that wait for a connection",
            self.waiting.clone(),
        );
        registry.register(
            "search_documents",
            "Documents in the search index",
            self.search_documents.clone(),
        );
        registry.register(
            "search_live",
            "Whether the search index follows the data: 1 or 0",
            self.search_live.clone(),
        );
        registry.register_with_unit(
            "search_lag",
            "How far the search index lags behind the data",
            Unit::Seconds,
            self.search_lag.clone(),
        );
        registry.register(
            "feed_live",
            "Whether the database tells what changes in it: 1 or 0",
            self.feed_live.clone(),
        );
        registry.register_with_unit(
            "feed_lag",
            "How long ago the database had last told of all that had changed; -1 before the first time",
            Unit::Seconds,
            self.feed_lag.clone(),
        );
        registry.register(
            "feed_listeners",
            "Subscriptions and others that are told what changes",
            self.feed_listeners.clone(),
        );
        registry.register(
            "permits_held",
            "What is under way, and bytes of unfinished bodies",
            self.permits_held.clone(),
        );
        registry.register(
            "permits_limit",
            "How many of each may be held",
            self.permits_limit.clone(),
        );
        registry.register(
            "permit_clients",
            "Clients that hold some of them",
            self.permit_clients.clone(),
        );
        self.caches.register(registry);
    }

    /// Brings them up to date.
    pub fn look(&self) {
        let pool = self.store.pool();
        let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        self.open.set(whole(pool.open));
        self.checked_out.set(whole(pool.checked_out));
        self.waiting.set(whole(pool.waiting));
        let index = self.search.status();
        self.search_documents.set(whole(index.documents));
        self.search_live.set(index.live.into());
        self.search_lag.set(index.lag.as_secs_f64());
        let feed = self.live.status();
        self.feed_live.set(feed.live.into());
        self.feed_lag.set(feed.lag.map_or(-1.0, |lag| lag.as_secs_f64()));
        self.feed_listeners
            .set(i64::try_from(feed.listeners).unwrap_or(i64::MAX));
        let (answers, documents) = (self.responses.usage(), self.live.documents());
        self.caches.show(&[("answers", answers), ("entities", documents)]);
        self.caches
            .joined
            .inner()
            .store(self.responses.joined(), Ordering::Relaxed);
        for resource in Resource::ALL {
            let name = ResourceName {
                resource: resource.word(),
            };
            self.permits_held
                .get_or_create(&name)
                .set(whole(self.permits.held(resource)));
            self.permits_limit
                .get_or_create(&name)
                .set(whole(self.permits.most(resource)));
        }
        self.permit_clients.set(whole(self.permits.clients()));
        // The store counts; this only shows it.
        let sent = self.store.commands_sent();
        self.commands.inner().store(sent, Ordering::Relaxed);
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ResourceName {
    resource: &'static str,
}

/// The caches of answers and of documents.
#[derive(Default)]
struct Caches {
    hits: Family<CacheName, Counter>,
    misses: Family<CacheName, Counter>,
    entries: Family<CacheName, Gauge>,
    bytes: Family<CacheName, Gauge>,
    joined: Counter,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CacheName {
    cache: &'static str,
}

impl Caches {
    fn register(&self, registry: &mut Registry) {
        registry.register(
            "cache_hits",
            "Answers or documents that were kept and still held",
            self.hits.clone(),
        );
        registry.register(
            "cache_misses",
            "Answers or documents that were not",
            self.misses.clone(),
        );
        registry.register(
            "cache_entries",
            "Answers or documents that are kept",
            self.entries.clone(),
        );
        registry.register_with_unit(
            "cache_size",
            "What they take, by estimate",
            Unit::Bytes,
            self.bytes.clone(),
        );
        registry.register(
            "requests_joined",
            "Requests that waited for the answer to the same request of another",
            self.joined.clone(),
        );
    }

    fn show(&self, caches: &[(&'static str, Use)]) {
        let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        for (cache, usage) in caches {
            let name = CacheName { cache };
            self.hits
                .get_or_create(&name)
                .inner()
                .store(usage.hits, Ordering::Relaxed);
            self.misses
                .get_or_create(&name)
                .inner()
                .store(usage.misses, Ordering::Relaxed);
            self.entries.get_or_create(&name).set(whole(usage.entries));
            self.bytes.get_or_create(&name).set(whole(usage.bytes));
        }
    }
}
