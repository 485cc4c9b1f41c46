//! The timeline: what it holds, what it costs, what it refuses. Its order and pages are held against a model in `walk`.

use serde_json::{Value as Json, json};

use crate::support::TestApp;

async fn generated() -> TestApp {
    let app = TestApp::empty().await;
    app.generate(600, 2).await;
    app
}

/// How many commands a query takes. Nothing else may use the store meanwhile.
async fn commands(app: &TestApp, query: &str) -> u64 {
    let before = app.store.commands_sent();
    app.query(query).await;
    app.store.commands_sent() - before
}

fn ids(page: &Json) -> Vec<&str> {
    let nodes = page["nodes"].as_array().expect("a list");
    nodes.iter().map(|node| node["id"].as_str().expect("an id")).collect()
}

#[tokio::test]
async fn the_articles_gifts_and_events_stand_in_one_list_by_date() {
    let app = TestApp::with(&["article"]).await;
    let data = app
        .query(
            "{ timeline(first: 200) { totalCount nodes { ...Entry } } gifts { totalCount } events { totalCount } }
             fragment Entry on TimelineEntry { __typename
                ... on Gift { id date { earliest } } ... on Event { id date { earliest } } }",
        )
        .await;
    let count = |name: &str| data[name]["totalCount"].as_u64().expect("a count");
    assert_eq!(count("timeline"), count("gifts") + count("events"));
    let nodes = data["timeline"]["nodes"].as_array().expect("a list");
    assert_eq!(nodes.len() as u64, count("timeline"));
    let is = |of: &str| nodes.iter().filter(|node| node["__typename"] == of).count() as u64;
    assert_eq!((is("Gift"), is("Event")), (count("gifts"), count("events")));
    let days: Vec<Option<&str>> = nodes.iter().map(|node| node["date"]["earliest"].as_str()).collect();
    assert!(days.is_sorted(), "{days:?}");
    assert!(days.iter().any(Option::is_some));
}

