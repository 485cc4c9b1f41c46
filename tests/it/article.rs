//! What the article says, found from every side, and the traps in its figures.

use menagerie::domain::id::Kind;
use serde_json::{Value as Json, json};

use crate::support::TestApp;

/// Claim, paragraph, sentence, certainty, whom it is ascribed to (with a `?` where the scope is uncertain).
const CLAIMS: [(&str, i32, i32, &str, &[&str]); 45] = [
    ("C01", 1, 1, "STATED", &[]),
    ("C02", 1, 1, "SPECULATION", &["source_unnamed"]),
    ("C03", 2, 1, "STATED", &[]),
    ("C04", 2, 1, "STATED", &[]),
    ("C05", 2, 2, "REPORTED", &["source_reports"]),
    ("C06", 2, 2, "REPORTED", &["source_reports"]),
    ("C07", 2, 2, "REPORTED", &["source_reports"]),
    ("C08", 2, 2, "REPORTED", &["source_reports"]),
    ("C09", 2, 3, "REPORTED", &["source_tass"]),
    ("C10", 2, 3, "REPORTED", &["source_tass"]),
    ("C11", 2, 3, "REPORTED", &["source_tass"]),
    ("C12", 2, 3, "REPORTED", &["source_tass"]),
    ("C13", 3, 1, "QUOTED", &["source_russian-ministry"]),
    ("C14", 3, 2, "INTERPRETATION", &[]),
    ("C15", 3, 3, "STATED", &[]),
    ("C16", 3, 3, "REPORTED", &["source_pentagon"]),
    ("C17", 3, 3, "STATED", &["source_pentagon?"]),
    ("C18", 4, 1, "STATED", &[]),
    ("C19", 4, 2, "STATED", &[]),
    ("C20", 4, 2, "STATED", &[]),
    ("C21", 5, 1, "CONCERN", &["source_us-officials"]),
    ("C22", 5, 2, "ASSESSMENT", &["source_experts"]),
    ("C23", 5, 2, "UNKNOWN", &["source_experts?"]),
    ("C24", 6, 1, "STATED", &[]),
    ("C25", 6, 2, "STATED", &[]),
    ("C26", 6, 2, "STATED", &[]),
    ("C27", 6, 3, "STATED", &[]),
    ("C28", 6, 4, "STATED", &[]),
    ("C29", 6, 4, "UNKNOWN", &[]),
    ("C30", 7, 1, "STATED", &[]),
    ("C31", 7, 1, "STATED", &[]),
    ("C32", 7, 2, "STATED", &[]),
    ("C33", 8, 1, "STATED", &[]),
    ("C34", 8, 2, "STATED", &["source_tass?"]),
    ("C35", 8, 2, "REPORTED", &["source_tass", "source_russian-state-media"]),
    ("C36", 1, 1, "STATED", &[]),
    ("C37", 2, 2, "REPORTED", &["source_reports", "source_tass"]),
    ("C38", 3, 2, "INTERPRETATION", &[]),
    ("C39", 3, 3, "STATED", &[]),
    ("C40", 4, 1, "STATED", &[]),
    ("C41", 4, 2, "STATED", &[]),
    ("C42", 5, 2, "STATED", &[]),
    ("C43", 6, 2, "STATED", &[]),
    ("C44", 7, 1, "STATED", &[]),
    ("C45", 8, 1, "PLANNED", &[]),
];

fn texts(list: &Json, field: &str) -> Vec<String> {
    let entries = list.as_array().expect("a list").iter();
    entries
        .map(|entry| entry[field].as_str().expect("a text").to_owned())
        .collect()
}

#[tokio::test]
async fn every_claim_is_found_by_its_id_with_statement_certainty_attribution_and_locator() {
    let app = TestApp::with(&["article"]).await;
    let query = "query($id: ID!) { claim(id: $id) { code statement certainty locator { paragraph sentence }
        source { id } attributions { scope to { id } } } }";
    for (code, paragraph, sentence, certainty, ascribed) in CLAIMS {
        let claim = app
            .query_with(query, json!({ "id": format!("claim_article-{code}") }))
            .await["claim"]
            .take();
        assert_eq!(claim["code"], code);
        assert_eq!(claim["certainty"], certainty, "{code}");
        assert_eq!(
            claim["locator"],
            json!({ "paragraph": paragraph, "sentence": sentence }),
            "{code}"
        );
        assert_eq!(claim["source"]["id"], "source_article", "{code}");
        assert!(
            claim["statement"].as_str().is_some_and(|text| text.len() > 20),
            "{code}"
        );
        let found: Vec<String> = claim["attributions"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| {
                let mark = if one["scope"] == "UNCERTAIN" { "?" } else { "" };
                format!("{}{mark}", one["to"]["id"].as_str().expect("an id"))
            })
            .collect();
        assert_eq!(found, ascribed, "{code}");
    }
}

