//! The same at the other doors: parameters of named queries, and messages of agents.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestCaseResult;
use serde_json::{Value as Json, json};

use super::{Damage, damage, hold, posted, random_json};

/// The address of another door beside that of GraphQL.
fn beside(address: &str, path: &str) -> String {
    format!("{}{path}", address.trim_end_matches("/graphql"))
}

/// The status is one that is given on purpose; gives the body.
async fn body_of(request: reqwest::RequestBuilder) -> Result<(u16, String), TestCaseError> {
    let broken = |error: reqwest::Error| TestCaseError::fail(format!("the connection broke: {error:?}"));
    let response = request.send().await.map_err(broken)?;
    let status = response.status().as_u16();
    let text = response.text().await.map_err(broken)?;
    prop_assert!(status < 500, "{status}: {text}");
    Ok((status, text))
}

async fn asked(client: &reqwest::Client, address: &str, name: &str, pairs: &[(String, String)]) -> TestCaseResult {
    let request = client.get(beside(address, &format!("/q/{name}"))).query(pairs);
    let (status, text) = body_of(request).await?;
    if status == 200 && name.ends_with(".csv") {
        prop_assert!(
            csv::Reader::from_reader(text.as_bytes())
                .records()
                .all(|row| row.is_ok()),
            "{text}"
        );
        return Ok(());
    }
    let answer: Json = serde_json::from_str(&text).map_err(|error| TestCaseError::fail(format!("{error}: {text}")))?;
    let told = answer.is_array() || answer.get("data").is_some() || answer["errors"].is_array();
    prop_assert!(told, "{status}: {answer}");
    prop_assert!(
        status != 200 || answer["errors"][0]["extensions"]["code"] != "INTERNAL",
        "{answer}"
    );
    Ok(())
}

#[test]
fn random_parameters_of_named_queries_do_no_harm() {
    let name = select(vec![
        "FindGifts",
        "OneGift",
        "OneNation",
        "PageByPage",
        "Timeline",
        "Search",
        "ByDecade",
        "Nothing",
    ]);
    let ending = select(vec!["", ".json", ".csv", ".xml"]);
    let parameter = prop_oneof![
        6 => select(vec!["text", "giver", "first", "after", "date", "slug", "code", "nation", "kinds", "shape", "bom"]).prop_map(str::to_owned),
        1 => ".{0,8}",
    ];
    let value = prop_oneof![
        select(vec![
            "1",
            "3",
            "-1",
            "china",
            "1957",
            "GIFT,NATION",
            "[\"GIFT\"]",
            "rows",
            "{}",
            "",
            "null"
        ])
        .prop_map(str::to_owned),
        ".{0,30}",
        random_json().prop_map(|json| json.to_string()),
    ];
    let thrown = (name, ending, vec((parameter, value), 0..5));
    hold(thrown, async |client, address, (name, ending, pairs)| {
        asked(client, address, &format!("{name}{ending}"), &pairs).await
    });
}

/// A message of an agent: its version or none, and damage to its text.
fn message() -> impl Strategy<Value = (Json, Vec<Damage>)> {
    let method = select(vec![
        "initialize",
        "ping",
        "server/discover",
        "tools/list",
        "tools/call",
        "resources/list",
        "resources/templates/list",
        "resources/read",
        "notifications/initialized",
        "nothing",
    ]);
    let name = select(vec!["FindGifts", "OneGift", "Search", "Schema", "Nothing", ""]);
    let uri = select(vec![
        "menagerie://documents/gift_cn-kr",
        "menagerie://documents/",
        "file:///",
        "x",
    ]);
    let params = prop_oneof![
        (name, random_json()).prop_map(|(name, arguments)| json!({ "name": name, "arguments": arguments })),
        uri.prop_map(|uri| json!({ "uri": uri })),
        random_json(),
    ];
    let id = prop_oneof![Just(json!(1)), Just(json!("a")), Just(Json::Null), random_json()];
    let whole = (method, params, id)
        .prop_map(|(method, params, id)| json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
    (whole, vec(damage(), 0..3))
}

#[test]
fn random_messages_of_agents_do_no_harm() {
    hold(message(), async |client, address, (message, damages)| {
        let text = damages
            .iter()
            .fold(message.to_string(), |text, damage| damage.to(&text));
        for version in [None, Some("2025-11-25"), Some("2026-07-28"), Some("x")] {
            let request = posted(client, &beside(address, "/mcp"), text.clone());
            let request = match version {
                Some(version) => request.header("mcp-protocol-version", version),
                None => request,
            };
            let (status, text) = body_of(request).await?;
            if status == 202 {
                prop_assert_eq!(text, "");
                continue;
            }
            let reply: Json =
                serde_json::from_str(&text).map_err(|error| TestCaseError::fail(format!("{error}: {text}")))?;
            let told = reply["error"]["code"].is_i64() || reply["result"].is_object();
            prop_assert!(told && reply["jsonrpc"] == "2.0", "{status}: {reply}");
        }
        Ok(())
    });
}
