//! The guard: the checks that a document must pass before async-graphql sees it.
//!
//! async-graphql's own document limits do not hold, and its validation differs from the specification's. So
//! apollo-compiler parses (with limits); the document is measured ([`counts`], [`expansion`]), validated against our
//! schema and normalized (`normal`); variables are coerced (`coerce`), the cost is estimated ([`cost`]), and the result
//! is converted to a parsed async-graphql request (`lower`). Documents that have passed are cached, so that only a new
//! one is checked.
//!
//! Errors are worded for readers who mend them: `mistakes` orders and words them, `suggest` adds alternatives. `outline` tells
//! what an operation takes and gives.
//!
//! Nothing here knows of HTTP.

mod coerce;
mod conditions;
pub mod cost;
mod counts;
mod expansion;
mod lower;
mod mistake;
mod mistakes;
mod normal;
pub mod outline;
mod prices;
mod rejection;
mod rules;
mod source;
mod suggest;
mod variables;

use std::collections::HashMap;
use std::sync::Arc;

use apollo_compiler::ast::Document;
use apollo_compiler::executable::{ExecutableDocument, Operation, OperationType};
use apollo_compiler::parser::Parser;
use apollo_compiler::response::JsonMap;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::validation::{DiagnosticList, Valid};
use apollo_compiler::{Name, Node, Schema};
use moka::sync::Cache;

pub use rejection::Rejection;
use suggest::Suggestions;
pub use variables::Variables;

use crate::api::error::ApiError;
use crate::api::operation::OperationKind;
use crate::limits::{Limit, Limits};
use normal::{NormalForm, PossibleTypes, Stopped, normal_form};

/// The estimated memory that cached documents may take, in bytes.
const CACHE_BYTES: u64 = 32 * 1024 * 1024;
/// A parsed document takes about this many times the size of its text.
const GROWTH: usize = 24;
/// A field of a normal form takes about this many bytes.
const FIELD: u64 = 300;

/// The configuration of the guard.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    pub limits: Limits,
    /// Whether introspection is allowed.
    pub introspection: bool,
    /// Whether rejections suggest names and list alternatives.
    pub suggestions: bool,
}

/// Parses, validates and measures documents.
#[derive(Clone)]
pub struct Guard {
    schema: Arc<Valid<Schema>>,
    possible: Arc<PossibleTypes>,
    rules: Rules,
    passed: Cache<Arc<str>, Arc<Checked>>,
}

/// A document that has passed, with the normal forms of its operations.
#[derive(Debug)]
pub struct Checked {
    document: Valid<ExecutableDocument>,
    /// By operation name. Those that depend on variables are missing.
    normal: HashMap<Option<Name>, Arc<NormalForm>>,
}

/// A request for one operation of a checked document, with variables substituted.
pub struct PreparedRequest {
    pub request: async_graphql::Request,
    /// The estimated cost in points.
    pub cost: u64,
}

impl Guard {
    /// A guard for a schema in SDL.
    ///
    /// # Errors
    /// If the schema is invalid: a fault of the build.
    pub fn new(sdl: &str, rules: Rules) -> Result<Self, String> {
        let schema = with_newer_introspection(sdl)?;
        let weigh = |text: &Arc<str>, checked: &Arc<Checked>| {
            let fields: u64 = checked.normal.values().map(|normal| normal.fields).sum();
            let bytes = (text.len().saturating_mul(GROWTH) as u64).saturating_add(fields * FIELD);
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        Ok(Self {
            possible: Arc::new(PossibleTypes::of(&schema)),
            schema: Arc::new(schema),
            rules,
            passed: Cache::builder().max_capacity(CACHE_BYTES).weigher(weigh).build(),
        })
    }

    pub const fn limits(&self) -> &Limits {
        &self.rules.limits
    }

    /// The document, if it is cached as passed.
    pub fn passed(&self, text: &str) -> Option<Arc<Checked>> {
        self.passed.get(text)
    }

    /// How many documents are cached.
    pub fn kept(&self) -> u64 {
        self.passed.entry_count()
    }

    /// Checks a document.
    ///
    /// # Errors
    /// Every reason for the rejection, each with its code, and whether the document has a mutation.
    pub fn check(&self, text: &str) -> Result<Arc<Checked>, Rejection> {
        if let Some(checked) = self.passed(text) {
            return Ok(checked);
        }
        let document = self.parse(text)?;
        let has_mutation = counts::has_mutation(&document);
        let checked = self
            .validate(&document)
            .map_err(|refusal| refusal.with_mutation(has_mutation))?;
        let checked = Arc::new(checked);
        self.passed.insert(text.into(), Arc::clone(&checked));
        Ok(checked)
    }

    fn parse(&self, text: &str) -> Result<Document, Rejection> {
        let limits = self.limits();
        limits.check(Limit::DocumentBytes, text.len() as u64)?;
        let most = |limit| usize::try_from(limits.ceiling(limit)).unwrap_or(usize::MAX);
        // One more than accepted, to tell documents over the limit from those that just reach it.
        let mut parser = Parser::new()
            .recursion_limit(most(Limit::Nesting))
            .token_limit(most(Limit::Tokens) + 1);
        let parsed = parser.parse_ast(source::prepared(text)?, "document");
        limits.check(Limit::Tokens, parser.tokens_reached() as u64)?;
        match parsed {
            Ok(document) => {
                limits.check(Limit::Nesting, parser.recursion_reached() as u64)?;
                Ok(document)
            }
            // The parser stops at its limit and reports that as text only.
            Err(_) if parser.recursion_reached() > most(Limit::Nesting) => Err(limits
                .exceeded(Limit::Nesting, parser.recursion_reached() as u64)
                .into()),
            Err(error) => Err(Rejection::syntax(&error.errors)),
        }
    }

    fn validate(&self, document: &Document) -> Result<Checked, Rejection> {
        counts::check(document, self.limits())?;
        expansion::check(document, self.limits())?;
        let valid = document
            .to_executable_validate(&self.schema)
            .or_else(|error| rules::one_root_field(error).map_err(|errors| self.invalid(&errors, document)))?;
        rules::unique_input_fields(document)?;
        rules::variables_and_one_of(&valid, &self.schema)?;
        if !self.rules.introspection {
            expansion::refuse_introspection(&valid)?;
        }
        let mut normal = HashMap::new();
        for operation in valid.operations.iter() {
            match self.normal(&valid, operation, None) {
                Ok(form) => drop(normal.insert(operation.name.clone(), Arc::new(form))),
                Err(Stopped::NeedsVariables) => {}
                Err(Stopped::TooLarge(error)) => return Err(error.into()),
            }
        }
        Ok(Checked {
            document: valid,
            normal,
        })
    }

    fn normal(
        &self,
        document: &ExecutableDocument,
        operation: &Operation,
        variables: Option<&JsonMap>,
    ) -> Result<NormalForm, Stopped> {
        normal_form(
            &self.schema,
            &self.possible,
            document,
            operation,
            variables,
            self.limits(),
        )
    }

    fn invalid(&self, errors: &DiagnosticList, document: &Document) -> Rejection {
        Rejection::invalid(errors, document, &self.schema, self.suggestions())
    }

    fn suggestions(&self) -> Option<Suggestions<'_>> {
        self.rules.suggestions.then(|| Suggestions::of(&self.schema))
    }

