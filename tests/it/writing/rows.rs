//! Rows have ids: a row keeps its own whatever becomes of its neighbours, and no other row of any list ever has it.

use std::collections::BTreeSet;

use mongodb::bson::{Bson, doc};
use serde_json::{Value as Json, json};

use super::{Desk, MISTAKES, gift};
use crate::seeding::edit;
use crate::support::TestApp;

fn item(animal: &str, count: u32) -> Json {
    json!({ "animal": format!("animal_{animal}"), "count": { "min": count, "max": count } })
}

/// The animal and id of each item of the gift.
async fn items(desk: &Desk) -> Vec<(String, String)> {
    let read = desk
        .read("{ gift(id: \"gift_rows\") { items { id animal { id } } } }")
        .await;
    let rows = read["gift"]["items"].as_array().expect("a list").iter();
    let text = |value: &Json| value.as_str().expect("a text").to_owned();
    rows.map(|row| (text(&row["animal"]["id"]), text(&row["id"]))).collect()
}

async fn put(desk: &Desk, items: Json) {
    let input = json!({ "id": "gift_rows", "items": items, "withoutClaim": true });
    desk.does("updateGift", input).await;
}

#[tokio::test]
async fn a_row_keeps_its_id_when_others_go_come_and_move_and_when_it_changes() {
    let desk = Desk::open().await;
    let mut new = gift("rows");
    new["items"] = json!([item("brown-bear", 2), item("domestic-yak", 2), item("african-lion", 1)]);
    desk.does("createGift", new).await;
    let before = items(&desk).await;
    put(&desk, json!([item("brown-bear", 2), item("african-lion", 1)])).await;
    let without = items(&desk).await;
    assert_eq!(without, [before[0].clone(), before[2].clone()]);
    put(
        &desk,
        json!([item("african-lion", 40), item("pheasant", 3), item("brown-bear", 2)]),
    )
    .await;
    let moved = items(&desk).await;
    assert_eq!([&moved[0], &moved[2]], [&before[2], &before[0]]);
    assert!(before.iter().all(|(_, id)| *id != moved[1].1), "a new row has a new id");
    // The history tells of what people write.
    let read = desk
        .read("{ gift(id: \"gift_rows\") { history(first: 1) { nodes { changes { field before after } } } } }")
        .await;
    let change = &read["gift"]["history"]["nodes"][0]["changes"][0];
    assert_eq!(change["field"], "items");
    assert!(!change.to_string().contains("\"id\""), "{change}");
    desk.app.is_whole().await;
}

#[tokio::test]
async fn no_two_rows_have_the_same_id() {
    let app = TestApp::with(&["article", "history"]).await;
    let data = app
        .query(
            "{ gifts(first: 200) { nodes { items { id otherReadings { id } } statusHistory { id } } }
               events(first: 200) { nodes { nations { id } } }
               giftFlows(first: 200) { id } others: giftFlows(first: 200, where: { mode: { eq: LOAN } }) { id }
               giftStats { ...Lists } loans: giftStats(where: { mode: { eq: LOAN } }) { ...Lists } }
             fragment Lists on GiftStats {
               byGiver(first: 5) { id }
               byRecipient(first: 100) { id } byAnimal(first: 100) { id } families: byAnimal(by: FAMILY, first: 100) { id }
               byYear(first: 200) { id } byDecade(first: 200) { id } byStatus { id } byMode { id } byCertainty { id } }",
        )
        .await;
    let (mut ids, mut count) = (BTreeSet::new(), 0);
    let mut left = vec![&data];
    while let Some(value) = left.pop() {
        match value {
            Json::Object(fields) => {
                if let Some(id) = fields.get("id") {
                    ids.insert(id.as_str().expect("an id"));
                    count += 1;
                }
                left.extend(fields.values());
            }
            Json::Array(items) => left.extend(items),
            _ => {}
        }
    }
    assert!(count > 300, "{count} rows");
    assert_eq!(ids.len(), count);
}

