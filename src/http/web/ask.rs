//! What the pages ask the API: documents of their own, which go through the pipeline like those of any client.

use std::rc::Rc;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde_json::Value as Json;

use super::documents::PageOperation;
use crate::api::error::ApiError;
use crate::http::answer::Answer;
use crate::http::parameters::Parameters;
use crate::http::permits::{Permit, Resource};
use crate::http::pipeline::admission::Admission;
use crate::http::pipeline::record::Recorder;
use crate::http::pipeline::{Done, Pipeline};
use crate::http::state::State;

/// Asks for a page; gives the data, and the permit of the request.
///
/// # Errors
/// The answer to a request that is refused or fails, with its status.
pub async fn ask(
    http: &HttpRequest,
    state: &Data<State>,
    recorder: &mut Recorder,
    operation: PageOperation,
    variables: &Json,
) -> Result<(Json, Permit), (StatusCode, Answer)> {
    let failed = |answer: Answer| (answer.status_as_a_whole(), answer);
    let admission = Admission {
        http,
        state,
        until: recorder.began() + state.deadline(),
    };
    let (caller, permit) = admission.admit(Resource::Requests).await.map_err(failed)?;
    recorder.asked_by(&caller);
    let pipeline = Pipeline {
        state,
        caller: &Rc::clone(&caller),
        http: Some(http),
        until: admission.until,
        takes_events: false,
    };
    let parameters = Parameters::of_document(operation.document, Some(operation.name), variables);
    let internal = || failed(Answer::failed(&ApiError::Internal));
    let answered = match pipeline.run(&parameters, recorder).await.map_err(failed)? {
        Done::Answer(answered) => answered,
        Done::Events(_) => return Err(internal()),
    };
    if let Some(answer) = answered.fresh().filter(|answer| !answer.errors().is_empty()) {
        return Err(failed(answer.clone()));
    }
    let data = answered.data().ok_or_else(internal)?;
    Ok((data, permit))
}
