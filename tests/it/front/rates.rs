//! Points that each client may spend in a minute, and how many requests are under way at once.

use menagerie::api::viewer::Role;
use menagerie::limits::Limit;
use reqwest::RequestBuilder;
use serde_json::json;

use super::proxy::{Mode, Proxy};
use super::{Answer, Door};
use crate::identity::made;
use crate::support::{TestApp, awaited, settings, until};

/// A page costs 10 and one for itself; each of its rows one for `nodes` and one for `id`.
const QUERY: &str = "{ gifts(first: 10) { nodes { id } } }";
/// What the query costs, with one point for looking at it the first time.
const ONCE: u64 = 11 + 10 * 2 + 1;

/// As many points a minute as the query costs, and proxies on this machine that are believed.
fn once_a_minute(app: &TestApp, trusted: &[&str]) -> Door {
    let mut settings = settings();
    settings.config.limits.set(Limit::PointsPerMinute, ONCE);
    settings.config.trusted_proxies = trusted.iter().map(|net| net.parse().expect("a network")).collect();
    Door::over(app, settings)
}

fn ask(door: &Door) -> RequestBuilder {
    door.post(&json!({ "query": QUERY }))
}

fn from(door: &Door, client: &str) -> RequestBuilder {
    ask(door).header("x-forwarded-for", client)
}

