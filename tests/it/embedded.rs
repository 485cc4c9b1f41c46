//! The embedded database: it keeps port and data over its death, keeps others out, and ends.
//!
//! These start databases of their own, whatever `MONGODB_URI` says. That the database does not
//! outlive a killed server is tested with the server itself.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use futures_util::StreamExt;
use menagerie::embedded::{self, Embedded, EmbeddedError, Options};
use mongodb::Collection;
use mongodb::bson::{Document, doc};
use tempfile::TempDir;

use crate::support::{awaited, database_at, signal, until};

fn options(data_dir: &Path) -> Options {
    Options {
        program: None,
        data_dir: data_dir.to_owned(),
        memory_limit_mb: 512,
        log_file_max: Some("16MB".into()),
    }
}

async fn start() -> (TempDir, Embedded) {
    let folder = tempfile::tempdir().unwrap();
    let embedded = Embedded::start(options(folder.path())).await.unwrap();
    (folder, embedded)
}

async fn collection(embedded: &Embedded) -> Collection<Document> {
    database_at(&embedded.uri(), "zoo").await.collection("animals")
}

#[tokio::test]
async fn a_killed_database_is_back_on_its_port_with_every_acknowledged_write() {
    let (_folder, embedded) = start().await;
    let (uri, first) = (embedded.uri(), embedded.pid().unwrap());
    let animals = collection(&embedded).await;
    for n in 0..40 {
        if n == 20 {
            signal(first, "-KILL");
        }
        // After the kill it is the driver's retry that bridges the gap.
        animals.insert_one(doc! { "_id": n }).await.unwrap();
    }
    assert_eq!(embedded.uri(), uri);
    assert_ne!(embedded.pid(), Some(first));
    assert_eq!(animals.count_documents(doc! {}).await.unwrap(), 40);
    embedded.stop().await;
}

#[tokio::test]
async fn its_uri_gives_transactions_and_change_streams() {
    let (_folder, embedded) = start().await;
    let animals = collection(&embedded).await;
    animals.insert_one(doc! { "_id": "brown bear" }).await.unwrap();
    let mut changes = animals.watch().await.unwrap();

    let mut session = animals.client().start_session().await.unwrap();
    session.start_transaction().await.unwrap();
    animals
        .insert_one(doc! { "_id": "lost" })
        .session(&mut session)
        .await
        .unwrap();
    session.abort_transaction().await.unwrap();
    session.start_transaction().await.unwrap();
    animals
        .insert_one(doc! { "_id": "kept" })
        .session(&mut session)
        .await
        .unwrap();
    session.commit_transaction().await.unwrap();

    let change = changes.next().await.unwrap().unwrap();
    assert_eq!(change.document_key, Some(doc! { "_id": "kept" }));
    assert_eq!(animals.count_documents(doc! {}).await.unwrap(), 2);
    embedded.stop().await;
}

#[tokio::test]
async fn a_database_that_hangs_is_replaced() {
    let (_folder, embedded) = start().await;
    let first = embedded.pid().unwrap();
    signal(first, "-STOP");
    awaited("another process", async || embedded.pid().filter(|pid| *pid != first)).await;
    collection(&embedded).await.insert_one(doc! {}).await.unwrap();
    embedded.stop().await;
}

#[tokio::test]
async fn a_second_server_on_the_folder_is_refused_and_commands_find_the_first() {
    let (folder, embedded) = start().await;
    let error = Embedded::start(options(folder.path())).await.unwrap_err();
    assert!(matches!(error, EmbeddedError::InUse { .. }), "{error}");
    let holder = format!("process {}", std::process::id());
    for part in [folder.path().to_str().unwrap(), &holder, "MENAGERIE_DATA_DIR"] {
        assert!(error.to_string().contains(part), "{error}");
    }
    assert_eq!(embedded::running(folder.path()), Some(embedded.uri()));

    embedded.stop().await;
    // A program that another test starts at this moment holds what is open here, the folder's lock too, until it runs.
    until("the folder to be free", || embedded::running(folder.path()).is_none()).await;
    Embedded::start(options(folder.path())).await.unwrap().stop().await;
}

#[tokio::test]
async fn stopping_ends_the_process_and_keeps_the_data() {
    let (folder, embedded) = start().await;
    collection(&embedded).await.insert_one(doc! { "_id": 1 }).await.unwrap();
    let pid = embedded.pid().unwrap();
    embedded.stop().await;
    let alive = Command::new("kill").args(["-0", &pid.to_string()]).output().unwrap();
    assert!(!alive.status.success(), "process {pid} runs on");

    let again = Embedded::start(options(folder.path())).await.unwrap();
    assert_eq!(collection(&again).await.count_documents(doc! {}).await.unwrap(), 1);
    again.stop().await;
}

