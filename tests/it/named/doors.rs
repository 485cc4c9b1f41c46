//! One answer by every door: POST, GET and QUERY at `/graphql`, and `/q/NAME`; cold and kept, for the same points.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value as Json, json};

use super::{Ask, encoded, examples, get, json_of, without_nulls};
use crate::support::{TestApp, client, settings};

/// How many random variables are tried.
const TRIES: usize = 200;

#[tokio::test]
async fn every_named_query_answers_what_graphql_answers() {
    let app = TestApp::with(&["article", "history"]).await;
    app.is_indexed().await;
    for (name, variables) in examples() {
        let ask = Ask::new(name, variables);
        let expected = ask.by_graphql(&app).await;
        assert!(expected.get("errors").is_none(), "{name}: {expected}");
        for ending in ["", ".json"] {
            let (status, answer) = json_of(&app, &ask.address(ending)).await;
            assert_eq!(
                (status, without_lag(answer)),
                (200, without_lag(expected.clone())),
                "{name}{ending}"
            );
        }
    }
}

/// How far the search index is behind is another number each time.
fn without_lag(mut answer: Json) -> Json {
    if let Some(lag) = answer.pointer_mut("/data/search/index/lagMs") {
        *lag = Json::Null;
    }
    answer
}

/// Variables that some client may send: each there or not, and of few values, so that some find something.
fn variables() -> impl Strategy<Value = (&'static str, Json)> {
    let some = |values: &'static [&'static str]| proptest::option::of(proptest::sample::select(values));
    let nations = || some(&["china", "russia", "north-korea", "nowhere", "a&b=c"]);
    let animals = some(&["giant-panda", "brown-bear", "none"]);
    let texts = some(&["panda", "Moscow zoo", "größe", "\"quoted\" + %41", "x, y"]);
    let dates = some(&["1957", "197X", "1965/1980", "no date"]);
    let firsts = proptest::option::of(0..12_i32);
    let find = (texts, nations(), nations(), animals, dates, firsts).prop_map(|(text, giver, recipient, animal, date, first)| {
        let all = json!({ "text": text, "giver": giver, "recipient": recipient, "animal": animal, "date": date, "first": first });
        ("FindGifts", all)
    });
    let decades = (nations(), nations())
        .prop_map(|(giver, recipient)| ("ByDecade", json!({ "giver": giver, "recipient": recipient })));
    let timeline = nations().prop_map(|nation| ("Timeline", json!({ "nation": nation.unwrap_or("china") })));
    let kinds = proptest::option::of(proptest::collection::vec(
        proptest::sample::select(&["GIFT", "NATION", "ANIMAL"][..]),
        1..3,
    ));
    let search = kinds.prop_map(|kinds| ("Search", json!({ "text": "panda", "kinds": kinds })));
    prop_oneof![4 => find, 2 => decades, 1 => timeline, 1 => search]
}

#[tokio::test]
async fn random_variables_get_the_same_by_every_door_cold_and_kept() {
    let mut settings = settings();
    settings.config.response_cache_bytes = 4 * 1024 * 1024;
    let app = TestApp::set(settings).await;
    app.load(&["article", "history"]).await;
    app.is_indexed().await;
    let mut runner = TestRunner::deterministic();
    for _ in 0..TRIES {
        let (name, all) = variables().new_tree(&mut runner).expect("a value").current();
        let all = Json::Object(without_nulls(&all));
        let ask = Ask::new(name, all.clone());
        let expected = without_lag(ask.by_graphql(&app).await);
        let (_, cold) = json_of(&app, &ask.address(".json")).await;
        let (_, kept) = json_of(&app, &ask.address("")).await;
        assert_eq!(without_lag(cold), expected, "{name} {all}");
        assert_eq!(without_lag(kept), expected, "{name} {all}");
        let by_get = format!(
            "/graphql?query={}&variables={}",
            encoded(&ask.document),
            encoded(&all.to_string())
        );
        assert_eq!(without_lag(json_of(&app, &by_get).await.1), expected, "{name} {all}");
        let query = client().request("QUERY".parse().expect("a method"), format!("{}/graphql", app.address));
        let query = query.json(&json!({ "query": ask.document, "variables": all }));
        let by_query: Json = query.send().await.expect("an answer").json().await.expect("JSON");
        assert_eq!(without_lag(by_query), expected, "{name} {all}");
    }
}

#[tokio::test]
async fn a_named_query_costs_the_points_of_its_document() {
    let app = TestApp::with(&["article"]).await;
    for (name, variables) in examples() {
        let ask = Ask::new(name, variables);
        let cost = async |path: &str| {
            let (_, _, body) = get(&app, path, &[("x-menagerie-cost", "1")]).await;
            let answer: Json = serde_json::from_slice(&body).expect("JSON");
            answer["extensions"]["cost"]["estimate"].clone()
        };
        let variables = encoded(&ask.variables.to_string());
        let by_get = format!("/graphql?query={}&variables={variables}", encoded(&ask.document));
        let (named, asked) = (cost(&ask.address(".json")).await, cost(&by_get).await);
        assert!(named.is_u64() && named == asked, "{name}: {named} and {asked}");
    }
}

#[tokio::test]
async fn an_answer_that_a_client_has_is_not_sent_again() {
    let app = TestApp::with(&["article", "history"]).await;
    let ask = Ask::new("FindGifts", json!({ "giver": "china" }));
    for ending in ["", ".json", ".csv"] {
        let path = ask.address(ending);
        let (_, headers, whole) = get(&app, &path, &[]).await;
        let tag = headers["etag"].to_str().expect("text").to_owned();
        assert!(tag.starts_with('"') && !whole.is_empty(), "{ending}: {tag}");
        let (status, _, body) = get(&app, &path, &[("if-none-match", &tag)]).await;
        assert_eq!((status, body.len()), (304, 0), "{ending}");
        let (status, _, _) = get(
            &app,
            &ask.address(ending).replace("china", "russia"),
            &[("if-none-match", &tag)],
        )
        .await;
        assert_eq!(status, 200, "{ending}");
    }
}

#[tokio::test]
async fn a_subscription_is_a_stream_of_events_by_its_name() {
    let app = TestApp::with(&["article"]).await;
    let cursor = app.changes_cursor().await;
    let gifts = app.raw().await.collection::<mongodb::bson::Document>("gifts");
    let set = mongodb::bson::doc! { "$set": { "title": "Another" } };
    gifts
        .update_one(mongodb::bson::doc! { "_id": "gift_ru-kp-2024" }, set)
        .await
        .expect("it is written");
    let path = format!("{}/q/Changes?after={}", app.address, encoded(&cursor));
    let mut response = client().get(path).send().await.expect("an answer");
    assert_eq!(response.headers()["content-type"], "text/event-stream; charset=utf-8");
    let mut text = String::new();
    while !text.contains("event: next\ndata: ") || !text.ends_with("\n\n") {
        let chunk = response.chunk().await.expect("the stream goes on").expect("an event");
        text.push_str(&String::from_utf8_lossy(&chunk));
    }
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("data: {"))
        .expect("an event");
    let data: Json = serde_json::from_str(&format!("{{{line}")).expect("JSON");
    assert_eq!(data["data"]["giftChanged"]["node"]["title"], "Another", "{data}");
    let (status, answer) = json_of(&app, "/q/Changes.json").await;
    assert_eq!(
        (status, &answer["errors"][0]["extensions"]["code"]),
        (406, &json!("BAD_USER_INPUT"))
    );
}
