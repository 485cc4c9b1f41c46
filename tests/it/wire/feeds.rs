//! Change streams as other servers tell them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use mongodb::Database;
use mongodb::bson::{Document, doc};
use serde_json::{Value as Json, json};

use super::proxy::{Reply, Wire};
use super::{Editor, code, keeping, over};
use crate::changes::{Gifts, Subscriber, gift, settled};
use crate::support::{TestApp, settings, until};

const TITLE: &str = "{ gift(id: \"gift_ru-kp-2024\") { title } }";
const CHANGES: &str = "subscription { giftChanged { id } }";

fn is_stream(name: &str, command: &Document) -> bool {
    let first = || command.get_array("pipeline").ok()?.first()?.as_document().cloned();
    name == "aggregate" && first().is_some_and(|stage| stage.contains_key("$changeStream"))
}

/// Gives every resume token of an answer another form.
fn with_foreign_tokens(mut answer: Document) -> Document {
    let foreign = || doc! { "_data": "AYNzaGFyZGVkLXBsYWNlAQ==" };
    if let Ok(cursor) = answer.get_document_mut("cursor") {
        if cursor.contains_key("postBatchResumeToken") {
            cursor.insert("postBatchResumeToken", foreign());
        }
        for batch in ["firstBatch", "nextBatch"] {
            let events = cursor.get_array_mut(batch).into_iter().flatten();
            for event in events.filter_map(|event| event.as_document_mut()) {
                if event.contains_key("operationType") {
                    event.insert("_id", foreign());
                }
            }
        }
    }
    answer
}

#[tokio::test]
async fn with_resume_tokens_of_an_unknown_form_nothing_old_is_answered() {
    let wire = Wire::start().await;
    wire.set(|name, command| match is_stream(name, command) || name == "getMore" {
        true => Reply::Changed(Box::new(with_foreign_tokens)),
        false => Reply::Pass,
    });
    let here = over(&wire, keeping(), "").await;
    here.load(&["article"]).await;
    let there = TestApp::start(here.options.clone(), settings()).await;
    let gifts = there.raw().await.collection::<Document>("gifts");
    for number in 0..20 {
        let title = format!("Title {number}");
        let of_it = doc! { "_id": "gift_ru-kp-2024" };
        let written = gifts.update_one(of_it, doc! { "$set": { "title": &title } }).await;
        written.expect("it is written");
        // Twice: the second might be one that is kept.
        for _ in 0..2 {
            assert_eq!(here.query(TITLE).await["gift"]["title"], title);
        }
    }
    let feed = here.live.status();
    assert!(!feed.live && !feed.possible, "{feed:?}");
    let (_, _, body) = here.get("/readyz").await;
    assert!(body.contains("does not tell what changes"), "{body}");
}

#[tokio::test]
async fn a_database_that_refuses_a_stream_has_none_for_now_and_the_rest_goes_on() {
    let refusals = [
        (115, "CommandNotSupported"),
        (13, "Unauthorized"),
        (8000, "AtlasError"),
        (40573, "Location40573"),
    ];
    join_all(refusals.map(|(number, name)| refuses_streams(number, name))).await;
}

async fn refuses_streams(number: i32, name: &'static str) {
    let wire = Wire::start().await;
    wire.set(move |command, document| match is_stream(command, document) {
        true => Reply::error(number, name, "no change streams here"),
        false => Reply::Pass,
    });
    let app = over(&wire, keeping(), "").await;
    app.load(&["article"]).await;
    until("the feed to be given up", || !app.live.status().possible).await;
    let both = format!("{{ changesCursor {} }}", TITLE.trim_matches(['{', '}']));
    let (status, answer) = app.post(&both, json!({})).await;
    assert_eq!((status, code(&answer)), (200, "NO_FEED"), "{number}: {answer:#}");
    assert!(answer["data"]["gift"]["title"].is_string(), "{number}: {answer:#}");
    let (code, _) = Subscriber::to(&app, CHANGES, &json!({})).error().await;
    assert_eq!(code, "NO_FEED", "{number}");
    until("the search index to be built", || app.search.status().documents > 0).await;
}

#[tokio::test]
async fn a_primary_that_steps_down_ends_no_subscription_and_no_change_is_lost_or_told_twice() {
    let errors = [
        (13435, "NotPrimaryNoSecondaryOk"),
        (10107, "NotWritablePrimary"),
        (189, "PrimarySteppedDown"),
        (96, "OperationFailed"),
    ];
    join_all(errors.map(|(number, name)| steps_down(number, name))).await;
}

