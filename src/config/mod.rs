//! Configuration: one struct, read once at the start, from the environment and from `.env`.
//!
//! Here lives how it is read. The settings are declared in `settings`, the forms of their values in `values`; the reading
//! of `.env` is in `dotenv`, the words for what is wrong in `error`, those for `--help` in `help`. Nothing here opens a
//! connection or a file other than `.env`; command line arguments are `main`'s.

mod dotenv;
mod error;
mod help;
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
pub use secret::Secret;
pub use settings::{Config, Setting, settings};
pub use values::{LogFormat, Profile, Seed};

use crate::limits::Limit;

impl Config {
    /// What holds under a profile when nothing else is set. docs/OPERATIONS.md lists what `production` changes.
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

    /// Reads the configuration: `names` are the variables that are set, `lookup` gives their
    /// values. An empty value counts as unset.
    ///
    /// # Errors
    /// All problems at once: values that are not accepted, and unknown names that begin with
    /// `MENAGERIE_`.
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
        // The profile is known now, and gives the defaults of all the others.
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

    /// Reads the configuration from the environment and from the file `.env` in the current folder.
    /// What is set in the environment wins, even when it is empty: `MONGODB_URI= menagerie` is a
    /// start without the URI of the file.
    ///
    /// # Errors
    /// As [`Config::read`], and a `.env` that cannot be read or understood.
    pub fn from_env() -> Result<Self, ConfigError> {
        let variables = merge(dotenv::read(".env".as_ref())?, std::env::vars_os());
        Self::read(variables.keys().cloned(), |name| variables.get(name).cloned())
    }
}

/// The variables of the environment over those of the file; of equal names in the file the first.
fn merge(
    file: Vec<(String, String)>,
    environment: impl Iterator<Item = (OsString, OsString)>,
) -> HashMap<String, String> {
    let mut variables: HashMap<_, _> = file.into_iter().rev().collect();
    for (name, value) in environment {
        // A name that is not Unicode is none of ours; a value that is not keeps a mark where its
        // bytes were wrong.
        if let Ok(name) = name.into_string() {
            variables.insert(name, value.to_string_lossy().into_owned());
        }
    }
    variables
}
