//! Why a request is refused before execution: the faults, with code and place.

use std::collections::HashSet;

use apollo_compiler::Schema;
use apollo_compiler::ast::Document;
use apollo_compiler::parser::{LineColumn, SourceMap, SourceSpan};
use apollo_compiler::validation::DiagnosticList;
use async_graphql::{Pos, ServerError};

use super::mistakes;
use super::suggest::Suggestions;
use crate::api::error::{ApiError, extend};

/// The maximum number of errors in an answer: more help nobody, and the answer must not outgrow the document.
pub(super) const MOST_ERRORS: usize = 20;
/// The maximum length of a message in bytes: messages quote what the client sent.
const LONGEST: usize = 400;

/// One reason for a rejection.
#[derive(Clone, Debug)]
pub struct Fault {
    pub code: &'static str,
    /// What was found and what is accepted.
    pub message: String,
    /// Its place in the document, if it has one.
    pub place: Option<LineColumn>,
    /// For an exceeded limit: the error with the numbers.
    limit: Option<ApiError>,
}

/// A request that is refused. It has at least one fault.
#[derive(Clone, Debug)]
pub struct Rejection {
    pub faults: Vec<Fault>,
    /// Whether the document has a mutation, as far as it could be parsed.
    pub has_mutation: bool,
}

impl Rejection {
    /// A rejection for one reason.
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

    /// A mistake in the request's parameters.
    pub fn input(message: impl Into<String>) -> Self {
        Self::new("BAD_USER_INPUT", message)
    }

    /// A document that cannot be parsed. Only the first error is reported: the others usually follow from it.
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

    /// Combines several rejections.
    pub fn all(refusals: impl IntoIterator<Item = Self>) -> Self {
        Self {
            faults: refusals.into_iter().flat_map(|refusal| refusal.faults).collect(),
            has_mutation: false,
        }
    }

    /// A document that is invalid for the schema: the errors, with alternatives if there are suggestions.
    pub fn invalid(
        errors: &DiagnosticList,
        document: &Document,
        schema: &Schema,
        suggestions: Option<Suggestions<'_>>,
    ) -> Self {
        let mut faults: Vec<Fault> = Vec::new();
        let mut suggestions = suggestions;
        // Each distinct mistake is reported once.
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

    /// Adds a place in the document.
    #[must_use]
    pub fn at(mut self, span: Option<SourceSpan>, sources: &SourceMap) -> Self {
        let place = place(span, sources);
        self.faults.iter_mut().for_each(|fault| fault.place = place);
        self
    }

    /// Sets whether the document has a mutation.
    #[must_use]
    pub fn with_mutation(mut self, has_mutation: bool) -> Self {
        self.has_mutation = has_mutation;
        self
    }

    /// The errors of the response.
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

/// Cuts a message to [`LONGEST`], between characters.
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