    /// Prepares the execution of an operation: substitutes variables and estimates the cost.
    ///
    /// # Errors
    /// If a variable's value is not of its type, a filter has a null, or the filters have too many conditions.
    pub fn prepare(
        &self,
        checked: &Checked,
        operation: &Node<Operation>,
        variables: &Variables,
    ) -> Result<PreparedRequest, Rejection> {
        self.prepare_after(checked, operation, variables, None)
    }

    /// As [`Guard::prepare`], but a subscription resumes after this cursor, whatever its argument `after` is.
    ///
    /// # Errors
    /// As [`Guard::prepare`].
    pub fn prepare_after(
        &self,
        checked: &Checked,
        operation: &Node<Operation>,
        variables: &Variables,
        after: Option<&str>,
    ) -> Result<PreparedRequest, Rejection> {
        let values = self.values(operation, variables, &checked.document.sources)?;
        let estimate = cost::estimate(&self.schema, &checked.document, operation, &values, self.limits())?;
        self.limits().check(Limit::FilterConditions, estimate.conditions())?;
        let normal = match checked.normal.get(&operation.name) {
            Some(normal) => Arc::clone(normal),
            None => match self.normal(&checked.document, operation, Some(&values)) {
                Ok(normal) => Arc::new(normal),
                Err(Stopped::TooLarge(error)) => return Err(error.into()),
                Err(Stopped::NeedsVariables) => return Err(ApiError::Internal.into()),
            },
        };
        let mut document = lower::lower(&normal, operation.operation_type, &values);
        let mut roots = operation.root_fields(&checked.document);
        if let Some(after) = after.filter(|_| operation.is_subscription())
            && roots.all(|field| field.definition.argument_by_name(lower::AFTER).is_some())
        {
            lower::go_on(&mut document, after);
        }
        let mut request = async_graphql::Request::new("").data(normal.memo.clone());
        request.set_parsed_query(document);
        Ok(PreparedRequest {
            request,
            cost: estimate.points(),
        })
    }
}

/// The schema, with introspection fields of the specification of September 2025 that apollo-compiler does not know yet.
fn with_newer_introspection(sdl: &str) -> Result<Valid<Schema>, String> {
    let mut schema = Schema::parse(sdl, "schema.graphql").map_err(|error| error.errors.to_string())?;
    // Documents cannot define a type of this name, so its fields are parsed under another.
    let newer = Schema::parse("type Newer { isOneOf: Boolean }", "introspection.graphql")
        .map_err(|error| error.errors.to_string())?;
    if let (Some(ExtendedType::Object(ty)), Some(ExtendedType::Object(newer))) =
        (schema.types.get_mut("__Type"), newer.types.get("Newer"))
    {
        ty.make_mut().fields.extend(newer.fields.clone());
    }
    schema.validate().map_err(|error| error.errors.to_string())
}

impl Checked {
    /// The operation of this name, or the only one.
    ///
    /// # Errors
    /// If there is none, or several and no name is given.
    pub fn operation(&self, name: Option<&str>) -> Result<&Node<Operation>, Rejection> {
        self.document.operations.get(name).map_err(|_| {
            let names: Vec<&str> = self
                .document
                .operations
                .named
                .keys()
                .map(|name| name.as_str())
                .collect();
            let known = if names.is_empty() {
                "its only operation has no name, so leave `operationName` out".to_owned()
            } else {
                format!("accepted as `operationName` are: {}", names.join(", "))
            };
            Rejection::input(match name {
                Some(name) => format!("the document has no operation named {name:?}; {known}"),
                None => format!("the document has several operations; {known}"),
            })
        })
    }
}

/// Query, mutation or subscription.
pub const fn kind_of(operation: &Operation) -> OperationKind {
    match operation.operation_type {
        OperationType::Query => OperationKind::Query,
        OperationType::Mutation => OperationKind::Mutation,
        OperationType::Subscription => OperationKind::Subscription,
    }
}
