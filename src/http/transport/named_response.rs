//! The response to a named query: as GraphQL answers, or its lists as rows or as CSV.

use std::sync::Arc;

use actix_web::http::header::{CACHE_CONTROL, VARY};
use actix_web::{HttpRequest, HttpResponse};

use super::whole;
use crate::api::error::ApiError;
use crate::config::StatusText;
use crate::http::answer::Answer;
use crate::http::headers::REQUEST_ID;
use crate::http::media::MediaType;
use crate::http::named::parameters::AnswerForm;
use crate::http::named::query::NamedQuery;
use crate::http::named::tables;
use crate::http::parameters::Parameters;
use crate::http::response::Answers;
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
        match rows(request, answers) {
            Ok((content, bytes)) => {
                let mut response = HttpResponse::Ok();
                response
                    .content_type(content)
                    .insert_header((CACHE_CONTROL, "private, no-cache"))
                    .insert_header((VARY, "Accept, Authorization"))
                    .insert_header((REQUEST_ID, request_id));
                return whole::respond(http, response, bytes.into());
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

/// The media type and the bytes of an answer's rows; an answer with errors has none.
fn rows(request: &NamedRequest, answers: &Answers) -> Result<(&'static str, Vec<u8>), Answer> {
    let internal = || Answer::failed(&ApiError::Internal);
    let Answers::One(answered) = answers else {
        return Err(internal());
    };
    if let Some(answer) = answered.fresh().filter(|answer| !answer.errors().is_empty()) {
        return Err(answer.clone());
    }
    let data = &answered.data().ok_or_else(internal)?;
    match request.form {
        AnswerForm::Csv { marked } => {
            let table = tables::csv(&request.query.outline, data).map_err(|_| internal())?;
            let mark: &[u8] = if marked { b"\xef\xbb\xbf" } else { b"" };
            Ok(("text/csv; charset=utf-8; header=present", [mark, &table].concat()))
        }
        AnswerForm::Rows | AnswerForm::GraphQl => {
            let rows = serde_json::to_vec(&tables::rows(&request.query.outline, data)).map_err(|_| internal())?;
            Ok(("application/json", rows))
        }
    }
}
