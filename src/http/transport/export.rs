//! `/export/{table}.{csv,ndjson,json,parquet}`: all matching documents as rows; what is small as a whole, the rest while it is read.
//!
//! A request goes through the same admission as one to `/graphql`, and leaves the same record (`pipeline`). Filter and
//! order are the arguments of the collection's connection, in the query of the URL. Up to [`SMALL`] bytes are gathered: an
//! export that ends before is answered as a file (`whole`), with length and entity tag, and kept
//! like other responses until something changes that it tells (`export_request`). What was gathered still decides the
//! status. Otherwise a task reads the next piece only when the previous one has been taken, until all is sent, the
//! client leaves or stops reading for `Timeouts::stalled`, or its credentials end. An incomplete export breaks its
//! connection off, so that no client takes it for a complete one. Exports have their own concurrency limit, as a slow
//! client may take as long as it likes.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::http::{Method, StatusCode};
use actix_web::rt::spawn;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use futures_util::future::{Either, select};
use futures_util::{Stream, stream};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::timeout;
use tracing::Instrument;

use crate::api::error::ApiError;
use crate::api::operation::OperationKind;
use crate::graphql::export::{Export, ExportFormat, ExportPiece, ExportPlan, ExportRows};
use crate::http::answer::Answer;
use crate::http::cached_response::{CachedResponse, OperationInfo};
use crate::http::headers::REQUEST_ID;
use crate::http::metrics::InFlight;
use crate::http::permits::{Permit, Resource};
use crate::http::pipeline::admission::{Admission, caught, turn_away};
use crate::http::pipeline::caller::Caller;
use crate::http::pipeline::record::Recorder;
use crate::http::state::State;
use crate::http::transport::delivery::{Held, LARGE, deliver};
use crate::http::transport::export_request::{ExportArguments, Kept, arguments, named};
use crate::http::transport::whole;
use crate::http::{cross_origin, disconnect};
use crate::store::Store;
use crate::store::versions::ReadSet;

/// The points for a piece, as for a page of a connection. Each row costs one more, the filter as there.
const PAGE: u64 = 10;

/// An export up to this size, in bytes, is a file.
const SMALL: usize = 4 * 1024 * 1024;

/// What Excel needs to read a table as UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// An export before its response.
enum Opened {
    Whole(File),
    /// One of which a part was read.
    Begun(Vec<u8>, Box<Sending>),
}

/// A whole export.
struct File {
    content: Arc<CachedResponse>,
    /// How many commands it took.
    commands: u64,
    permit: Permit,
}

/// Sends the rest of an export.
struct Sending {
    file: String,
    export: Export,
    store: Store,
    caller: Rc<Caller>,
    cost: u64,
    permit: Permit,
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
        .insert_header((&REQUEST_ID, recorder.request_id()));
    match opened {
        Opened::Whole(whole) => as_file(&http, &state, response, whole, recorder, in_flight),
        Opened::Begun(..) if http.method() == Method::HEAD => {
            // How long it would be is not known.
            recorder.ends(StatusCode::OK, []);
            response.streaming(stream::empty::<Result<Bytes, NotWhole>>())
        }
        Opened::Begun(begun, sending) => {
            let cut = disconnect::cut(&http);
            response.streaming(start(begun, *sending, state, recorder, in_flight, cut))
        }
    }
}

/// The response with a whole export.
fn as_file(
    http: &HttpRequest,
    state: &State,
    response: HttpResponseBuilder,
    file: File,
    mut recorder: Recorder,
    in_flight: InFlight,
) -> HttpResponse {
    let length = file.content.body().len();
    let room = (length > LARGE).then(|| file.permit.beside(Resource::AnswerBytes, length as u64));
    let room = match room.transpose() {
        Ok(room) => room.map(Arc::new),
        Err(error) => {
            state.refused(Resource::AnswerBytes, &error);
            return turn_away(http, &mut recorder, Answer::failed(&error));
        }
    };
    let response = whole::respond(http, response, &file.content);
    recorder.costs(file.content.info.cost);
    recorder.sent(file.commands);
    recorder.ends(response.status(), []);
    let held = Held::new(in_flight, Some(file.permit)).with_bytes(room);
    deliver(http, state, response, held)
}

const fn content_type(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Csv => "text/csv; charset=utf-8; header=present",
        other => other.media(),
    }
}