#[tokio::test]
async fn every_claim_is_found_from_every_document_that_it_is_about() {
    let app = TestApp::with(&["article"]).await;
    let claims = app
        .query("{ claims(first: 200, where: {source: {eq: \"source_article\"}}) { totalCount nodes { id code about { id __typename } } } }")
        .await["claims"]
        .take();
    assert_eq!(claims["totalCount"], 45);
    for claim in claims["nodes"].as_array().expect("a list") {
        let about = texts(&claim["about"], "id");
        // Only the claim about animals in politics at large is about no document.
        assert_eq!(about.is_empty(), claim["code"] == "C24", "{claim}");
        for id in about {
            let query = "query($id: ID!) { node(id: $id) {
                ... on Gift { claims(first: 200) { nodes { id } } } ... on Nation { claims(first: 200) { nodes { id } } }
                ... on Animal { claims(first: 200) { nodes { id } } } ... on Event { claims(first: 200) { nodes { id } } }
                ... on Claim { claims(first: 200) { nodes { id } } } ... on Source { claims(first: 200) { nodes { id } } } } }";
            let node = app.query_with(query, json!({ "id": id })).await["node"].take();
            let back = texts(&node["claims"]["nodes"], "id");
            assert!(
                back.contains(&claim["id"].as_str().expect("an id").to_owned()),
                "{id} does not know {claim}"
            );
        }
    }
}

#[tokio::test]
async fn conflicts_and_dependencies_are_linked_both_ways() {
    let app = TestApp::with(&["article", "history"]).await;
    let claims = app
        .query("{ claims(first: 200) { nodes { id conflictsWith { id } dependsOn { id } dependents(first: 50) { nodes { id } } } pageInfo { endCursor } } }")
        .await["claims"]["nodes"]
        .take();
    let all = claims.as_array().expect("a list");
    let mut conflicts = 0;
    for claim in all {
        for other in texts(&claim["conflictsWith"], "id") {
            let back = app
                .query_with(
                    "query($id: ID!) { claim(id: $id) { conflictsWith { id } } }",
                    json!({ "id": other }),
                )
                .await;
            assert!(
                texts(&back["claim"]["conflictsWith"], "id").contains(&claim["id"].as_str().expect("id").to_owned())
            );
            conflicts += 1;
        }
        for other in texts(&claim["dependsOn"], "id") {
            let back = app
                .query_with(
                    "query($id: ID!) { claim(id: $id) { dependents { nodes { id } } } }",
                    json!({ "id": other }),
                )
                .await;
            let dependents = texts(&back["claim"]["dependents"]["nodes"], "id");
            assert!(
                dependents.contains(&claim["id"].as_str().expect("id").to_owned()),
                "{claim}"
            );
        }
    }
    assert!(conflicts >= 2, "{conflicts}");
    let query = "query($id: ID!) { claim(id: $id) { conflictsWith { code } dependsOn { code } } }";
    for (code, conflicts, rests_on) in [
        ("C33", vec!["C35"], vec![]),
        ("C35", vec!["C33"], vec![]),
        ("C38", vec![], vec!["C14"]),
        ("C41", vec![], vec!["C19", "C20"]),
        ("C43", vec![], vec!["C24"]),
    ] {
        let claim = app
            .query_with(query, json!({ "id": format!("claim_article-{code}") }))
            .await["claim"]
            .take();
        assert_eq!(texts(&claim["conflictsWith"], "code"), conflicts, "{code}");
        assert_eq!(texts(&claim["dependsOn"], "code"), rests_on, "{code}");
    }
}

#[tokio::test]
async fn the_total_stays_over_seventy_whatever_the_listed_items_sum_to() {
    let app = TestApp::with(&["article"]).await;
    let gift = app
        .query("{ gift(slug: \"ru-kp-2024\") { total { min max exact text phrase } itemsTotal { min max } items { count { min max } speciesCount { min max } otherReadings { count { min max } speciesCount { min max } } animal { slug } } } }")
        .await["gift"]
        .take();
    assert_eq!(
        gift["total"],
        json!({ "min": 71, "max": null, "exact": null, "text": "71 or more", "phrase": "over 70" })
    );
    assert_eq!(gift["itemsTotal"], json!({ "min": 75, "max": 75 }));
    let pheasant = gift["items"]
        .as_array()
        .and_then(|items| items.iter().find(|item| item["animal"]["slug"] == "pheasant"))
        .expect("pheasants");
    assert_eq!(pheasant["count"], json!({ "min": 25, "max": 25 }));
    assert_eq!(pheasant["speciesCount"], json!({ "min": 2, "max": 25 }));
    assert_eq!(
        pheasant["otherReadings"],
        json!([{ "count": { "min": 25, "max": null }, "speciesCount": { "min": 25, "max": 25 } }])
    );
}

