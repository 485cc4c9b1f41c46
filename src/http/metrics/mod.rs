//! The metrics, and the line that is logged for each operation.
//!
//! [`Metrics::new`] has the name and the meaning of every metric; `gauges` has those that are read from elsewhere. No
//! label ever has a value that a client wrote: each is looked up in a table of known words. The route is in `health`.

pub(super) mod codes;
mod gauges;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use codes::{CODES, OTHER, known_code};
use gauges::{Gauges, new};

use super::permits::Permits;
use super::response_cache::Responses;
use crate::api::operation::OperationKind;
use crate::api::viewer::Viewer;
use crate::feed::Live;
use crate::limits::Limit;
use crate::search::Search;
use crate::store::Store;

/// The upper bounds of the histogram's buckets, in seconds.
const SECONDS: [f64; 13] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// How many characters of a name that a client chose are logged.
const LOGGED_NAME: usize = 64;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    kind: &'static str,
    status_class: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Code {
    code: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LimitName {
    limit: &'static str,
}

/// How a request ended.
#[derive(Clone, Copy, Debug)]
pub struct RequestOutcome<'a> {
    /// The operation's name, if it has one; not trustworthy, a client wrote it.
    pub operation: Option<&'a str>,
    pub kind: OperationKind,
    /// The HTTP status.
    pub status: u16,
    pub codes: &'a [&'a str],
    /// From the head of the request to the head of the response.
    pub duration: Duration,
    /// The estimated cost in points; `None` if it was not estimated.
    pub cost: Option<u64>,
    /// How many commands were sent to the database.
    pub commands: u64,
    /// The id in the response's header.
    pub request_id: &'a str,
    pub viewer: &'a Viewer,
}

/// The counters. Cheap to clone; all clones count together.
#[derive(Clone)]
pub struct Metrics(Arc<Counters>);

struct Counters {
    registry: Registry,
    gauges: Gauges,
    requests: Family<Request, Counter>,
    errors: Family<Code, Counter>,
    duration: Histogram,
    in_flight: Gauge,
    sockets: Gauge,
    subscriptions: Gauge,
    events: Counter,
    cut_off: Counter,
    panics: Counter,
    cost: Counter,
    over_limit: Family<LimitName, Counter>,
    cache_hits: Counter,
    cache_misses: Counter,
    cache_entries: Gauge,
}

impl Metrics {
    /// All counters are at zero; the gauges are read from the arguments.
    pub fn new(store: Store, live: Live, search: Search, responses: Responses, permits: Permits) -> Self {
        let mut registry = Registry::with_prefix("menagerie");
        let all = &mut registry;
        let version = ("version", env!("CARGO_PKG_VERSION"));
        all.register("build", "Which program this is", Info::new(vec![version]));
        let duration = Histogram::new(SECONDS);
        all.register_with_unit(
            "request_duration",
            "From a request's head to its answer's; of subscriptions none",
            Unit::Seconds,
            duration.clone(),
        );
        let counters = Counters {
            duration,
            requests: new(all, "requests", "GraphQL requests answered"),
            errors: new(all, "errors", "Errors in answers, by code"),
            in_flight: new(all, "requests_in_flight", "GraphQL requests under way"),
            sockets: new(all, "sockets_open", "WebSockets that are open"),
            subscriptions: new(all, "subscriptions_active", "Subscriptions under way"),
            events: new(all, "events", "Events of subscriptions sent"),
            cut_off: new(all, "answers_cut_off", "Answers that nobody took"),
            panics: new(all, "panics", "Panics that were caught"),
            cost: new(all, "cost_points", "Estimated cost of what was asked"),
            over_limit: new(all, "over_limit", "Requests refused because they go over a limit"),
            cache_hits: new(all, "document_cache_hits", "Documents found checked already"),
            cache_misses: new(all, "document_cache_misses", "Documents that had to be checked"),
            cache_entries: new(all, "document_cache_entries", "Checked documents kept"),
            gauges: Gauges::new(all, store, live, search, responses, permits),
            registry,
        };
        for code in CODES.into_iter().chain([OTHER]) {
            drop(counters.errors.get_or_create(&Code { code }));
        }
        for limit in limit_names() {
            drop(counters.over_limit.get_or_create(&LimitName { limit }));
        }
        Self(Arc::new(counters))
    }

