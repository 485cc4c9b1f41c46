//! Commands that are safe to cancel.
//!
//! The driver's pool does not remove a waiter that was dropped from its queue, and each command that begins or ends
//! wakes one waiter. So if enough abandoned waiters are at the head of the queue, no command can start. Therefore a
//! command that is queued for a connection keeps waiting in the background when its caller is dropped, and returns the
//! connection when it gets it. One that has its connection is cancelled at once, so that the database stops too.

use std::cell::Cell;
use std::future::poll_fn;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use mongodb::event::cmap::CmapEvent;
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;
use tracing::Instrument;

thread_local! {
    /// Whether the command that is being polled on this thread is queued for a connection.
    static WAITS: Cell<bool> = const { Cell::new(false) };
}

/// Handles an event of the pool. The driver sends it while it polls the command that the event is about.
pub(super) fn on_pool_event(event: &CmapEvent) {
    match event {
        CmapEvent::ConnectionCheckoutStarted(_) => WAITS.set(true),
        CmapEvent::ConnectionCheckedOut(_) | CmapEvent::ConnectionCheckoutFailed(_) => WAITS.set(false),
        _ => {}
    }
}

/// Runs a task apart from whoever waits for it, so that it comes to its end also when nobody waits any more.
pub async fn by_itself<T: Send + 'static>(task: impl Future<Output = T> + Send + 'static) -> T {
    let task = tokio::spawn(task.in_current_span());
    // Nothing cancels it but the runtime's end, which this does not live to see.
    task.await.unwrap_or_else(|ended| resume_unwind(ended.into_panic()))
}

/// A command with its permit for a connection.
pub(super) struct CancelSafe<T: Send + 'static> {
    command: Option<BoxFuture<'static, T>>,
    permit: Option<OwnedSemaphorePermit>,
    waits: bool,
    is_alone: bool,
}

impl<T: Send + 'static> CancelSafe<T> {
    pub fn new(command: BoxFuture<'static, T>, permit: Option<OwnedSemaphorePermit>) -> Self {
        Self {
            command: Some(command),
            permit,
            waits: false,
            is_alone: false,
        }
    }
}

impl<T: Send + 'static> Future for CancelSafe<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, ctx: &mut Context<'_>) -> Poll<T> {
        let Some(mut command) = self.command.take() else {
            return Poll::Pending;
        };
        WAITS.set(self.waits);
        let polled = command.poll_unpin(ctx);
        self.waits = WAITS.get();
        if polled.is_pending() {
            self.command = Some(command);
        } else {
            self.permit = None;
        }
        polled
    }
}

impl<T: Send + 'static> Drop for CancelSafe<T> {
    fn drop(&mut self) {
        // Without a runtime the pool is gone too.
        if self.command.is_none() || !self.waits || self.is_alone {
            return;
        }
        if let Ok(runtime) = Handle::try_current() {
            let mut rest = Self {
                command: self.command.take(),
                permit: self.permit.take(),
                waits: true,
                is_alone: true,
            };
            runtime.spawn(async move {
                poll_fn(|ctx| match rest.poll_unpin(ctx) {
                    Poll::Pending if rest.waits => Poll::Pending,
                    _ => Poll::Ready(()),
                })
                .await;
            });
        }
    }
}
