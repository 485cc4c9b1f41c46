//! Where null stands when a field has no value: as near as the schema allows (GraphQL of September 2025, 6.4.4).

use mongodb::bson::{Document, doc};
use serde_json::{Value as Json, json};

use crate::support::TestApp;

/// The article's data, its central gift without the nation that gave it.
async fn dangling() -> TestApp {
    let app = TestApp::with(&["article"]).await;
    let nations = app.raw().await.collection::<Document>("nations");
    let deleted = nations.delete_one(doc! { "_id": "nation_russia" }).await;
    assert_eq!(deleted.expect("it is deleted").deleted_count, 1);
    app
}

async fn answer(app: &TestApp, query: &str) -> (Json, Json) {
    let (_, answer) = app.post(query, json!({})).await;
    let error = &answer["errors"][0];
    assert_eq!(error["extensions"]["code"], "INTERNAL", "{answer}");
    (answer["data"].clone(), error["path"].clone())
}

#[tokio::test]
async fn a_document_that_may_be_null_takes_the_place_of_a_field_that_may_not() {
    let app = dangling().await;
    let query = r#"{
        korea: nation(id: "nation_north-korea") { name }
        gift(id: "gift_ru-kp-2024") { title giver { name } }
        last: __typename
    }"#;
    let (data, path) = answer(&app, query).await;
    assert_eq!(
        data.to_string(),
        r#"{"korea":{"name":"North Korea"},"gift":null,"last":"Query"}"#
    );
    assert_eq!(path, json!(["gift", "giver"]));
}

#[tokio::test]
async fn a_root_field_is_null_where_no_field_on_the_way_below_it_may_be() {
    let app = dangling().await;
    let query = r#"{
        korea: nation(id: "nation_north-korea") { name }
        gifts(where: { id: { eq: "gift_ru-kp-2024" } }) { edges { node { title giver { name } } } }
    }"#;
    let (data, path) = answer(&app, query).await;
    assert_eq!(data.to_string(), r#"{"korea":{"name":"North Korea"},"gifts":null}"#);
    assert_eq!(path, json!(["gifts", "edges", 0, "node", "giver"]));
}

#[tokio::test]
async fn a_field_that_is_asked_for_twice_is_answered_once_with_both_selections() {
    let app = TestApp::with(&["article"]).await;
    let query = r#"{
        gift(id: "gift_ru-kp-2024") { giver { name } ...More total { text } }
    }
    fragment More on Gift { total { min } giver { id ... on Node { id } __typename } items { animal { id } } items { animal { id commonName } } }"#;
    let data = app.query(query).await;
    let gift = &data["gift"];
    assert_eq!(
        gift["giver"].to_string(),
        r#"{"name":"Russia","id":"nation_russia","__typename":"Nation"}"#
    );
    assert_eq!(gift["total"].as_object().map(serde_json::Map::len), Some(2));
    let items = gift["items"].as_array().expect("a list");
    assert!(!items.is_empty());
    for item in items {
        let animal = item["animal"].as_object().expect("an object");
        assert_eq!(animal.keys().collect::<Vec<_>>(), ["id", "commonName"], "{item}");
    }
}
