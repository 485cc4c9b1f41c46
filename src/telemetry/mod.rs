//! Telemetry: logs to standard error, traces to a collector. Set up once, at the start.

mod logs;
mod traces;

use std::time::Duration;

use opentelemetry_otlp::ExporterBuildError;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::Config;

/// The target of spans. They are for traces only: logs do not repeat them, and without a collector none are made.
pub const SPANS: &str = "menagerie::trace";

/// How long the shutdown waits for the collector.
const FLUSH: Duration = Duration::from_secs(5);

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

/// Telemetry in operation; call [`Telemetry::stop`] at the end.
#[must_use = "traces that were not sent yet are lost without `stop`"]
#[derive(Debug)]
pub struct Telemetry {
    provider: Option<SdkTracerProvider>,
}

/// Starts logs, and traces if a collector is configured. Nothing of the target `silent` is logged.
///
/// # Errors
/// If the filter or the address is not valid.
pub fn start(config: &Config, silent: &'static str) -> Result<Telemetry, TelemetryError> {
    let logs = logs::layer(config, silent)?;
    let provider = config.otlp_endpoint.as_deref().map(traces::provider).transpose()?;
    let traces = provider.as_ref().map(traces::layer);
    // A second start (in tests) has no effect.
    let _ = tracing_subscriber::registry().with(logs).with(traces).try_init();
    Ok(Telemetry { provider })
}

impl Telemetry {
    /// Sends the remaining traces and ends. Waits for some seconds at most.
    pub async fn stop(self) {
        let Some(provider) = self.provider else { return };
        // The exporter blocks its thread, which must not be one of the runtime's.
        let stopped = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(FLUSH)).await;
        if let Ok(Err(error)) = stopped {
            tracing::warn!("the last traces were not sent: {error}");
        }
    }
}
