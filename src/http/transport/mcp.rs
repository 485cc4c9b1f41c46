//! `/mcp`: messages of agents by POST, each answered by one message. Their operations run in the pipeline, so guard, cost, points,
//! tokens and limits are those of every client.

use std::rc::Rc;

use actix_web::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, ContentType, HOST, ORIGIN, RETRY_AFTER};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Map, Value as Json, json};
use tracing::Instrument;

use super::request_body;
use crate::api::error::ApiError;
use crate::api::viewer::Role;
use crate::config::StatusText;
use crate::guard::Rejection;
use crate::http::answer::Answer;
use crate::http::cross_origin;
use crate::http::headers::REQUEST_ID;
use crate::http::mcp::message::{RpcError, RpcMessage, agreed, server_info, versions};
use crate::http::mcp::{resources, tools};
use crate::http::media::{MediaType, refused_content};
use crate::http::parameters::Parameters;
use crate::http::permits::Resource;
use crate::http::pipeline::admission::{Admission, caught};
use crate::http::pipeline::caller::Caller;
use crate::http::pipeline::record::Recorder;
use crate::http::pipeline::{Done, Pipeline};
use crate::http::response::Answered;
use crate::http::state::State;
use crate::http::web::site::Site;

const ROUTE: &str = "/mcp";

/// How long what is listed may be kept, in milliseconds.
const KEPT: u32 = 300_000;

/// What an agent is told of this server.
const INSTRUCTIONS: &str = "Diplomatic gifts of animals: who gave which animals to whom, when, how many, and on whose word. \
    Counts and dates have bounds; null or nothing means that no source says, never zero. Tell a figure with the certainty of \
    its claim. Find with FindGifts or Search, read with OneGift, count with ByDecade or Statistics.";

/// A message that was answered: its status and its reply, which a notification has none of.
type Reply = (StatusCode, Option<Json>);

/// Handles every method.
pub async fn endpoint(http: HttpRequest, state: Data<State>, body: Payload) -> HttpResponse {
    let _in_flight = state.metrics.in_flight();
    let mut recorder = Recorder::begin(&state.metrics, ROUTE, &http);
    let span = recorder.span();
    let replied = caught(&state.metrics, reply(&http, &state, body, &mut recorder), || {
        Err(Answer::failed(&ApiError::Internal))
    });
    let (status, reply, retry_after) = match replied.instrument(span).await {
        Ok((status, reply)) => {
            recorder.ends(status, []);
            (status, reply, None)
        }
        Err(answer) => {
            let status = answer.status(MediaType::GraphqlResponse, StatusText::Of2025);
            recorder.ends(status, [&answer]);
            let told: Vec<&str> = answer.errors().iter().map(|error| error.message.as_str()).collect();
            let error = json!({ "code": -32603, "message": told.join("; ") });
            (
                status,
                Some(json!({ "jsonrpc": "2.0", "error": error })),
                answer.retry_after,
            )
        }
    };
    let mut response = HttpResponse::build(status);
    response
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((&REQUEST_ID, recorder.request_id()));
    if status == StatusCode::METHOD_NOT_ALLOWED {
        response.insert_header((ALLOW, "POST"));
    }
    if let Some(seconds) = retry_after {
        response.insert_header((RETRY_AFTER, seconds));
    }
    match reply {
        Some(reply) => response
            .insert_header((CONTENT_TYPE, ContentType::json()))
            .body(reply.to_string()),
        None => response.finish(),
    }
}

async fn reply(
    http: &HttpRequest,
    state: &Data<State>,
    mut body: Payload,
    recorder: &mut Recorder,
) -> Result<Reply, Answer> {
    let unread = |status, message: String| Err(Answer::unread(status, &Rejection::input(message)));
    if *http.method() != Method::POST {
        let message = format!("the method is {}; accepted is POST", http.method());
        return unread(StatusCode::METHOD_NOT_ALLOWED, message);
    }
    if is_foreign(http, state) {
        return Err(Answer::failed(&cross_origin::foreign(http, "wants to ask")));
    }
    if let Some(message) = refused_content(http.headers(), true) {
        return unread(StatusCode::UNSUPPORTED_MEDIA_TYPE, message);
    }
    let admission = Admission {
        http,
        state,
        until: recorder.began() + state.deadline(),
    };
    let (caller, _permit) = admission.admit(Resource::Requests).await?;
    recorder.asked_by(&caller);
    let bytes = request_body::bytes(&mut body, state, &caller.client, admission.until).await?;
    let message = match RpcMessage::read(&bytes, http.headers()) {
        Ok(message) => message,
        Err(refused) => {
            let (id, error) = *refused;
            return Ok((error.status, Some(error.reply(id.as_ref()))));
        }
    };
    if message.id.is_none() {
        return Ok((StatusCode::ACCEPTED, None));
    }
    let agent = Agent {
        http,
        state,
        caller: &caller,
        admission,
    };
    match agent.result(&message, recorder).await? {
        Ok(result) => Ok((StatusCode::OK, Some(message.reply(result)))),
        Err(error) => Ok((error.status, Some(error.reply(message.id.as_ref())))),
    }
}

/// Whether a page asks that is none of this server's. A name that leads to this machine proves nothing (DNS rebinding): of
/// the names of this server only those count that are set, and its address.
fn is_foreign(http: &HttpRequest, state: &State) -> bool {
    let text = |name| http.headers().get(name).map(|value| value.to_str().unwrap_or("?"));
    let host = text(HOST).unwrap_or_default();
    let name = host
        .rsplit_once(':')
        .map_or(host, |(name, port)| match port.parse::<u16>() {
            Ok(_) => name,
            Err(_) => host,
        });
    let is_address = name == "localhost" || name.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok();
    let allowed = &state.origins;
    match text(ORIGIN) {
        None => false,
        Some(origin) if allowed.iter().any(|one| one == origin) => false,
        Some(_) => !is_address || cross_origin::is_foreign(http.headers(), allowed),
    }
}

