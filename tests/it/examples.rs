//! The examples work: each panel of the Grafana dashboard gets what it shows, and each client of `examples/web` pages to
//! the last gift.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use menagerie::api::viewer::Role;
use serde_json::{Value as Json, json};

use crate::support::{TestApp, token};

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

/// What is at this path, of names with dots between.
fn at<'a>(value: &'a Json, path: &str) -> Option<&'a Json> {
    path.split('.').try_fold(value, |value, name| value.get(name))
}

/// Fails unless each column is there.
fn has_columns(panel: &str, columns: &[Json], is_there: impl Fn(&str) -> bool) {
    for column in columns {
        let selector = column["selector"].as_str().expect("a selector");
        assert!(is_there(selector), "{panel}: no {selector}");
    }
}

/// A text with the variables of the dashboard filled in.
fn filled(text: &str, [nation, animal]: [&str; 2]) -> String {
    text.replace("${nation}", nation).replace("${animal}", animal)
}

#[tokio::test]
async fn each_panel_of_the_grafana_dashboard_gets_a_list_with_its_columns() {
    let app = TestApp::with(&["article", "history"]).await;
    let text = fs::read_to_string(examples().join("grafana/dashboard.json")).expect("the dashboard is there");
    let dashboard: Json = serde_json::from_str(&text).expect("it is JSON");
    let mut kinds = Vec::new();
    for panel in dashboard["panels"].as_array().expect("panels") {
        let title = panel["title"].as_str().expect("a title");
        for target in panel["targets"].as_array().expect("targets") {
            let kind = target["type"].as_str().expect("a type");
            let path = target["url"].as_str().expect("a path");
            let columns = target["columns"].as_array().expect("columns");
            kinds.push(kind);
            if kind == "csv" {
                let parameters = target["url_options"]["params"].as_array().expect("parameters");
                let parameters: Vec<String> = parameters
                    .iter()
                    .map(|one| {
                        format!(
                            "{}={}",
                            crate::support::text(&one["key"]),
                            filled(&crate::support::text(&one["value"]), ["", ""])
                                .replace('"', "%22")
                                .replace(' ', "%20")
                        )
                    })
                    .collect();
                let (status, headers, body) = app.get(&format!("{path}?{}", parameters.join("&"))).await;
                assert_eq!(status, 200, "{title}: {body}");
                assert!(
                    headers["content-type"]
                        .to_str()
                        .is_ok_and(|kind| kind.starts_with("text/csv"))
                );
                let header: Vec<&str> = body.lines().next().expect("a header").split(',').collect();
                has_columns(title, columns, |selector| header.contains(&selector));
                assert!(header.len() > 5 && body.lines().count() > 50, "{title}: {header:?}");
                continue;
            }
            assert_eq!((kind, path), ("graphql", "/graphql"), "{title}");
            let query = target["url_options"]["body_graphql_query"].as_str().expect("a query");
            let some = app.query(&filled(query, ["Китай", "panda"])).await;
            let answer = serde_json::json!({ "data": app.query(&filled(query, ["", ""])).await });
            assert_ne!(some, answer["data"], "{title}: the variables change nothing");
            let selector = target["root_selector"].as_str().expect("a root selector");
            let rows = at(&answer, selector).and_then(Json::as_array);
            let rows = rows.unwrap_or_else(|| panic!("{title}: no list at {selector}"));
            assert!(rows.len() > 2, "{title}: {} rows", rows.len());
            assert!(!columns.is_empty(), "{title}");
            for row in rows {
                has_columns(title, columns, |selector| at(row, selector).is_some());
            }
        }
    }
    assert!(kinds.contains(&"csv") && kinds.len() > 5, "{kinds:?}");
}

#[tokio::test]
async fn each_client_pages_to_the_last_gift() {
    let missing = "the examples run in Node.js 20 or newer with their packages: run `make examples`";
    let folder = examples().join("web");
    assert!(folder.join("node_modules/react-relay").is_dir(), "{missing}");
    let app = TestApp::with(&["article", "history"]).await;
    let output = tokio::process::Command::new("npm")
        .args(["start", "--silent", "--", &app.address])
        .current_dir(folder)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap_or_else(|error| panic!("npm does not start ({error}); {missing}"));
    let (said, failed) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{}: {said}{failed}", output.status);
    let data = app.query("{ gifts { totalCount } }").await;
    let gifts = data["gifts"]["totalCount"].as_u64().expect("a number");
    for client in ["Apollo Client", "urql", "Relay"] {
        assert!(
            said.contains(&format!("{client}: {gifts} gifts on ")),
            "{client}: {said}"
        );
    }
}

#[tokio::test]
async fn a_cache_of_a_client_shows_the_right_rows_after_one_was_taken_out() {
    let folder = examples().join("web");
    let app = TestApp::with(&["article"]).await;
    let token = token(&app.store, "editor", Role::Editor, None).await;
    let output = tokio::process::Command::new("node")
        .args(["rows.mjs", &app.address, &token])
        .current_dir(folder)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .expect("node starts; the packages are there after `make examples`");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let after = "Brown bear 2; African lion 1; Mandarin duck 40; Pheasant 25; White cockatoo 5";
    let before = after.replace("; African", "; Domestic yak 2; African");
    assert_eq!(said, format!("before: {before}\ncache: {after}\nserver: {after}\n"));
}

