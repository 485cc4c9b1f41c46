//! What others hold a GraphQL server to, run from npm against ours: the audits of graphql-http, and documents that
//! graphql-js has judged. The scripts stand in `web/conformance/`; what they find is judged here.

mod configured; // the documents that editors find
mod federation; // composed with another subgraph, and asked through a gateway
mod mutations; // random mutations, counted by what they change
mod nothing; // every composite field with nothing selected of it
mod queries; // random queries against their normal form and graphql-js
mod releases; // what has changed in the schema since the last release
mod structured; // the linked data of the pages, as schema.org has it

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::process::Stdio;

use menagerie::config::StatusText;
use mongodb::bson::{Document, doc};
use serde_json::{Value as Json, json};

use crate::support::{TestApp, settings, until};

/// The fewest audits and documents; fewer would mean that the scripts have lost some.
const AUDITS: usize = 50;
const DOCUMENTS: usize = 300;

/// How often each rule of the specification must be broken.
const TIMES: usize = 3;

fn web() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("web")
}

/// The lines of JSON that a script prints.
async fn lines(script: &str, arguments: &[&str]) -> Vec<Json> {
    let missing = "these checks run in Node.js 20 or newer with the packages of web/: run `make web`";
    assert!(web().join("node_modules/graphql-http").is_dir(), "{missing}");
    let output = tokio::process::Command::new("node")
        .arg(format!("conformance/{script}"))
        .args(arguments)
        .current_dir(web())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap_or_else(|error| panic!("node does not start ({error}); {missing}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}: {}: {said}", output.status);
    String::from_utf8(output.stdout)
        .expect("text")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect()
}

/// What a script of random requests finds: a line for each that was answered wrongly, and what it says of the run.
async fn found(script: &str, arguments: &[&str]) -> (Vec<Json>, Json) {
    let mut lines = lines(script, arguments).await;
    let mut last = lines.pop().expect("a summary");
    assert!(last["summary"].is_object(), "{last}");
    (lines, last["summary"].take())
}

/// Fails where something was answered wrongly, with the first few of them.
fn none_differs(differing: &[Json], summary: &Json) {
    let mut first: Vec<String> = differing.iter().map(|line| format!("{line:#}")).collect();
    // The smallest ones are the easiest to read.
    first.sort_by_key(String::len);
    first.truncate(3);
    assert!(
        differing.is_empty() && summary["different"] == 0,
        "{} of {} are answered wrongly:\n{}\n{summary:#}",
        summary["different"],
        summary["checked"],
        first.join("\n")
    );
}

#[tokio::test]
async fn the_audits_of_graphql_http_all_pass_by_the_text_that_they_know() {
    let mut settings = settings();
    settings.config.http_statuses = StatusText::Of2025;
    let app = TestApp::set(settings).await;
    let audits = lines("audits.mjs", &[&app.address]).await;
    assert!(audits.len() >= AUDITS, "only {} audits", audits.len());
    let failed: Vec<String> = audits
        .iter()
        .filter(|audit| audit["status"] != "ok")
        .map(Json::to_string)
        .collect();
    assert!(failed.is_empty(), "{} fail:\n{}", failed.len(), failed.join("\n"));
}

/// The audits of graphql-http 1.23 know the text of 2025: they want 400 where the text of 2026 has 422.
#[tokio::test]
async fn the_audits_differ_from_the_text_of_2026_only_in_its_statuses() {
    let app = TestApp::empty().await;
    let audits = lines("audits.mjs", &[&app.address]).await;
    let failed: Vec<&Json> = audits.iter().filter(|audit| audit["status"] != "ok").collect();
    assert!(!failed.is_empty(), "the audits know 422 now: drop the older text");
    for audit in failed {
        let name = audit["name"].as_str().unwrap_or_default();
        let reason = audit["reason"].as_str().unwrap_or_default();
        assert!(name.contains("400") && reason.contains("not 400"), "{audit:#}");
    }
}

#[tokio::test]
async fn the_reference_clients_of_both_protocols_are_cut_off_and_lose_and_double_nothing() {
    let app = TestApp::with(&["article"]).await;
    let gifts = app.raw().await.collection::<Document>("gifts");
    let changing = async {
        for number in 0.. {
            let update = doc! { "$set": { "title": format!("title {number}") } };
            let updated = gifts.update_one(doc! { "_id": "gift_ru-kp-2024" }, update).await;
            assert_eq!(updated.expect("it is updated").modified_count, 1);
        }
    };
    let arguments = [app.address.as_str()];
    let clients = tokio::select! {
        clients = lines("subscriptions.mjs", &arguments) => clients,
        () = changing => Vec::new(),
    };
    let names: Vec<&Json> = clients.iter().map(|client| &client["client"]).collect();
    assert_eq!(names, ["graphql-ws", "graphql-sse"]);
    for client in &clients {
        let name = &client["client"];
        assert_eq!(
            client["query"],
            json!([{ "data": { "__typename": "Query" } }]),
            "{name}"
        );
        // An error of the operation in one protocol, a result that has errors in the other.
        let errors = ["error", "errors"]
            .into_iter()
            .find_map(|key| client["refused"][0].get(key));
        let code = errors.map(|errors| &errors[0]["extensions"]["code"]);
        assert_eq!(
            code,
            Some(&json!("GRAPHQL_VALIDATION_FAILED")),
            "{name}: {}",
            client["refused"]
        );
        let cursors = client["cursors"].as_array().expect("cursors");
        let distinct: HashSet<&Json> = cursors.iter().collect();
        assert!(
            cursors.len() == 12 && distinct.len() == cursors.len(),
            "{name}: {cursors:?}"
        );
        assert_eq!(
            client["cursors"], client["uncut"],
            "{name}: as if it had not been cut off"
        );
        assert!(
            client["times"].as_u64() >= Some(2),
            "{name} was cut off: {}",
            client["times"]
        );
    }
    until("nobody to hear any more", || app.live.status().listeners == 1).await;
}

/// What is wrong with an answer to a document that graphql-js has judged so; nothing where both agree.
fn disagreement(verdict: &str, status: u16, answer: &Json) -> Option<String> {
    let errors = answer["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    let codes: Vec<&str> = errors
        .iter()
        .filter_map(|error| error["extensions"]["code"].as_str())
        .collect();
    let (parse, validation, limit) = (
        codes.contains(&"GRAPHQL_PARSE_FAILED"),
        codes.contains(&"GRAPHQL_VALIDATION_FAILED"),
        // With a path it is about the values of one field, which is no matter of the document.
        codes.contains(&"LIMIT_EXCEEDED") && errors.iter().all(|error| error.get("path").is_none()),
    );
    // Every answer has one of the two, or it says nothing about the document.
    let answered = answer.get("data").is_some() || !codes.is_empty();
    let agreed = match verdict {
        "valid" => !parse && !validation && !limit,
        "syntax" => parse,
        "invalid" => validation,
        // Allowed by the specification, and a server may draw a line.
        "deep" => !parse,
        _ => false,
    };
    if agreed && answered && status < 500 {
        return None;
    }
    let first = errors.first().map(|error| error["message"].to_string());
    Some(format!("{status} {codes:?} {}", first.unwrap_or_default()))
}

/// Where graphql-js strays from the specification, and this server keeps to it: a part of the document, and why.
const STRAYS: [(&str, &str); 2] = [
    (
        "\"\"\"a\"\"\"",
        "a block string and a string of the same text are the same value, so fields that differ in nothing else merge \
         (5.3.2, identical sets of arguments); graphql-js compares how they are written",
    ),
    (
        "a: __typename",
        "`__typename` has the type String!, so it cannot share a response name with an Int! (5.3.2, SameResponseShape); \
         graphql-js looks the type up among the declared fields and finds none",
    ),
];

#[tokio::test]
async fn documents_are_judged_as_graphql_js_judges_them() {
    let app = TestApp::empty().await;
    let judged = lines("documents.mjs", &["../schema/schema.graphql"]).await;
    let (known, documents) = judged.split_first().expect("the rules come first");
    assert!(documents.len() >= DOCUMENTS, "only {} documents", documents.len());

    let mut broken: HashMap<&str, usize> = HashMap::new();
    let mut differences = Vec::new();
    for judged in documents {
        let rules = judged["rules"].as_array().expect("rules").iter();
        for rule in rules.clone().filter_map(Json::as_str) {
            *broken.entry(rule).or_default() += 1;
        }
        let document = judged["document"].as_str().expect("a document");
        let verdict = judged["verdict"].as_str().expect("a verdict");
        let (status, answer) = app.post(document, json!({})).await;
        let strays = STRAYS.iter().any(|(part, _)| document.contains(part));
        if let Some(found) = disagreement(verdict, status, &answer)
            && !strays
        {
            let rules: Vec<&str> = rules.filter_map(Json::as_str).collect();
            differences.push(format!("{verdict} {rules:?}, here {found}\n    {document:?}"));
        }
    }

    let seldom: Vec<&str> = known["known"]
        .as_array()
        .expect("the names of the rules")
        .iter()
        .filter_map(Json::as_str)
        // The schema has all three types, so nothing can break the rule that the type of an operation exists.
        .filter(|rule| *rule != "OperationTypeExistenceRule")
        .filter(|rule| broken.get(rule).copied().unwrap_or_default() < TIMES)
        .collect();
    assert!(seldom.is_empty(), "broken by fewer than {TIMES} documents: {seldom:?}");
    assert!(
        differences.is_empty(),
        "{} of {} documents are judged otherwise:\n{}",
        differences.len(),
        documents.len(),
        differences.join("\n")
    );
}

#[tokio::test]
async fn values_of_variables_are_taken_as_graphql_js_takes_them() {
    let app = TestApp::empty().await;
    let judged = lines("variables.mjs", &["../schema/schema.graphql"]).await;
    assert!(judged.len() > 500, "only {} values", judged.len());
    let client = crate::support::client();
    let mut differences = Vec::new();
    for one in &judged {
        let variables = one["variables"].as_str().expect("a text");
        let body = format!("{{\"query\":{},\"variables\":{variables}}}", one["document"]);
        let request = client.post(format!("{}/graphql", app.address));
        let request = request.header("content-type", "application/json");
        let answer = request.body(body).send().await.expect("an answer");
        let answer: Json = answer.json().await.expect("JSON");
        // Of what is wrong with a field it is told where the field is.
        let told = answer["errors"][0]["message"].as_str().unwrap_or_default();
        let accepted = !told.starts_with("`variables`");
        // Of its type, and refused by us: a null would widen the filter.
        let is_null_in_filter = told.starts_with("`where.") && told.contains("is null; accepted is a value");
        if one["accepted"] != accepted || (accepted && answer.get("data").is_none() && !is_null_in_filter) {
            differences.push(format!("{one}: {answer}"));
        }
    }
    assert!(
        differences.is_empty(),
        "{} of {} values are taken otherwise:\n{}",
        differences.len(),
        judged.len(),
        differences.join("\n")
    );
    let accepted = judged.iter().filter(|one| one["accepted"] == true).count();
    assert!(
        accepted > 100 && accepted < judged.len() - 100,
        "{accepted} are accepted"
    );
}

#[test]
fn a_disagreement_is_seen_whichever_way_it_goes() {
    let answer = |code: &str| json!({ "errors": [{ "message": "m", "extensions": { "code": code } }] });
    for (verdict, code, agreed) in [
        ("valid", "GRAPHQL_VALIDATION_FAILED", false),
        ("valid", "GRAPHQL_PARSE_FAILED", false),
        ("valid", "LIMIT_EXCEEDED", false),
        ("valid", "BAD_USER_INPUT", true),
        ("syntax", "GRAPHQL_PARSE_FAILED", true),
        ("syntax", "GRAPHQL_VALIDATION_FAILED", false),
        ("invalid", "GRAPHQL_VALIDATION_FAILED", true),
        ("invalid", "GRAPHQL_PARSE_FAILED", false),
        ("invalid", "LIMIT_EXCEEDED", false),
        ("deep", "LIMIT_EXCEEDED", true),
        ("deep", "GRAPHQL_PARSE_FAILED", false),
    ] {
        let found = disagreement(verdict, 400, &answer(code));
        assert_eq!(found.is_none(), agreed, "{verdict} {code}: {found:?}");
        assert!(disagreement(verdict, 500, &answer(code)).is_some());
    }
    assert!(disagreement("valid", 200, &json!({ "data": null })).is_none());
    assert!(disagreement("invalid", 200, &json!({ "data": null })).is_some());
}
