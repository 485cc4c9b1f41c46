//! One operation on its way, whatever brings it: its document found and guarded, its cost estimated and paid, executed.
//!
//! What is read before is told by `reading` (HTTP) and `ws` (WebSockets); what becomes of a subscription by `events`.

use std::sync::Arc;
use std::time::Instant;

use actix_web::http::StatusCode;
use actix_web::web::Data;

use async_graphql::Request;
use futures_util::FutureExt;

use super::State;
use super::admission::{caught, in_time};
use super::answer::{Answer, Cost};
use super::auth::Credentials;
use super::cached_response::{About, CachedResponse};
use super::client::Client;
use super::metrics::Kind;
use super::parameters::Parameters;
use super::persisted::Source;
use super::response_cache::{Key, Made};
use crate::api::error::ApiError;
use crate::api::viewer::Viewer;
use crate::graphql::execute;
use crate::guard::{self, OperationType, Rejection};
use crate::limits::Limit;

/// An operation that may be executed.
pub struct Ready {
    /// What is executed.
    pub request: Request,
    /// What the log and the metrics are told of it.
    pub about: About,
}

/// Who asks for operations, and how.
#[derive(Clone)]
pub struct Asker<'a> {
    /// What the routes share.
    pub state: &'a Data<State>,
    /// Who pays.
    pub client: &'a Client,
    /// Who asks.
    pub viewer: Viewer,
    /// Whether it came by GET, which must change nothing.
    pub by_get: bool,
    /// Behind which event a subscription goes on, whatever its document says.
    pub after: Option<&'a str>,
}

impl Asker<'_> {
    /// The document of a request.
    ///
    /// # Errors
    /// The answer to one that has none, or one that is not known.
    pub fn source(&self, parameters: &Parameters) -> Result<Source, Answer> {
        let source = self.state.persisted.source(parameters);
        source.map_err(|refusal| match &parameters.query {
            // Without any document the request is no GraphQL request.
            None if refusal.faults.iter().all(|fault| fault.code == "BAD_USER_INPUT") => {
                Answer::unread(StatusCode::BAD_REQUEST, &refusal)
            }
            _ => Answer::refused(&refusal),
        })
    }

    /// The answer that is kept of the same request, if one is.
    ///
    /// # Errors
    /// The answer to a client that has no points left.
    pub fn known(&self, key: &Key, source: &Source) -> Result<Option<Arc<CachedResponse>>, Answer> {
        let known = self.state.responses.get(key);
        if known.is_some() {
            self.state.spend(self.client, 1)?;
            self.state.persisted.keep(source);
        }
        Ok(known)
    }

    /// Everything before the execution, but for its price.
    ///
    /// # Errors
    /// The answer to one that is not executed.
    pub fn ready(&self, parameters: &Parameters, source: &Source) -> Result<Ready, Answer> {
        let refused = |refusal: Rejection| Answer::refused(&refusal);
        let State {
            guard,
            persisted,
            settings,
            metrics,
            ..
        } = &***self.state;
        // Looking at a request that is then refused has its price too.
        let passed = guard.passed(&source.text);
        metrics.document_looked_up(passed.is_some());
        let to_read = if passed.is_some() {
            0
        } else {
            source.text.len() as u64 / 1_024
        };
        self.state.spend(self.client, 1 + to_read)?;
        let checked = match passed {
            Some(passed) => passed,
            None => guard.check(&source.text).map_err(|refusal| {
                if self.by_get && refusal.has_mutation {
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
        if self.by_get && guard::is_mutation(operation) {
            return Err(by_post_only());
        }
        let variables = parameters.variables(&settings.limits).map_err(refused)?;
        let prepared = guard
            .prepare_after(&checked, operation, &variables, self.after)
            .map_err(refused)?;
        let kind = match operation.operation_type {
            OperationType::Query => Kind::Query,
            OperationType::Mutation => Kind::Mutation,
            OperationType::Subscription => Kind::Subscription,
        };
        Ok(Ready {
            about: About {
                operation: operation.name.as_ref().map(|name| name.as_str().to_owned()),
                kind,
                cost: prepared.cost,
            },
            request: prepared.request.data(self.viewer.clone()),
        })
    }

    /// Lets an operation through whose cost is within the limit and within what its client has left.
    ///
    /// # Errors
    /// The answer to one that is not let through.
    pub fn afford(&self, cost: u64) -> Result<(), Answer> {
        let checked = self.state.settings.limits.check(Limit::Cost, cost);
        checked.map_err(|error| Answer::refused(&error.into()))?;
        Ok(self.state.spend(self.client, cost)?)
    }
}

impl Ready {
    /// Executes a query whose answer is kept, or waits for the answer to the same one of another client; and the number
    /// of commands that the database got for it.
    ///
    /// # Errors
    /// The answer to one that ended at the deadline, or whose client is gone.
    pub async fn run_once(
        self,
        state: &Data<State>,
        key: &Key,
        until: Instant,
        gone: impl Future<Output = ()>,
    ) -> (Result<Made, Answer>, u64) {
        let store = state.store.for_request(until, false);
        let (about, shared, made_by) = (self.about, state.clone(), store.clone());
        let State {
            schema, live, search, ..
        } = &***state;
        let (schema, live, search) = (schema.clone(), live.clone(), search.clone());
        let places = Arc::clone(&state.places);
        let making = state.responses.join(key, async move {
            let execution = async {
                // Never closed.
                let _place = places.acquire().await.ok();
                // In a box that is made only now: who waits for a place must be small.
                let execution = execute(&schema, made_by.clone(), live, search, self.request).boxed();
                Answer::executed(execution.await, None)
            };
            let answer = caught(execution, || {
                shared.metrics.panicked();
                Answer::failed(&ApiError::Internal)
            });
            let answer = answer.await;
            let cached = answer.cached(about);
            (cached.map(Arc::new).ok_or_else(|| Arc::new(answer)), made_by.read_set())
        });
        let made = in_time(until, gone, making).await;
        (made, store.work().commands)
    }

    /// Executes a query or a mutation, until the deadline or until the client is gone; and the number of commands that
    /// the database got for it. `tells_cost`: the answer says what it cost.
    pub async fn run(
        self,
        state: &State,
        credentials: &Credentials,
        until: Instant,
        gone: impl Future<Output = ()>,
        tells_cost: bool,
    ) -> (Answer, u64) {
        let estimate = self.about.cost;
        let store = state.store.for_request(until, tells_cost);
        let execution = async {
            let _place = match state.places.try_acquire() {
                Ok(place) => Some(place),
                Err(_) => {
                    // Never closed.
                    let place = state.places.acquire().await.ok();
                    // Who has waited for a place may have lost the right to it meanwhile.
                    state.still_holds(credentials).boxed().await?;
                    place
                }
            };
            let (live, search) = (state.live.clone(), state.search.clone());
            let executed = execute(&state.schema, store.clone(), live, search, self.request).boxed();
            Ok::<_, ApiError>(executed.await)
        };
        let ended = in_time(until, gone, execution).await;
        let work = store.work();
        let answer = match ended {
            Ok(Ok(response)) => Answer::executed(response, tells_cost.then_some(Cost { estimate, work })),
            Ok(Err(refused)) => Answer::failed(&refused),
            Err(answer) => answer,
        };
        (answer, work.commands)
    }
}

fn by_post_only() -> Answer {
    let message = "a mutation came by GET, which must change nothing; accepted is POST";
    Answer::unread(StatusCode::METHOD_NOT_ALLOWED, &Rejection::input(message))
}
