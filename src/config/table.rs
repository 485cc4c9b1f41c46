//! The table of variables: name, default, what is accepted, and how a value is set. `.env.example`
//! follows its order; a test compares the two.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use super::{Config, LogFormat, Secret, Seed};

/// One variable.
pub(super) struct Variable {
    pub name: &'static str,
    /// The default as one would write it; empty where there is none. The value itself stands in
    /// [`Config::default`].
    pub default: &'static str,
    /// What is accepted, to follow "accepted:".
    pub accepted: &'static str,
    /// Whether the value must not be repeated in a message.
    pub secret: bool,
    /// Puts a value, trimmed and not empty, in its field; `None` when it is not accepted.
    pub set: fn(&mut Config, &str) -> Option<()>,
}

/// All variables, in the order of the struct's fields.
pub(super) const VARIABLES: &[Variable] = &[
    Variable {
        name: "MONGODB_URI",
        default: "",
        accepted: "a connection string that begins with mongodb:// or mongodb+srv://",
        secret: true,
        set: |config, value| put(&mut config.mongodb_uri, uri(value).map(Some)),
    },
    Variable {
        name: "MONGODB_DATABASE",
        default: "menagerie",
        accepted: "1 to 63 letters, digits, _ or -, and not MongoDB's own admin, config or local",
        secret: false,
        set: |config, value| put(&mut config.mongodb_database, database_name(value)),
    },
    Variable {
        name: "MENAGERIE_BIND",
        default: "127.0.0.1:8080",
        accepted: "an IP address and a port, such as 127.0.0.1:8080, 0.0.0.0:80 or [::1]:8080",
        secret: false,
        set: |config, value| put(&mut config.bind, value.parse().ok()),
    },
    Variable {
        name: "MENAGERIE_DATA_DIR",
        default: "./data",
        accepted: "a folder's path",
        secret: false,
        set: |config, value| put(&mut config.data_dir, path(value)),
    },
    Variable {
        name: "MENAGERIE_DATABASE_PROGRAM",
        default: "",
        accepted: "the path of the program secantusd-rs",
        secret: false,
        set: |config, value| put(&mut config.database_program, path(value).map(Some)),
    },
    Variable {
        name: "MENAGERIE_DATABASE_MEMORY_MB",
        default: "2048",
        accepted: "a whole number of MiB from 256 to 1048576",
        secret: false,
        set: |config, value| put(&mut config.database_memory_mb, whole(value, 256..=1_048_576)),
    },
    Variable {
        name: "MENAGERIE_POOL_SIZE",
        default: "64",
        accepted: "a whole number from 1 to 1000",
        secret: false,
        set: |config, value| put(&mut config.pool_size, whole(value, 1..=1000)),
    },
    Variable {
        name: "MENAGERIE_REQUEST_TIMEOUT_MS",
        default: "10000",
        accepted: "a whole number of milliseconds from 100 to 600000",
        secret: false,
        set: |config, value| {
            put(
                &mut config.request_timeout,
                whole(value, 100..=600_000).map(Duration::from_millis),
            )
        },
    },
    Variable {
        name: "MENAGERIE_BODY_LIMIT_KB",
        default: "256",
        accepted: "a whole number of KiB from 1 to 65536",
        secret: false,
        set: |config, value| {
            put(
                &mut config.body_limit,
                whole(value, 1..=65_536).map(|kib: usize| kib * 1024),
            )
        },
    },
    Variable {
        name: "MENAGERIE_PAGE_SIZE",
        default: "20",
        accepted: "a whole number from 1 to 10000",
        secret: false,
        set: |config, value| put(&mut config.page_size, whole(value, 1..=10_000)),
    },
    Variable {
        name: "MENAGERIE_MAX_PAGE_SIZE",
        default: "200",
        accepted: "a whole number from 1 to 10000",
        secret: false,
        set: |config, value| put(&mut config.max_page_size, whole(value, 1..=10_000)),
    },
    Variable {
        name: "MENAGERIE_WORKERS",
        default: "0",
        accepted: "a whole number from 1 to 1024, or 0 for one per core",
        secret: false,
        set: |config, value| put(&mut config.workers, whole(value, 0..=1024)),
    },
    Variable {
        name: "MENAGERIE_SEED",
        default: "auto",
        accepted: "auto, none, or names of seed sets with commas between, such as article,history",
        secret: false,
        set: |config, value| put(&mut config.seed, seed(value)),
    },
    Variable {
        name: "MENAGERIE_LOG",
        default: "info",
        accepted: "a filter such as info, warn or info,menagerie=debug",
        secret: false,
        set: |config, value| put(&mut config.log, Some(value.to_owned())),
    },
    Variable {
        name: "MENAGERIE_LOG_FORMAT",
        default: "text",
        accepted: "text or json",
        secret: false,
        set: |config, value| put(&mut config.log_format, log_format(value)),
    },
];

fn put<T>(field: &mut T, value: Option<T>) -> Option<()> {
    *field = value?;
    Some(())
}

fn whole<T: FromStr + PartialOrd>(value: &str, range: RangeInclusive<T>) -> Option<T> {
    value.parse().ok().filter(|number| range.contains(number))
}

fn path(value: &str) -> Option<PathBuf> {
    // The mark that stands where bytes were not Unicode: such a path would silently be another one.
    (!value.contains(char::REPLACEMENT_CHARACTER)).then(|| value.into())
}

fn uri(value: &str) -> Option<Secret> {
    let hosts = value
        .strip_prefix("mongodb://")
        .or_else(|| value.strip_prefix("mongodb+srv://"))?;
    (!hosts.is_empty()).then(|| Secret::new(value))
}

fn database_name(value: &str) -> Option<String> {
    let reserved = ["admin", "config", "local"]
        .iter()
        .any(|name| name.eq_ignore_ascii_case(value));
    let plain = value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    (value.len() <= 63 && plain && !reserved).then(|| value.to_owned())
}

fn seed(value: &str) -> Option<Seed> {
    match value {
        "auto" => Some(Seed::Auto),
        "none" => Some(Seed::None),
        list => list
            .split(',')
            .map(|name| set_name(name.trim()))
            .collect::<Option<_>>()
            .map(Seed::Sets),
    }
}

fn set_name(name: &str) -> Option<String> {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    // Within a list the two words would be taken for sets.
    (plain && !matches!(name, "" | "auto" | "none")).then(|| name.to_owned())
}

fn log_format(value: &str) -> Option<LogFormat> {
    match value {
        "text" => Some(LogFormat::Text),
        "json" => Some(LogFormat::Json),
        _ => None,
    }
}
