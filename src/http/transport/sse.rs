//! Subscriptions over HTTP: server-sent events, by graphql-sse (distinct connections mode) and HTML's `EventSource`, and the
//! parts of Apollo's multipart protocol (`StreamFormat`).
//!
//! Every event of a subscription has its cursor as `id:`. A browser that loses its connection sends the last one as
//! `Last-Event-ID`, and the subscription resumes after it. A stream ends with `complete` if nothing more can come. If
//! the server stops, it ends without, and the client reconnects.

use std::convert::Infallible;
use std::rc::Rc;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, HeaderName, VARY};
use actix_web::rt::spawn;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::StreamExt;
use futures_util::stream::{iter, unfold};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::http::disconnect;
use crate::http::headers::REQUEST_ID;
use crate::http::media::MediaType;
use crate::http::pipeline::admission::caught;
use crate::http::pipeline::caller::Caller;
use crate::http::pipeline::record::Recorder;
use crate::http::pipeline::subscription::{Events, Opening, SubscriptionEvent, lapsed};
use crate::http::response::whole_stream;
use crate::http::state::State;

/// How events are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamFormat {
    /// Server-sent events.
    Events,
    /// The parts of a multipart body (Apollo's "Multipart HTTP protocol for GraphQL subscriptions", 1.0).
    Parts,
}

impl StreamFormat {
    /// That of a client that takes parts, or of one that takes events.
    pub const fn of(parted: bool) -> Self {
        if parted { Self::Parts } else { Self::Events }
    }

    const fn media(self) -> MediaType {
        match self {
            Self::Events => MediaType::EventStream,
            Self::Parts => MediaType::Multipart,
        }
    }

    /// Before all events. The boundary of a part stands behind the one before, so that no part waits for the next.
    const fn begin(self) -> &'static [u8] {
        match self {
            Self::Events => b"",
            Self::Parts => b"\r\n--graphql",
        }
    }

    /// A heartbeat: writing it reveals a client that has gone.
    fn alive(self) -> Bytes {
        match self {
            Self::Events => Bytes::from_static(b":\n\n"),
            Self::Parts => part(b"{}", false).into(),
        }
    }

    fn text(self, event: &SubscriptionEvent) -> Vec<u8> {
        match self {
            Self::Events => text(event),
            Self::Parts => {
                let payload = [b"{\"payload\":", &*event.answer.json(), b"}"].concat();
                part(&payload, event.is_end)
            }
        }
    }
}

fn part(json: &[u8], is_last: bool) -> Vec<u8> {
    let end: &[u8] = if is_last { b"--\r\n" } else { b"" };
    [
        b"\r\ncontent-type: application/json\r\n\r\n",
        json,
        b"\r\n--graphql",
        end,
    ]
    .concat()
}

fn text(event: &SubscriptionEvent) -> Vec<u8> {
    let answer = event.answer.json();
    let next = |id: &str| [id.as_bytes(), b"event: next\ndata: ", &answer, b"\n\n"].concat();
    match &event.cursor {
        // A line end in a cursor would end the field.
        Some(cursor) if !cursor.contains(['\n', '\r', '\0']) => next(&format!("id: {cursor}\n")),
        // Clears the browser's last event id, or it would reconnect with the same cursor, which is useless now.
        _ if begins_anew(event) => [b"id\n", &*whole_stream(&answer)].concat(),
        _ if event.is_end => whole_stream(&answer),
        _ => next(""),
    }
}

/// Whether the client's last cursor cannot be used any more.
fn begins_anew(event: &SubscriptionEvent) -> bool {
    const OF_NO_USE: [&str; 3] = ["BAD_USER_INPUT", "CURSOR_EXPIRED", "CHANGES_LOST"];
    event.is_end && event.answer.codes().any(|code| OF_NO_USE.contains(&code))
}

/// Starts to send the events of a subscription.
pub fn response(
    http: &HttpRequest,
    state: &Data<State>,
    opening: Opening,
    recorder: Recorder,
    format: StreamFormat,
) -> HttpResponse {
    let (caller, request_id) = (opening.caller(), recorder.request_id().to_owned());
    // At most one event waits to be sent, and no other is requested meanwhile.
    let (sender, receiver) = channel(1);
    let events = opening.events(recorder);
    let sending = send(events, format, sender, caller, state.clone(), disconnect::left(http));
    let (cut, metrics) = (disconnect::cut(http), state.metrics.clone());
    let task = async move {
        if let Ended::Stalled = caught(&metrics, sending, || Ended::InOrder).await {
            tracing::debug!("the client took no event for too long");
            cut();
        }
    };
    spawn(task);
    let events = unfold(receiver, |mut receiver: Receiver<Bytes>| async {
        let bytes = receiver.recv().await?;
        Some((Ok::<_, Infallible>(bytes), receiver))
    });
    let begin = Some(Bytes::from_static(format.begin())).filter(|begin| !begin.is_empty());
    let body = iter(begin.map(Ok)).chain(events);
    HttpResponse::Ok()
        .content_type(format.media().content_type())
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((VARY, "Accept"))
        .insert_header((&REQUEST_ID, request_id))
        // Keeps compression and proxies from buffering events.
        .insert_header((CONTENT_ENCODING, "identity"))
        .insert_header((HeaderName::from_static("x-accel-buffering"), "no"))
        .streaming(body)
}

enum Ended {
    /// The events have ended, the client has left, or the server stops.
    InOrder,
    /// The client does not read.
    Stalled,
}

/// Sends events until they end, or the client has left.
async fn send(
    mut events: Events,
    format: StreamFormat,
    sender: Sender<Bytes>,
    caller: Rc<Caller>,
    state: Data<State>,
    left: impl Future<Output = ()>,
) -> Ended {
    let timeouts = state.timeouts;
    let mut beat = interval(timeouts.beat);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut left, mut closed) = (Box::pin(left), Box::pin(state.stopping.closed()));
    let mut overdue = Box::pin(state.stopping.overdue());
    let mut expired = Box::pin(state.expired(&caller.credentials));
    loop {
        // Resolves when the previous event has been taken. The next one is requested only then, so that it is sent
        // right after the check of the credentials.
        let room = tokio::select! {
            // First: a client that has taken it reads.
            biased;
            room = timeout(timeouts.stalled, sender.reserve()) => room,
            () = &mut left => return Ended::InOrder,
            // Not at once when the server stops: an event on its way to a client that reads would be cut in two.
            () = &mut overdue => return Ended::Stalled,
        };
        let room = match room {
            Ok(Ok(room)) => room,
            Ok(Err(_)) => return Ended::InOrder,
            Err(_) => return Ended::Stalled,
        };
        // No event begins now that might not be taken in time.
        if state.stopping.has_closed() {
            return Ended::InOrder;
        }
        let event = tokio::select! {
            () = sender.closed() => return Ended::InOrder,
            () = &mut left => return Ended::InOrder,
            () = &mut closed => return Ended::InOrder,
            refused = &mut expired => Some(lapsed(refused)),
            event = events.next() => match event {
                Some(event) => Some(event),
                None => return Ended::InOrder,
            },
            _ = beat.tick() => None,
        };
        match event {
            None => room.send(format.alive()),
            Some(event) => {
                let is_end = event.is_end;
                room.send(format.text(&event).into());
                if is_end {
                    return Ended::InOrder;
                }
            }
        }
    }
}
