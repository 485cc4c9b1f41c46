//! `/schema.graphql`: the schema as a file, for viewers who may read.

use std::time::Instant;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::permits::Resource;
use super::pipeline::admission::{Admission, turned_away};
use super::state::State;
use super::transport::delivery::{Held, deliver};

/// Handles GET and HEAD.
pub async fn endpoint(http: HttpRequest, state: Data<State>) -> HttpResponse {
    let entry = Admission {
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
        Err(answer) => turned_away(&http, &state, "/schema.graphql", answer),
    }
}
