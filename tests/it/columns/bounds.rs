//! Where columns cannot be: over their memory, with values that they cannot hold, without a feed. The database answers.

use menagerie::store::columns::Phase;
use mongodb::bson::{Document, doc};

use crate::support::{TestApp, until};

const COUNT: &str = "{ giftStats { gifts } }";

async fn phase(app: &TestApp, what: &str, is: impl Fn(&Phase) -> bool) {
    until(what, || is(&app.live.columns().status().phase)).await;
}

#[tokio::test]
async fn over_their_memory_they_are_given_up_and_below_it_they_come_back() {
    let app = TestApp::with(&["article"]).await;
    app.by_columns().await;
    let expected = app.query(COUNT).await;
    let bytes = app.live.columns().status().bytes;
    assert!(bytes > 10_000, "{bytes}");
    app.live.columns().turn_on(bytes / 2, false);
    phase(&app, "the columns to be too large", |phase| {
        matches!(phase, Phase::TooLarge(_))
    })
    .await;
    let before = app.live.columns().status().answered;
    assert_eq!(app.query(COUNT).await, expected);
    let status = app.live.columns().status();
    assert_eq!((status.answered, status.gifts, status.current), (before, 0, false));
    let (_, _, ready) = app.get("/readyz").await;
    assert!(ready.contains("MENAGERIE_COLUMNS_MB"), "{ready}");
    assert!(app.metric("menagerie_columns_current") < 1.0);
    app.by_columns().await;
    assert_eq!(app.query(COUNT).await, expected);
    assert!(app.live.columns().status().answered > before);
}

#[tokio::test]
async fn they_are_given_up_when_they_grow_too_large() {
    let app = TestApp::with(&["article"]).await;
    app.by_columns().await;
    app.live.columns().turn_on(app.live.columns().status().bytes * 2, false);
    phase(&app, "the columns to be ready", |phase| *phase == Phase::Ready).await;
    app.generate(2_000, 3).await;
    phase(&app, "the columns to be too large", |phase| {
        matches!(phase, Phase::TooLarge(_))
    })
    .await;
    let found = app.query("{ gifts { totalCount } }").await;
    let gifts = app.raw().await.collection::<Document>("gifts");
    let all = gifts.count_documents(doc! {}).await.expect("a number");
    assert_eq!(found["gifts"]["totalCount"], all);
}

#[tokio::test]
async fn a_value_that_no_column_holds_leaves_the_answer_to_the_database() {
    let app = TestApp::with(&["article"]).await;
    app.by_columns().await;
    let expected = app.query("{ giftStats { gifts animals { min } } }").await;
    let gifts = app.raw().await.collection::<Document>("gifts");
    let odd = doc! { "$set": { "total.min": 2.0 } };
    let change = gifts
        .update_one(doc! { "_id": "gift_ru-kp-2024" }, odd)
        .bypass_document_validation(true);
    change.await.expect("it is written");
    phase(&app, "the columns to be given up", |phase| {
        matches!(phase, Phase::Unfit(_))
    })
    .await;
    let found = app.query("{ giftStats { gifts } }").await;
    assert_eq!(found["giftStats"]["gifts"], expected["giftStats"]["gifts"]);
    let whole = doc! { "$set": { "total": { "min": 70, "phrase": "over 70" } } };
    let change = gifts.update_one(doc! { "_id": "gift_ru-kp-2024" }, whole);
    change.await.expect("it is written");
    app.live.columns().try_again();
    phase(&app, "the columns to be ready", |phase| *phase == Phase::Ready).await;
}

#[tokio::test]
async fn when_the_feed_has_lost_changes_they_are_built_again() {
    let app = TestApp::with(&["article"]).await;
    app.by_columns().await;
    let before = app.query(COUNT).await;
    // A collection that is dropped ends the feed.
    app.raw()
        .await
        .collection::<Document>("sources")
        .drop()
        .await
        .expect("it is dropped");
    until("the columns to be built again", || {
        app.live.is_fresh() && app.live.columns().status().current
    })
    .await;
    assert_eq!(app.query(COUNT).await, before);
}

#[tokio::test]
async fn without_a_feed_the_database_answers() {
    let mut app = TestApp::with(&["article"]).await;
    app.by_columns().await;
    let before = app.query(COUNT).await;
    app.stop_following().await;
    let answered = app.live.columns().status().answered;
    app.raw()
        .await
        .collection::<Document>("gifts")
        .delete_one(doc! {})
        .await
        .expect("it is deleted");
    let after = app.query(COUNT).await;
    assert_eq!(
        after["giftStats"]["gifts"].as_u64().map(|gifts| gifts + 1),
        before["giftStats"]["gifts"].as_u64()
    );
    assert_eq!(app.live.columns().status().answered, answered);
}
