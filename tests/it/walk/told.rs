//! Gifts are told to those whose filter finds them: random worlds, random filters.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI32, Ordering};

use mongodb::bson::{Document, doc};
use serde_json::{Value as Json, json};

use super::asks::{Ask, about_gifts};
use super::bed::{Bed, hold};
use crate::changes::Subscriber;

/// The next version of all gifts. Versions tell the changes of one question from those of the one before.
static VERSION: AtomicI32 = AtomicI32::new(1_000);

/// Changes every gift in its version, at which no filter looks; gives that.
async fn touch(bed: &Bed) -> i32 {
    let version = VERSION.fetch_add(1, Ordering::Relaxed);
    let gifts = bed.app.raw().await.collection::<Document>("gifts");
    let touched = gifts.update_many(doc! {}, doc! { "$set": { "version": version } });
    touched.await.expect("an update");
    version
}

#[test]
fn a_changed_gift_is_told_where_its_filter_finds_it() {
    hold(2, 60, about_gifts(), async |bed, Ask { filter, .. }| {
        let query = "query($where: GiftFilter) { gifts(where: $where, first: 200) { nodes { id } } }";
        let data = bed.app.query_with(query, json!({ "where": filter })).await;
        let nodes = data["gifts"]["nodes"].as_array().expect("a list").iter();
        let expected: BTreeSet<String> = nodes
            .map(|node| node["id"].as_str().expect("an id").to_owned())
            .collect();
        let document = "subscription($where: GiftFilter, $after: String) { giftChanged(where: $where, after: $after) { id matches version } }";
        let variables = json!({ "where": filter, "after": bed.app.changes_cursor().await });
        let mut subscriber = Subscriber::to(&bed.app, document, &variables);
        let mut first = None;
        // The second time shows that nothing else was told the first time.
        for _ in 0..2 {
            let version = touch(bed).await;
            let first = *first.get_or_insert(version);
            let mut told = BTreeSet::new();
            while told.len() < expected.len() {
                let change = subscriber.change().await.0["giftChanged"].take();
                // A feed that is behind tells of the question before, too.
                if change["version"].as_i64() < Some(i64::from(first)) {
                    continue;
                }
                assert_eq!(
                    (&change["version"], &change["matches"]),
                    (&json!(version), &Json::Bool(true)),
                    "{change}"
                );
                assert!(
                    told.insert(change["id"].as_str().expect("an id").to_owned()),
                    "twice: {change}"
                );
            }
            proptest::prop_assert_eq!(&told, &expected);
        }
        Ok(())
    });
}
