//! Execution slots of a thread, and the queues of operations that wait for them.
//!
//! There are as many slots as the thread has database connections. Waiting here takes little memory; waiting for a
//! connection half-way through takes a lot, and evicts others from the processor's caches. Each client has its own
//! queue, and the queues take turns: a client with a hundred operations delays another by one of them, not by all.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot::{Sender, channel};

use super::client::Client;

/// The slots of a thread; clones share them.
#[derive(Clone)]
pub struct ExecutionSlots(Arc<Mutex<Queues>>);

struct Queues {
    free: usize,
    /// The queues by client; the first is served next. No queue is empty.
    waiting: VecDeque<(Client, VecDeque<Sender<ExecutionSlot>>)>,
}

/// A slot, held until this is dropped.
pub struct ExecutionSlot(ExecutionSlots);

impl ExecutionSlots {
    pub fn new(most: usize) -> Self {
        Self(Arc::new(Mutex::new(Queues {
            free: most,
            waiting: VecDeque::new(),
        })))
    }

    /// A slot, if one is free now.
    pub fn try_acquire(&self) -> Option<ExecutionSlot> {
        let mut queues = self.queues();
        queues.free = queues.free.checked_sub(1)?;
        Some(ExecutionSlot(self.clone()))
    }

    /// Whether the next operation has to wait.
    pub fn are_all_taken(&self) -> bool {
        self.queues().free == 0
    }

    /// Waits for a slot until it is this client's turn. Cancel-safe: no slot is lost.
    pub async fn acquire(&self, client: &Client) -> Option<ExecutionSlot> {
        if let Some(slot) = self.try_acquire() {
            return Some(slot);
        }
        let (sender, receiver) = channel();
        self.queues().push(client, sender);
        // A slot may have been returned before this one was queued: try again.
        self.serve();
        receiver.await.ok()
    }

    /// Assigns free slots to waiting operations in their order.
    fn serve(&self) {
        while let Some((waiting, slot)) = self.next() {
            // If the receiver has just been dropped, the slot is returned here, while the lock is not held.
            drop(waiting.send(slot));
        }
    }

    fn next(&self) -> Option<(Sender<ExecutionSlot>, ExecutionSlot)> {
        let mut queues = self.queues();
        let free = queues.free.checked_sub(1)?;
        let waiting = queues.pop()?;
        queues.free = free;
        Some((waiting, ExecutionSlot(self.clone())))
    }

    fn queues(&self) -> MutexGuard<'_, Queues> {
        // No panic leaves it inconsistent.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queues {
    fn push(&mut self, client: &Client, sender: Sender<ExecutionSlot>) {
        match self.waiting.iter_mut().find(|(of, _)| of == client) {
            Some((_, queue)) => {
                // Before the queue grows, remove those that no longer wait.
                if queue.len() == queue.capacity() {
                    queue.retain(|waiting| !waiting.is_closed());
                }
                queue.push_back(sender);
            }
            None => self.waiting.push_back((client.clone(), VecDeque::from([sender]))),
        }
    }

    /// The first of the next queue, which then moves behind the others. Skips those that no longer wait.
    fn pop(&mut self) -> Option<Sender<ExecutionSlot>> {
        loop {
            let (client, mut queue) = self.waiting.pop_front()?;
            let first = std::iter::from_fn(|| queue.pop_front()).find(|waiting| !waiting.is_closed());
            if !queue.is_empty() {
                self.waiting.push_back((client, queue));
            }
            if first.is_some() {
                return first;
            }
        }
    }
}

impl Drop for ExecutionSlot {
    fn drop(&mut self) {
        self.0.queues().free += 1;
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
    fn waiting<'a>(slots: &'a ExecutionSlots, clients: &'a [Client]) -> Vec<LocalBoxFuture<'a, Option<ExecutionSlot>>> {
        let waiting = clients.iter().map(|client| {
            let mut turn = slots.acquire(client).boxed_local();
            assert!((&mut turn).now_or_never().is_none(), "it has to wait");
            turn
        });
        waiting.collect()
    }

    #[test]
    fn a_client_with_many_operations_makes_another_wait_for_one_of_them() {
        let slots = ExecutionSlots::new(1);
        let mut held = slots.try_acquire();
        assert!(held.is_some() && slots.try_acquire().is_none() && slots.are_all_taken());
        let clients = ["many", "many", "many", "one", "two"].map(client);
        let mut waiting: Vec<_> = waiting(&slots, &clients).into_iter().enumerate().collect();
        let mut served = Vec::new();
        while !waiting.is_empty() {
            drop(held.take());
            waiting.retain_mut(|(number, turn)| match turn.now_or_never() {
                Some(slot) => {
                    held = slot;
                    served.push(*number);
                    false
                }
                None => true,
            });
        }
        assert_eq!(served, [0, 3, 4, 1, 2]);
        drop(held);
        assert!(!slots.are_all_taken());
    }

    #[test]
    fn whoever_stops_waiting_takes_no_slot_along() {
        let slots = ExecutionSlots::new(1);
        let clients = ["one", "one", "two"].map(client);
        for served_before in [false, true] {
            let held = slots.try_acquire();
            let mut waiting = waiting(&slots, &clients);
            let last = waiting.pop();
            if served_before {
                drop(held);
                drop(waiting);
            } else {
                drop(waiting);
                drop(held);
            }
            let slot = last.and_then(FutureExt::now_or_never).flatten();
            assert!(slot.is_some(), "served before: {served_before}");
            drop(slot);
            assert!(!slots.are_all_taken());
        }
    }
}
