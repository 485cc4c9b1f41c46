//! Permits: how much this server has under way at once, and how much of that one client may hold.
//!
//! There are concurrency limits on requests, exports, WebSockets and subscriptions, and limits on the bytes of bodies that
//! have not come to their end, and of large answers that are not taken. Whoever asks for one of these acquires a permit and
//! gives it back by dropping it. Within each limit a client, which is the same as for points ([`Client`]), holds no more than
//! its share, so that no client can use up what there is for all: one that is over its own share is told so (429), and the
//! others are served.
//!
//! What clients hold stands in a table that is no larger than what is under way: who holds nothing is not in it. It is cut
//! into parts with a lock each, so that threads that serve do not wait for each other.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::client::Client;
use crate::api::error::{ApiError, Result};
use crate::limits::{Limit, Limits};

/// What permits are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    Requests,
    Exports,
    Sockets,
    Subscriptions,
    BodyBytes,
    AnswerBytes,
}

impl Resource {
    pub const ALL: [Self; 6] = [
        Self::Requests,
        Self::Exports,
        Self::Sockets,
        Self::Subscriptions,
        Self::BodyBytes,
        Self::AnswerBytes,
    ];

    /// The limit on all clients together, its word in metrics, and what there are too many of, in words that follow a
    /// number.
    const fn facts(self) -> (Limit, &'static str, &'static str) {
        match self {
            Self::Requests => (Limit::Concurrent, "requests", "requests under way"),
            Self::Exports => (Limit::Exports, "exports", "exports under way"),
            Self::Sockets => (Limit::Sockets, "sockets", "WebSockets open"),
            Self::Subscriptions => (Limit::Subscriptions, "subscriptions", "subscriptions under way"),
            Self::BodyBytes => (Limit::WaitingBodyBytes, "body_bytes", "bytes of unfinished bodies"),
            Self::AnswerBytes => (
                Limit::WaitingAnswerBytes,
                "answer_bytes",
                "bytes of answers that are not taken",
            ),
        }
    }

    pub const fn limit(self) -> Limit {
        self.facts().0
    }

    /// Its word in metrics.
    pub const fn word(self) -> &'static str {
        self.facts().1
    }

    /// What there are too many of.
    const fn told(self) -> &'static str {
        self.facts().2
    }
}

/// How much a client holds of each resource.
type Held = [u64; Resource::ALL.len()];

/// How many parts the table of clients has.
const PARTS: usize = 16;

/// The permits of a server.
#[derive(Clone, Debug)]
pub struct Permits(Arc<Table>);

#[derive(Debug)]
struct Table {
    limits: Limits,
    held: [AtomicU64; Resource::ALL.len()],
    clients: [Mutex<HashMap<Client, Held>>; PARTS],
    hasher: RandomState,
}

/// So much of a resource, until this is dropped.
#[derive(Debug)]
pub struct Permit {
    permits: Permits,
    resource: Resource,
    client: Client,
    amount: u64,
}

impl Permits {
    pub fn new(limits: &Limits) -> Self {
        Self(Arc::new(Table {
            limits: *limits,
            held: Default::default(),
            clients: Default::default(),
            hasher: RandomState::new(),
        }))
    }

    /// A permit for so much of a resource.
    ///
    /// # Errors
    /// [`ApiError::OverShare`] where the client holds its share, [`ApiError::Busy`] where all clients together hold what there
    /// is.
    pub fn acquire(&self, resource: Resource, client: &Client, amount: u64) -> Result<Permit> {
        self.take(resource, client, amount)?;
        Ok(Permit {
            permits: self.clone(),
            resource,
            client: client.clone(),
            amount,
        })
    }

    /// How much of a resource is held.
    pub fn held(&self, resource: Resource) -> u64 {
        self.0.held[resource as usize].load(Ordering::Relaxed)
    }

    /// How much of a resource there is. Of bodies at least one of the largest.
    pub fn most(&self, resource: Resource) -> u64 {
        let limits = &self.0.limits;
        let most = limits.ceiling(resource.limit());
        most.max(least(resource, limits))
    }

    pub fn clients(&self) -> u64 {
        let parts = self.0.clients.iter().map(|part| locked(part).len());
        parts.sum::<usize>() as u64
    }

    /// How much of a resource one client may hold: at least what one request needs.
    fn share(&self, resource: Resource) -> u64 {
        let limits = &self.0.limits;
        let percent = limits.of(Limit::ClientShare);
        let share = self.most(resource).saturating_mul(percent).div_ceil(100);
        share.max(least(resource, limits)).max(1)
    }

