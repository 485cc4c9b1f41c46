//! Exports as requests: who may, what is refused and how, and what becomes of one that does not reach its end.

use menagerie::api::viewer::Role;
use menagerie::limits::Limit;
use mongodb::bson::doc;
use reqwest::{Method, Response};
use serde_json::{Value as Json, json};

use super::proxy::{Mode, Proxy};
use super::{Answer, Door, encoded};
use crate::identity::made;
use crate::support::{TestApp, awaited, settings, until};

const IN_FLIGHT: &str = "menagerie_requests_in_flight";

/// How many pieces [`large`] makes: of each several megabytes, more than any socket keeps.
const PIECES: u64 = 8;

/// Nations that are too large to be sent before anybody reads.
pub async fn large(app: &TestApp) {
    let nations = app.raw().await.collection("nations");
    let name = "n".repeat(8_000);
    for piece in 0..PIECES {
        let nation = |number| {
            doc! { "_id": format!("nation_{piece}-{number:03}"), "slug": format!("{piece}-{number:03}"),
            "name": format!("{piece}-{number:03}"), "officialName": &name }
        };
        let written = nations
            .insert_many((0..500).map(nation))
            .bypass_document_validation(true);
        written.await.expect("documents are written");
    }
}

/// The rest of a body: its lines, or `None` where it breaks off.
async fn rest(mut response: Response, begun: &[u8]) -> Option<usize> {
    let mut lines = begun.iter().filter(|byte| **byte == b'\n').count();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => lines += chunk.iter().filter(|byte| **byte == b'\n').count(),
            Ok(None) => return Some(lines),
            Err(_) => return None,
        }
    }
}

/// What is asked for, the status of its refusal, and a part of the message.
const REFUSED: &[(&str, u16, &str)] = &[
    ("zoo.csv", 404, "accepted are gifts, nations"),
    ("gifts.xlsx", 404, "each with .csv, .ndjson, .json or .parquet"),
    ("gifts", 404, "each with .csv, .ndjson, .json or .parquet"),
    ("tokens.csv", 404, "accepted are gifts"),
    ("gifts.csv?limit=3", 400, "accepted are `where`, `orderBy`"),
    ("gifts.csv?where={", 400, "`where` cannot be read"),
    ("gifts.csv?where={}&where={}", 400, "given twice"),
    ("gifts.csv?where=%ff", 400, "no UTF-8"),
    ("gifts.csv?where={},\"orderBy\":[]", 400, "`where` cannot be read"),
    ("gifts.csv?where=[{}]", 400, "accepted is GiftFilter"),
    (
        "gifts.csv?where={\"givr\":{}}",
        400,
        "a field `givr`, which GiftFilter does not have",
    ),
    (
        "gifts.csv?where={\"not\":{\"or\":[{\"$gt\":1}]}}",
        400,
        "`where.not.or[0]` has a field `$gt`, which GiftFilter does not have",
    ),
    (
        "gifts.csv?where={\"status\":{\"eq\":\"LOST\"}}",
        400,
        "a value of GiftStatus",
    ),
    (
        "gifts.csv?where={\"total\":{\"atLeast\":\"2\"}}",
        400,
        "accepted is Int",
    ),
    ("gifts.csv?where={\"date\":{\"within\":\"x\"}}", 400, "`within`"),
    (
        "gifts.csv?where={\"id\":{\"eq\":\"nation_x\"}}",
        400,
        "the id of a gift is expected",
    ),
    (
        "gifts.ndjson?orderBy={\"field\":\"NAME\"}",
        400,
        "a value of GiftOrderField",
    ),
    (
        "nations.csv?orderBy=[{\"direction\":\"ASC\"}]",
        400,
        "`orderBy[0].field` has no value",
    ),
];

#[tokio::test]
async fn what_cannot_be_exported_is_refused_with_what_is_accepted() {
    let app = TestApp::with(&["article"]).await;
    let door = Door::over(&app, settings());
    for &(file, status, part) in REFUSED {
        let answer = Answer::to(door.get(&format!("/export/{file}"))).await;
        answer.is_refused(status, "BAD_USER_INPUT");
        assert!(answer.message().contains(part), "{file}: {}", answer.message());
        assert_eq!(answer.header("content-type"), "application/json; charset=utf-8");
        assert!(!answer.header("x-request-id").is_empty());
    }
    let deep = format!(
        "/export/gifts.csv?where={}{}",
        "{\"not\":".repeat(20),
        "{}".to_owned() + &"}".repeat(20)
    );
    Answer::to(door.get(&deep))
        .await
        .is_over(Limit::VariablesNesting, 16, 22);
}

