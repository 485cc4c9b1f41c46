//! `/graphql`: a request's way from its bytes to its answer. Our own layer over `Schema::execute`; no integration crate.
//!
//! In this order, so that each step costs what the one before it has allowed: media types, forgery, who asks, the
//! body, how many requests are under way, the document (`persisted`, `guard`), its cost, the client's points, and the
//! execution under the deadline. Each part stands in its own file.

use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

use actix_web::http::header::{AUTHORIZATION, CONTENT_ENCODING};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::future::{Either, join_all, select};
use futures_util::{FutureExt, StreamExt};
use tokio::time::{sleep_until, timeout_at};
use tracing::Instrument;
use uuid::Uuid;

use super::answer::{Answer, Answers, Cost};
use super::browser;
use super::client::{self, Client};
use super::guard::{self, OperationType, Prepared, Refusal};
use super::media::{MediaType, refused_content};
use super::metrics::{Kind, Outcome};
use super::parameters::{Asked, Parameters};
use super::{State, leaving, trace};
use crate::graphql::error::ApiError;
use crate::graphql::execute;
use crate::graphql::limits::Limit;
use crate::graphql::viewer::Viewer;
use crate::store::Store;

/// The header that asks for `extensions.cost`.
const COST: &str = "x-menagerie-cost";

/// One request on its way.
struct Way<'a> {
    http: &'a HttpRequest,
    state: &'a State,
    /// For this request alone: it knows the deadline, and counts.
    store: Store,
    until: Instant,
    tells_cost: bool,
    noted: RefCell<Noted>,
}

/// What the log and the metrics are told, as far as the request got.
struct Noted {
    operation: Option<String>,
    kind: Kind,
    cost: Option<u64>,
    viewer: Viewer,
}

/// An operation that may be executed.
struct Ready {
    prepared: Prepared,
    name: Option<String>,
    kind: Kind,
}

/// Every method of `/graphql`.
pub async fn endpoint(http: HttpRequest, state: Data<State>, body: Payload) -> HttpResponse {
    let began = Instant::now();
    let _in_flight = state.metrics.in_flight();
    let until = began + state.deadline();
    let tells_cost = http.headers().get(COST).is_some_and(|value| value == "1");
    let way = Way {
        http: &http,
        state: &state,
        store: state.store.for_request(until, tells_cost),
        until,
        tells_cost,
        noted: RefCell::new(Noted {
            operation: None,
            kind: Kind::None,
            cost: None,
            viewer: Viewer::Anonymous,
        }),
    };
    let request_id = Uuid::now_v7().to_string();
    let span = trace::request_span(http.headers(), &request_id);
    let media = MediaType::negotiated(http.headers());
    let answers = match media {
        Some(_) => way.caught(body).instrument(span.clone()).await,
        None => not_acceptable().into(),
    };
    let media = media.unwrap_or(MediaType::Json);
    let codes: Vec<&str> = answers.iter().flat_map(Answer::codes).collect();
    let noted = way.noted.borrow();
    let outcome = Outcome {
        operation: noted.operation.as_deref(),
        kind: noted.kind,
        status: answers.status(media).as_u16(),
        codes: &codes,
        duration: began.elapsed(),
        cost: noted.cost,
        commands: way.store.work().commands,
        request_id: &request_id,
        viewer: &noted.viewer,
    };
    state.metrics.observe(&outcome);
    answers
        .iter()
        .flat_map(Answer::limits)
        .for_each(|name| state.metrics.over_limit(name));
    trace::ended(&span, &outcome);
    answers.response(media, &request_id)
}

fn not_acceptable() -> Answer {
    let message = "no media type that is accepted is offered; offered are application/graphql-response+json and \
                   application/json";
    Answer::unread(StatusCode::NOT_ACCEPTABLE, &Refusal::input(message))
}