    fn part(&self, client: &Client) -> MutexGuard<'_, HashMap<Client, Held>> {
        let hash = self.0.hasher.hash_one(client);
        // Less than the number of parts, whatever the width of `usize`.
        locked(&self.0.clients[(hash % PARTS as u64) as usize])
    }

    fn take(&self, resource: Resource, client: &Client, amount: u64) -> Result<()> {
        let limits = &self.0.limits;
        let (share, at) = (self.share(resource), resource as usize);
        {
            let mut part = self.part(client);
            let before = part.get(client).map_or(0, |held| held[at]);
            let held = before.saturating_add(amount);
            // Who may hold all there is finds out by itself that there is no more.
            if held > share && share < self.most(resource) {
                if !limits.is_measured(Limit::ClientShare) {
                    return Err(over_share(resource, share, held));
                }
                tracing::warn!(
                    limit = Limit::ClientShare.facts().name,
                    resource = resource.word(),
                    held,
                    "over a limit that is only measured"
                );
            }
            // Who comes often is found without a copy of its name.
            match part.get_mut(client) {
                Some(counts) => counts[at] = held,
                None => part.entry(client.clone()).or_default()[at] = held,
            }
        }
        let all = self.0.held[at]
            .fetch_add(amount, Ordering::Relaxed)
            .saturating_add(amount);
        if all > self.most(resource) {
            self.give_back(resource, client, amount);
            return Err(ApiError::Busy(resource.told()));
        }
        if all > limits.of(resource.limit()) && limits.is_measured(resource.limit()) {
            let limit = resource.limit().facts().name;
            tracing::warn!(limit, actual = all, "over a limit that is only measured");
        }
        Ok(())
    }

    fn give_back(&self, resource: Resource, client: &Client, amount: u64) {
        let at = resource as usize;
        self.0.held[at].fetch_sub(amount, Ordering::Relaxed);
        let mut part = self.part(client);
        if let Some(counts) = part.get_mut(client) {
            counts[at] = counts[at].saturating_sub(amount);
            if *counts == Held::default() {
                part.remove(client);
                // A crowd that has left must not leave its room behind.
                if part.capacity() > 64 && part.len() < part.capacity() / 8 {
                    part.shrink_to_fit();
                }
            }
        }
    }
}

/// What one request needs of a resource at most: to less than that nothing can be shared out.
fn least(resource: Resource, limits: &Limits) -> u64 {
    match resource {
        // With room for its frame, and what is escaped in it.
        Resource::AnswerBytes => limits.ceiling(Limit::AnswerBytes).saturating_mul(2),
        Resource::BodyBytes => limits.body_limit_bytes as u64,
        _ => 0,
    }
}

fn over_share(resource: Resource, share: u64, held: u64) -> ApiError {
    let message = format!(
        "one client has {held} {}; accepted are up to {share} from one client at once; wait until some of them have ended",
        resource.told()
    );
    ApiError::OverShare(message)
}

/// A lock that is held for a few counts only; nothing in it is half done when a thread panics.
fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Permit {
    /// Holds this much from now on, where that is more than before.
    pub fn grow_to(&mut self, amount: u64) -> Result<()> {
        if let Some(more) = amount.checked_sub(self.amount).filter(|more| *more > 0) {
            self.permits.take(self.resource, &self.client, more)?;
            self.amount = amount;
        }
        Ok(())
    }

    /// A permit for so much of another resource, for the same client.
    pub fn beside(&self, resource: Resource, amount: u64) -> Result<Self> {
        self.permits.acquire(resource, &self.client, amount)
    }

    /// The same for another client: for the one that turned out to ask.
    ///
    /// # Errors
    /// [`ApiError::OverShare`] where that client holds its share.
    pub fn pass_to(mut self, client: &Client) -> Result<Self> {
        if self.client == *client {
            return Ok(self);
        }
        let at = self.resource as usize;
        let (permits, amount) = (self.permits.clone(), self.amount);
        // Nobody is to find no room because one request is counted twice for a moment.
        permits.0.held[at].fetch_sub(amount, Ordering::Relaxed);
        let taken = permits.take(self.resource, client, amount);
        permits.0.held[at].fetch_add(amount, Ordering::Relaxed);
        taken?;
        permits.give_back(self.resource, &self.client, amount);
        self.client = client.clone();
        Ok(self)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.permits.give_back(self.resource, &self.client, self.amount);
    }
}

#[cfg(test)]
mod tests;
