//! Many writers at once: no change is lost, versions have no gaps, and nothing refers to what is gone.
//!
//! `MENAGERIE_TEST_RACE_SECONDS` lets the writers go on for longer.

use std::io::Write;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value as Json, json};

use super::{Desk, MISTAKES, gift, mistakes};

const WRITERS: usize = 50;
const DOCUMENTS: usize = 20;

/// How long the writers go on.
fn length() -> Duration {
    let asked = std::env::var("MENAGERIE_TEST_RACE_SECONDS").ok();
    Duration::from_secs(asked.and_then(|text| text.parse().ok()).unwrap_or(3))
}

/// What the writers share.
struct Race {
    desk: Desk,
    /// The version of each document that was acknowledged last.
    acknowledged: Vec<AtomicI64>,
    conflicts: AtomicU64,
}

impl Race {
    async fn begun() -> Self {
        let desk = Desk::open().await;
        for number in 0..DOCUMENTS {
            desk.does("createGift", gift(&format!("race-{number}"))).await;
        }
        Self {
            desk,
            acknowledged: (0..DOCUMENTS).map(|_| AtomicI64::new(1)).collect(),
            conflicts: AtomicU64::new(0),
        }
    }

    /// Counts the occasions of a gift one further, unless another writer comes first.
    async fn count(&self, number: usize) {
        let id = format!("gift_race-{number}");
        let read = self
            .desk
            .read(&format!("{{ gift(id: \"{id}\") {{ version occasions {{ min }} }} }}"))
            .await;
        let so_far = read["gift"]["occasions"]["min"].as_i64().unwrap_or(0);
        let input = json!({
            "id": id, "expectedVersion": read["gift"]["version"], "occasions": { "min": so_far + 1 },
            "withoutClaim": true,
        });
        let made = self
            .desk
            .make("updateGift", &format!("gift {{ version }} {MISTAKES}"), input)
            .await;
        if mistakes(&made).is_empty() {
            self.acknowledged[number].fetch_add(1, Ordering::SeqCst);
        } else {
            assert_eq!(mistakes(&made)[0].0, "CONFLICT", "{made:#}");
            self.conflicts.fetch_add(1, Ordering::SeqCst);
        }
    }

    async fn write(&self, writer: usize, end: Instant) {
        let mut round = writer;
        while Instant::now() < end {
            round = round.wrapping_mul(31).wrapping_add(7);
            self.count(round % DOCUMENTS).await;
        }
    }

    /// How many changes of a gift were acknowledged: they stand in its history, and each has counted one further.
    async fn changes(&self, number: usize) -> i64 {
        let acknowledged = self.acknowledged[number].load(Ordering::SeqCst);
        let id = format!("gift_race-{number}");
        let entries = self.desk.app.store.history(&id, None, 100_000).await;
        let entries = entries.expect("a history");
        let versions: Vec<i64> = entries.iter().rev().map(|entry| entry.version).collect();
        assert_eq!(versions, (1..=acknowledged).collect::<Vec<_>>(), "{id}");
        let read = self
            .desk
            .read(&format!(
                "{{ gift(slug: \"race-{number}\") {{ version occasions {{ min }} }} }}"
            ))
            .await;
        assert_eq!(read["gift"]["version"], acknowledged);
        let counted = read["gift"]["occasions"]["min"].as_i64().unwrap_or(0);
        assert_eq!(counted, acknowledged - 1, "each change has counted one further");
        counted
    }
}

#[tokio::test]
async fn no_change_of_many_writers_is_lost_and_versions_have_no_gaps() {
    let race = Race::begun().await;
    let end = Instant::now() + length();
    join_all((0..WRITERS).map(|writer| race.write(writer, end))).await;
    let mut sum = 0;
    for number in 0..DOCUMENTS {
        sum += race.changes(number).await;
    }
    assert!(sum > 0, "nothing was acknowledged");
    let conflicts = race.conflicts.load(Ordering::SeqCst);
    writeln!(std::io::stderr(), "{sum} changes, {conflicts} conflicts").expect("it is printed");
}

#[tokio::test]
async fn what_is_referred_to_at_the_same_time_is_not_deleted() {
    let desk = Desk::open().await;
    for round in 0..20 {
        let nation = json!({ "slug": format!("land-{round}"), "name": "Land", "officialName": "Land" });
        desk.does("createNation", nation).await;
        let mut of_it = gift(&format!("of-{round}"));
        of_it["giver"] = json!(format!("nation_land-{round}"));
        let selected = format!("gift {{ id }} {MISTAKES}");
        let enter = desk.make("createGift", &selected, of_it);
        let selected = format!("deletedId {MISTAKES}");
        let delete = desk.make(
            "deleteNation",
            &selected,
            json!({ "id": format!("nation_land-{round}") }),
        );
        let (entered, deleted): (Json, Json) = futures_util::future::join(enter, delete).await;
        let both = (entered["gift"].is_null(), deleted["deletedId"].is_null());
        assert!(
            both == (true, false) || both == (false, true),
            "{entered:#} {deleted:#}"
        );
    }
    desk.app.is_whole().await;
}
