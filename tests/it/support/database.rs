//! Database servers, the one that all tests share and those of one test, and databases on them.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use menagerie::embedded::{self, Embedded};
use menagerie::store;

use super::processes::signal;

/// A database, for what goes past the store.
pub async fn database_at(uri: &str, name: &str) -> mongodb::Database {
    let client = mongodb::Client::with_uri_str(uri).await;
    client.expect("the driver takes the URI").database(name)
}

/// Whether the database tells what changes in it; one of another maker that `MONGODB_URI` names may not.
pub async fn has_change_streams(options: &store::Options) -> bool {
    std::env::var_os("MONGODB_URI").is_none()
        || database_at(&options.uri, &options.database).await.watch().await.is_ok()
}

/// A database server for one test alone, which may be killed, and a database on it.
pub async fn server_of_its_own(folder: &std::path::Path) -> (Embedded, store::Options) {
    let server = Embedded::start(embedded::Options {
        program: None,
        data_dir: folder.to_owned(),
        memory_limit_mb: 2048,
        log_file_max: Some("16MB".into()),
    });
    let server = server.await.expect("the database starts");
    let options = store::Options {
        uri: server.uri(),
        ..database_options()
    };
    (server, options)
}

/// Kills a database server with `kill -9`, as soon as it has got over the last time. `killed`: its processes that were.
pub async fn kill_again(server: &Embedded, killed: &mut BTreeSet<u32>) {
    let process = loop {
        // None while a restart is under way: then the kill before this one is still being got over.
        match server.pid() {
            Some(process) if !killed.contains(&process) => break process,
            _ => tokio::time::sleep(Duration::from_millis(2)).await,
        }
    };
    signal(process, "-9");
    killed.insert(process);
}

/// A database that no other test uses, on the server that all tests share.
pub fn database_options() -> store::Options {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    store::Options {
        uri: server_uri(),
        database: format!(
            "menagerie_test_{}_{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        ),
        pool_size: 16,
        deadline: Duration::from_secs(30),
        columns: false,
    }
}

/// The server that all tests share.
pub fn server_uri() -> String {
    static URI: OnceLock<String> = OnceLock::new();
    URI.get_or_init(|| std::env::var("MONGODB_URI").unwrap_or_else(|_| start_server()))
        .clone()
}

/// Starts an embedded database for this process, on a temporary folder.
fn start_server() -> String {
    static SERVER: OnceLock<Embedded> = OnceLock::new();
    let folder = temporary_folder();
    let started = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime starts");
        runtime.block_on(Embedded::start(embedded::Options {
            program: None,
            data_dir: folder,
            memory_limit_mb: 4096,
            log_file_max: Some("16MB".into()),
        }))
    });
    let server = started
        .join()
        .expect("no panic")
        .expect("the database starts; `make database` builds it");
    SERVER.get_or_init(|| server).uri()
}

/// A folder that is gone when this process ends, however it ends: a watcher removes it when its input closes.
fn temporary_folder() -> std::path::PathBuf {
    static WATCHER: OnceLock<std::process::Child> = OnceLock::new();
    let folder = tempfile::Builder::new()
        .prefix("menagerie-test-")
        .tempdir()
        .expect("a folder")
        .keep();
    let watcher = Command::new("sh")
        // The database is killed at the same moment, so what it still writes is waited for.
        .args([
            "-c",
            "cat >/dev/null; for _ in 1 2 3 4 5; do rm -rf \"$1\" && exit; sleep 0.2; done",
            "sh",
        ])
        .arg(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("sh starts");
    WATCHER.get_or_init(|| watcher);
    folder
}
