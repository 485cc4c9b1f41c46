//! Streams of events by graphql-sse: what gets one, the form of its events, where a stream goes on, how it ends.

use std::time::Duration;

use reqwest::RequestBuilder;
use serde_json::{Value as Json, json};

use super::stream::{Event, Stream};
use super::{CHANGES, after, listeners, loaded, patient, retitle, title};
use crate::support::{TestApp, client, settings, until};

fn post(app: &TestApp, path: &str, accept: &str, query: &str) -> RequestBuilder {
    let request = client().post(format!("{}{path}", app.address));
    request.header("accept", accept).json(&json!({ "query": query }))
}

/// As a browser's `EventSource` asks, the first time or after an event.
fn get(app: &TestApp, query: &str, last: Option<&str>) -> RequestBuilder {
    let request = client().get(format!("{}/graphql", app.address));
    let request = request.query(&[("query", query)]).header("accept", "text/event-stream");
    match last {
        Some(last) => request.header("last-event-id", last),
        None => request,
    }
}

#[tokio::test]
async fn the_stream_comes_where_it_is_liked_best_and_always_at_its_own_path() {
    let app = TestApp::set(settings()).await;
    let query = "{ __typename }";
    for (path, accept) in [
        ("/graphql", "text/event-stream"),
        ("/graphql", "text/event-stream, multipart/mixed"),
        ("/graphql", "application/json;q=0.9, text/event-stream"),
        ("/graphql/stream", "text/event-stream"),
        ("/graphql/stream", "application/json"),
        ("/graphql/stream", "*/*"),
    ] {
        let mut stream = Stream::open(post(&app, path, accept, query)).await;
        let event = stream.next().await;
        assert_eq!(
            event.json(),
            json!({ "data": { "__typename": "Query" } }),
            "{path} {accept}"
        );
        assert_eq!(event.id, None, "a query has no place to go on from");
        stream.completes().await;
    }
    for accept in [
        "*/*",
        "application/json, text/event-stream",
        "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed",
    ] {
        let answer = post(&app, "/graphql", accept, query).send().await.expect("an answer");
        let kind = answer.headers()["content-type"].to_str().expect("text").to_owned();
        assert!(kind.contains("json"), "{accept}: {kind}");
        // A subscription has no answer of that kind.
        let answer = post(&app, "/graphql", accept, CHANGES).send().await.expect("an answer");
        assert_eq!(answer.status(), 406, "{accept}");
        let body: Json = answer.json().await.expect("JSON");
        let message = body["errors"][0]["message"].as_str().expect("a message");
        assert!(message.contains("text/event-stream"), "{message}");
    }
}

#[tokio::test]
async fn events_come_at_once_with_their_place_and_a_stream_goes_on_behind_the_last_one() {
    let app = loaded(settings()).await;
    // Who compresses waits for more.
    let request = get(&app, CHANGES, None).header("accept-encoding", "gzip, br");
    let mut stream = Stream::open(request).await;
    let encoding = stream
        .response
        .headers()
        .get("content-encoding")
        .map(|value| value.as_bytes());
    assert!(encoding.is_none_or(|encoding| encoding == b"identity"), "{encoding:?}");
    assert_eq!(stream.response.headers()["x-accel-buffering"], "no");
    assert_eq!(
        stream.block().await,
        Some(Event::default()),
        "a sign of life comes at once"
    );
    listeners(&app, 1).await;
    retitle(&app, "first").await;
    let first = stream.next().await;
    assert_eq!(title(&first.json()), "first");
    assert_eq!(first.id.as_deref(), first.json()["data"]["changes"]["cursor"].as_str());
    drop(stream);
    // Nobody hears any more, and nothing of it stays.
    listeners(&app, 0).await;
    until("the subscription to be forgotten", || {
        app.metric("menagerie_subscriptions_active") == 0.0
    })
    .await;

    retitle(&app, "second").await;
    retitle(&app, "third").await;
    let id = first.id.expect("an id");
    let fragments = CHANGES.replace(
        "{ changes(",
        "{ ...F } fragment F on Subscription { changes(after: \"x\", ",
    );
    let mut told = Vec::new();
    for query in [CHANGES, &after("nowhere"), &fragments] {
        let mut stream = Stream::open(get(&app, query, Some(&id))).await;
        let ids = [stream.next().await.id, stream.next().await.id];
        assert!(ids[0] != ids[1] && !ids.contains(&Some(id.clone())), "{query}: {ids:?}");
        told.push(ids);
    }
    assert!(told[0] == told[1] && told[1] == told[2], "{told:?}");
    // Nothing is told behind the last, and nothing twice.
    let mut stream = Stream::open(get(&app, CHANGES, told[0][1].as_deref())).await;
    retitle(&app, "fourth").await;
    assert_eq!(title(&stream.next().await.json()), "fourth");
}

