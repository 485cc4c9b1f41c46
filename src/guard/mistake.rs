//! One error of validation: its kind, and the names that only its message has.

use apollo_compiler::diagnostic::Diagnostic;
use apollo_compiler::validation::DiagnosticData;

/// An error of validation.
pub type Mistake<'a> = Diagnostic<'a, DiagnosticData>;

/// The name of the error's kind.
pub fn kind(mistake: &Mistake<'_>) -> &'static str {
    mistake.error.unstable_error_name().unwrap_or_default()
}

/// The field that lacks a selection set, and its type.
pub fn unselected(mistake: &Mistake<'_>) -> Option<(String, String)> {
    // The plain message does not name them.
    let told = mistake.error.unstable_compat_message()?;
    match &quoted(&told)[..] {
        [field, on, ..] => Some(((*field).to_owned(), (*on).to_owned())),
        _ => None,
    }
}

/// The texts in double quotes.
pub fn quoted(message: &str) -> Vec<&str> {
    message.split('"').skip(1).step_by(2).collect()
}
