//! What becomes of an operation that was asked for in a socket: the same steps as over HTTP, and what is said of it.

use std::future::pending;
use std::rc::Rc;
use std::time::Instant;

use actix_web::http::header::HeaderMap;
use actix_web::web::Data;
use futures_util::future::FutureExt;
use futures_util::stream::{LocalBoxStream, StreamExt, iter, once};
use tracing::{Instrument, Span};
use uuid::Uuid;

use super::super::admission::{caught, in_time};
use super::super::answer::Answer;
use super::super::auth::Credentials;
use super::super::cached_response::About;
use super::super::client::Client;
use super::super::delivery::Held;
use super::super::events::{self, Event, Events, Noted};
use super::super::media::MediaType;
use super::super::metrics::{InFlight, Kind, Outcome};
use super::super::operation::Asker;
use super::super::parameters::Parameters;
use super::super::permits::{Permit, Resource};
use super::super::{State, trace};
use super::message::Said;
use crate::api::error::ApiError;
use crate::api::viewer::Viewer;
use crate::guard::Rejection;

/// Who asks in a socket.
pub struct Who {
    /// What may be done.
    pub viewer: Viewer,
    /// Who pays.
    pub client: Client,
    /// By what it is known who asks.
    pub credentials: Rc<Credentials>,
}

/// All that is said of one operation; the last of it says that it is the last.
pub fn said(
    state: Data<State>,
    who: Rc<Who>,
    parameters: Result<Parameters, Rejection>,
) -> LocalBoxStream<'static, Said> {
    // In a box, which is gone once the operation is under way: a subscriber that hears nothing must cost little.
    let begun = async move {
        let metrics = state.metrics.clone();
        let begun = caught(begun(state, who, parameters), || {
            metrics.panicked();
            ends_with(Answer::failed(&ApiError::Internal), Held::default())
        });
        begun.await
    };
    once(begun.boxed_local()).flatten().boxed_local()
}

async fn begun(
    state: Data<State>,
    who: Rc<Who>,
    parameters: Result<Parameters, Rejection>,
) -> LocalBoxStream<'static, Said> {
    let in_flight = state.metrics.in_flight();
    let request_id = Uuid::now_v7().to_string();
    // A socket's head may name the trace that opened it, which is not that of each operation in it.
    let span = trace::request_span("/graphql", &HeaderMap::new(), &request_id);
    let log = trace::log_span(&request_id);
    let operation = Operation {
        state,
        who,
        began: Instant::now(),
        request_id,
        span: span.clone(),
        log: log.clone(),
    };
    operation
        .said(parameters, in_flight)
        .instrument(span)
        .instrument(log)
        .await
}

/// An operation on its way.
struct Operation {
    state: Data<State>,
    who: Rc<Who>,
    began: Instant,
    request_id: String,
    span: Span,
    log: Span,
}

/// What the log and the metrics are told, as far as it got.
#[derive(Default)]
struct Progress {
    about: Option<About>,
    commands: u64,
}

/// What an operation comes to.
enum Came {
    To(Answer, Permit),
    Events(Events),
    /// To nothing: its client may no longer ask.
    Late(ApiError),
}

impl Operation {
    async fn said(
        self,
        parameters: Result<Parameters, Rejection>,
        in_flight: InFlight,
    ) -> LocalBoxStream<'static, Said> {
        let mut progress = Progress::default();
        let (answer, permit) = match self.came(parameters, &mut progress).await {
            Ok(Came::Events(events)) => return events.map(of_event).boxed_local(),
            Ok(Came::Late(refused)) => {
                self.tell(&Answer::failed(&refused), &progress);
                return iter([Said::Forbidden(refused)]).boxed_local();
            }
            Ok(Came::To(answer, permit)) => (answer, Some(permit)),
            Err(answer) => (answer, None),
        };
        self.tell(&answer, &progress);
        ends_with(answer, Held::new(in_flight, permit))
    }

    async fn came(&self, parameters: Result<Parameters, Rejection>, progress: &mut Progress) -> Result<Came, Answer> {
        let state = &self.state;
        let parameters = parameters.map_err(|refusal| Answer::refused(&refusal))?;
        let permit = state.permit(Resource::Requests, &self.who.client)?;
        match in_time(
            self.began + state.deadline(),
            pending(),
            state.still_holds(&self.who.credentials),
        )
        .await?
        {
            Ok(()) => {}
            Err(refused @ ApiError::Unauthenticated(_)) => return Ok(Came::Late(refused)),
            Err(error) => return Err(Answer::failed(&error)),
        }
        let asker = Asker {
            state,
            client: &self.who.client,
            viewer: self.who.viewer.clone(),
            by_get: false,
            after: None,
        };
        let ready = asker.ready(&parameters, &asker.source(&parameters)?)?;
        progress.about = Some(ready.about.clone());
        asker.afford(ready.about.cost)?;
        if ready.about.kind == Kind::Subscription {
            let noted = Noted {
                began: self.began,
                request_id: self.request_id.clone(),
                viewer: self.who.viewer.clone(),
                span: self.span.clone(),
                log: self.log.clone(),
            };
            let Who {
                client, credentials, ..
            } = &*self.who;
            let events = events::open(state, client.clone(), Rc::clone(credentials), ready, noted)?;
            return Ok(Came::Events(events));
        }
        // Who takes the operation back, or closes the socket, drops this.
        let until = self.began + state.deadline();
        let (answer, commands) = ready.run(state, &self.who.credentials, until, pending(), false).await;
        progress.commands = commands;
        Ok(Came::To(answer, permit))
    }

    fn tell(&self, answer: &Answer, progress: &Progress) {
        let metrics = &self.state.metrics;
        let codes: Vec<&str> = answer.codes().collect();
        let about = progress.about.as_ref();
        let outcome = Outcome {
            operation: about.and_then(|about| about.operation.as_deref()),
            kind: about.map_or(Kind::None, |about| about.kind),
            status: answer.status(MediaType::GraphqlResponse).as_u16(),
            codes: &codes,
            duration: self.began.elapsed(),
            cost: about.map(|about| about.cost),
            commands: progress.commands,
            request_id: &self.request_id,
            viewer: &self.who.viewer,
        };
        metrics.observe(&outcome);
        answer.limits().for_each(|name| metrics.over_limit(name));
        trace::ended(&self.span, &outcome);
    }
}

/// What is said of an operation with one answer: a result, or why there is none.
pub fn ends_with(answer: Answer, held: Held) -> LocalBoxStream<'static, Said> {
    let said = if answer.is_executed() {
        vec![Said::Next(answer, held), Said::Complete]
    } else {
        vec![Said::Error(answer)]
    };
    iter(said).boxed_local()
}

fn of_event(event: Event) -> Said {
    if let Some(refused) = event.lapsed {
        Said::Forbidden(refused)
    } else if event.is_end {
        Said::Error(event.answer)
    } else {
        Said::Next(event.answer, Held::default())
    }
}
