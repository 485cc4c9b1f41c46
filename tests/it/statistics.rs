//! Statistics over the article's gifts: the traps in its figures, what lists show, and what is refused.

use serde_json::{Value as Json, json};

use crate::support::TestApp;

async fn article() -> TestApp {
    TestApp::with(&["article"]).await
}

/// The entry of a list with this label.
fn entry<'a>(list: &'a Json, label: &str) -> &'a Json {
    let mut entries = list.as_array().expect("a list").iter();
    let found = entries.find(|entry| entry["label"] == label);
    found.unwrap_or_else(|| panic!("no {label} in {list:#}"))
}

#[tokio::test]
async fn a_total_that_a_source_gives_is_not_replaced_by_the_sum_of_its_items() {
    let app = article().await;
    let query = r#"{
        giftStats(where: { slug: { eq: "ru-kp-2024" } }) {
            gifts animals { min max text } unknownCounts
            byAnimal(first: 50) { label animals { text } }
        }
    }"#;
    let stats = &app.query(query).await["giftStats"];
    // The items add up to 75.
    assert_eq!(
        stats["animals"],
        json!({ "min": 71, "max": null, "text": "71 or more" })
    );
    assert_eq!(stats["unknownCounts"], 0);
    assert_eq!(entry(&stats["byAnimal"], "Mandarin duck")["animals"]["text"], "40");
}

#[tokio::test]
async fn what_is_not_known_is_counted_as_unknown_and_never_as_nothing() {
    let app = article().await;
    let data = app
        .query(
            "{ giftStats { gifts animals { min max exact } unknownCounts
                byRecipient { label gifts animals { text } unknownCounts } } }",
        )
        .await;
    let stats = &data["giftStats"];
    assert_eq!(stats["gifts"], 6);
    // 71 and more, 2 and 2: nothing is known of the pandas for South Korea, Japan and North Korea.
    assert_eq!(stats["animals"], json!({ "min": 75, "max": null, "exact": null }));
    assert_eq!(stats["unknownCounts"], 3);
    let japan = entry(&stats["byRecipient"], "Japan");
    assert_eq!(
        *japan,
        json!({ "label": "Japan", "gifts": 1, "animals": { "text": "0 or more" }, "unknownCounts": 1 })
    );
}

#[tokio::test]
async fn soldiers_are_no_animals_and_the_lion_is_one() {
    let app = article().await;
    let data = app
        .query("{ giftStats { byAnimal(first: 50) { label gifts animals { exact max } } } events { nodes { slug headcount { min } } } }")
        .await;
    let list = &data["giftStats"]["byAnimal"];
    assert_eq!(
        *entry(list, "African lion"),
        json!({ "label": "African lion", "gifts": 1, "animals": { "exact": 1, "max": 1 } })
    );
    let troops = data["events"]["nodes"].as_array().expect("events").iter();
    assert!(
        troops.clone().any(|event| event["headcount"]["min"] == 10_001),
        "{data:#}"
    );
    for entry in list.as_array().expect("a list") {
        assert_ne!(entry["animals"]["max"], 10_001);
    }
}

#[tokio::test]
async fn a_gift_whose_date_spans_many_years_stands_apart_and_is_possible_in_each_of_them() {
    let app = article().await;
    let query = "{ giftStats { gifts byYear(first: 200) { label kind gifts possible start end }
        byDecade { label gifts possible } } }";
    let stats = &app.query(query).await["giftStats"];
    // Since 1965, until an unknown time, which is no later than today. More than 20 years alike are a run.
    assert_eq!(
        entry(&stats["byYear"], "1965 to 2017"),
        &json!({ "label": "1965 to 2017", "kind": "RUN", "gifts": 0, "possible": 1, "start": "1965-01-01",
            "end": "2017-12-31" })
    );
    for (year, gifts) in [(2018, 1), (2019, 0), (2023, 0), (2024, 2)] {
        assert_eq!(
            entry(&stats["byYear"], &year.to_string()),
            &json!({ "label": year.to_string(), "kind": "VALUE", "gifts": gifts, "possible": 1,
                "start": format!("{year}-01-01"), "end": format!("{year}-12-31") })
        );
    }
    for (label, gifts) in [("no certain year", 1), ("no date", 2)] {
        assert_eq!(entry(&stats["byYear"], label)["gifts"], gifts, "{label}");
    }
    let decades: Vec<&str> = stats["byDecade"]
        .as_array()
        .expect("decades")
        .iter()
        .filter_map(|decade| decade["label"].as_str())
        .collect();
    assert_eq!(
        decades[..7],
        ["1960s", "1970s", "1980s", "1990s", "2000s", "2010s", "2020s"]
    );
    let gifts = |entry: &Json| entry["gifts"].as_i64().expect("a number");
    assert_eq!(
        stats["byDecade"]
            .as_array()
            .expect("decades")
            .iter()
            .map(gifts)
            .sum::<i64>(),
        6
    );
}

