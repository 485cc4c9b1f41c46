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
mod values;

use std::collections::HashMap;
use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

pub use error::ConfigError;
pub use secret::Secret;
use table::variables;

use ipnet::IpNet;

use crate::limits::{Limit, Limits};

/// Everything that can be set from outside. [`Config::default`] is what holds when nothing is set.
#[derive(Clone, Debug)]
pub struct Config {
    /// `MENAGERIE_PROFILE`: the defaults of the other settings. Default `development`.
    pub profile: Profile,
    /// `MONGODB_URI`: the MongoDB to use. Unset (the default): the embedded database is started.
    pub mongodb_uri: Option<Secret>,
    /// `MONGODB_DATABASE`: the database's name within MongoDB. Default `menagerie`.
    pub mongodb_database: String,
    /// `MENAGERIE_BIND`: where the server listens. Default `127.0.0.1:8080`, this machine only.
    pub bind: SocketAddr,
    /// `MENAGERIE_ADMIN_BIND`: where metrics and health are served instead. Unset (the default): beside the API.
    pub admin_bind: Option<SocketAddr>,
    /// `MENAGERIE_TLS_CERTIFICATE`: the certificate and its chain. Unset (the default): no TLS.
    pub tls_certificate: Option<PathBuf>,
    /// `MENAGERIE_TLS_KEY`: the certificate's private key.
    pub tls_key: Option<PathBuf>,
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
    /// `MENAGERIE_WORKERS`: threads that serve requests; 0 (the default) is one per core.
    pub workers: usize,
    /// `MENAGERIE_DRAIN_MS`: how long a server that was told to stop goes on to accept requests, while `/readyz`
    /// already says that it leaves. Default 0.
    pub drain: Duration,
    /// `MENAGERIE_GRACE_MS`: how long requests under way may then still take. Default 30 s.
    pub grace: Duration,
    /// `MENAGERIE_SEED`: what the server loads at its start. Default `auto`.
    pub seed: Seed,
    /// `MENAGERIE_INTROSPECTION`: whether the schema can be asked for. Default true.
    pub introspection: bool,
    /// `MENAGERIE_DASHBOARD`: whether the dashboard is served. Default true.
    pub dashboard: bool,
    /// `MENAGERIE_GRAPHIQL`: whether GraphiQL is served. Default true.
    pub graphiql: bool,
    /// `MENAGERIE_SUGGESTIONS`: whether errors name what may have been meant, and list what there is.
    /// Default true.
    pub suggestions: bool,
    /// `MENAGERIE_ANONYMOUS`: whether one may read without a token. Default true.
    pub anonymous: bool,
    /// `MENAGERIE_CORS_ORIGINS`: the origins whose pages may read answers; `*` for all. Default none.
    pub cors_origins: Vec<String>,
    /// `MENAGERIE_TRUSTED_PROXIES`: whose `X-Forwarded-For` is believed. Default nobody's.
    pub trusted_proxies: Vec<IpNet>,
    /// `MENAGERIE_JWKS`: the file or address of the keys that sign tokens. Unset (the default): no signed tokens.
    pub jwks: Option<String>,
    /// `MENAGERIE_JWT_ISSUER`: who must have issued a signed token.
    pub jwt_issuer: Option<String>,
    /// `MENAGERIE_JWT_AUDIENCE`: for whom a signed token must have been issued.
    pub jwt_audience: Option<String>,
    /// `MENAGERIE_JWT_ROLE_CLAIM`: the claim that holds the role, or the way to it with dots. Default `role`.
    pub jwt_role_claim: String,
    /// `MENAGERIE_TRUSTED_DOCUMENTS`: the documents that can be asked for by id. Unset (the default): none.
    pub trusted_documents: Option<PathBuf>,
    /// `MENAGERIE_TRUSTED_DOCUMENTS_ONLY`: whether only those are run. Default false.
    pub trusted_documents_only: bool,
    /// `MENAGERIE_PERSISTED_QUERIES`: how many documents clients may store by hash; 0 for none. Default 1000.
    pub persisted_queries: u64,
    /// `MENAGERIE_RESPONSE_CACHE_MB`: how much of answers is kept, in bytes; 0 for none. Default 32 MiB.
    pub response_cache_bytes: u64,
    /// `MENAGERIE_ENTITY_CACHE_MB`: how much of documents is kept, in bytes; 0 for none. Default 32 MiB.
    pub entity_cache_bytes: u64,
    /// `MENAGERIE_REQUEST_TIMEOUT_MS`, `MENAGERIE_BODY_LIMIT_KB`, `MENAGERIE_PAGE_SIZE`, `MENAGERIE_MAX_PAGE_SIZE`,
    /// the other `MENAGERIE_MAX_` and `MENAGERIE_MEASURE_ONLY`: what a request may ask for.
    pub limits: Limits,
    /// `MENAGERIE_LOG`: which messages are logged, as a `tracing` filter. Default `info`.
    pub log: String,
    /// `MENAGERIE_LOG_FORMAT`: how they are written. Default `text`.
    pub log_format: LogFormat,
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`: where traces are sent. Unset (the default): nowhere.
    pub otlp_endpoint: Option<String>,
}

/// A set of defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// For people at work on it: everything can be looked at.
    Development,
    /// For a server in public: see [`Config::of`].
    Production,
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
            profile: Profile::Development,
            mongodb_uri: None,
            mongodb_database: "menagerie".into(),
            bind: (Ipv4Addr::LOCALHOST, 8080).into(),
            admin_bind: None,
            tls_certificate: None,
            tls_key: None,
            data_dir: "./data".into(),
            database_program: None,
            database_memory_mb: 2048,
            pool_size: 64,
            workers: 0,
            drain: Duration::ZERO,
            grace: Duration::from_secs(30),
            seed: Seed::Auto,
            introspection: true,
            dashboard: true,
            graphiql: true,
            suggestions: true,
            anonymous: true,
            cors_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            jwks: None,
            jwt_issuer: None,
            jwt_audience: None,
            jwt_role_claim: "role".into(),
            trusted_documents: None,
            trusted_documents_only: false,
            persisted_queries: 1000,
            response_cache_bytes: 32 * 1024 * 1024,
            entity_cache_bytes: 32 * 1024 * 1024,
            limits: Limits::default(),
            log: "info".into(),
            log_format: LogFormat::Text,
            otlp_endpoint: None,
        }
    }
}

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
        let profile = lookup("MENAGERIE_PROFILE").and_then(|value| values::profile(value.trim()));
        let mut config = Self::of(profile.unwrap_or(Profile::Development));
        let mut problems = Vec::new();
        for variable in &variables() {
            let Some(value) = lookup(variable.name) else {
                continue;
            };
            let value = value.trim();
            if !value.is_empty() && variable.set.set(&mut config, value).is_none() {
                problems.push(error::not_accepted(variable, value));
            }
        }
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
