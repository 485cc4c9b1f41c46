//! All of a set or nothing, whoever else writes at the same time.

use menagerie::seed::LoadError;
use menagerie::store::Store;
use mongodb::IndexModel;
use mongodb::bson::{Document, doc};
use mongodb::options::IndexOptions;
use serde_json::json;

use super::{Folder, PLAINLY, contents, delete, edit, loaded, try_load};
use crate::support::TestApp;

#[tokio::test]
async fn a_set_whose_last_document_the_database_refuses_leaves_nothing_behind() {
    let app = TestApp::empty().await;
    let mut set = Folder::good();
    // A rule of the database that the program knows nothing of: only the database can refuse.
    let unique = IndexOptions::builder().unique(true).build();
    let index = IndexModel::builder()
        .keys(doc! { "statement": 1 })
        .options(unique)
        .build();
    let claims = app.raw().await.collection::<Document>("claims");
    claims.create_index(index).await.expect("the index is built");
    set.set("claims.json", "/1/statement", Some(json!("What T1 says.")));

    let error = try_load(&app, &[&set.name()], PLAINLY)
        .await
        .expect_err("the last claim repeats a statement");
    assert!(matches!(error, LoadError::Set(_)), "{error}");
    let told = "one thing is wrong in it:\n  claims.json[1] (claim_test-T2): statement: found \"What T1 says.\", which another \
                document has";
    assert!(error.to_string().contains(told), "{error}");
    assert!(contents(&app).await.is_empty(), "seven documents came before it");

    set.set("claims.json", "/1/statement", Some(json!("What T2 says.")));
    assert_eq!(loaded(&app, &[&set.name()], PLAINLY).await[0].added.len(), 8);
}

#[tokio::test]
async fn no_set_is_written_when_a_later_one_is_wrong() {
    let app = TestApp::empty().await;
    let (good, mut bad) = (Folder::good(), Folder::good());
    bad.set("gifts.json", "/0/giver", Some(json!("nation_atlantis")));
    let error = try_load(&app, &[&good.name(), &bad.name()], PLAINLY)
        .await
        .expect_err("it refers to nothing");
    assert!(error.to_string().contains(&bad.name()), "{error}");
    assert!(contents(&app).await.is_empty());
}

#[tokio::test]
async fn a_set_that_is_named_twice_is_loaded_once() {
    let app = TestApp::empty().await;
    let set = Folder::good();
    let reports = loaded(&app, &[&set.name(), &set.name()], PLAINLY).await;
    assert_eq!(reports.len(), 1);
}

#[tokio::test]
async fn two_sets_may_share_documents_that_say_the_same() {
    for options in [PLAINLY, super::DRY] {
        let app = TestApp::empty().await;
        let (set, mut other) = (Folder::good(), Folder::good());
        other.set(
            "nations.json",
            "/-",
            Some(json!({
                "_id": "nation_lilliput", "slug": "lilliput", "name": "Lilliput", "officialName": "Empire of Lilliput",
            })),
        );
        let reports = loaded(&app, &[&set.name(), &other.name()], options).await;
        assert_eq!((reports[0].added.len(), reports[0].unchanged), (8, 0));
        assert_eq!(
            (reports[1].added.as_slice(), reports[1].unchanged),
            (&["nation_lilliput".to_owned()][..], 8)
        );
    }
    let app = TestApp::empty().await;
    let (set, mut other) = (Folder::good(), Folder::good());
    other.set("gifts.json", "/0/title", Some(json!("Two okapis")));
    let error = try_load(&app, &[&set.name(), &other.name()], PLAINLY)
        .await
        .expect_err("the same id, another title");
    let part = "gifts.json[0] (gift_okapi): _id: found the id of a document of an earlier set, which says something else; \
                accepted: the same document in each set";
    assert!(error.to_string().contains(part), "{error}");
    assert!(contents(&app).await.is_empty());
}

/// All documents, without versions, times, how often each lock was taken, and what is kept of the sets.
async fn said(app: &TestApp) -> Vec<Document> {
    let all = contents(app).await;
    let documents = all.into_iter().filter(|(name, _)| !name.starts_with("seeded/"));
    let bare = documents.map(|(_, mut document)| {
        for kept in ["version", "createdAt", "updatedAt", "turn"] {
            document.remove(kept);
        }
        document
    });
    bare.collect()
}

