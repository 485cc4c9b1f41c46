//! What is selected several times is one field (GraphQL of September 2025, 6.3.2 and 6.4.3), and what fails is null where it
//! may be (6.4.4): cases. `conformance` finds more of them by random documents.

use serde_json::{Value as Json, json};

use crate::support::{TestApp, settings};

/// A server over the article that keeps no answers, so that each is made anew.
async fn app() -> TestApp {
    let app = TestApp::with(&["article"]).await;
    assert_eq!(
        settings().config.response_cache_bytes,
        0,
        "tests keep no answers unless they say so"
    );
    app
}

/// The data of an answer as text, in which the order of the fields shows.
async fn data(app: &TestApp, query: &str) -> String {
    let (status, answer) = app.post(query, json!({})).await;
    assert_eq!((status, answer.get("errors")), (200, None), "{query}: {answer}");
    answer["data"].to_string()
}

#[tokio::test]
async fn what_is_selected_twice_has_the_fields_of_both() {
    let app = app().await;
    for (query, expected) in [
        (
            r#"{ gift(slug: "ru-kp-2024") { giver { name } } gift(slug: "ru-kp-2024") { giver { slug } version } }"#,
            r#"{"gift":{"giver":{"name":"Russia","slug":"russia"},"version":1}}"#,
        ),
        (
            r#"{ ...A ...B } fragment A on Query { nation(slug: "russia") { slug } }
               fragment B on Query { nation(slug: "russia") { name slug } }"#,
            r#"{"nation":{"slug":"russia","name":"Russia"}}"#,
        ),
        (
            r#"{ node(id: "gift_ru-kp-2024") { ... on Gift { giver { slug } } ... on Node { ... on Gift { giver { name } slug } } id } }"#,
            r#"{"node":{"giver":{"slug":"russia","name":"Russia"},"slug":"ru-kp-2024","id":"gift_ru-kp-2024"}}"#,
        ),
        (
            r#"{ nodes(ids: ["nation_russia"]) { ... on Nation { slug } } nodes(ids: ["nation_russia"]) { id ... on Nation { name } } }"#,
            r#"{"nodes":[{"slug":"russia","id":"nation_russia","name":"Russia"}]}"#,
        ),
        (
            r#"{ giftFlows(where: { id: { eq: "gift_ru-kp-2024" } }) { giver { slug } } giftFlows(where: { id: { eq: "gift_ru-kp-2024" } }) { giver { name } gifts } }"#,
            r#"{"giftFlows":[{"giver":{"slug":"russia","name":"Russia"},"gifts":1}]}"#,
        ),
        (
            r#"{ giftStats(where: { id: { eq: "gift_ru-kp-2024" } }) { byGiver { nation { slug } } byGiver { gifts nation { name } } } }"#,
            r#"{"giftStats":{"byGiver":[{"nation":{"slug":"russia","name":"Russia"},"gifts":1}]}}"#,
        ),
        (
            r#"{ timeline(first: 1, where: { kinds: [GIFT] }) { nodes { ... on Gift { slug } } }
                 timeline(first: 1, where: { kinds: [GIFT] }) { nodes { __typename ... on Gift { version } } } }"#,
            r#"{"timeline":{"nodes":[{"slug":"cn-jp","__typename":"Gift","version":1}]}}"#,
        ),
        (
            r#"{ serviceConfig { limits { name } defaultPageSize limits { measureOnly } } }"#,
            "",
        ),
    ] {
        let told = data(&app, query).await;
        if expected.is_empty() {
            assert!(
                told.starts_with(r#"{"serviceConfig":{"limits":[{"name":"documentBytes","measureOnly":false},"#),
                "{told}"
            );
        } else {
            assert_eq!(told, expected, "{query}");
        }
    }
}

#[tokio::test]
async fn a_search_that_is_selected_twice_has_the_fields_of_both() {
    let app = app().await;
    app.is_indexed().await;
    let told = data(
        &app,
        r#"{ search(text: "pyongyang", first: 1) { edges { node { ... on Node { id } } highlights { field } } }
             search(text: "pyongyang", first: 1) { edges { highlights { parts { text } parts { matched } } } edges { node { __typename } } } }"#,
    )
    .await;
    let edge = serde_json::from_str::<Json>(&told).expect("JSON")["search"]["edges"][0].clone();
    assert!(
        edge["node"]["id"].is_string() && edge["node"]["__typename"].is_string(),
        "{told}"
    );
    let highlight = &edge["highlights"][0];
    assert!(highlight["field"].is_string(), "{told}");
    let part = &highlight["parts"][0];
    assert!(part["text"].is_string() && part["matched"].is_boolean(), "{told}");
}

