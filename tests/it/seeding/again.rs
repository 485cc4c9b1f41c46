//! Loading a second time: nothing twice, nothing of others overwritten, what is new in the set brought in.

use menagerie::seed::load::Options;
use mongodb::bson::{Bson, Document, doc};
use serde_json::json;

use super::{DRY, Folder, PLAINLY, WITH_RESET, contents, delete, edit, loaded, stored};
use crate::commands::output;
use crate::support::TestApp;

#[tokio::test]
async fn a_second_run_writes_nothing_and_says_so() {
    let app = TestApp::empty().await;
    let first = output(&app, &["seed", "article", "history"]);
    assert!(
        first.contains("were added, 0 updated, 0 put back; 0 are as they should be"),
        "{first}"
    );
    let before = contents(&app).await;
    let second = output(&app, &["seed", "article", "history"]);
    for set in ["article", "history"] {
        let documents = before
            .values()
            .filter(|row| row.get("set") == Some(&set.into()))
            .count();
        assert!(documents > 50, "{set}: {documents}");
        let expected = format!("{set}: nothing to write; {documents} are as they should be\n");
        assert!(second.contains(&expected), "{second}");
    }
    assert!(before == contents(&app).await, "versions and times are as they were");
}

/// What others make of a gift, and how.
fn edits() -> [(&'static str, Document); 7] {
    [
        (
            "with a new version",
            doc! { "$set": { "title": "Edited" }, "$inc": { "version": 1 } },
        ),
        ("without a new version", doc! { "$set": { "title": "Edited" } }),
        ("a field taken out", doc! { "$unset": { "total": "" } }),
        ("deep inside", doc! { "$set": { "items.0.count.max": 4 } }),
        // Past the validator: as programs do that know nothing of it.
        (
            "without any version",
            doc! { "$set": { "title": "Edited" }, "$unset": { "version": "" } },
        ),
        (
            "with a fraction for a version",
            doc! { "$set": { "title": "Edited", "version": 7.0 } },
        ),
        ("with a field of its own", doc! { "$set": { "rating": 5 } }),
    ]
}

/// The gift that is edited, as it is stored.
async fn okapi(app: &TestApp) -> Document {
    stored(app, "gifts", "gift_okapi").await.expect("it is there")
}

/// Loads the set again, which leaves the edited gift as it is and says so.
async fn is_kept(app: &TestApp, set: &Folder, how: &str) {
    let edited = okapi(app).await;
    let report = loaded(app, &[&set.name()], PLAINLY).await.remove(0);
    assert_eq!(
        (report.written(), report.edited.as_slice()),
        (0, ["gift_okapi".to_owned()].as_slice()),
        "{how}"
    );
    assert!(
        report.to_string().contains("nothing to write; 7 are as they should be"),
        "{report}"
    );
    assert!(
        report
            .to_string()
            .contains("left alone (--reset puts them back): gift_okapi"),
        "{report}"
    );
    assert_eq!(okapi(app).await, edited, "{how}");
}

/// Loads the set with `--reset`, which makes the gift what it was, as a new version.
async fn is_put_back(app: &TestApp, set: &Folder, original: &Document, how: &str) {
    let edited = okapi(app).await;
    let report = loaded(app, &[&set.name()], WITH_RESET).await.remove(0);
    assert_eq!(
        (report.written(), report.reset.as_slice()),
        (1, ["gift_okapi".to_owned()].as_slice()),
        "{how}"
    );
    let mut reset = okapi(app).await;
    let version = match edited.get("version") {
        Some(Bson::Int64(version)) => *version,
        Some(Bson::Int32(version)) => i64::from(*version),
        Some(Bson::Double(version)) => *version as i64,
        _ => 0,
    };
    assert_eq!(reset.get("version"), Some(&Bson::Int64(version + 1)), "{how}");
    assert!(
        reset.get_datetime("updatedAt").ok() >= original.get_datetime("updatedAt").ok(),
        "{how}"
    );
    for kept_apart in ["version", "updatedAt"] {
        reset.insert(kept_apart, original.get(kept_apart).expect("it was there"));
    }
    assert_eq!(&reset, original, "{how}: createdAt and all that it says are as before");
    let report = loaded(app, &[&set.name()], WITH_RESET).await.remove(0);
    assert_eq!((report.written(), report.unchanged), (0, 8), "{how}: {report}");
}

#[tokio::test]
async fn what_somebody_has_edited_is_kept_until_reset_puts_it_back() {
    let app = TestApp::empty().await;
    let set = Folder::good();
    loaded(&app, &[&set.name()], PLAINLY).await;
    for (how, update) in edits() {
        let original = okapi(&app).await;
        edit(&app, "gifts", "gift_okapi", update).await;
        is_kept(&app, &set, how).await;
        is_put_back(&app, &set, &original, how).await;
    }
}

#[tokio::test]
async fn what_somebody_has_deleted_stays_so_until_reset_brings_it_back() {
    let app = TestApp::empty().await;
    let set = Folder::good();
    loaded(&app, &[&set.name()], PLAINLY).await;
    delete(&app, "claims", "claim_test-T2").await;

    let report = loaded(&app, &[&set.name()], PLAINLY).await.remove(0);
    assert_eq!(
        (report.written(), report.deleted.as_slice()),
        (0, ["claim_test-T2".to_owned()].as_slice())
    );
    assert!(
        report
            .to_string()
            .contains("left so (--reset brings them back): claim_test-T2"),
        "{report}"
    );
    assert_eq!(stored(&app, "claims", "claim_test-T2").await, None);

    let report = loaded(&app, &[&set.name()], WITH_RESET).await.remove(0);
    assert_eq!(
        (report.written(), report.added.as_slice()),
        (1, ["claim_test-T2".to_owned()].as_slice())
    );
    let back = stored(&app, "claims", "claim_test-T2").await.expect("it is back");
    assert_eq!(back.get("version"), Some(&Bson::Int64(1)));
}

#[tokio::test]
async fn an_edit_that_is_taken_back_counts_as_unchanged() {
    let app = TestApp::empty().await;
    let set = Folder::good();
    loaded(&app, &[&set.name()], PLAINLY).await;
    edit(&app, "gifts", "gift_okapi", doc! { "$set": { "title": "Edited" } }).await;
    assert_eq!(loaded(&app, &[&set.name()], PLAINLY).await[0].edited.len(), 1);
    let back = doc! { "$set": { "title": "An okapi" }, "$inc": { "version": 2 } };
    edit(&app, "gifts", "gift_okapi", back).await;
    let report = loaded(&app, &[&set.name()], WITH_RESET).await.remove(0);
    assert_eq!(
        (report.written(), report.edited.len(), report.unchanged),
        (0, 0, 8),
        "{report}"
    );
}

#[tokio::test]
async fn an_edit_that_the_set_makes_too_counts_as_unchanged() {
    let app = TestApp::empty().await;
    let mut set = Folder::good();
    loaded(&app, &[&set.name()], PLAINLY).await;
    edit(
        &app,
        "animals",
        "animal_okapi",
        doc! { "$set": { "commonName": "Okapi" } },
    )
    .await;
    set.set("animals.json", "/0/commonName", Some(json!("Okapi")));
    let report = loaded(&app, &[&set.name()], PLAINLY).await.remove(0);
    assert_eq!(
        (report.written(), report.edited.len(), report.unchanged),
        (0, 0, 8),
        "{report}"
    );
}

#[tokio::test]
async fn what_is_new_in_a_set_is_brought_in_and_edits_still_are_kept() {
    let app = TestApp::empty().await;
    let mut set = Folder::good();
    loaded(&app, &[&set.name()], PLAINLY).await;
    let before = contents(&app).await;
    edit(&app, "nations", "nation_laputa", doc! { "$set": { "name": "Edited" } }).await;
    set.set("gifts.json", "/0/title", Some(json!("Two okapis")));
    set.set("gifts.json", "/0/date", None);
    set.set("nations.json", "/1/name", Some(json!("Flying Laputa")));
    let another = json!({ "_id": "source_second", "title": "Another source", "kind": "MEDIA" });
    set.set("sources.json", "/-", Some(another));

    let report = loaded(&app, &[&set.name()], PLAINLY).await.remove(0);
    assert_eq!(report.added, ["source_second"]);
    assert_eq!(report.updated, ["gift_okapi"]);
    assert_eq!(report.edited, ["nation_laputa"]);
    assert_eq!(report.unchanged, 6);
    let expected = "1 were added, 1 updated, 0 put back; 6 are as they should be";
    assert!(report.to_string().contains(expected), "{report}");

    let (old, new) = (
        &before["gifts/\"gift_okapi\""],
        stored(&app, "gifts", "gift_okapi").await.expect("it is there"),
    );
    assert_eq!(new.get("title"), Some(&"Two okapis".into()));
    assert_eq!(new.get("date"), None, "what the set says no more is gone");
    assert_eq!(new.get("version"), Some(&Bson::Int64(2)));
    assert_eq!(new.get("createdAt"), old.get("createdAt"));
    let words = new.get_array("words").expect("words");
    assert!(words.contains(&"okapis".into()), "derived again: {words:?}");
    let kept = stored(&app, "nations", "nation_laputa").await.expect("it is there");
    assert_eq!(kept.get("name"), Some(&"Edited".into()));
    assert_eq!(loaded(&app, &[&set.name()], PLAINLY).await[0].written(), 0);
}

#[tokio::test]
async fn a_dry_run_lists_what_would_be_written_and_writes_nothing() {
    let app = TestApp::empty().await;
    let mut set = Folder::good();
    let report = loaded(&app, &[&set.name()], DRY).await.remove(0).to_string();
    assert!(
        report.contains("8 would be added, 0 updated, 0 put back; 0 are as they should be"),
        "{report}"
    );
    assert!(
        report.contains("to be added: source_test, nation_arcadia, nation_laputa, animal_okapi"),
        "{report}"
    );
    assert!(contents(&app).await.is_empty());

    loaded(&app, &[&set.name()], PLAINLY).await;
    edit(&app, "events", "event_visit", doc! { "$set": { "title": "Edited" } }).await;
    delete(&app, "claims", "claim_test-T2").await;
    set.set("gifts.json", "/0/title", Some(json!("Two okapis")));
    let before = contents(&app).await;
    let both = Options {
        reset: true,
        dry_run: true,
    };
    for (options, expected) in [
        (
            DRY,
            [
                "to be updated: gift_okapi",
                "left alone (--reset puts them back): event_visit",
                "left so (--reset brings them back): claim_test-T2",
            ],
        ),
        (
            both,
            [
                "to be updated: gift_okapi",
                "to be put back: event_visit",
                "to be added: claim_test-T2",
            ],
        ),
    ] {
        let report = loaded(&app, &[&set.name()], options).await.remove(0).to_string();
        for part in expected {
            assert!(report.contains(part), "{part} in {report}");
        }
        assert!(before == contents(&app).await);
    }
}

#[tokio::test]
async fn a_dry_run_knows_that_the_first_set_will_be_there_for_the_second() {
    let app = TestApp::empty().await;
    app.store.drop_database().await.expect("the database is dropped");
    let said = output(&app, &["seed", "--dry-run", "article", "history"]);
    let sets: Vec<&str> = said
        .lines()
        .filter(|line| line.contains(" would be added, 0 updated"))
        .collect();
    assert!(
        matches!(sets[..], [a, b] if a.starts_with("article: ") && b.starts_with("history: ")),
        "{said}"
    );
    let collections = app.raw().await.list_collection_names().await.expect("an answer");
    assert!(collections.is_empty(), "not even a collection is made: {collections:?}");
}

#[tokio::test]
async fn a_claim_that_a_set_contradicts_is_none_of_its_documents() {
    let app = TestApp::empty().await;
    let set = Folder::good();
    loaded(&app, &[&set.name()], PLAINLY).await;
    let second = tempfile::tempdir().expect("a folder");
    let claims = json!([{
        "_id": "claim_other", "code": "X", "source": "source_test", "statement": "S", "certainty": "STATED",
        "attributions": [], "about": [], "conflictsWith": ["claim_test-T1"], "dependsOn": [],
    }]);
    std::fs::write(second.path().join("claims.json"), claims.to_string()).expect("the file is written");
    let report = loaded(&app, &[&second.path().display().to_string()], PLAINLY)
        .await
        .remove(0);
    assert_eq!(report.added, ["claim_other"]);
    let other = stored(&app, "claims", "claim_test-T1").await.expect("it is there");
    let conflicts = other.get_array("conflictsWith").expect("a list");
    assert!(conflicts.contains(&"claim_other".into()), "both say so: {conflicts:?}");
    assert_eq!(other.get("version"), Some(&Bson::Int64(2)));
    let row = stored(&app, "seeded", "claim_test-T1").await.expect("it is remembered");
    assert_eq!(row.get_str("set").ok(), Some(set.name().as_str()));
    assert_eq!(loaded(&app, &[&set.name()], PLAINLY).await[0].edited, ["claim_test-T1"]);
}

#[tokio::test]
async fn a_file_that_begins_with_the_mark_of_utf8_and_leaves_out_empty_lists_is_a_file_as_any_other() {
    let (app, mut set) = (TestApp::empty().await, Folder::good());
    set.set("gifts.json", "/0/items/0/attributes", None);
    for file in ["gifts.json", "nations.json"] {
        let path = set.path().join(file);
        let text = std::fs::read_to_string(&path).expect("it is there");
        std::fs::write(path, format!("\u{feff}{text}")).expect("it is written");
    }
    assert_eq!(loaded(&app, &[&set.name()], PLAINLY).await[0].written(), 8);
    let again = loaded(&app, &[&set.name()], PLAINLY).await;
    assert_eq!((again[0].written(), again[0].unchanged), (0, 8));
}
