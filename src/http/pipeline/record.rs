//! The record of an operation: its log line, metrics and trace, written in one place and exactly once.
//!
//! A [`Recorder`] begins with a request, collects what becomes known about its operation, and writes it when it is
//! dropped. [`Recorder::ends`] sets the result before that; if it is never called, the client has left.

use std::cell::OnceCell;
use std::rc::Rc;
use std::thread::panicking;
use std::time::Instant;

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use actix_web::http::{Method, StatusCode};
use tracing::Span;
use uuid::Uuid;

use super::caller::Caller;
use super::trace;
use crate::api::error::ApiError;
use crate::api::operation::OperationKind;
use crate::api::viewer::Viewer;
use crate::config::StatusText;
use crate::http::answer::Answer;
use crate::http::cached_response::OperationInfo;
use crate::http::media::MediaType;
use crate::http::metrics::codes::known_code;
use crate::http::metrics::{Metrics, RequestOutcome};

/// Collects what becomes known about one operation.
pub struct Recorder {
    metrics: Metrics,
    request_id: String,
    began: Instant,
    span: Span,
    log: OnceCell<Span>,
    caller: Option<Rc<Caller>>,
    name: Option<String>,
    kind: OperationKind,
    cost: Option<u64>,
    commands: u64,
    /// The status and the codes of errors; `None` until the result is known.
    ending: Option<(StatusCode, Vec<&'static str>)>,
}

impl Recorder {
    /// Begins the record of a request at this route. Its headers may name the trace that it belongs to (`traceparent`).
    pub fn begin(metrics: &Metrics, route: &'static str, http: &HttpRequest) -> Self {
        Self::of(metrics, http.method().as_str(), route, http.headers())
    }

    /// The same of an operation of a WebSocket, which is part of a request by GET.
    pub fn begin_of_socket(metrics: &Metrics, route: &'static str) -> Self {
        Self::of(metrics, Method::GET.as_str(), route, &HeaderMap::new())
    }

    fn of(metrics: &Metrics, method: &str, route: &'static str, headers: &HeaderMap) -> Self {
        let request_id = Uuid::now_v7().to_string();
        Self {
            metrics: metrics.clone(),
            began: Instant::now(),
            span: trace::request_span(method, route, headers, &request_id),
            request_id,
            log: OnceCell::new(),
            caller: None,
            name: None,
            kind: OperationKind::None,
            cost: None,
            commands: 0,
            ending: None,
        }
    }

    /// The id for the response's header and for the log.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    pub const fn began(&self) -> Instant {
        self.began
    }

    /// The span of the request's trace, in which everything for the request must run.
    pub fn span(&self) -> Span {
        self.span.clone()
    }

    /// The span of the request's log lines. Made on first use: an answer from the cache needs none.
    pub fn log(&self) -> Span {
        self.log.get_or_init(|| trace::log_span(&self.request_id)).clone()
    }

    /// Sets the caller; the record is of an anonymous viewer until then.
    pub fn asked_by(&mut self, caller: &Rc<Caller>) {
        self.caller = Some(Rc::clone(caller));
    }

    /// Sets the operation and its estimated cost.
    pub fn knows(&mut self, info: &OperationInfo) {
        self.names(info.name.clone(), info.kind);
        self.costs(info.cost);
    }

    /// Sets the name and the kind of the operation; the name of an export is that of its file.
    pub fn names(&mut self, name: Option<String>, kind: OperationKind) {
        (self.name, self.kind) = (name, kind);
    }

    /// Sets the total cost, in points.
    pub fn costs(&mut self, points: u64) {
        self.cost = Some(points);
    }

    /// Adds to the number of commands sent to the database.
    pub fn sent(&mut self, commands: u64) {
        self.commands += commands;
    }

    /// Sets the result: the status, and the errors of these answers. A later call replaces it.
    pub fn ends<'a>(&mut self, status: StatusCode, answers: impl IntoIterator<Item = &'a Answer>) {
        let mut codes = Vec::new();
        for answer in answers {
            codes.extend(answer.codes().map(known_code));
            answer.limits().for_each(|name| self.metrics.over_limit(name));
        }
        self.ending = Some((status, codes));
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        if self.ending.is_none() {
            let answer = match panicking() {
                true => Answer::failed(&ApiError::Internal),
                false => Answer::abandoned(),
            };
            self.ends(
                answer.status(MediaType::GraphqlResponse, StatusText::default()),
                [&answer],
            );
        }
        let Some((status, codes)) = &self.ending else { return };
        let outcome = RequestOutcome {
            operation: self.name.as_deref(),
            kind: self.kind,
            status: status.as_u16(),
            codes,
            duration: self.began.elapsed(),
            cost: self.cost,
            commands: self.commands,
            request_id: &self.request_id,
            viewer: self.caller.as_ref().map_or(&Viewer::Anonymous, |caller| &caller.viewer),
        };
        self.metrics.observe(&outcome);
        trace::ended(&self.span, &outcome);
    }
}
