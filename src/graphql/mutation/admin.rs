//! What admins do: create, list and revoke tokens, and reset sets of data.
//!
//! Tokens are defined in `store/tokens`, sets in `seed`.

use std::time::Duration;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use futures_util::FutureExt;

use super::{Field, PayloadQuery, UserError};
use crate::api::error::{ApiError, Result};
use crate::api::viewer::{Role, admin};
use crate::graphql::cost::{CHANGE, cost};
use crate::graphql::eager;
use crate::graphql::loader::resolve::loader;
use crate::seed::LoadError;
use crate::seed::load::{LoadReport, Options, load_as};
use crate::seed::set::Set;
use crate::store::bson_types::Timestamp;
use crate::store::by_itself;
use crate::store::tokens::{self, NewToken, check_name};
use crate::store::versions::ReadSet;
use crate::store::write::ViolationCode;

/// The longest life of a token that expires, in days.
const MOST_DAYS: i32 = 36_500;

/// A token by which the API knows who asks. Its text is nowhere stored.
#[derive(SimpleObject, Debug)]
#[graphql(serial)]
pub struct Token {
    /// Its name, which also stands in the log and in the history.
    name: String,
    /// What it allows.
    role: Role,
    /// When it was made.
    created_at: Timestamp,
    /// Who made it: the name of a token or of a user of the command line; null where that is not known.
    created_by: Option<String>,
    /// From when on it opens nothing; null for never.
    expires_at: Option<Timestamp>,
    /// Since when it opens nothing, because it was revoked.
    revoked_at: Option<Timestamp>,
    /// Who revoked it.
    revoked_by: Option<String>,
}

impl Token {
    /// `None` if the role is unknown; such a token grants nothing.
    fn of(token: tokens::StoredToken) -> Option<Self> {
        Some(Self {
            role: Role::named(&token.role)?,
            name: token.name,
            created_at: token.created_at,
            created_by: token.created_by,
            expires_at: token.expires_at,
            revoked_at: token.revoked_at,
            revoked_by: token.revoked_by,
        })
    }
}

/// The token that is to be made.
#[derive(InputObject, Clone, Debug)]
pub struct CreateTokenInput {
    /// A name to revoke it by: 1 to 64 letters, digits, `.`, `_` and `-`, the first a letter or digit.
    name: String,
    /// What it allows. Each role may do all that those before it may.
    role: Role,
    /// After how many days it opens nothing any more, 1 to 36500; left out: never.
    expires_in_days: Option<i32>,
}

/// What became of a token that was to be made.
#[derive(SimpleObject, Debug)]
#[graphql(serial)]
pub struct CreateTokenPayload {
    /// The token, to be sent as `Authorization: Bearer TOKEN`. It is shown only now; null where none was made.
    token: Option<String>,
    /// Why none was made.
    user_errors: eager::List<eager::Object<UserError>>,
    /// Everything that can be asked for, as it is after this.
    query: PayloadQuery,
}

/// The token that is to be revoked.
#[derive(InputObject, Clone, Debug)]
pub struct RevokeTokenInput {
    /// Its name.
    name: String,
}

/// What became of a token that was to be revoked.
#[derive(SimpleObject, Debug)]
#[graphql(serial)]
pub struct RevokeTokenPayload {
    /// The name of the token, which is free now; null where none was revoked.
    revoked: Option<String>,
    /// Why none was revoked.
    user_errors: eager::List<eager::Object<UserError>>,
    /// Everything that can be asked for, as it is after this.
    query: PayloadQuery,
}

/// The sets that are to be put back.
#[derive(InputObject, Clone, Debug)]
pub struct ResetSetsInput {
    /// The names of sets that come with the program, such as `article`.
    sets: Vec<String>,
    /// Tells what would be written, and writes nothing.
    #[graphql(default)]
    dry_run: bool,
}

/// What became of a set that was to be put back.
#[derive(SimpleObject, Debug)]
#[graphql(serial)]
pub struct SetReset {
    /// The set.
    set: String,
    /// The documents that were missing and are there again.
    added: eager::List<ID>,
    /// The documents about which the set says something new.
    updated: eager::List<ID>,
    /// The documents that were edited and say again what the set says.
    reset: eager::List<ID>,
    /// How many are as the set says already.
    unchanged: i32,
}

impl From<LoadReport> for SetReset {
    fn from(report: LoadReport) -> Self {
        let ids = |ids: Vec<String>| ids.into_iter().map(ID).collect();
        Self {
            set: report.set,
            added: ids(report.added),
            updated: ids(report.updated),
            reset: ids(report.reset),
            unchanged: i32::try_from(report.unchanged).unwrap_or(i32::MAX),
        }
    }
}

/// What became of sets that were to be put back.
#[derive(SimpleObject, Debug)]
#[graphql(serial)]
pub struct ResetSetsPayload {
    /// Each set; none where something was wrong.
    sets: eager::List<eager::Object<SetReset>>,
    /// Why nothing was done.
    user_errors: eager::List<eager::Object<UserError>>,
    /// Everything that can be asked for, as it is after this.
    query: PayloadQuery,
}

/// The queries for admins.
#[derive(Default)]
pub struct AdminQuery;

#[Object]
impl AdminQuery {
    /// All tokens by name, the revoked ones too. For admins.
    async fn tokens(&self, ctx: &Context<'_>) -> Result<Option<eager::List<eager::Object<Token>>>> {
        async {
            admin(ctx)?;
            let store = &loader(ctx)?.store;
            // Tokens expire without a write to the database, which would leave cached responses stale.
            store.touch(ReadSet::UNCOUNTED);
            let tokens = store.tokens_by_name().await?;
            let tokens = tokens.into_iter().filter_map(Token::of).map(eager::Object::from);
            Ok::<_, ApiError>(Some(tokens.collect()))
        }
        .boxed()
        .await
    }
}

