//! Commands whose asker may leave: one that waits for a connection goes on waiting without it.
//!
//! Who waits for a connection of the driver's pool stands in a queue, and keeps the place there after giving up. Each
//! command that begins or ends calls up one place, so with enough of the dead in front no command begins any more, and
//! none ends. So nobody gives up: a command that still waits when its asker leaves gets its connection, and only then lets
//! go of it. One that has its connection is broken off at once, so that the database stops too.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use mongodb::event::cmap::CmapEvent;
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;

thread_local! {
    /// Whether the command that is polled on this thread waits for a connection.
    static WAITS: Cell<bool> = const { Cell::new(false) };
}

/// Hears what the driver tells of its pool: it does so while it is polled by the command that it is about.
pub(super) fn heard(event: &CmapEvent) {
    match event {
        CmapEvent::ConnectionCheckoutStarted(_) => WAITS.set(true),
        CmapEvent::ConnectionCheckedOut(_) | CmapEvent::ConnectionCheckoutFailed(_) => WAITS.set(false),
        _ => {}
    }
}

/// A command, and its turn for a connection.
pub(super) struct CancelSafe<T: Send + 'static> {
    command: Option<BoxFuture<'static, T>>,
    turn: Option<OwnedSemaphorePermit>,
    waits: bool,
    is_alone: bool,
}

impl<T: Send + 'static> CancelSafe<T> {
    /// A command that has its turn.
    pub fn new(command: BoxFuture<'static, T>, turn: Option<OwnedSemaphorePermit>) -> Self {
        Self {
            command: Some(command),
            turn,
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
            self.turn = None;
        }
        polled
    }
}

impl<T: Send + 'static> Drop for CancelSafe<T> {
    fn drop(&mut self) {
        // Where the runtime ends, the pool ends with it.
        if self.command.is_none() || !self.waits || self.is_alone {
            return;
        }
        if let Ok(runtime) = Handle::try_current() {
            let mut rest = Self {
                command: self.command.take(),
                turn: self.turn.take(),
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