impl Way<'_> {
    /// A fault in the server must not take its neighbours along.
    async fn caught(&self, body: Payload) -> Answers {
        let answered = AssertUnwindSafe(self.answer(body)).catch_unwind().await;
        answered.unwrap_or_else(|_| {
            self.state.metrics.panicked();
            Answer::failed(&ApiError::Internal).into()
        })
    }

    async fn answer(&self, body: Payload) -> Answers {
        let settings = &self.state.settings;
        let asked = match self.read(body).await {
            Ok(asked) => asked,
            Err(answer) => return answer.into(),
        };
        let viewer = match self.viewer().await {
            Ok(viewer) => viewer,
            Err(error) => return Answer::failed(&error).into(),
        };
        let Ok(_entered) = self.state.under_way.enter(&settings.limits) else {
            return Answer::failed(&ApiError::Busy).into();
        };
        let client = Client::of(&viewer, client::address(self.http, &settings.trusted_proxies));
        self.noted.borrow_mut().viewer = viewer;
        match asked {
            Asked::One(parameters) => self
                .one(&parameters, &client)
                .await
                .unwrap_or_else(|refused| refused)
                .into(),
            Asked::Batch(all) => self.batch(&all, &client).await.unwrap_or_else(Answers::from),
        }
    }

    async fn one(&self, parameters: &Parameters, client: &Client) -> Result<Answer, Answer> {
        let ready = self.ready(parameters, client)?;
        {
            let mut noted = self.noted.borrow_mut();
            noted.operation.clone_from(&ready.name);
            noted.kind = ready.kind;
        }
        self.afford(client, ready.prepared.cost)?;
        Ok(self.run(ready).await)
    }

    /// All of a batch is looked at before any of it runs.
    async fn batch(&self, all: &[Parameters], client: &Client) -> Result<Answers, Answer> {
        let ready: Vec<_> = all.iter().map(|parameters| self.ready(parameters, client)).collect();
        let costs = ready.iter().flatten().map(|ready| ready.prepared.cost);
        self.afford(client, costs.fold(0, u64::saturating_add))?;
        let runs = ready.into_iter().map(|ready| async {
            match ready {
                Ok(ready) => self.run(ready).await,
                Err(answer) => answer,
            }
        });
        Ok(Answers::Batch(join_all(runs).await))
    }

    /// Lets a request through whose cost is within the limit and within what its client has left.
    fn afford(&self, client: &Client, cost: u64) -> Result<(), Answer> {
        self.noted.borrow_mut().cost = Some(cost);
        let checked = self.state.settings.limits.check(Limit::Cost, cost);
        checked.map_err(|error| Answer::refused(&error.into()))?;
        self.spend(client, cost)
    }

    /// The parameters, by address or by body.
    async fn read(&self, body: Payload) -> Result<Asked, Answer> {
        let unread = |status, message: String| Err(Answer::unread(status, &Refusal::input(message)));
        let method = self.http.method();
        let is_post = method == Method::POST;
        if !is_post && method != Method::GET {
            let message = format!("the method is {method}; accepted are GET and POST");
            return unread(StatusCode::METHOD_NOT_ALLOWED, message);
        }
        let headers = self.http.headers();
        if let Some(message) = refused_content(headers, is_post) {
            return unread(StatusCode::UNSUPPORTED_MEDIA_TYPE, message);
        }
        if headers
            .get(CONTENT_ENCODING)
            .is_some_and(|encoding| encoding != "identity")
        {
            let message = "the body is compressed; accepted is a body without content encoding".to_owned();
            return unread(StatusCode::UNSUPPORTED_MEDIA_TYPE, message);
        }
        if let Some(message) = browser::forged(headers, &self.state.settings.cors_origins) {
            return Err(Answer::failed(&ApiError::Forbidden(message.to_owned())));
        }
        let asked = if is_post {
            let bytes = self.bytes(body).await?;
            Asked::of_body(&bytes, &self.state.settings.limits)
        } else {
            Parameters::of_query(self.http.query_string()).map(|parameters| Asked::One(Box::new(parameters)))
        };
        asked.map_err(|refusal| Answer::unread(StatusCode::BAD_REQUEST, &refusal))
    }

    async fn bytes(&self, mut body: Payload) -> Result<Vec<u8>, Answer> {
        let most = self.state.settings.limits.body_limit_bytes;
        let mut bytes = Vec::new();
        loop {
            let Ok(next) = timeout_at(self.until.into(), body.next()).await else {
                let refusal = Refusal::new(
                    "TIMEOUT",
                    "the body did not come in time; send it at once, or less of it",
                );
                return Err(Answer::unread(StatusCode::REQUEST_TIMEOUT, &refusal));
            };
            match next {
                None => return Ok(bytes),
                Some(Ok(chunk)) if bytes.len() + chunk.len() <= most => bytes.extend_from_slice(&chunk),
                Some(Ok(_)) => {
                    let error = ApiError::LimitExceeded {
                        message: format!("the body is larger than {most} bytes, which is the most that is accepted"),
                        limit: i64::try_from(most).unwrap_or(i64::MAX),
                        actual: i64::try_from(most).unwrap_or(i64::MAX - 1) + 1,
                        name: "bodyBytes",
                    };
                    return Err(Answer::unread(StatusCode::PAYLOAD_TOO_LARGE, &error.into()));
                }
                Some(Err(error)) => {
                    let refusal = Refusal::input(format!("the body broke off: {error}"));
                    return Err(Answer::unread(StatusCode::BAD_REQUEST, &refusal));
                }
            }
        }
    }

    async fn viewer(&self) -> Result<Viewer, ApiError> {
        let mut given = self.http.headers().get_all(AUTHORIZATION);
        // Bytes that are no text are in no token, and say so in the place of one.
        let header = given.next().map(|value| value.to_str().unwrap_or("?"));
        if given.next().is_some() {
            let message = "the header `Authorization` is given twice; accepted is one of it";
            return Err(ApiError::Unauthenticated(message.to_owned()));
        }
        self.state.authenticator.viewer(&self.store, header).await
    }

    /// Everything before the execution.
    fn ready(&self, parameters: &Parameters, client: &Client) -> Result<Ready, Answer> {
        let refused = |refusal: Refusal| Answer::refused(&refusal);
        let State {
            guard,
            persisted,
            settings,
            metrics,
            ..
        } = self.state;
        let source = persisted
            .source(parameters)
            .map_err(|refusal| match &parameters.query {
                // Without any document the request is no GraphQL request.
                None if refusal.faults.iter().all(|fault| fault.code == "BAD_USER_INPUT") => {
                    Answer::unread(StatusCode::BAD_REQUEST, &refusal)
                }
                _ => Answer::refused(&refusal),
            })?;
        // Looking at a document that is then refused has its price too.
        let known = guard.passed(&source.text).is_some();
        metrics.document_looked_up(known);
        if !known {
            self.spend(client, 1 + source.text.len() as u64 / 1_024)?;
        }
        let by_get = self.http.method() == Method::GET;
        let checked = guard.check(&source.text).map_err(|refusal| {
            if by_get && refusal.has_mutation {
                by_post_only()
            } else {
                refused(refusal)
            }
        })?;
        persisted.keep(&source);
        let operation = checked
            .operation(parameters.operation_name.as_deref())
            .map_err(refused)?;
        if by_get && guard::is_mutation(operation) {
            return Err(by_post_only());
        }
        let variables = parameters.variables(&settings.limits).map_err(refused)?;
        let prepared = guard.prepare(&checked, operation, &variables).map_err(refused)?;
        Ok(Ready {
            prepared,
            name: operation.name.as_ref().map(|name| name.as_str().to_owned()),
            kind: match operation.operation_type {
                OperationType::Query => Kind::Query,
                OperationType::Mutation => Kind::Mutation,
                OperationType::Subscription => Kind::Subscription,
            },
        })
    }

    fn spend(&self, client: &Client, points: u64) -> Result<(), Answer> {
        let spent = self.state.points.spend(client, points, &self.state.settings.limits);
        spent.map_err(|error| Answer::failed(&error))
    }

    /// Executes an operation, until the deadline or until its client leaves.
    async fn run(&self, ready: Ready) -> Answer {
        let execution = execute(&self.state.schema, self.store.clone(), ready.prepared.request);
        let ended = async {
            let late = sleep_until(self.until.into());
            match select(Box::pin(late), Box::pin(leaving::left(self.http))).await {
                Either::Left(_) => Answer::failed(&ApiError::Timeout),
                Either::Right(_) => Answer::abandoned(),
            }
        };
        match select(Box::pin(execution), Box::pin(ended)).await {
            Either::Left((response, _)) => {
                let cost = self.tells_cost.then(|| Cost {
                    estimate: ready.prepared.cost,
                    work: self.store.work(),
                });
                Answer::executed(response, cost)
            }
            Either::Right((answer, _)) => answer,
        }
    }
}

fn by_post_only() -> Answer {
    let message = "a mutation came by GET, which must change nothing; accepted is POST";
    Answer::unread(StatusCode::METHOD_NOT_ALLOWED, &Refusal::input(message))
}

impl From<Answer> for Answers {
    fn from(answer: Answer) -> Self {
        Self::One(Box::new(answer))
    }
}
