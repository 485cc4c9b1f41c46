//! The values of settings: their types, and how each kind of value is parsed and written.

use std::borrow::Cow;
use std::fmt::Display;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use ipnet::IpNet;

use super::secret::Secret;
use crate::limits::{Limit, Unit};

/// A set of defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// For development: introspection, GraphiQL and suggestions are on.
    Development,
    /// For a public server: see [`Config::of`](super::Config::of).
    Production,
}

/// What the server loads into the database at startup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seed {
    /// The set `article` if the embedded database is empty; nothing into a MongoDB named by `MONGODB_URI`.
    Auto,
    None,
    /// These sets, in this order. Whether they exist is checked when they are loaded.
    Sets(Vec<String>),
}

/// The format of log messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object per line, for log collectors.
    Json,
}

/// Which text of GraphQL over HTTP decides the statuses of answers as `application/graphql-response+json`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StatusText {
    /// The text of 2025: 400 for every request that is not in order, 200 for everything that was executed.
    Of2025,
    /// The text of 2026: 422 for what can be parsed and is not in order, 294 where some fields failed.
    #[default]
    Of2026,
}

/// Parses the value of a setting.
type Read<T> = dyn Fn(&str) -> Option<T>;

/// The form of a kind of values: how they are parsed and written.
pub(super) struct Form<T> {
    /// The accepted values, worded to follow "accepted:".
    pub accepted: Cow<'static, str>,
    /// Whether messages must not contain a value.
    pub secret: bool,
    /// Parses a value, trimmed and not empty; `None` if it is not accepted.
    pub read: Box<Read<T>>,
    /// Writes a value so that it can be parsed again; empty for an unset one.
    pub write: Box<dyn Fn(&T) -> String>,
}

impl<T: 'static> Form<T> {
    pub fn new(
        accepted: impl Into<Cow<'static, str>>,
        read: impl Fn(&str) -> Option<T> + 'static,
        write: impl Fn(&T) -> String + 'static,
    ) -> Self {
        Self {
            accepted: accepted.into(),
            secret: false,
            read: Box::new(read),
            write: Box::new(write),
        }
    }

    /// The same form for a setting that may be unset.
    pub fn optional(self) -> Form<Option<T>> {
        let Self { read, write, .. } = self;
        Form {
            accepted: self.accepted,
            secret: self.secret,
            read: Box::new(move |text| read(text).map(Some)),
            write: Box::new(move |value| value.as_ref().map_or_else(String::new, &write)),
        }
    }

    /// The same form for another type; `into` and `back` convert between the two.
    fn mapped<U: 'static>(self, into: fn(T) -> U, back: fn(&U) -> T) -> Form<U> {
        let Self { read, write, .. } = self;
        Form::new(
            self.accepted,
            move |text| read(text).map(into),
            move |value| write(&back(value)),
        )
    }
}

impl<T: FromStr + Display + 'static> Form<T> {
    /// The form of a type's `FromStr` and `Display`.
    pub fn plain(accepted: &'static str) -> Self {
        Self::new(accepted, |text| text.parse().ok(), T::to_string)
    }
}

/// `true` or `false`.
pub(super) fn flag() -> Form<bool> {
    Form::plain("true or false")
}

/// One of these words.
pub(super) fn choice<T: Copy + PartialEq + 'static>(words: [(&'static str, T); 2]) -> Form<T> {
    let [(one, _), (other, _)] = words;
    Form::new(
        format!("{one} or {other}"),
        move |text| words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value),
        move |value| {
            words
                .iter()
                .filter(|(_, known)| known == value)
                .map(|(word, _)| *word)
                .collect()
        },
    )
}

/// A whole number, in this unit and from this range. The field has the number times the unit's factor.
pub(super) fn number<T>(unit: Unit, range: RangeInclusive<u64>) -> Form<T>
where
    T: TryFrom<u64> + TryInto<u64> + Copy + 'static,
{
    let of = if unit.name.is_empty() { "" } else { " of " };
    let (least, most) = (range.start(), range.end());
    Form::new(
        format!("a whole number{of}{} from {least} to {most}", unit.name),
        move |text| {
            let number = text.parse().ok().filter(|number| range.contains(number))?;
            T::try_from(number.checked_mul(unit.factor)?).ok()
        },
        move |value| {
            let value: Option<u64> = (*value).try_into().ok();
            value.map_or_else(String::new, |value| (value / unit.factor).to_string())
        },
    )
}

