//! Entering, changing, deleting: what is accepted, and what is told of mistakes.

use serde_json::{Value as Json, json};

use super::{Desk, MISTAKES, gift, mistakes};
use crate::support::settings;

#[tokio::test]
async fn a_gift_is_entered_changed_and_deleted() {
    let desk = Desk::open().await;
    let selected = format!(
        "gift {{ id slug version total {{ text }} giver {{ name }} date {{ earliest approximate }} items {{ count {{ exact }} animal {{ commonName }} }} }} {MISTAKES}"
    );
    let made = desk.make("createGift", &selected, gift("hawks-1986")).await;
    assert_eq!(
        made["gift"],
        json!({
            "id": "gift_hawks-1986", "slug": "hawks-1986", "version": 1, "total": { "text": "2 or more" },
            "giver": { "name": "Russia" }, "date": { "earliest": "1986-01-01", "approximate": true },
            "items": [{ "count": { "exact": 2 }, "animal": { "commonName": "Brown bear" } }],
        }),
        "{made:#}"
    );
    let patch = json!({ "id": "gift_hawks-1986", "withoutClaim": true, "total": null, "title": "Hawks", "statusHistory": null });
    let changed = desk
        .make(
            "updateGift",
            "gift { title version total { min } items { names } } userErrors { code }",
            patch,
        )
        .await;
    assert_eq!(
        changed,
        json!({ "gift": { "title": "Hawks", "version": 2, "total": null, "items": [{ "names": [] }] }, "userErrors": [] })
    );
    let gone = desk
        .make(
            "deleteGift",
            "deletedId userErrors { code }",
            json!({ "id": "gift_hawks-1986", "expectedVersion": 2 }),
        )
        .await;
    assert_eq!(gone, json!({ "deletedId": "gift_hawks-1986", "userErrors": [] }));
    let read = desk.read("{ gift(slug: \"hawks-1986\") { id } }").await;
    assert_eq!(read, json!({ "gift": null }));
}

#[tokio::test]
async fn a_change_that_changes_nothing_is_none() {
    let desk = Desk::open().await;
    desk.make("createGift", MISTAKES, gift("hawks")).await;
    let same = json!({ "id": "gift_hawks", "title": "A pair of hawks", "presentedBy": null });
    let made = desk
        .make("updateGift", "gift { version } userErrors { code }", same)
        .await;
    assert_eq!(made, json!({ "gift": { "version": 1 }, "userErrors": [] }));
}

/// A gift with other values.
fn gift_with(changes: &Json) -> Json {
    let mut input = gift("hawks");
    for (name, value) in changes.as_object().expect("an object") {
        input[name] = value.clone();
    }
    input
}

/// Changes that make a gift bad, with the code of the mistake and its field.
fn bad_gifts() -> [(Json, &'static str, &'static str); 13] {
    [
        (json!({ "slug": "Hawks!" }), "INVALID", "slug"),
        (json!({ "id": "nation_hawks" }), "INVALID", "id"),
        (json!({ "title": "" }), "INVALID", "title"),
        (json!({ "date": { "edtf": "1986-13" } }), "INVALID", "date.edtf"),
        (json!({ "total": { "min": 3, "max": 2 } }), "INVALID", "total.min"),
        (json!({ "total": { "min": -1 } }), "INVALID", "total.min"),
        (
            json!({ "items": [{ "animal": "animal_brown-bear", "count": { "min": -1 } }] }),
            "INVALID",
            "items[0].count.min",
        ),
        (json!({ "giver": "nation_nowhere" }), "NO_SUCH_REFERENCE", "giver"),
        (json!({ "giver": "gift_ru-kp-2024" }), "INVALID", "giver"),
        (
            json!({ "items": [{ "animal": "animal_unicorn" }] }),
            "NO_SUCH_REFERENCE",
            "items[0].animal",
        ),
        (json!({ "slug": "ru-kp-2024", "id": "gift_other" }), "TAKEN", "slug"),
        (json!({ "slug": "ru-kp-2024" }), "TAKEN", "id"),
        (json!({ "idempotencyKey": "" }), "INVALID", "idempotencyKey"),
    ]
}