#[tokio::test]
async fn claims_that_contradict_each_other_count_both() {
    let app = article().await;
    let query = r#"{ giftStats(where: { slug: { eq: "ru-kp-2024" } }) { byCertainty { certainty label gifts } } }"#;
    let list = &app.query(query).await["giftStats"]["byCertainty"];
    // C33 is stated, C35 reported.
    for label in ["stated", "reported", "quoted", "planned", "interpretation"] {
        assert_eq!(entry(list, label)["gifts"], 1);
    }
}

#[tokio::test]
async fn what_stands_behind_first_is_summed_up() {
    let app = article().await;
    let query = "{ giftStats { byGiver(first: 1) { label kind gifts others nation { name } animals { text } } } }";
    let list = &app.query(query).await["giftStats"]["byGiver"];
    assert_eq!(
        *list,
        json!([
            { "label": "China", "kind": "VALUE", "gifts": 4, "others": 0, "nation": { "name": "China" }, "animals": { "text": "2 or more" } },
            { "label": "2 others", "kind": "OTHERS", "gifts": 2, "others": 2, "nation": null, "animals": { "text": "73 or more" } },
        ])
    );
}

#[tokio::test]
async fn flows_go_from_giver_to_recipient_with_their_first_and_last_day() {
    let app = article().await;
    let query = r#"{ giftFlows(where: { giver: { id: { eq: "nation_china" } } }, first: 2) {
        giver { name } recipient { name } gifts animals { text } firstDate lastDate } }"#;
    assert_eq!(
        app.query(query).await["giftFlows"],
        json!([
            { "giver": { "name": "China" }, "recipient": { "name": "Japan" }, "gifts": 1, "animals": { "text": "0 or more" },
              "firstDate": null, "lastDate": null },
            // The end of its date is not known.
            { "giver": { "name": "China" }, "recipient": { "name": "North Korea" }, "gifts": 1,
              "animals": { "text": "0 or more" }, "firstDate": "1965-01-01", "lastDate": null },
        ])
    );
}

#[tokio::test]
async fn lists_longer_than_a_page_are_refused() {
    let app = article().await;
    for list in [
        "giftStats { byYear(first: 201) { gifts } }",
        "giftFlows(first: 201) { gifts }",
    ] {
        let (code, message) = app.error(&format!("{{ {list} }}")).await;
        assert_eq!(code, "LIMIT_EXCEEDED", "{message}");
        assert!(message.contains("accepted are 0 to 200"), "{message}");
    }
    let (code, message) = app.error("{ giftStats { byGiver(first: -1) { gifts } } }").await;
    assert_eq!(code, "BAD_USER_INPUT", "{message}");
}

#[tokio::test]
async fn nothing_that_matches_gives_nothing_and_no_error() {
    let app = article().await;
    let query = r#"{ giftStats(where: { date: { within: "1700" } }) { gifts animals { exact } byGiver { label }
        byAnimal { label } byYear { label } byStatus { label } byCertainty { label } }
        giftFlows(where: { date: { within: "1700" } }) { gifts } }"#;
    assert_eq!(
        app.query(query).await,
        json!({
            "giftStats": { "gifts": 0, "animals": { "exact": 0 }, "byGiver": [], "byAnimal": [], "byYear": [],
                "byStatus": [], "byCertainty": [] },
            "giftFlows": [],
        })
    );
}

