//! Routes, the schema file, the sample operations, and errors.

use std::fs;
use std::path::Path;

use mongodb::bson::{Document, doc};
use serde_json::{Value as Json, json};

use crate::changes::Subscriber;
use crate::support::{TestApp, samples};

fn project(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[test]
fn the_schema_file_is_what_the_code_says() {
    let written = fs::read_to_string(project("schema/schema.graphql")).expect("the file is there");
    let schema = menagerie::graphql::sdl(&menagerie::graphql::schema(crate::support::settings().config.limits));
    assert!(
        written == schema,
        "stale: run `cargo run -- schema > schema/schema.graphql`"
    );
}

#[tokio::test]
async fn everything_in_the_schema_is_described() {
    let app = TestApp::empty().await;
    let query = "{ __schema { types { name description
        fields { name description args { name description } } inputFields { name description } enumValues { name description } } } }";
    let schema = app.query(query).await["__schema"].take();
    let described = |value: &Json| {
        value["description"]
            .as_str()
            .is_some_and(|text| !text.trim().is_empty())
    };
    let mut bare = Vec::new();
    for named in schema["types"].as_array().expect("types") {
        let name = named["name"].as_str().expect("a name");
        if name.starts_with("__") || ["String", "Boolean", "Int", "Float", "ID"].contains(&name) {
            continue;
        }
        if !described(named) {
            bare.push(name.to_owned());
        }
        for part in ["fields", "inputFields", "enumValues"] {
            for member in named[part].as_array().into_iter().flatten() {
                let path = format!("{name}.{}", member["name"].as_str().expect("a name"));
                if !described(member) {
                    bare.push(path.clone());
                }
                let arguments = member["args"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter(|argument| !described(argument));
                bare.extend(arguments.map(|argument| format!("{path}({})", argument["name"])));
            }
        }
    }
    assert!(bare.is_empty(), "without a description: {bare:#?}");
}

#[tokio::test]
async fn every_sample_operation_runs_and_finds_something() {
    let app = TestApp::with(&["article", "history"]).await;
    app.is_indexed().await;
    let mut samples = samples();
    samples.retain(|sample| !sample.is_mutation());
    for sample in &samples {
        let (name, document) = (&sample.name, &sample.document);
        assert!(document.starts_with("# "), "{name} has no title");
        let data = if document.contains("\nsubscription ") {
            let mut subscriber = Subscriber::to(&app, document, &sample.variables).begun();
            let gifts = app.raw().await.collection::<Document>("gifts");
            let retitled = doc! { "$set": { "title": "Another title" } };
            let outcome = gifts.update_one(doc! { "_id": "gift_ru-kp-2024" }, retitled).await;
            outcome.expect("it is updated");
            subscriber.change().await.0
        } else {
            app.query_with(document, sample.variables.clone()).await
        };
        assert!(
            data.to_string().contains("\"id\"") || data.to_string().len() > 200,
            "{name}: {data}"
        );
    }
    assert!(samples.len() >= 8);
}

#[tokio::test]
async fn a_query_can_be_sent_by_get_and_by_post() {
    let app = TestApp::with(&["article"]).await;
    let (status, headers, body) = app
        .get("/graphql?query=query(%24s%3AString)%7Bgift(slug%3A%24s)%7Bid%7D%7D&variables=%7B%22s%22%3A%22cn-kr%22%7D&operationName=")
        .await;
    assert_eq!(
        (status, body.as_str()),
        (200, "{\"data\":{\"gift\":{\"id\":\"gift_cn-kr\"}}}")
    );
    assert_eq!(headers["content-type"], "application/json; charset=utf-8");
    assert_eq!(
        app.query("{ gift(slug: \"cn-kr\") { id } }").await,
        json!({ "gift": { "id": "gift_cn-kr" } })
    );
}

#[tokio::test]
async fn the_other_routes_answer() {
    let app = TestApp::empty().await;
    let (status, headers, body) = app.get("/schema.graphql").await;
    assert_eq!(
        (status, headers["content-type"].to_str().expect("text")),
        (200, "text/plain; charset=utf-8")
    );
    assert_eq!(
        body,
        fs::read_to_string(project("schema/schema.graphql")).expect("the file is there")
    );
    let (status, _, body) = app.get("/healthz").await;
    let alive = format!("{{\"status\":\"ok\",\"version\":\"{}\"}}", env!("CARGO_PKG_VERSION"));
    assert_eq!((status, body), (200, alive));
    let (status, headers, body) = app.get("/licenses.txt").await;
    assert_eq!(
        (status, &headers["content-type"]),
        (200, &"text/plain; charset=utf-8".parse().expect("a value"))
    );
    assert!(
        body.contains("async-graphql") && body.len() > 100_000,
        "{} bytes",
        body.len()
    );
    let (status, _, body) = app.get("/graphiql").await;
    // Without Node at build time the page says how to get it.
    assert!(
        body.contains("<title>") && (status == 200 || status == 503 && body.contains("make web")),
        "{status} {body}"
    );
    let (status, ..) = app.get("/assets/../Cargo.toml").await;
    assert_eq!(status, 404);
}

