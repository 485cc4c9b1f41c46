//! What a request is estimated to cost, and what it did cost the database.

use menagerie::limits::Limit;
use serde_json::{Value as Json, json};

use super::{Answer, Door};
use crate::support::{TestApp, samples, settings};

async fn with_cost(door: &Door, query: &str, variables: Json) -> Answer {
    let request = door.post(&json!({ "query": query, "variables": variables }));
    Answer::to(request.header("x-menagerie-cost", "1")).await
}

async fn estimate(door: &Door, query: &str) -> u64 {
    estimate_with(door, query, json!({})).await
}

async fn estimate_with(door: &Door, query: &str, variables: Json) -> u64 {
    let answer = with_cost(door, query, variables).await;
    answer.data();
    answer.json["extensions"]["cost"]["estimate"]
        .as_u64()
        .expect("a number")
}

#[tokio::test]
async fn the_cost_is_told_to_those_who_ask_for_it() {
    let app = TestApp::with(&["article"]).await;
    let door = Door::over(&app, settings());
    let query = "{ gifts(first: 3) { nodes { title giver { name } } totalCount } }";
    let before = app.store.commands_sent();
    let answer = door.ask(query).await;
    let commands = app.store.commands_sent() - before;
    answer.data();
    assert!(answer.json.get("extensions").is_none(), "{}", answer.json);

    let told = with_cost(&door, query, json!({})).await;
    assert_eq!(told.data(), answer.data());
    let cost = told.json["extensions"]["cost"].as_object().expect("an object");
    let names: Vec<&str> = cost.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "estimate",
            "commands",
            "documentsExamined",
            "documentsReturned",
            "milliseconds"
        ]
    );
    // `nodes` thrice: itself, `title`, and a nation of 3 with its name; the page; the count.
    assert_eq!(cost["estimate"], 3 * (1 + 1 + 4) + 11 + 21);
    assert_eq!(cost["commands"], commands, "as many as the store counted");
    assert!(
        cost["documentsReturned"].as_u64() >= Some(4),
        "three gifts and a nation: {cost:?}"
    );
    assert!(cost["documentsExamined"].as_u64() >= Some(4), "{cost:?}");
    assert!(cost["milliseconds"].as_f64() > Some(0.0), "{cost:?}");

    for value in ["0", "true", ""] {
        let request = door.post(&json!({ "query": query })).header("x-menagerie-cost", value);
        assert!(Answer::to(request).await.json.get("extensions").is_none(), "{value}");
    }
    // What is refused cost the database nothing, and tells nothing.
    let refused = with_cost(&door, "{ nothing }", json!({})).await;
    assert!(refused.json.get("extensions").is_none(), "{}", refused.json);
}

#[tokio::test]
async fn a_query_that_needs_no_database_costs_it_nothing() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    let answer = with_cost(&door, "{ __typename }", json!({})).await;
    let cost = &answer.json["extensions"]["cost"];
    let expected =
        json!({ "estimate": 1, "commands": 0, "documentsExamined": 0, "documentsReturned": 0, "milliseconds": 0.0 });
    assert_eq!(cost, &expected);
}

