//! An operation from its document to its answer: found in the cache, or prepared, paid for and executed.

use std::rc::Rc;
use std::sync::Arc;

use actix_web::http::StatusCode;
use futures_util::future::join_all;
use tracing::Instrument;

use super::execution::{Pipeline, PreparedOperation};
use super::record::Recorder;
use super::subscription::Opening;
use crate::api::operation::OperationKind;
use crate::guard::{Rejection, kind_of};
use crate::http::answer::Answer;
use crate::http::cached_response::{CachedResponse, OperationInfo};
use crate::http::headers::last_event_id;
use crate::http::parameters::Parameters;
use crate::http::permits::Resource;
use crate::http::persisted::RequestDocument;
use crate::http::response::Answered;
use crate::http::response_cache::ResponseKey;
use crate::http::state::State;
use crate::limits::Limit;
use crate::store::bson_types::Timestamp;

/// The result of running an operation.
pub enum Done {
    Answer(Answered),
    /// A subscription that may begin.
    Events(Opening),
}

/// The result of looking an operation up, before anything is executed.
enum Found {
    Cached(Arc<CachedResponse>),
    Prepared(Box<PreparedOperation>),
}

impl Found {
    fn info(&self) -> &OperationInfo {
        match self {
            Self::Cached(cached) => &cached.info,
            Self::Prepared(operation) => &operation.info,
        }
    }
}

