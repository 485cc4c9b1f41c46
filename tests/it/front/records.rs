//! What is recorded of an operation: one line of the log and one count, whatever brought it and however it ended.

use std::sync::{Arc, Mutex, Once, PoisonError};

use menagerie::http::Settings;
use menagerie::http::auth::Signed;
use menagerie::limits::Limit;
use serde_json::{Value as Json, json};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::proxy::{Mode, Proxy};
use super::{Door, encoded};
use crate::identity::issuer::{ED, ISSUER, KeyServer, claims, set_of, settings as issued};
use crate::live::socket::{PROTOCOL, Socket};
use crate::support::{TestApp, settings, until};

const QUERY: &str = "query($where: GiftFilter) { gifts(where: $where) { totalCount } }";
const CHANGES: &str = "subscription { changes { id } }";
const IN_FLIGHT: &str = "menagerie_requests_in_flight";

/// So many conditions go over the limit. Where that is only measured, whoever is told of so many panics: nothing that this
/// server does panics by itself.
const CONDITIONS: usize = 97;

/// The kind, the status and the codes that are logged.
type Line = (String, u64, Option<String>);

/// Each line with the name of the viewer.
static LINES: Mutex<Vec<(String, Line)>> = Mutex::new(Vec::new());

/// Hears what is logged in this process, and panics where it is told to.
struct Listener;

#[derive(Default)]
struct Fields {
    viewer: String,
    kind: String,
    status: u64,
    codes: Option<String>,
    limit: String,
    actual: u64,
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "viewer" => self.viewer = value.to_owned(),
            "kind" => self.kind = value.to_owned(),
            "codes" => self.codes = Some(value.to_owned()),
            "limit" => self.limit = value.to_owned(),
            _ => {}
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "status" => self.status = value,
            "actual" => self.actual = value,
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && ["menagerie::operation", "menagerie::api::over_limit"].contains(&metadata.target())
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let over = (fields.limit.as_str(), fields.actual);
        assert!(over != ("filterConditions", CONDITIONS as u64), "on purpose");
        if let Some(viewer) = fields.viewer.strip_suffix(&format!("@{ISSUER}")) {
            let line = (fields.kind, fields.status, fields.codes);
            let mut lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
            lines.push((viewer.to_owned(), line));
        }
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| tracing::subscriber::set_global_default(Listener).expect("nobody else listens"));
}

/// What was logged for the operations of this viewer.
fn lines(viewer: &str) -> Vec<Line> {
    let lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
    let of_viewer = lines.iter().filter(|(of, _)| of == viewer);
    of_viewer.map(|(_, line)| line.clone()).collect()
}

/// What brings an operation.
#[derive(Clone, Copy, Debug)]
enum By {
    Body,
    Batch,
    Socket,
    Events,
    Export,
}

const ALL: [By; 5] = [By::Body, By::Batch, By::Socket, By::Events, By::Export];

/// The line of one that is known to be a query by its end, and of one that is not.
fn kind(by: By, is_known: bool) -> &'static str {
    match by {
        By::Export => "export",
        By::Batch => "none",
        By::Body | By::Socket | By::Events if is_known => "query",
        By::Body | By::Socket | By::Events => "none",
    }
}

/// Settings under which the tokens of this issuer are accepted, whose subjects name the cases.
async fn settings_of(issuer: &KeyServer) -> Settings {
    let mut settings = settings();
    settings.config.limits.set(Limit::Batch, 2);
    settings.config.limits.request_timeout_ms = 600_000;
    settings.config.limits.set(Limit::FilterConditions, 5);
    settings.signed = Some(Arc::new(Signed::new(issued(&issuer.address)).await.expect("the keys")));
    settings
}

fn token(viewer: &str) -> String {
    let mut claims = claims();
    claims["sub"] = json!(viewer);
    ED.sign(&claims)
}

/// Asks for the gifts that this holds for, and takes all that comes.
async fn ask(address: &str, by: By, viewer: &str, filter: &Json) {
    let request = json!({ "query": QUERY, "variables": { "where": filter } });
    let client = crate::support::client();
    let post = |path: &str, body: &Json| client.post(format!("{address}{path}")).json(body);
    let request = match by {
        By::Body => post("/graphql", &request).header("accept", super::GRAPHQL_RESPONSE),
        By::Batch => post("/graphql", &json!([request])),
        By::Events => post("/graphql/stream", &request),
        By::Export => {
            let filter = encoded(&filter.to_string());
            client.get(format!("{address}/export/gifts.csv?where={filter}"))
        }
        By::Socket => {
            let mut socket = connected(address, viewer).await;
            let message = json!({ "type": "subscribe", "id": "1", "payload": request });
            socket.send(&message).await;
            while !["complete", "error"].contains(&socket.message().await["type"].as_str().expect("a type")) {}
            return;
        }
    };
    let answer = request.bearer_auth(token(viewer)).send().await.expect("an answer");
    answer.bytes().await.expect("a whole answer");
}

async fn connected(address: &str, viewer: &str) -> Socket {
    let bearer = format!("Bearer {}", token(viewer));
    let headers = [("Sec-WebSocket-Protocol", PROTOCOL), ("Authorization", bearer.as_str())];
    let mut socket = Socket::shake(address, &headers).await.expect("it opens");
    socket.acknowledged(json!({})).await;
    socket
}

