//! Admission: a request is let in among those of its kind, its caller is found, and it is in time.

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::rc::Rc;
use std::time::Instant;

use actix_web::{HttpRequest, HttpResponse};
use futures_util::FutureExt;
use futures_util::future::{Either, select};
use tokio::time::sleep_until;

use super::caller::Caller;
use super::record::Recorder;
use crate::api::error::ApiError;
use crate::api::viewer::Viewer;
use crate::http::answer::Answer;
use crate::http::client::{self, Client};
use crate::http::disconnect;
use crate::http::headers::authorization;
use crate::http::media::MediaType;
use crate::http::metrics::Metrics;
use crate::http::permits::{Permit, Resource};
use crate::http::response::Answers;
use crate::http::state::State;

/// A request that is not let in yet.
#[derive(Clone, Copy)]
pub struct Admission<'a> {
    pub http: &'a HttpRequest,
    pub state: &'a State,
    /// When it must have its answer.
    pub until: Instant,
}

impl Admission<'_> {
    /// Lets the request in among those of its kind, if there is room, its client has not its share already, and its
    /// token holds. Gives who asks, and the permit of the request.
    pub async fn admit(&self, resource: Resource) -> Result<(Rc<Caller>, Permit), Answer> {
        let address = client::address(self.http, &self.state.config.trusted_proxies);
        let authorization = authorization(self.http.headers())?;
        let unknown = match &authorization {
            Some(_) => Client::unauthenticated(address),
            None => Client::of(&Viewer::Anonymous, address),
        };
        // Authentication reads the database, so it counts as a request; until the caller is known, the address counts.
        let permit = self.state.permit(resource, &unknown)?;
        let identified = Caller::identified(self.state, address, authorization, self.until);
        let caller = self.in_time(identified).await??;
        let permit = permit.pass_to(&caller.client);
        let permit = permit.inspect_err(|error| self.state.refused(resource, error))?;
        Ok((Rc::new(caller), permit))
    }

    /// Works until the deadline, or until the client leaves.
    pub async fn in_time<T>(&self, work: impl Future<Output = T>) -> Result<T, Answer> {
        in_time(self.until, disconnect::left(self.http), work).await
    }
}

/// The response to what is refused before it is an operation, at this route.
pub fn turned_away(http: &HttpRequest, state: &State, route: &'static str, answer: impl Into<Answer>) -> HttpResponse {
    let mut recorder = Recorder::begin(&state.metrics, route, http.headers());
    turn_away(http, &mut recorder, answer.into())
}

/// The same, where the record has begun already.
pub fn turn_away(http: &HttpRequest, recorder: &mut Recorder, answer: Answer) -> HttpResponse {
    let answers = Answers::from(answer);
    let response = answers.response(MediaType::Json, recorder.request_id(), http);
    recorder.ends(response.status(), answers.fresh());
    response
}

/// Works until the deadline, or until the client is gone.
pub fn in_time<T>(
    until: Instant,
    gone: impl Future<Output = ()>,
    work: impl Future<Output = T>,
) -> impl Future<Output = Result<T, Answer>> {
    // On the heap before anything holds it: it is large, and would be copied with each future around it.
    let work = Box::pin(work);
    async move {
        let ended = async {
            let late = sleep_until(until.into());
            match select(pin!(late), pin!(gone)).await {
                Either::Left(_) => Answer::failed(&ApiError::Timeout),
                Either::Right(_) => Answer::abandoned(),
            }
        };
        match select(work, pin!(ended)).await {
            Either::Left((done, _)) => Ok(done),
            Either::Right((answer, _)) => Err(answer),
        }
    }
}

/// What a future gives, or something else where it panics, which is counted: a fault of one request must not take its
/// neighbours along.
///
/// No `async fn`, which would have room for the future twice: as its argument, and where it is waited for.
pub fn caught<T>(
    metrics: &Metrics,
    future: impl Future<Output = T>,
    otherwise: impl FnOnce() -> T,
) -> impl Future<Output = T> {
    let caught = AssertUnwindSafe(future).catch_unwind();
    caught.map(move |outcome| {
        outcome.unwrap_or_else(|_| {
            metrics.panicked();
            otherwise()
        })
    })
}