    /// Counts a finished request, and logs its line.
    pub fn observe(&self, outcome: &RequestOutcome<'_>) {
        let counters = &self.0;
        let request = Request {
            kind: outcome.kind.word(),
            status_class: status_class(outcome.status),
        };
        counters.requests.get_or_create(&request).inc();
        let codes: Vec<&'static str> = outcome.codes.iter().map(|code| known_code(code)).collect();
        for code in &codes {
            counters.errors.get_or_create(&Code { code }).inc();
        }
        // A subscription ends when its client leaves, which says nothing about this server.
        if outcome.kind != OperationKind::Subscription {
            counters.duration.observe(outcome.duration.as_secs_f64());
        }
        counters.cost.inc_by(outcome.cost.unwrap_or(0));
        let viewer = match outcome.viewer {
            Viewer::Anonymous => None,
            Viewer::Known { name, .. } => Some(printable(name)),
        };
        tracing::info!(
            target: "menagerie::operation",
            name = outcome.operation.map(printable),
            kind = outcome.kind.word(),
            status = outcome.status,
            milliseconds = u64::try_from(outcome.duration.as_millis()).unwrap_or(u64::MAX),
            cost = outcome.cost,
            commands = outcome.commands,
            codes = (!codes.is_empty()).then(|| codes.join(",")),
            request_id = printable(outcome.request_id),
            viewer,
            "operation"
        );
    }

    /// Counts a request as in flight until the guard is dropped.
    #[must_use]
    pub fn in_flight(&self) -> InFlight {
        InFlight::new(&self.0.in_flight)
    }

    /// Counts a WebSocket as open until the guard is dropped.
    #[must_use]
    pub fn socket(&self) -> InFlight {
        InFlight::new(&self.0.sockets)
    }

    /// Counts a subscription as active until the guard is dropped.
    #[must_use]
    pub fn subscription(&self) -> InFlight {
        InFlight::new(&self.0.subscriptions)
    }

    /// Counts an event that is sent to a subscriber.
    pub fn event_sent(&self) {
        self.0.events.inc();
    }

    /// Counts a response or export that is cut off because its client does not read.
    pub fn answer_cut_off(&self) {
        self.0.cut_off.inc();
    }

    /// Counts a panic that was caught.
    pub fn panicked(&self) {
        self.0.panics.inc();
    }

    /// Counts a request that exceeds the limit of this name.
    pub fn over_limit(&self, name: &str) {
        let limit = limit_names().find(|known| *known == name).unwrap_or(OTHER);
        self.0.over_limit.get_or_create(&LimitName { limit }).inc();
    }

    /// Counts a lookup in the cache of checked documents.
    pub fn document_looked_up(&self, found: bool) {
        if found {
            self.0.cache_hits.inc();
        } else {
            self.0.cache_misses.inc();
        }
    }

    /// Sets the size of the cache of checked documents.
    pub fn documents_kept(&self, entries: u64) {
        self.0.cache_entries.set(entries.try_into().unwrap_or(i64::MAX));
    }

    /// All metrics as OpenMetrics text.
    ///
    /// # Errors
    /// None that is known: the text is written to memory.
    pub fn text(&self) -> Result<String, fmt::Error> {
        let counters = &self.0;
        counters.gauges.look();
        let mut text = String::new();
        text::encode(&mut text, &counters.registry)?;
        Ok(text)
    }
}

/// Counts something in a gauge while it lives.
#[derive(Debug)]
pub struct InFlight(Gauge);

impl InFlight {
    fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// The names of all limits of requests: those of the table, and those that are settings of their own or the store's.
fn limit_names() -> impl Iterator<Item = &'static str> {
    let named = Limit::ALL.into_iter().map(|limit| limit.facts().name);
    named.chain(["pageSize", "bodyBytes", "join", "waitingChanges"])
}

const fn status_class(status: u16) -> &'static str {
    match status / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}

/// A name for the log: short, and without anything that could end a line or a field.
pub(super) fn printable(name: &str) -> String {
    let shown = |letter: char| letter.is_alphanumeric() || letter.is_ascii_graphic();
    name.chars()
        .take(LOGGED_NAME)
        .map(|letter| if shown(letter) { letter } else { '?' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_end_its_line_or_its_field() {
        assert_eq!(
            printable("Gifts_2 status=200\r\n\u{1b}[2K\u{2028}é"),
            "Gifts_2?status=200???[2K?é"
        );
        assert_eq!(printable(&"x".repeat(1000)).len(), LOGGED_NAME);
    }
}
