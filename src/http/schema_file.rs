//! `/schema.graphql` and `/openapi.json`: what can be asked for, as files for viewers who may read.

use std::time::Instant;

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::permits::Resource;
use super::pipeline::admission::{Admission, turned_away};
use super::state::State;
use super::transport::delivery::{Held, deliver};

/// The schema. Handles GET and HEAD.
pub async fn endpoint(http: HttpRequest, state: Data<State>) -> HttpResponse {
    let file = ("text/plain; charset=utf-8", state.sdl.clone());
    for_readers(http, state, "/schema.graphql", file).await
}

/// The description of the named queries. Handles GET and HEAD.
pub async fn openapi(http: HttpRequest, state: Data<State>) -> HttpResponse {
    let file = ("application/json", state.openapi.clone());
    for_readers(http, state, "/openapi.json", file).await
}

async fn for_readers(
    http: HttpRequest,
    state: Data<State>,
    route: &'static str,
    (content, bytes): (&'static str, Bytes),
) -> HttpResponse {
    let entry = Admission {
        http: &http,
        state: &state,
        until: Instant::now() + state.deadline(),
    };
    match entry.admit(Resource::Requests).await {
        Ok(_admitted) => {
            let response = HttpResponse::Ok().content_type(content).body(bytes);
            deliver(&http, &state, response, Held::default())
        }
        Err(answer) => turned_away(&http, &state, route, answer),
    }
}