#[tokio::test]
async fn the_head_is_given_alone_where_it_is_asked_for_and_other_methods_are_told_so() {
    let app = TestApp::with(&["article"]).await;
    let door = Door::over(&app, settings());
    for (file, content_type) in [
        ("gifts.csv", "text/csv; charset=utf-8; header=present"),
        ("claims.ndjson", "application/x-ndjson"),
    ] {
        let of = |method| door.client.request(method, format!("{}/export/{file}", door.address));
        let head = Answer::to(of(Method::HEAD)).await;
        let get = Answer::to(of(Method::GET)).await;
        assert!(head.body.is_empty() && !get.body.is_empty());
        for answer in [&head, &get] {
            assert_eq!(answer.status, 200);
            assert_eq!(answer.header("content-type"), content_type);
            let disposition = format!("attachment; filename=\"{file}\"");
            assert_eq!(answer.header("content-disposition"), disposition);
            assert_eq!(answer.header("cache-control"), "private, no-cache");
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert!(!answer.header("x-request-id").is_empty());
        }
        for method in [Method::POST, Method::PUT, Method::DELETE] {
            let answer = Answer::to(of(method)).await;
            assert_eq!((answer.status, answer.header("allow").as_str()), (405, "GET, HEAD"));
        }
    }
    let wrong = door.client.head(format!("{}/export/gifts.csv?where=1", door.address));
    assert_eq!(Answer::to(wrong).await.status, 400);
}

#[tokio::test]
async fn an_export_asks_who_comes_and_from_which_page_as_queries_do() {
    let app = TestApp::with(&["article"]).await;
    let token = made(&app, "dashboard", Role::Reader, None).await;
    let mut closed = settings();
    closed.config.anonymous = false;
    let closed = Door::over(&app, closed);
    let get = |door: &Door| door.get("/export/gifts.csv");
    let stranger = Answer::to(get(&closed)).await;
    stranger.is_refused(401, "UNAUTHENTICATED");
    assert_eq!(stranger.header("www-authenticate"), "Bearer");
    assert_eq!(Answer::to(get(&closed).bearer_auth(&token)).await.status, 200);
    let door = Door::over(&app, settings());
    Answer::to(get(&door).bearer_auth("none"))
        .await
        .is_refused(401, "UNAUTHENTICATED");
    let forged = get(&door).header("sec-fetch-site", "cross-site");
    Answer::to(forged).await.is_refused(403, "FORBIDDEN");
    // Content types that a browser sends without asking first prove nothing.
    for content in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        for method in [Method::GET, Method::HEAD] {
            let forged = door
                .client
                .request(method.clone(), format!("{}/export/gifts.csv", door.address));
            let forged = forged
                .header("sec-fetch-site", "cross-site")
                .header("content-type", content);
            assert_eq!(Answer::to(forged).await.status, 403, "{method} {content}");
        }
    }
    let asked_first = get(&door).header("sec-fetch-site", "cross-site");
    let asked_first = asked_first.header("content-type", "application/json");
    assert_eq!(Answer::to(asked_first).await.status, 200);
    let own = get(&door).header("sec-fetch-site", "same-origin");
    assert_eq!(Answer::to(own).await.status, 200);
}

#[tokio::test]
async fn an_export_costs_a_page_for_each_piece_and_a_point_for_each_row() {
    let app = TestApp::with(&["article"]).await;
    let rows = app.query("{ claims { totalCount } }").await["claims"]["totalCount"]
        .as_u64()
        .expect("a count");
    // The request, the first piece and the look whether another one follows.
    let price = 1 + 10 + rows + 10;
    let with = |points| Door::limited(&app, |limits| limits.set(Limit::PointsPerMinute, points));
    let door = with(price);
    assert_eq!(Answer::to(door.get("/export/claims.csv")).await.status, 200);
    until("its cost in the metrics", || {
        door.metric("menagerie_cost_points_total") == price as f64
    })
    .await;
    Answer::to(door.get("/export/claims.csv"))
        .await
        .is_refused(429, "RATE_LIMITED");
    let poor = with(rows - 1);
    Answer::to(poor.get("/export/claims.csv"))
        .await
        .is_over(Limit::PointsPerMinute, rows - 1, rows);
}

