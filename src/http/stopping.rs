//! Graceful shutdown.
//!
//! On the first signal `/readyz` fails and every response asks for its connection to be closed. For
//! [`drain`](super::server::Serving::drain), requests are still accepted, so that load balancers and clients can move
//! away. Then no new connection is accepted, and open requests have [`grace`](super::server::Serving::grace) to end. A
//! second signal ends the process at once.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::Error;
use actix_web::body::{BodySize, BoxBody, EitherBody, MessageBody};
use actix_web::dev::{Server, ServiceRequest, ServiceResponse};
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Data};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::time::sleep;

/// How long a client may take, once nothing more is accepted, before what it has not taken of a stream or socket is given up.
pub(super) const LAST_WORDS: Duration = Duration::from_secs(3);

/// How the server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All requests have ended, or their time was up.
    InOrder,
    /// A second signal cut off open requests.
    AtOnce,
}

/// The state of the shutdown, and the number of requests that it waits for.
#[derive(Clone, Debug, Default)]
pub(super) struct Stopping(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    begun: AtomicBool,
    /// Whether no new connection is accepted any more.
    closed: watch::Sender<bool>,
    /// Open requests over TLS, until their responses are sent.
    under_way: AtomicUsize,
}

impl Stopping {
    pub fn has_begun(&self) -> bool {
        self.0.begun.load(Ordering::Relaxed)
    }

    fn begin(&self) {
        self.0.begun.store(true, Ordering::Relaxed);
    }

    /// Whether no new connection is accepted any more.
    pub fn has_closed(&self) -> bool {
        *self.0.closed.borrow()
    }

    /// Resolves once no new connection is accepted: then everything that does not end by itself has to end.
    pub async fn closed(&self) {
        let mut closed = self.0.closed.subscribe();
        // Cannot fail: the sender lives as long as `self`.
        let _ = closed.wait_for(|closed| *closed).await;
    }

    /// Resolves [`LAST_WORDS`] after [`closed`](Self::closed).
    pub async fn overdue(&self) {
        self.closed().await;
        sleep(LAST_WORDS).await;
    }

    /// Waits until a server with TLS has been idle for a second: idle HTTP/2 connections stay open, and actix cannot
    /// tell them to close. Those of HTTP/1 close by themselves.
    async fn quiet(&self) {
        const STEP: Duration = Duration::from_millis(100);
        let mut quiet = 0;
        while quiet < 10 {
            sleep(STEP).await;
            let idle = self.0.under_way.load(Ordering::Relaxed) == 0;
            quiet = if idle { quiet + 1 } else { 0 };
        }
    }

    fn under_way(&self) -> RequestGuard {
        self.0.under_way.fetch_add(1, Ordering::Relaxed);
        RequestGuard(self.clone())
    }
}

/// Counts a request over TLS as open while it lives.
struct RequestGuard(Stopping);

impl Drop for RequestGuard {
    fn drop(&mut self) {
        self.0.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A body whose request counts as open until it is sent.
struct GuardedBody {
    body: BoxBody,
    _request: RequestGuard,
}

impl MessageBody for GuardedBody {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_next(cx)
    }
}

/// Middleware for every route: asks for connections to be closed once the shutdown has begun.
pub(super) async fn tell<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let stopping = request.app_data::<Data<Stopping>>().cloned();
    let secure = request.app_config().secure();
    let under_way = stopping
        .as_ref()
        .filter(|_| secure)
        .map(|stopping| stopping.under_way());
    let mut response = next.call(request).await?;
    let upgraded = response.status() == StatusCode::SWITCHING_PROTOCOLS;
    if !upgraded && stopping.is_some_and(|stopping| stopping.has_begun()) {
        response
            .response_mut()
            .head_mut()
            .set_connection_type(ConnectionType::Close);
    }
    Ok(match under_way {
        None => response.map_into_left_body(),
        Some(request) => response.map_body(|_, body| {
            EitherBody::right(BoxBody::new(GuardedBody {
                body: BoxBody::new(body),
                _request: request,
            }))
        }),
    })
}

/// Runs `server` until it fails, or until signals have ended it.
pub(super) async fn run(
    mut server: Server,
    mut signals: Signals,
    how: Timing,
    stopping: Stopping,
) -> io::Result<Ending> {
    tokio::select! {
        outcome = &mut server => return outcome.map(|()| Ending::InOrder),
        () = signals.next() => {}
    }
    stopping.begin();
    tracing::info!(
        "stopping: requests are accepted for {:?} more; a second signal ends at once",
        how.drain
    );
    tokio::select! {
        outcome = &mut server => return outcome.map(|()| Ending::InOrder),
        () = signals.next() => return Ok(Ending::AtOnce),
        () = sleep(how.drain) => {}
    }
    tracing::info!("stopping: what is under way has {:?} to end", how.grace);
    stopping.0.closed.send_replace(true);
    // Calling `stop` sends the command; the end of `server` says that it was carried out.
    drop(server.handle().stop(true));
    tokio::select! {
        outcome = &mut server => outcome.map(|()| Ending::InOrder),
        () = signals.next() => Ok(Ending::AtOnce),
        () = sleep(how.grace) => Ok(Ending::InOrder),
        () = stopping.quiet(), if how.tls => Ok(Ending::InOrder),
    }
}

/// The times of a shutdown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timing {
    pub drain: Duration,
    pub grace: Duration,
    pub tls: bool,
}

/// SIGINT and SIGTERM.
pub(super) struct Signals(Option<(Signal, Signal)>);

impl Signals {
    /// Starts to listen, if `listened`; otherwise `next` never resolves.
    pub fn new(listened: bool) -> io::Result<Self> {
        if !listened {
            return Ok(Self(None));
        }
        let (interrupt, terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(Self(Some((interrupt, terminate))))
    }

    async fn next(&mut self) {
        match &mut self.0 {
            Some((interrupt, terminate)) => {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
            }
            None => std::future::pending().await,
        }
    }
}
