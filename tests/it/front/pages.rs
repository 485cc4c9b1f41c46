//! The headers that protect, on every answer, and the page: it loads nothing from elsewhere and has no script of its own.

use regex::Regex;

use super::browsers::{ZOO, good, preflight, shared_with};
use super::{Answer, Door};
use crate::support::{TestApp, settings};

/// An answer of each kind, with what it answers.
async fn answers(app: &TestApp) -> Vec<(&'static str, Answer)> {
    let door = Door::over(app, settings());
    let shared = shared_with(app, &[ZOO]);
    let page = Answer::to(door.get("/graphiql")).await;
    let text = String::from_utf8_lossy(&page.body).into_owned();
    let asset = text
        .split('"')
        .find(|part| part.starts_with("/assets/"))
        .unwrap_or("/assets/none.js");
    let mut answers = vec![
        ("a query", Answer::to(good(&door)).await),
        ("a refusal", door.ask("{").await),
        (
            "406",
            Answer::to(
                door.client
                    .post(format!("{}/graphql", door.address))
                    .header("accept", "text/html"),
            )
            .await,
        ),
        ("405", Answer::to(preflight(&door, ZOO, "POST")).await),
        ("a preflight", Answer::to(preflight(&shared, ZOO, "POST")).await),
        ("a shared query", Answer::to(good(&shared).header("origin", ZOO)).await),
        ("the page", page),
    ];
    for path in [
        "/healthz",
        "/readyz",
        "/metrics",
        "/schema.graphql",
        "/",
        "/gifts/ru-kp-2024",
        "/nothing",
        "/assets/none.js",
        asset,
    ] {
        answers.push(("another path", Answer::to(door.get(path)).await));
    }
    answers
}

#[tokio::test]
async fn every_answer_has_the_headers_that_protect() {
    let app = TestApp::empty().await;
    for (name, answer) in answers(&app).await {
        let place = format!("{name}: {}", answer.status);
        for (header, expected) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
        ] {
            assert_eq!(answer.header(header), expected, "{place}: {header}");
        }
        let policy = answer.header("content-security-policy");
        for part in ["default-src 'none'", "frame-ancestors 'none'"] {
            assert!(policy.contains(part), "{place}: {policy}");
        }
        assert!(!answer.header("cross-origin-resource-policy").is_empty(), "{place}");
        assert_eq!(
            answer.header("strict-transport-security"),
            "",
            "{place}: it is plain HTTP"
        );
        assert_eq!(
            (answer.header("server"), answer.header("x-powered-by")),
            (String::new(), String::new())
        );
    }
}

#[tokio::test]
async fn the_pages_load_nothing_from_elsewhere_and_have_no_script_of_their_own() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    for path in ["/", "/graphiql"] {
        loads_only_its_own(&door, path).await;
    }
}

async fn loads_only_its_own(door: &Door, path: &str) {
    let page = Answer::to(door.get(path)).await;
    let text = String::from_utf8(page.body.clone()).expect("text");
    if page.status == 503 {
        // Without Node at build time the page says how to get it.
        assert!(text.contains("make web"), "{text}");
        return;
    }
    let policy = page.header("content-security-policy");
    for directive in policy.split(';') {
        let mut words = directive.split_whitespace();
        let name = words.next().expect("a name");
        for source in words {
            let own = ["'self'", "'none'", "data:"].contains(&source);
            assert!(
                own || (name, source) == ("style-src", "'unsafe-inline'"),
                "{name} {source}"
            );
        }
    }
    assert!(policy.contains("script-src 'self';"), "{policy}");

    // What search engines and scripts read is neither loaded nor run.
    let apart =
        Regex::new(r#"<link rel="canonical"[^>]*>|<script type="application/(?:ld\+)?json"[^>]*>[^<]*</script>"#);
    let text = apart.expect("a pattern").replace_all(&text, "").into_owned();
    let addresses = Regex::new(r#"(?:src|href|action)\s*=\s*["']?([^"'\s>]*)"#).expect("a pattern");
    let mut loaded = 0;
    for address in addresses.captures_iter(&text) {
        let address = &address[1];
        assert!(address.starts_with('/') && !address.starts_with("//"), "{address}");
        let answer = Answer::to(door.get(address)).await;
        assert_eq!(answer.status, 200, "{address}");
        loaded += 1;
    }
    assert!(loaded > 2, "{text}");
    let inline = Regex::new(r#"(?s)<script[^>]*>\s*[^<\s]|<script(?:\s[^>]*)?>|\son\w+\s*=|javascript:|style\s*="#)
        .expect("a pattern");
    let with_source = Regex::new(r#"<script [^>]*src="[^"]+"[^>]*></script>"#).expect("a pattern");
    assert!(with_source.is_match(&text), "{text}");
    let rest = with_source.replace_all(&text, "");
    assert!(!inline.is_match(&rest), "{rest}");
}
