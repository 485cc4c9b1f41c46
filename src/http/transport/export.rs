//! `/export/{collection}.{csv,ndjson}`: all matching documents as rows, sent while they are read.
//!
//! A request goes through the same admission as one to `/graphql`, and leaves the same record (`pipeline`). Filter and
//! order are the arguments of the collection's connection, in the query of the URL. The first piece still decides the
//! status. After it, a task reads the next piece only when the previous one has been taken, until all is sent, the
//! client leaves or stops reading for `Timeouts::stalled`, or its credentials end. An incomplete export breaks its
//! connection off, so that no client takes it for a complete one. Exports have their own concurrency limit, as a slow
//! client may take as long as it likes.

use std::rc::Rc;
use std::time::Duration;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::http::{Method, StatusCode};
use actix_web::rt::spawn;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::future::{Either, select};
use futures_util::{Stream, stream};
use serde_json::value::RawValue;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::timeout;
use tracing::Instrument;

use crate::api::error::ApiError;
use crate::api::operation::OperationKind;
use crate::domain::id;
use crate::graphql::export::{Export, ExportFormat, ExportPiece, ExportPlan};
use crate::guard::{Rejection, Variables};
use crate::http::answer::Answer;
use crate::http::headers::REQUEST_ID;
use crate::http::metrics::InFlight;
use crate::http::parameters::pairs;
use crate::http::permits::{Permit, Resource};
use crate::http::pipeline::admission::{Admission, caught, turn_away};
use crate::http::pipeline::caller::Caller;
use crate::http::pipeline::record::Recorder;
use crate::http::state::State;
use crate::http::{cross_origin, disconnect};
use crate::store::Store;

/// The points for a piece, as for a page of a connection. Each row costs one more, the filter as there.
const PAGE: u64 = 10;

/// An export whose first piece was read; `None` if there are no rows.
struct Opened {
    first: Option<ExportPiece>,
    sending: Sending,
}

/// Sends the rest of an export.
struct Sending {
    file: String,
    export: Export,
    store: Store,
    caller: Rc<Caller>,
    cost: u64,
    _permit: Permit,
}

/// Why an export is incomplete.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("the client left")]
    Left,
    /// The client has not read anything for so long.
    #[error("the client took nothing for {0:?}")]
    Stalled(Duration),
    /// Reading the next piece failed.
    #[error("{0}")]
    Failed(ApiError),
}

impl Broken {
    /// For the record.
    fn answer(&self) -> Answer {
        match self {
            Self::Left | Self::Stalled(_) => Answer::abandoned(),
            Self::Failed(error) => Answer::failed(error),
        }
    }
}

/// The error that ends an incomplete body.
#[derive(Debug, thiserror::Error)]
#[error("the export broke off")]
struct NotWhole;

/// Handles GET and HEAD.
pub async fn endpoint(http: HttpRequest, state: Data<State>, file: Path<String>) -> HttpResponse {
    let in_flight = state.metrics.in_flight();
    let mut recorder = Recorder::begin(&state.metrics, "/export/{file}", &http);
    recorder.names(Some(file.clone()), OperationKind::Export);
    let admission = Admission {
        http: &http,
        state: &state,
        until: recorder.began() + state.deadline(),
    };
    let (span, log) = (recorder.span(), recorder.log());
    let opening = caught(&state.metrics, open(admission, &file, &mut recorder), || {
        Err(Answer::failed(&ApiError::Internal))
    });
    let (format, opened) = match opening.instrument(span).instrument(log).await {
        Ok(opened) => opened,
        Err(answer) => return turn_away(&http, &mut recorder, answer),
    };
    let mut response = HttpResponse::Ok();
    response
        .content_type(content_type(format))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{file}\"")))
        .insert_header((CACHE_CONTROL, "private, no-cache"))
        .insert_header((REQUEST_ID, recorder.request_id()));
    match opened {
        // HEAD: nothing is read, so the length is not known.
        None => {
            recorder.ends(StatusCode::OK, []);
            response.streaming(stream::empty::<Result<Bytes, NotWhole>>())
        }
        Some(opened) => {
            let cut = disconnect::cut(&http);
            response.streaming(start(opened, state, recorder, in_flight, cut))
        }
    }
}

