//! What the field's clients do by themselves and what to set, by the short programs of `examples/web` and
//! `examples/data`: each prints a line of JSON, which is held here value by value.

use std::path::Path;

use menagerie::api::viewer::Role;
use serde_json::{Value as Json, json};

use crate::examples::{printed, python};
use crate::support::{TestApp, token};

/// What a program prints that runs against a server over the article's data, with the token of an editor.
async fn shown(interpreter: &Path, program: &str, folder: &str) -> Json {
    let app = TestApp::with(&["article"]).await;
    let token = token(&app.store, "editor", Role::Editor, None).await;
    let mut lines = printed(interpreter, &[program, &app.address, &token], folder).await;
    assert_eq!(lines.len(), 1, "{program}: {lines:?}");
    lines.remove(0)
}

/// What a program of `examples/web` prints.
async fn by_node(program: &str) -> Json {
    shown(Path::new("node"), program, "web").await
}

#[tokio::test]
async fn filters_by_variables_tell_what_is_certain_from_what_is_possible() {
    let found = by_node("filters.mjs").await;
    let unknown = ["cn-jp", "cn-kp-since-1965", "cn-kr"];
    let and = |others: &[&str]| Json::from([&unknown[..], others].concat());
    let expected = json!({
        "everything": and(&["cn-us-2024", "kp-kr-2018", "ru-kp-2024"]),
        "at least 50 animals, for certain": ["ru-kp-2024"],
        "at least 50 animals, perhaps": and(&["ru-kp-2024"]),
        "no number is told": unknown,
        "in 2024, for certain": ["cn-us-2024", "ru-kp-2024"],
        "in 1970, perhaps": unknown,
        "no date is told": ["cn-jp", "cn-kr"],
        "from a nation of Asia to one outside of it": ["cn-us-2024"],
        "pandas, or from Russia": and(&["cn-us-2024", "ru-kp-2024"]),
        "outside of any event": and(&["cn-us-2024"]),
        "giver": { "china": 4, "absent": 6, "null": "BAD_USER_INPUT" },
    });
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_program_knows_by_the_code_of_an_error_what_to_do_next() {
    let found = by_node("errors.mjs").await;
    let correct = "correct the request";
    let expected = json!({
        "good": { "status": 200, "next": "use the data" },
        "parse": { "status": 400, "code": "GRAPHQL_PARSE_FAILED", "next": correct },
        "validation": { "status": 422, "code": "GRAPHQL_VALIDATION_FAILED", "next": correct },
        "variable": { "status": 422, "code": "BAD_USER_INPUT", "next": correct },
        "in part": { "status": 294, "code": "BAD_USER_INPUT", "path": ["gifts"], "next": correct },
        "limit": {
            "status": 294,
            "code": "LIMIT_EXCEEDED",
            "path": ["gifts"],
            "next": "ask for less: pageSize is at most 200",
        },
        "token": { "status": 401, "code": "UNAUTHENTICATED", "next": "get a new token" },
        "write": { "status": 294, "code": "UNAUTHENTICATED", "path": ["deleteGift"], "next": "get a new token" },
        "spent": { "status": 429, "code": "RATE_LIMITED", "next": "ask again in 1 s" },
        "busy": { "status": 503, "code": "UNAVAILABLE", "next": "ask again in 1 s" },
    });
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_change_that_is_sent_twice_with_its_key_is_made_once() {
    let found = by_node("write.mjs").await;
    let made = json!({ "status": 200, "title": "Pandas for Japan", "version": 2, "mistakes": [] });
    let refused = |code: &str, field: &str| json!({ "status": 200, "mistakes": [[code, field]] });
    let expected = json!({
        "before": 1,
        "withoutToken": { "status": 294, "error": "UNAUTHENTICATED", "mistakes": [] },
        "first": made,
        "again": made,
        "other": refused("KEY_REUSED", "idempotencyKey"),
        "late": refused("CONFLICT", "expectedVersion"),
        "figure": refused("UNCLAIMED", "total"),
        "after": { "title": "Pandas for Japan", "version": 2 },
    });
    assert_eq!(found, expected);
}

#[tokio::test]
async fn subscriptions_go_on_after_a_cut_by_what_the_clients_are_told() {
    let found = by_node("resume.mjs").await;
    let told = |as_it_is: Json, told: Json| json!({ "asItIs": as_it_is, "told": told });
    // What a client hears of three changes, and what it does with a token that does not hold.
    let changes = told(json!([1, 1, 2, 3]), json!([1, 2, 3]));
    let refused = |said: u16| {
        let tries = |tries: u8| json!({ "tries": tries, "said": said });
        told(tries(6), tries(1))
    };
    let (always, only_told) = (told(json!(true), json!(true)), told(json!(false), json!(true)));
    let expected = json!({
        "graphql-sse": { "changes": changes, "quiet": only_told, "away": always, "refused": refused(401) },
        "graphql-ws": { "changes": changes, "quiet": always, "away": only_told, "refused": refused(4403) },
    });
    assert_eq!(found, expected);
}

#[tokio::test]
async fn caches_keep_values_without_an_id_whole_where_events_tell_what_pages_show() {
    let found = by_node("caches.mjs").await;
    let page =
        |text: u8, min: u8, asks: bool| json!({ "text": format!("{text} or more"), "min": min, "asksAgain": asks });
    let expected = json!({
        "requests": { "counts": 3, "counts, merged": 2, "lists, merged": 3 },
        "edits": {
            "less": page(72, 72, true),
            "less, merged": page(72, 73, false),
            "the same, merged": page(74, 74, false),
            "less, Graphcache": page(74, 75, false),
        },
        "unlisted": [],
    });
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_null_that_failed_is_not_taken_for_one_that_nobody_knows() {
    let found = by_node("nulls.mjs").await;
    let twice = |second: &str, requests: u8| {
        let answer = |gifts: &str| json!({ "total": "unknown", "gifts": gifts });
        json!({ "answers": [answer("failed"), answer(second)], "requests": requests })
    };
    let expected = json!({
        "Apollo Client": twice("unknown", 1),
        "Apollo Client that forgets": twice("failed", 2),
        "document cache": twice("failed", 1),
        "Graphcache": twice("failed", 2),
    });
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_busy_server_is_asked_again_only_by_clients_that_are_told_to() {
    let found = by_node("retries.mjs").await;
    let slug = "ru-kp-2024";
    let clients = [
        ("RetryLink", "not now", 1),
        ("RetryLink, told", slug, 2),
        ("Apollo Client, patient fetch", slug, 2),
        ("retryExchange", "[GraphQL] not now", 1),
        ("retryExchange, told", slug, 2),
        ("urql, patient fetch", slug, 2),
    ];
    let answers: Vec<Json> = clients
        .iter()
        .flat_map(|(client, said, requests)| {
            let answer = json!({ "client": client, "said": said, "requests": requests, "early": 0 });
            [429, 503].map(|status| {
                let mut answer = answer.clone();
                answer["status"] = json!(status);
                answer
            })
        })
        .collect();
    let mutations = json!({ "RetryLink": 5, "retryExchange": 2 });
    assert_eq!(found, json!({ "answers": answers, "mutations": mutations }));
}

#[tokio::test]
async fn gql_hears_of_a_change_by_the_newer_protocol_only() {
    let found = shown(&python(), "subscribe.py", "data").await;
    let expected = json!({
        "as it is": "TransportConnectionFailed",
        "subprotocols": "title 2",
        "aiohttp": "title 3",
    });
    assert_eq!(found, expected);
}
