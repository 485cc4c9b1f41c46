//! Writes that no majority confirms.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;
use tokio::time::sleep;

use super::proxy::{Reply, Wire};
use super::{Editor, code, over};
use crate::support::{alone, settings};

const UPDATE: &str =
    "mutation($input: UpdateGiftInput!) { updateGift(input: $input) { gift { title version } userErrors { code } } }";

/// Requests may take that long here.
const DEADLINE: Duration = Duration::from_millis(1_500);

async fn served(wire: &Wire) -> crate::support::TestApp {
    let mut settings = settings();
    settings.config.limits.request_timeout_ms = u64::try_from(DEADLINE.as_millis()).expect("a number");
    let app = over(wire, settings, "").await;
    app.load(&["article"]).await;
    app
}

#[tokio::test]
async fn an_edit_that_is_not_confirmed_says_so_and_is_made_once_when_it_is_repeated() {
    let wire = Wire::start().await;
    let app = served(&wire).await;
    let editor = Editor::at(&app).await;
    wire.set(|name, _| match name {
        "commitTransaction" => Reply::unconfirmed(),
        _ => Reply::Pass,
    });
    let input = json!({ "id": "gift_ru-kp-2024", "title": "Another", "idempotencyKey": "one-and-the-same" });
    let (_, answer) = editor.ask(UPDATE, json!({ "input": input })).await;
    assert_eq!(code(&answer), "UNCONFIRMED", "{answer:#}");
    let message = answer["errors"][0]["message"].as_str().expect("a message");
    assert!(
        message.contains("idempotencyKey") && !message.contains("query"),
        "{message}"
    );
    wire.set(|_, _| Reply::Pass);
    for _ in 0..2 {
        let (_, answer) = editor.ask(UPDATE, json!({ "input": input })).await;
        let gift = &answer["data"]["updateGift"]["gift"];
        assert_eq!(*gift, json!({ "title": "Another", "version": 2 }), "{answer:#}");
    }
}

#[tokio::test]
async fn edits_that_wait_for_a_majority_keep_nobody_from_reading() {
    let wire = Wire::start().await;
    let app = served(&wire).await;
    let editor = Editor::at(&app).await;
    let _alone = alone().await;
    wire.set(|name, _| match name {
        "commitTransaction" => Reply::Late(DEADLINE * 4),
        _ => Reply::Pass,
    });
    let edits = (0..40).map(|number| {
        let input = json!({ "id": "gift_ru-kp-2024", "title": format!("Title {number}") });
        editor.ask(UPDATE, json!({ "input": input }))
    });
    let reads = async {
        let until = Instant::now() + DEADLINE * 2;
        let mut reads = 0;
        while Instant::now() < until {
            let (status, answer) = app.post("{ gifts(first: 5) { nodes { title } } }", json!({})).await;
            assert_eq!((status, code(&answer)), (200, "-"), "{answer:#}");
            reads += 1;
        }
        reads
    };
    let (answers, reads) = tokio::join!(join_all(edits), reads);
    assert!(reads > 3, "{reads} reads");
    for (_, answer) in &answers {
        assert!(
            ["UNCONFIRMED", "UNAVAILABLE", "RATE_LIMITED"].contains(&code(answer)),
            "{answer:#}"
        );
    }
    assert!(answers.iter().any(|(_, answer)| code(answer) == "UNCONFIRMED"));
    // Until their commits have come through: the database would keep these transactions for a minute, and beside open ones
    // it takes that long for what other tests write.
    sleep(DEADLINE * 4).await;
}

#[tokio::test]
async fn what_a_mutation_has_made_before_the_database_went_away_is_told() {
    let wire = Wire::start().await;
    let app = served(&wire).await;
    let editor = Editor::at(&app).await;
    let commits = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&commits);
    wire.set(move |name, command| match name {
        "commitTransaction" => {
            count.fetch_add(1, Ordering::SeqCst);
            Reply::Pass
        }
        _ if count.load(Ordering::SeqCst) > 0 && command.contains_key("startTransaction") => {
            Reply::error(11600, "InterruptedAtShutdown", "interrupted at shutdown")
        }
        _ => Reply::Pass,
    });
    let two = "mutation { one: updateGift(input: { id: \"gift_ru-kp-2024\", title: \"One\" }) { userErrors { code } } \
               two: updateGift(input: { id: \"gift_ru-kp-2024\", title: \"Two\" }) { userErrors { code } } }";
    let (_, answer) = editor.ask(two, json!({})).await;
    assert_eq!(answer["data"]["one"]["userErrors"], json!([]), "{answer:#}");
    assert_eq!(
        (&answer["data"]["two"], code(&answer)),
        (&json!(null), "UNAVAILABLE"),
        "{answer:#}"
    );
}

#[tokio::test]
async fn an_edit_that_meets_another_is_made_where_the_database_does_not_say_that_it_passes() {
    let wire = Wire::start().await;
    let app = over(&wire, settings(), "").await;
    app.load(&["article"]).await;
    let editor = Editor::at(&app).await;
    let version_after = async |refusals: u32| {
        let input = json!({ "id": "gift_ru-kp-2024", "title": format!("After {refusals} refusals") });
        let left = AtomicU32::new(refusals);
        wire.set(move |name, command| {
            let writes_gifts = name == "update" && command.get_str("update").is_ok_and(|of| of == "gifts");
            let is_left = |left: u32| left.checked_sub(1);
            match writes_gifts && left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, is_left).is_ok() {
                // No label: the driver does not repeat it.
                true => Reply::error(117, "ConflictingOperationInProgress", "somebody else is writing this"),
                false => Reply::Pass,
            }
        });
        let (_, answer) = editor.ask(UPDATE, json!({ "input": input })).await;
        match answer["data"]["updateGift"]["gift"]["version"].as_u64() {
            Some(version) => version.to_string(),
            None => code(&answer).to_owned(),
        }
    };
    assert_eq!(version_after(6).await, "2");
    assert_eq!(version_after(1_000).await, "CONFLICT");
}
