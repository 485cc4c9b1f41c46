//! What is counted, and the line that is logged for each operation.

use std::time::Duration;

use menagerie::api::operation::OperationKind;
use menagerie::api::viewer::{Role, Viewer};
use menagerie::http::metrics::RequestOutcome;
use serde_json::{Value as Json, json};

use crate::commands::server::{Server, until};
use crate::commands::{output, program_over};
use crate::support::{TestApp, client};

/// The value of a metric, by its name and labels as they are written.
fn value(text: &str, metric: &str) -> f64 {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(metric)?.strip_prefix(' '));
    let number = line.unwrap_or_else(|| panic!("no {metric} in:\n{text}"));
    number.parse().expect("a number")
}

fn outcome<'a>(viewer: &'a Viewer, codes: &'a [&'a str]) -> RequestOutcome<'a> {
    RequestOutcome {
        operation: Some("Gifts"),
        kind: OperationKind::Query,
        status: 200,
        codes,
        duration: Duration::from_millis(30),
        cost: Some(12),
        commands: 3,
        request_id: "r1",
        viewer,
    }
}

#[tokio::test]
async fn requests_errors_cost_and_time_are_counted() {
    let app = TestApp::empty().await;
    let metrics = &app.metrics;
    let viewer = Viewer::Known {
        name: "curator".into(),
        role: Role::Editor,
    };
    metrics.observe(&outcome(&viewer, &[]));
    metrics.observe(&RequestOutcome {
        kind: OperationKind::None,
        status: 429,
        cost: None,
        ..outcome(&viewer, &["RATE_LIMITED", "SOMETHING\"} 7\nmenagerie_panics_total 9"])
    });
    metrics.over_limit("depth");
    metrics.over_limit("no limit of ours");
    metrics.panicked();
    metrics.document_looked_up(true);
    metrics.document_looked_up(false);
    metrics.document_looked_up(false);
    metrics.documents_kept(2);
    let text = metrics.text().expect("text");
    for (metric, expected) in [
        ("menagerie_requests_total{kind=\"query\",status_class=\"2xx\"}", 1.0),
        ("menagerie_requests_total{kind=\"none\",status_class=\"4xx\"}", 1.0),
        ("menagerie_errors_total{code=\"RATE_LIMITED\"}", 1.0),
        ("menagerie_errors_total{code=\"OTHER\"}", 1.0),
        ("menagerie_errors_total{code=\"TIMEOUT\"}", 0.0),
        ("menagerie_request_duration_seconds_bucket{le=\"0.025\"}", 0.0),
        ("menagerie_request_duration_seconds_bucket{le=\"0.05\"}", 2.0),
        ("menagerie_request_duration_seconds_count", 2.0),
        ("menagerie_cost_points_total", 12.0),
        ("menagerie_over_limit_total{limit=\"depth\"}", 1.0),
        ("menagerie_over_limit_total{limit=\"OTHER\"}", 1.0),
        ("menagerie_over_limit_total{limit=\"cost\"}", 0.0),
        ("menagerie_panics_total", 1.0),
        ("menagerie_document_cache_hits_total", 1.0),
        ("menagerie_document_cache_misses_total", 2.0),
        ("menagerie_document_cache_entries", 2.0),
    ] {
        assert_eq!(value(&text, metric), expected, "{metric}");
    }
    assert!(text.ends_with("# EOF\n"), "{text}");
}

#[tokio::test]
async fn a_request_counts_as_under_way_until_it_is_over() {
    let app = TestApp::empty().await;
    let under_way = || value(&app.metrics.text().expect("text"), "menagerie_requests_in_flight");
    let (first, second) = (app.metrics.in_flight(), app.metrics.in_flight());
    assert_eq!(under_way(), 2.0);
    drop(first);
    assert_eq!(under_way(), 1.0);
    drop(second);
    assert_eq!(under_way(), 0.0);
}

