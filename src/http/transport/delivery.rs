//! Answers on their way to their clients: each keeps its request's permit, and counts as in flight, until it is taken, and one
//! that nobody takes is cut off after the same time as a stream of events (`Timeouts::stalled`).
//!
//! actix asks a body for its next piece when less than 32 KiB wait in the connection's buffer, copies the piece there, and
//! drops the body once it has said that there are no more. So an answer below that size is let go of as soon as it is written,
//! and what then waits for its client is no more than that buffer, which actix itself closes with the connection (keep-alive).
//! Of a larger one a piece at a time is handed out, and the rest stays here: never a second copy of the whole.
//!
//! **Nobody takes it.** Then actix asks for no more pieces, and looks at no timer that a body has. The same goes for a small
//! answer behind others that were asked for in one go and not taken. Something else has to look after them, and a timer for
//! each answer would cost more than many answers do: so the answers that a thread has under way stand in one list, and one
//! task goes through it eight times in the time that a client has, for as long as there are any. A round costs a counter for
//! each; entering the list and leaving it, a few instructions. Who takes a piece begins anew, so a client gets its answer
//! however slow it is, as long as it takes 64 KiB in each such time.
//!
//! **Cutting off** closes the connection. In HTTP/2 that would end what else goes on in it; there the answer is taken away from
//! the body that waits, permit and all, and the stream breaks off when it is asked for more. Pieces are copies there, for
//! the one that waits must not keep the whole alive.

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

/// How much is handed out at once, in bytes.
const PIECE: usize = 64 * 1024;

/// Answers over this length, in bytes, count against the limit on those that are not taken.
pub const LARGE: usize = PIECE;

/// The same in HTTP/2: what actix sends there at once.
const FRAME: usize = 16 * 1024;

/// How often answers are looked at in the time that clients have.
const ROUNDS: u32 = 8;

/// What a request holds until its answer is taken.
#[derive(Debug, Default)]
pub struct Held {
    _in_flight: Option<InFlight>,
    _permit: Option<Permit>,
    /// For the bytes of a large answer.
    _bytes: Option<Arc<Permit>>,
}

impl Held {
    /// That it counts as under way, and that it may be.
    pub const fn new(in_flight: InFlight, permit: Option<Permit>) -> Self {
        Self {
            _in_flight: Some(in_flight),
            _permit: permit,
            _bytes: None,
        }
    }

    /// The same with a permit for the bytes of the answer.
    #[must_use]
    pub fn with_bytes(self, bytes: Option<Arc<Permit>>) -> Self {
        Self { _bytes: bytes, ..self }
    }
}

/// An answer that is not taken yet.
struct Delivery {
    rest: RefCell<Bytes>,
    held: Cell<Held>,
    /// How many rounds nobody has taken anything of it.
    idle: Cell<u32>,
    is_cut: Cell<bool>,
    cut: Cell<Option<Box<dyn FnOnce()>>>,
    metrics: Metrics,
}

/// The answers that a thread has under way, each at its place.
#[derive(Default)]
struct Watched {
    places: Vec<Option<Rc<Delivery>>>,
    free: Vec<usize>,
    /// Whether a task goes through them.
    is_watched: bool,
}

thread_local! {
    static WATCHED: RefCell<Watched> = RefCell::default();
}

/// The body of an answer.
struct Body {
    delivery: Rc<Delivery>,
    place: usize,
    length: u64,
    /// Whether its connection is one of HTTP/2.
    shares_connection: bool,
}

/// An answer that nobody took.
#[derive(Debug, thiserror::Error)]
#[error("the client took nothing of the answer for too long")]
struct CutOff;

/// Lets a response to this request hold what it holds until it is taken.
pub fn deliver(http: &HttpRequest, state: &State, response: HttpResponse, held: Held) -> HttpResponse {
    response.map_body(|_, body| match body.size() {
        BodySize::None | BodySize::Sized(0) => body,
        _ => match body.try_into_bytes() {
            Ok(bytes) => BoxBody::new(Body::new(http, state, bytes, held)),
            // Who makes a body piece by piece looks after it.
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
        // Where the thread ends, its list is gone already.
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

/// Enters an answer in the list of its thread, and sees to it that somebody goes through the list.
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

/// Goes through the list until nothing is in it.
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
                // The first round may come at once, and counts for nothing.
                delivery.idle.set(delivery.idle.get() + 1);
                if delivery.idle.get() > ROUNDS {
                    late.push(Rc::clone(delivery));
                }
            }
            watched.is_watched = !is_empty;
            (late, is_empty)
        });
        // The list is free again: what ends now may take itself out of it.
        late.iter().for_each(|delivery| delivery.cut_off());
        if is_empty {
            return;
        }
    }
}
