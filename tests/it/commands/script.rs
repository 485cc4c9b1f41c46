//! `seed/seed.sh`: it waits for the database and loads, and gives up for good reasons only.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::{clean, ends_with};
use crate::seeding::contents;
use crate::support::{TestApp, database_at};

fn script(folder: &Path) -> Command {
    let mut command = Command::new("sh");
    clean(&mut command, folder);
    command
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/seed/seed.sh"))
        .env("MENAGERIE_BIN", env!("CARGO_BIN_EXE_menagerie"));
    command
}

/// A door before a database: connections are closed at once until it is opened, then passed on.
struct Door {
    address: String,
    open: Arc<AtomicBool>,
}

impl Door {
    fn before(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("an address").to_string();
        let open = Arc::new(AtomicBool::new(false));
        let opened = Arc::clone(&open);
        thread::spawn(move || {
            for visitor in listener.incoming().map_while(Result::ok) {
                if opened.load(Ordering::Relaxed)
                    && let Ok(inside) = TcpStream::connect(&server)
                {
                    pass_on(&visitor, &inside);
                    pass_on(&inside, &visitor);
                }
            }
        });
        Self { address, open }
    }
}

fn pass_on(from: &TcpStream, to: &TcpStream) {
    let (mut from, mut to) = (from.try_clone().expect("a handle"), to.try_clone().expect("a handle"));
    thread::spawn(move || {
        let mut buffer = [0; 16 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            if to.write_all(&buffer[..length]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    });
}

#[tokio::test]
async fn the_script_waits_until_the_database_answers_and_loads_the_sets() {
    let folder = tempfile::tempdir().expect("a folder");
    let embedded = menagerie::embedded::Embedded::start(menagerie::embedded::Options {
        program: None,
        data_dir: folder.path().join("data"),
        memory_limit_mb: 512,
        log_file_max: Some("16MB".into()),
    });
    let embedded = embedded.await.expect("the database starts");
    let server = embedded.uri();
    let server = server
        .strip_prefix("mongodb://")
        .and_then(|rest| rest.split('/').next())
        .expect("host and port");
    let door = Door::before(server.to_owned());

    let mut command = script(folder.path());
    command
        .args(["article", "history"])
        .env(
            "MONGODB_URI",
            format!("mongodb://{}/?directConnection=true", door.address),
        )
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut running = command.spawn().expect("sh starts");
    let mut said = String::new();
    let mut stderr = BufReader::new(running.stderr.take().expect("a pipe"));
    while !said.contains("waiting up to 60 s for the database") {
        let read = stderr.read_line(&mut said).expect("text");
        assert!(read > 0, "it ended: {said}");
    }
    door.open.store(true, Ordering::Relaxed);
    stderr.read_to_string(&mut said).expect("text");
    let output = running.wait_with_output().expect("it ends");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}{said}");
    assert!(
        printed.starts_with("article: ") && printed.contains("\nhistory: "),
        "{printed}"
    );

    let database = database_at(&embedded.uri(), "menagerie").await;
    let gifts = database.collection::<mongodb::bson::Document>("gifts");
    assert!(gifts.count_documents(mongodb::bson::doc! {}).await.expect("an answer") > 50);
    embedded.stop().await;
}

#[tokio::test]
async fn the_script_loads_the_article_unless_sets_are_named_and_passes_options_on() {
    let app = TestApp::empty().await;
    let run = |arguments: &[&str]| {
        let mut command = script(&std::env::temp_dir());
        command
            .args(arguments)
            .env("MONGODB_URI", &app.options.uri)
            .env("MONGODB_DATABASE", &app.options.database);
        ends_with(&mut command, 0)
    };
    let said = run(&["--dry-run"]);
    assert!(
        said.starts_with("article: ") && said.contains("would be added"),
        "{said}"
    );
    assert!(contents(&app).await.is_empty());
    let said = run(&[]);
    assert!(said.starts_with("article: ") && said.contains("were added"), "{said}");
    let said = run(&["article", "--reset"]);
    assert!(said.starts_with("article: nothing to write; "), "{said}");
}

#[tokio::test]
async fn the_script_passes_a_bad_set_on_at_once() {
    let app = TestApp::empty().await;
    let mut command = script(&std::env::temp_dir());
    command
        .arg("articel")
        .env("MONGODB_URI", &app.options.uri)
        .env("MONGODB_DATABASE", &app.options.database);
    let said = ends_with(&mut command, 65);
    assert!(
        said.contains("there is no set `articel`") && !said.contains("waiting"),
        "{said}"
    );
}

#[test]
fn the_script_says_what_it_lacks() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = ends_with(&mut script(folder.path()), 64);
    assert!(said.contains("MONGODB_URI is not set"), "{said}");
    let uri = ("MONGODB_URI", "mongodb://127.0.0.1:1/");
    let said = ends_with(script(folder.path()).envs([uri, ("SEED_WAIT", "1m")]), 64);
    assert!(said.contains("SEED_WAIT is \"1m\""), "{said}");
    let said = ends_with(
        script(folder.path()).envs([uri, ("MENAGERIE_BIN", "./no-such-program")]),
        127,
    );
    assert!(said.contains("./no-such-program"), "{said}");
    let said = ends_with(script(folder.path()).envs([uri, ("SEED_WAIT", "0")]), 69);
    assert!(said.contains("the database did not answer within 0 s"), "{said}");
}
