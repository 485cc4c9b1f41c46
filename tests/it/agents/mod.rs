//! Agents at `/mcp`: the tools answer what the API answers, in both versions of the protocol, with the same guard.

mod messages; // both versions of the protocol, what is refused

use menagerie::api::viewer::Role;
use menagerie::http::Settings;
use menagerie::http::persisted::Trusted;
use reqwest::RequestBuilder;
use serde_json::{Map, Value as Json, json};

use crate::support::{TestApp, client, samples, settings, token};

const MODERN: &str = "2026-07-28";

/// A request of the version in which each says all of itself.
fn modern(app: &TestApp, method: &str, mut params: Json) -> RequestBuilder {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let name = params
        .get("name")
        .or(params.get("uri"))
        .and_then(Json::as_str)
        .map(str::to_owned);
    let request = legacy(app, method, params)
        .header("mcp-protocol-version", MODERN)
        .header("mcp-method", method);
    match name {
        Some(name) => request.header("mcp-name", name),
        None => request,
    }
}

/// A request of an older version.
fn legacy(app: &TestApp, method: &str, params: Json) -> RequestBuilder {
    let message = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params });
    post(app, message.to_string())
}

fn post(app: &TestApp, body: String) -> RequestBuilder {
    client()
        .post(format!("{}/mcp", app.address))
        .header("content-type", "application/json")
        .header("accept", "application/json, text/event-stream")
        .body(body)
}

async fn sent(request: RequestBuilder) -> (u16, Json) {
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    let body = response.bytes().await.expect("a body");
    (status, serde_json::from_slice(&body).unwrap_or(Json::Null))
}

/// What a tool says, and whether it is an error.
async fn used(app: &TestApp, tool: &str, arguments: Json) -> (Json, bool) {
    let (status, reply) = sent(modern(
        app,
        "tools/call",
        json!({ "name": tool, "arguments": arguments }),
    ))
    .await;
    assert_eq!(status, 200, "{tool}: {reply}");
    let result = &reply["result"];
    let text = result["content"][0]["text"].as_str().expect("a text");
    let said = serde_json::from_str(text).unwrap_or_else(|_| text.into());
    (said, result["isError"] == true)
}

/// What is left of an answer for an agent.
fn shortened(value: &Json, address: &str) -> Json {
    match value {
        Json::Array(values) => values.iter().map(|value| shortened(value, address)).collect(),
        Json::Object(fields) => {
            let mut kept = Map::new();
            for (name, value) in fields {
                let is_row = name == "id" && value.as_str().is_some_and(|id| id.contains('/'));
                if !value.is_null() && !is_row && name != "highlights" && name != "score" {
                    kept.insert(name.clone(), shortened(value, address));
                }
            }
            let kind = fields
                .get("id")
                .and_then(Json::as_str)
                .and_then(|id| id.split_once('_'));
            let list = match kind.map(|(kind, _)| kind) {
                Some("gift") => Some("gifts"),
                Some("nation") => Some("nations"),
                Some("animal") => Some("animals"),
                Some("event") => Some("events"),
                _ => None,
            };
            if let (Some(list), Some(slug)) = (list, fields.get("slug").and_then(Json::as_str)) {
                kept.remove("slug");
                kept.insert("page".to_owned(), format!("{address}/{list}/{slug}").into());
            }
            match (kept.len(), kept.get("text")) {
                (1, Some(text)) => text.clone(),
                _ => Json::Object(kept),
            }
        }
        other => other.clone(),
    }
}

#[tokio::test]
async fn each_tool_tells_what_graphql_tells() {
    let app = TestApp::with(&["article", "history"]).await;
    app.is_indexed().await;
    let mut tried = 0;
    for sample in samples() {
        let Some((_, rest)) = sample.document.split_once("\nquery ") else {
            continue;
        };
        let name: String = rest.chars().take_while(|letter| letter.is_alphanumeric()).collect();
        let (_, expected) = app.post(&sample.document, sample.variables.clone()).await;
        let mut variables = sample.variables.clone();
        variables
            .as_object_mut()
            .expect("variables")
            .retain(|_, value| !value.is_null());
        let (mut said, is_error) = used(&app, &name, variables).await;
        let mut expected = shortened(&expected["data"], &app.address);
        for lag in [said.pointer_mut("/search/index"), expected.pointer_mut("/search/index")] {
            lag.map(Json::take);
        }
        assert_eq!((said, is_error), (expected, false), "{name}");
        tried += 1;
    }
    assert!(tried > 10, "{tried}");
}

#[tokio::test]
async fn the_lists_are_short_and_the_schema_comes_in_parts() {
    let app = TestApp::with(&["article"]).await;
    let (_, reply) = sent(modern(&app, "tools/list", json!({}))).await;
    let tools = reply["result"]["tools"].as_array().expect("tools");
    assert!(reply.to_string().len() < 15_000, "{}", reply.to_string().len());
    for tool in tools {
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{tool}");
        assert!(
            tool["description"].as_str().is_some_and(|text| text.len() > 20),
            "{tool}"
        );
        assert_eq!(tool["inputSchema"]["type"], "object", "{tool}");
    }
    let kept = (&reply["result"]["resultType"], reply["result"]["ttlMs"].as_u64());
    assert_eq!(kept, (&json!("complete"), Some(300_000)));
    let (definition, _) = used(&app, "Schema", json!({ "type": "GiftOrderField" })).await;
    assert!(
        definition.as_str().expect("text").contains("enum GiftOrderField {"),
        "{definition}"
    );
    let (names, _) = used(&app, "Schema", json!({})).await;
    assert!(names.as_str().expect("text").len() < 6_000, "{names}");
    let (told, is_error) = used(&app, "Schema", json!({ "type": "Gft" })).await;
    assert!(is_error && told.as_str().expect("text").contains("GiftItem"), "{told}");
}

