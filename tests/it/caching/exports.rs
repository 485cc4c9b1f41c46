//! Exports among what is kept: made once, sent by parts, and made anew when something changes that they tell.

use serde_json::json;

use super::{app, is_fresh};
use crate::support::TestApp;

/// How many commands a request sends, and what it gets.
async fn fetched(app: &TestApp, path: &str, range: Option<&str>) -> (u64, u16, Vec<u8>) {
    let before = app.store.commands_sent();
    let mut request = crate::support::client().get(format!("{}{path}", app.address));
    if let Some(range) = range {
        request = request.header("range", range);
    }
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    let body = response.bytes().await.expect("a body").to_vec();
    (app.store.commands_sent() - before, status, body)
}

#[tokio::test]
async fn a_small_export_is_made_once_for_all_its_parts() {
    let app = app().await;
    app.load(&["history"]).await;
    for file in [
        "gifts.parquet",
        "items.csv",
        "flows.ndjson",
        "statistics.json",
        "gifts.csv?bom=1",
    ] {
        let path = format!("/export/{file}");
        let mut sent = Vec::new();
        // On a busy machine the heartbeat may be late, and nothing is kept meanwhile.
        while sent.last() != Some(&0) {
            assert!(sent.len() < 20, "{file} is made each time: {sent:?}");
            is_fresh(&app).await;
            let (of_whole, status, whole) = fetched(&app, &path, None).await;
            assert_eq!(status, 200, "{file}");
            let middle = whole.len() / 2;
            let (_, first, begun) = fetched(&app, &path, Some(&format!("bytes=0-{}", middle - 1))).await;
            let (of_part, last, ended) = fetched(&app, &path, Some(&format!("bytes={middle}-"))).await;
            assert_eq!((first, last), (206, 206), "{file}");
            assert!([begun, ended].concat() == whole, "{file}");
            sent.extend([of_whole, of_part]);
        }
        assert!(sent[0] > 0, "{file}: it was read once: {sent:?}");
    }
}

#[tokio::test]
async fn an_export_is_made_anew_after_a_change_of_what_it_tells() {
    let app = app().await;
    app.load(&["history"]).await;
    let token = crate::support::token(&app.store, "editor", menagerie::api::viewer::Role::Editor, None).await;
    let rename = |id: &str, name: &str| {
        json!({
            "query": "mutation($input: UpdateNationInput!) { updateNation(input: $input) { userErrors { message } } }",
            "variables": { "input": { "id": id, "name": name } },
        })
    };
    for (turn, name) in ["Chinaland", "Cathay", "China"].into_iter().enumerate() {
        is_fresh(&app).await;
        for file in ["gifts.csv", "flows.csv", "items.csv"] {
            fetched(&app, &format!("/export/{file}"), None).await;
        }
        let request = crate::support::client().post(format!("{}/graphql", app.address));
        let request = request.bearer_auth(&token).json(&rename("nation_china", name));
        let answer: serde_json::Value = request.send().await.expect("an answer").json().await.expect("JSON");
        assert_eq!(answer["data"]["updateNation"]["userErrors"], json!([]), "{answer}");
        for file in ["gifts.csv", "flows.csv", "items.csv"] {
            let (_, _, body) = fetched(&app, &format!("/export/{file}"), None).await;
            let text = String::from_utf8(body).expect("text");
            assert!(
                text.contains(&format!(",{name},")),
                "{turn} {file}: it still tells the old name"
            );
        }
    }
}
