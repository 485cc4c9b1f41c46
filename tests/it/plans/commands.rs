//! How many commands a query sends: what it selects decides, never how much there is of it.
//!
//! A resolver that finds nothing in the loader loads on the spot, one command per document; so these counts also prove
//! that planning has seen the whole selection.

use menagerie::limits::Limit;
use serde_json::{Value as Json, json};

use crate::support::{TestApp, settings};

/// Synthetic data in which the first gift has an event, so that a page of one refers to all that others refer to.
const SEED: u64 = 2;

/// A server over synthetic data.
pub async fn app() -> TestApp {
    // Commands are counted here, also of queries that cost more than a server lets through.
    let mut settings = settings();
    settings.config.limits.set(Limit::Cost, 10_000_000);
    let app = TestApp::set(settings).await;
    app.generate(600, SEED).await;
    app
}

/// The answer of a query, and how many commands it took. Nothing else may use the store meanwhile.
async fn ask(app: &TestApp, query: &str, variables: Json) -> (Json, u64) {
    let before = app.store.commands_sent();
    let data = app.query_with(query, variables).await;
    (data, app.store.commands_sent() - before)
}

/// How many commands a query takes.
pub async fn commands(app: &TestApp, query: &str) -> u64 {
    ask(app, query, json!({})).await.1
}

#[tokio::test]
async fn gifts_with_all_their_relations_take_five_commands_whatever_the_page_size() {
    let app = app().await;
    for size in [1, 10, 50, 200] {
        let query = format!(
            "{{ gifts(first: {size}) {{ nodes {{ title giver {{ name }} recipient {{ name }}
                items {{ animal {{ commonName }} count {{ text }} }} event {{ title }} claims {{ nodes {{ statement }} }} }} }} }}"
        );
        // Gifts, nations, animals, events, claims.
        assert_eq!(commands(&app, &query).await, 5, "{size}");
    }
}

#[tokio::test]
async fn each_level_takes_a_command_per_collection_that_it_refers_to() {
    let app = app().await;
    for size in [10, 50, 200] {
        let query = format!(
            "{{ gifts(first: {size}) {{ nodes {{ event {{ title nations {{ nation {{ name }} }} }}
                claims {{ nodes {{ source {{ title }} about {{ id ... on Gift {{ items {{ animal {{ commonName given {{ text }} }} }} }} }} }} }} }} }} }}"
        );
        // Gifts; events and claims; nations and sources, while the gifts that claims are about are there already;
        // animals; and the sums of animals.
        assert_eq!(commands(&app, &query).await, 7, "{size}");
    }
}

#[tokio::test]
async fn a_nested_connection_takes_a_command_per_parent_and_its_relations_one_for_all() {
    let app = app().await;
    for size in [1, 10, 40] {
        let bare =
            format!("{{ nations(first: {size}) {{ nodes {{ giftsGiven(first: 5) {{ nodes {{ title }} }} }} }} }}");
        assert_eq!(commands(&app, &bare).await, 1 + size, "{size}");
        let deeper = format!(
            "{{ nations(first: {size}) {{ nodes {{ giftsGiven(first: 5) {{ nodes {{ title items {{ animal {{ commonName }} }} }} }} }} }} }}"
        );
        assert_eq!(commands(&app, &deeper).await, 1 + size + 1, "{size}");
    }
}

/// Each query takes so many commands.
async fn take(app: &TestApp, queries: impl IntoIterator<Item = (String, u64)>) {
    for (query, expected) in queries {
        assert_eq!(commands(app, &query).await, expected, "{query}");
    }
}

/// The first gift.
fn first_gift() -> String {
    format!("gift_synthetic-{SEED}-0000000")
}

/// The first nation.
fn first_nation() -> String {
    format!("nation_synthetic-{SEED}-0000000")
}

/// What may be left out of a page.
fn of_pages(cursor: &str) -> Vec<(String, u64)> {
    vec![
        (
            "{ __typename serviceConfig { maxPageSize } __schema { queryType { name } } }".to_owned(),
            0,
        ),
        ("{ gifts { __typename } }".to_owned(), 0),
        ("{ gifts { totalCount } }".to_owned(), 1),
        ("{ gifts { nodes { id } } }".to_owned(), 1),
        (
            "{ gifts(first: 200) { nodes { title itemsTotal { text } } } }".to_owned(),
            1,
        ),
        ("{ gifts { pageInfo { hasNextPage endCursor } } }".to_owned(), 1),
        (
            "{ gifts { pageInfo { hasNextPage hasPreviousPage } edges { cursor node { id } } } }".to_owned(),
            1,
        ),
        ("{ gifts { nodes { id } totalCount } }".to_owned(), 2),
        (
            format!("{{ gifts(after: \"{cursor}\") {{ nodes {{ id }} pageInfo {{ hasNextPage }} }} }}"),
            1,
        ),
        (
            format!("{{ gifts(after: \"{cursor}\") {{ nodes {{ id }} pageInfo {{ hasPreviousPage }} }} }}"),
            2,
        ),
        ("{ animals(first: 50) { nodes { given { text } } } }".to_owned(), 2),
    ]
}

/// What may be left out of documents.
fn of_documents() -> Vec<(String, u64)> {
    let (id, nation) = (first_gift(), first_nation());
    vec![
        (format!("{{ gift(id: \"{id}\") {{ title }} }}"), 1),
        (
            format!(
                "{{ gift(id: \"{id}\") {{ giver {{ name }} recipient {{ name }} items {{ animal {{ commonName }} }}
                    event {{ title }} claims {{ nodes {{ code }} }} }} }}"
            ),
            5,
        ),
        (
            format!("{{ gift(slug: \"synthetic-{SEED}-0000000\") {{ giver {{ name }} }} }}"),
            2,
        ),
        (format!("{{ node(id: \"{id}\") {{ id }} }}"), 1),
        (
            format!("{{ nodes(ids: [\"{id}\", \"{nation}\", \"gift_none\"]) {{ id }} }}"),
            2,
        ),
    ]
}