#[tokio::test]
async fn a_flow_has_the_same_id_each_time_and_another_one_under_another_filter() {
    let app = TestApp::with(&["article"]).await;
    let id = async |filter: &str| {
        let data = app
            .query(&format!(
                "{{ giftFlows({filter}) {{ id giver {{ id }} recipient {{ id }} }} }}"
            ))
            .await;
        let flows = data["giftFlows"].as_array().expect("flows").clone();
        let from_russia = flows.into_iter().find(|flow| flow["giver"]["id"] == "nation_russia");
        from_russia.expect("a flow")["id"].clone()
    };
    let all = id("first: 100").await;
    assert_eq!(id("first: 50").await, all, "however many are listed");
    assert_eq!(id("first: 50, where: {}").await, all, "an empty filter is none");
    let few = id("first: 100, where: { giver: { slug: { eq: \"russia\" } } }").await;
    assert_ne!(few, all);
    assert_eq!(
        id("first: 9, where: { giver: { slug: { eq: \"russia\" } } }").await,
        few
    );
}

#[tokio::test]
async fn the_rest_behind_a_cut_list_is_another_row_with_each_cut() {
    let app = TestApp::with(&["article", "history"]).await;
    let list = async |arguments: &str| {
        let data = app
            .query(&format!(
                "{{ giftStats {{ byGiver({arguments}) {{ id kind label }} }} }}"
            ))
            .await;
        let mut entries = data["giftStats"]["byGiver"].as_array().expect("entries").clone();
        let rest = entries.pop().expect("the rest");
        assert_eq!(rest["kind"], "OTHERS", "{rest}");
        (entries, rest["id"].clone())
    };
    let (two, rest_of_two) = list("first: 2").await;
    let (three, rest_of_three) = list("first: 3").await;
    let (_, by_label) = list("first: 2, orderBy: { field: LABEL, direction: ASC }").await;
    assert_eq!(two, three[..2], "the same nations are the same rows");
    assert!(rest_of_two != rest_of_three && rest_of_two != by_label);
    assert_eq!(list("first: 2").await.1, rest_of_two);
}

#[tokio::test]
async fn rows_that_another_program_has_written_have_ids_of_their_own_until_they_are_written_here() {
    let desk = Desk::open().await;
    let mut new = gift("rows");
    new["items"] = json!([item("brown-bear", 2), item("domestic-yak", 2)]);
    desk.does("createGift", new).await;
    let bare = |animal: &str| doc! { "animal": animal, "otherReadings": [], "attributes": [], "names": [] };
    let rows = vec![
        Bson::from(bare("animal_brown-bear")),
        Bson::from(bare("animal_brown-bear")),
    ];
    edit(&desk.app, "gifts", "gift_rows", doc! { "$set": { "items": rows } }).await;
    let (once, again) = (items(&desk).await, items(&desk).await);
    let ids: BTreeSet<&String> = once.iter().chain(&again).map(|(_, id)| id).collect();
    assert_eq!(ids.len(), 4, "{ids:?}");
    desk.make(
        "updateGift",
        MISTAKES,
        json!({ "id": "gift_rows", "title": "Written here" }),
    )
    .await;
    assert_eq!(items(&desk).await, items(&desk).await);
}

#[tokio::test]
async fn rows_and_texts_that_an_older_version_has_written_get_their_ids_and_keys_at_the_next_start() {
    let app = TestApp::with(&["article"]).await;
    let database = app.raw().await;
    let read = async || {
        let query = "{ gifts(orderBy: [{ field: TITLE }]) { nodes { id version items { id } statusHistory { id } } } }";
        app.query(query).await
    };
    let before = read().await;
    let gifts = database.collection::<mongodb::bson::Document>("gifts");
    let old = doc! { "$unset": { "sortKeys": "", "items.$[].id": "", "statusHistory.$[].id": "" } };
    gifts.update_many(doc! {}, old).await.expect("an update");
    let derived = database.collection::<mongodb::bson::Document>("derived");
    derived.delete_many(doc! {}).await.expect("a deletion");
    assert_ne!(read().await, before);
    app.store.ensure_schema().await.expect("the schema is applied");
    assert_eq!(read().await, before);
}
