//! Alive, ready, and the port of their own.

use std::net::TcpListener;
use std::time::Instant;

use menagerie::feed::Live;
use menagerie::http::{self, Serving, State};
use menagerie::search::Search;
use menagerie::store::{Options, Store};
use serde_json::Value as Json;

use crate::commands::server::Server;
use crate::commands::{PATIENCE, ends_with, program_over};
use crate::support::{TestApp, client, database_options, settings};

/// The name of each check that decides, and whether it holds. Those of the feed, the search index and the columns only tell.
fn checks(body: &Json) -> Vec<(&str, bool)> {
    let reasons = body["reasons"].as_array().expect("reasons");
    const TELL_ONLY: [&str; 3] = ["feed", "search", "columns"];
    for name in TELL_ONLY {
        assert!(reasons.iter().any(|reason| reason["check"] == name), "{name}");
    }
    reasons
        .iter()
        .filter(|reason| !reason["check"].as_str().is_some_and(|name| TELL_ONLY.contains(&name)))
        .map(|reason| {
            assert!(reason["detail"].as_str().is_some_and(|detail| !detail.is_empty()));
            (
                reason["check"].as_str().expect("a name"),
                reason["ok"].as_bool().expect("a flag"),
            )
        })
        .collect()
}

/// The answer of `/readyz` over a store that nobody has prepared.
async fn ready_over(options: &Options) -> (u16, String) {
    let store = Store::connect(options).await.expect("the store connects");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("an address");
    let serving = Serving {
        workers: 1,
        ..Serving::default()
    };
    let live = Live::new(&store, 0);
    let state = State::new(store, live, Search::default(), settings()).expect("the settings fit");
    let server = http::serve(listener, state, serving).expect("the server starts");
    let server = tokio::spawn(server);
    let answer = client().get(format!("http://{address}/readyz")).send().await;
    let answer = answer.expect("an answer");
    let found = (answer.status().as_u16(), answer.text().await.expect("text"));
    server.abort();
    found
}

#[tokio::test]
async fn a_server_with_its_database_is_ready_and_says_why() {
    let app = TestApp::empty().await;
    let (status, headers, body) = app.get("/readyz").await;
    let body: Json = serde_json::from_str(&body).expect("JSON");
    assert_eq!((status, &body["status"]), (200, &"ready".into()), "{body}");
    assert_eq!(checks(&body), [("database", true), ("schema", true), ("running", true)]);
    assert_eq!(headers["cache-control"], "no-store");
}

#[tokio::test]
async fn without_its_schema_a_server_is_alive_but_not_ready() {
    let (status, body) = ready_over(&database_options()).await;
    let body: Json = serde_json::from_str(&body).expect("JSON");
    assert_eq!((status, &body["status"]), (503, &"not ready".into()), "{body}");
    assert_eq!(
        checks(&body),
        [("database", true), ("schema", false), ("running", true)]
    );
}

#[tokio::test]
async fn without_a_database_a_server_is_not_ready_and_keeps_the_drivers_words_to_itself() {
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = closed.local_addr().expect("an address").port();
    drop(closed);
    let (status, body) = ready_over(&Options {
        uri: format!("mongodb://keeper:s3cret@127.0.0.1:{port}/"),
        ..database_options()
    })
    .await;
    assert_eq!(status, 503, "{body}");
    for told in ["s3cret", "keeper", &port.to_string(), "127.0.0.1", "selection"] {
        assert!(!body.contains(told), "{told}: {body}");
    }
    let body: Json = serde_json::from_str(&body).expect("JSON");
    assert_eq!(
        checks(&body),
        [("database", false), ("schema", false), ("running", true)]
    );
}

#[tokio::test]
async fn with_a_port_of_their_own_metrics_and_readiness_are_nowhere_else() {
    let admin = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = format!("http://{}", admin.local_addr().expect("an address"));
    let app = TestApp::serving(Serving {
        admin: Some(admin),
        ..Serving::default()
    })
    .await;
    for (path, api, admin) in [
        ("/healthz", 200, 200),
        ("/readyz", 404, 200),
        ("/metrics", 404, 200),
        ("/graphql", 400, 404),
        ("/schema.graphql", 200, 404),
    ] {
        let (status, ..) = app.get(path).await;
        assert_eq!(status, api, "{path}");
        let answer = client().get(format!("{address}{path}")).send().await;
        assert_eq!(answer.expect("an answer").status().as_u16(), admin, "{path}");
    }
}

#[tokio::test]
async fn the_port_of_their_own_answers_until_the_server_has_ended() {
    let app = TestApp::empty().await;
    let mut command = program_over(&app);
    command
        .env("MENAGERIE_ADMIN_BIND", "127.0.0.1:0")
        .env("MENAGERIE_DRAIN_MS", "600000");
    let mut server = Server::start(&mut command);
    let metrics = server.printed("metrics and health:");
    let ready = metrics.replace("/metrics", "/readyz");
    let answer = client().get(&metrics).send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    let answer = client().get(&ready).send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    server.signal("-TERM");
    let since = Instant::now();
    loop {
        assert!(since.elapsed() < PATIENCE, "it goes on to be ready");
        let answer = client().get(&ready).send().await.expect("an answer");
        if answer.status() == 503 {
            let body: Json = answer.json().await.expect("JSON");
            assert_eq!(
                checks(&body),
                [("database", true), ("schema", true), ("running", false)]
            );
            break;
        }
    }
    server.signal("-TERM");
    assert_eq!(server.ended().code(), Some(1), "{}", server.log());
}

#[tokio::test]
async fn a_port_that_is_taken_is_told_with_its_setting() {
    let app = TestApp::empty().await;
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = taken.local_addr().expect("an address").to_string();
    let mut command = program_over(&app);
    command
        .env("MENAGERIE_BIND", "127.0.0.1:0")
        .env("MENAGERIE_ADMIN_BIND", &address);
    let said = ends_with(&mut command, 70);
    assert!(
        said.contains(&format!("cannot listen on {address}: ")) && said.contains("set MENAGERIE_ADMIN_BIND"),
        "{said}"
    );
}
