//! The steps that every request for data takes, whatever it asks for: it is let in, known, paid for, and in time.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::rc::Rc;
use std::time::{Duration, Instant};

use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::FutureExt;
use futures_util::future::{Either, select};
use tokio::time::sleep_until;
use uuid::Uuid;

use super::answer::{Answer, Answers};
use super::auth::{Credentials, Identity};
use super::client::{self, Client};
use super::media::MediaType;
use super::metrics::{Kind, Outcome};
use super::permits::{Permit, Resource};
use super::{State, disconnect};
use crate::api::error::ApiError;
use crate::api::viewer::Viewer;

/// A request for data.
#[derive(Clone, Copy)]
pub struct Admission<'a> {
    /// As it came.
    pub http: &'a HttpRequest,
    /// What the routes share.
    pub state: &'a State,
    /// When it must have its answer.
    pub until: Instant,
}

/// A request that was let in.
pub struct Admitted {
    /// Who asks.
    pub viewer: Viewer,
    /// Who pays.
    pub client: Client,
    /// That it may be under way.
    pub permit: Permit,
    /// By what it is known who asks.
    pub credentials: Rc<Credentials>,
}

/// What a request says of who asks: its header `Authorization`.
///
/// # Errors
/// Where it has several.
pub fn authorization(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let mut given = headers.get_all(AUTHORIZATION);
    // Bytes that are no text are in no token, and say so in the place of one.
    let header = given.next().map(|value| value.to_str().unwrap_or("?").to_owned());
    if given.next().is_some() {
        let message = "the header `Authorization` is given twice; accepted is one of it";
        return Err(ApiError::Unauthenticated(message.to_owned()));
    }
    Ok(header)
}

/// The response to what is refused before it is an operation.
pub fn turned_away(http: &HttpRequest, state: &State, answer: impl Into<Answer>) -> HttpResponse {
    let request_id = Uuid::now_v7().to_string();
    let answers = Answers::from(answer.into());
    let codes: Vec<&str> = answers.iter().flat_map(Answer::codes).collect();
    let response = answers.response(MediaType::Json, &request_id, http);
    state.metrics.observe(&Outcome {
        operation: None,
        kind: Kind::None,
        status: response.status().as_u16(),
        codes: &codes,
        duration: Duration::ZERO,
        cost: None,
        commands: 0,
        request_id: &request_id,
        viewer: &Viewer::Anonymous,
    });
    response
}

/// Who asks from this address, and says so by this header or its like.
///
/// # Errors
/// Where what it says does not hold, or it has been said too often.
pub async fn identity(
    state: &State,
    address: IpAddr,
    authorization: Option<&str>,
    until: Instant,
) -> Result<Identity, ApiError> {
    if authorization.is_none() {
        // Nothing is looked up.
        return state.authenticator.identity(&state.store, None).await;
    }
    // Whoever tries tokens pays for it, and apart from those who ask without one at the same address.
    let knocking = Client::knocking(address);
    state.spend(&knocking, 1)?;
    let store = state.store.for_request(until, false);
    state.authenticator.identity(&store, authorization).await
}

/// Works until the deadline, or until the client is gone.
///
/// # Errors
/// The answer to a request that ended so.
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

impl Admission<'_> {
    /// Lets the request in among those of its kind, if there is room, its client has not its share already, and its
    /// token holds.
    ///
    /// # Errors
    /// The answer to one that is not let in.
    pub async fn admit(&self, resource: Resource) -> Result<Admitted, Answer> {
        let address = client::address(self.http, &self.state.settings.trusted_proxies);
        let authorization = authorization(self.http.headers())?;
        let unknown = match &authorization {
            Some(_) => Client::knocking(address),
            None => Client::of(&Viewer::Anonymous, address),
        };
        // Who asks is looked up in the database, which is work already: until it is known, the address counts.
        let permit = self.state.permit(resource, &unknown)?;
        let looked_up = identity(self.state, address, authorization.as_deref(), self.until);
        let identity = self.in_time(looked_up).await??;
        let client = Client::of(&identity.viewer, address);
        let permit = permit.pass_to(&client);
        Ok(Admitted {
            permit: permit.inspect_err(|error| self.state.refused(resource, error))?,
            client,
            credentials: Rc::new(Credentials::new(authorization, &identity)),
            viewer: identity.viewer,
        })
    }

    /// Works until the deadline, or until the client leaves.
    ///
    /// # Errors
    /// The answer to a request that ended so.
    pub async fn in_time<T>(&self, work: impl Future<Output = T>) -> Result<T, Answer> {
        in_time(self.until, disconnect::left(self.http), work).await
    }
}

/// What a future gives, or something else where it panics: a fault of one request must not take its neighbours along.
///
/// No `async fn`, which would have room for the future twice: as its argument, and where it is waited for.
pub fn caught<T>(future: impl Future<Output = T>, otherwise: impl FnOnce() -> T) -> impl Future<Output = T> {
    let caught = AssertUnwindSafe(future).catch_unwind();
    caught.map(|outcome| outcome.unwrap_or_else(|_| otherwise()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_ends_nothing_but_its_request() {
        let broken = async {
            tokio::task::yield_now().await;
            panic!("on purpose")
        };
        assert_eq!(caught(broken, || 2).await, 2);
        assert_eq!(caught(async { 1 }, || 2).await, 1);
    }
}
