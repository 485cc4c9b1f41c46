//! The same request again and again: made once, and answered each time.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use tokio::time::timeout;

use super::{Desk, MISTAKES, gift, mistakes};

#[tokio::test]
async fn a_request_with_a_key_is_made_once_and_answered_each_time() {
    let desk = Desk::open().await;
    let mut input = gift("hawks");
    input["idempotencyKey"] = json!("k1");
    let selected = format!("gift {{ id version }} {MISTAKES}");
    let first = desk.make("createGift", &selected, input.clone()).await;
    assert_eq!(mistakes(&first), []);
    assert_eq!(desk.make("createGift", &selected, input.clone()).await, first);
    input["title"] = json!("Other hawks");
    let other = desk.make("createGift", &selected, input).await;
    assert_eq!(mistakes(&other), [("KEY_REUSED", "idempotencyKey")]);
    let gone = json!({ "id": "gift_hawks", "idempotencyKey": "k2" });
    for _ in 0..3 {
        let made = desk
            .make("deleteGift", &format!("deletedId {MISTAKES}"), gone.clone())
            .await;
        assert_eq!(made["deletedId"], "gift_hawks", "{made:#}");
    }
}

#[tokio::test]
async fn a_storm_of_repetitions_whose_answers_get_lost_leaves_each_change_once() {
    const CHANGES: usize = 40;
    let desk = Desk::open().await;
    desk.make("createGift", MISTAKES, gift("hawks")).await;
    let change = |number: usize| {
        let input = json!({
            "id": "gift_hawks", "title": format!("Title {number}"), "idempotencyKey": format!("key {number}"),
        });
        desk.make("updateGift", "gift { id } userErrors { code field }", input)
    };
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let storm = (0..CHANGES)
        .flat_map(|number| std::iter::repeat_n(number, 3))
        .map(|number| {
            // Some leave before their request is read, some while it is made, and some have their answer.
            let patience = Duration::from_millis(random.random_range(0..150));
            timeout(patience, change(number))
        });
    let answers = join_all(storm.collect::<Vec<_>>()).await;
    for made in answers.iter().flatten() {
        assert_eq!(mistakes(made), [], "{made:#}");
    }
    // Who had no answer asks again.
    for made in join_all((0..CHANGES).map(change)).await {
        assert_eq!(mistakes(&made), [], "{made:#}");
    }
    let query = "{ gift(slug: \"hawks\") { version history(first: 100) { nodes { version changes { after } } } } }";
    let read = desk.read(query).await;
    assert_eq!(read["gift"]["version"], CHANGES + 1);
    let entries = read["gift"]["history"]["nodes"].as_array().expect("a list");
    let titles: BTreeSet<_> = entries
        .iter()
        .map(|entry| entry["changes"][0]["after"].to_string())
        .collect();
    assert_eq!((entries.len(), titles.len()), (CHANGES + 1, CHANGES + 1), "{read:#}");
}
