//! Two instances over one database, random writes through one of them and past both, readers at both: no answer is older
//! than it may be.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use mongodb::bson::{Document, doc};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value as Json;

use super::{is_fresh, keeping, metric, write_source};
use crate::support::TestApp;

const DOCUMENTS: usize = 6;
const WRITES: usize = 400;
/// How long an instance may take to hear of what another has written.
const LATE: Duration = Duration::from_secs(1);

/// A write that has been acknowledged.
struct Written {
    at: Instant,
    document: usize,
    version: i64,
    /// Whether it was made through the first instance.
    by_here: bool,
}

#[derive(Default)]
struct Log(Mutex<Vec<Written>>);

impl Log {
    fn put(&self, document: usize, version: i64, by_here: bool) {
        let at = Instant::now();
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.push(Written {
            at,
            document,
            version,
            by_here,
        });
    }

    /// The version that an answer to a question of now must have at least.
    fn at_least(&self, document: usize, here: bool) -> i64 {
        let now = Instant::now();
        let log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = log
            .iter()
            .filter(|written| written.document == document && ((here && written.by_here) || now - written.at >= LATE));
        known.map(|written| written.version).max().unwrap_or(1)
    }
}

/// Asks until the writer is done; gives how often.
async fn read(app: &TestApp, log: &Log, done: &AtomicBool, here: bool, seed: u64) -> u32 {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut asked = 0;
    while !done.load(Ordering::SeqCst) {
        let document = random.random_range(0..DOCUMENTS);
        let at_least = log.at_least(document, here);
        let query = format!("{{ source(id: \"source_s{document}\") {{ title version }} }}");
        let found = app.query(&query).await;
        let version = found["source"]["version"].as_i64().expect("a version");
        if version < at_least {
            let st = app.live.status();
            eprintln!(
                "STALE {found} {at_least} here {here} {st:?} fresh {}",
                app.live.is_fresh()
            );
            for _ in 0..20 {
                tokio::time::sleep(Duration::from_millis(100)).await;
                let again = app.query(&query).await;
                let raw = app
                    .raw()
                    .await
                    .collection::<Document>("sources")
                    .find_one(doc! {"_id": format!("source_s{document}")})
                    .await;
                eprintln!(
                    "  again {again} {:?} log {} raw {:?}",
                    app.live.status(),
                    log.at_least(document, here),
                    raw.map(|d| d.map(|d| d.get("version").cloned()))
                );
            }
        }
        assert!(
            version >= at_least,
            "{found}, and {at_least} was acknowledged (here: {here})"
        );
        let shown = &found["source"]["title"];
        assert_eq!(
            *shown,
            Json::from(format!("Title {version}")),
            "it shows what it claims"
        );
        asked += 1;
    }
    asked
}

#[tokio::test]
async fn no_answer_is_older_than_it_may_be() {
    let here = TestApp::set(keeping()).await;
    let there = TestApp::start(here.options.clone(), keeping()).await;
    let (log, done) = (Log::default(), AtomicBool::new(false));
    for document in 0..DOCUMENTS {
        write_source(&here.store, &format!("s{document}"), "Title 1").await;
        log.put(document, 1, true);
    }
    is_fresh(&here).await;
    is_fresh(&there).await;
    let raw = here.raw().await.collection::<Document>("sources");
    let write = async {
        let mut random = ChaCha8Rng::seed_from_u64(6);
        let mut versions = [1; DOCUMENTS];
        for _ in 0..WRITES {
            let document = random.random_range(0..DOCUMENTS);
            versions[document] += 1;
            let version = versions[document];
            let (slug, title) = (format!("s{document}"), format!("Title {version}"));
            let by_here = random.random_bool(0.5);
            if by_here {
                write_source(&here.store, &slug, &title).await;
            } else {
                // Past both of them, as another program does.
                let change = doc! { "$set": { "title": title }, "$inc": { "version": 1_i64 } };
                let found = raw.update_one(doc! { "_id": format!("source_{slug}") }, change).await;
                assert_eq!(found.expect("an answer").modified_count, 1);
            }
            log.put(document, version, by_here);
            tokio::time::sleep(Duration::from_millis(random.random_range(0..12))).await;
        }
        done.store(true, Ordering::SeqCst);
    };
    let readers = async {
        tokio::join!(
            read(&here, &log, &done, true, 1),
            read(&here, &log, &done, true, 2),
            read(&there, &log, &done, false, 3),
            read(&there, &log, &done, false, 4),
        )
    };
    let ((), (a, b, c, d)) = tokio::join!(write, readers);
    for (app, asked) in [(&here, a + b), (&there, c + d)] {
        let hits = metric(app, "cache_hits_total{cache=\"answers\"}");
        assert!(hits > 0.0, "of {asked} questions some were answered from memory");
    }
}
