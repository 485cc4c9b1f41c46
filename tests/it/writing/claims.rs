//! Claims stay whole: figures say on which claim they rest, and who contradicts is contradicted.

use serde_json::{Value as Json, json};

use super::{Desk, MISTAKES, gift, mistakes};

/// A claim about a gift.
fn claim(code: &str, conflicts: &[&str]) -> Json {
    json!({
        "id": format!("claim_{code}"), "code": code, "source": "source_article", "statement": "There were three.",
        "certainty": "STATED", "url": "https://example.org/", "about": ["gift_hawks"], "conflictsWith": conflicts, "dependsOn": [], "attributions": [],
    })
}

async fn desk() -> Desk {
    let desk = Desk::open().await;
    desk.does("createGift", gift("hawks")).await;
    desk.does("createClaim", claim("three", &[])).await;
    desk
}

/// The versions and contradictions of claims.
async fn contradictions(desk: &Desk, id: &str) -> Json {
    let read = desk
        .read(&format!(
            "{{ claim(id: \"{id}\") {{ version conflictsWith {{ id }} }} }}"
        ))
        .await;
    read["claim"].clone()
}

#[tokio::test]
async fn a_figure_shows_the_claim_that_it_rests_on() {
    let desk = desk().await;
    let items = json!([{ "animal": "animal_brown-bear", "count": { "min": 3, "max": 3, "claim": "claim_three" } }]);
    let patch = json!({ "id": "gift_hawks", "total": { "min": 3, "claim": "claim_three" }, "items": items });
    let selected = format!(
        "gift {{ total {{ text claim {{ statement }} }} items {{ count {{ claim {{ id }} }} }} itemsTotal {{ claim {{ id }} }} }} {MISTAKES}"
    );
    let made = desk.make("updateGift", &selected, patch).await;
    let expected = json!({
        "total": { "text": "3 or more", "claim": { "statement": "There were three." } },
        "items": [{ "count": { "claim": { "id": "claim_three" } } }],
        "itemsTotal": { "claim": null },
    });
    assert_eq!(made["gift"], expected, "{made:#}");
    let read = desk
        .read("{ gifts(where: { slug: { eq: \"hawks\" } }) { nodes { total { claim { id } } } } }")
        .await;
    assert_eq!(read["gifts"]["nodes"][0]["total"]["claim"]["id"], "claim_three");
    desk.does(
        "updateGift",
        json!({ "id": "gift_hawks", "total": { "phrase": "three" } }),
    )
    .await;
    let dropped = json!({ "id": "gift_hawks", "total": { "claim": null } });
    let made = desk.make("updateGift", MISTAKES, dropped).await;
    let unclaimed = [("UNCLAIMED", "total")];
    assert_eq!(mistakes(&made), unclaimed, "a claim is not lost in silence");
    let gone = desk.make("deleteClaim", MISTAKES, json!({ "id": "claim_three" })).await;
    let told = gone["userErrors"][0]["message"].as_str().expect("a text");
    assert!(
        told.contains("gift_hawks refers to claim_three in `items[0].count.claim`"),
        "{told}"
    );
}

#[tokio::test]
async fn a_figure_does_not_change_without_a_claim_unless_that_is_said() {
    let desk = desk().await;
    let brown = |count: Json| json!([{ "animal": "animal_brown-bear", "count": count }]);
    let cases = [
        (json!({ "total": { "min": 3 } }), "total"),
        (json!({ "total": null }), "total"),
        (json!({ "total": { "min": 2, "max": 2 } }), "total"),
        (json!({ "occasions": { "min": 1 } }), "occasions"),
        (
            json!({ "items": brown(json!({ "min": 3, "max": 3 })) }),
            "items[0].count",
        ),
        (json!({ "items": [] }), "items[0].count"),
        (
            json!({ "items": [
                { "animal": "animal_lion", "speciesCount": { "min": 2 } },
                { "animal": "animal_brown-bear", "count": { "min": 2, "max": 2 } },
            ] }),
            "items[0].speciesCount",
        ),
    ];
    for (patch, field) in cases {
        let mut input = patch.clone();
        input["id"] = json!("gift_hawks");
        let made = desk.make("updateGift", MISTAKES, input.clone()).await;
        assert_eq!(mistakes(&made), [("UNCLAIMED", field)], "{patch}: {made:#}");
        let message = made["userErrors"][0]["message"].as_str().expect("a text");
        assert!(
            message.contains("accepted") && message.contains("withoutClaim"),
            "{message}"
        );
    }
    // The same figures in another order, or in other words, are no other figures.
    let same = json!({ "id": "gift_hawks", "total": { "min": 2, "phrase": "a pair at least" } });
    desk.does("updateGift", same).await;
    let said = json!({ "id": "gift_hawks", "total": null, "withoutClaim": true });
    let made = desk
        .make("updateGift", &format!("gift {{ total {{ text }} }} {MISTAKES}"), said)
        .await;
    assert_eq!((mistakes(&made), &made["gift"]["total"]), (vec![], &Json::Null));
    let nowhere = json!({ "id": "gift_hawks", "total": { "min": 3, "claim": "claim_none" } });
    let made = desk.make("updateGift", MISTAKES, nowhere).await;
    assert_eq!(mistakes(&made), [("NO_SUCH_REFERENCE", "total.claim")]);
}

