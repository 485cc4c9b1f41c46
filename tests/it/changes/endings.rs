//! What is refused, what a subscription costs, and how one ends: with an error that says how to go on.

use futures_util::StreamExt;
use menagerie::feed::{BUFFERED, Live};
use mongodb::bson::{Document, doc};
use serde_json::json;

use super::{Gifts, Subscriber, article, prepared};
use crate::support::TestApp;

#[tokio::test]
async fn a_wrong_place_is_told_apart_from_one_that_is_too_old() {
    let app = article().await;
    let of = |after: &str| {
        Subscriber::to(
            &app,
            "subscription($after: String) { changes(after: $after) { id } }",
            &json!({ "after": after }),
        )
    };
    for text in ["", "x", "AQ", "gift_ru-kp-2024", "AQAAAAEAAAABAAAA=="] {
        let (code, message) = of(text).error().await;
        assert_eq!(code, "BAD_USER_INPUT", "{text}: {message}");
        assert!(
            message.contains("`after`") && message.contains("changesCursor"),
            "{message}"
        );
    }
    // Well formed, and of no feed: what a cursor looks like when the database has forgotten it.
    let (code, message) = of("AYIAAAABAAAAASsE").error().await;
    assert_eq!(code, "CURSOR_EXPIRED", "{message}");
    assert!(message.contains("changesCursor"), "{message}");
    let ids = r#"subscription { changes(ids: ["gift_a", "mouse_b"]) { id } }"#;
    let (code, message) = Subscriber::to(&app, ids, &json!({})).error().await;
    assert_eq!(code, "BAD_USER_INPUT");
    assert!(message.contains("mouse_b") && message.contains("`gift_`"), "{message}");
    let wrong = r#"subscription { giftChanged(where: { date: { within: "soon" } }) { id } }"#;
    assert_eq!(
        Subscriber::to(&app, wrong, &json!({})).error().await.0,
        "BAD_USER_INPUT"
    );
}

#[tokio::test]
async fn where_everything_may_have_changed_subscriptions_end_and_begin_afresh() {
    let app = article().await;
    let document = "subscription($after: String) { changes(after: $after) { id } }";
    let before = app.changes_cursor().await;
    let listening = Subscriber::to(&app, document, &json!({})).begun();
    app.raw()
        .await
        .collection::<Document>("claims")
        .drop()
        .await
        .expect("it is dropped");
    let (code, message) = listening.error().await;
    assert_eq!(code, "CHANGES_LOST");
    assert!(message.contains("changesCursor"), "{message}");
    let again = Subscriber::to(&app, document, &json!({ "after": before }));
    let code = again.error().await.0;
    assert!(["CHANGES_LOST", "CURSOR_EXPIRED"].contains(&code.as_str()), "{code}");
    let mut afresh = Subscriber::to(&app, document, &json!({ "after": app.changes_cursor().await }));
    Gifts::of(&app)
        .await
        .set("gift_ru-kp-2024", doc! { "title": "Afresh" })
        .await;
    assert_eq!(afresh.change().await.0["changes"]["id"], "gift_ru-kp-2024");
}

#[tokio::test]
async fn who_takes_nothing_for_long_is_told_to_begin_again_and_can_go_on() {
    let app = article().await;
    let document = "subscription($after: String) { changes(after: $after) { version } }";
    let mut slow = Subscriber::to(&app, document, &json!({})).begun();
    let gifts = Gifts::of(&app).await;
    gifts.set("gift_ru-kp-2024", doc! { "title": "One" }).await;
    let (_, last) = slow.change().await;
    let mut many = 0;
    while many < BUFFERED + 10 {
        many += gifts.set_all(doc! { "title": format!("Many {many}") }).await;
    }
    // Another who goes on behind the same change misses nothing.
    let mut other = Subscriber::to(&app, document, &json!({ "after": last }));
    other.changes(many).await;
    let told = slow.told().await;
    let error = &told.response.errors[0];
    let extensions = error.extensions.as_ref().expect("extensions");
    let number = |name: &str| {
        extensions
            .get(name)
            .cloned()
            .and_then(|value| value.into_json().ok())
            .and_then(|value| value.as_u64())
    };
    assert_eq!(extensions.get("code"), Some(&"LIMIT_EXCEEDED".into()));
    assert_eq!(extensions.get("name"), Some(&"waitingChanges".into()));
    assert_eq!(number("limit"), Some(BUFFERED as u64));
    assert!(number("actual") > number("limit"));
    assert!(error.message.contains("`after`"), "{}", error.message);
    assert!(slow.0.next().await.is_none());
}

