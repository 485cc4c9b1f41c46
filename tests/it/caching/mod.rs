//! Answers and documents that are kept: of use, never stale, bounded, and off when nobody tells what changes.

mod doors; // one cache behind every door
mod exports; // exports that are kept, and their parts
mod stale; // two instances under random writes

use std::pin::pin;
use std::time::{Duration, Instant};

use menagerie::api::viewer::Role;
use menagerie::domain::id::Kind;
use menagerie::http::Settings;
use menagerie::store::Store;
use menagerie::store::versions::FRESH;
use menagerie::store::write::{Batch, Intent, Policy, Prepared, Write};
use mongodb::bson::{Document, doc};
use serde_json::{Value as Json, json};

use crate::support::{TestApp, awaited, settings, token, until};

const HITS: &str = "cache_hits_total{cache=\"answers\"}";
const JOINED: &str = "requests_joined_total";
const GIFT: &str = "{ gift(id: \"gift_ru-kp-2024\") { title version giver { name } recipient { name } } }";

/// Settings under which answers, and in a `TestApp` documents too, are kept.
fn keeping() -> Settings {
    let mut settings = settings();
    settings.config.response_cache_bytes = 4 * 1024 * 1024;
    settings
}

/// A server that keeps what it reads, over the article's data.
async fn app() -> TestApp {
    let app = TestApp::set(keeping()).await;
    app.load(&["article"]).await;
    is_fresh(&app).await;
    app
}

/// Waits until what is kept counts and all that was written has been told.
async fn is_fresh(app: &TestApp) {
    until("the feed to be fresh", || {
        // A transaction that the columns take in later takes answers out of use once more.
        let held = app.live.columns().status().held;
        app.live.is_fresh() && app.live.resume_token().is_some() && held == 0
    })
    .await;
    // Whatever was told late is told when the database next says that there is nothing more.
    for _ in 0..2 {
        app.live.told().changed().await.expect("the feed goes on");
    }
}

/// A question about statistics under another key, which makes another question of it.
fn once_more(query: &str, attempt: usize) -> String {
    query.replace("gifts byGiver", &format!("all{attempt}: gifts byGiver"))
}

