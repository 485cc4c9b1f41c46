//! Every limit: a request that goes over it is refused with its name and its numbers, and where it is only measured,
//! the same request passes. What clients are told of limits, and a query that must pass all of them.

use menagerie::limits::Limit;
use serde_json::{Value as Json, json};

use super::{Answer, Door};
use crate::support::{TestApp, settings};

/// The limits that a request for one answer meets. The others are those of sockets and subscriptions (tests/it/live), of
/// exports, and of what one client has under way (`exports`, `deadlines` and `rates`).
fn all() -> impl Iterator<Item = Limit> {
    const OTHERS: [Limit; 7] = [
        Limit::Sockets,
        Limit::SocketOperations,
        Limit::Subscriptions,
        Limit::Exports,
        Limit::WaitingBodyBytes,
        Limit::WaitingAnswerBytes,
        Limit::ClientShare,
    ];
    Limit::ALL.into_iter().filter(|limit| !OTHERS.contains(limit))
}

/// What a limit is set to, a request that goes over it, and by how much.
type Over = (u64, Json, u64);

const GIFTS: &str = "{gifts{nodes{id}}}";

fn document(query: &str) -> Json {
    json!({ "query": query })
}

/// For each limit.
fn over(limit: Limit) -> Over {
    of_text(limit)
        .or_else(|| of_fields(limit))
        .or_else(|| of_variables(limit))
        .or_else(|| of_work(limit))
        .unwrap_or_else(|| panic!("what goes over {limit:?}?"))
}

/// The limits on how a document is written.
fn of_text(limit: Limit) -> Option<Over> {
    Some(match limit {
        Limit::DocumentBytes => (10, document(GIFTS), GIFTS.len() as u64),
        // Nine, and the end, which counts as one. Of longer documents no more are counted than two over the limit.
        Limit::Tokens => (9, document(GIFTS), 10),
        Limit::Nesting => (2, document(GIFTS), 3),
        Limit::NameLength => (4, document(GIFTS), 5),
        Limit::Operations => (
            1,
            json!({ "query": "query A{__typename} query B{__typename}", "operationName": "A" }),
            2,
        ),
        Limit::Fragments => (0, document("{...F} fragment F on Query{__typename}"), 1),
        Limit::Directives => (0, document("{__typename @include(if:true)}"), 1),
        Limit::Aliases => (1, document("{a:__typename b:__typename}"), 2),
        _ => return None,
    })
}

/// The limits on what it selects.
fn of_fields(limit: Limit) -> Option<Over> {
    let doubled = document("{...F ...F} fragment F on Query{__typename a:__typename}");
    Some(match limit {
        Limit::Depth => (2, document("{...F} fragment F on Query{gifts{nodes{id}}}"), 3),
        // Two spreads, and twice the two fields.
        Limit::Fields => (3, doubled, 6),
        Limit::RootFields => (3, doubled, 4),
        Limit::IntrospectionDepth => (1, document("{__type(name:\"Gift\"){fields{type{fields{name}}}}}"), 2),
        _ => return None,
    })
}

