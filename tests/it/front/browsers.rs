//! What protects people in browsers from other sites: forged requests are refused, and answers can be read only by those
//! origins that are allowed to. Headers and pages are tested in `pages`.

use reqwest::{Method, RequestBuilder};
use serde_json::json;

use super::{Answer, Door, encoded};
use crate::support::{TestApp, settings};

pub const ZOO: &str = "https://zoo.example";
const EVIL: &str = "https://evil.example";

/// A server whose answers pages of these origins may read.
pub fn shared_with(app: &TestApp, origins: &[&str]) -> Door {
    let mut settings = settings();
    settings.config.cors_origins = origins.iter().map(|origin| (*origin).to_owned()).collect();
    Door::over(app, settings)
}

/// The request that a page of another site can make a browser send without asking first.
fn simple(door: &Door) -> RequestBuilder {
    door.get(&format!("/graphql?query={}", encoded("{ __typename }")))
        .header("sec-fetch-site", "cross-site")
        .header("sec-fetch-mode", "no-cors")
}

/// A good request, as a program sends it.
pub fn good(door: &Door) -> RequestBuilder {
    door.post(&json!({ "query": "{ __typename }" }))
}

#[tokio::test]
async fn a_request_that_a_browser_sends_for_another_site_without_asking_is_refused() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    let refused = Answer::to(simple(&door)).await;
    refused.is_refused(403, "FORBIDDEN");
    assert!(
        refused.message().contains("Apollo-Require-Preflight"),
        "{}",
        refused.message()
    );
    Answer::to(simple(&door).header("origin", EVIL))
        .await
        .is_refused(403, "FORBIDDEN");
    for (name, value) in [
        ("apollo-require-preflight", "true"),
        ("x-apollo-operation-name", "Q"),
        ("graphql-require-preflight", ""),
        ("x-requested-with", "XMLHttpRequest"),
        ("content-type", "application/json"),
    ] {
        Answer::to(simple(&door).header(name, value)).await.data();
    }
    for site in ["same-origin", "none"] {
        let path = format!("/graphql?query={}", encoded("{ __typename }"));
        Answer::to(door.get(&path).header("sec-fetch-site", site)).await.data();
    }
    // Browsers without Fetch Metadata, and programs, which send nothing of the kind.
    let bare = || door.get(&format!("/graphql?query={}", encoded("{ __typename }")));
    Answer::to(bare()).await.data();
    Answer::to(bare().header("origin", &door.address)).await.data();
    Answer::to(bare().header("origin", EVIL))
        .await
        .is_refused(403, "FORBIDDEN");
    // The three content types that need no preflight are none of ours.
    for content in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ] {
        let request = door.client.post(format!("{}/graphql", door.address));
        let request = request.header("content-type", content).header("origin", EVIL);
        Answer::to(request.body("{\"query\":\"{__typename}\"}"))
            .await
            .is_refused(415, "BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn an_allowed_origin_needs_no_header_of_its_own() {
    let app = TestApp::empty().await;
    let door = shared_with(&app, &[ZOO]);
    Answer::to(simple(&door).header("origin", ZOO)).await.data();
    Answer::to(simple(&door).header("origin", EVIL))
        .await
        .is_refused(403, "FORBIDDEN");
    Answer::to(simple(&door)).await.is_refused(403, "FORBIDDEN");
}

#[tokio::test]
async fn other_sites_read_nothing_unless_they_are_allowed_to() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    let answer = Answer::to(good(&door).header("origin", ZOO)).await;
    answer.data();
    let answer = (
        answer.header("access-control-allow-origin"),
        answer.header("cross-origin-resource-policy"),
    );
    assert_eq!(answer, (String::new(), "same-origin".into()));
    let preflight = Answer::to(preflight(&door, ZOO, "POST")).await;
    assert_eq!(
        (preflight.status, preflight.header("access-control-allow-origin")),
        (403, String::new())
    );
}

#[tokio::test]
async fn a_refused_preflight_names_both_origins_and_the_setting() {
    let app = TestApp::empty().await;
    for origins in [&[][..], &[ZOO]] {
        let door = shared_with(&app, origins);
        for path in ["/graphql", "/graphql/stream", "/export/gifts.csv", "/schema.graphql"] {
            let request = door.client.request(Method::OPTIONS, format!("{}{path}", door.address));
            let request = request
                .header("origin", EVIL)
                .header("access-control-request-method", "POST");
            let refused = Answer::to(request).await;
            refused.is_refused(403, "FORBIDDEN");
            for part in [EVIL, &door.address, "MENAGERIE_CORS_ORIGINS"] {
                assert!(refused.message().contains(part), "{path}: {}", refused.message());
            }
            assert_eq!(refused.header("content-type"), "application/json; charset=utf-8");
            assert_eq!(refused.header("x-content-type-options"), "nosniff");
        }
        // What a client says is repeated as text, and not without an end.
        let long = format!("https://\"<script>\"{}", "a".repeat(1_000));
        let refused = Answer::to(preflight(&door, &long, "POST")).await;
        refused.is_refused(403, "FORBIDDEN");
        assert!(refused.body.len() < 700, "{}", refused.body.len());
        assert!(
            refused.message().contains("https://\\\"<script>"),
            "{}",
            refused.message()
        );
        // A question of a page of its own is none of these.
        let own = Answer::to(preflight(&door, &door.address, "POST")).await;
        assert_ne!(own.status, 403);
    }
}