#[tokio::test]
async fn where_the_feed_is_silent_nothing_is_subscribed_to() {
    let app = TestApp::empty().await;
    let silent = Live::new(&app.store, 0);
    let subscriber = Subscriber::at(&app.store, &silent, "subscription { changes { id } }", &json!({}));
    assert_eq!(subscriber.error().await.0, "NO_FEED");
}

#[tokio::test]
async fn one_field_is_subscribed_to_wherever_it_is_written() {
    let app = article().await;
    let documents = [
        "subscription { ...F } fragment F on Subscription { changes { id } }",
        "subscription { ... { ... on Subscription { changes { id } } } }",
        "subscription { changes { id } changes { kind } }",
        "subscription { ...F changes { kind } } fragment F on Subscription { changes { id } }",
    ];
    let mut subscribers = Vec::new();
    for document in documents {
        subscribers.push(Subscriber::to(&app, document, &json!({})).begun());
    }
    let gifts = Gifts::of(&app).await;
    gifts.set("gift_ru-kp-2024", doc! { "title": "One" }).await;
    gifts.set("gift_ru-kp-2024", doc! { "title": "Two" }).await;
    let id = json!({ "changes": { "id": "gift_ru-kp-2024" } });
    let both = json!({ "changes": { "id": "gift_ru-kp-2024", "kind": "GIFT" } });
    for (subscriber, expected) in subscribers.iter_mut().zip([&id, &id, &both, &both]) {
        let cursors = [subscriber.change().await, subscriber.change().await].map(|(data, cursor)| {
            assert_eq!(data, *expected);
            cursor
        });
        assert_ne!(cursors[0], cursors[1], "each change once");
    }
}

#[tokio::test]
async fn more_than_one_field_and_introspection_are_refused() {
    let app = TestApp::empty().await;
    for document in [
        "subscription { changes { id } giftChanged { id } }",
        "subscription { a: changes { id } b: changes { id } }",
        "subscription { changes { id } ...F } fragment F on Subscription { giftChanged { id } }",
        "subscription { __typename }",
        "subscription { changes { id } __typename }",
        "subscription { __schema { queryType { name } } }",
    ] {
        let (code, message) = app.error(document).await;
        assert_eq!(code, "GRAPHQL_VALIDATION_FAILED", "{document}: {message}");
    }
}

#[test]
fn a_subscription_costs_what_one_change_costs_and_something_for_itself() {
    let cost = |document: &str| prepared(document, &json!({})).1.cost;
    // The field, its beginning, and what is selected on a change.
    assert_eq!(cost("subscription { changes { id cursor } }"), 1 + 10 + 2);
    // A document; and below it a page, as in a query.
    assert_eq!(cost("subscription { changes { node { id } } }"), 1 + 10 + (1 + 2 + 1));
    let page = cost("subscription { changes { node { ... on Gift { claims(first: 5) { nodes { id } } } } } }");
    assert_eq!(page, 1 + 10 + (1 + 2) + (1 + 10 + 5 * 2));
    // The one condition of its filter, which looks for the words in two other collections too.
    assert_eq!(
        cost("subscription { giftChanged(where: { text: \"panda\" }) { id } }"),
        1 + 10 + 1 + 1 + 20
    );
    assert_eq!(cost("{ changesCursor }"), 1);
}
