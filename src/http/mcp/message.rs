//! JSON-RPC messages, and the version of the protocol that a request is of (Model Context Protocol, 2026-07-28: base protocol,
//! versioning, Streamable HTTP).

use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json, json};

/// The version in which each request says all of itself.
pub const MODERN: &str = "2026-07-28";
/// The versions that begin with `initialize`, the newest first.
const LEGACY: [&str; 4] = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];
/// Where a request says its version.
const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
/// Where a result says who the server is.
const SERVER: &str = "io.modelcontextprotocol/serverInfo";

/// A request, or a notification.
#[derive(Debug)]
pub struct RpcMessage {
    /// `None` of a notification.
    pub id: Option<Json>,
    pub method: String,
    pub params: Map<String, Json>,
    /// Whether it is of the version without a handshake.
    pub is_modern: bool,
}

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq)]
pub struct RpcError {
    pub code: i32,
    pub message: String,
    pub data: Option<Json>,
    pub status: StatusCode,
}

impl RpcError {
    const fn new(code: i32, status: StatusCode, message: String) -> Self {
        Self {
            code,
            message,
            data: None,
            status,
        }
    }

    /// What is no JSON, or no message.
    fn invalid(code: i32, message: &str) -> Self {
        Self::new(code, StatusCode::BAD_REQUEST, message.to_owned())
    }

    /// Parameters that are not in order; told as a result of the method, not of HTTP.
    pub fn params(message: impl Into<String>) -> Self {
        Self::new(-32602, StatusCode::OK, message.into())
    }

    /// A method that there is none of.
    pub fn method(message: &RpcMessage) -> Self {
        let status = if message.is_modern {
            StatusCode::NOT_FOUND
        } else {
            StatusCode::OK
        };
        Self::new(
            -32601,
            status,
            format!("there is no method {:?}", shown(&message.method)),
        )
    }

    fn mismatch(message: String) -> Self {
        Self::new(-32020, StatusCode::BAD_REQUEST, message)
    }

    fn version(requested: &str) -> Self {
        let supported = versions();
        Self {
            data: Some(json!({ "supported": supported, "requested": shown(requested) })),
            ..Self::new(
                -32022,
                StatusCode::BAD_REQUEST,
                "Unsupported protocol version".to_owned(),
            )
        }
    }

    /// The message that tells it.
    pub fn reply(&self, id: Option<&Json>) -> Json {
        let mut error = json!({ "code": self.code, "message": self.message });
        if let Some(data) = &self.data {
            error["data"] = data.clone();
        }
        let mut reply = json!({ "jsonrpc": "2.0", "error": error });
        if let Some(id) = id {
            reply["id"] = id.clone();
        }
        reply
    }
}

/// A message that is refused: its id, as far as it has one, and why.
pub type RefusedMessage = Box<(Option<Json>, RpcError)>;

impl RpcMessage {
    /// Reads a message.
    pub fn read(body: &[u8], headers: &HeaderMap) -> Result<Self, RefusedMessage> {
        let value: Json = serde_json::from_slice(body).map_err(|error| {
            let error = RpcError::invalid(-32700, &format!("the body is no JSON: {error}"));
            Box::new((None, error))
        })?;
        let id = value
            .get("id")
            .filter(|id| id.is_string() || id.is_i64() || id.is_u64())
            .cloned();
        let refused = |message: &str| Box::new((id.clone(), RpcError::invalid(-32600, message)));
        let Json::Object(mut fields) = value else {
            return Err(refused(
                "the body is no message; accepted is one JSON-RPC request, not a list of them",
            ));
        };
        if fields.get("jsonrpc").and_then(Json::as_str) != Some("2.0") {
            return Err(refused("`jsonrpc` is not \"2.0\""));
        }
        let Some(Json::String(method)) = fields.remove("method") else {
            return Err(refused("`method` is missing; accepted are requests and notifications"));
        };
        if fields.contains_key("id") && id.is_none() {
            return Err(refused("`id` is neither a text nor a whole number"));
        }
        let params = match fields.remove("params") {
            None => Map::new(),
            Some(Json::Object(params)) => params,
            Some(_) => return Err(Box::new((id, RpcError::invalid(-32602, "`params` is no object")))),
        };
        let mut message = Self {
            id,
            method,
            params,
            is_modern: false,
        };
        match message.era(headers) {
            Ok(is_modern) => message.is_modern = is_modern,
            Err(error) => return Err(Box::new((message.id, error))),
        }
        Ok(message)
    }