#[tokio::test]
async fn what_ends_a_subscription_is_its_last_event_and_a_browser_begins_anew() {
    let app = loaded(settings()).await;
    let mut stream = Stream::open(get(&app, CHANGES, Some("nowhere"))).await;
    let event = stream.next().await;
    assert_eq!(
        event.json()["errors"][0]["extensions"]["code"],
        "BAD_USER_INPUT",
        "{event:?}"
    );
    assert_eq!(event.id.as_deref(), Some(""), "the id that is of no use is forgotten");
    stream.completes().await;
    // A collection that is dropped: it is not known what changed.
    let mut stream = Stream::open(get(&app, CHANGES, Some(&app.changes_cursor().await))).await;
    listeners(&app, 1).await;
    app.raw()
        .await
        .collection::<mongodb::bson::Document>("gifts")
        .drop()
        .await
        .expect("it is dropped");
    let event = stream.next().await;
    assert_eq!(
        event.json()["errors"][0]["extensions"]["code"],
        "CHANGES_LOST",
        "{event:?}"
    );
    assert_eq!(event.id.as_deref(), Some(""));
    stream.completes().await;
    listeners(&app, 0).await;
}

#[tokio::test]
async fn errors_of_the_document_are_events_and_those_of_the_request_have_a_status() {
    let app = TestApp::set(settings()).await;
    for (query, code) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { changes { nothing } }", "GRAPHQL_VALIDATION_FAILED"),
    ] {
        let mut stream = Stream::open(post(&app, "/graphql/stream", "text/event-stream", query)).await;
        let event = stream.next().await;
        assert_eq!(event.json()["errors"][0]["extensions"]["code"], code, "{event:?}");
        stream.completes().await;
    }
    let own = format!("{}/graphql/stream", app.address);
    for (request, status) in [
        (client().post(&own).body("{}"), 415),
        (client().post(&own).json(&json!({})), 400),
        (client().put(&own).json(&json!({ "query": "{a}" })), 405),
        (client().get(&own).query(&[("query", "mutation { a }")]), 405),
        (
            client()
                .get(&own)
                .query(&[("query", CHANGES)])
                .header("authorization", "Bearer x"),
            401,
        ),
        (
            client()
                .get(&own)
                .query(&[("query", CHANGES)])
                .header("sec-fetch-site", "cross-site"),
            403,
        ),
    ] {
        let answer = request
            .header("accept", "text/event-stream")
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), status);
        let body: Json = answer.json().await.expect("JSON");
        assert!(body["errors"][0]["extensions"]["code"].is_string(), "{body}");
    }
}

#[tokio::test]
async fn a_stream_that_has_nothing_to_tell_shows_that_it_lives() {
    let app = loaded(patient(|timeouts| timeouts.beat = Duration::from_millis(100))).await;
    let mut stream = Stream::open(get(&app, CHANGES, None)).await;
    for _ in 0..3 {
        assert_eq!(stream.block().await, Some(Event::default()));
    }
}
