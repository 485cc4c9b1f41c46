//! Which export is asked for, with which arguments; and whole exports that are kept among the cached responses, so that a tool
//! that reads a file by its parts does not make it anew for each.

use std::sync::Arc;

use actix_web::http::StatusCode;
use serde_json::value::RawValue;

use crate::graphql::export::{ExportFormat, ExportRows};
use crate::guard::{Rejection, Variables};
use crate::http::answer::Answer;
use crate::http::cached_response::CachedResponse;
use crate::http::parameters::pairs;
use crate::http::pipeline::caller::Caller;
use crate::http::response_cache::ResponseKey;
use crate::http::state::State;
use crate::store::bson_types::Timestamp;
use crate::store::versions::{ReadSet, Snapshot};

/// Parses the name of a file.
pub fn named(file: &str) -> Result<(ExportRows, ExportFormat), Answer> {
    let (name, extension) = file.rsplit_once('.').unwrap_or((file, ""));
    let table = ExportRows::all().find(|table| table.name() == name);
    let format = ExportFormat::ALL
        .into_iter()
        .find(|format| format.extension() == extension);
    table.zip(format).ok_or_else(|| {
        let message = format!(
            "there is no export {file:?}; accepted are {}, each with .csv, .ndjson, .json or .parquet",
            ExportRows::all().map(ExportRows::name).collect::<Vec<_>>().join(", ")
        );
        Answer::unread(StatusCode::NOT_FOUND, &Rejection::input(message))
    })
}

/// What the query of the URL says.
pub struct ExportArguments {
    /// The filter and the order, as variables; an empty one is absent.
    pub variables: Variables,
    /// Whether the file begins with a byte order mark.
    pub marked: bool,
}

/// Parses the query of the URL.
pub fn arguments(query: &str, state: &State) -> Result<ExportArguments, Rejection> {
    let (mut members, mut marked) = (Vec::new(), false);
    for (name, value) in pairs(query)? {
        if name == "bom" {
            marked = match value.as_str() {
                "1" => true,
                "0" | "" => false,
                _ => return Err(Rejection::input(format!("`bom` is {value:?}; accepted are 0 and 1"))),
            };
            continue;
        }
        if !["where", "orderBy"].contains(&name.as_str()) {
            let message =
                format!("an export has no parameter {name:?}; accepted are `where`, `orderBy` and, for CSV, `bom`");
            return Err(Rejection::input(message));
        }
        if value.is_empty() {
            continue;
        }
        // Parsed on its own: it could otherwise end this member and begin another.
        let value: Box<RawValue> = serde_json::from_str(&value).map_err(|error| {
            Rejection::input(format!(
                "`{name}` cannot be read: {error}; accepted is JSON, as for the argument of the connection"
            ))
        })?;
        members.push(format!("\"{name}\": {value}"));
    }
    Ok(ExportArguments {
        variables: Variables::read(&format!("{{{}}}", members.join(", ")), &state.config.limits)?,
        marked,
    })
}

/// The place of an export among the cached responses, with the versions from before it is read.
pub struct Kept {
    key: ResponseKey,
    snapshot: Snapshot,
}

impl Kept {
    /// The place, where responses are kept at the moment, and the export if it is there and still right.
    pub fn of(state: &State, caller: &Caller, file: &str, query: &str) -> (Option<Self>, Option<Arc<CachedResponse>>) {
        if !state.responses.is_on() {
            return (None, None);
        }
        let key = ResponseKey {
            text: format!("/export/{file}").into(),
            operation: None,
            variables: (!query.is_empty()).then(|| query.into()),
            role: caller.viewer.role(),
            day: Timestamp::now().day(),
        };
        let found = state.responses.get(&key);
        let snapshot = state.responses.snapshot();
        (Some(Self { key, snapshot }), found)
    }

    /// Keeps an export that was made.
    pub fn keep(&self, state: &State, made: &Arc<CachedResponse>, read_set: ReadSet) {
        state.responses.keep(&self.key, made, self.snapshot, read_set);
    }
}
