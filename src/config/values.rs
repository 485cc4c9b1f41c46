//! The values of settings: their types, and in which form each kind of value is read and written.

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
    /// For people at work on it: everything can be looked at.
    Development,
    /// For a server in public: see [`Config::of`](super::Config::of).
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

/// Reads a value of a setting.
type Read<T> = dyn Fn(&str) -> Option<T>;

/// The form in which values of a kind are given.
pub(super) struct Form<T> {
    /// What is accepted, to follow "accepted:".
    pub accepted: Cow<'static, str>,
    /// Whether a value must not be repeated in a message.
    pub secret: bool,
    /// Reads a value, trimmed and not empty; `None` where it is not accepted.
    pub read: Box<Read<T>>,
    /// Writes a value so that it can be read again; empty where it stands for nothing.
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

    /// The same for what may be unset.
    pub fn optional(self) -> Form<Option<T>> {
        let Self { read, write, .. } = self;
        Form {
            accepted: self.accepted,
            secret: self.secret,
            read: Box::new(move |text| read(text).map(Some)),
            write: Box::new(move |value| value.as_ref().map_or_else(String::new, &write)),
        }
    }

    /// The same for another type.
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
    /// What is read and written as its type says.
    pub fn plain(accepted: &'static str) -> Self {
        Self::new(accepted, |text| text.parse().ok(), T::to_string)
    }
}

/// True or false.
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

/// A whole number in this range, given in units.
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

/// How long something takes, up to ten minutes.
pub(super) fn milliseconds() -> Form<Duration> {
    let back = |time: &Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    number(Unit::MILLISECONDS, 0..=600_000).mapped(Duration::from_millis, back)
}

/// A path.
pub(super) fn path(accepted: &'static str) -> Form<PathBuf> {
    // The mark that stands where bytes were not Unicode: such a path would silently be another one.
    let read = |text: &str| (!text.contains(char::REPLACEMENT_CHARACTER)).then(|| text.into());
    Form::new(accepted, read, |path: &PathBuf| path.display().to_string())
}

/// Where something is: a path, or an address that begins with its scheme.
pub(super) fn address(accepted: &'static str) -> Form<String> {
    let read = |text: &str| {
        let whole = !text.contains(char::REPLACEMENT_CHARACTER) && !text.contains(char::is_whitespace);
        whole.then(|| text.to_owned())
    };
    Form::new(accepted, read, String::clone)
}

/// A connection string of MongoDB, which may hold a password.
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

/// The name of a database of MongoDB's.
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

/// What is loaded at the start.
pub(super) fn seed() -> Form<Seed> {
    // Within a list the two words would be taken for sets.
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

/// `*` alone, or origins as browsers send them: scheme, host and where it is not the scheme's own, the port.
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

/// Addresses of IP, and networks of them.
pub(super) fn networks() -> Form<Vec<IpNet>> {
    let network = |text: &str| {
        let alone = || text.parse().ok().map(IpAddr::into);
        text.parse().ok().or_else(alone)
    };
    let accepted = "IP addresses and networks with commas between, such as 10.0.0.0/8,::1";
    let write = |networks: &Vec<IpNet>| networks.iter().map(IpNet::to_string).collect::<Vec<_>>().join(",");
    Form::new(accepted, move |text| items(text, network), write)
}

/// Limits by their names.
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

/// What stands between commas.
fn items<T>(text: &str, item: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    text.split(',').map(|text| item(text.trim())).collect()
}