/// Those who ask the same at once cost `commands`, and `others` of them share an answer, as these metrics count it. Tried
/// again only where the feed fell silent meanwhile, as it may on a busy machine: nothing is shared then.
async fn share_one_answer(app: &TestApp, commands: u64, others: f64, counted: &[&str], ask: impl AsyncFn(usize)) {
    let shared = || counted.iter().map(|name| metric(app, name)).sum::<f64>();
    for attempt in 0..10 {
        is_fresh(app).await;
        let (sent, before, began) = (app.store.commands_sent(), shared(), Instant::now());
        let mut silent = false;
        let watching = async {
            loop {
                silent |= !app.live.is_fresh();
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        futures_util::future::select(pin!(ask(attempt)), pin!(watching)).await;
        let found = (app.store.commands_sent() - sent, shared() - before);
        if found == (commands, others) {
            return;
        }
        // In so long a time it may have been silent between two looks.
        let silent = silent || began.elapsed() > FRESH;
        assert!(
            silent,
            "{found:?} instead of {commands} commands and {others} answers of others"
        );
    }
    panic!("the feed is silent each time");
}

/// What a metric says: `menagerie_` and the name in front, its labels included.
fn metric(app: &TestApp, name: &str) -> f64 {
    app.metric(&format!("menagerie_{name}"))
}

/// Writes a source of this name, as the program does; gives its id.
async fn write_source(store: &Store, slug: &str, title: &str) -> String {
    let id = format!("source_{slug}");
    let json = json!({ "_id": id, "title": title, "kind": "WEB_PAGE", "url": "https://example.org/" });
    let prepared = Prepared::from_json(Kind::Source, &json).unwrap_or_else(|problems| panic!("{problems:?}"));
    let batch = Batch {
        writes: vec![Write::Put(prepared)],
        policy: Policy::Seed {
            set: "test".to_owned(),
            reset: true,
        },
        by: "test".to_owned(),
        intent: Intent::Write,
    };
    store.write(batch).await.expect("it is written");
    id
}

#[tokio::test]
async fn the_same_question_is_answered_from_memory_until_what_it_rests_on_is_written() {
    let app = app().await;
    let first = app.query(GIFT).await;
    let sent = app.store.commands_sent();
    for _ in 0..3 {
        assert_eq!(app.query(GIFT).await, first);
    }
    assert_eq!(app.store.commands_sent(), sent, "nothing was asked of the database");
    assert_eq!(metric(&app, "cache_hits_total{cache=\"answers\"}"), 3.0);
    until("what is kept to be counted", || {
        metric(&app, "cache_size_bytes{cache=\"answers\"}") > 0.0
    })
    .await;

    // What it does not rest on does not matter.
    write_source(&app.store, "elsewhere", "Elsewhere").await;
    assert_eq!(app.query(GIFT).await, first);
    assert_eq!(metric(&app, "cache_hits_total{cache=\"answers\"}"), 4.0);
    // Another program changes a nation that it shows.
    let nations = app.raw().await.collection::<Document>("nations");
    let renamed = doc! { "$set": { "name": "Elsewhere" } };
    nations
        .update_one(doc! { "_id": "nation_russia" }, renamed)
        .await
        .expect("it is updated");
    let mut found = Json::Null;
    for _ in 0..500 {
        found = app.query(GIFT).await;
        if found != first {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(found["gift"]["giver"]["name"], "Elsewhere");
}

#[tokio::test]
async fn after_its_own_write_an_instance_never_answers_with_what_was_before() {
    let app = app().await;
    for number in 0..50 {
        let title = format!("Number {number}");
        let id = write_source(&app.store, "counted", &title).await;
        let query = format!("{{ source(id: \"{id}\") {{ title version }} sources {{ totalCount }} }}");
        for _ in 0..2 {
            let found = app.query(&query).await;
            assert_eq!(found["source"], json!({ "title": title, "version": number + 1 }));
        }
    }
    assert!(metric(&app, "cache_hits_total{cache=\"answers\"}") > 0.0);
}

#[tokio::test]
async fn a_document_that_was_read_costs_other_questions_nothing() {
    let app = app().await;
    app.query(GIFT).await;
    let sent = app.store.commands_sent();
    // Other fields of the same documents, and another way to them.
    let other = app
        .query("{ gift(id: \"gift_ru-kp-2024\") { mode giver { region officialName } } }")
        .await;
    assert_eq!(other["gift"]["giver"]["officialName"], "Russian Federation");
    let nodes = app
        .query("{ nodes(ids: [\"nation_russia\", \"nation_none\"]) { id } }")
        .await;
    assert_eq!(nodes["nodes"], json!([{ "id": "nation_russia" }, null]));
    assert_eq!(
        app.store.commands_sent(),
        sent + 1,
        "only for the one that there is not"
    );
    assert!(metric(&app, "cache_hits_total{cache=\"entities\"}") >= 3.0);
    assert!(metric(&app, "cache_entries{cache=\"entities\"}") >= 0.0);
}

#[tokio::test]
async fn who_has_the_answer_already_is_told_so_without_the_database() {
    let app = app().await;
    let path = "/graphql?query=%7B%20gifts%20%7B%20totalCount%20%7D%20%7D";
    let (status, headers, _) = app.get(path).await;
    let tag = headers["etag"].to_str().expect("text").to_owned();
    assert_eq!(status, 200);
    let sent = app.store.commands_sent();
    let again = crate::support::client().get(format!("{}{path}", app.address));
    let again = again.header("if-none-match", &tag).send().await.expect("an answer");
    assert_eq!(
        (again.status().as_u16(), again.headers()["etag"].to_str().expect("text")),
        (304, tag.as_str())
    );
    assert_eq!(again.headers()["cache-control"], "private, no-cache");
    assert_eq!(app.store.commands_sent(), sent);
}

#[tokio::test]
async fn what_is_no_answer_for_the_next_one_is_not_kept() {
    let app = app().await;
    let hits = || metric(&app, "cache_hits_total{cache=\"answers\"}");
    for query in [
        // With an error of a field.
        "{ node(id: \"x\") { id } }",
        // Refused.
        "{ nothing }",
        // What the index finds is another matter than what the versions tell.
        "{ search(text: \"bear\") { totalCount } }",
    ] {
        for _ in 0..3 {
            app.post(query, Json::Null).await;
        }
        assert_eq!(hits(), 0.0, "{query}");
    }
    let with_cost = || async {
        let request = crate::support::client().post(format!("{}/graphql", app.address));
        let answer = request
            .header("x-menagerie-cost", "1")
            .json(&json!({ "query": GIFT }))
            .send()
            .await;
        answer.expect("an answer").json::<Json>().await.expect("JSON")
    };
    for _ in 0..2 {
        // The second time its documents are kept.
        assert!(with_cost().await["extensions"]["cost"]["commands"].is_u64());
    }
    assert_eq!(hits(), 0.0);
    // Other variables are another question.
    let query = "query ($id: ID) { nation(id: $id) { name } }";
    let russia = app.query_with(query, json!({ "id": "nation_russia" })).await;
    let japan = app.query_with(query, json!({ "id": "nation_north-korea" })).await;
    assert_ne!(russia, japan);
    assert_eq!(hits(), 0.0);
}

#[tokio::test]
async fn when_nobody_tells_what_changes_nothing_is_kept() {
    let mut app = app().await;
    let first = app.query(GIFT).await;
    app.stop_following().await;
    let renamed = doc! { "$set": { "title": "Other" } };
    let gifts = app.raw().await.collection::<Document>("gifts");
    gifts
        .update_one(doc! { "_id": "gift_ru-kp-2024" }, renamed)
        .await
        .expect("it is updated");
    let found = app.query(GIFT).await;
    assert_eq!(found["gift"]["title"], "Other");
    assert_ne!(found, first);
    assert!(!app.live.status().live);
    assert_eq!(metric(&app, "feed_live"), 0.0);
}

#[tokio::test]
async fn those_who_ask_the_same_at_once_wait_for_one_answer() {
    let app = app().await;
    let query = "{ giftStats { gifts byGiver { nation { name } gifts } byYear { label gifts } } }";
    let alone = TestApp::over(app.options.clone()).await;
    let before = alone.store.commands_sent();
    alone.query(query).await;
    let commands = alone.store.commands_sent() - before;
    share_one_answer(&app, commands, 39.0, &[JOINED, HITS], async |attempt| {
        let query = once_more(query, attempt);
        let expected = alone.query(&query).await;
        let answers = futures_util::future::join_all((0..40).map(|_| app.query(&query))).await;
        assert!(answers.iter().all(|answer| *answer == expected));
    })
    .await;
}

#[tokio::test]
async fn what_is_kept_stays_within_its_bytes() {
    let most = 200_000.0;
    let mut settings = settings();
    settings.config.response_cache_bytes = most as u64;
    let app = TestApp::set(settings).await;
    app.load(&["article"]).await;
    is_fresh(&app).await;
    let misses = || metric(&app, "cache_misses_total{cache=\"answers\"}");
    let mut number = 0;
    // Where the feed is not fresh for a moment, an answer is not looked for, and one more is asked.
    while misses() < 400.0 {
        let query = format!("{{ n{number}: claims(first: 20) {{ nodes {{ id statement version }} }} }}");
        app.query(&query).await;
        number += 1;
        assert!(number < 4_000, "hardly any answer is looked for");
    }
    until("what is too much to be given up", || {
        // The number of bytes is settled a moment after what is put in.
        metric(&app, "cache_size_bytes{cache=\"answers\"}") <= most
    })
    .await;
    assert!(misses() >= 400.0);
}

#[tokio::test]
async fn a_token_is_known_again_without_the_database_until_it_is_revoked() {
    let app = app().await;
    let text = token(&app.store, "dashboard", Role::Reader, None).await;
    let ask = || async {
        let request = crate::support::client().post(format!("{}/graphql", app.address));
        let answer = request.bearer_auth(&text).json(&json!({ "query": GIFT })).send().await;
        answer.expect("an answer").status().as_u16()
    };
    assert_eq!(ask().await, 200);
    // The feed tells of the new token a moment later, and on a busy machine it may fall silent for another.
    awaited("the token to be known without the database", async || {
        is_fresh(&app).await;
        let sent = app.store.commands_sent();
        assert_eq!(ask().await, 200);
        (app.store.commands_sent() == sent).then_some(())
    })
    .await;
    assert!(
        app.store
            .revoke_token("dashboard", "the tests")
            .await
            .expect("an answer")
    );
    assert_eq!(ask().await, 401);
}
