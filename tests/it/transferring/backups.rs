//! Backups: everything is put back as it was, and a file that is not whole is noticed before anything is changed.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use menagerie::api::viewer::Role;
use menagerie::transfer::backup::{BackupError, backup, restore};
use mongodb::bson::{Bson, Document, doc};

use super::{good, small};
use crate::commands::{ends_with, program_over};
use crate::identity::made;
use crate::seeding::{contents, edit};
use crate::support::TestApp;

/// All that a backup holds, bookkeeping and all.
async fn everything(app: &TestApp) -> BTreeMap<String, Document> {
    let mut contents = contents(app).await;
    contents.retain(|place, _| {
        !["derived/", "locks/", "retries/", "marks/"]
            .iter()
            .any(|other| place.starts_with(other))
    });
    contents
}

/// A database with a history and a token.
async fn lively(folder: &Path) -> TestApp {
    let app = small().await;
    for title in ["T1", "T2"] {
        let file = folder.join("sources.csv");
        let text = format!("id,title,kind\nsource_test,{title},DATASET\nsource_new,{title},MEDIA\n");
        fs::write(&file, text).expect("the file is written");
        good(&app, &[&file]).await;
    }
    made(&app, "reader", Role::Reader, None).await;
    // Types that JSON does not have.
    let odd = doc! { "$set": { "odd": { "long": 5_i64, "double": 5.0, "nothing": null, "at": mongodb::bson::DateTime::from_millis(-1) } } };
    edit(&app, "sources", "source_new", odd).await;
    app
}

async fn put_back(app: &TestApp, file: &Path, replace: bool) -> Result<(), BackupError> {
    restore(&app.store, file, replace, &mut |_| {}).await.map(drop)
}

#[tokio::test]
async fn a_backup_brings_everything_back_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = lively(folder.path()).await;
    let file = folder.path().join("all.jsonl");
    let counts = backup(&app.store, &file, &mut |_| {}).await.expect("it is written");
    assert_eq!(
        (counts["history"], counts["tokens"], counts["nations"]),
        (5, 1, 2),
        "{counts:?}"
    );
    let mode = fs::metadata(&file).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "the hashes of tokens are in it");
    assert_eq!(
        fs::read_dir(folder.path()).expect("a folder").count(),
        2,
        "nothing is left beside it"
    );
    let other = TestApp::empty().await;
    put_back(&other, &file, false).await.expect("it is put back");
    assert!(everything(&other).await == everything(&app).await);
    // It is not put over something, unless that is asked for; then what was there is gone.
    let refused = put_back(&other, &file, false).await.expect_err("it is not empty");
    assert!(
        refused
            .to_string()
            .contains("the database is not empty: it has sources, nations"),
        "{refused}"
    );
    edit(&other, "nations", "nation_laputa", doc! { "$set": { "name": "Other" } }).await;
    other
        .raw()
        .await
        .collection::<Document>("tokens")
        .insert_one(
            doc! { "_id": "0".repeat(64), "name": "x", "role": "reader", "createdAt": mongodb::bson::DateTime::now() },
        )
        .await
        .expect("it is inserted");
    put_back(&other, &file, true).await.expect("it is put back");
    assert!(everything(&other).await == everything(&app).await);
}

#[tokio::test]
async fn a_backup_that_is_not_whole_is_noticed_before_anything_is_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = lively(folder.path()).await;
    let file = folder.path().join("all.jsonl");
    backup(&app.store, &file, &mut |_| {}).await.expect("it is written");
    let whole = fs::read(&file).expect("it is there");
    let before = everything(&app).await;
    let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
    let mut damaged: Vec<Vec<u8>> = Vec::new();
    // A bit of every 97th byte.
    for at in (0..whole.len()).step_by(97) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        damaged.push(bytes);
    }
    damaged.push(Vec::new());
    damaged.push(whole[..whole.len() / 2].to_vec());
    damaged.push(whole[..whole.len() - 5].to_vec());
    damaged.push(lines[..lines.len() - 1].concat());
    damaged.push([lines[0], lines[lines.len() - 1]].concat());
    damaged.push([&lines[..5], &lines[6..]].concat().concat());
    damaged.push([whole.as_slice(), lines[1]].concat());
    damaged.push(b"id,title,kind\n".to_vec());
    for bytes in damaged {
        fs::write(&file, &bytes).expect("it is written");
        let error = put_back(&app, &file, true).await.expect_err("it is damaged");
        assert!(matches!(error, BackupError::Damaged { .. }), "{error}");
        let told = error.to_string();
        assert!(
            told.contains("found ") && told.ends_with("; nothing was changed"),
            "{told}"
        );
    }
    assert!(everything(&app).await == before);
}

#[tokio::test]
async fn the_commands_back_up_and_restore_and_tell_what_is_not_as_it_should_be() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = small().await;
    let file = folder.path().join("all.jsonl").display().to_string();
    let said = ends_with(program_over(&app).args(["backup", &file]), 0);
    assert!(said.contains("gifts: 1\n") && said.contains("claims: 2\n"), "{said}");
    let said = ends_with(program_over(&app).args(["restore", &file]), 65);
    assert!(said.contains("--replace"), "{said}");
    ends_with(program_over(&app).args(["restore", &file, "--replace"]), 0);
    // As an older version has derived it.
    let bound = doc! { "$set": { "date.latest": Bson::Null } };
    edit(&app, "gifts", "gift_okapi", bound).await;
    ends_with(program_over(&app).args(["backup", &file]), 0);
    ends_with(program_over(&app).args(["restore", &file, "--replace"]), 0);
    edit(
        &app,
        "gifts",
        "gift_okapi",
        doc! { "$set": { "giver": "nation_atlantis" } },
    )
    .await;
    ends_with(program_over(&app).args(["backup", &file]), 0);
    let said = ends_with(program_over(&app).args(["restore", &file, "--replace"]), 1);
    assert!(
        said.contains("gift_okapi: `giver` refers to nation_atlantis, which does not exist"),
        "{said}"
    );
    let said = ends_with(program_over(&app).args(["backup", "nowhere/all.jsonl"]), 73);
    assert!(said.contains("the backup cannot be written or read"), "{said}");
}