async fn steps_down(number: i32, name: &'static str) {
    let wire = Wire::start().await;
    let app = over(&wire, keeping(), "").await;
    app.load(&["article"]).await;
    settled(&app.live).await;
    let mut subscriber = Subscriber::to(&app, CHANGES, &json!({})).begun();
    let (asked, refused) = (AtomicU32::new(0), Arc::new(AtomicU32::new(0)));
    let count = Arc::clone(&refused);
    wire.set(move |command, _| match command {
        "getMore" if asked.fetch_add(1, Ordering::SeqCst) % 3 == 1 => match count.fetch_add(1, Ordering::SeqCst) % 2 {
            0 => Reply::error(number, name, "not now"),
            _ => Reply::Closed,
        },
        _ => Reply::Pass,
    });
    let database = app.raw().await;
    let mut ids = Vec::new();
    for round in 0..12 {
        let id = format!("gift_step-{round}");
        write(&database, &id).await;
        ids.push(id);
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    let mut told = Vec::new();
    for _ in 0..ids.len() {
        told.push(id_of(&subscriber.change().await.0));
    }
    assert_eq!(told, ids, "{number}");
    assert!(refused.load(Ordering::SeqCst) > 1, "{number}: nothing was refused");
}

#[tokio::test]
async fn a_stream_that_breaks_off_and_is_refused_once_when_it_resumes_loses_and_doubles_nothing() {
    // A stream from now on, and one that was resumed before.
    join_all([false, true].map(breaks_off)).await;
}

async fn breaks_off(is_resumed: bool) {
    let wire = Wire::start().await;
    let app = over(&wire, keeping(), "").await;
    app.load(&["article"]).await;
    settled(&app.live).await;
    let mut subscriber = Subscriber::to(&app, CHANGES, &json!({})).begun();
    let database = app.raw().await;
    if is_resumed {
        let asked = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&asked);
        wire.set(move |name, _| match name {
            "getMore" if count.fetch_add(1, Ordering::SeqCst) == 0 => {
                Reply::error(13435, "NotPrimaryNoSecondaryOk", "not now")
            }
            _ => Reply::Pass,
        });
        until("the stream to go on", || asked.load(Ordering::SeqCst) > 2).await;
    }
    let mut told = Vec::new();
    let mut written = Vec::new();
    for round in 0..3 {
        let [before, away] = ["before", "away"].map(|when| format!("gift_{when}-{round}"));
        write(&database, &before).await;
        told.push(id_of(&subscriber.change().await.0));
        let (closed, opened) = (AtomicU32::new(0), Arc::new(AtomicU32::new(0)));
        let count = Arc::clone(&opened);
        wire.set(move |name, command| match name {
            "getMore" if closed.fetch_add(1, Ordering::SeqCst) == 0 => Reply::Closed,
            _ if is_stream(name, command) => match count.fetch_add(1, Ordering::SeqCst) {
                0 => Reply::error(13435, "NotPrimaryNoSecondaryOk", "not now"),
                _ => Reply::Late(Duration::from_millis(500)),
            },
            _ => Reply::Pass,
        });
        until("the stream to be opened again", || opened.load(Ordering::SeqCst) > 1).await;
        write(&database, &away).await;
        told.push(id_of(&subscriber.change().await.0));
        written.extend([before, away]);
        assert_eq!(told, written, "resumed before: {is_resumed}");
    }
}

/// Writes another gift, past the server.
async fn write(database: &Database, id: &str) {
    let gifts = database.collection::<Document>("gifts");
    let written = gifts.insert_one(gift(database, id, id).await).await;
    written.expect("it is written");
}

fn id_of(data: &Json) -> String {
    data["giftChanged"]["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn a_subscriber_that_catches_up_goes_on_after_a_primary_has_stepped_down_or_had_no_time() {
    let errors = [(13435, "NotPrimaryNoSecondaryOk"), (262, "ExceededTimeLimit")];
    join_all(errors.map(|(number, name)| refused_while_it_catches_up(number, name))).await;
}

async fn refused_while_it_catches_up(number: i32, name: &'static str) {
    let wire = Wire::start().await;
    let app = over(&wire, keeping(), "").await;
    app.load(&["article"]).await;
    settled(&app.live).await;
    let after = app.changes_cursor().await;
    let database = app.raw().await;
    let ids: Vec<String> = (0..6).map(|number| format!("gift_behind-{number}")).collect();
    for id in &ids {
        write(&database, id).await;
    }
    settled(&app.live).await;
    let refused = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&refused);
    wire.set(move |command, _| match command {
        "getMore" if count.fetch_add(1, Ordering::SeqCst) < 6 => Reply::error(number, name, "not now"),
        _ => Reply::Pass,
    });
    let document = "subscription($after: String) { giftChanged(after: $after) { id } }";
    let mut subscriber = Subscriber::to(&app, document, &json!({ "after": after }));
    let mut told = Vec::new();
    for _ in &ids {
        told.push(id_of(&subscriber.change().await.0));
    }
    assert_eq!(told, ids);
    until("it to be refused", || refused.load(Ordering::SeqCst) >= 6).await;
    write(&database, "gift_later").await;
    assert_eq!(subscriber.change().await.0["giftChanged"]["id"], "gift_later");
}

