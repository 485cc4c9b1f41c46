//! The delivery of responses. A response holds its request's permit, and counts as in flight, until the client has read
//! it; if the client stops reading, it is cut off after the same time as a stream of events (`Timeouts::stalled`).
//!
//! actix polls a body for its next piece when less than 32 KiB are in the connection's buffer, copies the piece into
//! it, and drops the body once it has returned `None`. So a smaller response is released as soon as it is written, and
//! what then waits for the client is no more than that buffer, which actix itself closes with the connection
//! (keep-alive). A larger one is handed out in pieces, without a copy of the whole.
//!
//! **A client that does not read.** Then actix stops polling, and no timer inside the body is polled either. The same
//! applies to a small response behind others that were pipelined and not read. Something else has to watch them, and a
//! timer for each response would cost more than many responses do. So each thread has a list of its open responses, and
//! one task that visits the list eight times in `stalled`, as long as it is not empty. A visit costs a counter for each
//! response; adding and removing one, a few instructions. Each piece that is taken resets the counter, so a client gets
//! its response however slow it is, as long as it reads 64 KiB in each such time.
//!
//! **Cutting off** closes the connection. In HTTP/2 that would end its other streams too. There the rest of the
//! response and its permit are taken away from the waiting body, and the stream breaks off when it is polled again.
//! Pieces are copies there, so that a waiting piece does not keep the whole alive.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::http::Version;
use actix_web::rt::spawn;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use tokio::time::sleep;

use crate::http::disconnect;
use crate::http::metrics::{InFlight, Metrics};
use crate::http::permits::Permit;
use crate::http::state::State;

/// The size of a piece, in bytes.
const PIECE: usize = 64 * 1024;

/// Larger answers, in bytes, need a permit for [`Resource::AnswerBytes`](crate::http::permits::Resource::AnswerBytes).
pub const LARGE: usize = PIECE;

/// The size of a piece in HTTP/2, in bytes: what actix sends there at once.
const FRAME: usize = 16 * 1024;

/// How often responses are visited within `stalled`.
const ROUNDS: u32 = 8;

/// What a request holds until its response has been read.
#[derive(Debug, Default)]
pub struct Held {
    _in_flight: Option<InFlight>,
    _permit: Option<Permit>,
    /// For the bytes of a large answer.
    _bytes: Option<Arc<Permit>>,
}

impl Held {
    /// `permit`: the request's; `None` if none was acquired.
    pub const fn new(in_flight: InFlight, permit: Option<Permit>) -> Self {
        Self {
            _in_flight: Some(in_flight),
            _permit: permit,
            _bytes: None,
        }
    }

    /// Adds a permit for the bytes of the answer.
    #[must_use]
    pub fn with_bytes(self, bytes: Option<Arc<Permit>>) -> Self {
        Self { _bytes: bytes, ..self }
    }
}

/// A response that has not been read completely.
struct Delivery {
    rest: RefCell<Bytes>,
    held: Cell<Held>,
    /// The number of visits since the last piece was taken.
    idle: Cell<u32>,
    is_cut: Cell<bool>,
    cut: Cell<Option<Box<dyn FnOnce()>>>,
    metrics: Metrics,
}

/// The open responses of a thread; a response keeps its index.
#[derive(Default)]
struct Watched {
    places: Vec<Option<Rc<Delivery>>>,
    free: Vec<usize>,
    /// Whether the task is running.
    is_watched: bool,
}

thread_local! {
    static WATCHED: RefCell<Watched> = RefCell::default();
}

/// The body of a response.
struct Body {
    delivery: Rc<Delivery>,
    place: usize,
    length: u64,
    /// Whether the connection uses HTTP/2.
    shares_connection: bool,
}

/// The client stopped reading.
#[derive(Debug, thiserror::Error)]
#[error("the client took nothing of the answer for too long")]
struct CutOff;

/// Makes a response hold its permits until it has been read.
pub fn deliver(http: &HttpRequest, state: &State, response: HttpResponse, held: Held) -> HttpResponse {
    response.map_body(|_, body| match body.size() {
        BodySize::None | BodySize::Sized(0) => body,
        _ => match body.try_into_bytes() {
            Ok(bytes) => BoxBody::new(Body::new(http, state, bytes, held)),
            // Streams look after themselves.
            Err(body) => body,
        },
    })
}

impl Body {
    fn new(http: &HttpRequest, state: &State, bytes: Bytes, held: Held) -> Self {
        let length = bytes.len() as u64;
        let delivery = Rc::new(Delivery {
            rest: RefCell::new(bytes),
            held: Cell::new(held),
            idle: Cell::new(0),
            is_cut: Cell::new(false),
            cut: Cell::new(Some(Box::new(disconnect::cut(http)))),
            metrics: state.metrics.clone(),
        });
        Self {
            place: watch(&delivery, state.timeouts.stalled),
            delivery,
            length,
            shares_connection: http.version() >= Version::HTTP_2,
        }
    }
}

impl MessageBody for Body {
    type Error = CutOff;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.length)
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, CutOff>>> {
        let delivery = &self.delivery;
        if delivery.is_cut.get() {
            return Poll::Ready(Some(Err(CutOff)));
        }
        delivery.idle.set(0);
        let mut rest = delivery.rest.borrow_mut();
        let piece = match rest.len() {
            0 => return Poll::Ready(None),
            length if self.shares_connection => {
                let piece = rest.split_to(length.min(FRAME));
                Bytes::copy_from_slice(&piece)
            }
            length => rest.split_to(length.min(PIECE)),
        };
        Poll::Ready(Some(Ok(piece)))
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        // At the end of the thread, its list may already be gone.
        let _ = WATCHED.try_with(|watched| {
            let mut watched = watched.borrow_mut();
            watched.places[self.place] = None;
            watched.free.push(self.place);
        });
    }
}

impl Delivery {
    fn cut_off(&self) {
        tracing::debug!("the client took nothing of its answer for too long");
        self.is_cut.set(true);
        self.metrics.answer_cut_off();
        drop((self.rest.take(), self.held.take()));
        if let Some(cut) = self.cut.take() {
            cut();
        }
    }
}

/// Adds a response to the thread's list, and starts the task if it is not running. Returns the index.
fn watch(delivery: &Rc<Delivery>, stalled: Duration) -> usize {
    WATCHED.with_borrow_mut(|watched| {
        if !watched.is_watched {
            watched.is_watched = true;
            spawn(go_through(stalled / ROUNDS));
        }
        let delivery = Some(Rc::clone(delivery));
        match watched.free.pop() {
            Some(place) => {
                watched.places[place] = delivery;
                place
            }
            None => {
                watched.places.push(delivery);
                watched.places.len() - 1
            }
        }
    })
}

/// The task: visits the list until it is empty.
async fn go_through(every: Duration) {
    loop {
        sleep(every.max(Duration::from_millis(1))).await;
        let (late, is_empty) = WATCHED.with_borrow_mut(|watched| {
            let mut late = Vec::new();
            let mut is_empty = true;
            for delivery in watched
                .places
                .iter()
                .flatten()
                .filter(|delivery| !delivery.is_cut.get())
            {
                is_empty = false;
                // One more than `ROUNDS`: the first visit may come at once.
                delivery.idle.set(delivery.idle.get() + 1);
                if delivery.idle.get() > ROUNDS {
                    late.push(Rc::clone(delivery));
                }
            }
            watched.is_watched = !is_empty;
            (late, is_empty)
        });
        // The list is no longer borrowed: a response that ends now can remove itself.
        late.iter().for_each(|delivery| delivery.cut_off());
        if is_empty {
            return;
        }
    }
}