impl Pipeline<'_> {
    /// Runs one operation.
    pub async fn run(&self, parameters: &Parameters, recorder: &mut Recorder) -> Result<Done, Answer> {
        let found = self.find(parameters, recorder)?;
        recorder.knows(found.info());
        let operation = match found {
            Found::Cached(cached) => return Ok(Done::Answer(Answered::Cached(cached))),
            Found::Prepared(operation) => operation,
        };
        let log = recorder.log();
        let subscribes = operation.info.kind == OperationKind::Subscription;
        if subscribes && !self.takes_events {
            return Err(no_events());
        }
        log.in_scope(|| self.afford(operation.info.cost))?;
        if subscribes {
            return Ok(Done::Events(Opening {
                permit: self.state.permit(Resource::Subscriptions, &self.caller.client)?,
                state: self.state.clone(),
                caller: Rc::clone(self.caller),
                operation,
            }));
        }
        let (answered, commands) = self.execute(*operation).instrument(log).await;
        recorder.sent(commands);
        Ok(Done::Answer(answered))
    }

    /// Runs the operations of a batch. All are looked up before any of them is executed.
    pub async fn run_all(&self, all: &[Parameters], recorder: &mut Recorder) -> Result<Vec<Answered>, Answer> {
        let find = |parameters| match self.find(parameters, recorder)? {
            found if found.info().kind == OperationKind::Subscription => Err(no_events()),
            found => Ok(found),
        };
        let found: Vec<Result<Found, Answer>> = all.iter().map(find).collect();
        let points = |found: &Found| found.info().cost;
        recorder.costs(found.iter().flatten().map(points).fold(0, u64::saturating_add));
        // Answers from the cache are already paid for.
        let executed = found
            .iter()
            .flatten()
            .filter(|found| matches!(found, Found::Prepared(_)));
        let log = recorder.log();
        log.in_scope(|| self.afford(executed.map(points).fold(0, u64::saturating_add)))?;
        // All start before any is awaited, so that identical ones are executed once.
        let runs: Vec<_> = found.into_iter().map(|found| self.finish(found)).collect();
        let done = join_all(runs).instrument(log).await;
        recorder.sent(done.iter().map(|(_, commands)| commands).sum());
        Ok(done.into_iter().map(|(answered, _)| answered).collect())
    }

    /// Starts the execution, if one is needed.
    fn finish(&self, found: Result<Found, Answer>) -> impl Future<Output = (Answered, u64)> {
        let executed = match found {
            Ok(Found::Prepared(operation)) => Ok(self.execute(*operation)),
            Ok(Found::Cached(cached)) => Err(Answered::Cached(cached)),
            Err(answer) => Err(answer.into()),
        };
        async move {
            match executed {
                Ok(executed) => executed.await,
                Err(answered) => (answered, 0),
            }
        }
    }

    /// The cached answer to an operation, or the operation, ready to be executed.
    fn find(&self, parameters: &Parameters, recorder: &Recorder) -> Result<Found, Answer> {
        let source = self.source(parameters)?;
        let key = self.key(parameters, &source);
        if let Some(cached) = key.as_ref().and_then(|key| self.state.responses.get(key)) {
            self.state.spend(&self.caller.client, 1)?;
            self.state.persisted.keep(&source);
            return Ok(Found::Cached(cached));
        }
        let prepared = recorder.log().in_scope(|| self.prepare(parameters, &source, key));
        Ok(Found::Prepared(Box::new(prepared?)))
    }

    fn source(&self, parameters: &Parameters) -> Result<RequestDocument, Answer> {
        let source = self.state.persisted.source(parameters);
        source.map_err(|refusal| match &parameters.query {
            // Without any document it is not a GraphQL request.
            None if refusal.faults.iter().all(|fault| fault.code == "BAD_USER_INPUT") => Answer::ill_formed(&refusal),
            _ => Answer::refused(&refusal),
        })
    }

    /// Identifies identical operations; `None` if the answer must not be cached or shared.
    fn key(&self, parameters: &Parameters, source: &RequestDocument) -> Option<ResponseKey> {
        let is_kept = self.state.responses.is_on() && !self.tells_cost();
        is_kept.then(|| ResponseKey {
            text: Arc::clone(&source.text),
            operation: parameters.operation_name.clone(),
            // Many clients send an empty object for no variables.
            variables: parameters.variables_text().filter(|text| *text != "{}").map(Into::into),
            role: self.caller.viewer.role(),
            day: Timestamp::now().day(),
        })
    }

    /// Validates an operation. Its cost is not paid yet.
    fn prepare(
        &self,
        parameters: &Parameters,
        source: &RequestDocument,
        key: Option<ResponseKey>,
    ) -> Result<PreparedOperation, Answer> {
        let refused = |refusal: Rejection| Answer::refused(&refusal);
        let State {
            guard,
            persisted,
            config,
            metrics,
            ..
        } = &***self.state;
        let passed = guard.passed(&source.text);
        metrics.document_looked_up(passed.is_some());
        // Parsing costs points too, even if the operation is refused afterwards.
        let to_read = match passed {
            Some(_) => 0,
            None => source.text.len() as u64 / 1_024,
        };
        self.state.spend(&self.caller.client, 1 + to_read)?;
        let checked = match passed {
            Some(passed) => passed,
            None => guard.check(&source.text).map_err(|refusal| match self.is_safe() {
                true if refusal.has_mutation => by_post_only(),
                _ => refused(refusal),
            })?,
        };
        persisted.keep(source);
        let operation = checked
            .operation(parameters.operation_name.as_deref())
            .map_err(refused)?;
        let kind = kind_of(operation);
        if self.is_safe() && kind == OperationKind::Mutation {
            return Err(by_post_only());
        }
        let variables = parameters.variables(&config.limits).map_err(refused)?;
        // A subscription resumes after the last event, whatever its document says.
        let after = self.http.and_then(|http| last_event_id(http.headers()));
        let prepared = guard
            .prepare_after(&checked, operation, &variables, after.as_deref())
            .map_err(refused)?;
        Ok(PreparedOperation {
            info: OperationInfo {
                name: operation.name.as_ref().map(|name| name.as_str().to_owned()),
                kind,
                cost: prepared.cost,
            },
            request: prepared.request.data(self.caller.viewer.clone()),
            key: key.filter(|_| kind == OperationKind::Query),
        })
    }

    /// Spends the cost, if it is within the limit and the client has enough points.
    fn afford(&self, points: u64) -> Result<(), Answer> {
        if points == 0 {
            return Ok(());
        }
        let checked = self.state.config.limits.check(Limit::Cost, points);
        checked.map_err(|error| Answer::refused(&error.into()))?;
        Ok(self.state.spend(&self.caller.client, points)?)
    }
}

fn by_post_only() -> Answer {
    let message = "a mutation came by GET or QUERY, which must change nothing; accepted is POST";
    Answer::unread(StatusCode::METHOD_NOT_ALLOWED, &Rejection::input(message))
}

fn no_events() -> Answer {
    let message = "a subscription was asked for, and its events cannot come as one answer; accepted is the header \
                   `Accept: text/event-stream`, the path /graphql/stream, or a WebSocket of the protocol \
                   graphql-transport-ws";
    Answer::unread(StatusCode::NOT_ACCEPTABLE, &Rejection::input(message))
}