/// Queries that are refused, each with its code and a part of its message.
const REFUSED: &[(&str, &str, &str)] = &[
    ("{", "GRAPHQL_PARSE_FAILED", "expected"),
    ("{ gfits { nodes { id } } }", "GRAPHQL_VALIDATION_FAILED", "gfits"),
    (
        "{ gifts(first: 201) { nodes { id } } }",
        "LIMIT_EXCEEDED",
        "accepted are 0 to 200",
    ),
    (
        "{ gifts(first: -1) { nodes { id } } }",
        "BAD_USER_INPUT",
        "accepted are 0 to 200",
    ),
    (
        "{ gifts(first: 1, last: 1) { nodes { id } } }",
        "BAD_USER_INPUT",
        "accepted is one of them",
    ),
    (
        "{ gifts(after: \"nonsense\") { nodes { id } } }",
        "BAD_USER_INPUT",
        "`after`: it is not a cursor",
    ),
    (
        "{ gift(id: \"nation_japan\") { id } }",
        "BAD_USER_INPUT",
        "nation_japan",
    ),
    ("{ gift { id } }", "BAD_USER_INPUT", "accepted is just one of them"),
    (
        "{ gift(id: \"gift_cn-kr\", slug: \"cn-kr\") { id } }",
        "BAD_USER_INPUT",
        "accepted is just one of them",
    ),
    ("{ node(id: \"nonsense\") { id } }", "BAD_USER_INPUT", "nonsense"),
    (
        "{ gifts(where: {date: {overlaps: \"2018-13\"}}) { nodes { id } } }",
        "BAD_USER_INPUT",
        "2018-13",
    ),
    (
        "{ gifts(where: {date: {before: \"../2018\"}}) { nodes { id } } }",
        "BAD_USER_INPUT",
        "known beginning",
    ),
    (
        "{ gifts(where: {date: {within: \"1965/\"}}) { nodes { id } } }",
        "BAD_USER_INPUT",
        "one end of this span is unknown",
    ),
    (
        "{ gifts(where: {giver: {id: {eq: \"gift_cn-kr\"}}}) { nodes { id } } }",
        "BAD_USER_INPUT",
        "gift_cn-kr",
    ),
    (
        "{ nation(slug: \"japan\") { giftsGiven(first: 1000) { nodes { id } } } }",
        "LIMIT_EXCEEDED",
        "0 to 200",
    ),
    (
        "{ gifts(where: {total: {atLeast: \"x\"}}) { nodes { id } } }",
        "GRAPHQL_VALIDATION_FAILED",
        "expected value of type Int, found a string",
    ),
];

#[tokio::test]
async fn errors_have_a_code_and_say_what_is_accepted() {
    let app = TestApp::with(&["article"]).await;
    for (query, code, part) in REFUSED {
        let (found, message) = app.error(query).await;
        assert_eq!(found, *code, "{query}: {message}");
        assert!(message.contains(part), "{query}: {message}");
    }
    let (_, body) = app.post("{ gifts(first: 500) { nodes { id } } }", json!({})).await;
    assert_eq!(
        body["errors"][0]["extensions"],
        json!({ "code": "LIMIT_EXCEEDED", "name": "pageSize", "limit": 200, "actual": 500 })
    );
}

#[tokio::test]
async fn what_does_not_exist_is_null_and_not_an_error() {
    let app = TestApp::with(&["article"]).await;
    let data = app
        .query("{ gift(slug: \"none\") { id } node(id: \"event_none\") { id } nodes(ids: [\"gift_cn-kr\", \"gift_none\", \"nation_japan\"]) { id __typename } nation(isoAlpha2: \"ZZ\") { id } }")
        .await;
    assert_eq!(
        data,
        json!({ "gift": null, "node": null, "nation": null,
            "nodes": [{ "id": "gift_cn-kr", "__typename": "Gift" }, null, { "id": "nation_japan", "__typename": "Nation" }] })
    );
}

#[tokio::test]
async fn the_limits_can_be_asked_for() {
    let app = TestApp::empty().await;
    assert_eq!(
        app.query("{ serviceConfig { defaultPageSize maxPageSize requestTimeoutMs maxBodyBytes } }")
            .await["serviceConfig"],
        json!({ "defaultPageSize": 20, "maxPageSize": 200, "requestTimeoutMs": 30000, "maxBodyBytes": 65536 })
    );
}

#[tokio::test]
async fn a_refusal_tells_twenty_mistakes_at_most_and_an_execution_all_errors_each_once() {
    let app = TestApp::empty().await;
    let different: String = (0..30).map(|number| format!(" nothing{number}")).collect();
    let (_, body) = app.post(&format!("{{{different} }}"), json!({})).await;
    assert_eq!(body["errors"].as_array().expect("errors").len(), 20);
    // What fails in the execution is null in its own place, and each of them is told with its path.
    let many: String = (0..30)
        .map(|number| format!(" a{number}: gifts(first: -1) {{ totalCount }}"))
        .collect();
    let (_, body) = app.post(&format!("{{{many} }}"), json!({})).await;
    let errors = body["errors"].as_array().expect("errors");
    let paths: std::collections::BTreeSet<String> = errors.iter().map(|error| error["path"].to_string()).collect();
    assert_eq!((errors.len(), paths.len()), (30, 30), "{body}");
    let (_, body) = app
        .post(
            "{ nothing ...F ...G } fragment F on Query { nothing } fragment G on Query { nothing }",
            json!({}),
        )
        .await;
    assert_eq!(body["errors"].as_array().expect("errors").len(), 1, "{body}");
}
