//! Who asks: the `Authorization` header of a request made into a viewer.
//!
//! Here stand the forms of the header and the tokens of the store; signed tokens (JWT) are `signed`'s, their keys
//! `keys`' and `ring`'s. What a viewer may do is decided in `graphql`.

mod keys;
mod ring;
mod signed;
mod source;

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use moka::sync::Cache;
use tokio::time::sleep;

use crate::domain::hash::sha256;
use crate::graphql::error::ApiError;
use crate::graphql::viewer::{Role, Viewer};
use crate::live::Live;
use crate::store::Store;
use crate::store::bson_types::Timestamp;
use crate::store::tokens::{self, Token, is_token};
pub use signed::{Signed, SignedSettings};
pub use source::SignedError;

/// The longest token that is looked at, in bytes: signed ones with many claims have two thousand.
const LONGEST: usize = 8 * 1024;

/// Who asks, and for how long that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Who.
    pub viewer: Viewer,
    /// How long the token still opens anything; for ever when absent.
    pub lasts: Option<Duration>,
}

/// Tells who asks.
pub struct Authenticator {
    anonymous: bool,
    signed: Option<Arc<Signed>>,
    known: Option<Known>,
}

/// The tokens that were looked up, by their hash, each with the version of all tokens from before.
struct Known {
    live: Live,
    tokens: Cache<String, (u64, Token)>,
}

/// How many tokens are known at most.
const MOST_KNOWN: u64 = 10_000;

impl Authenticator {
    /// `anonymous`: one may ask without a token. `signed`: which signed tokens are accepted; none when absent.
    pub const fn new(anonymous: bool, signed: Option<Arc<Signed>>) -> Self {
        Self {
            anonymous,
            signed,
            known: None,
        }
    }

    /// The same one that knows a token again for as long as `live` tells that none has changed.
    #[must_use]
    pub fn that_knows_again(self, live: Live) -> Self {
        let tokens = Cache::new(MOST_KNOWN);
        Self {
            known: Some(Known { live, tokens }),
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
        let Some(token) = self.token(store, text).await? else {
            return Err(self.refuse("the token is unknown"));
        };
        if token.revoked_at.is_some() {
            return Err(self.refuse("the token was revoked"));
        }
        if token.is_expired() {
            return Err(self.refuse("the token has expired"));
        }
        let Some(role) = Role::named(&token.role) else {
            tracing::error!("the token `{}` has the unknown role {:?}", token.name, token.role);
            return Err(ApiError::Internal);
        };
        Ok(Identity {
            viewer: Viewer::Known { name: token.name, role },
            lasts: token.expires_at.map(Timestamp::ahead),
        })
    }

    async fn token(&self, store: &Store, text: &str) -> Result<Option<Token>, ApiError> {
        let Some(Known { live, tokens }) = self.known.as_ref().filter(|known| known.live.is_fresh()) else {
            return Ok(store.token(text).await?);
        };
        let (hash, version) = (sha256(text), live.versions().of_tokens());
        match tokens.get(&hash) {
            Some((known, token)) if known == version => Ok(Some(token)),
            _ => {
                let found = store.token(text).await?;
                if let Some(token) = &found {
                    tokens.insert(hash, (version, token.clone()));
                }
                Ok(found)
            }
        }
    }

    /// Resolves when what this header said no longer holds: when its token expires, and when it is found to be revoked,
    /// for which it is looked up after each time of `every`. Never without a header.
    pub async fn lapses(
        &self,
        store: &Store,
        authorization: Option<&str>,
        mut lasts: Option<Duration>,
        every: Duration,
    ) -> ApiError {
        /// Clocks do not agree to the millisecond, and nobody asks without a rest whether it is time now.
        const REST: Duration = Duration::from_millis(100);
        if authorization.is_none() {
            return pending().await;
        }
        loop {
            let wait = lasts.map_or(every, |lasts| lasts.clamp(REST, every));
            sleep(wait).await;
            // In a box, which is gone once this is known: as long as nothing is asked it would be the most that this holds.
            match self.identity(store, authorization).boxed().await {
                Ok(identity) => lasts = identity.lasts,
                Err(refused @ ApiError::Unauthenticated(_)) => return refused,
                // Whether it was revoked cannot be told now, and its end is known.
                Err(_) if lasts.is_some_and(|lasts| lasts <= wait) => return self.refuse("the token has expired"),
                Err(_) => lasts = lasts.map(|lasts| lasts.saturating_sub(wait)),
            }
        }
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
