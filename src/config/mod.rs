//! Configuration: one struct, read once at startup, from the environment and from `.env`.
//!
//! `settings` declares the settings, `values` has the forms of their values, `dotenv` reads `.env`, `error` describes
//! problems, and `help` describes the settings. Nothing here opens a connection, or a file other than `.env`; `main`
//! parses the command line.

mod dotenv;
mod error;
mod help;
mod public_url;
mod secret;
mod settings;
#[cfg(test)]
mod tests;
mod values;

use std::collections::HashMap;
use std::ffi::OsString;
use std::time::Duration;

pub use error::ConfigError;
pub use help::{help, wrapped};
pub use public_url::PublicUrl;
pub use secret::Secret;
pub use settings::{Config, Setting, settings};
pub use values::{LogFormat, Profile, Seed, StatusText};

use crate::limits::Limit;

impl Config {
    /// The defaults of a profile. docs/OPERATIONS.md lists what `production` changes.
    pub fn of(profile: Profile) -> Self {
        let development = Self::default();
        match profile {
            Profile::Development => development,
            Profile::Production => Self {
                profile,
                introspection: false,
                graphiql: false,
                suggestions: false,
                drain: Duration::from_secs(5),
                limits: development.limits.with(Limit::PointsPerMinute, 100_000),
                log_format: LogFormat::Json,
                ..development
            },
        }
    }

    /// Reads the configuration: `names` are the variables that are set, `lookup` returns their values. An empty value
    /// counts as unset.
    ///
    /// # Errors
    /// All problems together: values that are not accepted, settings that contradict each other, and unknown names that
    /// begin with `MENAGERIE_`.
    pub fn read(
        names: impl Iterator<Item = String>,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let settings = settings();
        let given = settings
            .iter()
            .filter_map(|setting| Some((setting, lookup(setting.name)?)));
        let given: Vec<_> = given.filter(|(_, value)| !value.trim().is_empty()).collect();
        let put_in = |config: &mut Self| -> Vec<String> {
            let values = given.iter().map(|(setting, value)| (*setting, value.trim()));
            let refused = values.filter(|(setting, value)| setting.set(config, value).is_none());
            refused
                .map(|(setting, value)| error::not_accepted(setting, value))
                .collect()
        };
        let mut config = Self::default();
        put_in(&mut config);
        // Twice: the defaults of all other settings depend on the profile, which is known only now.
        config = Self::of(config.profile);
        let mut problems = put_in(&mut config);
        problems.extend(error::that_do_not_fit(&config));
        problems.extend(error::unknown_names(names));
        if problems.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError { problems })
        }
    }

    /// Reads the configuration from the environment and from the file `.env` in the current folder. The environment
    /// takes precedence, even with an empty value: `MONGODB_URI= menagerie` ignores the URI in the file.
    ///
    /// # Errors
    /// As [`Config::read`], and if `.env` cannot be read or parsed.
    pub fn from_env() -> Result<Self, ConfigError> {
        let variables = merge(dotenv::read(".env".as_ref())?, std::env::vars_os());
        Self::read(variables.keys().cloned(), |name| variables.get(name).cloned())
    }
}

/// Merges the variables; the environment takes precedence. If the file sets a name twice, the first value counts.
fn merge(
    file: Vec<(String, String)>,
    environment: impl Iterator<Item = (OsString, OsString)>,
) -> HashMap<String, String> {
    let mut variables: HashMap<_, _> = file.into_iter().rev().collect();
    for (name, value) in environment {
        // None of our names has characters beyond ASCII. In a value, invalid bytes become U+FFFD, which paths and
        // addresses refuse.
        if let Ok(name) = name.into_string() {
            variables.insert(name, value.to_string_lossy().into_owned());
        }
    }
    variables
}
