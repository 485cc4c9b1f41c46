//! The events of a subscription, whatever carries them to its client (`sse`, `ws`).
//!
//! Each is paid for; a client that has too few points waits for them, as it would for its next request. Before each it is
//! asked whether the client's token still holds. A subscription takes a place among those of this server while it lasts,
//! and is counted and logged when it is over.

use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::time::Instant;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use futures_util::stream::{LocalBoxStream, unfold};
use futures_util::{FutureExt, Stream, StreamExt};
use tracing::{Instrument, Span};

use super::answer::{Answer, code_of};
use super::auth::Credentials;
use super::cached_response::About;
use super::client::Client;
use super::metrics::{InFlight, Kind, Outcome};
use super::operation::Ready;
use super::permits::{Permit, Resource};
use super::{State, trace};
use crate::api::error::ApiError;
use crate::api::viewer::Viewer;
use crate::graphql::{Told, subscribe};

/// An event for a client.
pub struct Event {
    /// Behind what to go on when the connection breaks off after it.
    pub cursor: Option<String>,
    /// What it tells.
    pub answer: Answer,
    /// Whether it tells why no more come.
    pub is_end: bool,
    /// Why the client may no longer ask, where that is the end.
    pub lapsed: Option<ApiError>,
}

/// What the log and the metrics are told of a subscription.
pub struct Noted {
    /// When it was asked for.
    pub began: Instant,
    /// The id that the log knows it by.
    pub request_id: String,
    /// Who asked.
    pub viewer: Viewer,
    /// Where it is traced.
    pub span: Span,
    /// What names it in each line of the log.
    pub log: Span,
}

/// The events; they end behind one that says so, and else not at all.
pub type Events = LocalBoxStream<'static, Event>;

/// A subscription under way.
struct Subscription {
    /// `None` for a panic.
    told: LocalBoxStream<'static, Option<Told>>,
    state: Data<State>,
    client: Client,
    credentials: Rc<Credentials>,
    /// What it is; its cost is that of each event.
    about: About,
    noted: Noted,
    sent: u64,
    /// The code of the error that ended it.
    code: Option<String>,
    is_over: bool,
    _permit: Permit,
    _counted: InFlight,
}

/// Opens a subscription whose first event is paid for. Nothing happens before the events are asked for.
///
/// # Errors
/// The answer where there are as many as there may be.
pub fn open(
    state: &Data<State>,
    client: Client,
    credentials: Rc<Credentials>,
    ready: Ready,
    noted: Noted,
) -> Result<Events, Answer> {
    let permit = state.permit(Resource::Subscriptions, &client)?;
    let told = subscribe(
        &state.schema,
        state.store.for_stream(),
        state.live.clone(),
        state.search.clone(),
        ready.request,
    );
    let told = AssertUnwindSafe(told).catch_unwind().map(Result::ok);
    let subscription = Subscription {
        told: told.boxed_local(),
        state: state.clone(),
        client,
        credentials,
        about: ready.about,
        noted,
        sent: 0,
        code: None,
        is_over: false,
        _permit: permit,
        _counted: state.metrics.subscription(),
    };
    Ok(subscription.events().boxed_local())
}

impl Subscription {
    fn events(self) -> impl Stream<Item = Event> {
        // In a box, or it would be there as often as it is handed on.
        unfold(Box::new(self), |mut subscription| async move {
            let (span, log) = (subscription.noted.span.clone(), subscription.noted.log.clone());
            let event = subscription.next().instrument(span).instrument(log).await?;
            Some((event, subscription))
        })
    }

    async fn next(&mut self) -> Option<Event> {
        if self.is_over {
            return None;
        }
        let event = match self.told.next().await? {
            Some(Told { cursor, response }) => Event {
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
        // The last question before it is sent: what came before may have taken long. In a box, which is gone while nothing
        // happens.
        let event = match event.is_end {
            true => event,
            false => match self.state.surely_holds(&self.credentials).boxed_local().await {
                Ok(()) => event,
                Err(refused) => lapsed(refused),
            },
        };
        self.is_over = event.is_end;
        if event.is_end {
            self.code = event.answer.errors().first().map(|error| code_of(error).to_owned());
        }
        self.sent += 1;
        self.state.metrics.event_sent();
        Some(event)
    }

    async fn pay(&self) -> Result<(), ApiError> {
        if self.sent == 0 {
            return Ok(());
        }
        let State { points, settings, .. } = &**self.state;
        points.pay(&self.client, self.about.cost, &settings.limits).await
    }
}

/// The end of a subscription by this error.
pub fn failure(error: &ApiError) -> Event {
    Event {
        cursor: None,
        answer: Answer::failed(error),
        is_end: true,
        lapsed: None,
    }
}

/// The end of a subscription whose client may no longer ask.
pub fn lapsed(refused: ApiError) -> Event {
    Event {
        lapsed: Some(refused.clone()),
        ..failure(&refused)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let codes: Vec<&str> = self.code.as_deref().into_iter().collect();
        let outcome = Outcome {
            operation: self.about.operation.as_deref(),
            kind: Kind::Subscription,
            status: StatusCode::OK.as_u16(),
            codes: &codes,
            duration: self.noted.began.elapsed(),
            cost: Some(self.about.cost.saturating_mul(self.sent.max(1))),
            commands: 0,
            request_id: &self.noted.request_id,
            viewer: &self.noted.viewer,
        };
        self.state.metrics.observe(&outcome);
        trace::ended(&self.noted.span, &outcome);
    }
}
