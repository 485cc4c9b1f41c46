//! Several requests at once: off by default, else capped, looked at before any of them runs, answered in their order.

use menagerie::limits::Limit;
use serde_json::{Value as Json, json};

use super::{Answer, Door};
use crate::support::{TestApp, settings};

/// A page costs 10 and one for itself; each of its rows one for `nodes` and one for `id`.
const TEN_GIFTS: &str = "{ gifts(first: 10) { nodes { id } } }";
const TEN_GIFTS_COST: u64 = 11 + 10 * 2;

fn of_three(app: &TestApp) -> Door {
    Door::limited(app, |limits| limits.set(Limit::Batch, 3))
}

async fn send(door: &Door, documents: &[&str]) -> Answer {
    let requests: Vec<Json> = documents.iter().map(|query| json!({ "query": query })).collect();
    Answer::to(door.post(&json!(requests))).await
}

#[tokio::test]
async fn a_batch_is_refused_where_none_is_allowed() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    let before = app.store.commands_sent();
    send(&door, &[TEN_GIFTS]).await.is_over(Limit::Batch, 0, 1);
    send(&door, &[TEN_GIFTS, TEN_GIFTS]).await.is_over(Limit::Batch, 0, 2);
    assert_eq!(app.store.commands_sent(), before, "nothing was executed");
}

#[tokio::test]
async fn a_batch_is_answered_in_its_order_and_a_bad_request_spoils_no_other() {
    let app = TestApp::with(&["article"]).await;
    let door = of_three(&app);
    let answer = send(
        &door,
        &[
            "{ nation(slug: \"japan\") { id } }",
            "{ a: __typename }",
            "{ gift(slug: \"cn-kr\") { id } }",
        ],
    )
    .await;
    let expected = json!([
        { "data": { "nation": { "id": "nation_japan" } } },
        { "data": { "a": "Query" } },
        { "data": { "gift": { "id": "gift_cn-kr" } } },
    ]);
    assert_eq!((answer.status, &answer.json), (200, &expected));

    let answer = send(&door, &["{ a: __typename }", "{", "{ b: __typename }"]).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json[0], json!({ "data": { "a": "Query" } }));
    assert_eq!(
        answer.json[1]["errors"][0]["extensions"]["code"],
        "GRAPHQL_PARSE_FAILED"
    );
    assert!(answer.json[1].get("data").is_none(), "{}", answer.json);
    assert_eq!(answer.json[2], json!({ "data": { "b": "Query" } }));

    let mixed =
        json!([{}, { "query": "query($n: Int) { gifts(first: $n) { nodes { id } } }", "variables": { "n": "x" } }]);
    let answer = Answer::to(door.post(&mixed)).await;
    for place in 0..2 {
        let error = &answer.json[place]["errors"][0];
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{}", answer.json);
    }
    assert_eq!(answer.json.as_array().map(Vec::len), Some(2), "{}", answer.json);
}

#[tokio::test]
async fn a_batch_that_is_too_long_or_no_batch_runs_nothing() {
    let app = TestApp::empty().await;
    let door = of_three(&app);
    let before = app.store.commands_sent();
    send(&door, &[TEN_GIFTS; 4]).await.is_over(Limit::Batch, 3, 4);
    for (body, part) in [
        (json!([]), "empty"),
        (json!([1]), "something else than objects"),
        (
            json!([{ "query": TEN_GIFTS }, "{__typename}"]),
            "something else than objects",
        ),
        (
            json!([{ "query": TEN_GIFTS }, [{ "query": TEN_GIFTS }]]),
            "something else than objects",
        ),
        (json!([{ "query": TEN_GIFTS }, { "query": 1 }]), "expected a string"),
    ] {
        let answer = Answer::to(door.post(&body)).await;
        answer.is_refused(422, "BAD_USER_INPUT");
        assert!(answer.message().contains(part), "{body}: {}", answer.message());
    }
    assert_eq!(app.store.commands_sent(), before, "nothing was executed");
    send(&door, &[TEN_GIFTS; 3]).await;
    assert_eq!(app.store.commands_sent(), before + 3, "one command each");
}

#[tokio::test]
async fn the_limit_of_the_cost_holds_for_the_sum() {
    let app = TestApp::empty().await;
    let door = Door::limited(&app, |limits| {
        limits.set(Limit::Batch, 3);
        limits.set(Limit::Cost, 2 * TEN_GIFTS_COST);
    });
    let before = app.store.commands_sent();
    let answer = send(&door, &[TEN_GIFTS; 3]).await;
    answer.is_over(Limit::Cost, 2 * TEN_GIFTS_COST, 3 * TEN_GIFTS_COST);
    assert_eq!(app.store.commands_sent(), before, "nothing was executed");
    let answer = send(&door, &[TEN_GIFTS; 2]).await;
    let page = json!({ "data": { "gifts": { "nodes": [] } } });
    assert_eq!((answer.status, answer.json), (200, json!([page, page])));
}

#[tokio::test]
async fn each_answer_of_a_batch_tells_what_its_own_request_cost() {
    let app = TestApp::with(&["article"]).await;
    let door = of_three(&app);
    let batch = json!([{ "query": "{ __typename }" }, { "query": TEN_GIFTS }, { "query": "{ gifts { nodes { giver { name } } } }" }]);
    let answer = Answer::to(door.post(&batch).header("x-menagerie-cost", "1")).await;
    let told = |place: usize, name: &str| answer.json[place]["extensions"]["cost"][name].clone();
    assert_eq!(
        [0, 1, 2].map(|place| told(place, "commands")),
        [0, 1, 2],
        "{}",
        answer.json
    );
    let estimates = [1, TEN_GIFTS_COST, 11 + 20 * (1 + 3 + 1)];
    assert_eq!(
        [0, 1, 2].map(|place| told(place, "estimate")),
        estimates,
        "{}",
        answer.json
    );
    assert_eq!(told(0, "documentsReturned"), 0, "{}", answer.json);
}
