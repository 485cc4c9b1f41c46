//! The span of a request, a child of its caller's trace if there is one (W3C `traceparent`).
//!
//! If traces are not exported, no span is made, and this costs nothing. `telemetry` sets up the export.

use actix_web::http::header::HeaderMap;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::TraceContextExt;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing::field::Empty;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::http::metrics::{RequestOutcome, printable};

/// The span in which everything for a request at this route must run. An invalid `traceparent` is ignored.
pub fn request_span(method: &str, route: &'static str, headers: &HeaderMap, request_id: &str) -> Span {
    let span = tracing::info_span!(
        target: "menagerie::trace",
        "request",
        otel.name = route,
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        url.path = route,
        http.response.status_code = Empty,
        graphql.operation.name = Empty,
        graphql.operation.type = Empty,
        request_id,
    );
    if !span.is_disabled() {
        let caller = TraceContextPropagator::new().extract(&Headers(headers));
        if caller.span().span_context().is_valid() {
            // Fails only for a span that was entered already.
            let _ = span.set_parent(caller);
        }
    }
    span
}

/// The span that adds the request's id to its log lines, such as the cause of an error.
pub fn log_span(request_id: &str) -> Span {
    // At the highest level, so that no log filter removes it.
    tracing::error_span!("request", id = request_id)
}

/// Records how the request ended.
pub fn ended(span: &Span, outcome: &RequestOutcome<'_>) {
    if span.is_disabled() {
        return;
    }
    span.record("http.response.status_code", outcome.status);
    span.record("graphql.operation.type", outcome.kind.word());
    if let Some(name) = outcome.operation {
        span.record("graphql.operation.name", printable(name));
    }
    if outcome.status >= 500 {
        span.record("otel.status_code", "ERROR");
    }
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(|name| name.as_str()).collect()
    }
}