#[tokio::test]
async fn every_mistake_is_told_with_its_field_and_nothing_is_changed() {
    let desk = Desk::open().await;
    for (changes, code, field) in bad_gifts() {
        let made = desk
            .make("createGift", &format!("gift {{ id }} {MISTAKES}"), gift_with(&changes))
            .await;
        assert_eq!(made["gift"], Json::Null, "{changes}: {made:#}");
        assert_eq!(mistakes(&made), [(code, field)], "{changes}: {made:#}");
        let message = made["userErrors"][0]["message"].as_str().expect("a text");
        assert!(
            message.contains("accepted") || message.contains("expected"),
            "{changes}: {message}"
        );
    }
    let several = gift_with(&json!({ "slug": "A", "title": "", "total": { "min": 3, "max": 2 } }));
    let made = desk.make("createGift", MISTAKES, several).await;
    assert_eq!(mistakes(&made).len(), 3, "{made:#}");
    let read = desk
        .read("{ gifts(where: { slug: { eq: \"hawks\" } }) { totalCount } }")
        .await;
    assert_eq!(read["gifts"]["totalCount"], 0);
}

#[tokio::test]
async fn every_mistake_in_a_change_is_told_with_its_field() {
    let desk = Desk::open().await;
    let nations = [
        (json!({ "isoAlpha2": "ru" }), "INVALID", "isoAlpha2"),
        (json!({ "slug": "north-korea" }), "TAKEN", "slug"),
        (json!({ "m49": "64" }), "INVALID", "m49"),
    ];
    for (changes, code, field) in nations {
        let mut input = changes.clone();
        input["id"] = json!("nation_russia");
        let made = desk.make("updateNation", MISTAKES, input).await;
        assert_eq!(mistakes(&made), [(code, field)], "{changes}: {made:#}");
    }
}

#[tokio::test]
async fn what_is_not_there_or_not_as_expected_is_left_alone() {
    let desk = Desk::open().await;
    let made = desk
        .make("updateGift", MISTAKES, json!({ "id": "gift_nowhere", "title": "A" }))
        .await;
    assert_eq!(mistakes(&made), [("NOT_FOUND", "id")]);
    let stale = json!({ "id": "gift_ru-kp-2024", "title": "A", "expectedVersion": 7 });
    let made = desk.make("updateGift", MISTAKES, stale).await;
    assert_eq!(mistakes(&made), [("CONFLICT", "expectedVersion")]);
    let message = made["userErrors"][0]["message"].as_str().expect("a text");
    assert!(message.contains("version 1") && message.contains('7'), "{message}");
    let made = desk
        .make(
            "deleteGift",
            MISTAKES,
            json!({ "id": "gift_ru-kp-2024", "expectedVersion": 7 }),
        )
        .await;
    assert_eq!(mistakes(&made), [("CONFLICT", "expectedVersion")]);
    let cleared = desk
        .make(
            "updateGift",
            MISTAKES,
            json!({ "id": "gift_ru-kp-2024", "title": null }),
        )
        .await;
    assert_eq!(mistakes(&cleared), [("INVALID", "title")], "{cleared:#}");
}

#[tokio::test]
async fn what_others_refer_to_is_not_deleted_and_they_are_listed() {
    let desk = Desk::open().await;
    let made = desk
        .make(
            "deleteNation",
            &format!("deletedId {MISTAKES}"),
            json!({ "id": "nation_russia" }),
        )
        .await;
    assert_eq!(made["deletedId"], Json::Null);
    let errors = made["userErrors"].as_array().expect("a list");
    assert!(errors.iter().all(|error| error["code"] == "REFERENCED"), "{made:#}");
    let told = made.to_string();
    assert!(told.contains("gift_ru-kp-2024") && told.contains("`giver`"), "{told}");
    // What refers to itself alone can go.
    let claim = json!({
        "id": "claim_self", "code": "X01", "source": "source_article", "statement": "It says so.", "certainty": "STATED",
        "locator": { "paragraph": 1, "sentence": 1 },
    });
    desk.does("createClaim", claim).await;
    desk.does("updateClaim", json!({ "id": "claim_self", "about": ["claim_self"] }))
        .await;
    let made = desk
        .make(
            "deleteClaim",
            &format!("deletedId {MISTAKES}"),
            json!({ "id": "claim_self" }),
        )
        .await;
    assert_eq!(made["deletedId"], "claim_self", "{made:#}");
}