/// A duration in milliseconds, up to ten minutes.
pub(super) fn milliseconds() -> Form<Duration> {
    let back = |time: &Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    number(Unit::MILLISECONDS, 0..=600_000).mapped(Duration::from_millis, back)
}

/// The path of a file or folder.
pub(super) fn path(accepted: &'static str) -> Form<PathBuf> {
    // U+FFFD replaces bytes that were not Unicode, so the text names another path than was meant.
    let read = |text: &str| (!text.contains(char::REPLACEMENT_CHARACTER)).then(|| text.into());
    Form::new(accepted, read, |path: &PathBuf| path.display().to_string())
}

/// A path, or a URL with its scheme.
pub(super) fn address(accepted: &'static str) -> Form<String> {
    let read = |text: &str| {
        let whole = !text.contains(char::REPLACEMENT_CHARACTER) && !text.contains(char::is_whitespace);
        whole.then(|| text.to_owned())
    };
    Form::new(accepted, read, String::clone)
}

/// A MongoDB connection string, which may contain a password.
pub(super) fn uri() -> Form<Secret> {
    let read = |text: &str| {
        let hosts = text
            .strip_prefix("mongodb://")
            .or_else(|| text.strip_prefix("mongodb+srv://"))?;
        (!hosts.is_empty()).then(|| Secret::new(text))
    };
    let accepted = "a connection string that begins with mongodb:// or mongodb+srv://";
    Form {
        secret: true,
        ..Form::new(accepted, read, Secret::to_string)
    }
}

/// The name of a MongoDB database.
pub(super) fn database_name() -> Form<String> {
    let read = |text: &str| {
        let reserved = ["admin", "config", "local"];
        let reserved = reserved.iter().any(|name| name.eq_ignore_ascii_case(text));
        (text.len() <= 63 && is_plain(text) && !reserved).then(|| text.to_owned())
    };
    let accepted = "1 to 63 letters, digits, _ or -, and not MongoDB's own admin, config or local";
    Form::new(accepted, read, String::clone)
}

fn is_plain(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

/// What is loaded at startup.
pub(super) fn seed() -> Form<Seed> {
    // In a list, `auto` and `none` would mean sets with these names.
    let set = |name: &str| (is_plain(name) && !matches!(name, "" | "auto" | "none")).then(|| name.to_owned());
    let read = move |text: &str| match text {
        "auto" => Some(Seed::Auto),
        "none" => Some(Seed::None),
        names => items(names, set).map(Seed::Sets),
    };
    let write = |seed: &Seed| match seed {
        Seed::Auto => "auto".to_owned(),
        Seed::None => "none".to_owned(),
        Seed::Sets(names) => names.join(","),
    };
    let accepted = "auto, none, or names of seed sets with commas between, such as article,history";
    Form::new(accepted, read, write)
}

/// `*` alone, or origins as browsers send them: scheme, host, and the port unless it is the scheme's default.
pub(super) fn origins() -> Form<Vec<String>> {
    let origin = |text: &str| {
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
        let plain = host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b));
        (plain && !host.is_empty()).then(|| text.to_ascii_lowercase())
    };
    let read = move |text: &str| match text {
        "*" => Some(vec![text.to_owned()]),
        origins => items(origins, origin),
    };
    let accepted = "* for all, or origins with commas between, such as https://zoo.example,http://localhost:3000";
    Form::new(accepted, read, |origins| origins.join(","))
}

/// IP addresses and networks.
pub(super) fn networks() -> Form<Vec<IpNet>> {
    let network = |text: &str| {
        let alone = || text.parse().ok().map(IpAddr::into);
        text.parse().ok().or_else(alone)
    };
    let accepted = "IP addresses and networks with commas between, such as 10.0.0.0/8,::1";
    let write = |networks: &Vec<IpNet>| networks.iter().map(IpNet::to_string).collect::<Vec<_>>().join(",");
    Form::new(accepted, move |text| items(text, network), write)
}

/// The names of limits.
pub(super) fn limit_names() -> Form<Vec<Limit>> {
    let limit = |name: &str| Limit::ALL.into_iter().find(|limit| limit.facts().name == name);
    let accepted = "names of limits with commas between, such as depth,cost";
    let write = |limits: &Vec<Limit>| {
        limits
            .iter()
            .map(|limit| limit.facts().name)
            .collect::<Vec<_>>()
            .join(",")
    };
    Form::new(accepted, move |text| items(text, limit), write)
}

/// The items of a list separated by commas; `None` if any is not accepted.
fn items<T>(text: &str, item: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    text.split(',').map(|text| item(text.trim())).collect()
}
