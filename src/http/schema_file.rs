//! `/schema.graphql`: the schema as a file, for those who may read.

use std::time::{Duration, Instant};

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use uuid::Uuid;

use super::State;
use super::answer::{Answer, Answers};
use super::delivery::{Held, deliver};
use super::entry::Entry;
use super::media::MediaType;
use super::metrics::{Kind, Outcome};
use super::permits::Resource;
use crate::graphql::viewer::Viewer;

/// GET and HEAD of the schema.
pub async fn endpoint(http: HttpRequest, state: Data<State>) -> HttpResponse {
    let entry = Entry {
        http: &http,
        state: &state,
        until: Instant::now() + state.deadline(),
    };
    match entry.admit(Resource::Requests).await {
        Ok(_admitted) => {
            let response = HttpResponse::Ok()
                .content_type("text/plain; charset=utf-8")
                .body(state.sdl.clone());
            deliver(&http, &state, response, Held::default())
        }
        Err(answer) => refused(&http, &state, answer),
    }
}

fn refused(http: &HttpRequest, state: &State, answer: Answer) -> HttpResponse {
    let request_id = Uuid::now_v7().to_string();
    let answers = Answers::from(answer);
    let response = answers.response(MediaType::Json, &request_id, http);
    let codes: Vec<&str> = answers.iter().flat_map(Answer::codes).collect();
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