#[tokio::test]
async fn the_nations_of_the_world_complete_the_other_sets_in_any_order() {
    let mut first = Vec::new();
    for order in [
        &["article", "history", "nations"][..],
        &["nations", "article", "history"],
        &["article", "nations", "history"],
    ] {
        let app = TestApp::empty().await;
        // One by one, as by people, and then all of them again.
        for set in order {
            app.load(&[set]).await;
        }
        let whole = said(&app).await;
        for options in [PLAINLY, super::WITH_RESET] {
            let again = loaded(&app, order, options).await;
            assert!(again.iter().all(|report| report.written() == 0), "{order:?}: {again:?}");
        }
        app.is_whole().await;
        if first.is_empty() {
            first.clone_from(&whole);
        }
        assert!(first == whole, "{order:?} comes to the same");
    }
    // In one run too, and alone.
    let app = TestApp::empty().await;
    app.load(&["nations", "article", "history"]).await;
    assert!(first == said(&app).await);
    let app = TestApp::empty().await;
    app.load(&["nations"]).await;
    app.is_whole().await;
}

#[tokio::test]
async fn a_nation_that_somebody_has_edited_stays_so_whatever_set_is_loaded() {
    let app = TestApp::empty().await;
    app.load(&["article"]).await;
    edit(&app, "nations", "nation_russia", doc! { "$set": { "name": "Rossiya" } }).await;
    let report = loaded(&app, &["nations"], PLAINLY).await.remove(0);
    assert_eq!(report.edited, ["nation_russia"]);
    let report = loaded(&app, &["nations"], super::WITH_RESET).await.remove(0);
    assert_eq!(report.reset, ["nation_russia"]);
    let report = loaded(&app, &["article"], PLAINLY).await.remove(0);
    assert_eq!((report.written(), report.edited.len()), (0, 0));
}

#[tokio::test]
async fn nothing_new_may_refer_to_what_somebody_has_deleted() {
    let app = TestApp::empty().await;
    let mut set = Folder::good();
    loaded(&app, &[&set.name()], PLAINLY).await;
    // All that referred to it was changed or deleted as well, by somebody who knew what they did.
    edit(&app, "gifts", "gift_okapi", doc! { "$unset": { "event": "" } }).await;
    delete(&app, "events", "event_visit").await;
    let before = contents(&app).await;
    set.set("claims.json", "/0/about", Some(json!(["event_visit"])));
    let error = try_load(&app, &[&set.name()], PLAINLY)
        .await
        .expect_err("it refers to a deleted event");
    let part = "claims.json[0] (claim_test-T1): about: found event_visit, which somebody has deleted; accepted: the id of a document that exists (--reset brings it back)";
    assert!(error.to_string().contains(part), "{error}");
    assert!(before == contents(&app).await);
    loaded(&app, &[&set.name()], super::WITH_RESET).await;
}

#[tokio::test]
async fn two_that_load_the_same_set_at_once_load_it_once() {
    let app = TestApp::empty().await;
    let set = Folder::good();
    for round in 0..3 {
        if round > 0 {
            app.store.drop_database().await.expect("the database is dropped");
        }
        // As when several servers start at the same moment over an empty database.
        let start = || async {
            let store = Store::connect(&app.options).await.expect("the store connects");
            store.ensure_schema().await.expect("the schema is applied");
            menagerie::seed::load::load(&store, &[set.name()], PLAINLY)
                .await
                .expect("the set loads")
        };
        let (one, two, three) = tokio::join!(start(), start(), start());
        let written: usize = [one, two, three].iter().map(|reports| reports[0].written()).sum();
        assert_eq!(written, 8, "each document by one of them");
        let contents = contents(&app).await;
        let locks = contents.keys().filter(|place| place.starts_with("locks/")).count();
        assert_eq!(locks, 8, "five slugs and three codes");
        assert_eq!(
            contents.len() - locks,
            16,
            "eight documents, and what was loaded of each"
        );
        assert!(contents.values().all(|row| row.get_i64("version").unwrap_or(1) == 1));
        app.is_whole().await;
    }
}
