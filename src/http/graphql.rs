//! `/graphql`: requests in, responses out. Our own layer over `Schema::execute`; no integration crate.

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, ALLOW, CONTENT_TYPE};
use actix_web::web::{Data, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use async_graphql::{Request, Response, ServerError, Variables};
use futures_util::StreamExt;
use serde::Deserialize;
use std::time::{Duration, Instant};
use tracing::Instrument;

use super::metrics::{Kind, Outcome};
use super::{State, trace};
use crate::graphql::error::ApiError;
use crate::graphql::execute;
use crate::graphql::viewer::Viewer;

const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

/// The parameters of a request, by body or by address.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<serde_json::Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct QueryString {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<String>,
}

/// A request that never reached the schema: the status for it and the reason.
struct Refusal(StatusCode, &'static str, String);

pub async fn by_get(request: HttpRequest, state: Data<State>) -> HttpResponse {
    let parameters = Query::<QueryString>::from_query(request.query_string())
        .map_err(|error| bad_request(format!("the address's parameters cannot be read: {error}")))
        .and_then(|query| {
            let QueryString {
                query,
                operation_name,
                variables,
            } = query.into_inner();
            let variables = variables
                .filter(|text| !text.is_empty())
                .map(|text| serde_json::from_str(&text))
                .transpose()
                .map_err(|error| bad_request(format!("`variables` is not JSON: {error}")))?;
            Ok(Parameters {
                query,
                operation_name,
                variables,
            })
        });
    answer(&request, &state, parameters).await
}

pub async fn by_post(request: HttpRequest, state: Data<State>, body: Payload) -> HttpResponse {
    let parameters = read_body(&request, &state, body).await;
    answer(&request, &state, parameters).await
}

pub async fn other_method() -> HttpResponse {
    HttpResponse::MethodNotAllowed()
        .insert_header((ALLOW, "GET, POST"))
        .content_type("text/plain; charset=utf-8")
        .body("accepted are GET and POST\n")
}

async fn read_body(request: &HttpRequest, state: &State, mut body: Payload) -> Result<Parameters, Refusal> {
    let media_type = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .map(|value| value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
        .unwrap_or_default();
    if media_type != JSON {
        return Err(Refusal(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "BAD_USER_INPUT",
            format!("the content type is {media_type:?}; accepted is {JSON}"),
        ));
    }
    let most = state.limits.body_limit_bytes;
    let mut bytes = Vec::new();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|error| bad_request(format!("the body broke off: {error}")))?;
        if bytes.len() + chunk.len() > most {
            return Err(Refusal(
                StatusCode::PAYLOAD_TOO_LARGE,
                "LIMIT_EXCEEDED",
                format!("the body is larger than {most} bytes, which is the most that is accepted"),
            ));
        }
        bytes.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&bytes).map_err(|error| {
        bad_request(format!(
            "the body cannot be read: {error}; accepted is a JSON object with `query`, `variables` and `operationName`"
        ))
    })
}

fn bad_request(message: String) -> Refusal {
    Refusal(StatusCode::BAD_REQUEST, "BAD_USER_INPUT", message)
}

async fn answer(request: &HttpRequest, state: &State, parameters: Result<Parameters, Refusal>) -> HttpResponse {
    let began = Instant::now();
    let under_way = state.metrics.in_flight();
    let request_id = uuid::Uuid::now_v7().to_string();
    let span = trace::request_span(request.headers(), &request_id);
    let name = parameters
        .as_ref()
        .ok()
        .and_then(|parameters| parameters.operation_name.clone());
    let commands = state.store.commands_sent();
    let (answer, response) = answered(request, state, parameters).instrument(span.clone()).await;
    let code = |error: &ServerError| match error.extensions.as_ref()?.get("code")? {
        async_graphql::Value::String(code) => Some(code.clone()),
        _ => None,
    };
    let codes: Vec<String> = response.errors.iter().filter_map(code).collect();
    let outcome = Outcome {
        operation: name.as_deref(),
        kind: Kind::Query,
        status: answer.status().as_u16(),
        codes: &codes.iter().map(String::as_str).collect::<Vec<_>>(),
        duration: began.elapsed(),
        cost: None,
        commands: state.store.commands_sent() - commands,
        request_id: &request_id,
        viewer: &Viewer::Anonymous,
    };
    state.metrics.observe(&outcome);
    trace::ended(&span, &outcome);
    drop(under_way);
    answer
}

async fn answered(
    request: &HttpRequest,
    state: &State,
    parameters: Result<Parameters, Refusal>,
) -> (HttpResponse, Response) {
    let accept = request
        .headers()
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = if accept.contains(GRAPHQL_RESPONSE) {
        GRAPHQL_RESPONSE
    } else {
        JSON
    };
    let (status, response) = match parameters.and_then(to_request) {
        Ok(request) => {
            let response = run(state, request).await;
            // A response without data is a request that failed as a whole: told by status in the newer media type.
            let failed = response.data == async_graphql::Value::Null && !response.errors.is_empty();
            let refused =
                failed && media_type == GRAPHQL_RESPONSE && response.errors.iter().all(|error| error.path.is_empty());
            (
                if refused {
                    StatusCode::BAD_REQUEST
                } else {
                    StatusCode::OK
                },
                response,
            )
        }
        Err(Refusal(status, code, message)) => (status, failure(code, message)),
    };
    let answer = match serde_json::to_string(&response) {
        Ok(body) => HttpResponse::build(status)
            .content_type(format!("{media_type}; charset=utf-8"))
            .body(body),
        Err(error) => {
            tracing::error!("a response cannot be written: {error}");
            HttpResponse::InternalServerError().finish()
        }
    };
    (answer, response)
}

fn to_request(parameters: Parameters) -> Result<Request, Refusal> {
    let query = parameters
        .query
        .filter(|query| !query.trim().is_empty())
        .ok_or_else(|| {
            bad_request(
                "`query` is missing; accepted is a GraphQL document, such as {gifts(first:1){nodes{id}}}".into(),
            )
        })?;
    let document = async_graphql::parser::parse_query(&query)
        .map_err(|error| Refusal(StatusCode::BAD_REQUEST, "GRAPHQL_PARSE_FAILED", error.to_string()))?;
    let mut request = Request::new(query);
    request.set_parsed_query(document);
    if let Some(name) = parameters.operation_name.filter(|name| !name.is_empty()) {
        request = request.operation_name(name);
    }
    match parameters.variables {
        None | Some(serde_json::Value::Null) => Ok(request),
        Some(variables @ serde_json::Value::Object(_)) => Ok(request.variables(Variables::from_json(variables))),
        Some(_) => Err(bad_request(
            "`variables` is no object; accepted is a JSON object by variable name".into(),
        )),
    }
}

async fn run(state: &State, request: Request) -> Response {
    let deadline = Duration::from_millis(state.limits.request_timeout_ms);
    match tokio::time::timeout(deadline, execute(&state.schema, state.store.clone(), request)).await {
        Ok(response) => response,
        Err(_) => failure(ApiError::Timeout.code(), ApiError::Timeout.to_string()),
    }
}

fn failure(code: &str, message: String) -> Response {
    let mut error = ServerError::new(message, None);
    error.extensions.get_or_insert_default().set("code", code);
    Response::from_errors(vec![error])
}
