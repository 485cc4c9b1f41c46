//! The events of a subscription, whatever carries them to its client.
//!
//! Each is paid for; a client that has too few points waits for them, as it would for its next request. Before each it is
//! asked whether the client's token still holds. A subscription has its permit while it lasts, and its record is written
//! when it is over.

use std::panic::AssertUnwindSafe;
use std::rc::Rc;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use futures_util::stream::{LocalBoxStream, unfold};
use futures_util::{FutureExt, Stream, StreamExt};
use tracing::Instrument;

use super::caller::Caller;
use super::execution::PreparedOperation;
use super::record::Recorder;
use crate::api::error::ApiError;
use crate::graphql::{Told, subscribe};
use crate::http::answer::Answer;
use crate::http::metrics::InFlight;
use crate::http::permits::Permit;
use crate::http::state::State;

pub struct SubscriptionEvent {
    /// Behind what to go on when the connection breaks off after it.
    pub cursor: Option<String>,
    pub answer: Answer,
    /// Whether it tells why no more come.
    pub is_end: bool,
    /// Why the client may no longer ask, where that is the end.
    pub lapsed: Option<ApiError>,
}

/// The events; they end behind one that says so, and else not at all.
pub type Events = LocalBoxStream<'static, SubscriptionEvent>;

/// A subscription that may begin, and whose first event is paid for.
pub struct Opening {
    pub(super) state: Data<State>,
    pub(super) caller: Rc<Caller>,
    pub(super) operation: Box<PreparedOperation>,
    pub(super) permit: Permit,
}

/// A subscription under way.
struct Subscription {
    /// `None` for a panic.
    told: LocalBoxStream<'static, Option<Told>>,
    state: Data<State>,
    caller: Rc<Caller>,
    recorder: Recorder,
    /// Of each event, in points.
    cost: u64,
    /// How many events.
    sent: u64,
    is_over: bool,
    _permit: Permit,
    _counted: InFlight,
}

impl Opening {
    pub fn caller(&self) -> Rc<Caller> {
        Rc::clone(&self.caller)
    }

    /// Begins it. Nothing happens before the events are asked for.
    pub fn events(self, mut recorder: Recorder) -> Events {
        let State {
            schema,
            store,
            live,
            search,
            ..
        } = &**self.state;
        let told = subscribe(
            schema,
            store.for_stream(),
            live.clone(),
            search.clone(),
            self.operation.request,
        );
        // Its client ends it by leaving, as it should.
        recorder.ends(StatusCode::OK, []);
        let subscription = Subscription {
            told: AssertUnwindSafe(told).catch_unwind().map(Result::ok).boxed_local(),
            cost: self.operation.info.cost,
            recorder,
            caller: self.caller,
            sent: 0,
            is_over: false,
            _permit: self.permit,
            _counted: self.state.metrics.subscription(),
            state: self.state,
        };
        subscription.events().boxed_local()
    }
}

impl Subscription {
    fn events(self) -> impl Stream<Item = SubscriptionEvent> {
        // Boxed: it would be copied with each future around it.
        unfold(Box::new(self), |mut subscription| async move {
            let (span, log) = (subscription.recorder.span(), subscription.recorder.log());
            let event = subscription.next().instrument(span).instrument(log).await?;
            Some((event, subscription))
        })
    }

    async fn next(&mut self) -> Option<SubscriptionEvent> {
        if self.is_over {
            return None;
        }
        let event = match self.told.next().await? {
            Some(Told { cursor, response }) => SubscriptionEvent {
                is_end: cursor.is_none(),
                cursor,
                answer: Answer::executed(response, None),
                lapsed: None,
            },
            None => {
                self.state.metrics.panicked();
                failure(&ApiError::Internal)
            }
        };
        let event = match self.pay().await {
            Ok(()) => event,
            Err(error) => failure(&error),
        };
        // The last question before it is sent: what came before may have taken long. Boxed, so that it takes no room while
        // nothing happens.
        let event = match event.is_end {
            true => event,
            false => match self.state.surely_holds(&self.caller.credentials).boxed_local().await {
                Ok(()) => event,
                Err(refused) => lapsed(refused),
            },
        };
        self.is_over = event.is_end;
        if event.is_end {
            self.recorder.ends(StatusCode::OK, [&event.answer]);
        }
        self.sent += 1;
        self.recorder.costs(self.cost.saturating_mul(self.sent));
        self.state.metrics.event_sent();
        Some(event)
    }

    async fn pay(&self) -> Result<(), ApiError> {
        if self.sent == 0 {
            return Ok(());
        }
        let State { points, config, .. } = &**self.state;
        points.pay(&self.caller.client, self.cost, &config.limits).await
    }
}

/// The end of a subscription by this error.
pub fn failure(error: &ApiError) -> SubscriptionEvent {
    SubscriptionEvent {
        cursor: None,
        answer: Answer::failed(error),
        is_end: true,
        lapsed: None,
    }
}

/// The end of a subscription whose client may no longer ask.
pub fn lapsed(refused: ApiError) -> SubscriptionEvent {
    SubscriptionEvent {
        lapsed: Some(refused.clone()),
        ..failure(&refused)
    }
}