/// The mutations for admins.
#[derive(Default)]
pub struct AdminMutation;

#[Object]
impl AdminMutation {
    /// Makes a token. `history` tells of it under `token_` and its name. For admins.
    #[graphql(directive = cost::apply(CHANGE, None))]
    async fn create_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which token.")] input: CreateTokenInput,
    ) -> Result<Option<eager::Object<CreateTokenPayload>>> {
        async {
            let (token, user_errors) = match created(ctx, &input).await? {
                Ok(token) => (Some(token), eager::List::default()),
                Err(error) => (None, eager::List::from_iter([eager::Object::from(error)])),
            };
            let payload = CreateTokenPayload {
                token,
                user_errors,
                query: PayloadQuery,
            };
            Ok::<_, ApiError>(Some(eager::Object::from(payload)))
        }
        .boxed()
        .await
    }

    /// Revokes a token: once this is answered it opens nothing on any server of the database, what it has open ends, and
    /// its name is free. That takes a second. `history` tells of it under `token_` and its name. For admins.
    #[graphql(directive = cost::apply(CHANGE, None))]
    async fn revoke_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which token.")] input: RevokeTokenInput,
    ) -> Result<Option<eager::Object<RevokeTokenPayload>>> {
        async {
            let by = admin(ctx)?;
            let (revoked, user_errors) = match loader(ctx)?.store.revoke_token(&input.name, &by).await? {
                true => (Some(input.name), eager::List::default()),
                false => {
                    let message = format!(
                        "found {:?}; accepted: the name of a token that is not revoked",
                        input.name
                    );
                    let error = UserError::at(ViolationCode::NotFound, Field::Named("name"), message);
                    (None, eager::List::from_iter([eager::Object::from(error)]))
                }
            };
            let payload = RevokeTokenPayload {
                revoked,
                user_errors,
                query: PayloadQuery,
            };
            Ok::<_, ApiError>(Some(eager::Object::from(payload)))
        }
        .boxed()
        .await
    }

    /// Puts the documents of sets back to what the sets say, also those that were edited or deleted since they were
    /// loaded; all of a set or nothing of it. What it changes stands in the history. For admins.
    #[graphql(directive = cost::apply(CHANGE, None))]
    async fn reset_sets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which sets.")] input: ResetSetsInput,
    ) -> Result<Option<eager::Object<ResetSetsPayload>>> {
        async {
            let (sets, user_errors) = match reset(ctx, &input).await? {
                Ok(reports) => {
                    let sets = reports
                        .into_iter()
                        .map(|report| eager::Object::from(SetReset::from(report)));
                    (sets.collect(), eager::List::default())
                }
                Err(error) => (
                    eager::List::default(),
                    eager::List::from_iter([eager::Object::from(error)]),
                ),
            };
            let payload = ResetSetsPayload {
                sets,
                user_errors,
                query: PayloadQuery,
            };
            Ok::<_, ApiError>(Some(eager::Object::from(payload)))
        }
        .boxed()
        .await
    }
}

/// Creates a token and returns its text.
async fn created(ctx: &Context<'_>, input: &CreateTokenInput) -> Result<std::result::Result<String, UserError>> {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let by = admin(ctx)?;
    let invalid = |field, message| Ok(Err(UserError::at(ViolationCode::Invalid, Field::Named(field), message)));
    if let Err(accepted) = check_name(&input.name) {
        return invalid("name", format!("found {:?}; {accepted}", input.name));
    }
    let lifetime = match input.expires_in_days {
        None => None,
        Some(days @ 1..=MOST_DAYS) => Some(DAY * days.unsigned_abs()),
        Some(days) => return invalid("expiresInDays", format!("found {days}; accepted: 1 to {MOST_DAYS}")),
    };
    let text = tokens::random().map_err(|error| {
        tracing::error!("the operating system gives no random numbers: {error}");
        ApiError::Internal
    })?;
    let new = NewToken {
        name: &input.name,
        role: input.role.name(),
        lifetime,
        by: &by,
    };
    Ok(match loader(ctx)?.store.create_token(&text, new).await? {
        None => Ok(text),
        Some(_) => {
            let message = format!(
                "found {:?}, which another token has; accepted: another name, or this one when that token is revoked",
                input.name
            );
            Err(UserError::at(ViolationCode::Taken, Field::Named("name"), message))
        }
    })
}

/// Resets the sets and returns what was done to each.
async fn reset(ctx: &Context<'_>, input: &ResetSetsInput) -> Result<std::result::Result<Vec<LoadReport>, UserError>> {
    let by = admin(ctx)?;
    let known = Set::bundled();
    let invalid = |field, message| Ok(Err(UserError::at(ViolationCode::Invalid, field, message)));
    // Clients must not name folders of the server.
    if let Some((at, set)) = input.sets.iter().enumerate().find(|(_, set)| !known.contains(set)) {
        let message = format!("found {set:?}; accepted: {}", known.join(", "));
        return invalid(Field::Item("sets", at), message);
    }
    let loader = loader(ctx)?;
    loader.clear();
    let options = Options {
        reset: true,
        dry_run: input.dry_run,
    };
    let (store, sets) = (loader.store.clone(), input.sets.clone());
    // In a task of its own: it also invalidates caches, and that must happen even if the client has left.
    match by_itself(async move { load_as(&store, &sets, options, &by).await }).await {
        Ok(reports) => Ok(Ok(reports)),
        Err(LoadError::Store(error)) => Err(error.into()),
        // The set contradicts what others have entered since.
        Err(LoadError::Set(error)) => invalid(Field::Named("sets"), error.to_string()),
    }
}
