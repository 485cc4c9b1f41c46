//! Why a request is refused before it is executed: the faults, each with code and place, and how they came about.

use std::collections::HashSet;

use apollo_compiler::Schema;
use apollo_compiler::ast::Document;
use apollo_compiler::parser::{LineColumn, SourceMap, SourceSpan};
use apollo_compiler::validation::DiagnosticList;
use async_graphql::{Pos, ServerError};

use super::mistakes;
use super::suggest::Suggestions;
use crate::api::error::{ApiError, extend};

/// The most errors in an answer: more help nobody, and a document of errors would be answered by a longer one.
pub(super) const MOST_ERRORS: usize = 20;
/// The longest message in bytes: what a client sent is repeated, but not without an end.
const LONGEST: usize = 400;

/// A reason for a refusal.
#[derive(Clone, Debug)]
pub struct Fault {
    /// For programs: `extensions.code`.
    pub code: &'static str,
    /// For people: what was found and what is accepted.
    pub message: String,
    /// Where in the document.
    pub place: Option<LineColumn>,
    /// The refusal by a limit, with its numbers.
    limit: Option<ApiError>,
}

/// A request that is not executed. It has at least one fault.
#[derive(Clone, Debug)]
pub struct Rejection {
    /// Why.
    pub faults: Vec<Fault>,
    /// Whether the document holds a mutation, as far as it could be read.
    pub has_mutation: bool,
}

impl Rejection {
    /// A refusal for one reason.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            faults: vec![Fault {
                code,
                message: shortened(message.into()),
                place: None,
                limit: None,
            }],
            has_mutation: false,
        }
    }

    /// The caller's mistake in the request's parameters.
    pub fn input(message: impl Into<String>) -> Self {
        Self::new("BAD_USER_INPUT", message)
    }

    /// A document that cannot be read. Only its first fault is told: the others mostly follow from it.
    pub fn syntax(errors: &DiagnosticList) -> Self {
        let mut refusal = Self::new("GRAPHQL_PARSE_FAILED", "the document is no GraphQL");
        if let Some(first) = errors.iter().next() {
            let fault = &mut refusal.faults[0];
            let told = first.to_json();
            fault.message = shortened(told.message);
            fault.place = told.locations.first().copied();
        }
        refusal
    }

    /// Several as one.
    pub fn all(refusals: impl IntoIterator<Item = Self>) -> Self {
        Self {
            faults: refusals.into_iter().flat_map(|refusal| refusal.faults).collect(),
            has_mutation: false,
        }
    }

    /// A document that does not fit the schema: what is wrong with it, and what there is instead where that is told.
    pub fn invalid(
        errors: &DiagnosticList,
        document: &Document,
        schema: &Schema,
        suggestions: Option<Suggestions<'_>>,
    ) -> Self {
        let mut faults: Vec<Fault> = Vec::new();
        let mut suggestions = suggestions;
        // The same mistake made often is told once.
        let mut told = HashSet::new();
        for mistake in mistakes::in_order(errors, document, schema, suggestions.as_ref()) {
            let error = mistake.to_json();
            let message = mistakes::worded(&mistake, error.message.clone(), schema);
            if !told.insert(message.clone()) {
                continue;
            }
            let instead = suggestions
                .as_mut()
                .and_then(|suggestions| suggestions.behind(&mistake, &error.message));
            faults.push(Fault {
                code: "GRAPHQL_VALIDATION_FAILED",
                message: shortened(message) + &instead.unwrap_or_default(),
                place: error.locations.first().copied(),
                limit: None,
            });
            if faults.len() == MOST_ERRORS {
                break;
            }
        }
        Self {
            faults,
            has_mutation: false,
        }
    }

    /// The same, with a place in the document.
    #[must_use]
    pub fn at(mut self, span: Option<SourceSpan>, sources: &SourceMap) -> Self {
        let place = place(span, sources);
        self.faults.iter_mut().for_each(|fault| fault.place = place);
        self
    }

    /// The same, of a document that holds a mutation or does not.
    #[must_use]
    pub fn with_mutation(mut self, has_mutation: bool) -> Self {
        self.has_mutation = has_mutation;
        self
    }

    /// As the errors of a response.
    pub fn errors(&self) -> Vec<ServerError> {
        self.faults.iter().map(Fault::error).collect()
    }
}

impl std::fmt::Display for Rejection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (number, fault) in self.faults.iter().enumerate() {
            let between = if number == 0 { "" } else { "; " };
            write!(f, "{between}{}", fault.message)?;
            if let Some(place) = fault.place {
                write!(f, " (line {}, column {})", place.line, place.column)?;
            }
        }
        Ok(())
    }
}

impl From<ApiError> for Rejection {
    fn from(error: ApiError) -> Self {
        let mut refusal = Self::new(error.code(), error.to_string());
        refusal.faults[0].limit = Some(error);
        refusal
    }
}

impl Fault {
    fn error(&self) -> ServerError {
        let position = self.place.map(|place| Pos {
            line: place.line,
            column: place.column,
        });
        let mut error = ServerError::new(self.message.clone(), position);
        let extensions = error.extensions.get_or_insert_default();
        match &self.limit {
            Some(limit) => extend(limit, extensions),
            None => extensions.set("code", self.code),
        }
        error
    }
}

fn place(span: Option<SourceSpan>, sources: &SourceMap) -> Option<LineColumn> {
    span?.line_column(sources)
}

/// Cuts what is too long, between characters.
fn shortened(message: String) -> String {
    if message.len() <= LONGEST {
        return message;
    }
    let end = (0..=LONGEST)
        .rev()
        .find(|end| message.is_char_boundary(*end))
        .unwrap_or(0);
    format!("{}…", &message[..end])
}