/// How many requests were counted.
fn counted(door: &Door) -> f64 {
    let text = door.metrics.text().expect("text");
    let counts = text
        .lines()
        .filter(|line| line.starts_with("menagerie_requests_total{"));
    let numbers = counts.map(|line| line.rsplit(' ').next().expect("a number").parse::<f64>());
    numbers.map(|number| number.expect("a number")).sum()
}

/// Fails unless this and nothing else was logged for the viewer.
async fn is_recorded(viewer: &str, kind: &str, status: u64, code: Option<&str>) {
    until(viewer, || !lines(viewer).is_empty()).await;
    let expected = (kind.to_owned(), status, code.map(str::to_owned));
    assert_eq!(lines(viewer), vec![expected], "{viewer}");
}

fn conditions() -> Json {
    json!({ "or": vec![json!({ "slug": { "eq": "a" } }); CONDITIONS] })
}

#[tokio::test]
async fn an_operation_that_is_done_refused_over_a_limit_or_broken_is_recorded_once() {
    listen();
    let issuer = KeyServer::start(200, set_of(&[&ED]));
    let app = TestApp::with(&["article"]).await;
    let strict = settings_of(&issuer).await;
    let mut lenient = strict.clone();
    lenient.config.limits.measure(Limit::FilterConditions);
    let (strict, lenient) = (Door::over(&app, strict), Door::over(&app, lenient));
    for by in ALL {
        // A batch, and a stream of events, have begun when it shows that their operation is refused.
        let refused = match by {
            By::Batch | By::Events => 200,
            By::Body | By::Socket => 422,
            By::Export => 400,
        };
        for (door, way, filter, is_known, status, code) in [
            (&strict, "done", json!({}), true, 200, None),
            (
                &strict,
                "refused",
                json!({ "nothing": 1 }),
                false,
                refused,
                Some("BAD_USER_INPUT"),
            ),
            (&strict, "over", conditions(), false, refused, Some("LIMIT_EXCEEDED")),
            (&lenient, "broken", conditions(), false, 500, Some("INTERNAL")),
        ] {
            let viewer = format!("{by:?}-{way}");
            ask(&door.address, by, &viewer, &filter).await;
            is_recorded(&viewer, kind(by, is_known), status, code).await;
        }
    }
    assert_eq!((counted(&strict), counted(&lenient)), (15.0, 5.0));
    let over = |door: &Door| door.metric("menagerie_over_limit_total{limit=\"filterConditions\"}");
    assert_eq!((over(&strict), over(&lenient)), (5.0, 0.0));
    let panics = |door: &Door| door.metric("menagerie_panics_total");
    assert_eq!((panics(&strict), panics(&lenient)), (0.0, 5.0));
    assert_eq!((strict.metric(IN_FLIGHT), lenient.metric(IN_FLIGHT)), (0.0, 0.0));
}

#[tokio::test]
async fn an_operation_whose_client_leaves_is_recorded_once() {
    listen();
    let issuer = KeyServer::start(200, set_of(&[&ED]));
    let proxy = Proxy::start().await;
    let app = proxy.app().await;
    let door = Door::over(&app, settings_of(&issuer).await);
    proxy.set(Mode::Silent);
    for by in ALL {
        let (viewer, address) = (format!("{by:?}-left"), door.address.clone());
        let asking = tokio::spawn({
            let viewer = viewer.clone();
            async move { ask(&address, by, &viewer, &json!({})).await }
        });
        until("the operation to begin", || door.metric(IN_FLIGHT) == 1.0).await;
        asking.abort();
        let status = if matches!(by, By::Batch) { 200 } else { 499 };
        is_recorded(&viewer, kind(by, true), status, Some("CLIENT_LEFT")).await;
        until("it to be over", || door.metric(IN_FLIGHT) == 0.0).await;
    }
    assert_eq!(counted(&door), 5.0);
}

#[tokio::test]
async fn a_subscription_is_recorded_once_when_it_is_over() {
    listen();
    let issuer = KeyServer::start(200, set_of(&[&ED]));
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings_of(&issuer).await);
    let active = async |number: f64| {
        until("subscriptions to begin or to end", || {
            door.metric("menagerie_subscriptions_active") == number
        })
        .await;
    };
    let mut socket = connected(&door.address, "Socket-subscribed").await;
    socket.subscribe("1", CHANGES).await;
    active(1.0).await;
    let stream = door.client.post(format!("{}/graphql/stream", door.address));
    let stream = stream
        .json(&json!({ "query": CHANGES }))
        .bearer_auth(token("Events-subscribed"));
    let stream = stream.send().await.expect("an answer");
    active(2.0).await;
    assert_eq!(counted(&door), 0.0);
    socket.complete("1").await;
    is_recorded("Socket-subscribed", "subscription", 200, None).await;
    drop(stream);
    is_recorded("Events-subscribed", "subscription", 200, None).await;
    active(0.0).await;
    let error = "subscription { changes(after: \"nowhere\") { id } }";
    let stream = door.client.post(format!("{}/graphql/stream", door.address));
    let stream = stream
        .json(&json!({ "query": error }))
        .bearer_auth(token("Events-ended"));
    stream
        .send()
        .await
        .expect("an answer")
        .bytes()
        .await
        .expect("a whole answer");
    is_recorded("Events-ended", "subscription", 200, Some("BAD_USER_INPUT")).await;
    assert_eq!(counted(&door), 3.0);
}
