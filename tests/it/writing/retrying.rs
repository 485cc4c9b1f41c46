//! The same request again and again: made once, and answered each time.

use futures_util::future::join_all;
use serde_json::json;

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
    assert_eq!(
        mistakes(&other),
        [("KEY_REUSED".to_owned(), "idempotencyKey".to_owned())]
    );
    let gone = json!({ "id": "gift_hawks", "idempotencyKey": "k2" });
    for _ in 0..3 {
        let made = desk
            .make("deleteGift", &format!("deletedId {MISTAKES}"), gone.clone())
            .await;
        assert_eq!(made["deletedId"], "gift_hawks", "{made:#}");
    }
}

#[tokio::test]
async fn a_storm_of_repetitions_leaves_each_change_once() {
    let desk = Desk::open().await;
    desk.make("createGift", MISTAKES, gift("hawks")).await;
    let requests = (0..30).flat_map(|number| std::iter::repeat_n(number, 3)).map(|number| {
        let input = json!({
            "id": "gift_hawks", "title": format!("Title {number}"), "idempotencyKey": format!("key {number}"),
        });
        desk.make("updateGift", "gift { id } userErrors { code }", input)
    });
    for made in join_all(requests).await {
        assert_eq!(mistakes(&made), [], "{made:#}");
    }
    let read = desk
        .read("{ gift(slug: \"hawks\") { version history(first: 100) { totalCount nodes { version } } } }")
        .await;
    assert_eq!(read["gift"]["version"], 31);
    assert_eq!(read["gift"]["history"]["totalCount"], 31);
}