#[tokio::test]
async fn a_gift_without_a_count_adds_the_unknown_and_not_zero() {
    let app = TestApp::with(&["article"]).await;
    for slug in ["cn-kr", "cn-jp"] {
        let gift = app
            .query_with(
                "query($slug: String!) { gift(slug: $slug) { mode date { edtf } total { min } itemsTotal { min max } items { count { min } } } }",
                json!({ "slug": slug }),
            )
            .await["gift"]
            .take();
        assert_eq!(
            gift,
            json!({ "mode": "UNSPECIFIED", "date": null, "total": null, "itemsTotal": { "min": 0, "max": null }, "items": [{ "count": null }] }),
            "{slug}"
        );
    }
    let panda = app
        .query("{ animal(slug: \"giant-panda\") { given { min max text } } }")
        .await;
    assert_eq!(
        panda["animal"]["given"],
        json!({ "min": 2, "max": null, "text": "2 or more" })
    );
}

#[tokio::test]
async fn soldiers_are_counted_as_soldiers_and_in_no_count_of_animals() {
    let app = TestApp::with(&["article"]).await;
    let data = app
        .query("{ event(slug: \"troops-in-kursk\") { headcount { min max phrase } headcountOf gifts { totalCount } } animals(first: 200) { nodes { slug given { min max } } } }")
        .await;
    assert_eq!(
        data["event"]["headcount"],
        json!({ "min": 10001, "max": null, "phrase": "over 10,000" })
    );
    assert_eq!(data["event"]["headcountOf"], "soldiers");
    assert_eq!(data["event"]["gifts"]["totalCount"], 0);
    let given: Vec<(&str, &Json)> = data["animals"]["nodes"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|animal| (animal["slug"].as_str().expect("a slug"), &animal["given"]["min"]))
        .collect();
    for (slug, count) in [
        ("brown-bear", 2),
        ("domestic-yak", 2),
        ("mandarin-duck", 40),
        ("pheasant", 25),
        ("white-cockatoo", 5),
        ("giant-panda", 2),
        ("pungsan-dog", 2),
        // One lion, although two claims speak of it.
        ("african-lion", 1),
    ] {
        assert!(given.contains(&(slug, &json!(count))), "{slug}: {given:?}");
    }
    assert_eq!(given.len(), 8);
}

#[tokio::test]
async fn quarantine_and_display_contradict_each_other_and_both_are_shown() {
    let app = TestApp::with(&["article"]).await;
    let gift = app
        .query("{ gift(slug: \"ru-kp-2024\") { status statusHistory { status claim { code conflictsWith { code } } } items { animal { slug } status } } }")
        .await["gift"]
        .take();
    assert_eq!(gift["status"], "QUARANTINE");
    let steps = gift["statusHistory"].as_array().expect("a list");
    for (code, other) in [("C33", "C35"), ("C35", "C33")] {
        let step = steps.iter().find(|step| step["claim"]["code"] == code).expect("a step");
        assert_eq!(step["claim"]["conflictsWith"], json!([{ "code": other }]));
    }
    let lion = gift["items"]
        .as_array()
        .and_then(|items| items.iter().find(|item| item["animal"]["slug"] == "african-lion"))
        .expect("the lion");
    assert_eq!(lion["status"], "ON_DISPLAY");
}

#[tokio::test]
async fn what_was_inferred_is_marked_and_dates_carry_their_bounds() {
    let app = TestApp::with(&["article"]).await;
    let data = app
        .query("{ a: gift(slug: \"ru-kp-2024\") { date { edtf inferred earliest latest precision } }
            b: gift(slug: \"cn-kp-since-1965\") { date { edtf inferred earliest latest precision } occasions { min max } }
            c: gift(slug: \"cn-us-2024\") { inferred }
            d: gift(slug: \"ru-kp-2024\") { destination { name open { edtf earliest latest } nation { slug } } } }")
        .await;
    assert_eq!(
        data["a"]["date"],
        json!({ "edtf": "2024-11", "inferred": ["YEAR", "MONTH"], "earliest": "2024-11-01", "latest": "2024-11-30", "precision": "MONTH" })
    );
    assert_eq!(
        data["b"],
        json!({ "date": { "edtf": "1965/", "inferred": [], "earliest": "1965-01-01", "latest": null, "precision": "INTERVAL" },
            "occasions": { "min": 2, "max": null } })
    );
    assert_eq!(data["c"]["inferred"], json!(["giver", "recipient", "date"]));
    assert_eq!(
        data["d"]["destination"]["open"],
        json!({ "edtf": "1959/..", "earliest": "1959-01-01", "latest": null })
    );
    assert_eq!(data["d"]["destination"]["nation"]["slug"], "north-korea");
}

#[tokio::test]
async fn both_sets_together_are_whole() {
    let app = TestApp::with(&["article", "history"]).await;
    app.is_whole().await;
    for list in Kind::ALL.map(Kind::collection) {
        let data = app.query(&format!("{{ {list} {{ totalCount }} }}")).await;
        let least = match list {
            "gifts" => 50,
            "nations" => 30,
            "animals" => 25,
            "events" => 15,
            "claims" => 150,
            "sources" => 100,
            // A collection that is new may be empty at first.
            _ => 0,
        };
        let count = data[list]["totalCount"].as_i64();
        assert!(count.is_some_and(|count| count >= least), "{list}: {data}");
    }
}