#[tokio::test]
async fn data_tools_read_the_tables_by_their_addresses() {
    let app = TestApp::with(&["article", "history", "nations"]).await;
    let folder = examples().join("data");
    let output = tokio::process::Command::new(folder.join(".venv/bin/python"))
        .args(["check.py", &app.address])
        .current_dir(folder)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .expect("Python starts; the packages are there after `make examples`");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[tokio::test]
async fn a_typed_client_is_made_of_the_description_of_the_named_queries() {
    let app = TestApp::with(&["article", "history"]).await;
    app.is_indexed().await;
    let found = printed(Path::new("node"), &["check.mjs", &app.address], "named")
        .await
        .remove(0);
    let query = "{
        gifts(first: 2, where: { text: \"panda\", giver: { slug: { eq: \"china\" } } }) { totalCount nodes { title } }
        gift(slug: \"ru-kp-2024\") { total { text } }
    }";
    let data = app.query(query).await;
    assert_eq!(found["count"], data["gifts"]["totalCount"]);
    let titles: Vec<&Json> = data["gifts"]["nodes"]
        .as_array()
        .expect("nodes")
        .iter()
        .map(|node| &node["title"])
        .collect();
    assert_eq!(
        found["titles"].as_array().expect("titles").iter().collect::<Vec<_>>(),
        titles
    );
    assert_eq!(found["total"], data["gift"]["total"]["text"]);
    assert_eq!(found["refused"], json!([400, "`slug` is missing; accepted is a text"]));
}

/// The lines of JSON that a program of the examples prints.
pub async fn printed(program: &Path, arguments: &[&str], folder: &str) -> Vec<Json> {
    let output = tokio::process::Command::new(program)
        .args(arguments)
        .current_dir(examples().join(folder))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .expect("it starts; the packages are there after `make examples`");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}{errors}");
    let lines = said
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"));
    lines.collect()
}

/// The Python that has the packages of the examples.
pub fn python() -> PathBuf {
    examples().join("data/.venv/bin/python")
}

#[tokio::test]
async fn clients_read_what_a_status_stands_with() {
    let app = TestApp::with(&["article"]).await;
    let expected = |kind: &str| match kind {
        "good" => (json!("ru-kp-2024"), json!([])),
        "in part" => (json!("ru-kp-2024"), json!(["BAD_USER_INPUT"])),
        "invalid" => (Json::Null, json!(["GRAPHQL_VALIDATION_FAILED"])),
        _ => (Json::Null, json!(["BAD_USER_INPUT"])),
    };
    let by_node = printed(Path::new("node"), &["statuses.mjs", &app.address], "web").await;
    assert_eq!(by_node.len(), 20, "five clients, four kinds");
    let by_python = printed(&python(), &["statuses.py", &app.address], "data").await;
    assert_eq!(by_python.len(), 6, "two media types, three kinds");
    for found in by_node.iter().chain(&by_python) {
        let (slug, codes) = expected(found["kind"].as_str().expect("a kind"));
        assert_eq!((&found["slug"], &found["codes"]), (&slug, &codes), "{found}");
    }
    for found in &by_node {
        let status = match found["kind"].as_str() {
            Some("good") => 200,
            Some("in part") => 294,
            _ => 422,
        };
        assert_eq!(
            found["status"], status,
            "{found}: the media type that each asks for by itself"
        );
    }
}

#[tokio::test]
async fn agents_use_the_tools_by_the_official_clients() {
    let app = TestApp::with(&["article", "history"]).await;
    app.is_indexed().await;
    let clients = printed(Path::new("node"), &["agent.mjs", &app.address], "named").await;
    let names: Vec<&Json> = clients.iter().map(|client| &client["client"]).collect();
    assert_eq!(names, ["client, 2026-07-28", "client, as it is", "sdk"]);
    for client in &clients {
        assert!(
            client["characters"].as_u64().is_some_and(|all| all < 12_000),
            "{client}"
        );
        assert!(client["listed"].as_u64().is_some_and(|all| all < 15_000), "{client}");
        assert_eq!(client["total"]["claim"]["certainty"], "REPORTED", "{client}");
        assert_eq!(client["page"], format!("{}/gifts/ru-kp-2024", app.address), "{client}");
        assert_eq!(client["refused"][0], true, "{client}");
        assert_eq!(
            client["resource"], "Animals from Moscow Zoo for Pyongyang Central Zoo",
            "{client}"
        );
    }
    let by_python = printed(&python(), &["agent.py", &app.address], "data").await;
    assert_eq!(
        (&by_python[0]["gifts"], &by_python[0]["listed"]),
        (&clients[0]["gifts"], &json!(2))
    );
}

#[tokio::test]
async fn apollo_client_hears_of_changes_over_http_alone() {
    let app = TestApp::with(&["article"]).await;
    let gifts = app.raw().await.collection::<mongodb::bson::Document>("gifts");
    let changing = async {
        // It is not told when Apollo has begun to listen.
        for number in 0.. {
            let update = mongodb::bson::doc! { "$set": { "title": format!("title {number}") } };
            let updated = gifts
                .update_one(mongodb::bson::doc! { "_id": "gift_ru-kp-2024" }, update)
                .await;
            assert_eq!(updated.expect("it is updated").modified_count, 1);
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    };
    let arguments = ["subscribe.mjs", app.address.as_str()];
    let heard = tokio::select! {
        heard = printed(Path::new("node"), &arguments, "web") => heard,
        () = changing => Vec::new(),
    };
    // A document is told as it is when it is read, which may be after the next change of it.
    let cursors: std::collections::BTreeSet<&str> = heard.iter().filter_map(|line| line["cursor"].as_str()).collect();
    assert_eq!(cursors.len(), 3, "each change once: {heard:?}");
    let numbers = heard.iter().map(|line| {
        let title = line["title"].as_str().expect("a title");
        title
            .strip_prefix("title ")
            .expect("a number")
            .parse::<u64>()
            .expect("a number")
    });
    assert!(numbers.is_sorted(), "{heard:?}");
}