#[tokio::test]
async fn the_estimate_is_what_the_table_says() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    for (query, expected) in [
        // A search is a page too: 1 and 10; the count, 1 and 20; five edges, each 1 with a cursor 1, the document 1 with
        // `id` 1 and a nation 1 + 2 + 1, and three highlights, each 1 with its field 1 and three parts of 1 + 1.
        (
            "{ search(text: \"x\", first: 5) { totalCount edges { cursor node { ... on Gift { id giver { name } } } \
             highlights { field parts { text } } } } }",
            11 + 21 + 5 * (1 + 1 + (1 + 1 + 4) + 3 * (1 + 1 + 3 * 2)),
        ),
        // A document by its id: 1 for the field, 2 for looking it up, 1 for the field below.
        ("{ gift(slug: \"x\") { id } }", 1 + 2 + 1),
        // A page: 1 and 10; five rows, each 1 with `id` 1 and a nation 1 + 2 with its name 1; the count, 1 and 20.
        (
            "{ gifts(first: 5) { nodes { id giver { name } } totalCount } }",
            1 + 10 + 5 * (1 + 1 + 4) + 21,
        ),
        // Four rows with a cursor each and a node, which is the row itself and costs no more than its field; on each a
        // page of three, on each of which a list that is stored counts for three, with a count and its text.
        (
            "{ nations(first: 4) { edges { cursor node { giftsGiven(last: 3) { nodes { items { count { text } } } } } } } }",
            1 + 10 + 4 * (1 + 1 + (1 + (1 + 10 + 3 * (1 + 3 * (1 + 2))))),
        ),
        // As many as ids.
        ("{ nodes(ids: [\"gift_a\", \"gift_b\"]) { id } }", 2 * (1 + 2 + 1)),
        // What is told of the schema has its own price.
        ("{ __schema { queryType { name } } }", 1 + 5_000 + (1 + 1)),
        ("{ __type(name: \"Gift\") { name } }", 1 + 500 + 1),
        // A sum over gifts looks like a field.
        ("{ animal(slug: \"x\") { given { text } } }", 1 + 2 + (1 + 2 + 1)),
    ] {
        assert_eq!(estimate(&door, query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn the_estimate_grows_with_pages_and_with_pages_on_pages() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    let rows = |first: usize| format!("{{ gifts(first: {first}) {{ nodes {{ id }} }} }}");
    for first in [0, 1, 20, 200] {
        assert_eq!(estimate(&door, &rows(first)).await, 11 + 2 * first as u64);
    }
    let below = "{ gifts(first: 20) { nodes { id claims(first: 5) { nodes { id } } } } }";
    assert_eq!(estimate(&door, below).await, 11 + 20 * (2 + 11 + 5 * 2));
}

#[tokio::test]
async fn page_sizes_come_from_variables_and_where_nothing_is_said_from_the_settings() {
    let app = TestApp::empty().await;
    let door = Door::limited(&app, |limits| limits.page_size = 7);
    assert_eq!(estimate(&door, "{ gifts { nodes { id } } }").await, 11 + 2 * 7);
    let query = "query($n: Int, $m: Int = 4) { gifts(first: $n) { nodes { id } } nations(last: $m) { nodes { id } } }";
    for (variables, gifts, nations) in [
        (json!({ "n": 30, "m": 2 }), 30, 2),
        (json!({ "n": 30 }), 30, 4),
        (json!({}), 7, 4),
        (json!({ "n": null, "m": null }), 7, 7),
    ] {
        let found = estimate_with(&door, query, variables.clone()).await;
        assert_eq!(found, 22 + 2 * (gifts + nations), "{variables}");
    }
    let ids = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let three = json!({ "ids": ["gift_a", "gift_b", "gift_c"] });
    assert_eq!(estimate_with(&door, ids, three).await, 3 * 4);
}

/// What a page of five costs without a filter.
const PAGE_OF_FIVE: u64 = 11 + 5 * 2;

/// A filter as a variable and as a literal, and what it costs.
type Priced = (Json, &'static str, u64);

/// They cost the same as a variable and as a literal.
async fn cost_the_same(filters: impl IntoIterator<Item = Priced>) {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    for (filter, literal, expected) in filters {
        let query = "query($w: GiftFilter) { gifts(first: 5, where: $w) { nodes { id } } }";
        let found = estimate_with(&door, query, json!({ "w": filter })).await;
        assert_eq!(found, PAGE_OF_FIVE + expected, "{filter}");
        let query = format!("{{ gifts(first: 5, where: {literal}) {{ nodes {{ id }} }} }}");
        assert_eq!(estimate(&door, &query).await, found, "{literal}");
    }
}

#[tokio::test]
async fn a_filter_costs_a_point_for_each_condition_in_the_document_and_in_a_variable() {
    cost_the_same([
        (json!(null), "null", 0),
        (json!({}), "{}", 1),
        (json!({ "slug": { "eq": "a" } }), "{slug:{eq:\"a\"}}", 1),
        (
            json!({ "slug": { "in": ["a", "b", "c"] } }),
            "{slug:{in:[\"a\",\"b\",\"c\"]}}",
            3,
        ),
        // A single value where a list stands; an empty list.
        (json!({ "slug": { "in": "a" } }), "{slug:{in:\"a\"}}", 1),
        (json!({ "or": [{}, {}] }), "{or:[{},{}]}", 2),
        (json!({ "or": [] }), "{or:[]}", 1),
        (json!({ "or": { "text": "a" } }), "{or:{text:\"a\"}}", 1 + 20),
        // How something is compared is no condition, whether it is said or not.
        (json!({ "total": { "atLeast": 1 } }), "{total:{atLeast:1}}", 1),
        (
            json!({ "total": { "atLeast": 1, "sure": false } }),
            "{total:{atLeast:1 sure:false}}",
            1,
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_filter_across_relations_costs_a_page_for_each_in_the_document_and_in_a_variable() {
    cost_the_same([
        // Across relations: a page for what the other collection gives, on each level; but for ids.
        (
            json!({ "giver": { "name": { "eq": "a" } } }),
            "{giver:{name:{eq:\"a\"}}}",
            1 + 10,
        ),
        (json!({ "giver": {} }), "{giver:{}}", 1 + 10),
        (
            json!({ "giver": { "id": { "in": ["nation_a", "nation_b"] } } }),
            "{giver:{id:{in:[\"nation_a\",\"nation_b\"]}}}",
            2,
        ),
        (
            json!({ "giver": { "id": { "notIn": ["nation_a"] } } }),
            "{giver:{id:{notIn:[\"nation_a\"]}}}",
            1 + 10,
        ),
        // Whether there is one, the reference tells; whether there is a claim, only the claims do.
        (json!({ "giver": { "known": true } }), "{giver:{known:true}}", 1),
        (
            json!({ "giver": { "known": true, "slug": { "eq": "a" } } }),
            "{giver:{known:true slug:{eq:\"a\"}}}",
            2 + 10,
        ),
        (
            json!({ "certainty": { "known": false } }),
            "{certainty:{known:false}}",
            1 + 10,
        ),
        (
            json!({ "certainty": { "eq": "STATED" } }),
            "{certainty:{eq:STATED}}",
            1 + 10,
        ),
        (
            json!({ "not": { "animal": { "origin": { "certainty": { "eq": "STATED" } } } } }),
            "{not:{animal:{origin:{certainty:{eq:STATED}}}}}",
            1 + 3 * 10,
        ),
    ])
    .await;
}

#[tokio::test]
async fn variables_within_a_literal_cost_what_they_hold_or_what_their_defaults_do() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    let query = "query($name: String = \"a\", $more: [GiftFilter!] = [{ text: \"a\" }], $none: GiftFilter) {
        gifts(first: 5, where: { giver: { name: { eq: $name } } or: $more not: $none }) { nodes { id } } }";
    assert_eq!(estimate(&door, query).await, PAGE_OF_FIVE + 1 + 10 + 1 + 20);
    let more = json!({ "more": [{ "text": "a" }, { "recipient": { "text": "b" } }] });
    assert_eq!(
        estimate_with(&door, query, more).await,
        PAGE_OF_FIVE + 1 + 10 + 1 + 20 + 1 + 10
    );
}

#[tokio::test]
async fn each_word_of_a_text_is_a_condition() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    let asks = "query($t: String) { gifts(first: 0, where: { text: $t }) { nodes { id } } }";
    let of = async |text: &str| estimate_with(&door, asks, json!({ "t": text })).await;
    let one = of("zoo").await;
    assert_eq!(of("zoo bear the zoo").await, one + 2, "three different words");
    let literal = estimate(
        &door,
        r#"{ gifts(first: 0, where: { text: "zoo bear" }) { nodes { id } } }"#,
    )
    .await;
    assert_eq!(literal, one + 1);
    let many: Vec<String> = (0..501).map(|number| format!("w{number}")).collect();
    let refused = door.post(&json!({ "query": asks, "variables": { "t": many.join(" ") } }));
    Answer::to(refused).await.is_over(Limit::FilterConditions, 500, 501);
}

#[tokio::test]
async fn a_filter_costs_once_for_its_field_and_not_once_for_each_parent() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    let below = |filter: &str| {
        format!("{{ nations(first: 20) {{ nodes {{ giftsGiven(first: 1{filter}) {{ nodes {{ id }} }} }} }} }}")
    };
    let bare = estimate(&door, &below("")).await;
    let filter = ", where: { giver: { region: { eq: \"Asia\" } } }";
    assert_eq!(estimate(&door, &below(filter)).await, bare + 1 + 10);
    // Each field has its own, wherever a fragment puts it.
    let twice = "{ a: nations(first: 20) { ...F } b: nations(first: 20) { ...F } } fragment F on NationConnection { nodes { giftsGiven(first: 1FILTER) { nodes { id } } } }";
    let bare = estimate(&door, &twice.replace("FILTER", "")).await;
    assert_eq!(
        estimate(&door, &twice.replace("FILTER", filter)).await,
        bare + 2 * (1 + 10)
    );
    let timeline = |filter: &str| format!("{{ timeline(first: 1{filter}) {{ nodes {{ __typename }} }} }}");
    let filter = ", where: { kinds: [GIFT], nation: { region: { eq: \"Asia\" } }, date: { known: true } }";
    let bare = estimate(&door, &timeline("")).await;
    assert_eq!(estimate(&door, &timeline(filter)).await, bare + 3 + 10);
}

/// What is shown to newcomers, with room for as much again ten times over.
#[tokio::test]
async fn the_sample_operations_have_few_conditions_and_cost_little() {
    let app = TestApp::empty().await;
    let defaults = menagerie::limits::Limits::default();
    let door = Door::limited(&app, |limits| {
        limits.set(Limit::FilterConditions, defaults.of(Limit::FilterConditions) / 10);
        limits.set(Limit::Cost, defaults.of(Limit::Cost) / 10);
    });
    let mut asked = 0;
    for sample in samples() {
        if !sample.document.contains("subscription") && !sample.is_mutation() {
            with_cost(&door, &sample.document, sample.variables).await.data();
            asked += 1;
        }
    }
    assert!(asked > 8, "only {asked} operations");
}

#[tokio::test]
async fn fragments_cost_wherever_they_stand_and_each_alias_costs_again() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    let row = "fragment Row on GiftConnection { nodes { ...Name ... on Gift { id } } } fragment Name on Gift { title }";
    let page = 11 + 5 * 3;
    let once = format!("{{ gifts(first: 5) {{ ...Row }} }} {row}");
    assert_eq!(estimate(&door, &once).await, page);
    let twice = format!("{{ a: gifts(first: 5) {{ ...Row }} b: gifts(first: 5) {{ ...Row }} }} {row}");
    assert_eq!(estimate(&door, &twice).await, 2 * page);
    // A fragment costs by the page that it stands on.
    let pages = format!("{{ a: gifts(first: 5) {{ ...Row }} b: gifts(first: 10) {{ ...Row }} }} {row}");
    assert_eq!(estimate(&door, &pages).await, page + 11 + 10 * 3);
}

/// The estimate is of the whole operation: it is not lowered by what a variable leaves out of it.
#[tokio::test]
async fn what_is_skipped_is_counted_in_the_estimate_and_not_done() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    let query =
        "query($yes: Boolean!) { __typename gifts(first: 5) @include(if: $yes) { nodes { id @skip(if: $yes) } } }";
    for (yes, commands) in [(true, 1), (false, 0)] {
        let answer = with_cost(&door, query, json!({ "yes": yes })).await;
        let cost = &answer.json["extensions"]["cost"];
        assert_eq!(answer.data().get("gifts").is_some(), yes);
        assert_eq!(
            (&cost["estimate"], &cost["commands"]),
            (&json!(1 + 11 + 5 * 2), &json!(commands))
        );
    }
}

#[tokio::test]
async fn commands_are_those_that_the_store_counted_however_much_is_selected() {
    let app = TestApp::with(&["article"]).await;
    let door = Door::over(&app, settings());
    for query in [
        "{ gift(slug: \"cn-kr\") { id } }",
        "{ gifts { nodes { giver { name } recipient { name } event { title } items { animal { commonName } } } } }",
        "{ nations { totalCount nodes { giftsGiven(first: 2) { nodes { title } } } } }",
        "{ animals { nodes { given { text } claims { nodes { source { title } } } } } }",
        "{ nodes(ids: [\"gift_cn-kr\", \"nation_japan\"]) { id } }",
    ] {
        let before = app.store.commands_sent();
        door.ask(query).await.data();
        let commands = app.store.commands_sent() - before;
        let answer = with_cost(&door, query, json!({})).await;
        assert_eq!(answer.json["extensions"]["cost"]["commands"], commands, "{query}");
    }
}

#[tokio::test]
async fn what_costs_more_than_the_limit_is_refused_before_it_runs_or_only_measured() {
    let app = TestApp::empty().await;
    let query = "{ gifts(first: 20) { nodes { id } } }";
    let before = app.store.commands_sent();
    let door = Door::limited(&app, |limits| limits.set(Limit::Cost, 50));
    door.ask(query).await.is_over(Limit::Cost, 50, 51);
    assert_eq!(app.store.commands_sent(), before, "nothing was executed");
    Door::limited(&app, |limits| limits.set(Limit::Cost, 51))
        .ask(query)
        .await
        .data();
    let measuring = Door::limited(&app, |limits| {
        limits.set(Limit::Cost, 50);
        limits.measure(Limit::Cost);
    });
    measuring.ask(query).await.data();
}
