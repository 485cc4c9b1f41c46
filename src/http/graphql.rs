//! `/graphql`: a request's way from its bytes to its answer. Our own layer over `Schema::execute`; no integration crate.
//!
//! In this order, so that each step costs what the one before it has allowed: media types, how many requests are under
//! way, who asks, the body, the document (`persisted`, `guard`), its cost, the client's points, and the execution. All
//! of it under one deadline, but for the events of a subscription (`sse`). Each part stands in its own file. What asks
//! for a WebSocket is `ws`'s.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use actix_web::body::{BodySize, MessageBody};
use actix_web::http::header::AUTHORIZATION;
use actix_web::http::{Method, StatusCode};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::future::join_all;
use tracing::{Instrument, Span};
use uuid::Uuid;

use super::admission::{Admission, Admitted, caught};
use super::answer::{Answer, Answers};
use super::auth::Credentials;
use super::cached_response::About;
use super::client::Client;
use super::delivery::{Held, LARGE, deliver};
use super::disconnect;
use super::events::{self, Events, Noted as Subscribed};
use super::media::MediaType;
use super::metrics::{Kind, Outcome};
use super::operation::{Asker, Ready};
use super::parameters::{Asked, Parameters};
use super::permits::{Permit, Resource};
use super::persisted::Source;
use super::request_body::{head, read};
use super::response_cache::Key;
use super::{State, sse, trace, ws};
use crate::api::error::ApiError;
use crate::api::viewer::Viewer;
use crate::guard::Rejection;

/// The header that asks for `extensions.cost`.
const COST: &str = "x-menagerie-cost";

/// One request on its way.
struct Way<'a> {
    entry: Admission<'a>,
    state: &'a Data<State>,
    media: MediaType,
    began: Instant,
    request_id: &'a str,
    span: &'a Span,
    log: OnceCell<Span>,
    tells_cost: bool,
    /// The event that the client had last, from an event stream that broke off.
    after: Option<String>,
    /// Once it has one.
    permit: Cell<Option<Permit>>,
    noted: RefCell<Noted>,
}

/// What the log and the metrics are told, as far as the request got.
struct Noted {
    operation: Option<String>,
    kind: Kind,
    cost: Option<u64>,
    /// Those of the operations.
    commands: u64,
    viewer: Viewer,
}

/// What a request comes to.
enum Answered {
    Whole(Answers),
    /// A subscription, for as long as its client shows this.
    Events(Events, Rc<Credentials>),
}

/// Every method of `/graphql`.
pub async fn endpoint(http: HttpRequest, state: Data<State>, body: Payload) -> HttpResponse {
    if ws::is_asked_for(&http) {
        return ws::endpoint(&http, &state, body);
    }
    let media = MediaType::negotiated(http.headers());
    answered(http, state, body, media).await
}

/// Every method of `/graphql/stream`, which answers by events whatever the client accepts.
pub async fn stream(http: HttpRequest, state: Data<State>, body: Payload) -> HttpResponse {
    answered(http, state, body, Some(MediaType::EventStream)).await
}

async fn answered(http: HttpRequest, state: Data<State>, body: Payload, media: Option<MediaType>) -> HttpResponse {
    let began = Instant::now();
    let in_flight = state.metrics.in_flight();
    let request_id = Uuid::now_v7().to_string();
    let span = trace::request_span("/graphql", http.headers(), &request_id);
    let way = Way {
        entry: Admission {
            http: &http,
            state: &state,
            until: began + state.deadline(),
        },
        state: &state,
        media: media.unwrap_or(MediaType::Json),
        began,
        request_id: &request_id,
        span: &span,
        log: OnceCell::new(),
        tells_cost: http.headers().get(COST).is_some_and(|value| value == "1"),
        after: sse::last_event_id(http.headers()),
        permit: Cell::new(None),
        noted: RefCell::new(Noted {
            operation: None,
            kind: Kind::None,
            cost: None,
            commands: 0,
            viewer: Viewer::Anonymous,
        }),
    };
    let answers = match media {
        Some(_) => {
            let answered = caught(way.answer(body), || {
                state.metrics.panicked();
                Answered::Whole(Answer::failed(&ApiError::Internal).into())
            });
            match answered.instrument(span.clone()).await {
                Answered::Whole(answers) => answers,
                Answered::Events(events, credentials) => {
                    return sse::response(&http, &state, events, credentials, &request_id);
                }
            }
        }
        None => not_acceptable().into(),
    };
    let mut answers = answers;
    let mut response = answers.response(way.media, &request_id, &http);
    let permit = way.permit.take();
    let bytes = match &permit {
        // What is kept is there once, however many wait for it.
        Some(permit) if !matches!(answers, Answers::CachedResponse(_)) => match room_for(&state, permit, &response) {
            Ok(bytes) => bytes,
            Err(error) => {
                answers = Answer::failed(&error).into();
                response = answers.response(way.media, &request_id, &http);
                None
            }
        },
        _ => None,
    };
    let codes: Vec<&str> = answers.iter().flat_map(Answer::codes).collect();
    let noted = way.noted.borrow();
    let outcome = Outcome {
        operation: noted.operation.as_deref(),
        kind: noted.kind,
        status: response.status().as_u16(),
        codes: &codes,
        duration: began.elapsed(),
        cost: noted.cost,
        commands: noted.commands,
        request_id: &request_id,
        viewer: &noted.viewer,
    };
    state.metrics.observe(&outcome);
    answers
        .iter()
        .flat_map(Answer::limits)
        .for_each(|name| state.metrics.over_limit(name));
    trace::ended(&span, &outcome);
    deliver(&http, &state, response, Held::new(in_flight, permit).with_bytes(bytes))
}