/// Who asks by a message, and by which request.
struct Agent<'a> {
    http: &'a HttpRequest,
    state: &'a Data<State>,
    caller: &'a Rc<Caller>,
    admission: Admission<'a>,
}

impl Agent<'_> {
    /// Whether the schema can be asked for.
    fn introspects(&self) -> bool {
        self.state.config.introspection
    }

    /// Whether the tools that change something are offered.
    fn may_change(&self) -> bool {
        matches!(self.caller.viewer.role(), Role::Editor | Role::Admin)
    }

    /// The result of a method.
    async fn result(&self, message: &RpcMessage, recorder: &mut Recorder) -> Result<Result<Json, RpcError>, Answer> {
        let listed = |mut result: Json| {
            if message.is_modern {
                result["ttlMs"] = KEPT.into();
                // Editors are listed more than others.
                result["cacheScope"] = "private".into();
            }
            Ok(Ok(result))
        };
        self.state.spend(&self.caller.client, 1)?;
        let capabilities = json!({ "tools": {}, "resources": {} });
        match message.method.as_str() {
            "initialize" if !message.is_modern => {
                let wanted = message.params.get("protocolVersion").and_then(Json::as_str);
                Ok(Ok(json!({
                    "protocolVersion": agreed(wanted),
                    "capabilities": capabilities,
                    "serverInfo": server_info(),
                    "instructions": INSTRUCTIONS,
                })))
            }
            "ping" if !message.is_modern => Ok(Ok(json!({}))),
            "server/discover" => listed(json!({
                "supportedVersions": versions(),
                "capabilities": capabilities,
                "instructions": INSTRUCTIONS,
            })),
            "tools/list" => {
                let may_change = self.may_change();
                listed(json!({ "tools": tools::list(&self.state.named, may_change, self.introspects()) }))
            }
            "tools/call" => self.call(&message.params, recorder).await,
            "resources/list" => listed(json!({ "resources": [] })),
            "resources/templates/list" => listed(json!({ "resourceTemplates": resources::templates() })),
            "resources/read" => {
                let uri = message.params.get("uri").and_then(Json::as_str).unwrap_or_default();
                match self.read(uri, recorder).await? {
                    Ok(contents) => listed(json!({ "contents": contents })),
                    Err(mut error) => {
                        if !message.is_modern {
                            error.code = -32002;
                        }
                        Ok(Err(error))
                    }
                }
            }
            _ => Ok(Err(RpcError::method(message))),
        }
    }

    async fn call(
        &self,
        params: &Map<String, Json>,
        recorder: &mut Recorder,
    ) -> Result<Result<Json, RpcError>, Answer> {
        let name = params.get("name").and_then(Json::as_str).unwrap_or_default();
        let arguments = match params.get("arguments") {
            None | Some(Json::Null) => Map::new(),
            Some(Json::Object(arguments)) => arguments.clone(),
            Some(_) => return Ok(Err(RpcError::params("`arguments` is no object"))),
        };
        if name == tools::SCHEMA && self.introspects() {
            return Ok(Ok(tools::schema(&self.state.guard, &arguments)));
        }
        let may_change = self.may_change();
        let Some(query) = self.state.named.tools(may_change).find(|query| query.name == name) else {
            let named = self.state.named.tools(may_change).map(|query| query.name.as_str());
            let names: Vec<&str> = named.chain(self.introspects().then_some(tools::SCHEMA)).collect();
            let message = format!("there is no tool {name:?}; accepted are {}", names.join(", "));
            return Ok(Err(RpcError::params(message)));
        };
        let answer = self.run(&query.parameters(arguments), recorder).await;
        // What an agent can mend is told as a result; the rest as to any client.
        match &answer {
            Err(answer) if !answer.can_be_mended() => Err(answer.clone()),
            answer => Ok(Ok(tools::result(answer.as_ref(), &Site::of(self.http, self.state)))),
        }
    }

    async fn read(&self, uri: &str, recorder: &mut Recorder) -> Result<Result<Json, RpcError>, Answer> {
        let missing = || RpcError {
            data: Some(json!({ "uri": uri.chars().take(200).collect::<String>() })),
            ..RpcError::params("Resource not found")
        };
        let Some(id) = resources::id_of(uri) else {
            return Ok(Err(missing()));
        };
        let parameters = Parameters::of_document(resources::DOCUMENT, None, &json!({ "id": id }));
        let answered = self.run(&parameters, recorder).await?;
        let data = answered.data().ok_or_else(|| Answer::failed(&ApiError::Internal))?;
        Ok(match &data["node"] {
            Json::Null => Err(missing()),
            document => Ok(resources::contents(uri, document)),
        })
    }

    async fn run(&self, parameters: &Parameters, recorder: &mut Recorder) -> Result<Answered, Answer> {
        let pipeline = Pipeline {
            state: self.state,
            caller: self.caller,
            http: Some(self.http),
            until: self.admission.until,
            takes_events: false,
        };
        match pipeline.run(parameters, recorder).await? {
            Done::Answer(answered) => Ok(answered),
            Done::Events(_) => Err(Answer::failed(&ApiError::Internal)),
        }
    }
}