#[tokio::test]
async fn the_filter_of_an_export_costs_what_that_of_a_connection_costs_and_has_the_same_limit() {
    let app = TestApp::empty().await;
    let door = Door::limited(&app, |limits| limits.set(Limit::FilterConditions, 2));
    let ask = async |filter: Json| {
        let filter = encoded(&filter.to_string());
        Answer::to(door.get(&format!("/export/gifts.ndjson?where={filter}"))).await
    };
    let filter = json!({ "or": [{ "slug": { "eq": "a" } }, { "giver": { "name": { "eq": "b" } } }] });
    assert_eq!(ask(filter).await.status, 200);
    // The request; a look for a piece, of which there is none; two conditions and the nations behind one.
    until("its cost in the metrics", || {
        door.metric("menagerie_cost_points_total") == f64::from(1 + 10 + 2 + 10)
    })
    .await;
    let before = app.store.commands_sent();
    ask(json!({ "slug": { "in": ["a", "b", "c"] } }))
        .await
        .is_over(Limit::FilterConditions, 2, 3);
    assert_eq!(app.store.commands_sent(), before, "nothing is read");
}

#[tokio::test]
async fn an_export_that_runs_out_of_points_waits_and_comes_to_its_end() {
    let app = TestApp::with(&["article"]).await;
    let rows = app.query("{ gifts { totalCount } }").await["gifts"]["totalCount"]
        .as_u64()
        .expect("a count");
    // One point too few for the look behind the first piece; it comes back within seconds.
    let door = Door::limited(&app, |limits| limits.set(Limit::PointsPerMinute, 1 + 10 + rows + 9));
    let answer = Answer::to(door.get("/export/gifts.ndjson")).await;
    assert_eq!(answer.body.iter().filter(|byte| **byte == b'\n').count() as u64, rows);
}

#[tokio::test]
async fn an_export_keeps_a_place_of_its_own_until_it_ends_and_takes_none_from_queries() {
    let app = TestApp::empty().await;
    large(&app).await;
    let door = Door::limited(&app, |limits| {
        limits.set(Limit::Concurrent, 1);
        limits.set(Limit::Exports, 1);
    });
    let mut response = door.get("/export/nations.ndjson").send().await.expect("a head");
    let first = response.chunk().await.expect("a chunk").expect("rows");
    assert_eq!(door.metric("menagerie_permits_held{resource=\"exports\"}"), 1.0);
    let refused = Answer::to(door.get("/export/gifts.csv")).await;
    refused.is_refused(503, "UNAVAILABLE");
    assert!(refused.message().contains("exports"), "{}", refused.message());
    assert_eq!(refused.header("retry-after"), "1");
    assert_eq!(door.metric("menagerie_over_limit_total{limit=\"exports\"}"), 1.0);
    door.ask("{ gifts { totalCount } }").await.data();
    assert_eq!(rest(response, &first).await, Some(500 * PIECES as usize));
    awaited("room", async || {
        (Answer::to(door.get("/export/gifts.csv")).await.status == 200).then_some(())
    })
    .await;
}

#[tokio::test]
async fn slow_exports_of_one_client_leave_room_for_those_of_another() {
    let app = TestApp::empty().await;
    large(&app).await;
    let mut settings = settings();
    settings.config.limits.set(Limit::Exports, 4);
    settings.config.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")];
    let door = Door::over(&app, settings);
    let of = |client: &str| door.get("/export/nations.ndjson").header("x-forwarded-for", client);
    let mut slow = Vec::new();
    for _ in 0..2 {
        let mut response = of("198.51.100.1").send().await.expect("a head");
        response.chunk().await.expect("a chunk").expect("rows");
        slow.push(response);
    }
    let refused = Answer::to(of("198.51.100.1")).await;
    refused.is_refused(429, "RATE_LIMITED");
    assert!(
        refused.message().contains("up to 2 from one client"),
        "{}",
        refused.message()
    );
    assert_eq!(refused.header("retry-after"), "1");
    let mut other = of("198.51.100.2").send().await.expect("a head");
    assert_eq!(other.status(), 200);
    let first = other.chunk().await.expect("a chunk").expect("rows");
    assert_eq!(rest(other, &first).await, Some(500 * PIECES as usize));
    drop(slow);
    until("the exports of who left to end", || {
        door.metric("menagerie_permits_held{resource=\"exports\"}") == 0.0
    })
    .await;
    assert_eq!(door.metric("menagerie_permit_clients"), 0.0);
}

