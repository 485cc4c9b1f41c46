//! Primaries that step down again and again while everything is in use: reads, edits and subscribers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;

use super::proxy::{Reply, Wire};
use super::{Editor, code, keeping, over};
use crate::changes::{Subscriber, settled};
use crate::support::TestApp;

/// How often one steps down, and how many times.
const EVERY: Duration = Duration::from_secs(1);
const TIMES: u32 = 6;
/// How long there is no primary then.
const WITHOUT: Duration = Duration::from_millis(120);
const SUBSCRIBERS: usize = 50;

const CREATE: &str =
    "mutation($input: CreateGiftInput!) { createGift(input: $input) { gift { id } userErrors { code message } } }";

/// Lets primaries step down from now on; returns how many commands they refused.
fn steps_down(wire: &Wire, every: Duration) -> Arc<AtomicU32> {
    let (began, refused) = (Instant::now(), Arc::new(AtomicU32::new(0)));
    let count = Arc::clone(&refused);
    wire.set(move |name, _| {
        let into = Duration::from_nanos((began.elapsed().as_nanos() % every.as_nanos()) as u64);
        if into > WITHOUT || matches!(name, "hello" | "isMaster" | "ismaster") {
            return Reply::Pass;
        }
        match (name, count.fetch_add(1, Ordering::SeqCst) % 3) {
            (_, 0) => Reply::Closed,
            ("find" | "aggregate" | "getMore", _) => Reply::error(13435, "NotPrimaryNoSecondaryOk", "not primary"),
            (_, 1) => Reply::error(10107, "NotWritablePrimary", "not primary"),
            (_, _) => Reply::error(189, "PrimarySteppedDown", "stepped down"),
        }
    });
    refused
}

/// Creates a gift, and repeats that with the same key until it is acknowledged, as the errors say. Returns how often.
async fn create(editor: &Editor<'_>, number: u32) -> u32 {
    let input = json!({ "slug": format!("step-{number}"), "title": format!("Step {number}"), "giver": "nation_russia",
        "recipient": "nation_north-korea", "mode": "GIFT", "status": "DELIVERED",
        "idempotencyKey": format!("the-step-with-the-number-{number}") });
    for tries in 1.. {
        let (status, answer) = editor.ask(CREATE, json!({ "input": input })).await;
        assert_ne!(status, 500, "{answer:#}");
        match code(&answer) {
            "-" => {
                let made = &answer["data"]["createGift"];
                assert_eq!(made["gift"]["id"], format!("gift_step-{number}"), "{answer:#}");
                return tries;
            }
            "UNAVAILABLE" | "UNCONFIRMED" => tokio::time::sleep(Duration::from_millis(20)).await,
            other => panic!("{other}: {answer:#}"),
        }
    }
    unreachable!("it is repeated for ever")
}

/// The ids of the gifts that a subscriber hears of, until the last one.
async fn heard(mut subscriber: Subscriber, last: String) -> Vec<String> {
    let mut ids = Vec::new();
    while ids.last() != Some(&last) {
        let (data, _) = subscriber.change().await;
        ids.push(data["giftChanged"]["id"].as_str().expect("an id").to_owned());
    }
    ids
}

/// Reads until all is over; returns how many were answered, and how many were told to come again.
async fn reads(app: &TestApp, over: &AtomicBool) -> (u32, u32) {
    let (mut answered, mut refused) = (0, 0);
    while !over.load(Ordering::SeqCst) {
        let query = format!(
            "{{ gifts(first: 3, where: {{ slug: {{ notIn: [\"none-{answered}\"] }} }}) {{ nodes {{ title }} }} }}"
        );
        let (status, answer) = app.post(&query, json!({})).await;
        match (status, code(&answer)) {
            (200, "-") => answered += 1,
            (_, "UNAVAILABLE" | "TIMEOUT") => refused += 1,
            (status, _) => panic!("{status}: {answer:#}"),
        }
    }
    (answered, refused)
}

async fn gifts(app: &TestApp) -> u64 {
    let found = app.query("{ gifts { totalCount } }").await;
    found["gifts"]["totalCount"].as_u64().expect("a number")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn primaries_that_step_down_under_load_cost_no_event_and_no_acknowledged_edit() {
    let wire = Wire::start().await;
    let app = over(&wire, keeping(), "").await;
    app.load(&["article"]).await;
    settled(&app.live).await;
    let (editor, before) = (Editor::at(&app).await, gifts(&app).await);
    let subscribers: Vec<Subscriber> = (0..SUBSCRIBERS)
        .map(|_| Subscriber::to(&app, "subscription { giftChanged { id } }", &json!({})).begun())
        .collect();
    let (every, times) = (EVERY, TIMES);
    let refused = steps_down(&wire, every);
    let ended = AtomicBool::new(false);
    let edits = async {
        let until = Instant::now() + every * times;
        let mut made = 0;
        while Instant::now() < until {
            create(&editor, made).await;
            made += 1;
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
        wire.set(|_, _| Reply::Pass);
        create(&editor, made).await;
        ended.store(true, Ordering::SeqCst);
        made + 1
    };
    let (made, (answered, _)) = tokio::join!(edits, reads(&app, &ended));
    let expected: Vec<String> = (0..made).map(|number| format!("gift_step-{number}")).collect();
    let last = expected.last().cloned().expect("some were made");
    for ids in join_all(subscribers.into_iter().map(|one| heard(one, last.clone()))).await {
        assert_eq!(ids, expected);
    }
    let refused = refused.load(Ordering::SeqCst);
    assert!(refused > times, "{refused} refused");
    assert!(answered >= times, "{answered} answered");
    assert_eq!(gifts(&app).await, before + u64::from(made));
}
