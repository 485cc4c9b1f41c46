//! Gauges that are read at scrape time: from the connection pool, feed, search index, caches and permits.

use std::sync::atomic::{AtomicU64, Ordering};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Metric, Registry, Unit};

use crate::feed::{Live, Use};
use crate::http::permits::{Permits, Resource};
use crate::http::response_cache::Responses;
use crate::search::Search;
use crate::store::Store;

/// The gauges and their sources.
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
    connections: Connections,
    index: Index,
    feed: Feed,
    columns: Columns,
    joined: Counter,
    caches: Caches,
}

/// Of the connections to the database.
struct Connections {
    open: Gauge,
    checked_out: Gauge,
    waiting: Gauge,
}

impl Connections {
    fn new(all: &mut Registry) -> Self {
        Self {
            open: new(all, "database_connections_open", "Connections to the database"),
            checked_out: new(
                all,
                "database_connections_checked_out",
                "Connections to the database in use",
            ),
            waiting: new(
                all,
                "database_connections_waiting",
                "Commands that wait for a connection",
            ),
        }
    }

    fn show(&self, store: &Store) {
        let pool = store.pool();
        self.open.set(whole(pool.open));
        self.checked_out.set(whole(pool.checked_out));
        self.waiting.set(whole(pool.waiting));
    }
}

/// Of the search index.
struct Index {
    documents: Gauge,
    live: Gauge,
    lag: Gauge<f64, AtomicU64>,
}

impl Index {
    fn new(all: &mut Registry) -> Self {
        Self {
            documents: new(all, "search_documents", "Documents in the search index"),
            live: new(all, "search_live", "Whether the search index follows the data: 1 or 0"),
            lag: measured(
                all,
                "search_lag",
                "How far the search index lags behind the data",
                Unit::Seconds,
            ),
        }
    }

    fn show(&self, search: &Search) {
        let index = search.status();
        self.documents.set(whole(index.documents));
        self.live.set(index.live.into());
        self.lag.set(index.lag.as_secs_f64());
    }
}

/// Of the columns of the gifts.
struct Columns {
    current: Gauge,
    gifts: Gauge,
    bytes: Gauge,
    answered: Counter,
    passed_on: Counter,
}

impl Columns {
    fn new(all: &mut Registry) -> Self {
        Self {
            current: new(
                all,
                "columns_current",
                "Whether the columns of the gifts answer at the moment: 1 or 0",
            ),
            gifts: new(all, "columns_gifts", "Gifts in the columns"),
            bytes: measured(all, "columns_size", "What the columns take", Unit::Bytes),
            answered: new(all, "columns_answered", "Questions that the columns have answered"),
            passed_on: new(
                all,
                "columns_passed_on",
                "Questions that the database answered although there are columns",
            ),
        }
    }

    fn show(&self, live: &Live) {
        let columns = live.columns().status();
        self.current.set(columns.current.into());
        self.gifts.set(whole(columns.gifts));
        self.bytes.set(whole(columns.bytes as u64));
        shows(&self.answered, columns.answered);
        shows(&self.passed_on, columns.passed_on);
    }
}

/// Of the feed of changes.
struct Feed {
    live: Gauge,
    lag: Gauge<f64, AtomicU64>,
    listeners: Gauge,
}

impl Feed {
    fn new(all: &mut Registry) -> Self {
        Self {
            live: new(
                all,
                "feed_live",
                "Whether the database tells what changes in it: 1 or 0",
            ),
            lag: measured(
                all,
                "feed_lag",
                "How long ago the database had last told of all that had changed; -1 before the first time",
                Unit::Seconds,
            ),
            listeners: new(
                all,
                "feed_listeners",
                "Subscriptions and others that are told what changes",
            ),
        }
    }

    fn show(&self, live: &Live) {
        let feed = live.status();
        self.live.set(feed.live.into());
        self.lag.set(feed.lag.map_or(-1.0, |lag| lag.as_secs_f64()));
        self.listeners.set(whole(feed.listeners as u64));
    }
}

/// For the caches of responses and of documents, by name.
struct Caches {
    hits: Family<CacheName, Counter>,
    misses: Family<CacheName, Counter>,
    entries: Family<CacheName, Gauge>,
    bytes: Family<CacheName, Gauge>,
}

impl Caches {
    fn new(all: &mut Registry) -> Self {
        Self {
            hits: new(all, "cache_hits", "Answers or documents that were kept and still held"),
            misses: new(all, "cache_misses", "Answers or documents that were not"),
            entries: new(all, "cache_entries", "Answers or documents that are kept"),
            bytes: measured(all, "cache_size", "What they take, by estimate", Unit::Bytes),
        }
    }

    fn show(&self, cache: &'static str, usage: Use) {
        let name = CacheName { cache };
        shows(&self.hits.get_or_create(&name), usage.hits);
        shows(&self.misses.get_or_create(&name), usage.misses);
        self.entries.get_or_create(&name).set(whole(usage.entries));
        self.bytes.get_or_create(&name).set(whole(usage.bytes));
    }
}

impl Gauges {
    pub fn new(
        all: &mut Registry,
        store: Store,
        live: Live,
        search: Search,
        responses: Responses,
        permits: Permits,
    ) -> Self {
        Self {
            store,
            live,
            search,
            responses,
            permits,
            permits_held: new(all, "permits_held", "What is under way, and bytes of unfinished bodies"),
            permits_limit: new(all, "permits_limit", "How many of each may be held"),
            permit_clients: new(all, "permit_clients", "Clients that hold some of them"),
            commands: new(all, "database_commands", "Commands sent to the database for requests"),
            connections: Connections::new(all),
            index: Index::new(all),
            feed: Feed::new(all),
            columns: Columns::new(all),
            joined: new(
                all,
                "requests_joined",
                "Requests that waited for the answer to the same request of another",
            ),
            caches: Caches::new(all),
        }
    }

    /// Reads all sources.
    pub fn look(&self) {
        self.connections.show(&self.store);
        self.index.show(&self.search);
        self.feed.show(&self.live);
        self.columns.show(&self.live);
        self.caches.show("answers", self.responses.usage());
        self.caches.show("entities", self.live.documents());
        shows(&self.joined, self.responses.joined());
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
        shows(&self.commands, self.store.commands_sent());
    }
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Sets a counter to a number that is counted elsewhere.
fn shows(counter: &Counter, number: u64) {
    counter.inner().store(number, Ordering::Relaxed);
}

/// Registers a metric of this name, at zero.
pub(super) fn new<M: Metric + Clone + Default>(registry: &mut Registry, name: &str, help: &str) -> M {
    let metric = M::default();
    registry.register(name, help, metric.clone());
    metric
}

/// Like [`new`], with a unit.
fn measured<M: Metric + Clone + Default>(registry: &mut Registry, name: &str, help: &str, unit: Unit) -> M {
    let metric = M::default();
    registry.register_with_unit(name, help, unit, metric.clone());
    metric
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ResourceName {
    resource: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CacheName {
    cache: &'static str,
}
