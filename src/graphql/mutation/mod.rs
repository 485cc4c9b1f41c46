//! Mutations for editors: each checks the role, passes one write to the store, and reads the result.
//!
//! Mistakes of the caller are data (`userErrors`); errors are for missing permission and for faults of the server. The fields
//! are nullable: what fails does not take with it what fields before it have changed. The
//! input types of a collection are in its own file, those of values in `inputs`, imports of many rows in `import`. The
//! store defines what a write does.

mod admin;
mod import;
pub mod inputs;
mod query;
mod revert;

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, SimpleObject};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::Serialize;
use serde_json::Value as Json;

use super::collection::Collection;
use super::eager;
use super::loader::prefetch::SelectedDocuments;
use super::loader::resolve::{fetch, loader};
use super::selection;
use crate::api::error::{ApiError, Result};
use crate::api::viewer::editor;
use crate::domain::id::Kind;
use crate::store::write::{Batch, IdempotencyKey, Intent, Policy, Violation, ViolationCode, Write};
pub use admin::{AdminMutation, AdminQuery};
pub use import::ImportMutation;
pub use query::{PayloadQuery, QueryFields};
pub use revert::RevertMutation;

const LONGEST_KEY: usize = 200;

/// What keeps a change from being made: a mistake that the caller can put right. Nothing was changed.
#[derive(SimpleObject, Clone, Debug)]
#[graphql(serial)]
pub struct UserError {
    /// What kind of mistake.
    code: ViolationCode,
    /// The field of the input that it is about, as a path such as `items[0].count.min`; null where it is about the
    /// document as a whole.
    field: Option<String>,
    /// What was found, and what is accepted.
    message: String,
}

/// The reasons why a change was not made; empty if it was.
pub type UserErrors = eager::List<eager::Object<UserError>>;