#[tokio::test]
async fn no_more_is_read_than_the_client_takes() {
    let app = TestApp::empty().await;
    large(&app).await;
    let door = Door::over(&app, settings());
    let mut response = door.get("/export/nations.ndjson").send().await.expect("a head");
    let first = response.chunk().await.expect("a chunk").expect("rows");
    let before = app.store.commands_sent();
    // While others are served there is all the time to read on.
    for _ in 0..100 {
        door.ask("{ gifts { totalCount } }").await.data();
    }
    let read = app.store.commands_sent() - before - 100;
    assert!(read < PIECES - 3, "{read} pieces were read and nobody took them");
    assert_eq!(door.metric(IN_FLIGHT), 1.0);
    assert_eq!(rest(response, &first).await, Some(500 * PIECES as usize));
}

#[tokio::test]
async fn a_client_that_leaves_ends_its_export() {
    let app = TestApp::empty().await;
    large(&app).await;
    let door = Door::over(&app, settings());
    let before = app.store.commands_sent();
    let mut response = door.get("/export/nations.csv").send().await.expect("a head");
    response.chunk().await.expect("a chunk").expect("rows");
    drop(response);
    until("the end", || door.metric(IN_FLIGHT) == 0.0).await;
    let read = app.store.commands_sent() - before;
    assert!(read < PIECES, "{read} commands, as if somebody had read");
}

#[tokio::test]
async fn an_export_that_the_database_cuts_breaks_off_and_is_never_taken_for_a_whole_one() {
    for encoding in ["identity", "gzip"] {
        let proxy = Proxy::start().await;
        let app = proxy.app().await;
        large(&app).await;
        let door = Door::over(&app, settings());
        let get = door.get("/export/nations.ndjson").header("accept-encoding", encoding);
        let mut response = get.send().await.expect("a head");
        assert_eq!(response.status(), 200);
        let first = response.chunk().await.expect("a chunk").expect("rows");
        proxy.set(Mode::Stopped);
        assert_eq!(rest(response, &first).await, None, "{encoding}");
        let code = "menagerie_errors_total{code=\"UNAVAILABLE\"}";
        until("the error in the metrics", || {
            door.metrics.text().expect("text").contains(code)
        })
        .await;
    }
}

#[tokio::test]
async fn an_export_breaks_off_when_its_token_is_revoked() {
    let app = TestApp::empty().await;
    large(&app).await;
    let door = Door::over(&app, settings());
    let token = made(&app, "dashboard", Role::Reader, None).await;
    let get = door.get("/export/nations.ndjson").bearer_auth(token);
    let mut response = get.send().await.expect("a head");
    let first = response.chunk().await.expect("a chunk").expect("rows");
    let revoked = app.store.revoke_token("dashboard", "the tests").await;
    assert!(revoked.expect("an answer"));
    assert_eq!(rest(response, &first).await, None);
}

#[tokio::test]
async fn an_export_that_cannot_begin_says_so_by_its_status() {
    let proxy = Proxy::start().await;
    let app = proxy.app().await;
    let door = Door::limited(&app, |limits| limits.request_timeout_ms = 300);
    proxy.set(Mode::Silent);
    Answer::to(door.get("/export/gifts.csv"))
        .await
        .is_refused(504, "TIMEOUT");
    proxy.set(Mode::Passing);
    let filter = encoded(&json!({ "date": { "known": true } }).to_string());
    let answer = Answer::to(door.get(&format!("/export/gifts.ndjson?where={filter}"))).await;
    assert_eq!((answer.status, answer.body.len()), (200, 0), "nothing matches");
}
