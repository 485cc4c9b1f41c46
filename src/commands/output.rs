//! How commands print what they found: as text for people, or as one JSON document for scripts.

use std::process::ExitCode;

use serde_json::{Value as Json, json};

use menagerie::config::Config;
use menagerie::seed::load::LoadReport;
use menagerie::store::check::Finding;
use menagerie::store::tokens::StoredToken;
use menagerie::transfer::import::ImportReport;
use menagerie::{graphql, http};

use super::say;

/// As text or as JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Output {
    /// For people; the words may change with any version.
    #[default]
    Text,
    /// For scripts: one JSON document on the standard output.
    Json,
}

/// Prints a JSON document.
pub fn print(document: &Json) {
    say(format_args!("{document:#}"));
}

/// What `check` has found.
pub fn findings(findings: &[Finding]) -> Json {
    let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
    json!({ "found": findings.len(), "findings": told })
}

/// What `seed` did.
pub fn loaded(reports: &[LoadReport]) -> Json {
    let set = |report: &LoadReport| {
        json!({
            "set": report.set, "dryRun": report.dry_run, "added": report.added, "updated": report.updated,
            "putBack": report.reset, "unchanged": report.unchanged, "leftEdited": report.edited, "leftDeleted": report.deleted,
        })
    };
    json!({ "sets": reports.iter().map(set).collect::<Vec<_>>() })
}

/// The tokens, without anything that is secret.
pub fn tokens(tokens: &[StoredToken]) -> Json {
    let token = |token: &StoredToken| {
        json!({
            "name": token.name, "role": token.role, "createdAt": token.created_at.to_rfc3339(), "createdBy": token.created_by,
            "expiresAt": token.expires_at.map(|end| end.to_rfc3339()), "isExpired": token.is_expired(),
            "revokedAt": token.revoked_at.map(|since| since.to_rfc3339()), "revokedBy": token.revoked_by,
        })
    };
    json!({ "tokens": tokens.iter().map(token).collect::<Vec<_>>() })
}

/// What `import` did: the counts are null where it did not come to its end. `changes`: what a dry run would change; `remarks`:
/// what is wrong, and what was passed over.
pub fn imported(report: Option<&ImportReport>, error: Option<String>, changes: &[String], remarks: &[String]) -> Json {
    json!({
        "created": report.map(|done| done.created), "updated": report.map(|done| done.updated),
        "unchanged": report.map(|done| done.unchanged), "bad": report.map(|done| done.bad),
        "cleared": report.map(|done| &done.cleared), "dryRun": report.map(|done| done.dry_run),
        "error": error, "changes": changes, "remarks": remarks,
    })
}

/// Prints the schema in SDL. Needs no database.
pub fn schema() -> ExitCode {
    say(graphql::sdl(&graphql::schema(Config::default().limits)).trim_end());
    ExitCode::SUCCESS
}

/// Prints the licences and notices of what is in the program.
pub fn licenses() -> ExitCode {
    say(http::notices().trim_end());
    ExitCode::SUCCESS
}
