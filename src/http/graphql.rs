//! `/graphql`: a request's way from its bytes to its answer. Our own layer over `Schema::execute`; no integration crate.
//!
//! In this order, so that each step costs what the one before it has allowed: media types, the body, how many requests
//! are under way, who asks, the document (`persisted`, `guard`), its cost, the client's points, and the execution. All
//! of it under one deadline. Each part stands in its own file.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Instant;

use actix_web::http::{Method, StatusCode};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use async_graphql::{Request, Response};
use futures_util::future::join_all;
use tracing::Instrument;
use uuid::Uuid;

use super::answer::{Answer, Answers, Cost};
use super::cache::Key;
use super::client::Client;
use super::entry::{Admitted, Entry, caught};
use super::guard::{self, OperationType, Refusal};
use super::kept::Told;
use super::media::MediaType;
use super::metrics::{Kind, Outcome};
use super::parameters::{Asked, Parameters};
use super::persisted::Source;
use super::reading::read;
use super::{State, trace};
use crate::graphql::error::ApiError;
use crate::graphql::execute;
use crate::graphql::limits::Limit;
use crate::graphql::viewer::{Role, Viewer};
use crate::store::Store;

/// The header that asks for `extensions.cost`.
const COST: &str = "x-menagerie-cost";

/// One request on its way.
struct Way<'a> {
    entry: Entry<'a>,
    tells_cost: bool,
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

/// An operation that may be executed.
struct Ready {
    request: Request,
    told: Told,
}

/// Every method of `/graphql`.
pub async fn endpoint(http: HttpRequest, state: Data<State>, body: Payload) -> HttpResponse {
    let began = Instant::now();
    let _in_flight = state.metrics.in_flight();
    let way = Way {
        entry: Entry {
            http: &http,
            state: &state,
            until: began + state.deadline(),
        },
        tells_cost: http.headers().get(COST).is_some_and(|value| value == "1"),
        noted: RefCell::new(Noted {
            operation: None,
            kind: Kind::None,
            cost: None,
            commands: 0,
            viewer: Viewer::Anonymous,
        }),
    };
    let request_id = Uuid::now_v7().to_string();
    let span = trace::request_span("/graphql", http.headers(), &request_id);
    let media = MediaType::negotiated(http.headers());
    let answers = match media {
        Some(_) => {
            let answered = caught(way.answer(body), || {
                state.metrics.panicked();
                Answer::failed(&ApiError::Internal).into()
            });
            let traced = answered.instrument(span.clone());
            traced.instrument(trace::log_span(&request_id)).await
        }
        None => not_acceptable().into(),
    };
    let media = media.unwrap_or(MediaType::Json);
    let response = answers.response(media, &request_id, &http);
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
    response
}

fn not_acceptable() -> Answer {
    let message = "no media type that is accepted is offered; offered are application/graphql-response+json and \
                   application/json";
    Answer::unread(StatusCode::NOT_ACCEPTABLE, &Refusal::input(message))
}

