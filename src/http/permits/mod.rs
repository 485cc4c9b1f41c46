//! Permits: limits on what the server does concurrently, and on each client's share of that.
//!
//! There are concurrency limits on requests, exports, WebSockets and subscriptions, and limits on the bytes of
//! unfinished bodies and of large answers that are not read yet. A permit counts against one of these until it is
//! dropped. Within each limit, a client (the same as for points, [`Client`]) may only use its share, so that no client
//! can use up the whole: beyond its share it gets 429, while the others are served.
//!
//! The table only has clients that hold permits. Its parts have a lock each, so that threads rarely wait for each
//! other.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::client::Client;
use crate::api::error::{ApiError, Result};
use crate::limits::{Limit, Limits};

/// What permits are for; each has a limit.
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
    /// In the order of `Held`'s counts.
    pub const ALL: [Self; 6] = [
        Self::Requests,
        Self::Exports,
        Self::Sockets,
        Self::Subscriptions,
        Self::BodyBytes,
        Self::AnswerBytes,
    ];

    /// The limit for all clients together, the label in metrics, and a noun phrase for messages (after a number).
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

    /// The label in metrics.
    pub const fn word(self) -> &'static str {
        self.facts().1
    }

    /// The noun phrase for messages.
    const fn told(self) -> &'static str {
        self.facts().2
    }
}

/// How much a client holds of each resource.
type Held = [u64; Resource::ALL.len()];

/// A part of the table of clients, found in it by the same hash that chooses the part.
type Part = HashTable<(Client, Held)>;

/// The number of parts of the table of clients.
const PARTS: usize = 16;

/// All permits of a server; clones share them.
#[derive(Clone, Debug)]
pub struct Permits(Arc<Table>);

#[derive(Debug)]
struct Table {
    limits: Limits,
    held: [AtomicU64; Resource::ALL.len()],
    clients: [Mutex<Part>; PARTS],
    hasher: RandomState,
}

/// A permit for an amount of a resource, until it is dropped.
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

    /// Acquires a permit for this amount of a resource.
    ///
    /// # Errors
    /// [`ApiError::OverShare`] if the client exceeds its share, [`ApiError::Busy`] if all together exceed the limit.
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

    /// The limit of a resource. For bytes of bodies and answers, at least what the largest one needs.
    pub fn most(&self, resource: Resource) -> u64 {
        let limits = &self.0.limits;
        let most = limits.ceiling(resource.limit());
        most.max(least(resource, limits))
    }

    /// How many clients hold permits.
    pub fn clients(&self) -> u64 {
        let parts = self.0.clients.iter().map(|part| locked(part).len());
        parts.sum::<usize>() as u64
    }

    /// A client's share of a resource; at least what one request needs.
    fn share(&self, resource: Resource) -> u64 {
        let limits = &self.0.limits;
        let percent = limits.of(Limit::ClientShare);
        let share = self.most(resource).saturating_mul(percent).div_ceil(100);
        share.max(least(resource, limits)).max(1)
    }

    fn hash(&self, client: &Client) -> u64 {
        self.0.hasher.hash_one(client)
    }

    /// The part with the clients of this hash.
    fn part(&self, hash: u64) -> MutexGuard<'_, Part> {
        // By bits that the part itself does not go by. Less than `PARTS`, whatever the width of `usize`.
        locked(&self.0.clients[((hash >> 32) % PARTS as u64) as usize])
    }

    fn take(&self, resource: Resource, client: &Client, amount: u64) -> Result<()> {
        let limits = &self.0.limits;
        let (share, at) = (self.share(resource), resource as usize);
        {
            let hash = self.hash(client);
            let mut part = self.part(hash);
            let entry = part.entry(hash, |(known, _)| known == client, |(known, _)| self.hash(known));
            let before = match &entry {
                Entry::Occupied(entry) => entry.get().1[at],
                Entry::Vacant(_) => 0,
            };
            let held = before.saturating_add(amount);
            // If the share is the whole, the limit for all is checked instead, below.
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
            // Without cloning the name of a client that is in the table already.
            match entry {
                Entry::Occupied(mut entry) => entry.get_mut().1[at] = held,
                Entry::Vacant(entry) => {
                    let mut counts = Held::default();
                    counts[at] = held;
                    entry.insert((client.clone(), counts));
                }
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
        let hash = self.hash(client);
        let mut part = self.part(hash);
        if let Ok(mut entry) = part.find_entry(hash, |(known, _)| known == client) {
            let counts = &mut entry.get_mut().1;
            counts[at] = counts[at].saturating_sub(amount);
            if *counts == Held::default() {
                entry.remove();
                // Release the memory of a peak.
                if part.capacity() > 64 && part.len() < part.capacity() / 8 {
                    part.shrink_to_fit(|(known, _)| self.hash(known));
                }
            }
        }
    }
}

/// The most that one request needs of a resource; no share may be smaller.
fn least(resource: Resource, limits: &Limits) -> u64 {
    match resource {
        // Twice as much, for the message around it and for escaping in it.
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

/// Poisoning does not matter: a panic cannot leave the counts half changed.
fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Permit {
    /// Raises the permit to this amount, if it is less. After an error it is unchanged.
    pub fn grow_to(&mut self, amount: u64) -> Result<()> {
        if let Some(more) = amount.checked_sub(self.amount).filter(|more| *more > 0) {
            self.permits.take(self.resource, &self.client, more)?;
            self.amount = amount;
        }
        Ok(())
    }

    /// A permit for another resource, for the same client.
    pub fn beside(&self, resource: Resource, amount: u64) -> Result<Self> {
        self.permits.acquire(resource, &self.client, amount)
    }

    /// Transfers the permit to another client, once authentication has identified it.
    ///
    /// # Errors
    /// [`ApiError::OverShare`] if that client exceeds its share.
    pub fn pass_to(mut self, client: &Client) -> Result<Self> {
        if self.client == *client {
            return Ok(self);
        }
        let at = self.resource as usize;
        let (permits, amount) = (self.permits.clone(), self.amount);
        // So that this request does not count twice for a moment, for which another could be refused.
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