/// Each folder and file of a data folder, itself included, that others than its user can do anything with.
fn open_to_others(folder: &Path) -> Vec<String> {
    let mut open = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(path) = left.pop() {
        // The database may remove a file at any moment.
        let Ok(found) = std::fs::symlink_metadata(&path) else {
            continue;
        };
        let mode = found.permissions().mode() & 0o7777;
        let expected = if found.is_dir() { 0o700 } else { 0o600 };
        if mode != expected {
            open.push(format!("{} {mode:o}", path.display()));
        }
        if found.is_dir() {
            let entries = std::fs::read_dir(&path).into_iter().flatten().flatten();
            left.extend(entries.map(|entry| entry.path()));
        }
    }
    open
}

#[tokio::test]
async fn only_the_servers_user_can_read_what_it_keeps() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("above/data");
    let embedded = Embedded::start(options(&folder)).await.unwrap();
    collection(&embedded).await.insert_one(doc! { "_id": 1 }).await.unwrap();
    embedded.stop().await;
    assert!(folder.join("db").is_dir());
    assert_eq!(open_to_others(&folder), [""; 0], "new ones");

    // As a server of before left it.
    let mut loosened = 0;
    let mut left = vec![folder.clone()];
    while let Some(path) = left.pop() {
        let mode = if path.is_dir() { 0o755 } else { 0o644 };
        std::fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        loosened += 1;
        if path.is_dir() {
            left.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    assert_eq!(open_to_others(&folder).len(), loosened);
    let embedded = Embedded::start(options(&folder)).await.unwrap();
    let animals = collection(&embedded).await;
    assert_eq!(animals.count_documents(doc! {}).await.unwrap(), 1);
    animals.insert_one(doc! { "_id": 2 }).await.unwrap();
    assert_eq!(open_to_others(&folder), [""; 0], "those of before");
    embedded.stop().await;
}

#[tokio::test]
async fn dropping_it_ends_the_process_too() {
    let (folder, embedded) = start().await;
    let pid = embedded.pid().unwrap().to_string();
    drop(embedded);
    let gone = || {
        Command::new("kill")
            .args(["-0", &pid])
            .output()
            .is_ok_and(|o| !o.status.success())
    };
    until("the end of the process", gone).await;
    // The lock goes last.
    until("the folder", || embedded::running(folder.path()).is_none()).await;
}

#[tokio::test]
async fn too_little_memory_ends_the_database_and_not_the_server() {
    let (_folder, embedded) = start().await;
    let first = embedded.pid().unwrap();
    let animals = collection(&embedded).await;
    let large = vec![doc! { "pad": "x".repeat(1_000_000) }; 40];
    for _ in 0..4 {
        animals.insert_many(&large).await.unwrap();
    }
    // Sorting holds all that matches; eight at once need more than the limit.
    let queries = (0..8).map(|_| {
        let query = animals.find(doc! {}).sort(doc! { "pad": 1 });
        async move { query.await.map(drop) }
    });
    let results = futures_util::future::join_all(queries).await;
    assert!(results.iter().any(Result::is_err), "the limit was not reached");
    awaited("another process", async || embedded.pid().filter(|pid| *pid != first)).await;
    assert_eq!(animals.count_documents(doc! {}).await.unwrap(), 160);
    embedded.stop().await;
}

#[tokio::test]
async fn a_program_that_ends_at_once_is_told_with_its_last_lines() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(folder.path());
    // It refuses the unit, as it would refuse any wrong setting.
    options.log_file_max = Some("16 parrots".into());
    let error = Embedded::start(options).await.unwrap_err();
    assert!(matches!(error, EmbeddedError::Exited { .. }), "{error}");
    assert!(error.to_string().contains("16 parrots"), "{error}");
}

#[tokio::test]
async fn a_missing_program_is_told_with_the_places_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(folder.path());
    options.program = Some(folder.path().join("nowhere"));
    let error = Embedded::start(options).await.unwrap_err().to_string();
    for part in [
        folder.path().join("nowhere").to_str().unwrap(),
        "make database",
        "MONGODB_URI",
    ] {
        assert!(error.contains(part), "{error}");
    }
}
