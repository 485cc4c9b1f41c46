//! What a client shows to say who it is, for as long as it stays: in a socket, a stream of events, an export.
//!
//! A token can end while something is open: it expires, it is revoked on this server or another, the key that signed it is
//! taken away. Each operation that begins and each event that is sent asks first ([`Credentials::holds`]). What is asked is
//! mostly a counter in memory: it is raised before a revocation is acknowledged, on every server (`store/tokens`). Where
//! no counter can be relied on, the token is looked up.

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

/// What a client shows.
#[derive(Debug)]
pub struct Credentials {
    /// What the header `Authorization` says, or something else in its place.
    authorization: Option<String>,
    held: Mutex<Held>,
}

/// What was found when it was last looked at.
#[derive(Debug)]
struct Held {
    /// Until when it holds; for ever when absent.
    until: Option<SystemTime>,
    grounds: Grounds,
}

impl From<&Identity> for Held {
    fn from(identity: &Identity) -> Self {
        Self {
            // A time that no clock can tell never comes.
            until: identity.lasts.and_then(|lasts| SystemTime::now().checked_add(lasts)),
            grounds: identity.grounds.clone(),
        }
    }
}

impl Held {
    /// How long it still holds, by its age.
    fn left(&self) -> Option<Duration> {
        let left = |until: SystemTime| until.duration_since(SystemTime::now()).unwrap_or_default();
        self.until.map(left)
    }

    fn is_expired(&self) -> bool {
        self.left().is_some_and(|left| left.is_zero())
    }
}

impl Credentials {
    /// By what was found when it was looked at just now.
    pub fn new(authorization: Option<String>, identity: &Identity) -> Self {
        Self {
            authorization,
            held: Mutex::new(identity.into()),
        }
    }

    /// Whether it still holds at this moment.
    ///
    /// # Errors
    /// [`ApiError::Unauthenticated`] where it does not; others where that cannot be told.
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

    /// The same, as soon as it can be told: what is asked for now is not lost when the database is away for a moment.
    ///
    /// # Errors
    /// [`ApiError::Unauthenticated`] where it does not; others where it is never told.
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

    /// Resolves with the reason when it no longer holds: at the moment at which the token expires, when it is told that it
    /// was revoked, and when that is found, for which it is looked up after each time of `every`. Never without a token.
    pub async fn expired(&self, authenticator: &Authenticator, store: &Store, every: Duration) -> ApiError {
        match &authenticator.live {
            // In a box: most have none, and who waits here must cost little.
            Some(live) if self.authorization.is_some() => self.ends(authenticator, store, live, every).boxed().await,
            _ => pending().await,
        }
    }

    async fn ends(&self, authenticator: &Authenticator, store: &Store, live: &Live, every: Duration) -> ApiError {
        /// Clocks do not agree to the millisecond, and nobody asks without a rest whether it is time now.
        const REST: Duration = Duration::from_millis(100);
        let mut news = live.versions().token_news();
        let mut asked = Instant::now();
        loop {
            let rest = every.saturating_sub(asked.elapsed()).max(REST);
            let wait = self.held().left().map_or(rest, |left| left.clamp(REST, rest));
            let is_told = timeout(wait, news.changed()).await.is_ok();
            // Most of what is told is of other tokens.
            if is_told && self.has_its_version(live) {
                continue;
            }
            asked = Instant::now();
            match self.looked_up(authenticator, store).boxed().await {
                Ok(()) => {}
                Err(refused @ ApiError::Unauthenticated(_)) => return refused,
                // Whether it was revoked cannot be told now, and its end is known.
                Err(_) if self.held().is_expired() => return authenticator.expired(),
                Err(_) => {}
            }
        }
    }

    /// Whether nothing was told of it since it was looked up.
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
