//! What subscribers are told: each change with what it changed, only of what they ask for, in answers that rest on
//! nothing old.

use futures_util::StreamExt;
use menagerie::live::{self, BUFFERED, Live};
use menagerie::store::Store;
use mongodb::bson::{Document, doc};
use serde_json::{Value as Json, json};

use super::{Gifts, Subscriber, article, cursor, gift, prepared, settled};
use crate::support::{TestApp, until};

const CHANGE: &str = "operation kind id version changedFields matches node { id ... on Gift { title } }";

fn gift_changed(filter: &str) -> String {
    format!("subscription($after: String) {{ giftChanged(where: {filter}, after: $after) {{ {CHANGE} }} }}")
}

/// What is told of a gift, as the tests above select it.
fn told(operation: &str, id: &str, version: Json, fields: Json, title: Option<&str>, matches: bool) -> Json {
    let node = title.map(|title| json!({ "id": id, "title": title }));
    json!({ "operation": operation, "kind": "GIFT", "id": id, "version": version, "changedFields": fields,
        "matches": matches, "node": node })
}

#[tokio::test]
async fn a_change_is_told_with_what_happened_and_the_document_as_it_is_then() {
    let app = article().await;
    let (raw, gifts) = (app.raw().await, Gifts::of(&app).await);
    let after = cursor(&app).await;
    let document = format!("subscription($after: String) {{ changes(after: $after) {{ {CHANGE} }} }}");
    let mut subscriber = Subscriber::to(&app, &document, &json!({ "after": after }));
    let id = "gift_zz-one";
    gifts
        .0
        .insert_one(gift(&raw, id, "One").await)
        .await
        .expect("an insertion");
    gifts
        .set(id, doc! { "title": "Two", "items": [], "words": ["two"] })
        .await;
    let mut whole = gift(&raw, id, "Three").await;
    whole.insert("version", 3);
    gifts
        .0
        .replace_one(doc! { "_id": id }, whole)
        .await
        .expect("a replacement");
    let removed = doc! { "$unset": { "total": "", "event": "" } };
    gifts
        .0
        .update_one(doc! { "_id": id }, removed)
        .await
        .expect("an update");
    gifts.delete(id).await;
    let all = subscriber.changes(5).await;
    let told: Vec<&Json> = all.iter().map(|data| &data["changes"]).collect();
    let (operations, versions): (Vec<_>, Vec<_>) =
        told.iter().map(|told| (&told["operation"], &told["version"])).unzip();
    assert_eq!(operations, ["CREATED", "UPDATED", "UPDATED", "UPDATED", "DELETED"]);
    // An update is told with the document as it was when the database looked, which may be later.
    assert_eq!(versions[0], 1);
    assert_eq!(versions[4], &Json::Null);
    let fields = |place: usize| told[place]["changedFields"].clone();
    // The items show as two fields; the words are none of the schema's.
    assert_eq!(fields(1), json!(["items", "itemsTotal", "title", "version"]));
    assert_eq!(fields(2), Json::Null, "written anew as a whole");
    assert!(fields(3).as_array().is_some_and(|fields| {
        fields
            .iter()
            .all(|field| ["event", "total"].contains(&field.as_str().unwrap_or_default()))
    }));
    assert_eq!((fields(0), fields(4)), (Json::Null, Json::Null));
    assert_eq!(told[0]["node"], json!({ "id": id, "title": "One" }));
    assert_eq!((&told[4]["node"], &told[4]["matches"]), (&Json::Null, &json!(false)));
    assert_eq!(told[0]["matches"], true);
}

