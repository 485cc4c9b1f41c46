//! What subscribers are told: each change with what it changed, only of what they ask for, in answers that rest on
//! nothing old.

use menagerie::feed::{self, Live};
use menagerie::store::Store;
use mongodb::bson::{Document, doc};
use serde_json::{Value as Json, json};

use super::{Gifts, Subscriber, article, gift, settled};
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
    let after = app.changes_cursor().await;
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
    let removed = gifts.0.update_one(doc! { "_id": id }, removed).await;
    assert_eq!(removed.expect("an update").modified_count, 1);
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
    let mut first = Subscriber::to(&app, document, &json!({ "after": app.changes_cursor().await }));
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
    let _following = feed::follow(Store::connect(&app.options).await.expect("a third"), other.clone());
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
    let after = app.changes_cursor().await;
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

/// The article with three changes of a gift, which nothing but subscriptions hear of any more; and the place before them.
async fn changed() -> (TestApp, Gifts, String) {
    let mut app = article().await;
    let gifts = Gifts::of(&app).await;
    let after = app.changes_cursor().await;
    // All changes first, so that nothing but the subscription sends commands behind.
    gifts.set("gift_ru-kp-2024", doc! { "title": "One" }).await;
    gifts.set("gift_ru-kp-2024", doc! { "title": "Two" }).await;
    // With one more to come, none of them ends its own feed meanwhile, which is a command too.
    gifts.set("gift_ru-kp-2024", doc! { "title": "Three" }).await;
    settled(&app.live).await;
    app.stop_following().await;
    (app, gifts, after)
}

/// A subscription to the changes of gifts after a place.
fn of_gifts(app: &TestApp, after: &str, selected: &str) -> Subscriber {
    let document =
        format!("subscription($after: String) {{ changes(after: $after, kinds: [GIFT]) {{ id {selected} }} }}");
    Subscriber::to(app, &document, &json!({ "after": after }))
}

#[tokio::test]
async fn the_document_costs_no_command_and_what_hangs_below_it_one_for_each_change() {
    let (app, _, after) = changed().await;
    let of = |selected| of_gifts(&app, &after, selected);
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
}

#[tokio::test]
async fn what_hangs_below_the_document_is_read_anew_for_each_change() {
    let (app, gifts, after) = changed().await;
    let nations = app.raw().await.collection::<Document>("nations");
    let document = "node { ... on Gift { giver { name giftsGiven { totalCount nodes { id } } } } }";
    let mut subscriber = of_gifts(&app, &after, document);
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

/// Three subscriptions to changes of gifts, and the two gifts that change.
struct Subscribers {
    app: TestApp,
    gifts: Gifts,
    /// To those that are delivered.
    delivered: Subscriber,
    /// To the second gift, by its id.
    by_id: Subscriber,
    /// To those that are neither the second gift nor only offered.
    combined: Subscriber,
}

const FIRST: &str = "gift_zz-one";
const SECOND: &str = "gift_zz-two";

impl Subscribers {
    async fn begun() -> Self {
        let app = article().await;
        let after = json!({ "after": app.changes_cursor().await });
        let to = |filter: &str| Subscriber::to(&app, &gift_changed(filter), &after);
        Self {
            gifts: Gifts::of(&app).await,
            delivered: to("{ status: { eq: DELIVERED } }"),
            by_id: to(r#"{ id: { in: ["gift_zz-two"] } }"#),
            combined: to(r#"{ not: { or: [{ id: { eq: "gift_zz-two" } }, { status: { eq: OFFERED } }] } }"#),
            app,
        }
    }

    /// A gift of this id, title and status.
    async fn gift(&self, id: &str, title: &str, status: &str) -> Document {
        let mut gift = gift(&self.app.raw().await, id, title).await;
        gift.insert("status", status);
        gift
    }

    /// What the two that the first gift can meet are told next.
    async fn of_the_first(&mut self, expected: &Json, why: &str) {
        assert_eq!(told_to(&mut self.delivered).await, *expected, "{why}");
        assert_eq!(told_to(&mut self.combined).await, *expected, "{why}");
    }

    /// What the two that the second gift can meet are told next.
    async fn of_the_second(&mut self, expected: &Json, why: &str) {
        assert_eq!(told_to(&mut self.delivered).await, *expected, "{why}");
        assert_eq!(told_to(&mut self.by_id).await, *expected, "{why}");
    }
}

async fn told_to(subscriber: &mut Subscriber) -> Json {
    subscriber.change().await.0["giftChanged"].take()
}

#[tokio::test]
async fn a_gift_is_told_where_it_meets_the_filter_or_may_have_met_it_before() {
    let mut all = Subscribers::begun().await;
    for (id, title, status) in [(FIRST, "One", "OFFERED"), (SECOND, "Two", "DELIVERED")] {
        let gift = all.gift(id, title, status).await;
        all.gifts.0.insert_one(gift).await.expect("an insertion");
    }
    let created = told("CREATED", SECOND, json!(1), Json::Null, Some("Two"), true);
    all.of_the_second(&created, "the first does not meet it").await;

    all.gifts.set(FIRST, doc! { "title": "One more" }).await;
    all.delivered.nothing(&all.app.live).await;
    all.combined.nothing(&all.app.live).await;
    let title = Some("One more");
    let fields = json!(["status", "version"]);
    all.gifts.set(FIRST, doc! { "status": "DELIVERED" }).await;
    let meets = told("UPDATED", FIRST, json!(3), fields.clone(), title, true);
    all.of_the_first(&meets, "no word of the title: it did not meet it")
        .await;
    all.gifts.set(FIRST, doc! { "status": "OFFERED" }).await;
    let met = told("UPDATED", FIRST, json!(4), fields, title, false);
    all.of_the_first(&met, "it met it before").await;

    let whole = all.gift(FIRST, "Whole", "OFFERED").await;
    let replaced = all.gifts.0.replace_one(doc! { "_id": FIRST }, whole).await;
    replaced.expect("a replacement");
    let unknown = told("UPDATED", FIRST, json!(1), Json::Null, Some("Whole"), false);
    all.of_the_first(&unknown, "nobody knows what it was").await;

    all.gifts.delete(SECOND).await;
    let gone = told("DELETED", SECOND, Json::Null, Json::Null, None, false);
    all.of_the_second(&gone, "it met it").await;
    all.gifts.delete(FIRST).await;
    let gone = told("DELETED", FIRST, Json::Null, Json::Null, None, false);
    all.of_the_first(&gone, "no word of the one whose id rules it out")
        .await;
    // Nothing of the other gift came between; nothing comes behind.
    all.gifts.set("gift_ru-kp-2024", doc! { "status": "DELIVERED" }).await;
    assert_eq!(told_to(&mut all.delivered).await["id"], "gift_ru-kp-2024");
    assert_eq!(told_to(&mut all.combined).await["id"], "gift_ru-kp-2024");
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
        let place = app.live.resume_token();
        let update = doc! { "$set": { "words": words } };
        nations.update_one(giver.clone(), update).await.expect("an update");
        until("the feed to tell of it", || app.live.resume_token() != place).await;
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