/// What a browser asks before a request that is not simple.
pub fn preflight(door: &Door, origin: &str, method: &str) -> RequestBuilder {
    door.client
        .request(Method::OPTIONS, format!("{}/graphql", door.address))
        .header("origin", origin)
        .header("access-control-request-method", method)
        .header(
            "access-control-request-headers",
            "content-type, authorization, traceparent",
        )
}

#[tokio::test]
async fn an_origin_is_allowed_when_it_is_the_same_letter_by_letter() {
    let app = TestApp::empty().await;
    let door = shared_with(&app, &[ZOO, "http://localhost:3000"]);
    for (origin, allowed) in [
        (ZOO, true),
        ("http://localhost:3000", true),
        ("http://zoo.example", false),
        ("https://zoo.example:8443", false),
        ("https://www.zoo.example", false),
        ("https://zoo.example.evil.example", false),
        ("https://evil.example/https://zoo.example", false),
        ("http://localhost:3001", false),
        ("null", false),
        ("*", false),
    ] {
        let expected = if allowed { origin } else { "" };
        let answer = Answer::to(good(&door).header("origin", origin)).await;
        answer.data();
        assert_eq!(answer.header("access-control-allow-origin"), expected, "{origin}");
        assert_eq!(answer.header("access-control-allow-credentials"), "", "{origin}");
        assert!(
            answer.varies_by("origin") && answer.varies_by("accept"),
            "{}",
            answer.header("vary")
        );
        let answer = Answer::to(preflight(&door, origin, "POST")).await;
        assert_eq!(answer.header("access-control-allow-origin"), expected, "{origin}");
        // A refused preflight says nothing that could be kept.
        assert_eq!(
            (answer.status == 200, answer.varies_by("origin")),
            (allowed, allowed),
            "{origin}"
        );
    }
    let answer = Answer::to(good(&door).header("origin", ZOO)).await;
    let exposed = answer.header("access-control-expose-headers").to_lowercase();
    assert!(
        exposed.contains("x-request-id") && exposed.contains("retry-after"),
        "{exposed}"
    );
}

#[tokio::test]
async fn an_allowed_page_can_read_refusals_too() {
    let app = TestApp::empty().await;
    let door = shared_with(&app, &[ZOO]);
    let requests = [
        (400, door.post(&json!({ "query": "{" }))),
        (401, good(&door).header("authorization", "Bearer x")),
        (415, good(&door).header("content-encoding", "gzip")),
    ];
    for (status, request) in requests {
        let answer = Answer::to(request.header("origin", ZOO)).await;
        assert_eq!(
            (answer.status, answer.header("access-control-allow-origin")),
            (status, ZOO.into())
        );
    }
}

#[tokio::test]
async fn a_preflight_tells_methods_and_headers() {
    let app = TestApp::empty().await;
    for (origins, told) in [(&[ZOO][..], ZOO), (&["*"], "*")] {
        let door = shared_with(&app, origins);
        let answer = Answer::to(preflight(&door, ZOO, "POST")).await;
        assert!([200, 204].contains(&answer.status), "{}", answer.status);
        assert_eq!(answer.header("access-control-allow-origin"), told);
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        assert_eq!(answer.header("access-control-max-age"), "3600");
        let methods = answer.header("access-control-allow-methods");
        let mut methods: Vec<&str> = methods.split(',').map(str::trim).collect();
        methods.sort_unstable();
        assert_eq!(methods, ["GET", "POST", "QUERY"]);
        let headers = answer.header("access-control-allow-headers").to_lowercase();
        for name in ["content-type", "authorization", "traceparent"] {
            assert!(headers.contains(name), "{name} in {headers}");
        }
        let refused = Answer::to(preflight(&door, ZOO, "DELETE")).await;
        let methods = refused.header("access-control-allow-methods");
        assert!(!methods.contains("DELETE"), "{methods}");
    }
}

#[tokio::test]
async fn where_all_origins_are_allowed_they_come_without_credentials() {
    let app = TestApp::empty().await;
    let door = shared_with(&app, &["*"]);
    for origin in [ZOO, EVIL, "null"] {
        let answer = Answer::to(good(&door).header("origin", origin)).await;
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{origin}");
        assert_eq!(answer.header("access-control-allow-credentials"), "", "{origin}");
        assert_eq!(
            answer.header("cross-origin-resource-policy"),
            "cross-origin",
            "{origin}"
        );
        Answer::to(simple(&door).header("origin", origin)).await.data();
    }
}
