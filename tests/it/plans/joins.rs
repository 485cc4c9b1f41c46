//! How many commands a filter across relations sends: one for each relation that it crosses, whatever the number of
//! conditions, of fields that ask the same and of parents; and what it is said to cost.

use menagerie::domain::id::Kind;
use menagerie::limits::Limit;
use serde_json::{Value as Json, json};

use super::catalog::Catalog;
use super::examples::examples;
use crate::support::{TestApp, client, settings};

/// The seed that the examples of filters are made for.
const SEED: u64 = 1;
const GIFTS: &str = "query($where: GiftFilter) { gifts(first: 0, where: $where) { nodes { id } } }";

async fn app() -> TestApp {
    let mut settings = settings();
    settings.config.limits.set(Limit::FilterConditions, 5_000);
    settings.config.limits.set(Limit::Cost, 10_000_000);
    settings.config.limits.set(Limit::VariablesBytes, 1_000_000);
    settings.config.limits.body_limit_bytes = 1_000_000;
    let app = TestApp::set(settings).await;
    app.generate(600, SEED).await;
    app
}

/// The answer, and how many commands it took. Nothing else may use the store meanwhile.
async fn ask(app: &TestApp, query: &str, filter: Json) -> (Json, u64) {
    let before = app.store.commands_sent();
    let data = app.query_with(query, json!({ "where": filter })).await;
    (data, app.store.commands_sent() - before)
}

/// The estimated cost in points.
async fn price(app: &TestApp, query: &str, variables: Json) -> u64 {
    let request = client()
        .post(format!("{}/graphql", app.address))
        .header("x-menagerie-cost", "1")
        .json(&json!({ "query": query, "variables": variables }));
    let answer: Json = request.send().await.expect("an answer").json().await.expect("JSON");
    answer["extensions"]["cost"]["estimate"]
        .as_u64()
        .unwrap_or_else(|| panic!("{query} {variables}: {answer}"))
}

/// A list of filters, one for each number.
fn each(number: usize, filter: impl Fn(usize) -> Json) -> Json {
    (0..number).map(filter).collect()
}

fn of_name(number: usize) -> Json {
    json!({ "giver": { "name": { "eq": format!("name {number}") } } })
}

#[tokio::test]
async fn a_filter_sends_one_command_for_each_relation_however_many_conditions_it_has() {
    let app = app().await;
    let region = |name: &str| json!({ "region": { "eq": name } });
    let origin = |name: &str| json!({ "animal": { "origin": { "region": { "eq": name } } } });
    let not = |filter: Json| json!({ "not": filter });
    for (filter, joins) in [
        (json!({ "or": each(1_500, of_name) }), 1),
        (json!({ "and": each(1_500, |number| not(of_name(number))) }), 1),
        // Both lead to nations.
        (json!({ "giver": region("Asia"), "recipient": region("Africa") }), 1),
        (
            json!({ "giver": region("Asia"), "not": { "giver": region("Africa") } }),
            1,
        ),
        (
            json!({ "giver": region("Asia"), "animal": { "order": { "eq": "Carnivora" } } }),
            2,
        ),
        // Within each other: nations, then animals.
        (
            json!({ "or": [origin("Asia"), origin("Africa"), not(origin("Asia"))] }),
            2,
        ),
        (
            json!({
                "animal": { "origin": { "certainty": { "in": ["REPORTED", "STATED"] } } },
                "giver": { "certainty": { "eq": "REPORTED" } },
                "and": [{ "certainty": { "eq": "QUOTED" } }, { "certainty": { "eq": "REPORTED" } }],
            }),
            // Claims on three levels, nations on two, animals on one.
            6,
        ),
        // Ids are compared with the reference itself.
        (json!({ "giver": { "id": { "eq": "nation_japan" } } }), 0),
        (json!({ "or": [{ "giver": { "id": { "in": ["nation_japan"] } } }] }), 0),
    ] {
        let (_, sent) = ask(&app, GIFTS, filter.clone()).await;
        let told = filter.to_string();
        assert_eq!(sent, 1 + joins, "{}", &told[..told.len().min(300)]);
    }
}

#[tokio::test]
async fn a_filter_below_many_parents_is_looked_up_once() {
    let app = app().await;
    let below = "query($where: GiftFilter) { nations(first: 20) { nodes { giftsGiven(first: 5, where: $where) { nodes { id } } } } }";
    let (_, sent) = ask(&app, below, json!({ "or": each(100, of_name) })).await;
    assert_eq!(
        sent,
        1 + 1 + 20,
        "nations, what the filter names, a page for each nation"
    );
}

