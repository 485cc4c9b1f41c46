//! Gifts are told to those whose filter finds them: random worlds, random filters.

use std::collections::BTreeSet;

use mongodb::bson::{Document, doc};
use serde_json::{Value as Json, json};

use super::asks::{Ask, about_gifts};
use super::bed::{Bed, hold};
use crate::changes::{Subscriber, settled};

/// Changes every gift: in a field that no filter looks at.
async fn touch(bed: &Bed) {
    let gifts = bed.app.raw().await.collection::<Document>("gifts");
    let touched = gifts.update_many(doc! {}, doc! { "$inc": { "version": 1 } }).await;
    touched.expect("an update");
}

#[test]
fn a_changed_gift_is_told_where_its_filter_finds_it() {
    hold(2, 40, about_gifts(), async |bed, Ask { filter, .. }| {
        // A feed that is behind would tell of the question before, too, and leave an answer of the world before kept.
        settled(&bed.app.live).await;
        let query = "query($where: GiftFilter) { gifts(where: $where, first: 200) { nodes { id } } }";
        let data = bed.app.query_with(query, json!({ "where": filter })).await;
        let nodes = data["gifts"]["nodes"].as_array().expect("a list").iter();
        let expected: BTreeSet<String> = nodes
            .map(|node| node["id"].as_str().expect("an id").to_owned())
            .collect();
        let document = "subscription($where: GiftFilter, $after: String) { giftChanged(where: $where, after: $after) { id matches } }";
        let variables = json!({ "where": filter, "after": bed.app.changes_cursor().await });
        let mut subscriber = Subscriber::to(&bed.app, document, &variables);
        // The second time shows that nothing else was told the first time.
        for _ in 0..2 {
            touch(bed).await;
            let mut told = BTreeSet::new();
            for _ in 0..expected.len() {
                let change = subscriber.change().await.0["giftChanged"].take();
                assert_eq!(change["matches"], Json::Bool(true), "{change}");
                told.insert(change["id"].as_str().expect("an id").to_owned());
            }
            proptest::prop_assert_eq!(&told, &expected);
        }
        Ok(())
    });
}