#[tokio::test]
async fn claims_that_contradict_each_other_both_say_so() {
    let desk = desk().await;
    let selected = format!("claim {{ id conflictsWith {{ id conflictsWith {{ id }} }} }} {MISTAKES}");
    let made = desk
        .make("createClaim", &selected, claim("two", &["claim_three"]))
        .await;
    let expected = json!([{ "id": "claim_three", "conflictsWith": [{ "id": "claim_two" }] }]);
    assert_eq!(made["claim"]["conflictsWith"], expected, "{made:#}");
    let other = json!({ "version": 2, "conflictsWith": [{ "id": "claim_two" }] });
    assert_eq!(contradictions(&desk, "claim_three").await, other);
    let history = desk
        .read("{ claim(id: \"claim_three\") { history { nodes { by changes { field after } } } } }")
        .await;
    let last = json!({ "by": "ed", "changes": [{ "field": "conflictsWith", "after": ["claim_two"] }] });
    assert_eq!(history["claim"]["history"]["nodes"][0], last);
    let found = desk
        .read("{ claims(where: { conflicting: true, id: { in: [\"claim_two\", \"claim_three\"] } }) { totalCount } }")
        .await;
    assert_eq!(found["claims"]["totalCount"], 2);

    let none = json!({ "id": "claim_two", "conflictsWith": [] });
    desk.does("updateClaim", none).await;
    let other = json!({ "version": 3, "conflictsWith": [] });
    assert_eq!(contradictions(&desk, "claim_three").await, other);
    let again = json!({ "id": "claim_two", "conflictsWith": ["claim_three"] });
    desk.does("updateClaim", again).await;
    let selected = format!("deletedId {MISTAKES}");
    let gone = desk.make("deleteClaim", &selected, json!({ "id": "claim_two" })).await;
    assert_eq!(
        gone["deletedId"], "claim_two",
        "a contradiction ends with either of its sides"
    );
    let other = json!({ "version": 5, "conflictsWith": [] });
    assert_eq!(contradictions(&desk, "claim_three").await, other);
    let selected = format!("document {{ id }} {MISTAKES}");
    let back = desk.make("revert", &selected, json!({ "id": "claim_two@4" })).await;
    assert_eq!(back["document"]["id"], "claim_two", "{back:#}");
    let other = json!({ "version": 6, "conflictsWith": [{ "id": "claim_two" }] });
    assert_eq!(
        contradictions(&desk, "claim_three").await,
        other,
        "and comes back with it"
    );
    let itself = json!({ "id": "claim_two", "conflictsWith": ["claim_three", "claim_two"] });
    let made = desk.make("updateClaim", MISTAKES, itself).await;
    assert_eq!(mistakes(&made), [("INVALID", "conflictsWith[1]")]);
    desk.app.is_whole().await;
}

/// What is told of an import.
const IMPORTED: &str = "created updated unchanged userErrors { row field code }";

#[tokio::test]
async fn rows_that_are_imported_keep_claims_whole_too() {
    let desk = desk().await;
    let rows = json!([claim("two", &["claim_three", "claim_four"]), claim("four", &[])]);
    let made = desk
        .make("importRows", IMPORTED, json!({ "kind": "CLAIM", "rows": rows }))
        .await;
    assert_eq!(
        made,
        json!({ "created": 2, "updated": 0, "unchanged": 0, "userErrors": [] })
    );
    let other = json!({ "version": 1, "conflictsWith": [{ "id": "claim_two" }] });
    assert_eq!(contradictions(&desk, "claim_four").await, other, "within the rows");
    let other = json!({ "version": 2, "conflictsWith": [{ "id": "claim_two" }] });
    assert_eq!(contradictions(&desk, "claim_three").await, other, "outside of them");
    // What is said already stays, also where a row does not repeat it: an import that is run again changes nothing.
    let rows = json!([claim("four", &[]), claim("two", &["claim_four"])]);
    let made = desk
        .make("importRows", IMPORTED, json!({ "kind": "CLAIM", "rows": rows }))
        .await;
    assert_eq!(made["unchanged"], 2, "{made:#}");
    // A bad row says nothing of others.
    let mut bad = claim("bad", &["claim_four"]);
    bad["dependsOn"] = json!(["claim_none"]);
    let mut four = claim("four", &[]);
    four["statement"] = json!("There were four.");
    let input = json!({ "kind": "CLAIM", "rows": [bad, four], "keepGood": true });
    let made = desk.make("importRows", IMPORTED, input).await;
    let problem = json!([{ "row": 0, "field": "dependsOn[0]", "code": "NO_SUCH_REFERENCE" }]);
    assert_eq!(
        (&made["userErrors"], &made["updated"]),
        (&problem, &json!(1)),
        "{made:#}"
    );
    let other = json!({ "version": 2, "conflictsWith": [{ "id": "claim_two" }] });
    assert_eq!(contradictions(&desk, "claim_four").await, other);

    desk.app.is_whole().await;
}

#[tokio::test]
async fn a_row_that_is_imported_does_not_change_a_figure_without_a_claim_unless_that_is_said() {
    let desk = desk().await;
    let mut three = gift("hawks");
    three["total"] = json!({ "min": 3 });
    // A row is a whole document, so nothing in it is left out.
    three["statusHistory"] = json!([]);
    three["inferred"] = json!([]);
    for list in ["otherReadings", "attributes", "names"] {
        three["items"][0][list] = json!([]);
    }
    let input = json!({ "kind": "GIFT", "rows": [three] });
    let made = desk.make("importRows", IMPORTED, input.clone()).await;
    let problem = json!([{ "row": 0, "field": "total", "code": "UNCLAIMED" }]);
    assert_eq!(
        (&made["userErrors"], &made["updated"]),
        (&problem, &json!(0)),
        "{made:#}"
    );
    let mut said = input;
    said["withoutClaims"] = json!(true);
    let made = desk.make("importRows", IMPORTED, said).await;
    assert_eq!(
        (&made["userErrors"], &made["updated"]),
        (&json!([]), &json!(1)),
        "{made:#}"
    );
    desk.app.is_whole().await;
}
