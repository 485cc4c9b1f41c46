//! The embedded database killed with `kill -9` while writers and readers are at work: nobody notices but by waiting.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use menagerie::domain::id::Kind;
use menagerie::store::write::Prepared;
use serde_json::json;

use crate::support::{TestApp, insert_new, kill_again, server_of_its_own};

/// How many writers, how many documents by each, and how often the database is killed.
const WRITERS: usize = 8;
const DOCUMENTS: usize = 150;
const KILLS: usize = 3;

fn source(writer: usize, number: usize) -> Prepared {
    let json =
        json!({ "_id": format!("source_w{writer}-{number}"), "title": format!("Source {number}"), "kind": "DATASET" });
    Prepared::from_json(Kind::Source, &json).expect("it fits")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_database_loses_no_acknowledged_write_fails_none_and_the_server_answers_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let (database, options) = server_of_its_own(folder.path()).await;
    let app = Arc::new(TestApp::over(options).await);

    let written = Arc::new(AtomicUsize::new(0));
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (app, written) = (Arc::clone(&app), Arc::clone(&written));
            tokio::spawn(async move {
                for number in 0..DOCUMENTS {
                    let outcome = insert_new(&app.store, vec![source(writer, number)]).await;
                    outcome.unwrap_or_else(|error| panic!("writer {writer}, document {number}: {error}"));
                    written.fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    let done = Arc::new(AtomicBool::new(false));
    let reader = {
        let (app, done) = (Arc::clone(&app), Arc::clone(&done));
        tokio::spawn(async move {
            let mut answers = 0;
            while !done.load(Ordering::SeqCst) {
                // Fails the test where a query is not answered with data.
                app.query("{ sources(first: 5) { totalCount nodes { title } } }").await;
                answers += 1;
            }
            answers
        })
    };

    let mut killed = BTreeSet::new();
    for kill in 1..=KILLS {
        let progress = WRITERS * DOCUMENTS * kill / (KILLS + 1);
        while written.load(Ordering::SeqCst) < progress && !writers.iter().all(tokio::task::JoinHandle::is_finished) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        kill_again(&database, &mut killed).await;
    }
    for writer in writers {
        writer.await.expect("no write fails");
    }
    done.store(true, Ordering::SeqCst);
    assert!(reader.await.expect("no query fails") > 0);
    assert_eq!(killed.len(), KILLS);

    let all: Vec<String> = (0..WRITERS)
        .flat_map(|writer| (0..DOCUMENTS).map(move |number| format!("source_w{writer}-{number}")))
        .collect();
    let found = app.store.existing(all.iter()).await.expect("the database answers");
    let lost: Vec<&String> = all.iter().filter(|id| !found.contains(*id)).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    drop(app);
    database.stop().await;
}
