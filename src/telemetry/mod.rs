//! Telemetry: logs to standard error, traces to a collector. Set up once, at the start.

mod error;
mod logs;
mod traces;

use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

pub use error::TelemetryError;
use traces::FLUSH;
pub use traces::SPANS;

use crate::config::Config;

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