#[tokio::test]
async fn what_is_not_selected_takes_no_command() {
    let app = app().await;
    let first = app.query("{ gifts(first: 5) { pageInfo { endCursor } } }").await;
    let cursor = first["gifts"]["pageInfo"]["endCursor"].as_str().expect("a cursor");
    take(&app, of_pages(cursor)).await;
    take(&app, of_documents()).await;
}

#[tokio::test]
async fn a_filter_across_a_relation_reads_the_other_collection_first_unless_it_only_names_ids() {
    let app = app().await;
    let nation = first_nation();
    let queries = [
        (
            "{ gifts(where: { giver: { region: { eq: \"Asia\" } } }) { nodes { id } } }".to_owned(),
            2,
        ),
        (
            format!("{{ gifts(where: {{ giver: {{ id: {{ eq: \"{nation}\" }} }} }}) {{ nodes {{ id }} }} }}"),
            1,
        ),
        (
            "{ gifts(where: { certainty: { eq: REPORTED } }) { nodes { id } } }".to_owned(),
            2,
        ),
    ];
    take(&app, queries).await;
}

#[tokio::test]
async fn however_a_selection_is_written_it_takes_the_same_commands() {
    let app = app().await;
    let id = first_gift();
    let details = "giver { name } items { animal { commonName } } claims { nodes { code } }";
    let parts = "fragment Details on Gift { giver { name } ...Items claims { nodes { code } } }
                 fragment Items on Gift { items { animal { commonName } } }";
    let pages = [
        format!("{{ gifts(first: 20) {{ nodes {{ {details} }} }} }}"),
        format!("{{ gifts(first: 20) {{ edges {{ node {{ {details} }} }} }} }}"),
        "{ gifts(first: 20) { nodes { giver { name } } edges { node { items { animal { commonName } } claims { nodes { code } } } } } }".to_string(),
        "{ some: gifts(first: 20) { all: nodes { from: giver { as: name } again: giver { region } things: items { of: animal { commonName } } said: claims { nodes { code } } } } }".to_string(),
        format!("{{ gifts(first: 20) {{ nodes {{ ...Details }} }} }} {parts}"),
        format!("{{ gifts(first: 20) {{ nodes {{ ... on Gift {{ {details} }} }} }} }}"),
        format!("{{ gifts(first: 20) {{ nodes {{ ... on Node {{ id ... on Gift {{ {details} }} }} }} }} }}"),
        format!("{{ gifts(first: 20) {{ ... {{ nodes {{ ... @include(if: true) {{ {details} }} }} }} }} }}"),
        format!(
            "{{ ...Root }} fragment Root on Query {{ gifts(first: 20) {{ ...Page }} }} fragment Page on GiftConnection {{ nodes {{ {details} }} }}"
        ),
        "query($size: Int!, $with: Boolean!, $none: Boolean!) { gifts(first: $size) { nodes { giver @include(if: $with) { name } items { animal { commonName } } claims @skip(if: $none) { nodes { code } } } } }".to_string(),
    ];
    for query in &pages {
        let (_, sent) = ask(&app, query, json!({ "size": 20, "with": true, "none": false })).await;
        assert_eq!(sent, 4, "{query}");
    }
    let points = [
        format!("{{ gift(id: \"{id}\") {{ {details} }} }}"),
        format!("{{ node(id: \"{id}\") {{ ... on Gift {{ {details} }} }} }}"),
        format!(
            "{{ node(id: \"{id}\") {{ id ... on Gift {{ ...Details }} ... on Nation {{ claims {{ nodes {{ code }} }} }} }} }} {parts}"
        ),
        format!("{{ nodes(ids: [\"{id}\"]) {{ ... on Node {{ ... on Gift {{ {details} }} }} }} }}"),
        format!("query($id: ID = \"{id}\") {{ gift(id: $id) {{ {details} }} }}"),
    ];
    for query in &points {
        assert_eq!(commands(&app, query).await, 4, "{query}");
    }
}

#[tokio::test]
async fn what_directives_leave_out_takes_no_command() {
    let app = app().await;
    let query = "query($with: Boolean!, $without: Boolean!) { gifts(first: 20) { nodes {
        giver @include(if: $with) { name } ... @skip(if: $without) { claims { nodes { code } } } } } }";
    let mut counts = Vec::new();
    for (with, without) in [(true, false), (false, false), (true, true), (false, true)] {
        counts.push(ask(&app, query, json!({ "with": with, "without": without })).await.1);
    }
    assert_eq!(counts, [3, 2, 2, 1]);
}

#[tokio::test]
async fn a_nested_connection_with_arguments_from_variables_is_planned_like_any_other() {
    let app = app().await;
    let query = "query($size: Int = 3, $where: GiftFilter, $order: [GiftOrder!]) { nations(first: 10) { nodes {
        many: giftsGiven(first: $size, where: $where, orderBy: $order) { totalCount nodes { title } }
        few: giftsGiven(first: 1) { nodes { title } } } } }";
    let variables =
        json!({ "where": { "date": { "known": true } }, "order": [{ "field": "DATE", "direction": "DESC" }] });
    let (data, sent) = ask(&app, query, variables).await;
    // The nations; for each the rows and the count of one connection and the rows of the other.
    assert_eq!(sent, 1 + 10 * 3);
    let many = data["nations"]["nodes"][0]["many"]["nodes"].as_array().expect("gifts");
    assert_eq!(many.len(), 3);
}