const fn content_type(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Csv => "text/csv; charset=utf-8; header=present",
        ExportFormat::Ndjson => "application/x-ndjson",
    }
}

/// Everything before the response's head. `None` for HEAD.
async fn open(
    admission: Admission<'_>,
    file: &str,
    recorder: &mut Recorder,
) -> Result<(ExportFormat, Option<Opened>), Answer> {
    let Admission { http, state, .. } = admission;
    let config = &state.config;
    if let Some(message) = cross_origin::forged(http.headers(), &state.origins) {
        return Err(Answer::failed(&ApiError::Forbidden(message.to_owned())));
    }
    let (kind, format) = named(file)?;
    let (caller, permit) = admission.admit(Resource::Exports).await?;
    recorder.asked_by(&caller);
    state.spend(&caller.client, 1)?;
    let failed = |error: ApiError| Answer::failed(&error);
    let unread = |refusal: Rejection| Answer::unread(StatusCode::BAD_REQUEST, &refusal);
    let given = given(http.query_string(), state).map_err(unread)?;
    let arguments = state.guard.arguments(kind.collection(), &given).map_err(unread)?;
    let plan = ExportPlan::new(kind, format, &config.limits, |name| {
        Ok(arguments.values.get(name).cloned())
    })
    .map_err(failed)?;
    if http.method() == Method::HEAD {
        return Ok((format, None));
    }
    state.spend(&caller.client, PAGE.saturating_add(arguments.cost))?;
    let store = state.store.for_stream();
    let first = admission.in_time(async {
        let mut export = plan.open(store.clone()).await?;
        let first = export.next().await?;
        Ok::<_, ApiError>((export, first))
    });
    let (export, first) = first.await?.map_err(failed)?;
    let rows = first.as_ref().map_or(0, |piece| piece.rows as u64);
    state.spend(&caller.client, rows)?;
    let sending = Sending {
        file: file.to_owned(),
        export,
        store,
        caller,
        cost: 1 + PAGE + arguments.cost + rows,
        _permit: permit,
    };
    Ok((format, Some(Opened { first, sending })))
}

/// Parses the name of a file.
fn named(file: &str) -> Result<(id::Kind, ExportFormat), Answer> {
    let (collection, extension) = file.rsplit_once('.').unwrap_or((file, ""));
    let kind = id::Kind::of_collection(collection);
    let format = ExportFormat::ALL
        .into_iter()
        .find(|format| format.extension() == extension);
    kind.zip(format).ok_or_else(|| {
        let message = format!(
            "there is no export {file:?}; accepted are {}, each with .csv or .ndjson",
            id::Kind::ALL.map(id::Kind::collection).join(", ")
        );
        Answer::unread(StatusCode::NOT_FOUND, &Rejection::input(message))
    })
}

/// The filter and the order in the URL, as variables; an empty one is absent.
fn given(query: &str, state: &State) -> Result<Variables, Rejection> {
    let mut members = Vec::new();
    for (name, value) in pairs(query)? {
        if !["where", "orderBy"].contains(&name.as_str()) {
            let message = format!("an export has no parameter {name:?}; accepted are `where` and `orderBy`");
            return Err(Rejection::input(message));
        }
        if value.is_empty() {
            continue;
        }
        // Parsed on its own: it could otherwise end this member and begin another.
        let value: Box<RawValue> = serde_json::from_str(&value).map_err(|error| {
            Rejection::input(format!(
                "`{name}` cannot be read: {error}; accepted is JSON, as for the argument of the connection"
            ))
        })?;
        members.push(format!("\"{name}\": {value}"));
    }
    Variables::read(&format!("{{{}}}", members.join(", ")), &state.config.limits)
}