#[tokio::test]
async fn equal_filters_of_one_request_are_looked_up_once() {
    let app = app().await;
    let query = "query($where: GiftFilter, $again: GiftFilter) {
        a: gifts(first: 1, where: $where) { nodes { id } } b: gifts(last: 1, where: $where) { totalCount }
        c: gifts(where: $again) { totalCount } giftStats(where: $where) { gifts } giftFlows(where: $again) { gifts }
        nations(first: 3) { nodes { giftsGiven(first: 1, where: $where) { nodes { id } } } }
        timeline(first: 1, where: { nation: { region: { eq: \"Asia\" } } }) { nodes { __typename } } }";
    let filter = json!({ "giver": { "region": { "eq": "Asia" } } });
    let before = app.store.commands_sent();
    app.query_with(query, json!({ "where": filter, "again": { "and": [filter] } }))
        .await;
    // Two pages of rows or counts, a count, statistics, flows; nations and three pages below; gifts and events; the
    // nations of Asia.
    assert_eq!(app.store.commands_sent() - before, 3 + 2 + 4 + 2 + 1);
    // The next request looks again.
    assert_eq!(ask(&app, GIFTS, filter).await.1, 2);
}

/// Two conditions may hold for two documents of a list, and one that is looked up together with others is told apart.
#[tokio::test]
async fn conditions_that_are_looked_up_together_mean_what_each_means_alone() {
    let app = app().await;
    let query = "query($where: GiftFilter) { gifts(first: 200, where: $where) { nodes { id } } }";
    let ids = async |filter: Json| {
        let (data, _) = ask(&app, query, filter).await;
        let nodes = data["gifts"]["nodes"].as_array().expect("nodes").clone();
        nodes
            .iter()
            .map(|node| node["id"].to_string())
            .collect::<std::collections::BTreeSet<_>>()
    };
    let all = ids(json!({})).await;
    // As many as a page has, so that a page tells all that match.
    let scope = json!({ "id": { "in": all.iter().map(|id| id.trim_matches('"')).collect::<Vec<_>>() } });
    let conditions = [
        json!({ "animal": { "order": { "eq": "Carnivora" } } }),
        json!({ "animal": { "class": { "eq": "Aves" } } }),
        json!({ "animal": { "origin": { "region": { "eq": "Asia" } } } }),
        json!({ "giver": { "region": { "eq": "Asia" } } }),
        json!({ "giver": { "text": "republic" } }),
        json!({ "recipient": { "region": { "in": ["Asia", "Europe"] } } }),
        json!({ "certainty": { "eq": "REPORTED" } }),
        json!({ "certainty": { "eq": "QUOTED" } }),
    ];
    let with = |filter: Json| json!({ "and": [scope, filter] });
    let mut alone = Vec::new();
    for condition in &conditions {
        alone.push((condition, ids(with(condition.clone())).await));
    }
    let mut told_apart = 0;
    for (one, first) in &alone {
        for (other, second) in &alone {
            let both = ids(with(json!({ "and": [one, other] }))).await;
            assert_eq!(both, first & second, "{one} and {other}");
            let either = ids(with(json!({ "or": [one, other] }))).await;
            assert_eq!(either, first | second, "{one} or {other}");
            let without = ids(with(json!({ "and": [one, { "not": other }] }))).await;
            assert_eq!(without, first - second, "{one} and not {other}");
            told_apart += usize::from(first != second && !both.is_empty());
        }
    }
    assert!(told_apart > 10, "only {told_apart} pairs tell anything");
}

#[tokio::test]
async fn an_export_sends_one_command_more_for_a_relation_however_many_conditions_lead_there() {
    let app = app().await;
    let export = async |filter: Json| {
        let filter: String = filter.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect();
        let before = app.store.commands_sent();
        let (status, ..) = app.get(&format!("/export/gifts.ndjson?where={filter}")).await;
        assert_eq!(status, 200);
        app.store.commands_sent() - before
    };
    let plain = export(json!({ "slug": { "eq": "none" } })).await;
    assert_eq!(export(json!({ "or": each(20, of_name) })).await, plain + 1);
}

/// The law of the price: a point for each condition, and ten more for each command that stands in for one.
#[tokio::test]
async fn every_filter_costs_a_point_for_each_condition_and_a_page_for_each_read() {
    let app = app().await;
    let catalog = Catalog::of(&app).await;
    let mut reads = 0;
    for kind in Kind::ALL {
        let (name, collection) = (kind.prefix(), kind.collection());
        let name = name[..1].to_uppercase() + &name[1..];
        let query =
            format!("query($where: {name}Filter) {{ {collection}(first: 1, where: $where) {{ nodes {{ id }} }} }}");
        let bare = price(&app, &query, json!({})).await;
        for filter in catalog.filters(&name) {
            for value in examples(kind, &filter).unwrap_or_default() {
                let (_, sent) = ask(&app, &query, value.clone()).await;
                let found = price(&app, &query, json!({ "where": value })).await - bare;
                assert_eq!(found, leaves(&value) + 10 * (sent - 1), "{collection} {value}");
                reads += sent - 1;
            }
        }
    }
    assert!(reads > 10, "only {reads} filters lead to another collection");
}

/// How many values something is compared with; of a text that is looked for, how many words.
fn leaves(value: &Json) -> u64 {
    match value {
        Json::Array(items) => items.iter().map(leaves).sum(),
        Json::Object(fields) => fields
            .iter()
            .filter(|(name, _)| !["sure", "includeQualified"].contains(&name.as_str()))
            .map(|(name, value)| match value.as_str() {
                Some(text) if name == "text" => text.split(' ').count() as u64,
                _ => leaves(value),
            })
            .sum(),
        _ => 1,
    }
}
