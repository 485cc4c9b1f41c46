//! Why telemetry cannot start.

use opentelemetry_otlp::ExporterBuildError;
use tracing_subscriber::filter::ParseError;

/// Why telemetry cannot start.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    #[error("MENAGERIE_LOG: {0}; accepted is a filter such as `info` or `menagerie=debug,warn`")]
    Log(#[from] ParseError),
    #[error(
        "OTEL_EXPORTER_OTLP_ENDPOINT is {0:?}; accepted is the http:// or https:// address of a collector, such as \
         http://127.0.0.1:4318"
    )]
    Endpoint(String),
    #[error("OTEL_EXPORTER_OTLP_ENDPOINT: traces cannot be sent there: {0}")]
    Traces(#[from] ExporterBuildError),
}
