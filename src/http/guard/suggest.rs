//! "Did you mean": the nearest name for one that the schema does not know.
//!
//! Reads the name out of the validation's own message, the only place where it is told; where a message is worded
//! otherwise, nothing is suggested (a test sees that).

use std::sync::LazyLock;

use apollo_compiler::Schema;
use apollo_compiler::schema::ExtendedType;
use regex::Regex;

/// A sentence to put behind the message, where something near is known.
pub fn suggestion(schema: &Schema, message: &str) -> Option<String> {
    static UNKNOWN: LazyLock<Vec<Regex>> = LazyLock::new(|| {
        [
            r"^type `(?<on>\w+)` does not have a field `(?<name>\w+)`",
            r"^the argument `(?<name>\w+)` is not supported by `(?<on>\w+)\.(?<field>\w+)",
            r"^(field|value) `(?<name>\w+)` does not exist on `(?<on>\w+)`",
            r"^cannot find type `(?<name>\w+)`",
            r"^type condition `(?<name>\w+)` of ",
        ]
        .iter()
        .filter_map(|pattern| Regex::new(pattern).ok())
        .collect()
    });
    let found = UNKNOWN.iter().find_map(|pattern| pattern.captures(message))?;
    let on = found.name("on").and_then(|on| schema.types.get(on.as_str()));
    let known: Vec<&str> = match (on, found.name("field")) {
        (Some(ty), Some(field)) => arguments(ty, field.as_str()),
        (Some(ty), None) => members(ty),
        (None, _) => schema.types.keys().map(|name| name.as_str()).collect(),
    };
    let nearest = nearest(&found["name"], &known)?;
    Some(format!("; did you mean `{nearest}`?"))
}

fn members(ty: &ExtendedType) -> Vec<&str> {
    match ty {
        ExtendedType::Object(ty) => ty.fields.keys().map(|name| name.as_str()).collect(),
        ExtendedType::Interface(ty) => ty.fields.keys().map(|name| name.as_str()).collect(),
        ExtendedType::InputObject(ty) => ty.fields.keys().map(|name| name.as_str()).collect(),
        ExtendedType::Enum(ty) => ty.values.keys().map(|name| name.as_str()).collect(),
        _ => Vec::new(),
    }
}

fn arguments<'a>(ty: &'a ExtendedType, field: &str) -> Vec<&'a str> {
    let definition = match ty {
        ExtendedType::Object(ty) => ty.fields.get(field),
        ExtendedType::Interface(ty) => ty.fields.get(field),
        _ => None,
    };
    definition
        .map(|definition| {
            definition
                .arguments
                .iter()
                .map(|argument| argument.name.as_str())
                .collect()
        })
        .unwrap_or_default()
}

/// How like two names must be, of 1.
const LIKE: f64 = 0.6;

fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let name = name.to_lowercase();
    // Comparing takes as long as the one name times the other: not those whose lengths tell already.
    let may_be_like = |known: &&&str| {
        let (shorter, longer) = (known.len().min(name.len()), known.len().max(name.len()));
        shorter as f64 >= LIKE * longer as f64
    };
    known
        .iter()
        .filter(may_be_like)
        .map(|known| {
            let likeness = strsim::normalized_damerau_levenshtein(&known.to_lowercase(), &name);
            (likeness, *known)
        })
        .filter(|(likeness, _)| *likeness >= LIKE)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, known)| known)
}
