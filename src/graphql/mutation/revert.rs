//! Reverting: a change in the history is undone by a new change.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use futures_util::FutureExt;

use super::{EditRequest, Field, Made, PayloadQuery, UserError, document, make};
use crate::api::error::{ApiError, Result};
use crate::api::viewer::editor;
use crate::domain::id::Kind;
use crate::graphql::any_of::AnyOf;
use crate::graphql::collections::{Node, with_kind};
use crate::graphql::cost::{CHANGE, DOCUMENT, cost};
use crate::graphql::eager;
use crate::graphql::loader::AnyDocument as _;
use crate::graphql::loader::resolve::loader;
use crate::store::write::{ViolationCode, Write};

/// Which change to take back.
#[derive(InputObject, Clone, Debug)]
pub struct RevertInput {
    /// The id of the change, as `history` tells it.
    id: ID,
    /// Only if the document has this version.
    expected_version: Option<i32>,
    /// A text of your own, up to 200 characters: the same request with the same key is made once, however often it comes
    /// within 24 hours.
    idempotency_key: Option<String>,
}

/// What became of a change that was to be taken back.
#[derive(SimpleObject)]
#[graphql(serial)]
pub struct RevertPayload {
    /// The document as it is now; null where it is gone with that, or where nothing was changed.
    #[graphql(directive = cost::apply(DOCUMENT, None))]
    document: Option<AnyOf<Node>>,
    /// Why nothing was changed.
    user_errors: eager::List<eager::Object<UserError>>,
    /// Everything that can be asked for, as it is after this.
    query: PayloadQuery,
}

/// Adds `revert` to `Mutation`.
#[derive(Default)]
pub struct RevertMutation;

#[Object]
impl RevertMutation {
    /// Takes a change back, by a new one: the fields that it changed say again what they said before. What it entered is
    /// deleted, and what it deleted is entered again. Refused where one of the fields was changed again since.
    #[graphql(directive = cost::apply(CHANGE, None))]
    async fn revert(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which change.")] input: RevertInput,
    ) -> Result<Option<eager::Object<RevertPayload>>> {
        async {
            let made = reverted(ctx, input).await?;
            let (document, user_errors) = match made {
                Ok(id) => (found(ctx, &id).await?, eager::List::default()),
                Err(errors) => (None, errors.into_iter().map(eager::Object::from).collect()),
            };
            let payload = RevertPayload {
                document,
                user_errors,
                query: PayloadQuery,
            };
            Ok::<_, ApiError>(Some(eager::Object::from(payload)))
        }
        .boxed()
        .await
    }
}

async fn reverted(ctx: &Context<'_>, input: RevertInput) -> Result<Made> {
    let document = input
        .id
        .rsplit_once('@')
        .map_or(input.id.as_str(), |(document, _)| document);
    let kind = match Kind::of(document) {
        Ok(kind) => kind,
        Err(error) => {
            editor(ctx)?;
            let error = UserError::at(ViolationCode::Invalid, Field::Named("id"), error.to_string());
            return Ok(Err(vec![error]));
        }
    };
    let write = Write::Revert {
        entry: input.id.to_string(),
        expected: input.expected_version.map(i64::from),
    };
    let asked = EditRequest::new(write, input.idempotency_key);
    make(ctx, kind, asked).await
}

/// The document, if it exists.
async fn found(ctx: &Context<'_>, id: &str) -> Result<Option<AnyOf<Node>>> {
    let Ok(kind) = Kind::of(id) else { return Ok(None) };
    with_kind!(kind, E => drop(document::<E>(ctx, id, "document").await?));
    Ok(Node::from_loader(loader(ctx)?, id).map(AnyOf))
}
