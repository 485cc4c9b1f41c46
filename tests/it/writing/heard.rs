//! What editors change is told to subscribers: each change once, in its order, with the fields that it changed.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use serde_json::{Value as Json, json};

use super::{Desk, gift};
use crate::live::socket::Socket;

/// How many gifts change, and how often each.
const GIFTS: usize = 6;
const CHANGES: usize = 5;

/// Enters, changes and deletes a gift.
async fn write(desk: &Desk, name: &str) {
    desk.does("createGift", gift(name)).await;
    let id = format!("gift_{name}");
    for change in 0..CHANGES {
        let patch = json!({ "id": id, "title": format!("Title {change}") });
        desk.does("updateGift", patch).await;
    }
    desk.does("deleteGift", json!({ "id": id })).await;
}

/// The changes of each document, as they are heard, until all of them are.
async fn hear(socket: &mut Socket) -> BTreeMap<String, Vec<Json>> {
    let mut heard: BTreeMap<String, Vec<Json>> = BTreeMap::new();
    while heard.values().map(Vec::len).sum::<usize>() < GIFTS * (CHANGES + 2) + 2 {
        let message = socket.message().await;
        let change = message["payload"]["data"]["changes"].clone();
        let id = change["id"].as_str().unwrap_or_else(|| panic!("{message}")).to_owned();
        // The set that was loaded before may still be told of.
        if id.contains("heard") || id == "claim_last" || change["operation"] != "CREATED" {
            heard.entry(id).or_default().push(change);
        }
    }
    heard
}

/// A change tells of this field as changed, and not of that.
fn tells_of(change: &Json, field: &str, other: &str) {
    let fields = change["changedFields"].as_array().expect("fields");
    assert!(
        fields.contains(&json!(field)) && !fields.contains(&json!(other)),
        "{fields:?}"
    );
}

#[tokio::test]
async fn each_change_is_heard_once_and_in_its_order() {
    let desk = Desk::open().await;
    let mut socket = Socket::connected(&desk.app).await;
    let place = desk.app.changes_cursor().await;
    let query = format!(
        "subscription {{ changes(after: {place:?}, kinds: [GIFT, CLAIM]) {{ id operation changedFields version }} }}"
    );
    socket.subscribe("s", &query).await;
    let names: Vec<String> = (0..GIFTS).map(|number| format!("heard-{number}")).collect();
    join_all(names.iter().map(|name| write(&desk, name))).await;
    let last = json!({
        "id": "claim_last", "code": "last", "source": "source_article", "statement": "The last.", "certainty": "STATED",
        "url": "https://example.org/", "conflictsWith": ["claim_article-C05"],
    });
    desk.does("createClaim", last).await;

    let mut heard = hear(&mut socket).await;
    assert_eq!(
        heard.remove("claim_last").expect("it is told")[0]["operation"],
        "CREATED"
    );
    let other = heard.remove("claim_article-C05").expect("it is told");
    assert_eq!((&other[0]["operation"], other.len()), (&json!("UPDATED"), 1));
    tells_of(&other[0], "conflictsWith", "statement");
    for (id, changes) in &heard {
        let operations: Vec<&Json> = changes.iter().map(|change| &change["operation"]).collect();
        let mut expected = vec!["CREATED"];
        expected.extend(["UPDATED"; CHANGES]);
        expected.push("DELETED");
        assert_eq!(operations, expected, "{id}");
        let versions: Vec<_> = changes.iter().filter_map(|change| change["version"].as_i64()).collect();
        assert!(versions.is_sorted(), "{id}: {versions:?}");
        tells_of(&changes[1], "title", "giver");
    }
}