/// The limits on variables and filters.
fn of_variables(limit: Limit) -> Option<Over> {
    let filtered = "query($w:GiftFilter){gifts(where:$w){nodes{id}}}";
    let variables = json!({ "query": filtered, "variables": { "w": { "slug": { "eq": "none" } } } });
    Some(match limit {
        Limit::Variables => (0, variables, 1),
        Limit::VariablesBytes => (10, variables, r#"{"w":{"slug":{"eq":"none"}}}"#.len() as u64),
        Limit::VariablesNesting => (2, variables, 3),
        // Two ids, and the values behind a relation and in a variable.
        Limit::FilterConditions => (
            4,
            json!({
                "query": "query($w:[GiftFilter!]){...F} fragment F on Query{gifts(where:{or:$w giver:{id:{in:[\"nation_a\",\"nation_b\"]}}}){nodes{id}}}",
                "variables": { "w": [{}, { "total": { "atLeast": 1, "sure": false } }, { "giver": { "text": "a" } }] },
            }),
            5,
        ),
        _ => return None,
    })
}

/// The limits on what is done for it.
fn of_work(limit: Limit) -> Option<Over> {
    Some(match limit {
        Limit::Cost => (50, document(GIFTS), 51),
        // Of an answer that is executed, and not from the database.
        Limit::AnswerBytes => (
            10,
            document("{serviceConfig{defaultPageSize}}"),
            r#"{"defaultPageSize":20}"#.len() as u64,
        ),
        Limit::Batch => (1, json!([document(GIFTS), document(GIFTS)]), 2),
        // Nobody is let in at all.
        Limit::Concurrent => (0, document(GIFTS), 1),
        Limit::PointsPerMinute => (50, document(GIFTS), 51),
        _ => return None,
    })
}

#[tokio::test]
async fn a_request_over_a_limit_is_refused_with_its_name_and_its_numbers() {
    let app = TestApp::empty().await;
    for limit in all() {
        let (most, request, actual) = over(limit);
        let door = Door::limited(&app, |limits| limits.set(limit, most));
        let before = app.store.commands_sent();
        let answer = Answer::to(door.post(&request)).await;
        assert_eq!(app.store.commands_sent(), before, "{limit:?}: nothing is executed");
        if limit == Limit::Concurrent {
            answer.is_refused(503, "UNAVAILABLE");
            continue;
        }
        if limit == Limit::AnswerBytes {
            // It shows only while the request is executed.
            answer.tells_limit(limit, most, actual);
            assert_eq!((answer.status, &answer.json["data"]), (294, &Json::Null));
        } else {
            answer.is_over(limit, most, actual);
        }
        let told = answer.message();
        for part in [limit.facts().counted, &actual.to_string(), &most.to_string()] {
            assert!(told.contains(part), "{limit:?}: {told}");
        }
        let counted = format!("menagerie_over_limit_total{{limit=\"{}\"}}", limit.facts().name);
        assert_eq!(door.metric(&counted), 1.0, "{limit:?}");
    }
}

#[tokio::test]
async fn a_request_just_at_a_limit_passes() {
    let app = TestApp::empty().await;
    for limit in all() {
        let (_, request, actual) = over(limit);
        // The points have to pay for looking at the document too.
        let enough = actual + u64::from(limit == Limit::PointsPerMinute);
        let door = Door::limited(&app, |limits| limits.set(limit, enough));
        passes(limit, &Answer::to(door.post(&request)).await);
    }
}

#[tokio::test]
async fn a_request_over_a_limit_that_is_only_measured_passes() {
    let app = TestApp::empty().await;
    for limit in all() {
        let (most, request, _) = over(limit);
        let door = Door::limited(&app, |limits| {
            limits.set(limit, most);
            limits.measure(limit);
        });
        passes(limit, &Answer::to(door.post(&request)).await);
    }
}

#[track_caller]
fn passes(limit: Limit, answer: &Answer) {
    let all = match &answer.json {
        Json::Array(all) => all.as_slice(),
        one => std::slice::from_ref(one),
    };
    let good = |one: &Json| one["data"].is_object() && one.get("errors").is_none();
    assert!(
        answer.status == 200 && all.iter().all(good),
        "{limit:?}: {}",
        answer.json
    );
}

/// Without an end to what is only measured, the process itself would be at risk.
#[tokio::test]
async fn what_is_only_measured_ends_where_the_limit_can_be_set_to_at_most() {
    let app = TestApp::empty().await;
    let door = Door::limited(&app, |limits| limits.measure(Limit::Nesting));
    let deep = |levels: usize| {
        format!(
            "{{gifts(where:{}{}){{nodes{{id}}}}}}",
            "{not:".repeat(levels) + "{}",
            "}".repeat(levels)
        )
    };
    let (_, most) = Limit::Nesting.facts().range;
    let answer = door.ask(&deep(most as usize)).await;
    let error = &answer.json["errors"][0]["extensions"];
    assert_eq!(
        (&error["name"], &error["limit"]),
        (&json!("nesting"), &json!(most)),
        "{}",
        answer.json
    );
}

#[tokio::test]
async fn the_limits_of_bodies_and_of_pages_are_told_in_the_same_way() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    let most = settings().config.limits.body_limit_bytes;
    let large = Answer::to(door.post(&json!({ "query": "{__typename}", "padding": "a".repeat(most) }))).await;
    large.is_refused(413, "LIMIT_EXCEEDED");
    let expected = json!({ "code": "LIMIT_EXCEEDED", "name": "bodyBytes", "limit": most, "actual": most + 1 });
    assert_eq!(large.json["errors"][0]["extensions"], expected);
    let page = door.ask("{ gifts(first: 201) { nodes { id } } }").await;
    let expected = json!({ "code": "LIMIT_EXCEEDED", "name": "pageSize", "limit": 200, "actual": 201 });
    assert_eq!(page.json["errors"][0]["extensions"], expected, "{}", page.json);
}

#[tokio::test]
async fn clients_are_told_every_limit_in_force() {
    let app = TestApp::empty().await;
    let door = Door::limited(&app, |limits| {
        limits.set(Limit::Depth, 9);
        limits.measure(Limit::Cost);
        limits.page_size = 7;
        limits.max_page_size = 70;
    });
    let query = "{ serviceConfig { defaultPageSize maxPageSize requestTimeoutMs maxBodyBytes limits { name limit counted measureOnly } } }";
    let answer = door.ask(query).await;
    let config = &answer.data()["serviceConfig"];
    let limits: Vec<Json> = Limit::ALL
        .iter()
        .map(|limit| {
            let facts = limit.facts();
            let value = if *limit == Limit::Depth { 9 } else { facts.default };
            json!({ "name": facts.name, "limit": value, "counted": facts.counted, "measureOnly": *limit == Limit::Cost })
        })
        .collect();
    let expected = json!({
        "defaultPageSize": 7, "maxPageSize": 70, "requestTimeoutMs": 30_000, "maxBodyBytes": 65_536, "limits": limits
    });
    assert_eq!(config, &expected);
}

/// The query is what `getIntrospectionQuery` of graphql-js 16.15 gives with all its options on, but for the one that is
/// experimental (deprecated directives); GraphiQL asks for a part of this.
#[tokio::test]
async fn the_introspection_of_graphiql_passes_all_limits() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, menagerie::http::Settings::default());
    let answer = door.ask(include_str!("introspection.graphql")).await;
    let schema = &answer.data()["__schema"];
    assert_eq!(schema["queryType"]["name"], "Query");
    assert!(schema["types"].as_array().map(Vec::len) > Some(50), "{schema}");
}
