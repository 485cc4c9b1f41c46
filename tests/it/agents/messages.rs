//! Messages: both versions of the protocol, what is refused, and whose pages may ask.

use reqwest::RequestBuilder;
use serde_json::{Value as Json, json};

use super::{MODERN, legacy, modern, post, sent};
use crate::support::{TestApp, client};

#[tokio::test]
async fn an_older_client_shakes_hands_and_a_newer_one_asks_at_once() {
    let app = TestApp::with(&["article"]).await;
    for (wanted, agreed) in [
        ("2025-11-25", "2025-11-25"),
        ("2025-03-26", "2025-03-26"),
        ("1900-01-01", "2025-11-25"),
    ] {
        let params =
            json!({ "protocolVersion": wanted, "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } });
        let (status, reply) = sent(legacy(&app, "initialize", params)).await;
        assert_eq!(
            (status, &reply["result"]["protocolVersion"]),
            (200, &json!(agreed)),
            "{wanted}"
        );
        assert_eq!(reply["result"]["serverInfo"]["name"], "menagerie");
        assert_eq!(reply["result"]["capabilities"], json!({ "tools": {}, "resources": {} }));
    }
    let told = post(
        &app,
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }).to_string(),
    );
    assert_eq!(sent(told).await, (202, Json::Null));
    assert_eq!(sent(legacy(&app, "ping", json!({}))).await.1["result"], json!({}));
    let (_, reply) = sent(modern(&app, "server/discover", json!({}))).await;
    assert_eq!(reply["result"]["supportedVersions"][0], MODERN);
    let (status, reply) = sent(modern(&app, "ping", json!({}))).await;
    assert_eq!((status, &reply["error"]["code"]), (404, &json!(-32601)), "{reply}");
    let (status, reply) = sent(legacy(&app, "prompts/list", json!({}))).await;
    assert_eq!((status, &reply["error"]["code"]), (200, &json!(-32601)), "{reply}");
}

#[tokio::test]
async fn what_is_no_message_is_refused() {
    let app = TestApp::with(&["article"]).await;
    let of = |message: Json| post(&app, message.to_string());
    for (what, request, status, code) in [
        ("no JSON", post(&app, "{".to_owned()), 400, -32700),
        ("a list", post(&app, "[]".to_owned()), 400, -32600),
        (
            "no version of JSON-RPC",
            of(json!({ "id": 1, "method": "ping" })),
            400,
            -32600,
        ),
        (
            "an id that is none",
            of(json!({ "jsonrpc": "2.0", "id": {}, "method": "ping" })),
            400,
            -32600,
        ),
        (
            "no method",
            of(json!({ "jsonrpc": "2.0", "id": 1, "result": {} })),
            400,
            -32600,
        ),
        (
            "parameters that are none",
            of(json!({ "jsonrpc": "2.0", "id": 1, "method": "ping", "params": [] })),
            400,
            -32602,
        ),
        (
            "an unknown tool",
            modern(&app, "tools/call", json!({ "name": "Nothing" })),
            200,
            -32602,
        ),
        (
            "no document",
            modern(&app, "resources/read", json!({ "uri": "menagerie://documents/gift_x" })),
            200,
            -32602,
        ),
        (
            "no address",
            modern(&app, "resources/read", json!({ "uri": "file:///etc/passwd" })),
            200,
            -32602,
        ),
    ] {
        is_refused(what, request, status, code).await;
    }
    let (status, _) = sent(client().get(format!("{}/mcp", app.address))).await;
    assert_eq!(status, 405);
}

async fn is_refused(what: &str, request: RequestBuilder, status: u16, code: i64) {
    let (found, reply) = sent(request).await;
    assert_eq!(
        (found, reply["error"]["code"].as_i64()),
        (status, Some(code)),
        "{what}: {reply}"
    );
}

#[tokio::test]
async fn headers_that_say_something_else_than_the_body_are_refused() {
    let app = TestApp::with(&["article"]).await;
    let meta = |version: &str| json!({ "io.modelcontextprotocol/protocolVersion": version });
    let list = |version: &str| legacy(&app, "tools/list", json!({ "_meta": meta(version) }));
    let call = || legacy(&app, "tools/call", json!({ "name": "AllGifts", "_meta": meta(MODERN) }));
    let versioned = |request: RequestBuilder, method: &str| {
        request
            .header("mcp-protocol-version", MODERN)
            .header("mcp-method", method)
    };
    let bare = list(MODERN).header("mcp-protocol-version", MODERN);
    for (what, request, code) in [
        ("an unknown version", list("2030-01-01"), -32022),
        (
            "an unknown version in the header",
            list(MODERN).header("mcp-protocol-version", "2025-11-25x"),
            -32022,
        ),
        (
            "no header with the version",
            list(MODERN).header("mcp-method", "tools/list"),
            -32020,
        ),
        ("no header with the method", bare, -32020),
        ("another method", versioned(list(MODERN), "tools/call"), -32020),
        ("no name", versioned(call(), "tools/call"), -32020),
        (
            "another name",
            versioned(call(), "tools/call").header("mcp-name", "Search"),
            -32020,
        ),
    ] {
        is_refused(what, request, 400, code).await;
    }
    let coded = versioned(call(), "tools/call").header("mcp-name", "=?base64?QWxsR2lmdHM=?=");
    assert_eq!(
        sent(coded).await.1["result"]["isError"],
        false,
        "a name in Base64 is the same name"
    );
}

#[tokio::test]
async fn pages_of_others_and_names_that_lead_here_are_refused() {
    let app = TestApp::with(&["article"]).await;
    let host = app.address.trim_start_matches("http://").to_owned();
    let rebound = format!("zoo.example:{}", host.rsplit_once(':').expect("a port").1);
    for (origin, of, status) in [
        (app.address.clone(), host.clone(), 200),
        ("https://elsewhere.example".to_owned(), host.clone(), 403),
        ("null".to_owned(), host, 403),
        (format!("http://{rebound}"), rebound, 403),
    ] {
        let request = modern(&app, "tools/list", json!({}))
            .header("origin", &origin)
            .header("host", of);
        assert_eq!(sent(request).await.0, status, "{origin}");
    }
}