#[tokio::test]
async fn root_fields_come_in_the_order_of_the_query_whichever_ends_first() {
    let app = article().await;
    let query = "query { z: giftStats { byCertainty { gifts } } ...More y: serviceConfig { maxPageSize } }
        fragment More on Query { x: gifts { totalCount } z: giftStats { gifts } w: giftFlows { gifts } }";
    for _ in 0..5 {
        let data = app.query(query).await;
        let keys: Vec<&String> = data.as_object().expect("an object").keys().collect();
        assert_eq!(keys, ["z", "x", "w", "y"]);
    }
}

#[tokio::test]
async fn the_dashboards_own_query_is_answered_and_within_the_limits() {
    let app = TestApp::with(&["article", "history"]).await;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/web/src/dashboard/operations");
    let read = |file: &str| std::fs::read_to_string(format!("{folder}/{file}.graphql")).expect("an operation");
    let query = read("overview") + "fragment Bounds on Count { min max text }";
    let data = app.query_with(&query, json!({ "where": null, "by": "ANIMAL" })).await;
    assert!(data["giftStats"]["gifts"].as_i64().expect("a number") > 50, "{data:#}");
    assert!(!data["giftFlows"].as_array().expect("flows").is_empty());
}

#[tokio::test]
async fn the_summary_says_what_the_numbers_say() {
    let app = TestApp::with(&["article", "history"]).await;
    let filters = [
        "{}",
        "{ giver: { slug: { eq: \"china\" } } }",
        "{ recipient: { slug: { eq: \"north-korea\" } } }",
        "{ animal: { slug: { eq: \"giant-panda\" } } }",
        "{ animal: { class: { eq: \"Aves\" } } }",
        "{ status: { eq: RETURNED } }",
        "{ date: { within: \"1950/1980\" } }",
        "{ text: \"bear\" }",
        "{ slug: { eq: \"ru-kp-2024\" } }",
        "{ slug: { eq: \"none\" } }",
    ];
    for filter in filters {
        let query = format!(
            "{{ giftStats(where: {filter}) {{ summary gifts unknownCounts
                byGiver(first: 200) {{ label gifts }} byRecipient(first: 200) {{ label }} byAnimal(first: 200) {{ kind label gifts }} }} }}"
        );
        is_summed_up(filter, &app.query(&query).await["giftStats"]);
    }
}

/// The summary says what the other numbers say.
fn is_summed_up(filter: &str, stats: &serde_json::Value) {
    let summary = stats["summary"].as_str().expect("a text");
    let number = |field: &str| stats[field].as_u64().expect("a number");
    if number("gifts") == 0 {
        assert_eq!(summary, "No gift matches.");
        return;
    }
    let list = |field: &str| stats[field].as_array().expect("a list").clone();
    let nations = |all: &[serde_json::Value]| match all {
        [only] => only["label"].as_str().expect("a name").to_owned(),
        all => format!("{} nations", all.len()),
    };
    let gifts = if number("gifts") == 1 { "gift" } else { "gifts" };
    let begin = format!(
        "{} {gifts} of animals, from {} to {}.",
        number("gifts"),
        nations(&list("byGiver")),
        nations(&list("byRecipient"))
    );
    assert!(summary.starts_with(&begin), "{filter}: {summary}; {begin}");
    // Whoever is named has the most, and nobody who has as many is passed over.
    for (words, field) in [(" gave the most: ", "byGiver"), ("Given most often: ", "byAnimal")] {
        let groups = list(field);
        let most = groups
            .iter()
            .filter_map(|group| group["gifts"].as_u64())
            .max()
            .unwrap_or(0);
        let first: Vec<&str> = groups
            .iter()
            .filter(|group| group["gifts"] == most && group["kind"] != "MISSING")
            .filter_map(|group| group["label"].as_str())
            .collect();
        let is_said = number("gifts") > 1 && (1..=2).contains(&first.len()) && (field != "byGiver" || groups.len() > 1);
        assert_eq!(summary.contains(words), is_said, "{filter}: {summary}");
        if is_said {
            assert!(first.iter().all(|name| summary.contains(name)), "{filter}: {summary}");
            assert!(summary.contains(&most.to_string()), "{filter}: {summary}");
        }
    }
    let unknown = number("unknownCounts");
    assert_eq!(
        summary.contains("nobody knows") || summary.contains("Nobody knows"),
        unknown > 0,
        "{filter}: {summary}"
    );
}
