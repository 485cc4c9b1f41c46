//! An operation in a WebSocket: runs the pipeline, and turns answers into the messages of the protocol.

use std::rc::Rc;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use futures_util::future::{FutureExt, pending};
use futures_util::stream::{LocalBoxStream, StreamExt, iter, once};
use tracing::Instrument;

use super::message::{complete, error, next};
use crate::api::error::ApiError;
use crate::guard::Rejection;
use crate::http::answer::Answer;
use crate::http::media::MediaType;
use crate::http::parameters::Parameters;
use crate::http::permits::{Permit, Resource};
use crate::http::pipeline::admission::{caught, in_time};
use crate::http::pipeline::caller::Caller;
use crate::http::pipeline::record::Recorder;
use crate::http::pipeline::subscription::SubscriptionEvent;
use crate::http::pipeline::{Done, Pipeline};
use crate::http::response::Answered;
use crate::http::state::State;
use crate::http::transport::delivery::{Held, LARGE};

/// What the socket sends for an operation.
pub enum Said {
    /// A result, with what it holds until the client has read it. More may follow.
    Next(String, Held),
    /// The last message: the end, or the errors.
    Last(String),
    /// The credentials are no longer valid: closes the whole socket.
    Forbidden(ApiError),
}

/// Why an operation has no result.
enum Refused {
    Operation(Answer),
    /// The credentials are no longer valid.
    Client(ApiError),
}

impl<T: Into<Answer>> From<T> for Refused {
    fn from(answer: T) -> Self {
        Self::Operation(answer.into())
    }
}

/// An operation that a client has requested in its socket.
pub struct SocketOperation {
    pub state: Data<State>,
    pub caller: Rc<Caller>,
    /// Identifies the results.
    pub id: Rc<str>,
}

impl SocketOperation {
    /// Runs the operation; the stream is everything that the socket sends for it.
    pub fn said(self, parameters: Result<Parameters, Rejection>) -> LocalBoxStream<'static, Said> {
        // Boxed, so that it is freed once the subscription is open: one without events must take little memory.
        once(self.begun(parameters).boxed_local()).flatten().boxed_local()
    }

    /// The message for an operation that is refused before it runs.
    pub fn turned_away(&self, error: ApiError) -> Said {
        self.refused(error.into(), self.recorder())
    }

    fn recorder(&self) -> Recorder {
        // The handshake's headers may name a trace, but that is not the trace of each operation.
        let mut recorder = Recorder::begin_of_socket(&self.state.metrics, "/graphql");
        recorder.asked_by(&self.caller);
        recorder
    }

    async fn begun(self, parameters: Result<Parameters, Rejection>) -> LocalBoxStream<'static, Said> {
        let in_flight = self.state.metrics.in_flight();
        let mut recorder = self.recorder();
        let span = recorder.span();
        let done = caught(&self.state.metrics, self.done(parameters, &mut recorder), || {
            Err(ApiError::Internal.into())
        });
        let refused = match done.instrument(span).await {
            Ok((Done::Events(opening), _)) => {
                let events = opening.events(recorder);
                return events.map(move |event| self.of_event(event)).boxed_local();
            }
            Ok((Done::Answer(Answered::Fresh(answer)), _)) if !answer.is_executed() => Refused::Operation(*answer),
            Ok((Done::Answer(answered), permit)) => match self.next(&answered, Held::new(in_flight, Some(permit))) {
                Ok(said) => {
                    recorder.ends(StatusCode::OK, answered.fresh());
                    return iter([said, Said::Last(complete(&self.id))]).boxed_local();
                }
                Err(error) => error.into(),
            },
            Err(refused) => refused,
        };
        iter([self.refused(refused, recorder)]).boxed_local()
    }

    /// Runs the pipeline. Returns the operation's permit too.
    async fn done(
        &self,
        parameters: Result<Parameters, Rejection>,
        recorder: &mut Recorder,
    ) -> Result<(Done, Permit), Refused> {
        let Self { state, caller, .. } = self;
        let parameters = parameters.map_err(|refusal| Answer::refused(&refusal))?;
        let permit = state.permit(Resource::Requests, &caller.client)?;
        let until = recorder.began() + state.deadline();
        match in_time(until, pending(), state.still_holds(&caller.credentials)).await? {
            Err(refused @ ApiError::Unauthenticated(_)) => return Err(Refused::Client(refused)),
            held => held?,
        }
        let pipeline = Pipeline {
            state,
            caller,
            http: None,
            until,
            takes_events: true,
        };
        Ok((pipeline.run(&parameters, recorder).await?, permit))
    }

    fn refused(&self, refused: Refused, mut recorder: Recorder) -> Said {
        let (answer, said) = match refused {
            Refused::Client(error) => (Answer::failed(&error), Said::Forbidden(error)),
            Refused::Operation(answer) => {
                let said = Said::Last(error(&self.id, &answer));
                (answer, said)
            }
        };
        let status = answer.status(MediaType::GraphqlResponse, self.state.config.http_statuses);
        recorder.ends(status, [&answer]);
        said
    }

    fn of_event(&self, event: SubscriptionEvent) -> Said {
        let SubscriptionEvent {
            answer, is_end, lapsed, ..
        } = event;
        match lapsed {
            Some(refused) => Said::Forbidden(refused),
            None if is_end => Said::Last(error(&self.id, &answer)),
            None => {
                let said = self.next(&answer.into(), Held::default());
                said.unwrap_or_else(|refused| Said::Last(error(&self.id, &Answer::failed(&refused))))
            }
        }
    }

    /// The message of a result. A large one needs a permit for its bytes even if it is cached: each client gets a copy.
    fn next(&self, answered: &Answered, held: Held) -> Result<Said, ApiError> {
        let text = next(&self.id, answered);
        if text.len() <= LARGE {
            return Ok(Said::Next(text, held));
        }
        let bytes = text.len() as u64;
        let bytes = self.state.acquire(Resource::AnswerBytes, &self.caller.client, bytes)?;
        Ok(Said::Next(text, held.with_bytes(Some(Arc::new(bytes)))))
    }
}