#[tokio::test]
async fn every_change_has_a_cursor_that_goes_on_behind_it_here_and_at_another_server() {
    let app = article().await;
    let gifts = Gifts::of(&app).await;
    let document = "subscription($after: String) { changes(after: $after, kinds: [GIFT]) { cursor at node { ... on Gift { updatedAt } } changedFields } }";
    let mut first = Subscriber::to(&app, document, &json!({ "after": cursor(&app).await }));
    for number in 0..6 {
        gifts
            .set("gift_ru-kp-2024", doc! { "title": format!("Title {number}") })
            .await;
    }
    let mut told = Vec::new();
    for _ in 0..6 {
        let (data, cursor) = first.change().await;
        let change = &data["changes"];
        assert_eq!(change["cursor"], cursor, "beside the answer and in it");
        let at = change["at"].as_str().expect("a moment");
        assert!(at.starts_with("20") && at.ends_with('Z'), "{at}");
        told.push(cursor);
    }
    let mut distinct = told.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), 6);

    let store = Store::connect(&app.options).await.expect("another store");
    let other = Live::new(&store, 0);
    let _following = live::follow(Store::connect(&app.options).await.expect("a third"), other.clone());
    for live in [&app.live, &other] {
        for (place, cursor) in told.iter().enumerate() {
            let mut again = Subscriber::at(&store, live, document, &json!({ "after": cursor }));
            for expected in &told[place + 1..] {
                assert_eq!(again.change().await.1, *expected);
            }
        }
    }
    // What happens later is told behind that, once.
    let mut here = Subscriber::at(&store, &other, document, &json!({ "after": told[4] }));
    assert_eq!(here.change().await.1, told[5]);
    gifts.set("gift_ru-kp-2024", doc! { "title": "Another" }).await;
    assert_eq!(here.change().await.1, first.change().await.1);
}