impl Way<'_> {
    async fn answer(&self, body: Payload) -> Answers {
        let Entry { http, state, until } = self.entry;
        let asked = match read(http, body, &state.settings, until).await {
            Ok(asked) => asked,
            Err(answer) => return answer.into(),
        };
        let Admitted {
            viewer,
            client,
            entered: _entered,
        } = match self.entry.admit().await {
            Ok(admitted) => admitted,
            Err(answer) => return answer.into(),
        };
        let role = viewer.role();
        self.noted.borrow_mut().viewer = viewer;
        match asked {
            Asked::One(parameters) => self.one(&parameters, &client, role).await.unwrap_or_else(Answers::from),
            Asked::Batch(all) => self.batch(&all, &client).await.unwrap_or_else(Answers::from),
        }
    }

    async fn one(&self, parameters: &Parameters, client: &Client, role: Role) -> Result<Answers, Answer> {
        let source = self.source(parameters)?;
        let responses = &self.entry.state.responses;
        let key = (responses.is_on() && !self.tells_cost).then(|| parameters.key(&source, role));
        if let Some(kept) = key.as_ref().and_then(|key| responses.get(key)) {
            self.note(&kept.told);
            self.entry.spend(client, 1)?;
            self.entry.state.persisted.keep(&source);
            return Ok(Answers::Kept(kept));
        }
        let ready = self.ready(parameters, &source, client)?;
        self.note(&ready.told);
        self.afford(client, ready.told.cost)?;
        match key {
            Some(key) if ready.told.kind == Kind::Query => self.run_once(&key, ready).await,
            _ => Ok(self.answered(self.run(ready).await)),
        }
    }

    fn note(&self, told: &Told) {
        let mut noted = self.noted.borrow_mut();
        noted.operation.clone_from(&told.operation);
        noted.kind = told.kind;
        noted.cost = Some(told.cost);
    }

    /// What is read by GET has a tag, so it is made of bytes.
    fn answered(&self, ran: (Answer, Told)) -> Answers {
        let (answer, told) = ran;
        let kept = (self.entry.http.method() == Method::GET)
            .then(|| answer.kept(told))
            .flatten();
        kept.map_or_else(|| answer.into(), |kept| Answers::Kept(Arc::new(kept)))
    }

    /// All of a batch is looked at before any of it runs.
    async fn batch(&self, all: &[Parameters], client: &Client) -> Result<Answers, Answer> {
        let ready = |parameters: &Parameters| self.ready(parameters, &self.source(parameters)?, client);
        let ready: Vec<_> = all.iter().map(ready).collect();
        let costs = ready.iter().flatten().map(|ready| ready.told.cost);
        self.afford(client, costs.fold(0, u64::saturating_add))?;
        let runs = ready.into_iter().map(|ready| async {
            match ready {
                Ok(ready) => self.run(ready).await.0,
                Err(answer) => answer,
            }
        });
        Ok(Answers::Batch(join_all(runs).await))
    }

    /// Lets a request through whose cost is within the limit and within what its client has left.
    fn afford(&self, client: &Client, cost: u64) -> Result<(), Answer> {
        self.noted.borrow_mut().cost = Some(cost);
        let checked = self.entry.state.settings.limits.check(Limit::Cost, cost);
        checked.map_err(|error| Answer::refused(&error.into()))?;
        self.entry.spend(client, cost)
    }

    /// The document of a request.
    fn source(&self, parameters: &Parameters) -> Result<Source, Answer> {
        let source = self.entry.state.persisted.source(parameters);
        source.map_err(|refusal| match &parameters.query {
            // Without any document the request is no GraphQL request.
            None if refusal.faults.iter().all(|fault| fault.code == "BAD_USER_INPUT") => {
                Answer::unread(StatusCode::BAD_REQUEST, &refusal)
            }
            _ => Answer::refused(&refusal),
        })
    }

    /// Everything before the execution.
    fn ready(&self, parameters: &Parameters, source: &Source, client: &Client) -> Result<Ready, Answer> {
        let refused = |refusal: Refusal| Answer::refused(&refusal);
        let State {
            guard,
            persisted,
            settings,
            metrics,
            ..
        } = self.entry.state;
        // Looking at a request that is then refused has its price too.
        let passed = guard.passed(&source.text);
        metrics.document_looked_up(passed.is_some());
        let to_read = if passed.is_some() {
            0
        } else {
            source.text.len() as u64 / 1_024
        };
        self.entry.spend(client, 1 + to_read)?;
        let by_get = self.entry.http.method() == Method::GET;
        let checked = match passed {
            Some(passed) => passed,
            None => guard.check(&source.text).map_err(|refusal| {
                if by_get && refusal.has_mutation {
                    by_post_only()
                } else {
                    refused(refusal)
                }
            })?,
        };
        persisted.keep(source);
        let operation = checked
            .operation(parameters.operation_name.as_deref())
            .map_err(refused)?;
        if by_get && guard::is_mutation(operation) {
            return Err(by_post_only());
        }
        let variables = parameters.variables(&settings.limits).map_err(refused)?;
        let prepared = guard.prepare(&checked, operation, &variables).map_err(refused)?;
        Ok(Ready {
            told: Told {
                operation: operation.name.as_ref().map(|name| name.as_str().to_owned()),
                kind: match operation.operation_type {
                    OperationType::Query => Kind::Query,
                    OperationType::Mutation => Kind::Mutation,
                    OperationType::Subscription => Kind::Subscription,
                },
                cost: prepared.cost,
            },
            request: prepared.request,
        })
    }

    async fn run(&self, ready: Ready) -> (Answer, Told) {
        // A store of its own, for of a batch each answer tells what its own operation cost.
        let Entry { state, until, .. } = self.entry;
        let store = state.store.for_request(until, self.tells_cost);
        let ended = self.entry.in_time(executed(state, &store, ready.request)).await;
        let work = store.work();
        self.noted.borrow_mut().commands += work.commands;
        let answer = match ended {
            Ok(response) => {
                let estimate = ready.told.cost;
                Answer::executed(response, self.tells_cost.then_some(Cost { estimate, work }))
            }
            Err(answer) => answer,
        };
        (answer, ready.told)
    }

    /// Runs a query, or waits for the answer to the same one of another client; its answer is kept.
    async fn run_once(&self, key: &Key, ready: Ready) -> Result<Answers, Answer> {
        let Entry { state, until, .. } = self.entry;
        let store = state.store.for_request(until, false);
        let (made_by, shared) = (store.clone(), state.clone());
        let making = state.responses.join(key, async move {
            let answer = caught(
                async {
                    let response = executed(&shared, &made_by, ready.request).await;
                    Answer::executed(response, None)
                },
                || {
                    shared.metrics.panicked();
                    Answer::failed(&ApiError::Internal)
                },
            )
            .await;
            let kept = answer.kept(ready.told);
            (kept.map(Arc::new).ok_or_else(|| Arc::new(answer)), made_by.touched())
        });
        let ended = self.entry.in_time(making).await;
        self.noted.borrow_mut().commands += store.work().commands;
        Ok(match ended? {
            Ok(kept) => Answers::Kept(kept),
            Err(answer) => Answer::clone(&answer).into(),
        })
    }
}

fn executed(state: &State, store: &Store, request: Request) -> impl Future<Output = Response> + Send {
    let (store, live, search) = (store.clone(), state.live.clone(), state.search.clone());
    let schema = state.schema.clone();
    async move { execute(&schema, store, live, search, request).await }
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
