//! What is counted, and the line that is logged for each operation.
//!
//! Names and meaning of every metric stand in [`Metrics::new`], of those that others know in `gauges`. No label ever
//! holds what a client wrote: each is looked up in a table of known words. The route that gives them out stands in
//! `health`.

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

/// How much of a name that a client chose is logged, in characters.
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
pub struct Outcome<'a> {
    /// The operation's name, if it has one. May be anything that a client wrote.
    pub operation: Option<&'a str>,
    /// What it was.
    pub kind: OperationKind,
    /// The status of the answer.
    pub status: u16,
    /// The codes of the answer's errors.
    pub codes: &'a [&'a str],
    /// From the request's head to the answer's.
    pub duration: Duration,
    /// The estimated cost in points, if it was estimated.
    pub cost: Option<u64>,
    /// How many commands the database got for it.
    pub commands: u64,
    /// The id that the answer's header carries.
    pub request_id: &'a str,
    /// Who asked.
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
    /// All at zero; what concerns the database and the search index is asked of them.
    pub fn new(store: Store, live: Live, search: Search, responses: Responses, permits: Permits) -> Self {
        let mut registry = Registry::with_prefix("menagerie");
        let all = &mut registry;
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

    /// Counts a request that was answered, and logs its one line.
    pub fn observe(&self, outcome: &Outcome<'_>) {
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
        // A subscription ends when its client leaves, which tells nothing of this server.
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

    /// Counts a request as under way until what this gives is dropped.
    #[must_use]
    pub fn in_flight(&self) -> InFlight {
        InFlight::new(&self.0.in_flight)
    }

    /// Counts a WebSocket as open until what this gives is dropped.
    #[must_use]
    pub fn socket(&self) -> InFlight {
        InFlight::new(&self.0.sockets)
    }

    /// Counts a subscription as under way until what this gives is dropped.
    #[must_use]
    pub fn subscription(&self) -> InFlight {
        InFlight::new(&self.0.subscriptions)
    }

    /// Counts an event that a subscriber is sent.
    pub fn event_sent(&self) {
        self.0.events.inc();
    }

    /// Counts an answer, or an export, that is cut off because nobody takes it.
    pub fn answer_cut_off(&self) {
        self.0.cut_off.inc();
    }

    /// Counts a panic that was caught.
    pub fn panicked(&self) {
        self.0.panics.inc();
    }

    /// Counts a request that is refused because it goes over the limit of this name.
    pub fn over_limit(&self, name: &str) {
        let limit = limit_names().find(|known| *known == name).unwrap_or(OTHER);
        self.0.over_limit.get_or_create(&LimitName { limit }).inc();
    }

    /// Counts a document that was looked for among those checked already.
    pub fn document_looked_up(&self, found: bool) {
        if found {
            self.0.cache_hits.inc();
        } else {
            self.0.cache_misses.inc();
        }
    }

    /// Tells how many checked documents are kept.
    pub fn documents_kept(&self, entries: u64) {
        self.0.cache_entries.set(entries.try_into().unwrap_or(i64::MAX));
    }

    /// All of them as OpenMetrics text.
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

/// A request that is under way, or whatever else is counted while it is.
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

/// The names of the limits that a request can be over: those of the table, and those that are settings of their own or
/// the store's.
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

/// A name as it is logged: short, and without anything that could end a line or a field.
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