#[track_caller]
fn is_too_much(answer: &Answer) {
    answer.is_refused(429, "RATE_LIMITED");
    let seconds: u64 = answer.header("retry-after").parse().expect("whole seconds");
    assert!((1..=60).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn a_client_that_has_spent_its_points_is_told_when_to_come_again() {
    let app = TestApp::empty().await;
    let door = once_a_minute(&app, &[]);
    Answer::to(ask(&door)).await.data();
    let before = app.store.commands_sent();
    is_too_much(&Answer::to(ask(&door)).await);
    assert_eq!(app.store.commands_sent(), before, "nothing was executed");
    let json = Answer::to(ask(&door).header("accept", "application/json")).await;
    assert_eq!(json.status, 429, "in every media type");
    // What never fits into a minute is told apart, for waiting would not help.
    let large = "{ gifts(first: 100) { nodes { id } } }";
    let other = once_a_minute(&app, &[]);
    other.ask(large).await.is_over(Limit::PointsPerMinute, ONCE, 211);
}

#[tokio::test]
async fn whoever_tries_tokens_pays_for_it_apart_from_those_who_ask_without_one() {
    let app = TestApp::empty().await;
    let door = once_a_minute(&app, &[]);
    for _ in 0..ONCE {
        Answer::to(ask(&door).bearer_auth("mng_nobody"))
            .await
            .is_refused(401, "UNAUTHENTICATED");
    }
    is_too_much(&Answer::to(ask(&door).bearer_auth("mng_nobody")).await);
    Answer::to(ask(&door)).await.data();
}

#[tokio::test]
async fn what_a_client_says_of_itself_changes_nothing() {
    let app = TestApp::empty().await;
    let door = once_a_minute(&app, &["10.0.0.0/8"]);
    Answer::to(from(&door, "198.51.100.1")).await.data();
    for address in ["198.51.100.2", "10.0.0.1", "127.0.0.1", "198.51.100.3, 10.0.0.1"] {
        is_too_much(&Answer::to(from(&door, address)).await);
    }
    is_too_much(&Answer::to(ask(&door).header("forwarded", "for=198.51.100.4")).await);
    is_too_much(&Answer::to(ask(&door).header("x-real-ip", "198.51.100.4")).await);
}

#[tokio::test]
async fn what_a_trusted_proxy_says_tells_its_clients_apart() {
    let app = TestApp::empty().await;
    let door = once_a_minute(&app, &["127.0.0.0/8", "10.0.0.0/8"]);
    // The first one alone is charged for a look at the document, so the others have a point left.
    for client in ["198.51.100.1", "198.51.100.2", "2001:db8:1:2::1", "2001:db8:1:3::1"] {
        Answer::to(from(&door, client)).await.data();
    }
    for client in [
        "198.51.100.1",
        "198.51.100.1:4711",
        // The nearest proxy wrote the last one; before that may stand what a client made up.
        "203.0.113.9, 198.51.100.2",
        "198.51.100.2, 10.1.2.3",
        "::ffff:198.51.100.2",
        // A client of IPv6 has a network of 64 bits to itself.
        "2001:db8:1:2:ffff::9",
        "[2001:db8:1:3::2]:443",
    ] {
        is_too_much(&Answer::to(from(&door, client)).await);
    }
}

#[tokio::test]
async fn the_bearer_of_a_token_spends_its_own_points_wherever_it_is() {
    let app = TestApp::empty().await;
    let door = once_a_minute(&app, &["127.0.0.0/8"]);
    let first = made(&app, "first", Role::Reader, None).await;
    let second = made(&app, "second", Role::Reader, None).await;
    Answer::to(from(&door, "198.51.100.1")).await.data();
    Answer::to(from(&door, "198.51.100.1").bearer_auth(&first)).await.data();
    Answer::to(from(&door, "198.51.100.1").bearer_auth(&second))
        .await
        .data();
    is_too_much(&Answer::to(from(&door, "198.51.100.1")).await);
    is_too_much(&Answer::to(from(&door, "198.51.100.1").bearer_auth(&first)).await);
    is_too_much(&Answer::to(from(&door, "198.51.100.2").bearer_auth(&second)).await);
}

#[tokio::test]
async fn a_document_that_is_refused_costs_points_too() {
    let app = TestApp::empty().await;
    let door = Door::limited(&app, |limits| limits.set(Limit::PointsPerMinute, 5));
    let mut refused = 0;
    for number in 0..50 {
        let answer = door.ask(&format!("{{ nothing{number} }}")).await;
        if answer.status == 429 {
            is_too_much(&answer);
            break;
        }
        answer.is_refused(422, "GRAPHQL_VALIDATION_FAILED");
        refused += 1;
    }
    // Five, and what comes back meanwhile.
    assert!((5..40).contains(&refused), "{refused}");
    // One more for each KiB: the message is the same, and a minute does not pay for it.
    let other = Door::limited(&app, |limits| limits.set(Limit::PointsPerMinute, 5));
    let long = format!("{{ nothing }} #{}", "a".repeat(10_000));
    other.ask(&long).await.is_over(Limit::PointsPerMinute, 5, 10);
}

#[tokio::test]
async fn a_batch_spends_what_all_of_it_costs() {
    let app = TestApp::empty().await;
    let batch = json!([{ "query": QUERY }, { "query": QUERY }]);
    let door = |points| {
        Door::limited(&app, |limits| {
            limits.set(Limit::Batch, 2);
            limits.set(Limit::PointsPerMinute, points);
        })
    };
    let answer = Answer::to(door(2 * ONCE - 3).post(&batch)).await;
    answer.is_over(Limit::PointsPerMinute, 2 * ONCE - 3, 2 * ONCE - 2);
    let enough = door(2 * ONCE);
    assert_eq!(Answer::to(enough.post(&batch)).await.status, 200);
    is_too_much(&Answer::to(ask(&enough)).await);
}

#[tokio::test]
async fn over_as_many_requests_as_there_may_be_at_once_one_is_told_to_come_again() {
    let proxy = Proxy::start().await;
    let app = proxy.app().await;
    let door = Door::limited(&app, |limits| limits.set(Limit::Concurrent, 1));
    Answer::to(ask(&door)).await.data();
    proxy.set(Mode::Silent);
    let first = tokio::spawn(Answer::to(ask(&door)));
    let refused = awaited("the first request to be under way", async || {
        let answer = door.ask("{ __typename }").await;
        (answer.status != 200).then_some(answer)
    });
    let refused = refused.await;
    refused.is_refused(503, "UNAVAILABLE");
    assert_eq!(refused.header("retry-after"), "1");
    // Health is told all the same.
    assert_eq!(Answer::to(door.get("/healthz")).await.status, 200);
    proxy.set(Mode::Passing);
    first.await.expect("no panic").data();
    door.ask("{ __typename }").await.data();
}

#[tokio::test]
async fn one_client_holds_its_share_of_the_requests_under_way_and_another_is_served() {
    let proxy = Proxy::start().await;
    let app = proxy.app().await;
    let mut settings = settings();
    settings.config.limits.set(Limit::Concurrent, 4);
    settings.config.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")];
    let door = Door::over(&app, settings);
    let token = made(&app, "desk", Role::Reader, None).await;
    let held = || door.metric("menagerie_permits_held{resource=\"requests\"}");
    let small = || door.post(&json!({ "query": "{ __typename }" }));
    Answer::to(from(&door, "198.51.100.1")).await.data();
    proxy.set(Mode::Silent);
    let slow = [(); 2].map(|()| tokio::spawn(Answer::to(from(&door, "198.51.100.1"))));
    until("both to be under way", || held() == 2.0).await;
    let refused = Answer::to(small().header("x-forwarded-for", "198.51.100.1")).await;
    refused.is_refused(429, "RATE_LIMITED");
    let told = refused.message();
    assert!(told.contains("3 requests") && told.contains("up to 2 "), "{told}");
    assert_eq!(refused.header("retry-after"), "1");
    assert_eq!(door.metric("menagerie_over_limit_total{limit=\"clientShare\"}"), 1.0);
    Answer::to(small().header("x-forwarded-for", "198.51.100.2"))
        .await
        .data();
    proxy.set(Mode::Passing);
    for answer in slow {
        answer.await.expect("no panic").data();
    }
    Answer::to(small().header("x-forwarded-for", "198.51.100.1").bearer_auth(&token))
        .await
        .data();
    assert_eq!(
        (held(), door.metric("menagerie_permit_clients")),
        (0.0, 0.0),
        "nothing is left behind"
    );
}

#[tokio::test]
async fn a_request_is_under_way_also_while_it_is_found_out_who_asks() {
    let proxy = Proxy::start().await;
    let app = proxy.app().await;
    let token = made(&app, "dashboard", Role::Reader, None).await;
    let door = Door::limited(&app, |limits| limits.set(Limit::Concurrent, 1));
    proxy.set(Mode::Silent);
    let known = door.post(&json!({ "query": "{ __typename }" })).bearer_auth(&token);
    let first = tokio::spawn(Answer::to(known));
    let refused = awaited("the first request to be under way", async || {
        let answer = door.ask("{ __typename }").await;
        (answer.status != 200).then_some(answer)
    });
    refused.await.is_refused(503, "UNAVAILABLE");
    proxy.set(Mode::Passing);
    first.await.expect("no panic").data();
}