#[tokio::test]
async fn a_subscriber_that_comes_back_and_has_missed_nothing_asks_the_database_once() {
    let wire = Wire::start().await;
    let app = over(&wire, keeping(), "").await;
    app.load(&["article"]).await;
    settled(&app.live).await;
    // What others write into the same log in between has to be read on over: then it is tried again.
    for attempt in 0..50 {
        if comes_back(&wire, &app, attempt).await == 0 {
            return;
        }
    }
    panic!("each has read on");
}

/// How often the stream of one that comes back is read on.
async fn comes_back(wire: &Wire, app: &TestApp, attempt: usize) -> u32 {
    let after = app.changes_cursor().await;
    let (opened, asked) = (Arc::new(AtomicI64::new(0)), Arc::new(AtomicU32::new(0)));
    let (own, count) = (Arc::clone(&opened), Arc::clone(&asked));
    wire.set(move |name, command| {
        let own = Arc::clone(&own);
        match name {
            _ if is_stream(name, command) => Reply::Changed(Box::new(move |answer| {
                let cursor = answer.get_document("cursor").expect("a cursor");
                own.store(cursor.get_i64("id").expect("an id"), Ordering::SeqCst);
                answer
            })),
            "getMore" if command.get_i64("getMore").ok() == Some(own.load(Ordering::SeqCst)) => {
                count.fetch_add(1, Ordering::SeqCst);
                Reply::Pass
            }
            _ => Reply::Pass,
        }
    });
    let document = "subscription($after: String) { giftChanged(after: $after) { id } }";
    let mut subscriber = Subscriber::to(app, document, &json!({ "after": after }));
    let gifts = Gifts::of(app).await;
    let write = async {
        until("its stream to be opened", || opened.load(Ordering::SeqCst) != 0).await;
        let title = format!("Title {attempt}");
        gifts.set("gift_ru-kp-2024", doc! { "title": title }).await;
    };
    let ((told, _), ()) = tokio::join!(subscriber.change(), write);
    assert_eq!(id_of(&told), "gift_ru-kp-2024");
    asked.load(Ordering::SeqCst)
}

#[tokio::test]
async fn a_stream_that_begins_without_a_resume_token_has_subscribers_as_soon_as_it_has_one() {
    let wire = Wire::start().await;
    wire.set(|name, command| match is_stream(name, command) {
        true => Reply::Changed(Box::new(|mut answer| {
            let cursor = answer.get_document_mut("cursor").expect("a cursor");
            cursor.remove("postBatchResumeToken");
            answer
        })),
        false => Reply::Pass,
    });
    let app = over(&wire, keeping(), "").await;
    app.load(&["article"]).await;
    let mut subscriber = Subscriber::to(&app, CHANGES, &json!({})).begun();
    let gifts = Gifts::of(&app).await;
    gifts.set("gift_ru-kp-2024", doc! { "title": "Another" }).await;
    assert_eq!(id_of(&subscriber.change().await.0), "gift_ru-kp-2024");
}

#[tokio::test]
async fn a_mongos_that_waits_for_a_shard_is_not_taken_for_one_that_has_told_everything() {
    let wire = Wire::start().await;
    let holds = Arc::new(AtomicBool::new(false));
    let held = Arc::clone(&holds);
    wire.set(move |name, command| match name {
        "hello" | "isMaster" | "ismaster" => Reply::Changed(Box::new(|mut answer| {
            answer.insert("msg", "isdbgrid");
            for of_a_replica_set in ["setName", "hosts", "primary", "me", "secondary", "isWritablePrimary"] {
                if of_a_replica_set != "isWritablePrimary" {
                    answer.remove(of_a_replica_set);
                }
            }
            answer
        })),
        "getMore" if held.load(Ordering::SeqCst) => {
            let id = command.get_i64("getMore").expect("a cursor");
            let collection = command.get_str("collection").expect("a name");
            let database = command.get_str("$db").expect("a name");
            let space = format!("{database}.{collection}");
            Reply::Instead(doc! { "ok": 1.0, "cursor": { "id": id, "ns": space, "nextBatch": [] } })
        }
        _ => Reply::Pass,
    });
    let app = over(&wire, keeping(), "").await;
    app.load(&["article"]).await;
    until("the feed to be live", || app.live.status().live).await;
    until("the search to be live", || app.search.status().live).await;
    holds.store(true, Ordering::SeqCst);
    until("the feed not to be live", || !app.live.status().live).await;
    let before = app.search.status().as_of;
    assert!(!app.live.is_fresh());
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(app.search.status().as_of, before, "nothing has told that more is in");
    until("the search not to be live", || !app.search.status().live).await;
    let editor = Editor::at(&app).await;
    let (status, answer) = editor.ask(TITLE, json!({})).await;
    assert_eq!((status, code(&answer)), (200, "-"), "{answer:#}");
    holds.store(false, Ordering::SeqCst);
    until("the feed to be live again", || {
        app.live.status().live && app.live.is_fresh()
    })
    .await;
    until("the search to be live again", || app.search.status().live).await;
}
