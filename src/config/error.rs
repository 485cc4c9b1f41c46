//! The problems of a configuration, worded for the person who set it.

use std::fmt;

use super::settings::{Config, Setting, settings};

/// All problems of a configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    /// A line for each problem: the variable, what was found, what is accepted. Contains no secrets.
    pub problems: Vec<String>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration is not usable:")?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

/// The problem of a value that the setting does not accept.
pub(super) fn not_accepted(setting: &Setting, value: &str) -> String {
    let Setting { name, accepted, .. } = setting;
    let found = if setting.secret {
        "has a value of another form (not shown, it may hold a password)".to_owned()
    } else {
        format!("is {value:?}")
    };
    let default = Some(setting.value(&Config::default())).filter(|default| !default.is_empty());
    let default = default.as_deref().unwrap_or("unset");
    format!("{name} {found}; accepted: {accepted} (default: {default})")
}

/// One line for each setting that contradicts another.
pub(super) fn that_do_not_fit(config: &Config) -> Vec<String> {
    let mut problems = Vec::new();
    let (size, max) = (config.limits.page_size, config.limits.max_page_size);
    if size > max {
        problems.push(format!(
            "MENAGERIE_PAGE_SIZE is {size} and MENAGERIE_MAX_PAGE_SIZE is {max}; accepted: a page \
             size of at most the maximum. Lower the first or raise the second"
        ));
    }
    if config.tls_certificate.is_some() != config.tls_key.is_some() {
        problems.push(
            "one of MENAGERIE_TLS_CERTIFICATE and MENAGERIE_TLS_KEY is set; accepted: both, or none of them".to_owned(),
        );
    }
    if config.trusted_documents_only && config.trusted_documents.is_none() {
        problems.push(
            "MENAGERIE_TRUSTED_DOCUMENTS_ONLY is true and MENAGERIE_TRUSTED_DOCUMENTS is unset, so that no request \
             could be answered; accepted: both, or none of them"
                .to_owned(),
        );
    }
    if config.jwks.is_some() && (config.jwt_issuer.is_none() || config.jwt_audience.is_none()) {
        problems.push(
            "MENAGERIE_JWKS is set without MENAGERIE_JWT_ISSUER and MENAGERIE_JWT_AUDIENCE; accepted: all three, since \
             a token that was issued for another service must not open this one"
                .to_owned(),
        );
    }
    problems
}

/// One line for each unknown name that begins with `MENAGERIE_`, or that is meant for the database.
pub(super) fn unknown_names(names: impl Iterator<Item = String>) -> Vec<String> {
    let known = settings();
    let mut unknown: Vec<_> = names
        .filter(|name| name.starts_with("MENAGERIE_") || other_name(name).is_some())
        .filter(|name| known.iter().all(|known| known.name != name))
        .collect();
    unknown.sort();
    unknown.dedup();
    unknown.iter().map(|name| unknown_name(name)).collect()
}

/// What is meant by a name that other programs have for the database, which would be passed over without a word.
fn other_name(name: &str) -> Option<&'static str> {
    match name {
        "MONGODB_URL" | "MONGO_URI" | "MONGO_URL" | "MONGODB_CONNECTION_STRING" | "MONGODB_URI_STRING" => {
            Some("MONGODB_URI")
        }
        "MONGODB_DB" | "MONGODB_NAME" | "MONGODB_DATABASE_NAME" | "MONGO_DATABASE" | "MONGO_DB" => {
            Some("MONGODB_DATABASE")
        }
        _ => None,
    }
}

fn unknown_name(name: &str) -> String {
    let nearest = settings()
        .iter()
        .map(|known| (likeness(known.name, name), known.name))
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .filter(|(likeness, _)| *likeness >= 0.6);
    let nearest = other_name(name).or(nearest.map(|(_, known)| known));
    match nearest {
        Some(known) => {
            format!("{name} is not a variable of Menagerie; did you mean {known}?")
        }
        None => format!("{name} is not a variable of Menagerie; .env.example lists all that are accepted"),
    }
}

fn likeness(known: &str, name: &str) -> f64 {
    // Without the common beginning, which would make all names similar.
    let tail = |name: &str| name.strip_prefix("MENAGERIE_").unwrap_or(name).to_ascii_uppercase();
    let (known, name) = (tail(known), tail(name));
    let by_letters = strsim::normalized_damerau_levenshtein(&known, &name);
    // A missing word is many letters, but a likely mistake: TIMEOUT_MS for REQUEST_TIMEOUT_MS. Only whole words count,
    // so that PORT is not similar to EXPORTS.
    let words_missing = name.len() >= 4 && format!("_{known}_").contains(&format!("_{name}_"));
    by_letters + if words_missing { 0.3 } else { 0.0 }
}