    /// Whether it is of the version without a handshake, whose headers say what the body says.
    fn era(&self, headers: &HeaderMap) -> Result<bool, RpcError> {
        let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        let said = self
            .params
            .get("_meta")
            .and_then(|meta| meta.get(VERSION))
            .and_then(Json::as_str);
        let version = match (self.method.as_str(), header("mcp-protocol-version"), said) {
            // It says the version that it would like, which is agreed on.
            ("initialize", _, _) => return Ok(false),
            (_, Some(header), _) if LEGACY.contains(&header) => return Ok(false),
            (_, None, None) => return Ok(false),
            (_, Some(version), _) | (_, None, Some(version)) => version,
        };
        if version != MODERN {
            return Err(RpcError::version(version));
        }
        // Notifications have no rules for headers.
        if self.id.is_none() {
            return Ok(true);
        }
        let same = |name: &str, body: Option<&str>| match (header(name).map(decoded), body) {
            (Some(Some(header)), Some(body)) if header == body => Ok(()),
            (None, _) => Err(RpcError::mismatch(format!("the header `{name}` is missing"))),
            (Some(header), _) => {
                let header = header.unwrap_or_else(|| "?".to_owned());
                let body = body.map_or_else(|| "nothing".to_owned(), |body| format!("{:?}", shown(body)));
                let message = format!("the header `{name}` says {:?}, and the body {body}", shown(&header));
                Err(RpcError::mismatch(message))
            }
        };
        same("mcp-protocol-version", said)?;
        same("mcp-method", Some(&self.method))?;
        let name = match self.method.as_str() {
            "tools/call" | "prompts/get" => Some("name"),
            "resources/read" => Some("uri"),
            _ => None,
        };
        if let Some(name) = name {
            same("mcp-name", self.params.get(name).and_then(Json::as_str))?;
        }
        Ok(true)
    }

    /// The message with its result, which says who answers.
    pub fn reply(&self, mut result: Json) -> Json {
        if self.is_modern {
            result["resultType"] = "complete".into();
            result["_meta"] = json!({ SERVER: server_info() });
        }
        json!({ "jsonrpc": "2.0", "id": self.id, "result": result })
    }
}

/// Who answers.
pub fn server_info() -> Json {
    json!({ "name": "menagerie", "title": "Menagerie", "version": env!("CARGO_PKG_VERSION") })
}

/// The versions that are supported, and the one to speak with a client that would like this one.
pub fn agreed(wanted: Option<&str>) -> &'static str {
    LEGACY
        .into_iter()
        .find(|version| Some(*version) == wanted)
        .unwrap_or(LEGACY[0])
}

/// The versions of the protocol, the newest first.
pub fn versions() -> Vec<&'static str> {
    std::iter::once(MODERN).chain(LEGACY).collect()
}

/// The value of a header, which stands in Base64 where it is not plain; `None` if that cannot be read.
fn decoded(value: &str) -> Option<String> {
    match value.strip_prefix("=?base64?").and_then(|rest| rest.strip_suffix("?=")) {
        Some(text) => String::from_utf8(STANDARD.decode(text).ok()?).ok(),
        None => Some(value.to_owned()),
    }
}

fn shown(text: &str) -> String {
    text.chars().take(100).collect()
}
