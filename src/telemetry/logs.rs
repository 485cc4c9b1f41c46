//! Logs: lines to standard error.

use std::io::IsTerminal;

use tracing_subscriber::filter::ParseError;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

use super::SPANS;
use crate::config::{Config, LogFormat};

/// What writes the log.
pub(super) type Logs = Box<dyn Layer<Registry> + Send + Sync>;

/// The log as the configuration wants it, without the lines of `silent`. Fails where `MENAGERIE_LOG` is no filter.
pub(super) fn layer(config: &Config, silent: &'static str) -> Result<Logs, ParseError> {
    // As directives, which are looked at once for each place in the code; a function is asked at every event again.
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
