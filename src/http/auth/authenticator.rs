//! Authenticates a request by its header `Authorization`: the forms of the header, and stored tokens.

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
use crate::store::tokens::{self, StoredToken, is_token};

/// The longest token that is accepted, in bytes. Signed tokens with many claims have about two thousand.
const LONGEST: usize = 8 * 1024;

/// Turns a header `Authorization` into an [`Identity`].
pub struct Authenticator {
    anonymous: bool,
    signed: Option<Arc<Signed>>,
    /// Knows when a stored token has changed. `None` before [`Authenticator::that_hears`].
    pub(super) live: Option<Live>,
    /// Stored tokens by their hash, each with its version from before it was read. `None`: there is no cache.
    known: Option<Cache<String, (u64, StoredToken)>>,
}

/// The capacity of the cache of stored tokens.
const MOST_KNOWN: u64 = 10_000;

impl Authenticator {
    /// `anonymous`: requests without a token are accepted. `signed`: `None` if signed tokens are refused.
    pub const fn new(anonymous: bool, signed: Option<Arc<Signed>>) -> Self {
        Self {
            anonymous,
            signed,
            live: None,
            known: None,
        }
    }

    /// Follows changes of tokens by `live`. `knows_again`: caches tokens that have not changed.
    #[must_use]
    pub fn that_hears(self, live: Live, knows_again: bool) -> Self {
        Self {
            live: Some(live),
            known: knows_again.then(|| Cache::new(MOST_KNOWN)),
            ..self
        }
    }

    /// The identity for this header `Authorization` (RFC 6750), or for a request without one.
    ///
    /// # Errors
    /// - [`ApiError::Unauthenticated`] says what is wrong and what is accepted, and never repeats a token. An invalid
    ///   token is refused even if anonymous requests are accepted: its sender does not mean to be anonymous.
    /// - [`ApiError::Unavailable`] if the database does not answer.
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

    /// The identity for a token made by `menagerie token create`.
    async fn stored(&self, store: &Store, text: &str) -> Result<Identity, ApiError> {
        if !is_token(text) {
            return Err(self.refuse("the token is not complete"));
        }
        let hash = sha256(text);
        // Before the token is read, so that a change in between makes this version outdated.
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

    async fn token(
        &self,
        store: &Store,
        text: &str,
        hash: &str,
        version: u64,
    ) -> Result<Option<StoredToken>, ApiError> {
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

    /// Whether a change of a token, on any server, is known here before the change is acknowledged to whoever made it.
    fn is_fresh(&self) -> bool {
        self.live.as_ref().is_some_and(Live::is_fresh)
    }

    /// Whether a token that was valid on these grounds still is, apart from its expiry. If in doubt, `false`.
    pub(super) fn stands(&self, grounds: &Grounds) -> bool {
        match grounds {
            Grounds::NoToken => true,
            Grounds::Stored { hash, version } => {
                // In this order: a fresh feed has already raised the versions of all acknowledged changes.
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

/// The token in the header's value: the scheme `Bearer` in any case, one space or more, and the characters of RFC 6750.
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