#[tokio::test]
async fn an_object_of_which_nothing_is_selected_is_there() {
    let app = app().await;
    for (query, expected) in [
        (
            r#"{ node(id: "nation_russia") { ... on Gift { title } } }"#,
            r#"{"node":{}}"#,
        ),
        (
            r#"{ nodes(ids: ["nation_russia", "gift_ru-kp-2024"]) { ... on Nation { slug } } }"#,
            r#"{"nodes":[{"slug":"russia"},{}]}"#,
        ),
        (
            r#"{ claim(code: "C05") { about { ... on Event { slug } } } }"#,
            r#"{"claim":{"about":[{},{"slug":"zoo-transfer-2024"},{},{}]}}"#,
        ),
        ("{ ... @include(if: false) { serviceConfig { maxPageSize } } }", "{}"),
        (
            "{ gifts(first: 1) { nodes { giver @skip(if: true) { name } } pageInfo { ... @skip(if: true) { endCursor } } } }",
            r#"{"gifts":{"nodes":[{}],"pageInfo":{}}}"#,
        ),
        (
            r#"{ __type(name: "Node") { interfaces { name } fields { ... @skip(if: true) { name } } } }"#,
            r#"{"__type":{"interfaces":[],"fields":[{}]}}"#,
        ),
    ] {
        assert_eq!(data(&app, query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn what_fails_is_null_where_it_may_be_and_told_once_with_its_own_path() {
    let app = app().await;
    let gift = r#"gift(slug: "ru-kp-2024")"#;
    for (query, expected, paths) in [
        (
            format!(r#"{{ gifts(after: "none") {{ nodes {{ id }} }} {gift} {{ slug }} }}"#),
            json!({ "gifts": null, "gift": { "slug": "ru-kp-2024" } }),
            json!([["gifts"]]),
        ),
        (
            r#"{ nodes(ids: ["nation_russia", "none", "nation_none", "gift"]) { id } }"#.to_owned(),
            json!({ "nodes": [{ "id": "nation_russia" }, null, null, null] }),
            json!([["nodes", 1], ["nodes", 3]]),
        ),
        (
            format!("{{ {gift} {{ slug history {{ totalCount }} }} }}"),
            json!({ "gift": { "slug": "ru-kp-2024", "history": null } }),
            json!([["gift", "history"]]),
        ),
        (
            "{ nations(first: 1) { nodes { giftsGiven(first: 5000) { nodes { id } } } } a: __typename }".to_owned(),
            json!({ "nations": null, "a": "Query" }),
            json!([["nations", "nodes", 0, "giftsGiven"]]),
        ),
        (
            // Behind an interface its object is null, and no field of it is left out.
            r#"{ node(id: "nation_russia") { id ... on Nation { giftsGiven(first: -1) { nodes { id } } } } }"#
                .to_owned(),
            json!({ "node": null }),
            json!([["node", "giftsGiven"]]),
        ),
        (
            r#"{ nodes(ids: ["nation_russia"]) { id ... on Nation { giftsGiven(after: "none") { nodes { id } } } } }"#
                .to_owned(),
            json!({ "nodes": [null] }),
            json!([["nodes", 0, "giftsGiven"]]),
        ),
        (
            r#"{ giftStats { gifts byYear(first: 5000) { gifts } } }"#.to_owned(),
            json!({ "giftStats": null }),
            json!([["giftStats", "byYear"]]),
        ),
    ] {
        let (_, answer) = app.post(&query, json!({})).await;
        assert_eq!(answer["data"], expected, "{query}: {answer}");
        let errors = answer["errors"].as_array().expect("errors");
        let told: Vec<&Json> = errors.iter().map(|error| &error["path"]).collect();
        assert_eq!(json!(told), paths, "{query}: {answer}");
    }
}

#[tokio::test]
async fn all_that_fails_is_told_however_much_it_is() {
    let app = app().await;
    let ids: Vec<String> = (0..30).map(|number| format!("none-{number}")).collect();
    let (_, answer) = app
        .post("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": ids }))
        .await;
    assert_eq!(answer["data"]["nodes"], json!(vec![Json::Null; 30]));
    assert_eq!(answer["errors"].as_array().map(Vec::len), Some(30), "{answer}");
}

/// What the normal form holds is what the fragments select, so that what stands within each other costs what it says.
#[tokio::test]
async fn fragments_within_each_other_are_answered_like_what_they_select() {
    let app = app().await;
    app.is_indexed().await;
    let within = |ty: &str, levels: usize, inner: &str| {
        format!(
            "{}{inner}{}",
            format!("... on {ty} {{ ").repeat(levels),
            " }".repeat(levels)
        )
    };
    let places = [
        (
            "timeline(first: 2) { nodes { % } }",
            "TimelineEntry",
            "... on Gift { slug }",
        ),
        (
            r#"search(text: "zoo", first: 2) { nodes { % } }"#,
            "SearchResult",
            "... on Event { slug }",
        ),
        (r#"claim(code: "C05") { about { % } }"#, "Node", "id"),
        (r#"node(id: "nation_russia") { % }"#, "Node", "id"),
        (
            r#"nodes(ids: ["nation_russia"]) { % }"#,
            "Node",
            "... on Nation { name }",
        ),
    ];
    for (place, ty, selected) in places {
        let plain = data(&app, &format!("{{ {} }}", place.replace('%', selected))).await;
        let nested = place.replace('%', &within(ty, 55, selected));
        assert_eq!(data(&app, &format!("{{ {nested} }}")).await, plain, "{ty}");
        let chain: String = (0..99)
            .map(|link| format!("fragment F{link} on {ty} {{ ...F{} }} ", link + 1))
            .collect();
        let chained = format!(
            "{{ {} }} {chain} fragment F99 on {ty} {{ {selected} }}",
            place.replace('%', "...F0")
        );
        assert_eq!(data(&app, &chained).await, plain, "{ty}, a chain of named fragments");
    }
}
