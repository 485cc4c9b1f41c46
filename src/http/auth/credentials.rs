//! The credentials of a client, for as long as it stays: during a WebSocket, a stream of events or an export.
//!
//! A token can end while a connection is open: it expires, it is revoked on this server or another, or its signing key
//! is removed. Each operation that begins and each event that is sent checks first ([`Credentials::holds`]). Mostly
//! this compares a counter in memory, which every server raises before a revocation is acknowledged (`store/tokens`).
//! When the counter cannot be relied on, the token is read again.

use std::future::pending;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use futures_util::FutureExt;
use tokio::time::timeout;

use super::authenticator::Authenticator;
use super::identity::{Grounds, Identity};
use crate::api::error::ApiError;
use crate::feed::{Live, Pause};
use crate::store::Store;

/// A client's header, and the result of its last check.
#[derive(Debug)]
pub struct Credentials {
    /// The header `Authorization`, or its equivalent in the payload of a WebSocket.
    authorization: Option<String>,
    held: Mutex<Held>,
}

/// The result of the last check.
#[derive(Debug)]
struct Held {
    /// When the token expires; `None` for never.
    until: Option<SystemTime>,
    grounds: Grounds,
}

impl From<&Identity> for Held {
    fn from(identity: &Identity) -> Self {
        Self {
            // A time beyond the range of the clock is never reached.
            until: identity.lasts.and_then(|lasts| SystemTime::now().checked_add(lasts)),
            grounds: identity.grounds.clone(),
        }
    }
}

impl Held {
    /// The time until the token expires; `None` for never.
    fn left(&self) -> Option<Duration> {
        let left = |until: SystemTime| until.duration_since(SystemTime::now()).unwrap_or_default();
        self.until.map(left)
    }

    fn is_expired(&self) -> bool {
        self.left().is_some_and(|left| left.is_zero())
    }
}

impl Credentials {
    /// `identity`: the result of a check just now.
    pub fn new(authorization: Option<String>, identity: &Identity) -> Self {
        Self {
            authorization,
            held: Mutex::new(identity.into()),
        }
    }

    /// Whether the token is valid now.
    ///
    /// # Errors
    /// [`ApiError::Unauthenticated`] if it is not; others if that cannot be determined.
    pub async fn holds(&self, authenticator: &Authenticator, store: &Store) -> Result<(), ApiError> {
        let stands = {
            let held = self.held();
            !held.is_expired() && authenticator.stands(&held.grounds)
        };
        if stands {
            return Ok(());
        }
        self.looked_up(authenticator, store).boxed().await
    }

    /// Like [`Credentials::holds`], but waits while the database is unavailable, so that no event is lost.
    ///
    /// # Errors
    /// [`ApiError::Unauthenticated`] if the token is not valid; others if that will never be known.
    pub async fn surely_holds(&self, authenticator: &Authenticator, store: &Store) -> Result<(), ApiError> {
        let mut pause = Pause::default();
        loop {
            match self.holds(authenticator, store).await {
                Err(ApiError::Unavailable | ApiError::Timeout) if self.held().is_expired() => {
                    return Err(authenticator.expired());
                }
                Err(ApiError::Unavailable | ApiError::Timeout) => pause.wait().boxed().await,
                told => return told,
            }
        }
    }

    async fn looked_up(&self, authenticator: &Authenticator, store: &Store) -> Result<(), ApiError> {
        let identity = authenticator.identity(store, self.authorization.as_deref()).await?;
        *self.held() = Held::from(&identity);
        Ok(())
    }

    /// Resolves with the reason when the token is no longer valid: when it expires, when its revocation becomes known,
    /// or when it is found invalid on reading it again, at intervals of `every`. Never resolves without a token.
    pub async fn expired(&self, authenticator: &Authenticator, store: &Store, every: Duration) -> ApiError {
        match &authenticator.live {
            // Boxed, to be small for the many clients without a token (see `graphql/loader/resolve.rs`).
            Some(live) if self.authorization.is_some() => self.ends(authenticator, store, live, every).boxed().await,
            _ => pending().await,
        }
    }

    async fn ends(&self, authenticator: &Authenticator, store: &Store, live: &Live, every: Duration) -> ApiError {
        /// The least time between two checks: clocks differ by milliseconds, and a loop without a pause would be busy.
        const REST: Duration = Duration::from_millis(100);
        let mut news = live.versions().token_news();
        let mut asked = Instant::now();
        loop {
            let rest = every.saturating_sub(asked.elapsed()).max(REST);
            let wait = self.held().left().map_or(rest, |left| left.clamp(REST, rest));
            let is_told = timeout(wait, news.changed()).await.is_ok();
            // Most notifications are about other tokens.
            if is_told && self.has_its_version(live) {
                continue;
            }
            asked = Instant::now();
            match self.looked_up(authenticator, store).boxed().await {
                Ok(()) => {}
                Err(refused @ ApiError::Unauthenticated(_)) => return refused,
                // A revocation cannot be seen at the moment, but the expiry is known.
                Err(_) if self.held().is_expired() => return authenticator.expired(),
                Err(_) => {}
            }
        }
    }

    /// Whether the token has not changed since it was read.
    fn has_its_version(&self, live: &Live) -> bool {
        match &self.held().grounds {
            Grounds::Stored { hash, version } => live.versions().of_token(hash) == *version,
            Grounds::NoToken | Grounds::Signed { .. } => true,
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