/// Starts the task. The body ends without an error only if the export is complete.
fn start(
    opened: Opened,
    state: Data<State>,
    mut recorder: Recorder,
    in_flight: InFlight,
    cut: impl FnOnce() + 'static,
) -> impl Stream<Item = Result<Bytes, NotWhole>> + 'static {
    // At most one piece waits to be sent, and no other is read meanwhile.
    let (sender, receiver) = channel::<Option<Bytes>>(1);
    let Opened { first, mut sending } = opened;
    let (span, log) = (recorder.span(), recorder.log());
    let task = async move {
        // The head is sent, so this is the status whatever happens next.
        recorder.ends(StatusCode::OK, [&Answer::abandoned()]);
        let failed = || Err(Broken::Failed(ApiError::Internal));
        let ended = caught(&state.metrics, sending.send(first, &sender, &state), failed).await;
        if let Err(Broken::Stalled(_)) = &ended {
            // What is in the connection's buffer is not read either, and would wait for ever.
            state.metrics.answer_cut_off();
            cut();
        }
        if let Err(error @ (Broken::Stalled(_) | Broken::Failed(_))) = &ended {
            tracing::warn!("the export {} broke off: {error}", sending.file);
        }
        recorder.costs(sending.cost);
        recorder.sent(sending.store.work().commands);
        recorder.ends(StatusCode::OK, ended.err().map(|broken| broken.answer()).as_ref());
        drop(in_flight);
    };
    spawn(task.instrument(span).instrument(log));
    stream::unfold(Some(receiver), |receiver: Option<Receiver<Option<Bytes>>>| async {
        let mut receiver = receiver?;
        match receiver.recv().await {
            Some(Some(bytes)) => Some((Ok(bytes), Some(receiver))),
            Some(None) => None,
            None => Some((Err(NotWhole), None)),
        }
    })
}

impl Sending {
    /// Sends all pieces, then `None` as the end.
    async fn send(
        &mut self,
        mut first: Option<ExportPiece>,
        sender: &Sender<Option<Bytes>>,
        state: &State,
    ) -> Result<(), Broken> {
        loop {
            // Resolves when the previous piece has been taken.
            let stalled = state.timeouts.stalled;
            let room = timeout(stalled, sender.reserve()).await;
            let room = room.map_err(|_| Broken::Stalled(stalled))?.map_err(|_| Broken::Left)?;
            let piece = match first.take() {
                Some(first) => Some(first),
                None => match select(Box::pin(self.next(state)), Box::pin(sender.closed())).await {
                    Either::Left((next, _)) => next.map_err(Broken::Failed)?,
                    Either::Right(_) => return Err(Broken::Left),
                },
            };
            let is_end = piece.is_none();
            room.send(piece.map(|piece| piece.bytes.into()));
            if is_end {
                return Ok(());
            }
        }
    }

    /// Pays for the next piece and reads it within the deadline, then checks the credentials.
    async fn next(&mut self, state: &State) -> Result<Option<ExportPiece>, ApiError> {
        self.pay(PAGE, state).await?;
        let piece = timeout(state.deadline(), self.export.next()).await;
        let piece = piece.unwrap_or(Err(ApiError::Timeout))?;
        if let Some(piece) = &piece {
            self.pay(piece.rows as u64, state).await?;
        }
        // The last check before sending: the steps above may have taken long.
        state.still_holds(&self.caller.credentials).await?;
        Ok(piece)
    }

    /// Spends points, and waits for them: to stop now would waste those already spent.
    async fn pay(&mut self, points: u64, state: &State) -> Result<(), ApiError> {
        self.cost = self.cost.saturating_add(points);
        state
            .points
            .pay(&self.caller.client, points, &state.config.limits)
            .await
    }
}
