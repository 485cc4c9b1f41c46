//! Who asks, by the `Authorization` header of a request: its forms, and the tokens of the store.

use std::sync::Arc;

use moka::sync::Cache;

use super::identity::{Grounds, Identity};
use super::signed::Signed;
use crate::api::error::ApiError;
use crate::api::viewer::{Role, Viewer};
use crate::domain::hash::sha256;
use crate::feed::Live;
use crate::store::Store;
use crate::store::bson_types::Timestamp;
use crate::store::tokens::{self, Token, is_token};

/// The longest token that is looked at, in bytes: signed ones with many claims have two thousand.
const LONGEST: usize = 8 * 1024;

/// Tells who asks.
pub struct Authenticator {
    anonymous: bool,
    signed: Option<Arc<Signed>>,
    /// What tells that a stored token has changed.
    pub(super) live: Option<Live>,
    /// The tokens that were looked up, by their hash, each with its version from before.
    known: Option<Cache<String, (u64, Token)>>,
}

/// How many tokens are known at most.
const MOST_KNOWN: u64 = 10_000;

impl Authenticator {
    /// `anonymous`: one may ask without a token. `signed`: which signed tokens are accepted; none when absent.
    pub const fn new(anonymous: bool, signed: Option<Arc<Signed>>) -> Self {
        Self {
            anonymous,
            signed,
            live: None,
            known: None,
        }
    }

    /// The same one that hears from `live` which tokens have changed. `knows_again`: it looks none of the others up for
    /// another request.
    #[must_use]
    pub fn that_hears(self, live: Live, knows_again: bool) -> Self {
        Self {
            live: Some(live),
            known: knows_again.then(|| Cache::new(MOST_KNOWN)),
            ..self
        }
    }

    /// Who asks with this `Authorization` header (RFC 6750), or without one.
    ///
    /// # Errors
    /// [`ApiError::Unauthenticated`] says what is wrong and what is accepted, and never repeats a token. A header that
    /// does not hold is refused also where one may ask without: its sender takes itself for somebody.
    /// [`ApiError::Unavailable`] where the database does not answer.
    pub async fn identity(&self, store: &Store, authorization: Option<&str>) -> Result<Identity, ApiError> {
        let Some(header) = authorization else {
            return match self.anonymous {
                true => Ok(Identity {
                    viewer: Viewer::Anonymous,
                    lasts: None,
                    grounds: Grounds::NoToken,
                }),
                false => Err(self.refuse("the request does not say who asks")),
            };
        };
        let token = bearer(header).map_err(|problem| self.refuse(problem))?;
        if token.starts_with(tokens::PREFIX) {
            self.stored(store, token).await
        } else if token.split('.').count() == 3 {
            let Some(signed) = &self.signed else {
                return Err(self.refuse("this server accepts no signed tokens (JWT)"));
            };
            signed.identity(token).await.map_err(|problem| self.refuse(&problem))
        } else {
            Err(self.refuse("the token has no form that is known here"))
        }
    }

    /// The bearer of a token that `menagerie token` made.
    async fn stored(&self, store: &Store, text: &str) -> Result<Identity, ApiError> {
        if !is_token(text) {
            return Err(self.refuse("the token is not complete"));
        }
        let hash = sha256(text);
        // Before it is looked up, so that whatever happens meanwhile makes it another one.
        let version = self.live.as_ref().map_or(0, |live| live.versions().of_token(&hash));
        let Some(token) = self.token(store, text, &hash, version).await? else {
            return Err(self.refuse("the token is unknown"));
        };
        if token.revoked_at.is_some() {
            return Err(self.refuse("the token was revoked"));
        }
        if token.is_expired() {
            return Err(self.expired());
        }
        let Some(role) = Role::named(&token.role) else {
            tracing::error!("the token `{}` has the unknown role {:?}", token.name, token.role);
            return Err(ApiError::Internal);
        };
        Ok(Identity {
            viewer: Viewer::Known { name: token.name, role },
            lasts: token.expires_at.map(Timestamp::ahead),
            grounds: Grounds::Stored { hash, version },
        })
    }

    async fn token(&self, store: &Store, text: &str, hash: &str, version: u64) -> Result<Option<Token>, ApiError> {
        let Some(known) = self.known.as_ref().filter(|_| self.is_fresh()) else {
            return Ok(store.token(text).await?);
        };
        match known.get(hash) {
            Some((then, token)) if then == version => Ok(Some(token)),
            _ => {
                let found = store.token(text).await?;
                if let Some(token) = &found {
                    known.insert(hash.to_owned(), (version, token.clone()));
                }
                Ok(found)
            }
        }
    }

    /// Whether it is told of tokens that change, on whichever server, before those who revoke them have their answer.
    fn is_fresh(&self) -> bool {
        self.live.as_ref().is_some_and(Live::is_fresh)
    }

    /// Whether a token that held by these grounds still does, but for its age. It is not known to where this says no.
    pub(super) fn stands(&self, grounds: &Grounds) -> bool {
        match grounds {
            Grounds::NoToken => true,
            Grounds::Stored { hash, version } => {
                // In this order: what is fresh has raised the version before.
                let fresh = self.live.as_ref().filter(|live| live.is_fresh());
                fresh.is_some_and(|live| live.versions().of_token(hash) == *version)
            }
            Grounds::Signed { keys } => self.signed.as_ref().is_some_and(|signed| signed.counts(*keys)),
        }
    }

    pub(super) fn expired(&self) -> ApiError {
        self.refuse("the token has expired")
    }

    fn refuse(&self, problem: &str) -> ApiError {
        let signed = match self.signed {
            Some(_) => ", or a signed token (JWT)",
            None => "",
        };
        let nothing = match self.anonymous {
            true => "; without that header one may read",
            false => "",
        };
        ApiError::Unauthenticated(format!(
            "{problem}; accepted is a header `Authorization: Bearer TOKEN`, with a token that `menagerie token create` \
             made{signed}{nothing}"
        ))
    }
}

/// The token of the header's value: the scheme `Bearer` in any case, a blank or more, and the letters that RFC 6750
/// allows.
fn bearer(header: &str) -> Result<&str, &'static str> {
    let (scheme, token) = header.trim().split_once(' ').unwrap_or((header.trim(), ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err("the header `Authorization` has another scheme than `Bearer`");
    }
    let token = token.trim_start();
    if token.is_empty() {
        return Err("the header `Authorization` holds no token");
    }
    if token.len() > LONGEST {
        return Err("the token is too long");
    }
    let is_letter = |b: u8| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b);
    match token.bytes().all(is_letter) {
        true => Ok(token),
        false => Err("the header `Authorization` holds characters that no token has"),
    }
}
