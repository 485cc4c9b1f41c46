//! The table of variables: name, default, what is accepted, and how a value is set. `.env.example`
//! follows its order; a test compares the two. How values are understood stands in `values`.

use std::borrow::Cow;
use std::time::Duration;

use super::Config;
use super::values::{
    address, addresses, database_name, flag, limit_names, log_format, networks, path, profile, put, seed, uri, whole,
};
use crate::limits::Limit;

/// One variable.
pub(super) struct Variable {
    pub name: &'static str,
    /// The default as one would write it; empty where there is none. The value itself stands in
    /// [`Config::default`].
    pub default: Cow<'static, str>,
    /// What is accepted, to follow "accepted:".
    pub accepted: Cow<'static, str>,
    /// Whether the value must not be repeated in a message.
    pub secret: bool,
    /// Puts a value, trimmed and not empty, in its field.
    pub set: Setter,
}

/// How a value gets into its field.
#[derive(Clone, Copy)]
pub(super) enum Setter {
    /// By a field of its own.
    Field(fn(&mut Config, &str) -> Option<()>),
    /// By one of the limits.
    Limit(Limit),
}

impl Setter {
    /// Puts a value in its field; `None` when it is not accepted.
    pub fn set(self, config: &mut Config, value: &str) -> Option<()> {
        match self {
            Self::Field(set) => set(config, value),
            Self::Limit(limit) => {
                let (least, most) = limit.facts().range;
                config.limits.set(limit, whole(value, least..=most)?);
                Some(())
            }
        }
    }
}

/// All variables, in the order of the struct's fields.
pub(super) fn variables() -> Vec<Variable> {
    let mut all = before_limits();
    all.extend(Limit::ALL.map(limit));
    all.extend(behind_limits());
    all
}

fn limit(limit: Limit) -> Variable {
    let facts = limit.facts();
    Variable {
        name: facts.variable,
        default: facts.default.to_string().into(),
        accepted: format!("a whole number from {} to {}", facts.range.0, facts.range.1).into(),
        secret: false,
        set: Setter::Limit(limit),
    }
}

/// Mebibytes as bytes.
fn mebibytes(value: &str) -> Option<u64> {
    whole(value, 0..=65_536_u64).map(|mebibytes| mebibytes * 1024 * 1024)
}

fn variable(
    name: &'static str,
    default: &'static str,
    accepted: &'static str,
    set: fn(&mut Config, &str) -> Option<()>,
) -> Variable {
    Variable {
        name,
        default: default.into(),
        accepted: accepted.into(),
        secret: false,
        set: Setter::Field(set),
    }
}