#[tokio::test]
async fn a_nation_finds_what_it_gave_what_it_received_and_what_it_had_a_part_in() {
    let app = TestApp::with(&["article", "history"]).await;
    let data = app
        .query(
            "{ nation(isoAlpha2: \"KP\") {
                giftsGiven(first: 200) { nodes { id } } giftsReceived(first: 200) { nodes { id } }
                events(first: 200) { nodes { id } } }
               timeline(first: 200, where: { nation: { isoAlpha2: { eq: \"KP\" } } }) {
                nodes { ... on Node { id } } } }",
        )
        .await;
    let lists = ["giftsGiven", "giftsReceived", "events"];
    let mut expected: Vec<&str> = lists.iter().flat_map(|list| ids(&data["nation"][*list])).collect();
    assert!(lists[1..].iter().all(|list| !ids(&data["nation"][*list]).is_empty()));
    expected.sort_unstable();
    expected.dedup();
    let mut found = ids(&data["timeline"]);
    found.sort_unstable();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn the_timeline_takes_a_command_per_collection_and_one_for_each_relation_of_a_level() {
    let app = generated().await;
    let details = "... on Gift { title giver { name } recipient { name } items { animal { commonName } } claims { nodes { code } } }
         ... on Event { title nations { nation { name } } claims { nodes { code } } }";
    for (query, expected) in [
        ("{ timeline { __typename } }".to_owned(), 0),
        (
            "{ timeline { nodes { __typename } pageInfo { hasNextPage } } }".to_owned(),
            2,
        ),
        ("{ timeline { totalCount } }".to_owned(), 2),
        ("{ timeline { totalCount nodes { __typename } } }".to_owned(), 4),
        (
            "{ timeline(where: { kinds: [GIFT] }) { totalCount nodes { __typename } } }".to_owned(),
            2,
        ),
        (
            "{ timeline(where: { kinds: [] }) { totalCount nodes { __typename } } }".to_owned(),
            0,
        ),
        // The nations are read once for givers, recipients and parts; none where they are named.
        (
            "{ timeline(where: { nation: { region: { eq: \"Asia\" } } }) { nodes { __typename } } }".to_owned(),
            3,
        ),
        (
            "{ timeline(where: { nation: { id: { eq: \"nation_japan\" } } }) { nodes { __typename } } }".to_owned(),
            2,
        ),
        // Gifts and events; then their nations, the animals, and the claims about gifts and about events.
        (format!("{{ timeline(first: 20) {{ nodes {{ {details} }} }} }}"), 6),
        (
            format!("{{ timeline(first: 200) {{ edges {{ node {{ {details} }} }} }} }}"),
            6,
        ),
    ] {
        assert_eq!(commands(&app, &query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn however_the_members_of_the_union_are_named_the_same_is_found_by_the_same_commands() {
    let app = generated().await;
    let parts =
        "fragment Entry on TimelineEntry { ... on Gift { ...Titled giver { name } } ... on Event { ...Titled } }
                 fragment Titled on TimelineEntry { ... on Gift { title } ... on Event { title } }";
    let start = app.query("{ timeline(first: 1) { pageInfo { endCursor } } }").await;
    let cursor = &start["timeline"]["pageInfo"]["endCursor"];
    let page =
        |body: &str| format!("query($at: String) {{ timeline(first: 20, after: $at) {{ nodes {{ {body} }} }} }}");
    let plain = page("... on Gift { title giver { name } } ... on Event { title }");
    let ask = async |query: &str| {
        let before = app.store.commands_sent();
        let data = app.query_with(query, json!({ "at": cursor })).await;
        (data, app.store.commands_sent() - before)
    };
    let expected = ask(&plain).await;
    assert!(expected.0["timeline"]["nodes"][3]["title"].is_string());
    for query in [
        page(
            "... on TimelineEntry { ... on TimelineEntry { ... on Gift { title giver { name } } ... on Event { title } } }",
        ),
        page(
            "... on Gift { ... on TimelineEntry { ... on Gift { title ... on Node { ... on TimelineEntry { ... on Gift { giver { name } } } } } } } ... on Event { title }",
        ),
        page("... on Node { ... on Gift { title giver { name } } ... on TimelineEntry { ... on Event { title } } }"),
        page("...Entry") + parts,
        page("... on Gift { ...Entry } ... on Event { ... on TimelineEntry { ...Titled } }") + parts,
    ] {
        assert_eq!(ask(&query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn a_fragment_on_a_union_leaves_other_kinds_alone() {
    let app = TestApp::with(&["article"]).await;
    let data = app
        .query(
            "{ nodes(ids: [\"nation_north-korea\", \"gift_ru-kp-2024\"]) {
                id ... on TimelineEntry { __typename ... on Gift { title } } } }",
        )
        .await;
    assert_eq!(data["nodes"][0], json!({ "id": "nation_north-korea" }));
    assert_eq!(data["nodes"][1]["__typename"], "Gift");
    assert!(data["nodes"][1]["title"].is_string());
}

#[tokio::test]
async fn a_cursor_of_another_direction_or_of_another_list_is_refused() {
    let app = TestApp::with(&["article"]).await;
    let data = app
        .query("{ timeline(first: 1) { pageInfo { endCursor } } gifts(first: 1) { pageInfo { endCursor } } }")
        .await;
    let cursor = |list: &str| {
        data[list]["pageInfo"]["endCursor"]
            .as_str()
            .expect("a cursor")
            .to_owned()
    };
    for (arguments, expected) in [
        (
            format!("after: \"{}\", direction: DESC", cursor("timeline")),
            "another order",
        ),
        (format!("after: \"{}\"", cursor("gifts")), "another order"),
        ("before: \"x\"".to_owned(), "not a cursor of this API"),
        ("first: 1, last: 1".to_owned(), "both `first` and `last`"),
        ("first: 201".to_owned(), "accepted are 0 to 200"),
        ("where: { date: { before: \"x\" } }".to_owned(), "`before`"),
        ("where: { nation: { id: { eq: \"gift_x\" } } }".to_owned(), "`where`"),
    ] {
        let (code, message) = app
            .error(&format!("{{ timeline({arguments}) {{ nodes {{ __typename }} }} }}"))
            .await;
        let known = ["BAD_USER_INPUT", "LIMIT_EXCEEDED"].contains(&code.as_str());
        assert!(known && message.contains(expected), "{arguments}: {code} {message}");
    }
}

#[tokio::test]
async fn a_page_of_the_timeline_costs_two_and_its_entries_what_they_select() {
    let app = TestApp::with(&["article"]).await;
    let cost = async |query: &str| {
        let answer = crate::support::client()
            .post(format!("{}/graphql", app.address))
            .header("X-Menagerie-Cost", "1")
            .json(&json!({ "query": query }));
        let answer: Json = answer.send().await.expect("an answer").json().await.expect("JSON");
        answer["extensions"]["cost"]["estimate"].as_u64().expect("a cost")
    };
    let gifts = cost("{ gifts(first: 10) { nodes { __typename } } }").await;
    let timeline = cost("{ timeline(first: 10) { nodes { __typename } } }").await;
    assert_eq!(timeline, gifts + 10);
    let counted = cost("{ timeline(first: 10) { totalCount nodes { __typename } } }").await;
    assert_eq!(counted, timeline + 1 + 2 * 20);
    // Ten rows, each with a field of a gift, a field of an event, and a document.
    let more = "{ timeline(first: 10) { nodes { __typename ... on Gift { giver { id } } ... on Event { title } } } }";
    assert_eq!(cost(more).await, timeline + 10 * (1 + 2 + 1 + 1));
}
