//! The API composed with another subgraph by the tools of The Guild, and asked through their gateway.

use serde_json::{Value as Json, json};

use super::lines;
use crate::support::TestApp;

#[tokio::test]
async fn a_gateway_joins_the_api_with_another_subgraph_and_asks_for_all_entities_at_once() {
    let app = TestApp::with(&["article"]).await;
    let found = lines("federation.mjs", &[&app.address]).await.pop().expect("a line");
    assert_eq!(found["errors"], json!([]), "it is not composed");
    let data = app
        .query("{ ru: gift(by: { slug: \"ru-kp-2024\" }) { title giver { name } } cn: gift(by: { slug: \"cn-jp\" }) { title giver { name } date { text } } }")
        .await;
    let (ru, cn) = (&data["ru"], &data["cn"]);
    let diary = found["answers"]["from the diary"]["data"]["diary"]
        .as_array()
        .expect("entries");
    let gifts: Vec<&Json> = diary.iter().map(|entry| &entry["gift"]).collect();
    let shown = |gift: &Json| json!({ "title": gift["title"], "giver": gift["giver"] });
    assert_eq!(gifts, [&shown(ru), &shown(ru), &Json::Null, &shown(cn)], "{found:#}");
    // One request for all four, in which each gift stands once.
    let requests = found["requests"]["from the diary"].as_array().expect("requests");
    let representations: Vec<&Json> = requests.iter().map(|request| &request["representations"]).collect();
    assert_eq!(representations.len(), 1, "{requests:#?}");

    let texts = |gift: &Json| -> Vec<String> {
        let entries = gift["entries"].as_array().expect("entries").iter();
        entries
            .map(|entry| entry["text"].as_str().expect("text").to_owned())
            .collect()
    };
    let nodes = found["answers"]["from the gifts"]["data"]["gifts"]["nodes"]
        .as_array()
        .expect("nodes");
    let told: Vec<(&Json, Vec<String>)> = nodes.iter().map(|gift| (&gift["title"], texts(gift))).collect();
    let mut expected = vec![
        (&cn["title"], vec!["The pandas play.".to_owned()]),
        (
            &ru["title"],
            vec!["The lions are fed.".to_owned(), "The bears sleep.".to_owned()],
        ),
    ];
    expected.sort_by_key(|(title, _)| title.as_str().map(str::to_lowercase));
    assert_eq!(told, expected, "{found:#}");
    let one = &found["answers"]["one gift"]["data"]["gift"];
    assert_eq!(one["entries"][0]["gift"]["date"], cn["date"], "{found:#}");
}
