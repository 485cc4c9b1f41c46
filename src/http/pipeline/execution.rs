//! The execution of an operation: alone, or once for all identical requests at the same time.

use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::HttpRequest;
use actix_web::web::Data;
use async_graphql::Request;
use futures_util::FutureExt;
use futures_util::future::pending;
use tokio::time::timeout_at;

use super::admission::{caught, in_time};
use super::caller::Caller;
use crate::api::error::ApiError;
use crate::api::operation::OperationKind;
use crate::graphql::execute;
use crate::http::answer::{Answer, Cost};
use crate::http::cached_response::OperationInfo;
use crate::http::disconnect;
use crate::http::headers::asks_for_cost;
use crate::http::methods;
use crate::http::response::Answered;
use crate::http::response_cache::{Making, ResponseKey};
use crate::http::slots::ExecutionSlot;
use crate::http::state::State;
use crate::store::Store;

/// Runs the operations of one request, or of one message in a WebSocket.
pub struct Pipeline<'a> {
    pub state: &'a Data<State>,
    pub caller: &'a Rc<Caller>,
    /// The request; `None` in a WebSocket.
    pub http: Option<&'a HttpRequest>,
    /// The deadline.
    pub until: Instant,
    /// Whether the client accepts more than one answer to an operation.
    pub takes_events: bool,
}

/// A validated operation.
pub struct PreparedOperation {
    pub request: Request,
    pub info: OperationInfo,
    /// Identifies identical requests; `None` if the answer must not be shared.
    pub key: Option<ResponseKey>,
}

impl Pipeline<'_> {
    /// Executes a query or a mutation until the deadline, or until the client has left. Returns the answer and the
    /// number of database commands.
    ///
    /// Joins or registers a shared execution at once, not when the future is first polled.
    pub(super) fn execute(&self, operation: PreparedOperation) -> impl Future<Output = (Answered, u64)> {
        // One for each operation, so that each answer of a batch reports its own cost.
        let store = self.state.store.for_request(self.until, self.tells_cost());
        let work = match operation.key {
            Some(key) => {
                let made = self.once(store.clone(), key, operation.request, operation.info);
                self.shared(made).left_future()
            }
            None => self.alone(store.clone(), operation).right_future(),
        };
        let gone = match self.http {
            Some(http) => disconnect::left(http).left_future(),
            // If the client cancels an operation of a WebSocket, its future is dropped.
            None => pending().right_future(),
        };
        let ended = in_time(self.until, gone, work);
        async move {
            let answered = ended.await.unwrap_or_else(|answer| Ok(answer.into()));
            (
                answered.unwrap_or_else(|error| Answer::failed(&error).into()),
                store.work().commands,
            )
        }
    }

    async fn alone(&self, store: Store, operation: PreparedOperation) -> Result<Answered, ApiError> {
        let PreparedOperation { request, info, .. } = operation;
        let _edit = match info.kind {
            OperationKind::Mutation => self.edit_slot().boxed_local().await?,
            _ => None,
        };
        let _slot = match self.state.slots.try_acquire() {
            Some(slot) => Some(slot),
            None => {
                let slot = self.state.slots.acquire(&self.caller.client).await;
                self.still_holds().boxed_local().await?;
                slot
            }
        };
        let response = executed(self.state, store.clone(), request).await;
        let cost = self.tells_cost().then(|| Cost::new(info.cost, &store.work()));
        let answer = Answer::executed(response, info.kind, cost);
        // A response to a safe request has an entity tag, which needs its bytes.
        let cached = self.is_safe().then(|| answer.cached(info)).flatten();
        Ok(cached.map_or_else(|| answer.into(), |cached| Answered::Cached(Arc::new(cached))))
    }

    /// Waits for a slot for a mutation; in vain a moment before the request is given up, so that its client hears that nothing
    /// was done.
    async fn edit_slot(&self) -> Result<Option<ExecutionSlot>, ApiError> {
        const BEFORE: Duration = Duration::from_millis(100);
        let until = self.until.checked_sub(BEFORE).unwrap_or(self.until);
        let slot = self.state.edit_slots.acquire(&self.caller.client);
        timeout_at(until.into(), slot)
            .await
            .map_err(|_| ApiError::Busy("changes"))
    }

    /// Joins the execution of an identical query if there is one, or starts one that others can join.
    fn once(&self, store: Store, key: ResponseKey, request: Request, info: OperationInfo) -> Making {
        let (state, client) = (self.state.clone(), self.caller.client.clone());
        self.state.responses.join(&key, async move {
            let execution = async {
                let _slot = state.slots.acquire(&client).await;
                let response = executed(&state, store.clone(), request).await;
                Answer::executed(response, info.kind, None)
            };
            let answer = caught(&state.metrics, execution, || Answer::failed(&ApiError::Internal)).await;
            let cached = answer.cached(info);
            (cached.map(Arc::new).ok_or_else(|| Arc::new(answer)), store.read_set())
        })
    }

    async fn shared(&self, making: Making) -> Result<Answered, ApiError> {
        let waits = self.state.slots.are_all_taken();
        let made = making.await;
        if waits {
            self.still_holds().boxed_local().await?;
        }
        Ok(match made {
            Ok(cached) => Answered::Cached(cached),
            Err(answer) => Answer::clone(&answer).into(),
        })
    }

    /// Whether the request must not change anything: a GET or a QUERY.
    pub(super) fn is_safe(&self) -> bool {
        self.http.is_some_and(|http| methods::is_safe(http.method()))
    }

    pub(super) fn tells_cost(&self) -> bool {
        self.http.is_some_and(|http| asks_for_cost(http.headers()))
    }

    /// The credentials may have become invalid while the operation waited for a slot.
    async fn still_holds(&self) -> Result<(), ApiError> {
        self.state.still_holds(&self.caller.credentials).await
    }
}

/// Not an `async fn`: the future is made, and boxed, when it has a slot: operations that wait for one stay small.
fn executed(state: &State, store: Store, request: Request) -> impl Future<Output = async_graphql::Response> + Send {
    let (live, search) = (state.live.clone(), state.search.clone());
    execute(&state.schema, store, live, search, request).boxed()
}
