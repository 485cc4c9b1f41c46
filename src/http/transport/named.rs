//! `/q/NAME`: named queries by GET, with their variables as parameters of the address; as GraphQL answers, as rows, as CSV
//! (`named_response`), and subscriptions as a stream of events.
//!
//! A request runs like one to `/graphql` (`graphql`). Statuses tell what became of it in every form.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::graphql::{self, Asked};
use super::named_response::NamedRequest;
use crate::api::operation::OperationKind;
use crate::guard::Rejection;
use crate::http::answer::Answer;
use crate::http::media::MediaType;
use crate::http::named::query::NamedQuery;
use crate::http::pipeline::admission::turned_away;
use crate::http::state::State;

const ROUTE: &str = "/q/{file}";

/// Handles GET and HEAD.
pub async fn endpoint(http: HttpRequest, state: Data<State>, file: Path<String>) -> HttpResponse {
    let (name, extension) = file.rsplit_once('.').unwrap_or((&file, ""));
    let query = state
        .named
        .get(name)
        .filter(|_| ["", "json", "csv"].contains(&extension));
    let Some(query) = query else {
        let message = format!(
            "there is no query {:?}; accepted are {}, each with .json, .csv or none; /openapi.json describes them",
            *file,
            names(&state)
        );
        return turned_away(
            &http,
            &state,
            ROUTE,
            Answer::unread(StatusCode::NOT_FOUND, &Rejection::input(message)),
        );
    };
    let media = match media_of(query, extension, &http) {
        Ok(media) => media,
        Err(refusal) => {
            let answer = Answer::unread(StatusCode::NOT_ACCEPTABLE, &refusal);
            return turned_away(&http, &state, ROUTE, answer);
        }
    };
    match query.request(extension, http.query_string()) {
        Ok((parameters, form)) => {
            let request = NamedRequest {
                parameters,
                form,
                query: Arc::clone(query),
            };
            graphql::answered(http, state.clone(), ROUTE, Asked::Named(Box::new(request)), Some(media)).await
        }
        Err(refusal) => turned_away(&http, &state, ROUTE, Answer::unread(StatusCode::BAD_REQUEST, &refusal)),
    }
}

/// The media type of an answer: that of the file, or what the client likes best.
fn media_of(query: &NamedQuery, extension: &str, http: &HttpRequest) -> Result<MediaType, Rejection> {
    let negotiated = MediaType::negotiated(http.headers()).unwrap_or(MediaType::Json);
    match (query.outline.kind, extension) {
        (OperationKind::Subscription, "") => Ok(MediaType::EventStream),
        (OperationKind::Subscription, _) => Err(Rejection::input(format!(
            "{} is a subscription, whose events are no file; accepted is /q/{} without an ending",
            query.name, query.name
        ))),
        (_, "") => Ok(negotiated),
        _ if negotiated == MediaType::GraphqlResponse => Ok(negotiated),
        _ => Ok(MediaType::Json),
    }
}

fn names(state: &State) -> String {
    let names: Vec<&str> = state.named.iter().map(|query| query.name.as_str()).collect();
    names.join(", ")
}
