//! Behind a proxy: under a path of its own, with or without it in what the proxy sends, and with another `Host`.

use serde_json::json;

use super::{Answer, Door, encoded};
use crate::support::{TestApp, settings};

const OUTSIDE: &str = "https://zoo.example/menagerie/";

fn behind(app: &TestApp) -> Door {
    let mut settings = settings();
    settings.config.public_url = Some(OUTSIDE.parse().expect("an address"));
    Door::over(app, settings)
}

#[tokio::test]
async fn everything_answers_under_the_prefix_whether_or_not_the_proxy_takes_it_off() {
    let app = TestApp::with(&["article"]).await;
    let door = behind(&app);
    let query = format!("?query={}", encoded("{ gift(slug: \"cn-kr\") { id } }"));
    for prefix in ["", "/menagerie"] {
        for (path, status) in [
            (format!("/graphql{query}"), 200),
            (format!("/graphql/{query}"), 200),
            ("/export/gifts.csv".to_owned(), 200),
            ("/schema.graphql".to_owned(), 200),
            ("/nothing".to_owned(), 404),
        ] {
            let answer = Answer::to(door.get(&format!("{prefix}{path}"))).await;
            assert_eq!(answer.status, status, "{prefix}{path}");
        }
    }
    assert_eq!(Answer::to(door.get("/menageries/schema.graphql")).await.status, 404);
    let elsewhere = Door::over(&app, settings());
    assert_eq!(Answer::to(elsewhere.get("/menagerie/schema.graphql")).await.status, 404);
}

#[tokio::test]
async fn pages_refer_to_what_is_under_the_prefix() {
    let app = TestApp::with(&["article"]).await;
    let door = behind(&app);
    for path in ["/", "/menagerie", "/menagerie/", "/gifts/cn-kr/", "/graphiql"] {
        let page = Answer::to(door.get(path)).await;
        let text = String::from_utf8(page.body.clone()).expect("text");
        // Without Node at build time the page says how to get it.
        assert!(
            page.status == 200 || page.status == 503 && text.contains("make web"),
            "{path}: {}",
            page.status
        );
        let named: Vec<&str> = text
            .split(['"', '\''])
            .filter(|part| part.starts_with('/') && part.len() > 1)
            .collect();
        assert!(!named.is_empty(), "{path}");
        for address in named {
            assert!(address.starts_with("/menagerie/"), "{path}: {address}");
            let status = Answer::to(door.get(address)).await.status;
            assert!(
                status == 200 || address == "/menagerie/" && status == page.status,
                "{path}: {address}: {status}"
            );
        }
    }
}

#[tokio::test]
async fn pages_at_the_public_address_are_the_servers_own_whatever_host_the_proxy_sends() {
    let app = TestApp::with(&["article"]).await;
    let door = behind(&app);
    let path = format!("/graphql?query={}", encoded("{ __typename }"));
    Answer::to(door.get(&path).header("origin", "https://zoo.example"))
        .await
        .data();
    let post = door.post(&json!({ "query": "{ __typename }" }));
    Answer::to(post.header("origin", "https://zoo.example")).await.data();
    Answer::to(door.get(&path).header("origin", "https://zoo.example.evil.example"))
        .await
        .is_refused(403, "FORBIDDEN");
    for (origin, status) in [("https://zoo.example", 101), ("https://evil.example", 403)] {
        let request = door.get("/menagerie/graphql").header("origin", origin);
        let request = request
            .header("connection", "upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "MDEyMzQ1Njc4OWFiY2RlZg==")
            .header("sec-websocket-protocol", "graphql-transport-ws");
        assert_eq!(request.send().await.expect("an answer").status(), status, "{origin}");
    }
}
