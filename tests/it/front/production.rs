//! What a server does not tell in production: its schema, its pages, what may have been meant.

use menagerie::http::Settings;
use reqwest::redirect::Policy;
use serde_json::json;

use super::{Answer, Door};
use crate::support::{TestApp, settings};

/// As the production profile sets it.
fn production() -> Settings {
    let mut settings = settings();
    settings.config.introspection = false;
    settings.config.graphiql = false;
    settings.config.suggestions = false;
    settings
}

#[tokio::test]
async fn the_schema_cannot_be_asked_for() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, production());
    for query in [
        "{ __schema { types { name } } }",
        "{ __type(name: \"Gift\") { name } }",
        "{ a: __typename b: __schema { queryType { name } } }",
        "{ ...F } fragment F on Query { ... on Query { __schema { queryType { name } } } }",
        "query A { __typename } query B { __schema { queryType { name } } }",
        "mutation { createGift(input: { slug: \"a\", title: \"A\", giver: \"nation_a\", recipient: \"nation_b\", mode: GIFT, \
         status: DELIVERED }) { query { __schema { description } } } }",
        "{ _service { sdl } }",
        include_str!("introspection.graphql"),
    ] {
        let answer = door.ask(query).await;
        answer.is_refused(422, "GRAPHQL_VALIDATION_FAILED");
        assert!(
            answer.message().contains("introspection is turned off"),
            "{}",
            answer.message()
        );
    }
    // The name of a type is no introspection: clients put it into every selection.
    let answer = door.ask("{ __typename gifts { __typename } }").await;
    assert_eq!(
        answer.data(),
        &json!({ "__typename": "Query", "gifts": { "__typename": "GiftConnection" } })
    );
}

#[tokio::test]
async fn graphiql_and_the_schema_file_are_not_there() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, production());
    for path in [
        "/graphiql",
        "/graphiql.html",
        "/index.html",
        "/schema.graphql",
        "/assets/graphiql.js",
        "/assets/",
    ] {
        assert_eq!(Answer::to(door.get(path)).await.status, 404, "{path}");
    }
    let open = Door::over(&app, settings());
    assert_eq!(Answer::to(open.get("/schema.graphql")).await.status, 200);
}

#[tokio::test]
async fn each_page_is_there_where_it_is_switched_on() {
    let app = TestApp::with(&["article"]).await;
    // Where Node was missing when the server was built, 503 says so in the place of a page.
    let is_page = |status: u16| [200, 503].contains(&status);
    for (dashboard, graphiql) in [(true, true), (true, false), (false, true), (false, false)] {
        let mut settings = settings();
        (settings.config.dashboard, settings.config.graphiql) = (dashboard, graphiql);
        let mut door = Door::over(&app, settings);
        door.client = reqwest::Client::builder()
            .redirect(Policy::none())
            .build()
            .expect("a client");
        let place = format!("dashboard: {dashboard}, GraphiQL: {graphiql}");
        let home = Answer::to(door.get("/")).await;
        match (dashboard, graphiql) {
            (true, _) => assert!(is_page(home.status), "{place}: {}", home.status),
            (false, true) => assert_eq!(
                (home.status, home.header("location")),
                (302, "/graphiql".into()),
                "{place}"
            ),
            (false, false) => assert_eq!(home.status, 404, "{place}"),
        }
        for (path, is_on) in [("/gifts/ru-kp-2024", dashboard), ("/graphiql", graphiql)] {
            let status = Answer::to(door.get(path)).await.status;
            assert!(
                if is_on { is_page(status) } else { status == 404 },
                "{place}: {path}: {status}"
            );
        }
        assert_eq!(Answer::to(door.get("/gifts/ru-kp-2024/x")).await.status, 404, "{place}");
    }
}

/// A mistake, and what was meant.
const MISTAKES: [(&str, &str); 9] = [
    ("{ gfits { nodes { id } } }", "gifts"),
    ("{ gifts { nodes { tilte } } }", "title"),
    ("{ node(id: \"x\") { idd } }", "id"),
    ("{ gifts(frist: 1) { nodes { id } } }", "first"),
    ("{ gifts(where: { slgu: { eq: \"x\" } }) { nodes { id } } }", "slug"),
    ("{ gifts(where: { mode: { eq: TRIBUT } }) { nodes { id } } }", "TRIBUTE"),
    ("{ gifts { nodes { ... on Gfit { id } } } }", "Gift"),
    ("query($w: GiftFliter) { node(id: $w) { id } }", "GiftFilter"),
    ("{ ...F } fragment F on Qery { __typename }", "Query"),
];

#[tokio::test]
async fn a_mistake_is_answered_with_what_was_meant() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    for (query, meant) in MISTAKES {
        let answer = door.ask(query).await;
        assert_eq!(answer.codes().first(), Some(&"GRAPHQL_VALIDATION_FAILED"), "{query}");
        let told = answer.json["errors"].to_string();
        assert!(told.contains(&format!("did you mean `{meant}`?")), "{query}: {told}");
    }
    let far = door.ask("{ zzz }").await;
    assert!(!far.message().contains("did you mean"), "{}", far.message());
}

#[tokio::test]
async fn in_production_nobody_is_told_what_may_have_been_meant() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, production());
    for (query, meant) in MISTAKES {
        let answer = door.ask(query).await;
        answer.json["errors"].as_array().expect("errors");
        assert_eq!(answer.codes().first(), Some(&"GRAPHQL_VALIDATION_FAILED"), "{query}");
        let told = answer.json["errors"].to_string();
        assert!(!told.to_lowercase().contains("did you mean"), "{query}: {told}");
        // An id is part of many words.
        assert!(
            meant == "id" || !told.contains(&format!("`{meant}`")),
            "{query}: {told}"
        );
    }
    // Values of variables are told of in words of the same kind.
    let request = json!({
        "query": "query($w: GiftFilter) { gifts(where: $w) { nodes { id } } }",
        "variables": { "w": { "slgu": { "eq": "x" } } }
    });
    let answer = Answer::to(door.post(&request)).await;
    answer.is_refused(422, "BAD_USER_INPUT");
    assert!(!answer.message().contains("`slug`"), "{}", answer.message());
}
