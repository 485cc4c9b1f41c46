//! `/graphql` and `/graphql/stream` over HTTP: reads a request, runs the pipeline, and sends the answer as a body or as
//! a stream of events. A layer of its own over `Schema::execute`, without an integration crate.
//!
//! The steps are ordered by cost: media types, permits, authentication, the body, then the pipeline. One deadline
//! covers them all, except for the events of a subscription (`sse`). `ws` handles WebSockets.

use std::mem::take;
use std::sync::Arc;

use actix_web::body::{BodySize, MessageBody};
use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use tracing::Instrument;

use super::delivery::{Held, LARGE, deliver};
use super::named_response::{self, NamedRequest};
use super::request_body::{head, read};
use super::sse::{self, StreamFormat};
use super::ws;
use crate::api::error::ApiError;
use crate::guard::Rejection;
use crate::http::answer::Answer;
use crate::http::cached_response::CachedResponse;
use crate::http::media::MediaType;
use crate::http::parameters::RequestBody;
use crate::http::permits::{Permit, Resource};
use crate::http::pipeline::admission::{Admission, caught};
use crate::http::pipeline::record::Recorder;
use crate::http::pipeline::subscription::Opening;
use crate::http::pipeline::{Done, Pipeline};
use crate::http::response::Answers;
use crate::http::state::State;

const ROUTE: &str = "/graphql";

struct RequestContext<'a> {
    http: &'a HttpRequest,
    state: &'a Data<State>,
    /// `None` if the client accepts no offered media type.
    media: Option<MediaType>,
    recorder: Recorder,
    permit: Option<Permit>,
}

/// What is asked: by the request itself, or by an address that names a query.
pub(super) enum Asked {
    Request(Payload),
    Named(Box<NamedRequest>),
}

/// The result of a request.
enum Reply {
    Answers(Answers),
    Events(Opening),
}

/// Handles every method of `/graphql`.
pub async fn endpoint(http: HttpRequest, state: Data<State>, body: Payload) -> HttpResponse {
    if ws::is_asked_for(&http) {
        return ws::endpoint(&http, &state, body);
    }
    let media = MediaType::negotiated(http.headers());
    answered(http, state, ROUTE, Asked::Request(body), media).await
}

/// Handles every method of `/graphql/stream`, which sends events whatever the client accepts.
pub async fn stream(http: HttpRequest, state: Data<State>, body: Payload) -> HttpResponse {
    answered(http, state, ROUTE, Asked::Request(body), Some(MediaType::EventStream)).await
}

/// Answers what is asked. `route` is for the record.
pub(super) async fn answered(
    http: HttpRequest,
    state: Data<State>,
    route: &'static str,
    mut asked: Asked,
    media: Option<MediaType>,
) -> HttpResponse {
    let in_flight = state.metrics.in_flight();
    let mut context = RequestContext {
        http: &http,
        state: &state,
        media,
        recorder: Recorder::begin(&state.metrics, route, &http),
        permit: None,
    };
    let span = context.recorder.span();
    let reply = caught(&state.metrics, context.reply(&mut asked), || {
        Err(Answer::failed(&ApiError::Internal))
    });
    let reply = reply.instrument(span).await;
    let RequestContext {
        mut recorder, permit, ..
    } = context;
    let mut answers = match reply {
        Ok(Reply::Answers(answers)) => answers,
        Ok(Reply::Events(opening)) => {
            let parted = media == Some(MediaType::Multipart);
            return sse::response(&http, &state, opening, recorder, StreamFormat::of(parted));
        }
        Err(answer) => answer.into(),
    };
    let (media, text) = (media.unwrap_or(MediaType::Json), state.config.http_statuses);
    let mut response = match &asked {
        Asked::Request(_) => answers.response(media, text, recorder.request_id(), &http),
        Asked::Named(request) => {
            named_response::response(&http, &state, request, &mut answers, (media, recorder.request_id()))
        }
    };
    let room = match &permit {
        Some(permit) => room_for(&state, permit, &response, answers.shared(media)),
        None => Ok(None),
    };
    let bytes = room.unwrap_or_else(|error| {
        answers = Answer::failed(&error).into();
        response = answers.response(media, text, recorder.request_id(), &http);
        None
    });
    recorder.ends(response.status(), answers.fresh());
    deliver(&http, &state, response, Held::new(in_flight, permit).with_bytes(bytes))
}

/// A permit for the bytes of a large response. `shared`: the cached response, if other clients are sent the same bytes.
fn room_for(
    state: &State,
    permit: &Permit,
    response: &HttpResponse,
    shared: Option<&Arc<CachedResponse>>,
) -> Result<Option<Arc<Permit>>, ApiError> {
    let length = match response.body().size() {
        BodySize::Sized(length) if length > LARGE as u64 => length,
        _ => return Ok(None),
    };
    let take = || {
        let taken = permit.beside(Resource::AnswerBytes, length);
        taken.inspect_err(|error| state.refused(Resource::AnswerBytes, error))
    };
    let room = match shared {
        Some(cached) => cached.room(take),
        None => take().map(Arc::new),
    };
    room.map(Some)
}

impl RequestContext<'_> {
    async fn reply(&mut self, asked: &mut Asked) -> Result<Reply, Answer> {
        let media = self.media.ok_or_else(not_acceptable)?;
        head(self.http, self.state)?;
        let until = self.recorder.began() + self.state.deadline();
        let admission = Admission {
            http: self.http,
            state: self.state,
            until,
        };
        let admitted = admission.admit(Resource::Requests);
        // The span is only for log lines of reading a token.
        let (caller, permit) = match self.http.headers().contains_key(AUTHORIZATION) {
            true => admitted.instrument(self.recorder.log()).await?,
            false => admitted.await?,
        };
        self.permit = Some(permit);
        self.recorder.asked_by(&caller);
        let body = match asked {
            Asked::Request(body) => read(self.http, body, self.state, &caller.client, until).await?,
            Asked::Named(request) => RequestBody::One(Box::new(take(&mut request.parameters))),
        };
        let takes_events = media.is_stream();
        let pipeline = Pipeline {
            state: self.state,
            caller: &caller,
            http: Some(self.http),
            until,
            takes_events,
        };
        match body {
            RequestBody::One(parameters) => match pipeline.run(&parameters, &mut self.recorder).await? {
                Done::Answer(answered) => Ok(Reply::Answers(Answers::One(answered))),
                Done::Events(opening) => Ok(Reply::Events(opening)),
            },
            RequestBody::Batch(_) if takes_events => {
                let message = "several requests came in one body; accepted is one for a stream of events";
                Err(Answer::ill_formed(&Rejection::input(message)))
            }
            RequestBody::Batch(all) => {
                let answers = pipeline.run_all(&all, &mut self.recorder).await?;
                Ok(Reply::Answers(Answers::Batch(answers)))
            }
        }
    }
}

fn not_acceptable() -> Answer {
    let message = "no media type that is accepted is offered; offered are application/graphql-response+json, \
                   application/json and text/event-stream";
    Answer::unread(StatusCode::NOT_ACCEPTABLE, &Rejection::input(message))
}
