//! Random valid queries over the whole schema: each answer is that of the query's normal form, what graphql-js makes of the
//! merged data, and the same by every way into the server, with caches and without.
//!
//! `web/conformance/queries.mjs` makes the queries and compares; how to run more of them stands in its README.

use menagerie::api::viewer::Role;
use menagerie::http::Settings;
use menagerie::limits::Limit;
use mongodb::bson::{Document, doc};
use serde_json::Value as Json;

use super::{found, none_differs};
use crate::identity::made;
use crate::support::{TestApp, settings};

/// The queries of a run. Those of a fixed seed are the same each time.
const COUNT: &str = "2400";
const SEED: &str = "17";

/// What the queries must have, or they test less than they say: a trait, and in how many of a hundred at least.
const TRAITS: [(&str, u64); 16] = [
    ("a field twice in one place", 15),
    ("a fragment on an interface or a union", 10),
    ("a fragment within a fragment", 15),
    ("a named fragment", 20),
    ("several operations", 10),
    ("an alias", 20),
    ("@skip", 20),
    ("@include", 20),
    ("variables", 40),
    ("a variable with a default", 20),
    ("a variable left out", 2),
    ("a variable that is null", 2),
    ("a variable that is a list or an object", 2),
    ("introspection", 2),
    ("an error", 2),
    ("data", 75),
];

/// Every way by which the queries are asked.
const WAYS: [&str; 8] = [
    "again",
    "get",
    "socket",
    "stream",
    "batch",
    "persisted",
    "uncached",
    "uncached socket",
];

/// As in other tests, but with answers kept and with batches.
fn keeping() -> Settings {
    let mut settings = settings();
    settings.config.response_cache_bytes = 8 * 1024 * 1024;
    settings.config.limits.set(Limit::Batch, 3);
    settings
}

/// A server that keeps what it reads and one that keeps nothing, over one database with both sets, and an admin's token.
async fn servers() -> (TestApp, TestApp, String) {
    let app = TestApp::set(keeping()).await;
    app.load(&["article", "history"]).await;
    let mut keeps_nothing = keeping();
    keeps_nothing.config.response_cache_bytes = 0;
    let uncached = TestApp::start(app.options.clone(), keeps_nothing).await;
    let token = made(&app, "reviewer", Role::Admin, None).await;
    (app, uncached, token)
}

/// What a run finds.
async fn run(app: &TestApp, uncached: &TestApp, token: &str, count: &str) -> (Vec<Json>, Json) {
    app.is_indexed().await;
    uncached.is_indexed().await;
    let (here, there) = (&app.address, &uncached.address);
    let arguments = [here, there, "--token", token, "--count", count, "--seed", SEED];
    found("queries.mjs", &arguments).await
}

#[tokio::test]
async fn every_valid_query_is_answered_as_its_normal_form_and_as_graphql_js_answers_it() {
    let (app, uncached, token) = servers().await;
    let (differing, summary) = run(&app, &uncached, &token, COUNT).await;
    none_differs(&differing, &summary);

    let number = |value: &Json| value.as_u64().unwrap_or_default();
    let count: u64 = COUNT.parse().expect("a number");
    let checked = number(&summary["checked"]);
    // The generator makes valid ones, and few that only a normal form makes too large.
    assert!(number(&summary["invalid"]) * 100 <= count, "{summary:#}");
    assert!(checked * 100 >= count * 95, "{summary:#}");
    assert!(number(&summary["refused"]) * 100 <= count, "{summary:#}");
    for (name, least) in TRAITS {
        let has = number(&summary["traits"][name]);
        assert!(has > 0 && has * 100 >= checked * least, "{name}: {has} of {checked}");
    }
    // All of the schema that queries lead to, but for cursors, which few pages are asked for with.
    let left = summary["left"].as_array().expect("a list");
    let is_cursor = |part: &Json| {
        part.as_str()
            .is_some_and(|part| part.ends_with(".after") || part.ends_with(".before"))
    };
    assert!(left.iter().all(is_cursor), "no query had {left:?}");
    let metrics = app.metrics.text().expect("the metrics");
    let kept = metrics
        .lines()
        .find_map(|line| line.strip_prefix("menagerie_cache_hits_total{cache=\"answers\"} "));
    let kept: f64 = kept.expect("the metric").parse().expect("a number");
    assert!(kept * 10.0 > checked as f64, "only {kept} answers were kept ones");
    for name in WAYS {
        assert!(number(&summary["ways"][name]) * 20 >= checked, "{name}: {summary:#}");
    }
}

#[tokio::test]
async fn nulls_and_errors_are_as_graphql_js_has_them_where_the_data_have_gaps() {
    let (app, uncached, token) = servers().await;
    // What many documents refer to is gone, past the store, which would not have it: each place fails that shows it.
    let database = app.raw().await;
    for (collection, ids) in [
        ("nations", "^nation_[c-j]"),
        ("animals", "^animal_[a-g]"),
        ("sources", "^source_[a-d]"),
    ] {
        let documents = database.collection::<Document>(collection);
        let deleted = documents.delete_many(doc! { "_id": { "$regex": ids } }).await;
        assert!(deleted.expect("they are deleted").deleted_count >= 5, "{ids}");
    }
    let (differing, summary) = run(&app, &uncached, &token, "400").await;
    none_differs(&differing, &summary);
    let with_errors = summary["traits"]["an error"].as_u64().unwrap_or_default();
    assert!(with_errors >= 40, "{with_errors} answers have errors: {summary:#}");
}