#[tokio::test]
async fn what_an_agent_can_mend_is_told_as_the_result_of_its_tool() {
    let app = TestApp::with(&["article"]).await;
    for (tool, arguments, part) in [
        ("FindGifts", json!({ "first": "many" }), "accepted is Int"),
        ("FindGifts", json!({ "first": 3_000 }), "`first` is 3000"),
        ("OneGift", json!({}), "slug"),
        ("FindGifts", json!({ "nothing": 1 }), ""),
    ] {
        let (said, is_error) = used(&app, tool, arguments.clone()).await;
        let text = said.to_string();
        assert!(text.contains(part), "{tool} {arguments}: {text}");
        assert!(
            is_error || part.is_empty() || said["errors"].is_array(),
            "{tool} {arguments}: {text}"
        );
    }
    let (_, reply) = sent(modern(
        &app,
        "resources/read",
        json!({ "uri": "menagerie://documents/claim_article-C05" }),
    ))
    .await;
    let text = reply["result"]["contents"][0]["text"].as_str().expect("a text");
    let claim: Json = serde_json::from_str(text).expect("JSON");
    assert_eq!(
        (&claim["code"], &claim["certainty"]),
        (&json!("C05"), &json!("REPORTED"))
    );
}

#[tokio::test]
async fn editors_have_the_mutations_that_have_names_and_nobody_else_has() {
    let folder = tempfile::tempdir().expect("a folder");
    let mutation = "# Give a gift another title\nmutation Retitle($id: ID!, $title: String!) {
        updateGift(input: { id: $id, title: $title }) { gift { id title } userErrors { message } } }";
    std::fs::write(folder.path().join("retitle.graphql"), mutation).expect("it is written");
    let app = TestApp::set(Settings {
        trusted: Trusted::load(folder.path()).expect("a document"),
        ..settings()
    })
    .await;
    app.load(&["article"]).await;
    let editor = token(&app.store, "editor", Role::Editor, None).await;
    let reader = token(&app.store, "reader", Role::Reader, None).await;
    let arguments = json!({ "id": "gift_cn-kr", "title": "Retitled" });
    let call = || modern(&app, "tools/call", json!({ "name": "Retitle", "arguments": arguments }));
    for request in [call(), call().bearer_auth(&reader)] {
        let (_, reply) = sent(request).await;
        assert_eq!(reply["error"]["code"], -32602, "{reply}");
    }
    let (_, listed) = sent(modern(&app, "tools/list", json!({})).bearer_auth(&editor)).await;
    let tools = listed["result"]["tools"].as_array().expect("tools");
    let tool = tools.iter().find(|tool| tool["name"] == "Retitle").expect("the tool");
    assert_eq!(tool["annotations"]["readOnlyHint"], false);
    let (_, reply) = sent(call().bearer_auth(&editor)).await;
    assert_eq!(reply["result"]["isError"], false, "{reply}");
    let data = app.query("{ gift(id: \"gift_cn-kr\") { title } }").await;
    assert_eq!(data["gift"]["title"], "Retitled");
    // It has no address: who opens one changes nothing.
    let (status, ..) = app.get("/q/Retitle?id=gift_cn-kr&title=X").await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn tokens_and_points_are_those_of_every_door() {
    let mut closed = settings();
    closed.config.anonymous = false;
    let app = TestApp::set(closed).await;
    let (status, reply) = sent(modern(&app, "tools/list", json!({}))).await;
    assert_eq!(
        (status, reply["error"]["code"].as_i64()),
        (401, Some(-32603)),
        "{reply}"
    );
    let app = TestApp::with(&["article"]).await;
    let told = client()
        .get(format!("{}/q/AllGifts", app.address))
        .header("x-menagerie-cost", "1");
    let cost = sent(told).await.1["extensions"]["cost"]["estimate"]
        .as_u64()
        .expect("points");
    let mut poor = settings();
    // A message costs a point, and its document another.
    let most = menagerie::limits::Limit::PointsPerMinute;
    poor.config.limits.set(most, cost * 2 + cost / 2);
    let app = TestApp::set(poor).await;
    app.load(&["article"]).await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(sent(modern(&app, "tools/call", json!({ "name": "AllGifts" }))).await.0);
    }
    assert_eq!(statuses, [200, 200, 429], "of {cost} points each");
    let mut off = settings();
    off.config.mcp = false;
    let app = TestApp::set(off).await;
    assert_eq!(sent(modern(&app, "tools/list", json!({}))).await.0, 404);
}

#[tokio::test]
async fn where_the_schema_cannot_be_asked_for_no_tool_tells_it() {
    let mut closed = settings();
    closed.config.introspection = false;
    let app = TestApp::set(closed).await;
    let (_, reply) = sent(modern(&app, "tools/list", json!({}))).await;
    let tools = reply["result"]["tools"].as_array().expect("tools");
    assert!(
        !tools.is_empty() && tools.iter().all(|tool| tool["name"] != "Schema"),
        "{reply}"
    );
    let call = json!({ "name": "Schema", "arguments": { "type": "Gift" } });
    let (_, reply) = sent(modern(&app, "tools/call", call)).await;
    assert_eq!(reply["error"]["code"], -32602, "{reply}");
}
