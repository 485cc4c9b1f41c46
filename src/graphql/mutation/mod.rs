//! Mutations for editors: each checks the role, passes one edit to the store, and reads the result.
//!
//! Mistakes of the caller are data (`userErrors`); errors are for missing permission and for faults of the server. The
//! input types of a collection are in its own file, those of values in `inputs`, imports of many rows in `import`. The
//! store defines what an edit is.

mod admin;
mod import;
pub mod inputs;
mod revert;

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, SimpleObject};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::Serialize;
use serde_json::Value as Json;

use super::collection::Collection;
use super::eager;
use super::loader::prefetch::Group;
use super::loader::resolve::{fetch, loader};
use super::selection;
use crate::api::error::{ApiError, Result};
use crate::api::viewer::editor;
use crate::domain::id::Kind;
use crate::store::edit::{Edit, Outcome, Reason, Refusal, Retry, Wish};
pub use admin::{AdminMutation, AdminQuery};
pub use import::ImportMutation;
pub use revert::RevertMutation;

const LONGEST_KEY: usize = 200;

/// What keeps a change from being made: a mistake that the caller can put right. Nothing was changed.
#[derive(SimpleObject, Clone, Debug)]
#[graphql(serial)]
pub struct UserError {
    /// What kind of mistake.
    code: Reason,
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
    fn at(code: Reason, field: Field, message: String) -> Self {
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

impl From<Refusal> for UserError {
    fn from(refusal: Refusal) -> Self {
        Self {
            code: refusal.reason,
            field: refusal.field,
            message: refusal.message,
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
}

/// A requested edit, without its author.
pub struct EditRequest {
    wish: Wish,
    expected: Option<i32>,
    key: Option<String>,
    without_claim: bool,
}

impl EditRequest {
    /// `key`: the idempotency key.
    pub const fn new(wish: Wish, key: Option<String>) -> Self {
        Self {
            wish,
            expected: None,
            key,
            without_claim: false,
        }
    }

    /// Only if the document has this version.
    pub fn expecting(self, expected: Option<i32>) -> Self {
        Self { expected, ..self }
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
        wish,
        expected,
        key,
        without_claim,
    } = asked;
    let invalid = |field, message| Ok(Err(vec![UserError::at(Reason::Invalid, Field::Named(field), message)]));
    let id = match &wish {
        Wish::Create(json) => json.get("_id").and_then(Json::as_str),
        Wish::Update { id, .. } | Wish::Delete { id } => Some(id.as_str()),
        Wish::Revert { .. } => None,
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
    let retry = key.map(|key| Retry::new(&by, &key, &request(name, &wish, expected, without_claim)));
    let edit = Edit {
        kind,
        wish,
        expected: expected.map(i64::from),
        without_claim,
        by,
        retry,
    };
    Ok(match loader.store.edit(edit).await? {
        Outcome::Done { id, .. } => Ok(id),
        Outcome::Refused(reasons) => Err(reasons.into_iter().map(UserError::from).collect()),
    })
}

/// The request as text, to tell whether an idempotency key is reused for the same request.
fn request(name: &str, wish: &Wish, expected: Option<i32>, without_claim: bool) -> String {
    let (id, json) = match wish {
        Wish::Create(json) => (None, Some(json)),
        Wish::Update { id, patch } => (Some(id), Some(patch)),
        Wish::Delete { id } | Wish::Revert { entry: id } => (Some(id), None),
    };
    serde_json::json!([name, id, json, expected, without_claim]).to_string()
}

/// The edit that creates a document.
pub fn create(input: &impl Serialize) -> Result<Wish> {
    json(input).map(Wish::Create)
}

/// The edit that changes the fields which `input` defines.
pub fn update(id: &ID, input: &impl Serialize) -> Result<Wish> {
    let id = id.to_string();
    json(input).map(|patch| Wish::Update { id, patch })
}

/// Deletes a document.
pub async fn delete(ctx: &Context<'_>, kind: Kind, input: DeleteInput) -> Result<eager::Object<DeletePayload>> {
    let wish = Wish::Delete {
        id: input.id.to_string(),
    };
    let asked = EditRequest::new(wish, input.idempotency_key).expecting(input.expected_version);
    let (deleted_id, user_errors) = match make(ctx, kind, asked).boxed().await? {
        Ok(id) => (Some(id.into()), UserErrors::default()),
        Err(errors) => (None, told(errors)),
    };
    Ok(DeletePayload {
        deleted_id,
        user_errors,
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
    let group = Group {
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