fn before_limits() -> Vec<Variable> {
    vec![
        variable(
            "MENAGERIE_PROFILE",
            "development",
            "development or production",
            |config, value| profile(value).map(|profile| config.profile = profile),
        ),
        Variable {
            secret: true,
            ..variable(
                "MONGODB_URI",
                "",
                "a connection string that begins with mongodb:// or mongodb+srv://",
                |config, value| put(&mut config.mongodb_uri, uri(value).map(Some)),
            )
        },
        variable(
            "MONGODB_DATABASE",
            "menagerie",
            "1 to 63 letters, digits, _ or -, and not MongoDB's own admin, config or local",
            |config, value| put(&mut config.mongodb_database, database_name(value)),
        ),
        variable(
            "MENAGERIE_BIND",
            "127.0.0.1:8080",
            "an IP address and a port, such as 127.0.0.1:8080, 0.0.0.0:80 or [::1]:8080",
            |config, value| put(&mut config.bind, value.parse().ok()),
        ),
        variable(
            "MENAGERIE_ADMIN_BIND",
            "",
            "an IP address and a port, such as 127.0.0.1:9090",
            |config, value| put(&mut config.admin_bind, value.parse().ok().map(Some)),
        ),
        variable(
            "MENAGERIE_TLS_CERTIFICATE",
            "",
            "the path of a PEM file",
            |config, value| put(&mut config.tls_certificate, path(value).map(Some)),
        ),
        variable("MENAGERIE_TLS_KEY", "", "the path of a PEM file", |config, value| {
            put(&mut config.tls_key, path(value).map(Some))
        }),
        variable("MENAGERIE_DATA_DIR", "./data", "a folder's path", |config, value| {
            put(&mut config.data_dir, path(value))
        }),
        variable(
            "MENAGERIE_DATABASE_PROGRAM",
            "",
            "the path of the program secantusd-rs",
            |config, value| put(&mut config.database_program, path(value).map(Some)),
        ),
        variable(
            "MENAGERIE_DATABASE_MEMORY_MB",
            "2048",
            "a whole number of MiB from 256 to 1048576",
            |config, value| put(&mut config.database_memory_mb, whole(value, 256..=1_048_576)),
        ),
        variable(
            "MENAGERIE_POOL_SIZE",
            "64",
            "a whole number from 1 to 1000",
            |config, value| put(&mut config.pool_size, whole(value, 1..=1000)),
        ),
        variable(
            "MENAGERIE_WORKERS",
            "0",
            "a whole number from 1 to 1024, or 0 for one per core",
            |config, value| put(&mut config.workers, whole(value, 0..=1024)),
        ),
        variable(
            "MENAGERIE_DRAIN_MS",
            "0",
            "a whole number of milliseconds from 0 to 600000",
            |config, value| put(&mut config.drain, whole(value, 0..=600_000).map(Duration::from_millis)),
        ),
        variable(
            "MENAGERIE_GRACE_MS",
            "30000",
            "a whole number of milliseconds from 0 to 600000",
            |config, value| put(&mut config.grace, whole(value, 0..=600_000).map(Duration::from_millis)),
        ),
        variable(
            "MENAGERIE_SEED",
            "auto",
            "auto, none, or names of seed sets with commas between, such as article,history",
            |config, value| put(&mut config.seed, seed(value)),
        ),
        variable("MENAGERIE_INTROSPECTION", "true", "true or false", |config, value| {
            put(&mut config.introspection, flag(value))
        }),
        variable("MENAGERIE_DASHBOARD", "true", "true or false", |config, value| {
            put(&mut config.dashboard, flag(value))
        }),
        variable("MENAGERIE_GRAPHIQL", "true", "true or false", |config, value| {
            put(&mut config.graphiql, flag(value))
        }),
        variable("MENAGERIE_SUGGESTIONS", "true", "true or false", |config, value| {
            put(&mut config.suggestions, flag(value))
        }),
        variable("MENAGERIE_ANONYMOUS", "true", "true or false", |config, value| {
            put(&mut config.anonymous, flag(value))
        }),
        variable(
            "MENAGERIE_CORS_ORIGINS",
            "",
            "* for all, or origins with commas between, such as https://zoo.example,http://localhost:3000",
            |config, value| put(&mut config.cors_origins, addresses(value)),
        ),
        variable(
            "MENAGERIE_TRUSTED_PROXIES",
            "",
            "IP addresses and networks with commas between, such as 10.0.0.0/8,::1",
            |config, value| put(&mut config.trusted_proxies, networks(value)),
        ),
        variable(
            "MENAGERIE_JWKS",
            "",
            "the path of a JWKS file, or its https:// address",
            |config, value| put(&mut config.jwks, address(value).map(Some)),
        ),
        variable(
            "MENAGERIE_JWT_ISSUER",
            "",
            "the value of iss in accepted tokens",
            |config, value| put(&mut config.jwt_issuer, Some(Some(value.to_owned()))),
        ),
        variable(
            "MENAGERIE_JWT_AUDIENCE",
            "",
            "the value of aud in accepted tokens",
            |config, value| put(&mut config.jwt_audience, Some(Some(value.to_owned()))),
        ),
        variable(
            "MENAGERIE_JWT_ROLE_CLAIM",
            "role",
            "the name of the claim that holds the role, or the way to it with dots, such as realm_access.roles",
            |config, value| put(&mut config.jwt_role_claim, Some(value.to_owned())),
        ),
        variable(
            "MENAGERIE_TRUSTED_DOCUMENTS",
            "",
            "the path of a manifest or of a folder with .graphql files",
            |config, value| put(&mut config.trusted_documents, path(value).map(Some)),
        ),
        variable(
            "MENAGERIE_TRUSTED_DOCUMENTS_ONLY",
            "false",
            "true or false",
            |config, value| put(&mut config.trusted_documents_only, flag(value)),
        ),
        variable(
            "MENAGERIE_PERSISTED_QUERIES",
            "1000",
            "a whole number from 0 to 100000",
            |config, value| put(&mut config.persisted_queries, whole(value, 0..=100_000)),
        ),
        variable(
            "MENAGERIE_RESPONSE_CACHE_MB",
            "32",
            "a whole number of MiB from 0 to 65536",
            |config, value| put(&mut config.response_cache_bytes, mebibytes(value)),
        ),
        variable(
            "MENAGERIE_ENTITY_CACHE_MB",
            "32",
            "a whole number of MiB from 0 to 65536",
            |config, value| put(&mut config.entity_cache_bytes, mebibytes(value)),
        ),
        variable(
            "MENAGERIE_REQUEST_TIMEOUT_MS",
            "10000",
            "a whole number of milliseconds from 100 to 600000",
            |config, value| put(&mut config.limits.request_timeout_ms, whole(value, 100..=600_000)),
        ),
        variable(
            "MENAGERIE_BODY_LIMIT_KB",
            "256",
            "a whole number of KiB from 1 to 65536",
            |config, value| {
                put(
                    &mut config.limits.body_limit_bytes,
                    whole(value, 1..=65_536).map(|kib: usize| kib * 1024),
                )
            },
        ),
        variable(
            "MENAGERIE_PAGE_SIZE",
            "20",
            "a whole number from 1 to 10000",
            |config, value| put(&mut config.limits.page_size, whole(value, 1..=10_000)),
        ),
        variable(
            "MENAGERIE_MAX_PAGE_SIZE",
            "200",
            "a whole number from 1 to 10000",
            |config, value| put(&mut config.limits.max_page_size, whole(value, 1..=10_000)),
        ),
    ]
}

fn behind_limits() -> Vec<Variable> {
    vec![
        variable(
            "MENAGERIE_MEASURE_ONLY",
            "",
            "names of limits with commas between, such as depth,cost",
            |config, value| {
                limit_names(value).map(|limits| limits.into_iter().for_each(|limit| config.limits.measure(limit)))
            },
        ),
        variable(
            "MENAGERIE_LOG",
            "info",
            "a filter such as info, warn or info,menagerie=debug",
            |config, value| put(&mut config.log, Some(value.to_owned())),
        ),
        variable("MENAGERIE_LOG_FORMAT", "text", "text or json", |config, value| {
            put(&mut config.log_format, log_format(value))
        }),
        variable(
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "",
            "the http:// or https:// address of a collector, such as http://127.0.0.1:4318",
            |config, value| put(&mut config.otlp_endpoint, address(value).map(Some)),
        ),
    ]
}