/// Everything before the response's head.
async fn open(admission: Admission<'_>, file: &str, recorder: &mut Recorder) -> Result<(ExportFormat, Opened), Answer> {
    let Admission { http, state, .. } = admission;
    if let Some(message) = cross_origin::forged(http.headers(), &state.origins) {
        return Err(Answer::failed(&ApiError::Forbidden(message.to_owned())));
    }
    let (table, format) = named(file)?;
    let (caller, permit) = admission.admit(Resource::Exports).await?;
    recorder.asked_by(&caller);
    state.spend(&caller.client, 1)?;
    let (place, kept) = Kept::of(state, &caller, file, http.query_string());
    if let Some(kept) = kept {
        let whole = File {
            content: kept,
            commands: 0,
            permit,
        };
        return Ok((format, Opened::Whole(whole)));
    }
    let arguments = arguments(http.query_string(), state);
    let arguments = arguments.map_err(|refusal| Answer::unread(StatusCode::BAD_REQUEST, &refusal))?;
    let mut begun = match arguments.marked && format == ExportFormat::Csv {
        true => MARK.to_vec(),
        false => Vec::new(),
    };
    let (mut sending, first) = begin(admission, (table, format), &arguments, (file, caller, permit)).await?;
    if let Some(first) = first {
        begun.extend(first.bytes);
        if !admission.in_time(sending.gather(&mut begun, state)).await?? {
            return Ok((format, Opened::Begun(begun, Box::new(sending))));
        }
    }
    let info = OperationInfo {
        name: Some(file.to_owned()),
        kind: OperationKind::Export,
        cost: sending.cost,
    };
    let content = Arc::new(CachedResponse::new(begun, info));
    if let Some(place) = place {
        sending.store.touch(ReadSet::one(table.kind()));
        place.keep(state, &content, sending.store.read_set());
    }
    let whole = File {
        content,
        commands: sending.store.work().commands,
        permit: sending.permit,
    };
    Ok((format, Opened::Whole(whole)))
}

/// Opens an export whose request was admitted, and reads its first piece: `None` where there is nothing.
async fn begin(
    admission: Admission<'_>,
    (table, format): (ExportRows, ExportFormat),
    arguments: &ExportArguments,
    (file, caller, permit): (&str, Rc<Caller>, Permit),
) -> Result<(Sending, Option<ExportPiece>), Answer> {
    let state = admission.state;
    let checked = state.guard.arguments(table.kind().collection(), &arguments.variables);
    let checked = checked.map_err(|refusal| Answer::unread(StatusCode::BAD_REQUEST, &refusal))?;
    let plan = ExportPlan::new(table, format, &state.config.limits, |name| {
        Ok(checked.values.get(name).cloned())
    })?;
    let cost = PAGE.saturating_add(table.cost()).saturating_add(checked.cost);
    state.spend(&caller.client, cost)?;
    let store = state.store.for_stream();
    let first = admission.in_time(async {
        let mut export = plan.open(store.clone()).await?;
        let first = export.next().await?;
        Ok::<_, ApiError>((export, first))
    });
    let (export, first) = first.await??;
    let rows = first.as_ref().map_or(0, |piece| piece.rows as u64);
    state.spend(&caller.client, rows)?;
    let sending = Sending {
        file: file.to_owned(),
        export,
        store,
        caller,
        cost: 1 + cost + rows,
        permit,
    };
    Ok((sending, first))
}

/// Starts the task. The body ends without an error only if the export is complete.
fn start(
    begun: Vec<u8>,
    mut sending: Sending,
    state: Data<State>,
    mut recorder: Recorder,
    in_flight: InFlight,
    cut: impl FnOnce() + 'static,
) -> impl Stream<Item = Result<Bytes, NotWhole>> + 'static {
    // At most one piece waits to be sent, and no other is read meanwhile.
    let (sender, receiver) = channel::<Option<Bytes>>(1);
    let (span, log) = (recorder.span(), recorder.log());
    let task = async move {
        // The head is sent, so this is the status whatever happens next.
        recorder.ends(StatusCode::OK, [&Answer::abandoned()]);
        let failed = || Err(Broken::Failed(ApiError::Internal));
        let ended = caught(&state.metrics, sending.send(begun, &sender, &state), failed).await;
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
    async fn send(&mut self, begun: Vec<u8>, sender: &Sender<Option<Bytes>>, state: &State) -> Result<(), Broken> {
        let mut begun = Some(Bytes::from(begun));
        loop {
            // Resolves when the previous piece has been taken.
            let stalled = state.timeouts.stalled;
            let room = timeout(stalled, sender.reserve()).await;
            let room = room.map_err(|_| Broken::Stalled(stalled))?.map_err(|_| Broken::Left)?;
            let piece = match begun.take() {
                Some(begun) => Some(begun),
                None => match select(Box::pin(self.next(state)), Box::pin(sender.closed())).await {
                    Either::Left((next, _)) => next.map_err(Broken::Failed)?.map(|piece| piece.bytes.into()),
                    Either::Right(_) => return Err(Broken::Left),
                },
            };
            let is_end = piece.is_none();
            room.send(piece);
            if is_end {
                return Ok(());
            }
        }
    }

    /// Reads on as long as the export is small; gives whether it has ended.
    async fn gather(&mut self, begun: &mut Vec<u8>, state: &State) -> Result<bool, ApiError> {
        while begun.len() <= SMALL {
            match self.next(state).await? {
                Some(piece) => begun.extend(piece.bytes),
                None => return Ok(true),
            }
        }
        Ok(false)
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
