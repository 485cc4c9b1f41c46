//! The history: who changed what, in pages, for editors alone; and taking changes back.

use menagerie::api::viewer::Role;
use serde_json::{Value as Json, json};

use super::{Desk, MISTAKES, gift, mistakes};
use crate::identity::made;

const HISTORY: &str = "history { totalCount nodes { id version by action changes { field before after } reverts } }";

#[tokio::test]
async fn each_change_is_recorded_with_who_made_it_and_what_it_changed() {
    let desk = Desk::open().await;
    desk.make("createGift", MISTAKES, gift("hawks")).await;
    desk.make(
        "updateGift",
        MISTAKES,
        json!({ "id": "gift_hawks", "title": "Hawks", "date": { "edtf": "1987" } }),
    )
    .await;
    let read = desk.read(&format!("{{ gift(slug: \"hawks\") {{ {HISTORY} }} }}")).await;
    let history = &read["gift"]["history"];
    assert_eq!(history["totalCount"], 2);
    assert_eq!(
        history["nodes"][0],
        json!({
            "id": "gift_hawks@2", "version": 2, "by": "ed", "action": "UPDATED", "reverts": null,
            "changes": [
                { "field": "title", "before": "A pair of hawks", "after": "Hawks" },
                { "field": "date", "before": { "edtf": "1986~", "inferred": [] }, "after": { "edtf": "1987", "inferred": [] } },
            ],
        }),
        "{history:#}"
    );
    assert_eq!(history["nodes"][1]["action"], "CREATED");
    desk.make("deleteGift", MISTAKES, json!({ "id": "gift_hawks" })).await;
    let read = desk
        .read(&format!(
            "{{ {} }}",
            HISTORY.replace("history", "history(id: \"gift_hawks\")")
        ))
        .await;
    assert_eq!(read["history"]["nodes"][0]["action"], "DELETED");
    assert_eq!(read["history"]["totalCount"], 3);
}

#[tokio::test]
async fn the_history_comes_page_by_page() {
    let desk = Desk::open().await;
    for number in 0..5 {
        desk.make(
            "updateGift",
            MISTAKES,
            json!({ "id": "gift_ru-kp-2024", "title": format!("T{number}") }),
        )
        .await;
    }
    let mut after = Json::Null;
    let mut versions = Vec::new();
    loop {
        let query = "query($after: String) { history(id: \"gift_ru-kp-2024\", first: 2, after: $after) { nodes { version } \
                     pageInfo { hasNextPage hasPreviousPage endCursor } } }";
        let (_, body) = desk.ask(Some(&desk.token), query, json!({ "after": after })).await;
        let page = &body["data"]["history"];
        let nodes = page["nodes"].as_array().unwrap_or_else(|| panic!("{body:#}"));
        versions.extend(nodes.iter().map(|node| node["version"].as_i64().expect("a number")));
        assert_eq!(page["pageInfo"]["hasPreviousPage"], json!(!after.is_null()));
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(versions, [6, 5, 4, 3, 2]);
}

#[tokio::test]
async fn only_editors_see_the_history() {
    let desk = Desk::open().await;
    let reader = made(&desk.app, "reader", Role::Reader, None).await;
    let query = "{ gift(slug: \"ru-kp-2024\") { history { totalCount } } }";
    for (token, code) in [(None, "UNAUTHENTICATED"), (Some(reader.as_str()), "FORBIDDEN")] {
        let (_, body) = desk.ask(token, query, json!({})).await;
        assert_eq!(body["errors"][0]["extensions"]["code"], code, "{body:#}");
    }
}

#[tokio::test]
async fn a_change_is_taken_back_by_a_new_one() {
    let desk = Desk::open().await;
    desk.make("createGift", MISTAKES, gift("hawks")).await;
    desk.make(
        "updateGift",
        MISTAKES,
        json!({ "id": "gift_hawks", "title": "Hawks", "total": null, "withoutClaim": true }),
    )
    .await;
    desk.make("updateGift", MISTAKES, json!({ "id": "gift_hawks", "mode": "LOAN" }))
        .await;
    let selected = format!("document {{ id ... on Gift {{ title version mode total {{ min }} }} }} {MISTAKES}");
    let reverted = desk.make("revert", &selected, json!({ "id": "gift_hawks@2" })).await;
    assert_eq!(
        reverted["document"],
        json!({ "id": "gift_hawks", "title": "A pair of hawks", "version": 4, "mode": "LOAN", "total": { "min": 2 } }),
        "{reverted:#}"
    );
    // The title is not any more what that change had made it.
    let again = desk.make("revert", &selected, json!({ "id": "gift_hawks@2" })).await;
    let fields: Vec<_> = mistakes(&again);
    assert!(fields.contains(&("CHANGED_SINCE", "title")), "{again:#}");
    let history = desk
        .read("{ history(id: \"gift_hawks\", first: 1) { nodes { reverts } } }")
        .await;
    assert_eq!(history["history"]["nodes"][0]["reverts"], "gift_hawks@2");
    // What was entered goes, and what was deleted comes back, with versions that go on.
    desk.make("deleteGift", MISTAKES, json!({ "id": "gift_hawks" })).await;
    let back = desk.make("revert", &selected, json!({ "id": "gift_hawks@5" })).await;
    assert_eq!(
        (&back["document"]["title"], &back["document"]["version"]),
        (&json!("A pair of hawks"), &json!(6)),
        "{back:#}"
    );
    desk.make("createGift", MISTAKES, gift("owls")).await;
    let gone = desk.make("revert", &selected, json!({ "id": "gift_owls@1" })).await;
    assert_eq!((&gone["document"], mistakes(&gone).len()), (&Json::Null, 0), "{gone:#}");
    assert_eq!(desk.read("{ gift(slug: \"owls\") { id } }").await["gift"], Json::Null);
    for id in ["gift_hawks@99", "gift_hawks", "nonsense"] {
        let made = desk.make("revert", &selected, json!({ "id": id })).await;
        assert_eq!(mistakes(&made).len(), 1, "{made:#}");
    }
}

#[tokio::test]
async fn what_came_since_is_not_taken_back_with_a_change() {
    let desk = Desk::open().await;
    desk.make("createGift", MISTAKES, gift("hawks")).await;
    let added = json!({ "id": "gift_hawks", "occasions": { "min": 1 }, "withoutClaim": true });
    desk.does("updateGift", added).await;
    let made = desk.make("revert", MISTAKES, json!({ "id": "gift_hawks@1" })).await;
    assert_eq!(mistakes(&made), [("CHANGED_SINCE", "occasions")]);
    for _ in 0..2 {
        let gone = desk.make("deleteGift", MISTAKES, json!({ "id": "gift_hawks" })).await;
        assert_eq!(mistakes(&gone), []);
        let last = desk
            .read("{ history(id: \"gift_hawks\", first: 1) { nodes { id } } }")
            .await;
        let last = &last["history"]["nodes"][0]["id"];
        desk.does("revert", json!({ "id": last })).await;
    }
    let gone = desk.make("deleteGift", MISTAKES, json!({ "id": "gift_hawks" })).await;
    assert_eq!(mistakes(&gone), []);
    let made = desk.make("revert", MISTAKES, json!({ "id": "gift_hawks@3" })).await;
    let since = [("CHANGED_SINCE", "-")];
    assert_eq!(mistakes(&made), since, "it was entered again since");
}