#[tokio::test]
async fn commands_and_connections_of_the_database_are_shown() {
    let app = TestApp::with(&["article"]).await;
    let (status, headers, before) = app.get("/metrics").await;
    assert_eq!(status, 200);
    assert_eq!(
        headers["content-type"],
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
    app.query("{ gifts { nodes { giver { name } } } }").await;
    let (_, _, after) = app.get("/metrics").await;
    let commands = |text: &str| value(text, "menagerie_database_commands_total");
    assert!(commands(&after) >= commands(&before) + 2.0, "{after}");
    assert!(value(&after, "menagerie_database_connections_open") >= 1.0, "{after}");
    // What was checked out comes back by a message to the pool's own task.
    until("all connections to come back", || {
        (app.store.pool().checked_out == 0).then_some(())
    });
    assert_eq!(app.store.pool().waiting, 0);
}

#[tokio::test]
async fn a_command_that_waits_for_a_connection_is_shown_while_it_waits() {
    let options = menagerie::store::Options {
        pool_size: 1,
        ..crate::support::database_options()
    };
    let app = TestApp::over(options).await;
    let pings = (0..200).map(|_| app.store.ping());
    let most = async {
        let mut most = menagerie::store::PoolState::default();
        // Looks between the polls of the others.
        while most.waiting < 50 {
            let now = app.store.pool();
            assert!(now.checked_out <= 1 && now.open <= 1, "{now:?}");
            most.waiting = most.waiting.max(now.waiting);
            tokio::task::yield_now().await;
        }
    };
    let (answers, ()) = tokio::join!(futures_util::future::join_all(pings), most);
    assert!(answers.iter().all(Result::is_ok));
    until("nothing to wait", || (app.store.pool().waiting == 0).then_some(()));
}

#[tokio::test]
async fn each_operation_is_one_line_of_the_log_whatever_the_client_calls_it() {
    let app = TestApp::empty().await;
    let token = output(&app, &["token", "create", "dashboard", "--role", "reader"]);
    let token = token.trim();
    for format in ["text", "json"] {
        let mut command = program_over(&app);
        command.env("MENAGERIE_LOG_FORMAT", format);
        let mut server = Server::start(&mut command);
        let name = "N".repeat(100);
        let query = format!("query {name}($key: String!) {{ gift(slug: $key) {{ id }} }}");
        for (operation, bearer, status) in [
            (name.as_str(), token, 200),
            ("Nothing kind=mutation\n2026 INFO forged\u{1b}[2K", token, 200),
            (name.as_str(), "hidden-token", 401),
        ] {
            let asked = json!({ "query": query, "variables": { "key": "hidden-value" }, "operationName": operation });
            let request = client().post(&server.address).bearer_auth(bearer).json(&asked);
            let answer = request.send().await.expect("an answer");
            assert_eq!(answer.status(), status, "{operation:?}");
        }
        server.signal("-TERM");
        server.ended();
        let log = server.log();
        let lines: Vec<_> = log.lines().filter(|line| line.contains("request_id")).collect();
        assert_eq!(lines.len(), 3, "{log}");
        for never in ["hidden-", "$key", "forged", token, &"N".repeat(65)] {
            assert!(!log.contains(never), "{never}: {log}");
        }
        if format == "json" {
            let first: Json = serde_json::from_str(lines[0]).expect("JSON");
            assert_eq!(first["target"], "menagerie::operation");
            let fields = &first["fields"];
            assert_eq!(fields["name"], "N".repeat(64), "{first}");
            assert_eq!(
                (&fields["kind"], &fields["status"], &fields["viewer"]),
                (&json!("query"), &json!(200), &json!("dashboard")),
                "{first}"
            );
            for number in ["milliseconds", "cost", "commands"] {
                assert!(fields[number].is_u64(), "{number}: {first}");
            }
            let last: Json = serde_json::from_str(lines[2]).expect("JSON");
            let fields = &last["fields"];
            assert_eq!(fields["codes"], "UNAUTHENTICATED", "{last}");
            assert!(fields.get("viewer").is_none() && fields.get("name").is_none(), "{last}");
        }
    }
}

#[tokio::test]
async fn the_alerts_and_the_dashboard_ask_for_metrics_that_there_are() {
    let app = TestApp::with(&["article"]).await;
    app.query("{ nothing: gifts { totalCount } }").await;
    app.error("{ gift(slug: 1) { id } }").await;
    let (_, _, text) = app.get("/metrics").await;
    let files = ["deploy/alerts.yml", "examples/grafana/metrics.json"];
    let texts = files.map(|file| std::fs::read_to_string(file).expect("the file is there"));
    let names: std::collections::BTreeSet<&str> = texts
        .iter()
        .flat_map(|text| text.split(|character: char| !character.is_ascii_lowercase() && character != '_'))
        .filter(|word| word.starts_with("menagerie_"))
        .collect();
    assert!(names.len() > 20, "{names:?}");
    for name in names {
        assert!(text.lines().any(|line| line.starts_with(name)), "no {name} in:\n{text}");
    }
    let version = env!("CARGO_PKG_VERSION");
    assert!(
        text.contains(&format!("menagerie_build_info{{version=\"{version}\"}} 1")),
        "{text}"
    );
    let (_, _, alive) = app.get("/healthz").await;
    assert!(alive.contains(&format!("\"version\":\"{version}\"")), "{alive}");
}