/// The input field that a mistake is about.
enum Field {
    Named(&'static str),
    /// An item of a list in the input, by its index.
    Item(&'static str, usize),
}

impl UserError {
    fn at(code: ViolationCode, field: Field, message: String) -> Self {
        let field = match field {
            Field::Named(name) => name.to_owned(),
            Field::Item(name, at) => format!("{name}[{at}]"),
        };
        Self {
            code,
            field: Some(field),
            message,
        }
    }
}

impl From<Violation> for UserError {
    fn from(violation: Violation) -> Self {
        Self {
            code: violation.code,
            field: violation.field,
            message: violation.message,
        }
    }
}

/// Which document to delete.
#[derive(InputObject, Clone, Debug)]
pub struct DeleteInput {
    /// The id of the document.
    id: ID,
    /// Only if it has this version.
    expected_version: Option<i32>,
    /// A text of your own, up to 200 characters: the same request with the same key is made once, however often it comes
    /// within 24 hours.
    idempotency_key: Option<String>,
}

/// What became of a document that was to be deleted.
#[derive(SimpleObject, Debug)]
#[graphql(serial)]
pub struct DeletePayload {
    /// The id of the document that is gone; null where it was not deleted.
    deleted_id: Option<ID>,
    /// Why it was not.
    user_errors: UserErrors,
    /// Everything that can be asked for, as it is after this.
    query: PayloadQuery,
}

/// A requested edit, without its author.
pub struct EditRequest {
    write: Write,
    key: Option<String>,
    without_claim: bool,
}

impl EditRequest {
    /// `key`: the idempotency key.
    pub const fn new(write: Write, key: Option<String>) -> Self {
        Self {
            write,
            key,
            without_claim: false,
        }
    }

    /// Whether figures without a claim may change.
    pub fn without_claim(self, without_claim: bool) -> Self {
        Self { without_claim, ..self }
    }
}

/// The id of the changed document, or the mistakes.
type Made = std::result::Result<String, Vec<UserError>>;

/// Makes a change, if the viewer is an editor.
async fn make(ctx: &Context<'_>, kind: Kind, asked: EditRequest) -> Result<Made> {
    let by = editor(ctx)?;
    let loader = loader(ctx)?;
    // An earlier mutation of the request may have loaded documents that this one changes.
    loader.clear();
    let name = ctx.item.node.name.node.as_str();
    let EditRequest {
        write,
        key,
        without_claim,
    } = asked;
    let invalid = |field, message| {
        let error = UserError::at(ViolationCode::Invalid, Field::Named(field), message);
        Ok(Err(vec![error]))
    };
    let id = match &write {
        Write::Create { json, .. } => json.get("_id").and_then(Json::as_str),
        Write::Update { id, .. } | Write::Delete { id, .. } => Some(id.as_str()),
        _ => None,
    };
    if let Some(Err(error)) = id.map(|id| kind.check(id)) {
        return invalid("id", error.to_string());
    }
    if let Some(length) = key.as_ref().map(|key| key.chars().count())
        && !(1..=LONGEST_KEY).contains(&length)
    {
        let message = format!("found {length} characters; accepted: 1 to {LONGEST_KEY}");
        return invalid("idempotencyKey", message);
    }
    let key = key.map(|key| IdempotencyKey::new(&by, &key, &request(name, &write, without_claim)));
    let batch = Batch {
        writes: vec![write],
        policy: Policy::Edit {
            without_claims: without_claim,
            key,
        },
        by,
        intent: Intent::Write,
    };
    let outcome = loader.store.write(batch).await?.pop().ok_or(ApiError::Internal)?;
    Ok(match outcome.violations.is_empty() {
        true => Ok(outcome.id),
        false => Err(outcome.violations.into_iter().map(UserError::from).collect()),
    })
}

/// The request as text, to tell whether an idempotency key is reused for the same request.
fn request(name: &str, write: &Write, without_claim: bool) -> String {
    let (id, json, expected) = match write {
        Write::Create { json, .. } => (None, Some(json), None),
        Write::Update { id, patch, expected } => (Some(id), Some(patch), *expected),
        Write::Delete { id, expected } | Write::Revert { entry: id, expected } => (Some(id), None, *expected),
        Write::Put(_) | Write::Row { .. } | Write::Restore { .. } => (None, None, None),
    };
    serde_json::json!([name, id, json, expected, without_claim]).to_string()
}

/// The write that creates a document.
pub fn create(kind: Kind, input: &impl Serialize) -> Result<Write> {
    json(input).map(|json| Write::Create { kind, json })
}

/// The write that changes the fields which `input` defines.
pub fn update(id: &ID, expected: Option<i32>, input: &impl Serialize) -> Result<Write> {
    let (id, expected) = (id.to_string(), expected.map(i64::from));
    json(input).map(|patch| Write::Update { id, patch, expected })
}

/// Deletes a document.
pub async fn delete(ctx: &Context<'_>, kind: Kind, input: DeleteInput) -> Result<eager::Object<DeletePayload>> {
    let write = Write::Delete {
        id: input.id.to_string(),
        expected: input.expected_version.map(i64::from),
    };
    let asked = EditRequest::new(write, input.idempotency_key);
    let (deleted_id, user_errors) = match make(ctx, kind, asked).boxed().await? {
        Ok(id) => (Some(id.into()), UserErrors::default()),
        Err(errors) => (None, told(errors)),
    };
    Ok(DeletePayload {
        deleted_id,
        user_errors,
        query: PayloadQuery,
    }
    .into())
}

/// A document after a change, or the mistakes.
pub type Changed<E> = (Option<eager::Object<Arc<E>>>, UserErrors);

/// Makes a change. Returns the document after it, with everything selected below the payload's `field`, or the
/// mistakes.
pub fn made<'a, E: Collection>(
    ctx: &'a Context<'_>,
    asked: EditRequest,
    field: &'static str,
) -> BoxFuture<'a, Result<Changed<E>>> {
    let made = async move {
        Ok(match make(ctx, E::KIND, asked).await? {
            Ok(id) => (document::<E>(ctx, &id, field).await?, UserErrors::default()),
            Err(errors) => (None, told(errors)),
        })
    };
    made.boxed()
}

fn told(errors: Vec<UserError>) -> UserErrors {
    errors.into_iter().map(eager::Object::from).collect()
}

/// Reads the changed document, with everything selected below the payload's `field`.
async fn document<E: Collection>(
    ctx: &Context<'_>,
    id: &str,
    field: &'static str,
) -> Result<Option<eager::Object<Arc<E>>>> {
    let fetch = fetch(ctx)?;
    let sets = selection::below(&[&ctx.item.node.selection_set.node], &[field]);
    if sets.is_empty() {
        return Ok(None);
    }
    fetch.by_ids::<E>(vec![id.to_owned()]).await?;
    let group = SelectedDocuments {
        kind: E::KIND,
        ids: vec![id.to_owned()],
        sets,
    };
    fetch.everything_below(vec![group]).await?;
    Ok(fetch.loader.of::<E>().get(id).map(eager::Object::from))
}

/// An input as JSON.
fn json(input: &impl Serialize) -> Result<Json> {
    serde_json::to_value(input).map_err(|error| {
        tracing::error!("an input cannot be written: {error}");
        ApiError::Internal
    })
}
