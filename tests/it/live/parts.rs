//! Subscriptions as the parts of a multipart body, as Apollo Client asks for them.

use serde_json::{Value as Json, json};

use super::{CHANGES, loaded, patient, retitle, title};
use crate::support::{TestApp, client};

const PARTS: &str =
    "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9";

async fn asked(app: &TestApp, query: &str) -> reqwest::Response {
    let request = client()
        .post(format!("{}/graphql", app.address))
        .header("accept", PARTS);
    request
        .json(&json!({ "query": query }))
        .send()
        .await
        .expect("an answer")
}

/// The parts of a body so far, read until there are so many: the JSON of each.
async fn parts(response: &mut reqwest::Response, text: &mut String, count: usize) -> Vec<Json> {
    loop {
        let pieces: Vec<&str> = text.split("\r\n--graphql").collect();
        // Before the first boundary stands nothing, and behind the last one what is not whole.
        if pieces.len() > count + 1 {
            assert_eq!(pieces[0], "", "{text:?}");
            let read = |part: &&str| {
                let json = part.strip_prefix("\r\ncontent-type: application/json\r\n\r\n");
                serde_json::from_str(json.unwrap_or_else(|| panic!("{part:?}"))).expect("JSON")
            };
            return pieces[1..=count].iter().map(read).collect();
        }
        let chunk = response.chunk().await.expect("the stream goes on").expect("a part");
        text.push_str(&String::from_utf8_lossy(&chunk));
    }
}

#[tokio::test]
async fn each_event_is_a_part_that_waits_for_no_other() {
    let app = loaded(patient(|_| {})).await;
    let mut response = asked(&app, CHANGES).await;
    let kind = response.headers()["content-type"].to_str().expect("text").to_owned();
    assert_eq!(kind, "multipart/mixed; boundary=\"graphql\"; subscriptionSpec=1.0");
    // The first part is a heartbeat, by which a client knows that it is heard.
    let mut text = String::new();
    for number in 1..=3_usize {
        let new = format!("title {number}");
        retitle(&app, &new).await;
        let all = parts(&mut response, &mut text, number + 1).await;
        assert_eq!(title(&all[number]["payload"]), new, "{all:?}");
    }
}

#[tokio::test]
async fn who_has_gone_is_noticed_by_an_empty_part() {
    let app = loaded(patient(|timeouts| timeouts.beat = std::time::Duration::from_millis(50))).await;
    let mut response = asked(&app, CHANGES).await;
    let all = parts(&mut response, &mut String::new(), 2).await;
    assert_eq!(all, [json!({}), json!({})]);
}

#[tokio::test]
async fn what_is_no_subscription_has_no_parts_and_what_is_refused_has_a_status() {
    let app = loaded(patient(|_| {})).await;
    for (query, status) in [("{ __typename }", 200), ("subscription { nothing { id } }", 422)] {
        let response = asked(&app, query).await;
        let kind = response.headers()["content-type"].to_str().expect("text").to_owned();
        assert_eq!(
            (response.status().as_u16(), &*kind),
            (status, "application/graphql-response+json; charset=utf-8")
        );
    }
}
