//! The events of a subscription, on every transport.
//!
//! Each event costs points; a client with too few waits for more, as it would before its next request. The credentials
//! are checked before each event. The permit is held until the end, when the record is written.

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
use crate::api::operation::OperationKind;
use crate::graphql::{SubscriptionAnswer, subscribe};
use crate::http::answer::Answer;
use crate::http::metrics::InFlight;
use crate::http::permits::Permit;
use crate::http::state::State;

/// An event of a subscription, or the error that ends it.
pub struct SubscriptionEvent {
    /// Where to resume if the connection breaks off after this event; `None` at the end.
    pub cursor: Option<String>,
    pub answer: Answer,
    /// Whether this is the error that ends the subscription.
    pub is_end: bool,
    /// Why the credentials are no longer valid, if that ends it.
    pub lapsed: Option<ApiError>,
}

/// The events. The stream ends after one with `is_end`, and otherwise never.
pub type Events = LocalBoxStream<'static, SubscriptionEvent>;

/// A subscription that may begin. Its first event is paid for.
pub struct Opening {
    pub(super) state: Data<State>,
    pub(super) caller: Rc<Caller>,
    pub(super) operation: Box<PreparedOperation>,
    pub(super) permit: Permit,
}

struct Subscription {
    /// An item is `None` after a panic.
    told: LocalBoxStream<'static, Option<SubscriptionAnswer>>,
    state: Data<State>,
    caller: Rc<Caller>,
    recorder: Recorder,
    /// Per event, in points.
    cost: u64,
    /// The number of events so far.
    sent: u64,
    is_over: bool,
    _permit: Permit,
    _counted: InFlight,
}

impl Opening {
    pub fn caller(&self) -> Rc<Caller> {
        Rc::clone(&self.caller)
    }

    /// Starts the subscription. Nothing runs before the stream is polled.
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
        // A subscription normally ends when its client leaves.
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
        // Boxed: every future around it would copy it.
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
            Some(SubscriptionAnswer { cursor, response }) => SubscriptionEvent {
                is_end: cursor.is_none(),
                cursor,
                answer: Answer::executed(response, OperationKind::Subscription, None),
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
        // The last check before sending: the steps above may have taken long. Boxed, to take no space between events.
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

/// The event that ends a subscription with this error.
pub fn failure(error: &ApiError) -> SubscriptionEvent {
    SubscriptionEvent {
        cursor: None,
        answer: Answer::failed(error),
        is_end: true,
        lapsed: None,
    }
}

/// The event that ends a subscription because the credentials are no longer valid.
pub fn lapsed(refused: ApiError) -> SubscriptionEvent {
    SubscriptionEvent {
        lapsed: Some(refused.clone()),
        ..failure(&refused)
    }
}