#[tokio::test]
async fn only_the_kinds_and_ids_that_are_asked_for_are_told() {
    let app = article().await;
    let raw = app.raw().await;
    let after = cursor(&app).await;
    let ids: [(&str, &str); 4] = [
        ("nations", "nation_japan"),
        ("gifts", "gift_ru-kp-2024"),
        ("animals", "animal_brown-bear"),
        ("nations", "nation_north-korea"),
    ];
    for (collection, id) in ids {
        let documents = raw.collection::<Document>(collection);
        let touched = documents
            .update_one(doc! { "_id": id }, doc! { "$inc": { "version": 1 } })
            .await;
        assert_eq!(touched.expect("an update").modified_count, 1, "{id}");
    }
    let there = ids.map(|(_, id)| id);
    let told = async |arguments: &str, expected: &[&str]| {
        let document = format!("subscription($after: String) {{ changes(after: $after{arguments}) {{ id }} }}");
        let mut subscriber = Subscriber::to(&app, &document, &json!({ "after": after }));
        for expected in expected {
            assert_eq!(subscriber.change().await.0["changes"]["id"], *expected, "{arguments}");
        }
    };
    let of = |kind: &str| {
        there
            .iter()
            .copied()
            .filter(|id| id.starts_with(kind))
            .collect::<Vec<_>>()
    };
    told("", &there).await;
    told(", kinds: [NATION]", &of("nation")).await;
    told(", kinds: [GIFT, ANIMAL]", &[of("gift"), of("animal")].concat()).await;
    told(r#", ids: ["nation_north-korea"]"#, &["nation_north-korea"]).await;
    told(
        r#", kinds: [NATION], ids: ["gift_ru-kp-2024", "nation_north-korea"]"#,
        &["nation_north-korea"],
    )
    .await;
}

#[tokio::test]
async fn the_document_costs_no_command_and_what_hangs_below_it_is_read_anew_for_each_change() {
    let mut app = article().await;
    let (raw, gifts) = (app.raw().await, Gifts::of(&app).await);
    let after = cursor(&app).await;
    // All changes first, so that nothing but the subscription sends commands behind.
    gifts.set("gift_ru-kp-2024", doc! { "title": "One" }).await;
    gifts.set("gift_ru-kp-2024", doc! { "title": "Two" }).await;
    // With one more to come, none of them ends its own feed meanwhile, which is a command too.
    gifts.set("gift_ru-kp-2024", doc! { "title": "Three" }).await;
    settled(&app.live).await;
    app.stop_following().await;
    let of = |selected: &str| {
        let document =
            format!("subscription($after: String) {{ changes(after: $after, kinds: [GIFT]) {{ id {selected} }} }}");
        Subscriber::to(&app, &document, &json!({ "after": after }))
    };
    let mut plain = of("");
    let mut with_node = of("node { id ... on Gift { title version updatedAt items { names } } }");
    let mut with_relations = of("node { ... on Gift { title giver { name } recipient { name } } }");
    let mut costs = Vec::new();
    for subscriber in [&mut plain, &mut with_node, &mut with_relations] {
        subscriber.change().await;
        // The second event lies in the first batch of the feed.
        let before = app.store.commands_sent();
        let (data, _) = subscriber.change().await;
        costs.push((app.store.commands_sent() - before, data));
    }
    assert_eq!((costs[0].0, costs[1].0, costs[2].0), (0, 0, 1), "{costs:?}");
    assert_eq!(
        costs[1].1["changes"]["node"]["version"]
            .as_i64()
            .map(|version| version > 1),
        Some(true)
    );

    let nations = raw.collection::<Document>("nations");
    let mut subscriber = of("node { ... on Gift { giver { name giftsGiven { totalCount nodes { id } } } } }");
    let giver = subscriber.change().await.0["changes"]["node"]["giver"].clone();
    let renamed = doc! { "$set": { "name": "Elsewhere" } };
    let gift = gifts
        .0
        .find_one(doc! { "_id": "gift_ru-kp-2024" })
        .await
        .expect("an answer")
        .expect("the gift");
    nations
        .update_one(doc! { "_id": gift.get_str("giver").expect("an id") }, renamed)
        .await
        .expect("an update");
    gifts.delete("gift_ru-kp-2024").await;
    let later = subscriber.change().await.0["changes"]["node"]["giver"].clone();
    assert_ne!(giver["name"], "Elsewhere");
    assert_eq!(later["name"], "Elsewhere");
    let count = |giver: &Json| {
        (
            giver["giftsGiven"]["totalCount"].as_u64().expect("a number"),
            giver["giftsGiven"]["nodes"].as_array().expect("a list").len(),
        )
    };
    assert_eq!(count(&later).0, count(&giver).0 - 1);
    assert_eq!(count(&later).1, count(&giver).1 - 1);
}

#[tokio::test]
async fn a_gift_is_told_where_it_meets_the_filter_or_may_have_met_it_before() {
    let app = article().await;
    let (raw, gifts) = (app.raw().await, Gifts::of(&app).await);
    let (id, other) = ("gift_zz-one", "gift_zz-two");
    let mut one = gift(&raw, id, "One").await;
    one.insert("status", "OFFERED");
    let mut two = gift(&raw, other, "Two").await;
    two.insert("status", "DELIVERED");
    let after = json!({ "after": cursor(&app).await });
    let mut subscriber = Subscriber::to(&app, &gift_changed("{ status: { eq: DELIVERED } }"), &after);
    let mut by_id = Subscriber::to(&app, &gift_changed(r#"{ id: { in: ["gift_zz-two"] } }"#), &after);
    let mut combined = Subscriber::to(
        &app,
        &gift_changed(r#"{ not: { or: [{ id: { eq: "gift_zz-two" } }, { status: { eq: OFFERED } }] } }"#),
        &after,
    );

    gifts.0.insert_one(one).await.expect("an insertion");
    gifts.0.insert_one(two).await.expect("an insertion");
    let expected = told("CREATED", other, json!(1), Json::Null, Some("Two"), true);
    assert_eq!(
        subscriber.change().await.0["giftChanged"],
        expected,
        "the first does not meet it"
    );
    assert_eq!(by_id.change().await.0["giftChanged"], expected);

    gifts.set(id, doc! { "title": "One more" }).await;
    subscriber.nothing(&app.live).await;
    combined.nothing(&app.live).await;
    gifts.set(id, doc! { "status": "DELIVERED" }).await;
    let expected = told(
        "UPDATED",
        id,
        json!(3),
        json!(["status", "version"]),
        Some("One more"),
        true,
    );
    assert_eq!(
        subscriber.change().await.0["giftChanged"],
        expected,
        "no word of the title: it did not meet it"
    );
    assert_eq!(combined.change().await.0["giftChanged"], expected);

    gifts.set(id, doc! { "status": "OFFERED" }).await;
    let expected = told(
        "UPDATED",
        id,
        json!(4),
        json!(["status", "version"]),
        Some("One more"),
        false,
    );
    assert_eq!(subscriber.change().await.0["giftChanged"], expected);
    assert_eq!(combined.change().await.0["giftChanged"], expected);

    let mut whole = gift(&raw, id, "Whole").await;
    whole.insert("status", "OFFERED");
    gifts
        .0
        .replace_one(doc! { "_id": id }, whole)
        .await
        .expect("a replacement");
    let expected = told("UPDATED", id, json!(1), Json::Null, Some("Whole"), false);
    assert_eq!(
        subscriber.change().await.0["giftChanged"],
        expected,
        "nobody knows what it was"
    );
    assert_eq!(combined.change().await.0["giftChanged"], expected);

    gifts.delete(other).await;
    let gone = told("DELETED", other, Json::Null, Json::Null, None, false);
    assert_eq!(subscriber.change().await.0["giftChanged"], gone);
    assert_eq!(by_id.change().await.0["giftChanged"], gone);
    gifts.delete(id).await;
    let gone = told("DELETED", id, Json::Null, Json::Null, None, false);
    assert_eq!(subscriber.change().await.0["giftChanged"], gone);
    assert_eq!(
        combined.change().await.0["giftChanged"],
        gone,
        "no word of the one whose id rules it out"
    );
    // Nothing of the other gift came between; nothing comes behind.
    gifts.set("gift_ru-kp-2024", doc! { "status": "DELIVERED" }).await;
    assert_eq!(subscriber.change().await.0["giftChanged"]["id"], "gift_ru-kp-2024");
    assert_eq!(combined.change().await.0["giftChanged"]["id"], "gift_ru-kp-2024");
}

#[tokio::test]
async fn a_filter_across_relations_holds_by_what_the_others_are_now() {
    let app = article().await;
    let gifts = Gifts::of(&app).await;
    let nations = app.raw().await.collection::<Document>("nations");
    let (id, giver) = ("gift_ru-kp-2024", doc! { "_id": "nation_russia" });
    let mut subscriber = Subscriber::to(
        &app,
        &gift_changed(r#"{ giver: { text: "elsewhereland" } }"#),
        &json!({}),
    )
    .begun();
    let words = async |words: &[&str]| {
        let place = app.live.place();
        let update = doc! { "$set": { "words": words } };
        nations.update_one(giver.clone(), update).await.expect("an update");
        until("the feed to tell of it", || app.live.place() != place).await;
    };
    gifts.set(id, doc! { "title": "One" }).await;
    subscriber.nothing(&app.live).await;
    words(&["elsewhereland"]).await;
    gifts.set(id, doc! { "title": "Two" }).await;
    assert_eq!(subscriber.change().await.0["giftChanged"]["node"]["title"], "Two");
    gifts.set(id, doc! { "title": "Three" }).await;
    assert_eq!(subscriber.change().await.0["giftChanged"]["node"]["title"], "Three");
    words(&[]).await;
    // None of its own fields tells of this one that it met the filter; of the next, one may.
    gifts.set(id, doc! { "title": "Four" }).await;
    subscriber.nothing(&app.live).await;
    gifts.set(id, doc! { "giver": "nation_china" }).await;
    let (data, _) = subscriber.change().await;
    let expected = told(
        "UPDATED",
        id,
        data["giftChanged"]["version"].clone(),
        json!(["giver", "version"]),
        Some("Four"),
        false,
    );
    assert_eq!(data["giftChanged"], expected);
}

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
    let before = cursor(&app).await;
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
    let mut afresh = Subscriber::to(&app, document, &json!({ "after": cursor(&app).await }));
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
    let many = BUFFERED + 10;
    for _ in 0..many {
        gifts.set("gift_ru-kp-2024", doc! { "title": "Many" }).await;
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
    assert_eq!(subscriber.error().await.0, "UNAVAILABLE");
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
    assert_eq!(
        cost("subscription { giftChanged(where: { text: \"panda\" }) { id } }"),
        1 + 10 + 1
    );
    assert_eq!(cost("{ changesCursor }"), 1);
}
