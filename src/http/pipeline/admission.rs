//! Admission: acquires a permit for a request, authenticates its caller, and sets its deadline.

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
use crate::config::StatusText;
use crate::http::answer::Answer;
use crate::http::client::{self, Client};
use crate::http::disconnect;
use crate::http::headers::authorization;
use crate::http::media::MediaType;
use crate::http::metrics::Metrics;
use crate::http::permits::{Permit, Resource};
use crate::http::response::Answers;
use crate::http::state::State;

/// A request that is not admitted yet.
#[derive(Clone, Copy)]
pub struct Admission<'a> {
    pub http: &'a HttpRequest,
    pub state: &'a State,
    /// The deadline.
    pub until: Instant,
}

impl Admission<'_> {
    /// Acquires a permit for the request, and authenticates its caller. Fails if the concurrency limit or the client's
    /// share of it is reached, or if the credentials are not valid.
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

    /// Like [`in_time`], for the client and the deadline of this request.
    pub async fn in_time<T>(&self, work: impl Future<Output = T>) -> Result<T, Answer> {
        in_time(self.until, disconnect::left(self.http), work).await
    }
}

/// The response to a request that is refused before it is an operation; `route` is for its record.
pub fn turned_away(http: &HttpRequest, state: &State, route: &'static str, answer: impl Into<Answer>) -> HttpResponse {
    let mut recorder = Recorder::begin(&state.metrics, route, http);
    turn_away(http, &mut recorder, answer.into())
}

/// Like [`turned_away`], for a record that has begun already.
pub fn turn_away(http: &HttpRequest, recorder: &mut Recorder, answer: Answer) -> HttpResponse {
    let answers = Answers::from(answer);
    let response = answers.response(MediaType::Json, StatusText::default(), recorder.request_id(), http);
    recorder.ends(response.status(), answers.fresh());
    response
}

/// Runs `work` until the deadline, or until `gone` resolves because the client has left.
pub fn in_time<T>(
    until: Instant,
    gone: impl Future<Output = ()>,
    work: impl Future<Output = T>,
) -> impl Future<Output = Result<T, Answer>> {
    // Boxed before any future holds it: it is large, and every future around it would copy it.
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

/// Runs a future, and replaces its result if it panics, which is counted: a bug in one request must not affect others.
///
/// Not an `async fn`, which would store the future twice: as its argument, and while it is awaited.
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
