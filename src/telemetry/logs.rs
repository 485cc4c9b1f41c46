//! Logs: lines to standard error.

use std::io::IsTerminal;

use tracing_subscriber::filter::{FilterExt, ParseError, filter_fn};
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

use super::SPANS;
use crate::config::{Config, LogFormat};

/// What writes the log.
pub(super) type Logs = Box<dyn Layer<Registry> + Send + Sync>;

/// The log as the configuration wants it. Fails where `MENAGERIE_LOG` is no filter.
pub(super) fn layer(config: &Config) -> Result<Logs, ParseError> {
    let filter = EnvFilter::builder().parse(&config.log)?.and(filter_fn(|metadata| {
        metadata.target() != SPANS && !is_of_a_client(metadata.target())
    }));
    let lines = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    Ok(match config.log_format {
        LogFormat::Text => lines.with_target(false).with_filter(filter).boxed(),
        LogFormat::Json => lines.json().with_filter(filter).boxed(),
    })
}

/// Where HTTP itself calls every request that cannot be read an error: lines that any client can make as many of as it
/// likes. What is answered is in the metrics.
fn is_of_a_client(target: &str) -> bool {
    target == "actix_http::h1::dispatcher"
}
