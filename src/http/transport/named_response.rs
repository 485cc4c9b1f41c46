//! The response to a named query: as GraphQL answers, or its lists as rows or as CSV.

use std::sync::Arc;

use actix_web::http::header::{CACHE_CONTROL, VARY};
use actix_web::{HttpRequest, HttpResponse};

use super::whole;
use crate::api::error::ApiError;
use crate::config::StatusText;
use crate::http::answer::Answer;
use crate::http::cached_response::{CachedResponse, OperationInfo};
use crate::http::headers::REQUEST_ID;
use crate::http::media::MediaType;
use crate::http::named::parameters::AnswerForm;
use crate::http::named::query::NamedQuery;
use crate::http::named::tables;
use crate::http::parameters::Parameters;
use crate::http::response::{Answered, Answers};
use crate::http::state::State;

/// A named query that is asked for.
pub struct NamedRequest {
    pub parameters: Parameters,
    pub form: AnswerForm,
    pub query: Arc<NamedQuery>,
}

/// The response to a named query, in the form that is asked for. An answer with errors has no rows, and takes the place of
/// the others.
pub fn response(
    http: &HttpRequest,
    state: &State,
    request: &NamedRequest,
    answers: &mut Answers,
    (media, request_id): (MediaType, &str),
) -> HttpResponse {
    if request.form != AnswerForm::GraphQl {
        match rows(state, request, answers) {
            Ok(file) => {
                let mut response = HttpResponse::Ok();
                response
                    .content_type(content_type(request.form))
                    .insert_header((CACHE_CONTROL, "private, no-cache"))
                    .insert_header((VARY, "Accept, Authorization"))
                    .insert_header((&REQUEST_ID, request_id));
                return whole::respond(http, response, &file);
            }
            Err(answer) => *answers = answer.into(),
        }
    }
    let mut response = answers.response(media, state.config.http_statuses, request_id, http);
    // Errors have a status in every form. What was executed in part is no rows; a plain client knows no 294.
    if let Some(answer) = answers.fresh().next().filter(|_| media == MediaType::Json) {
        *response.status_mut() = match request.form {
            AnswerForm::GraphQl => answer.status(MediaType::GraphqlResponse, StatusText::Of2025),
            AnswerForm::Rows | AnswerForm::Csv { .. } => answer.status_as_a_whole(),
        };
    }
    response
}

const fn content_type(form: AnswerForm) -> &'static str {
    match form {
        AnswerForm::Csv { .. } => "text/csv; charset=utf-8; header=present",
        AnswerForm::Rows | AnswerForm::GraphQl => "application/json",
    }
}

/// An answer's rows; an answer with errors has none.
fn rows(state: &State, request: &NamedRequest, answers: &Answers) -> Result<Arc<CachedResponse>, Answer> {
    let Answers::One(answered) = answers else {
        return Err(Answer::failed(&ApiError::Internal));
    };
    match answered {
        Answered::Fresh(answer) if !answer.errors().is_empty() => Err(Answer::clone(answer)),
        Answered::Fresh(_) => made(request, answered),
        Answered::Cached(kept) => {
            let query = &request.query;
            state
                .tables
                .of(kept, &query.name, request.form, || made(request, answered))
        }
    }
}

/// The rows of an answer, made from its data.
fn made(request: &NamedRequest, answered: &Answered) -> Result<Arc<CachedResponse>, Answer> {
    let internal = || Answer::failed(&ApiError::Internal);
    let data = &answered.data().ok_or_else(internal)?;
    let bytes = match request.form {
        AnswerForm::Csv { marked } => {
            let table = tables::csv(&request.query.outline, data).map_err(|_| internal())?;
            let mark: &[u8] = if marked { b"\xef\xbb\xbf" } else { b"" };
            [mark, &table].concat()
        }
        AnswerForm::Rows | AnswerForm::GraphQl => {
            serde_json::to_vec(&tables::rows(&request.query.outline, data)).map_err(|_| internal())?
        }
    };
    let info = OperationInfo {
        name: Some(request.query.name.clone()),
        kind: request.query.outline.kind,
        cost: 0,
    };
    Ok(Arc::new(CachedResponse::new(bytes, info)))
}
