//! Configuration: one struct, read once at the start, from the environment and from `.env`.
//!
//! Here live the fields with their meaning, the rules that tie them together, and the two ways to
//! read them. The variables' names, defaults and parsers stand in `table`, the reading of `.env`
//! in `dotenv`, the words for what is wrong in `error`. Nothing here opens a connection or a
//! file other than `.env`; command line arguments are `main`'s.

mod dotenv;
mod error;
mod secret;
mod table;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

pub use error::ConfigError;
pub use secret::Secret;
use table::VARIABLES;

/// Everything that can be set from outside. [`Config::default`] is what holds when nothing is set.
#[derive(Clone, Debug)]
pub struct Config {
    /// `MONGODB_URI`: the MongoDB to use. Unset (the default): the embedded database is started.
    pub mongodb_uri: Option<Secret>,
    /// `MONGODB_DATABASE`: the database's name within MongoDB. Default `menagerie`.
    pub mongodb_database: String,
    /// `MENAGERIE_BIND`: where the server listens. Default `127.0.0.1:8080`, this machine only.
    pub bind: SocketAddr,
    /// `MENAGERIE_DATA_DIR`: the folder of the embedded database. Default `./data`.
    pub data_dir: PathBuf,
    /// `MENAGERIE_DATABASE_PROGRAM`: the embedded database's program. Unset (the default): it is
    /// looked for.
    pub database_program: Option<PathBuf>,
    /// `MENAGERIE_DATABASE_MEMORY_MB`: the embedded database's hard memory limit in MiB. Default
    /// 2048.
    pub database_memory_mb: u64,
    /// `MENAGERIE_POOL_SIZE`: the most connections to the database. Default 64.
    pub pool_size: u32,
    /// `MENAGERIE_REQUEST_TIMEOUT_MS`: how long one request may take. Default 10 s.
    pub request_timeout: Duration,
    /// `MENAGERIE_BODY_LIMIT_KB`, here in bytes: the largest request body. Default 256 KiB.
    pub body_limit: usize,
    /// `MENAGERIE_PAGE_SIZE`: the rows of a page whose size the query leaves open. Default 20.
    pub page_size: u32,
    /// `MENAGERIE_MAX_PAGE_SIZE`: the most rows that a page may ask for; at least `page_size`.
    /// Default 200.
    pub max_page_size: u32,
    /// `MENAGERIE_WORKERS`: threads that serve requests; 0 (the default) is one per core.
    pub workers: usize,
    /// `MENAGERIE_SEED`: what the server loads at its start. Default `auto`.
    pub seed: Seed,
    /// `MENAGERIE_LOG`: which messages are logged, as a `tracing` filter. Default `info`.
    pub log: String,
    /// `MENAGERIE_LOG_FORMAT`: how they are written. Default `text`.
    pub log_format: LogFormat,
}

/// What the server loads into the database at its start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seed {
    /// The article when the embedded database is empty; nothing into a MongoDB named by
    /// `MONGODB_URI`.
    Auto,
    /// Nothing.
    None,
    /// These sets, in this order. Whether they exist is for the seed room to say.
    Sets(Vec<String>),
}

/// How log messages are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line, for collectors.
    Json,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            mongodb_uri: None,
            mongodb_database: "menagerie".into(),
            bind: (Ipv4Addr::LOCALHOST, 8080).into(),
            data_dir: "./data".into(),
            database_program: None,
            database_memory_mb: 2048,
            pool_size: 64,
            request_timeout: Duration::from_secs(10),
            body_limit: 256 * 1024,
            page_size: 20,
            max_page_size: 200,
            workers: 0,
            seed: Seed::Auto,
            log: "info".into(),
            log_format: LogFormat::Text,
        }
    }
}

impl Config {
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
        let mut config = Self::default();
        let mut problems = Vec::new();
        for variable in VARIABLES {
            let Some(value) = lookup(variable.name) else {
                continue;
            };
            let value = value.trim();
            if !value.is_empty() && (variable.set)(&mut config, value).is_none() {
                problems.push(error::not_accepted(variable, value));
            }
        }
        if config.page_size > config.max_page_size {
            problems.push(error::page_sizes(config.page_size, config.max_page_size));
        }
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
