//! Execution slots of a thread ("places"), and the queues of operations that wait for them.
//!
//! There are as many places as the thread has database connections. Waiting here takes little memory; waiting for a
//! connection half-way through takes a lot, and evicts others from the processor's caches. Each client has its own
//! queue, and the queues take turns: a client with a hundred operations delays another by one of them, not by all.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot::{Sender, channel};

use super::client::Client;

/// The places of a thread; clones share them.
#[derive(Clone)]
pub struct Places(Arc<Mutex<Lines>>);

struct Lines {
    free: usize,
    /// The queues by client; the first is served next. No queue is empty.
    waiting: VecDeque<(Client, VecDeque<Sender<ExecutionSlot>>)>,
}

/// A slot ("place"), held until this is dropped.
pub struct ExecutionSlot(Places);

impl Places {
    pub fn new(most: usize) -> Self {
        Self(Arc::new(Mutex::new(Lines {
            free: most,
            waiting: VecDeque::new(),
        })))
    }

    /// A place, if one is free now.
    pub fn free(&self) -> Option<ExecutionSlot> {
        let mut lines = self.lines();
        lines.free = lines.free.checked_sub(1)?;
        Some(ExecutionSlot(self.clone()))
    }

    /// Whether the next operation has to wait.
    pub fn are_taken(&self) -> bool {
        self.lines().free == 0
    }

    /// Waits for a place until it is this client's turn. Cancel-safe: no place is lost.
    pub async fn turn(&self, client: &Client) -> Option<ExecutionSlot> {
        if let Some(place) = self.free() {
            return Some(place);
        }
        let (sender, receiver) = channel();
        self.lines().push(client, sender);
        // A place may have been returned before this one was queued: try again.
        self.serve();
        receiver.await.ok()
    }

    /// Assigns free places to waiting operations in their order.
    fn serve(&self) {
        while let Some((waiting, place)) = self.next() {
            // If the receiver has just been dropped, the place is returned here, while the lock is not held.
            drop(waiting.send(place));
        }
    }

    fn next(&self) -> Option<(Sender<ExecutionSlot>, ExecutionSlot)> {
        let mut lines = self.lines();
        let free = lines.free.checked_sub(1)?;
        let waiting = lines.pop()?;
        lines.free = free;
        Some((waiting, ExecutionSlot(self.clone())))
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        // No panic leaves it inconsistent.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lines {
    fn push(&mut self, client: &Client, sender: Sender<ExecutionSlot>) {
        match self.waiting.iter_mut().find(|(of, _)| of == client) {
            Some((_, line)) => {
                // Before the queue grows, remove those that no longer wait.
                if line.len() == line.capacity() {
                    line.retain(|waiting| !waiting.is_closed());
                }
                line.push_back(sender);
            }
            None => self.waiting.push_back((client.clone(), VecDeque::from([sender]))),
        }
    }

    /// The first of the next queue, which then moves behind the others. Skips those that no longer wait.
    fn pop(&mut self) -> Option<Sender<ExecutionSlot>> {
        loop {
            let (client, mut line) = self.waiting.pop_front()?;
            let first = std::iter::from_fn(|| line.pop_front()).find(|waiting| !waiting.is_closed());
            if !line.is_empty() {
                self.waiting.push_back((client, line));
            }
            if first.is_some() {
                return first;
            }
        }
    }
}

impl Drop for ExecutionSlot {
    fn drop(&mut self) {
        self.0.lines().free += 1;
        self.0.serve();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use futures_util::future::LocalBoxFuture;

    use super::*;

    fn client(name: &str) -> Client {
        Client::Token(name.to_owned())
    }

    /// One future for each client, each polled once and waiting.
    fn waiting<'a>(places: &'a Places, clients: &'a [Client]) -> Vec<LocalBoxFuture<'a, Option<ExecutionSlot>>> {
        let waiting = clients.iter().map(|client| {
            let mut turn = places.turn(client).boxed_local();
            assert!((&mut turn).now_or_never().is_none(), "it has to wait");
            turn
        });
        waiting.collect()
    }

    #[test]
    fn a_client_with_many_operations_makes_another_wait_for_one_of_them() {
        let places = Places::new(1);
        let mut held = places.free();
        assert!(held.is_some() && places.free().is_none() && places.are_taken());
        let clients = ["many", "many", "many", "one", "two"].map(client);
        let mut waiting: Vec<_> = waiting(&places, &clients).into_iter().enumerate().collect();
        let mut served = Vec::new();
        while !waiting.is_empty() {
            drop(held.take());
            waiting.retain_mut(|(number, turn)| match turn.now_or_never() {
                Some(place) => {
                    held = place;
                    served.push(*number);
                    false
                }
                None => true,
            });
        }
        assert_eq!(served, [0, 3, 4, 1, 2]);
        drop(held);
        assert!(!places.are_taken());
    }

    #[test]
    fn whoever_stops_waiting_takes_no_place_along() {
        let places = Places::new(1);
        let clients = ["one", "one", "two"].map(client);
        for served_before in [false, true] {
            let held = places.free();
            let mut waiting = waiting(&places, &clients);
            let last = waiting.pop();
            if served_before {
                drop(held);
                drop(waiting);
            } else {
                drop(waiting);
                drop(held);
            }
            let place = last.and_then(FutureExt::now_or_never).flatten();
            assert!(place.is_some(), "served before: {served_before}");
            drop(place);
            assert!(!places.are_taken());
        }
    }
}