#[tokio::test]
async fn every_collection_takes_a_new_document() {
    let desk = Desk::open().await;
    let cases = [
        (
            "createNation",
            "nation",
            json!({ "slug": "ruritania", "name": "Ruritania", "officialName": "Kingdom of Ruritania" }),
        ),
        (
            "createAnimal",
            "animal",
            json!({
                "slug": "snow-leopard-x", "commonName": "snow leopard", "rank": "SPECIES",
                "taxonomy": { "class": "Mammalia", "order": "Carnivora", "family": "Felidae" },
                "conservation": { "category": "VU", "year": 2016 }, "nativeTo": ["MN", "RU"],
            }),
        ),
        (
            "createEvent",
            "event",
            json!({
                "slug": "a-visit", "title": "A visit", "kind": "SUMMIT", "summary": "They met.",
                "nations": [{ "nation": "nation_russia", "role": "HOST" }], "date": { "edtf": "2024-06-19" },
            }),
        ),
        (
            "createSource",
            "source",
            json!({ "title": "A list", "kind": "DATASET", "published": { "edtf": "2024" }, "url": "https://example.org/list" }),
        ),
        (
            "createClaim",
            "claim",
            json!({
                "code": "X02", "source": "source_article", "statement": "So it is said.", "certainty": "REPORTED",
                "url": "https://example.org/list", "about": ["gift_ru-kp-2024"],
            }),
        ),
    ];
    for (mutation, kind, input) in cases {
        let selected = format!("{kind} {{ id version }} {MISTAKES}");
        let made = desk.make(mutation, &selected, input).await;
        assert_eq!(mistakes(&made), [], "{mutation}: {made:#}");
        let id = made[kind]["id"].as_str().expect("an id");
        assert!(id.starts_with(&format!("{kind}_")), "{id}");
        assert_eq!(made[kind]["version"], 1);
    }
}

#[tokio::test]
async fn several_mutations_of_one_request_are_made_in_their_order() {
    let desk = Desk::open().await;
    let query = r#"mutation {
        a: updateGift(input: { id: "gift_ru-kp-2024", title: "One" }) { gift { title version } }
        b: updateGift(input: { id: "gift_ru-kp-2024", title: "Two", expectedVersion: 2 }) { gift { title version } }
        c: updateGift(input: { id: "gift_ru-kp-2024", title: "Three", expectedVersion: 2 }) { userErrors { code } }
    }"#;
    let (status, body) = desk.ask(Some(&desk.token), query, json!({})).await;
    assert_eq!(
        (status, &body["data"]),
        (
            200,
            &json!({
                "a": { "gift": { "title": "One", "version": 2 } },
                "b": { "gift": { "title": "Two", "version": 3 } },
                "c": { "userErrors": [{ "code": "CONFLICT" }] },
            })
        ),
        "{body:#}"
    );
}

#[tokio::test]
async fn what_was_kept_before_a_change_is_not_answered_after_it() {
    let mut settings = settings();
    settings.config.response_cache_bytes = 1024 * 1024;
    let desk = Desk::with(settings).await;
    for number in 0..20 {
        let query = "{ gift(slug: \"ru-kp-2024\") { title giver { name } } }";
        let title = format!("Title {number}");
        desk.read(query).await;
        desk.make(
            "updateGift",
            MISTAKES,
            json!({ "id": "gift_ru-kp-2024", "title": title }),
        )
        .await;
        assert_eq!(desk.read(query).await["gift"]["title"], title);
        let name = format!("Name {number}");
        desk.make("updateNation", MISTAKES, json!({ "id": "nation_russia", "name": name }))
            .await;
        assert_eq!(desk.read(query).await["gift"]["giver"]["name"], name);
    }
}
