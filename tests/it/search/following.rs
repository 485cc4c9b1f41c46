//! How the index follows the data: what others write, what is deleted or dropped, a database that was away.

use menagerie::domain::id::Kind;
use menagerie::store::collections::searched;
use mongodb::bson::{Document, doc};
use serde_json::{Value as Json, json};

use super::{found, ids, indexed};
use crate::support::{TestApp, server_of_its_own, signal, until};

/// A document as another program writes it, in the form of one that is there.
async fn copy(database: &mongodb::Database, id: &str, title: &str) -> Document {
    let gifts = database.collection::<Document>("gifts");
    let mut gift = gifts.find_one(doc! {}).await.expect("an answer").expect("a gift");
    gift.insert("_id", id);
    gift.insert("slug", id.trim_start_matches("gift_"));
    gift.insert("title", title);
    gift
}

/// Waits until a search finds just these.
async fn finds(app: &TestApp, text: &str, expected: &[&str]) {
    until(&format!("{text} to find {expected:?}"), || {
        let found = found(app, text, &searched().collect::<Vec<_>>());
        found
            .hits
            .iter()
            .map(|hit| hit.id.as_str())
            .eq(expected.iter().copied())
    })
    .await;
    assert_eq!(ids(app, text).await, expected);
}

#[tokio::test]
async fn what_another_program_writes_changes_and_deletes_is_followed() {
    let app = indexed(&["article"]).await;
    let database = app.raw().await;
    let gifts = database.collection::<Document>("gifts");
    let id = "gift_zz-quagga";
    gifts
        .insert_one(copy(&database, id, "Quaggas for the Tsar").await)
        .await
        .expect("it is inserted");
    finds(&app, "quagga", &[id]).await;
    // An update tells the database only what it changes; the other texts stay.
    let renamed = doc! { "$set": { "title": "Thylacines for the Tsar" } };
    gifts
        .update_one(doc! { "_id": id }, renamed)
        .await
        .expect("it is updated");
    finds(&app, "thylacine", &[id]).await;
    finds(&app, "quagga", &[id]).await;
    let mut other = copy(&database, id, "Dodos for the Tsar").await;
    other.insert("slug", "zz-dodo");
    gifts
        .replace_one(doc! { "_id": id }, other)
        .await
        .expect("it is replaced");
    finds(&app, "dodo", &[id]).await;
    finds(&app, "thylacine", &[]).await;
    gifts.delete_one(doc! { "_id": id }).await.expect("it is deleted");
    finds(&app, "dodo", &[]).await;
    app.is_indexed().await;
}

#[tokio::test]
async fn a_hit_that_is_deleted_before_it_is_read_is_left_out() {
    let mut app = indexed(&["article"]).await;
    app.stop_following().await;
    let all = ids(&app, "zoo").await;
    let gifts = app.raw().await.collection::<Document>("gifts");
    gifts
        .delete_one(doc! { "_id": "gift_ru-kp-2024" })
        .await
        .expect("it is deleted");
    let left: Vec<String> = all.iter().filter(|id| *id != "gift_ru-kp-2024").cloned().collect();
    assert_eq!(left.len() + 1, all.len());
    assert_eq!(ids(&app, "zoo").await, left);
}

#[tokio::test]
async fn a_collection_that_is_dropped_is_forgotten_and_a_database_that_comes_anew_is_read_anew() {
    let app = indexed(&["article"]).await;
    let database = app.raw().await;
    database
        .collection::<Document>("animals")
        .drop()
        .await
        .expect("dropped");
    until("the animals to be gone", || {
        found(&app, "panda", &[Kind::Animal]).total == 0
    })
    .await;
    database.drop().await.expect("dropped");
    until("nothing to be left", || app.search.status().documents == 0).await;
    app.store.ensure_schema().await.expect("the schema is applied");
    app.load(&["article"]).await;
    app.is_indexed().await;
    assert!(
        ids(&app, "pyongyang central zoo")
            .await
            .contains(&"gift_ru-kp-2024".to_owned())
    );
}

#[tokio::test]
async fn after_a_database_was_killed_the_index_catches_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let (database, options) = server_of_its_own(folder.path()).await;
    let app = TestApp::over(options).await;
    app.load(&["article"]).await;
    app.is_indexed().await;
    for (round, name) in ["quagga", "thylacine"].into_iter().enumerate() {
        let pid = database.pid().expect("it runs");
        signal(pid, "-9");
        // Written as soon as there is a database again, mostly before the feed has got over it.
        let id = format!("gift_zz-{round}");
        let raw = app.raw().await;
        let gift = loop {
            match raw.collection::<Document>("gifts").find_one(doc! {}).await {
                Ok(Some(gift)) => break gift,
                _ => tokio::task::yield_now().await,
            }
        };
        let mut gift = gift;
        gift.insert("_id", &id);
        gift.insert("slug", format!("zz-{round}"));
        gift.insert("title", format!("A {name}"));
        raw.collection::<Document>("gifts")
            .insert_one(gift)
            .await
            .expect("it is inserted");
        finds(&app, name, &[id.as_str()]).await;
        until("the index to be live", || app.search.status().live).await;
    }
    drop(app);
    database.stop().await;
}

#[tokio::test]
async fn readiness_and_metrics_tell_of_the_index() {
    let mut app = indexed(&["article"]).await;
    let (status, _, body) = app.get("/readyz").await;
    let body: Json = serde_json::from_str(&body).expect("JSON");
    let of_search = |body: &Json| {
        body["reasons"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["check"] == "search")
            .cloned()
    };
    assert_eq!(status, 200);
    assert_eq!(of_search(&body).expect("it is told")["ok"], json!(true), "{body}");
    let (_, _, text) = app.get("/metrics").await;
    let documents = app.search.status().documents;
    assert!(
        text.contains(&format!("menagerie_search_documents {documents}\n")),
        "{text}"
    );
    assert!(
        text.contains("menagerie_search_live 1\n") && text.contains("menagerie_search_lag_seconds 0.0\n"),
        "{text}"
    );

    // Without anybody who keeps it up to date the server is as ready as before, and says that the index is not.
    app.stop_following().await;
    let (status, _, body) = app.get("/readyz").await;
    let body: Json = serde_json::from_str(&body).expect("JSON");
    assert_eq!((status, &body["status"]), (200, &json!("ready")), "{body}");
    assert_eq!(of_search(&body).expect("it is told")["ok"], json!(false), "{body}");
}
