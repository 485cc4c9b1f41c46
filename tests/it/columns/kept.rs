//! What the tables find once and keep follows every change: which certainties the claims about a gift have, and when a
//! document was last changed.

use std::time::Duration;

use menagerie::domain::id::Kind;
use mongodb::bson::{DateTime, Document, doc};
use serde_json::{Value as Json, json};

use super::{delete, gift, put};
use crate::support::TestApp;

fn claim(number: usize, certainty: &str, about: &[&str]) -> (Kind, Json) {
    let json = json!({
        "_id": format!("claim_test-{number}"), "code": format!("T{number}"), "source": "source_article",
        "statement": "Made up.", "certainty": certainty, "attributions": [], "about": about, "conflictsWith": [],
        "dependsOn": [],
    });
    (Kind::Claim, json)
}

/// How many of the gifts of these tests have claims of each certainty, and how many have none; as groups tell it, and as
/// filters do.
async fn by_certainty(app: &TestApp) -> Json {
    let ids = "id: { in: [\"gift_test-1\", \"gift_test-2\", \"gift_test-3\"] }";
    let filters = [
        ("stated", "{ eq: STATED }"),
        ("concern", "{ eq: CONCERN }"),
        ("no claim", "{ known: false }"),
        ("any", "{ known: true }"),
        ("others", "{ notIn: [STATED] }"),
    ];
    let counts = filters.map(|(name, filter)| {
        let name = name.replace(' ', "_");
        format!("{name}: gifts(where: {{ certainty: {filter}, {ids} }}) {{ totalCount }}")
    });
    let query = format!(
        "{{ giftStats(where: {{ text: \"gift\", {ids} }}) {{ gifts byCertainty {{ label gifts }} }} {} }}",
        counts.join(" ")
    );
    let passed_on = app.live.columns().status().passed_on;
    let found = app.query(&query).await;
    assert_eq!(
        app.live.columns().status().passed_on,
        passed_on,
        "the database answered"
    );
    let mut told = serde_json::Map::new();
    for entry in found["giftStats"]["byCertainty"].as_array().expect("a list") {
        told.insert(
            entry["label"].as_str().expect("a label").to_owned(),
            entry["gifts"].clone(),
        );
    }
    let groups = |name: &str| told.get(name).and_then(Json::as_u64).unwrap_or_default();
    let gifts = found["giftStats"]["gifts"].as_u64().expect("a number");
    for (name, filter) in filters {
        let expected = match name {
            "any" => gifts - groups("no claim"),
            // No other word is in these tests.
            "others" => groups("concern"),
            name => groups(name),
        };
        assert_eq!(found[name.replace(' ', "_")]["totalCount"], expected, "{filter}");
    }
    told.into()
}

#[tokio::test]
async fn statistics_by_certainty_follow_claims_and_gifts_that_come_and_go() {
    let app = TestApp::with(&["article"]).await;
    app.by_columns().await;
    put(&app.store, &[gift(1, 1), gift(2, 1)]).await;
    assert_eq!(by_certainty(&app).await, json!({ "no claim": 2 }));
    put(&app.store, &[claim(1, "STATED", &["gift_test-1"])]).await;
    assert_eq!(by_certainty(&app).await, json!({ "stated": 1, "no claim": 1 }));
    put(&app.store, &[claim(2, "CONCERN", &["gift_test-1", "gift_test-2"])]).await;
    assert_eq!(by_certainty(&app).await, json!({ "concern": 2, "stated": 1 }));
    // A gift that is new gets the next row.
    put(&app.store, &[gift(3, 1)]).await;
    assert_eq!(
        by_certainty(&app).await,
        json!({ "concern": 2, "stated": 1, "no claim": 1 })
    );
    put(&app.store, &[claim(1, "STATED", &["gift_test-3"])]).await;
    assert_eq!(by_certainty(&app).await, json!({ "concern": 2, "stated": 1 }));
    delete(&app.store, "claim_test-2").await;
    assert_eq!(by_certainty(&app).await, json!({ "stated": 1, "no claim": 2 }));
    delete(&app.store, "gift_test-2").await;
    assert_eq!(by_certainty(&app).await, json!({ "stated": 1, "no claim": 1 }));
}

/// When the data was last changed, as the API tells it, and as the documents have it.
async fn last_change(app: &TestApp) -> [DateTime; 2] {
    let told = app.query("{ dataset { modified } }").await;
    let mut latest = DateTime::MIN;
    for kind in Kind::ALL {
        let rows = app.raw().await.collection::<Document>(kind.collection());
        let row = rows
            .find_one(doc! {})
            .sort(doc! { "updatedAt": -1 })
            .await
            .expect("an answer");
        latest = latest.max(*row.expect("a document").get_datetime("updatedAt").expect("a time"));
    }
    let told = told["dataset"]["modified"].as_str().expect("a time");
    [DateTime::parse_rfc3339_str(told).expect("a time"), latest]
}

#[tokio::test]
async fn the_last_change_is_that_of_the_documents_that_are_there() {
    let app = TestApp::with(&["article"]).await;
    app.by_columns().await;
    let same = async |app: &TestApp| {
        let [told, stored] = last_change(app).await;
        assert_eq!(told, stored);
    };
    same(&app).await;
    // In step, so that each has another time.
    for number in 1..=3 {
        put(&app.store, &[gift(number, 1)]).await;
        same(&app).await;
    }
    let sent = app.store.commands_sent();
    app.query("{ dataset { version } }").await;
    // Of events and of sources, which have no columns, and the list of sources.
    assert_eq!(app.store.commands_sent() - sent, 3);
    delete(&app.store, "gift_test-3").await;
    same(&app).await;
    put(&app.store, &[gift(2, 5)]).await;
    same(&app).await;
    // By another program, which sets the time back.
    let gifts = app.raw().await.collection::<Document>("gifts");
    let back = doc! { "$set": { "updatedAt": DateTime::from_millis(0) }, "$inc": { "version": 1 } };
    gifts
        .update_one(doc! { "_id": "gift_test-2" }, back)
        .await
        .expect("it is written");
    // The feed tells of it after a moment.
    for _ in 0..200 {
        let [told, stored] = last_change(&app).await;
        if told == stored {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    same(&app).await;
}