/// A permit for the bytes of a large answer.
fn room_for(state: &State, permit: &Permit, response: &HttpResponse) -> Result<Option<Permit>, ApiError> {
    match response.body().size() {
        BodySize::Sized(length) if length > LARGE as u64 => {
            let taken = permit.beside(Resource::AnswerBytes, length);
            taken
                .map(Some)
                .inspect_err(|error| state.refused(Resource::AnswerBytes, error))
        }
        _ => Ok(None),
    }
}

fn not_acceptable() -> Answer {
    let message = "no media type that is accepted is offered; offered are application/graphql-response+json, \
                   application/json and text/event-stream";
    Answer::unread(StatusCode::NOT_ACCEPTABLE, &Rejection::input(message))
}

/// The answer to a subscription whose client takes no events.
fn no_events() -> Answer {
    let message = "a subscription was asked for, and its events cannot come as one answer; accepted is the header \
                   `Accept: text/event-stream`, the path /graphql/stream, or a WebSocket of the protocol \
                   graphql-transport-ws";
    Answer::unread(StatusCode::NOT_ACCEPTABLE, &Rejection::input(message))
}

impl Way<'_> {
    async fn answer(&self, body: Payload) -> Answered {
        self.tried(body).await.unwrap_or_else(Answered::Whole)
    }

    async fn tried(&self, body: Payload) -> Result<Answered, Answers> {
        let Admission { http, state, until } = self.entry;
        head(http, &state.settings)?;
        let Admitted {
            viewer,
            client,
            permit,
            credentials,
        } = self.admit().await?;
        self.permit.set(Some(permit));
        self.noted.borrow_mut().viewer = viewer;
        let asked = read(http, body, state, &client, until).await?;
        match asked {
            Asked::One(parameters) => Ok(self.one(&parameters, client, credentials).await?),
            Asked::Batch(_) if self.media == MediaType::EventStream => {
                let message = "several requests came in one body; accepted is one for a stream of events";
                Err(Answer::unread(StatusCode::BAD_REQUEST, &Rejection::input(message)).into())
            }
            Asked::Batch(all) => {
                let batch = self.batch(&all, &client, &credentials).instrument(self.log());
                Ok(Answered::Whole(batch.await?))
            }
        }
    }

    /// The span of log lines, made where the first may be written: an answer that is kept needs none.
    fn log(&self) -> Span {
        self.log.get_or_init(|| trace::log_span(self.request_id)).clone()
    }

    async fn admit(&self) -> Result<Admitted, Answer> {
        let admitted = self.entry.admit(Resource::Requests);
        // Only a token is looked up.
        if self.entry.http.headers().contains_key(AUTHORIZATION) {
            admitted.instrument(self.log()).await
        } else {
            admitted.await
        }
    }

    fn asker<'a>(&'a self, client: &'a Client) -> Asker<'a> {
        Asker {
            state: self.state,
            client,
            viewer: self.noted.borrow().viewer.clone(),
            by_get: self.entry.http.method() == Method::GET,
            after: self.after.as_deref(),
        }
    }

    async fn one(
        &self,
        parameters: &Parameters,
        client: Client,
        credentials: Rc<Credentials>,
    ) -> Result<Answered, Answer> {
        let asker = self.asker(&client);
        let source = asker.source(parameters)?;
        let keeps = self.state.responses.is_on() && !self.tells_cost && self.media != MediaType::EventStream;
        let key = keeps.then(|| parameters.key(&source, self.noted.borrow().viewer.role()));
        if let Some(key) = &key
            && let Some(cached) = asker.known(key, &source)?
        {
            self.note(&cached.about);
            return Ok(Answered::Whole(Answers::CachedResponse(cached)));
        }
        let made = self.made(parameters, client, credentials, &source, key.as_ref());
        made.instrument(self.log()).await
    }

    /// The answer to a request that is not kept.
    async fn made(
        &self,
        parameters: &Parameters,
        client: Client,
        credentials: Rc<Credentials>,
        source: &Source,
        key: Option<&Key>,
    ) -> Result<Answered, Answer> {
        let asker = self.asker(&client);
        let ready = asker.ready(parameters, source)?;
        self.note(&ready.about);
        let subscribes = ready.about.kind == Kind::Subscription;
        if subscribes && self.media != MediaType::EventStream {
            return Err(no_events());
        }
        self.afford(&client, ready.about.cost)?;
        if subscribes {
            let noted = Subscribed {
                began: self.began,
                request_id: self.request_id.to_owned(),
                viewer: self.noted.borrow().viewer.clone(),
                span: self.span.clone(),
                log: self.log(),
            };
            let events = events::open(self.state, client, Rc::clone(&credentials), ready, noted)?;
            return Ok(Answered::Events(events, credentials));
        }
        if ready.about.kind == Kind::Query
            && let Some(key) = key
        {
            return self.run_once(key, ready).await.map(Answered::Whole);
        }
        let about = ready.about.clone();
        let answer = self.run(ready, &credentials).await;
        // What is read by GET has a tag, and a tag is one of bytes.
        let has_tag = asker.by_get && self.media != MediaType::EventStream;
        let cached = has_tag.then(|| answer.cached(about)).flatten();
        Ok(Answered::Whole(cached.map_or_else(
            || answer.into(),
            |cached| Answers::CachedResponse(Arc::new(cached)),
        )))
    }

    fn note(&self, about: &About) {
        let mut noted = self.noted.borrow_mut();
        noted.operation.clone_from(&about.operation);
        noted.kind = about.kind;
        noted.cost = Some(about.cost);
    }

    /// All of a batch is looked at before any of it runs.
    async fn batch(&self, all: &[Parameters], client: &Client, credentials: &Credentials) -> Result<Answers, Answer> {
        let asker = self.asker(client);
        let ready = all.iter().map(|parameters| {
            let ready = asker.ready(parameters, &asker.source(parameters)?)?;
            match ready.about.kind {
                Kind::Subscription => Err(no_events()),
                _ => Ok(ready),
            }
        });
        let ready: Vec<_> = ready.collect();
        let costs = ready.iter().flatten().map(|ready| ready.about.cost);
        self.afford(client, costs.fold(0, u64::saturating_add))?;
        let runs = ready.into_iter().map(|ready| async {
            match ready {
                Ok(ready) => self.run(ready, credentials).await,
                Err(answer) => answer,
            }
        });
        Ok(Answers::Batch(join_all(runs).await))
    }

    fn afford(&self, client: &Client, cost: u64) -> Result<(), Answer> {
        self.noted.borrow_mut().cost = Some(cost);
        self.asker(client).afford(cost)
    }

    async fn run(&self, ready: Ready, credentials: &Credentials) -> Answer {
        let Admission { http, until, .. } = self.entry;
        // A store of its own, for of a batch each answer tells what its own operation cost.
        let gone = disconnect::left(http);
        let (answer, commands) = ready.run(self.state, credentials, until, gone, self.tells_cost).await;
        self.noted.borrow_mut().commands += commands;
        answer
    }

    async fn run_once(&self, key: &Key, ready: Ready) -> Result<Answers, Answer> {
        let Admission { http, until, .. } = self.entry;
        let (made, commands) = ready.run_once(self.state, key, until, disconnect::left(http)).await;
        self.noted.borrow_mut().commands += commands;
        Ok(match made? {
            Ok(cached) => Answers::CachedResponse(cached),
            Err(answer) => Answer::clone(&answer).into(),
        })
    }
}

impl From<Answer> for Answers {
    fn from(answer: Answer) -> Self {
        Self::One(Box::new(answer))
    }
}
