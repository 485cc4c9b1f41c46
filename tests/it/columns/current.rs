//! Never older than it may be, and never half of a change.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use menagerie::domain::id::Kind;
use serde_json::json;

use super::{delete, gift, put};
use crate::support::{TestApp, settings};

/// How many gifts each transaction writes.
const TOGETHER: usize = 12;

const SUMS: &str = "{ giftStats { gifts animals { min max } } gifts { totalCount } }";

/// How many gifts there are, as three fields tell it, and how many animals.
async fn told(app: &TestApp) -> (u64, u64) {
    let found = app.query(SUMS).await;
    let (stats, count) = (&found["giftStats"], &found["gifts"]["totalCount"]);
    assert_eq!(stats["animals"]["min"], stats["animals"]["max"]);
    assert_eq!(stats["gifts"], *count);
    (
        count.as_u64().expect("a count"),
        stats["animals"]["min"].as_u64().expect("a sum"),
    )
}

/// A server over two nations and nothing else, whose columns answer.
async fn empty() -> TestApp {
    let app = TestApp::empty().await;
    nations(&app).await;
    app.by_columns().await;
    app
}

async fn nations(app: &TestApp) {
    let nation = |id: &str, slug: &str| {
        let json = json!({ "_id": id, "slug": slug, "name": slug, "officialName": slug, "region": "Asia",
            "subregion": "Eastern Asia", "capital": { "name": "City" } });
        (Kind::Nation, json)
    };
    let nations = [
        nation("nation_russia", "russia"),
        nation("nation_north-korea", "north-korea"),
    ];
    put(&app.store, &nations).await;
}

#[tokio::test]
async fn what_was_acknowledged_is_in_the_next_answer() {
    let app = empty().await;
    let (mut model, mut answered) = (Vec::new(), 0);
    // On a busy machine the columns are not current for moments, and the database answers.
    for round in 0..600_usize {
        if round >= 60 && answered > 60 {
            break;
        }
        let number = round * 7 % 20;
        match model.iter().position(|(known, _)| *known == number) {
            Some(at) if round % 3 == 0 => {
                delete(&app.store, &format!("gift_test-{number}")).await;
                model.remove(at);
            }
            _ => {
                put(&app.store, &[gift(number, round + 1)]).await;
                model.retain(|(known, _)| *known != number);
                model.push((number, round as u64 + 1));
            }
        }
        let expected = (model.len() as u64, model.iter().map(|(_, animals)| animals).sum());
        assert_eq!(told(&app).await, expected, "round {round}");
        answered = app.live.columns().status().answered;
    }
    assert!(answered > 60, "the columns answered {answered} questions");
}

#[tokio::test]
async fn transactions_are_seen_as_a_whole_by_this_and_by_another_instance() {
    let here = empty().await;
    let there = TestApp::start(here.options.clone(), settings()).await;
    there.by_columns().await;
    let done = AtomicBool::new(false);
    let (seen, seen_there) = (AtomicU64::new(0), AtomicU64::new(0));
    let enough = || seen.load(Ordering::SeqCst) > 1 && seen_there.load(Ordering::SeqCst) > 0;
    let write = async {
        let mut round = 0;
        while round < 25 || (round < 250 && !enough()) {
            round += 1;
            let gifts: Vec<_> = (0..TOGETHER).map(|number| gift(number, round)).collect();
            put(&here.store, &gifts).await;
        }
        done.store(true, Ordering::SeqCst);
        round
    };
    let (rounds, (), ()) = tokio::join!(write, states(&here, &done, &seen), states(&there, &done, &seen_there));
    assert!(enough(), "{seen:?} and {seen_there:?} states were seen");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(app_sum(&there).await, (rounds * TOGETHER) as u64);
    assert!(there.live.columns().status().answered > 0);
}

async fn app_sum(app: &TestApp) -> u64 {
    let found = app.query("{ giftStats { animals { min } } }").await;
    found["giftStats"]["animals"]["min"].as_u64().expect("a sum")
}

/// Reads until the writer is done: whole transactions, in their order. `seen` counts the states of the columns.
async fn states(app: &TestApp, done: &AtomicBool, seen: &AtomicU64) {
    let mut last = 0;
    while !done.load(Ordering::SeqCst) {
        let passed_on = app.live.columns().status().passed_on;
        let found = app_sum(app).await;
        let by_columns = app.live.columns().status().passed_on == passed_on;
        assert_eq!(
            found % TOGETHER as u64,
            0,
            "half of a transaction: {found} (by columns: {by_columns})"
        );
        // What the database answers may be ahead of what the columns have heard.
        if by_columns {
            assert!(found >= last, "{found} after {last}");
            seen.fetch_add(u64::from(found != last), Ordering::SeqCst);
            last = found;
        }
    }
}
