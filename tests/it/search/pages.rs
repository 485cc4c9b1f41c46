//! The connection: pages, cursors, what is refused.

use serde_json::{Value as Json, json};

use super::{SETS, indexed};
use crate::support::TestApp;

const PAGE: &str = "query($text: String!, $first: Int, $after: String, $kinds: [SearchKind!]) { search(text: $text, first: \
                    $first, after: $after, kinds: $kinds) { totalCount edges { cursor score node { ... on Node { id } } } \
                    nodes { ... on Node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";

async fn page(app: &TestApp, text: &str, first: usize, after: Option<&str>) -> Json {
    let mut found = app
        .query_with(PAGE, json!({ "text": text, "first": first, "after": after }))
        .await;
    found["search"].take()
}

#[tokio::test]
async fn walking_page_by_page_gives_what_one_large_page_gives() {
    let app = indexed(&SETS).await;
    // The first has no document with both words, so that one is enough.
    for text in ["elephants xylophone", "zoo", "a"] {
        let whole = page(&app, text, 200, None).await;
        let all = whole["edges"].as_array().expect("edges").clone();
        assert!(all.len() > 10, "{text}: {}", all.len());
        let scores: Vec<f64> = all.iter().map(|edge| edge["score"].as_f64().unwrap()).collect();
        assert!(scores.is_sorted_by(|left, right| left >= right), "{scores:?}");
        for first in [3, 50] {
            let mut walked: Vec<Json> = Vec::new();
            let mut after = None;
            loop {
                let found = page(&app, text, first, after.as_deref()).await;
                let edges = found["edges"].as_array().expect("edges");
                let info = &found["pageInfo"];
                assert_eq!(found["totalCount"], whole["totalCount"]);
                assert_eq!(info["hasPreviousPage"], !walked.is_empty());
                assert_eq!(info["startCursor"], edges[0]["cursor"]);
                assert_eq!(info["endCursor"], edges[edges.len() - 1]["cursor"]);
                let nodes: Vec<Json> = edges.iter().map(|edge| edge["node"].clone()).collect();
                assert_eq!(found["nodes"], json!(nodes));
                walked.extend(edges.iter().cloned());
                after = info["endCursor"].as_str().map(str::to_owned);
                if info["hasNextPage"] == false || walked.len() >= all.len() {
                    break;
                }
            }
            // The last text finds more than fit on the largest page.
            walked.truncate(all.len());
            assert_eq!(walked, all, "{text}, {first} at a time");
        }
    }
}

#[tokio::test]
async fn a_page_of_nothing_tells_the_total_and_no_more() {
    let app = indexed(&["article"]).await;
    let found = page(&app, "panda", 0, None).await;
    assert!(found["totalCount"].as_u64() > Some(0));
    assert_eq!(found["edges"], json!([]));
    assert_eq!(found["pageInfo"]["hasNextPage"], true);
}

#[tokio::test]
async fn a_cursor_of_another_search_or_of_none_is_refused() {
    let app = indexed(&["article"]).await;
    let found = page(&app, "panda", 1, None).await;
    let cursor = found["edges"][0]["cursor"].as_str().expect("a cursor").to_owned();
    let gifts = app.query("{ gifts(first: 1) { edges { cursor } } }").await;
    let other = gifts["gifts"]["edges"][0]["cursor"]
        .as_str()
        .expect("a cursor")
        .to_owned();
    let refused = async |variables: Json| {
        let (_, body) = app.post(PAGE, variables).await;
        let error = &body["errors"][0];
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{body}");
        error["message"].as_str().expect("a message").to_owned()
    };
    for variables in [
        json!({ "text": "bear", "after": cursor }),
        json!({ "text": "panda", "kinds": ["GIFT"], "after": cursor }),
    ] {
        let message = refused(variables).await;
        assert!(message.contains("`after`: it belongs to another search"), "{message}");
    }
    for wrong in ["", "x", "bm8", &other, &cursor[1..]] {
        let message = refused(json!({ "text": "panda", "after": wrong })).await;
        assert!(message.contains("not a cursor of this API"), "{wrong}: {message}");
    }
    // Only how it is typed may differ.
    let found = page(&app, " PANDA", 1, Some(&cursor)).await;
    assert_eq!(found["pageInfo"]["hasPreviousPage"], true);
}

#[tokio::test]
async fn too_much_at_once_is_refused_with_what_is_accepted() {
    let app = indexed(&["article"]).await;
    let long = "ä".repeat(501);
    let (_, body) = app.post(PAGE, json!({ "text": long })).await;
    let error = &body["errors"][0];
    assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT");
    assert_eq!(
        error["message"],
        "`text`: it has 501 characters; accepted are up to 500"
    );
    page(&app, &long[2..], 1, None).await;
    for (first, code) in [(201, "LIMIT_EXCEEDED"), (-1, "BAD_USER_INPUT")] {
        let (_, body) = app.post(PAGE, json!({ "text": "panda", "first": first })).await;
        assert_eq!(body["errors"][0]["extensions"]["code"], code, "{body}");
    }
}
