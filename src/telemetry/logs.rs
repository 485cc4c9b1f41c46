//! Logs: lines to standard error.

use std::io::IsTerminal;

use tracing_subscriber::filter::ParseError;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

use super::traces::SPANS;
use crate::config::{Config, LogFormat};

pub(super) type Logs = Box<dyn Layer<Registry> + Send + Sync>;

/// The log as configured, without the lines of the target `silent`. Fails if `MENAGERIE_LOG` is not a filter.
pub(super) fn layer(config: &Config, silent: &'static str) -> Result<Logs, ParseError> {
    // As directives, which are evaluated once for each callsite; a filter function would be called for every event.
    let filter = EnvFilter::builder()
        .parse(&config.log)?
        .add_directive(format!("{SPANS}=off").parse()?)
        .add_directive(format!("{silent}=off").parse()?);
    let lines = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    Ok(match config.log_format {
        LogFormat::Text => lines.with_target(false).with_filter(filter).boxed(),
        LogFormat::Json => lines.json().with_filter(filter).boxed(),
    })
}
