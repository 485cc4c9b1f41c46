//! How the values of variables are understood: each function gives `None` where a value is not accepted.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use ipnet::IpNet;

use super::{LogFormat, Profile, Secret, Seed};
use crate::limits::Limit;

pub(super) fn put<T>(field: &mut T, value: Option<T>) -> Option<()> {
    *field = value?;
    Some(())
}

pub(super) fn whole<T: FromStr + PartialOrd>(value: &str, range: RangeInclusive<T>) -> Option<T> {
    value.parse().ok().filter(|number| range.contains(number))
}

pub(super) fn path(value: &str) -> Option<PathBuf> {
    // The mark that stands where bytes were not Unicode: such a path would silently be another one.
    (!value.contains(char::REPLACEMENT_CHARACTER)).then(|| value.into())
}

pub(super) fn uri(value: &str) -> Option<Secret> {
    let hosts = value
        .strip_prefix("mongodb://")
        .or_else(|| value.strip_prefix("mongodb+srv://"))?;
    (!hosts.is_empty()).then(|| Secret::new(value))
}

pub(super) fn database_name(value: &str) -> Option<String> {
    let reserved = ["admin", "config", "local"]
        .iter()
        .any(|name| name.eq_ignore_ascii_case(value));
    let plain = value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    (value.len() <= 63 && plain && !reserved).then(|| value.to_owned())
}

pub(super) fn seed(value: &str) -> Option<Seed> {
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

pub(super) fn log_format(value: &str) -> Option<LogFormat> {
    match value {
        "text" => Some(LogFormat::Text),
        "json" => Some(LogFormat::Json),
        _ => None,
    }
}

pub(super) fn profile(value: &str) -> Option<Profile> {
    match value {
        "development" => Some(Profile::Development),
        "production" => Some(Profile::Production),
        _ => None,
    }
}

pub(super) fn flag(value: &str) -> Option<bool> {
    value.parse().ok()
}

/// A path, or an address that begins with its scheme.
pub(super) fn address(value: &str) -> Option<String> {
    (!value.contains(char::REPLACEMENT_CHARACTER) && !value.contains(char::is_whitespace)).then(|| value.to_owned())
}

/// `*` alone, or origins as browsers send them: scheme, host and where it is not the scheme's own, the port.
pub(super) fn addresses(value: &str) -> Option<Vec<String>> {
    if value == "*" {
        return Some(vec![value.to_owned()]);
    }
    let is_origin = |origin: &str| {
        origin
            .strip_prefix("https://")
            .or_else(|| origin.strip_prefix("http://"))
            .is_some_and(|host| {
                !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b))
            })
    };
    let origins = value.split(',').map(str::trim);
    origins
        .map(|origin| is_origin(origin).then(|| origin.to_ascii_lowercase()))
        .collect()
}

pub(super) fn networks(value: &str) -> Option<Vec<IpNet>> {
    let network = |text: &str| {
        let alone = || text.parse().ok().map(|address: std::net::IpAddr| address.into());
        text.parse().ok().or_else(alone)
    };
    value.split(',').map(|text| network(text.trim())).collect()
}

pub(super) fn limit_names(value: &str) -> Option<Vec<Limit>> {
    let named = |name: &str| Limit::ALL.into_iter().find(|limit| limit.facts().name == name);
    value.split(',').map(|name| named(name.trim())).collect()
}
