//! The server as a process: it says where it is, ends when asked, and never leaves its database behind.
//!
//! The tests about the embedded database start one of their own, whatever `MONGODB_URI` says.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use menagerie::embedded;
use mongodb::bson::{Document, doc};
use serde_json::{Value as Json, json};

use super::{PATIENCE, ends_with, program, program_over};
use crate::support::TestApp;

/// A running server; killed when this is dropped.
pub struct Server {
    child: Child,
    /// The address of the API.
    pub address: String,
    log: Option<thread::JoinHandle<String>>,
}

impl Server {
    /// Starts it and waits until it prints its address.
    pub fn start(command: &mut Command) -> Self {
        command
            .env("MENAGERIE_BIND", "127.0.0.1:0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let (lines, printed) = mpsc::channel();
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        thread::spawn(move || {
            stdout
                .lines()
                .map_while(Result::ok)
                .try_for_each(|line| lines.send(line))
        });
        let mut stderr = child.stderr.take().expect("a pipe");
        let log = thread::spawn(move || {
            let mut log = Vec::new();
            // It ends with the process.
            let _ = stderr.read_to_end(&mut log);
            String::from_utf8_lossy(&log).into_owned()
        });
        let mut server = Self {
            child,
            address: String::new(),
            log: Some(log),
        };
        let Ok(line) = printed.recv_timeout(PATIENCE) else {
            let _ = server.child.kill();
            panic!("it printed nothing; its log: {}", server.log());
        };
        let address = line.strip_prefix("Menagerie serves the API at ").expect("the address");
        server.address = address.to_owned();
        server
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    fn signal(&self, signal: &str) {
        let kill = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status();
        assert!(kill.expect("kill starts").success());
    }

    /// Waits until it has ended.
    fn ended(&mut self) -> ExitStatus {
        until("the end of the server", || {
            self.child.try_wait().expect("it is our child")
        })
    }

    /// All that it has logged, when it has ended.
    fn log(&mut self) -> String {
        let log = self.log.take().expect("asked for once");
        log.join().expect("no panic")
    }

    async fn query(&self, query: &str) -> Json {
        let request = crate::support::client()
            .post(&self.address)
            .json(&json!({ "query": query }));
        let mut answer: Json = request.send().await.expect("it answers").json().await.expect("JSON");
        assert!(answer.get("errors").is_none(), "{answer}");
        answer["data"].take()
    }

    async fn gifts(&self) -> i64 {
        let data = self.query("{ gifts { totalCount } }").await;
        data["gifts"]["totalCount"].as_i64().expect("a number")
    }

    /// The process of its database.
    fn database(&self) -> u32 {
        let children = children_of(self.child.id());
        assert_eq!(children.len(), 1, "{children:?}");
        children[0]
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails only when it has ended already; its database ends with it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until this gives something.
fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let since = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(since.elapsed() < PATIENCE, "in vain: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// A line of `/proc/PID/status`; nothing for a process that has ended, waited for or not.
pub fn status_of(process: u32, line: &str) -> Option<String> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let value = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.map(|value| value.trim().to_owned())
    };
    if value("State:")?.starts_with(['Z', 'X']) {
        return None;
    }
    value(line)
}

fn lives(process: u32) -> bool {
    status_of(process, "Pid:").is_some()
}

fn children_of(parent: u32) -> Vec<u32> {
    let parent = parent.to_string();
    fs::read_dir("/proc")
        .expect("the processes")
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|process| status_of(*process, "PPid:").is_some_and(|found| found == parent))
        .collect()
}

/// The server over an embedded database in this folder.
fn embedded_in(folder: &Path) -> Command {
    let mut command = program(folder);
    command
        .env("MENAGERIE_DATA_DIR", folder.join("data"))
        .env("MENAGERIE_DATABASE_MEMORY_MB", "512");
    command
}

#[tokio::test]
async fn the_server_prints_its_address_answers_and_ends_well_when_asked() {
    let app = TestApp::with(&["article"]).await;
    for signal in ["-TERM", "-INT"] {
        let mut server = Server::start(&mut program_over(&app));
        let data = server.query("{ gift(slug: \"ru-kp-2024\") { total { text } } }").await;
        assert_eq!(data, json!({ "gift": { "total": { "text": "71 or more" } } }));
        server.signal(signal);
        assert_eq!(server.ended().code(), Some(0), "{signal}: {}", server.log());
    }
}

#[tokio::test]
async fn the_server_loads_what_it_is_told_into_a_database_of_the_users_own() {
    let app = TestApp::empty().await;
    app.store.drop_database().await.expect("the database is dropped");
    for (told, gifts) in [
        (None, 0..=0),
        (Some("none"), 0..=0),
        (Some("article"), 6..=6),
        (Some("article, history"), 50..=100),
    ] {
        let mut command = program_over(&app);
        command.envs(told.map(|sets| ("MENAGERIE_SEED", sets)));
        let server = Server::start(&mut command);
        let found = server.gifts().await;
        assert!(gifts.contains(&found), "{told:?}: {found}");
    }
    let said = ends_with(
        program_over(&app).envs([("MENAGERIE_SEED", "articel"), ("MENAGERIE_BIND", "127.0.0.1:0")]),
        65,
    );
    assert!(said.contains("there is no set `articel`"), "{said}");
}

#[tokio::test]
async fn an_address_that_is_taken_is_told_before_any_database_is_started() {
    let folder = tempfile::tempdir().expect("a folder");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = taken.local_addr().expect("an address").to_string();
    let said = ends_with(embedded_in(folder.path()).env("MENAGERIE_BIND", &address), 70);
    assert!(
        said.contains(&format!("cannot listen on {address}: ")) && said.contains("MENAGERIE_BIND"),
        "{said}"
    );
    assert!(!folder.path().join("data").exists());
}

#[tokio::test]
async fn over_its_own_database_it_loads_the_article_once_and_keeps_the_data_over_a_kill() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Server::start(&mut embedded_in(folder.path()));
    assert_eq!(server.gifts().await, 6, "an empty database gets the article");

    let data = folder.path().join("data").display().to_string();
    let said = ends_with(embedded_in(folder.path()).env("MENAGERIE_BIND", "127.0.0.1:0"), 70);
    let in_use = format!(
        "the data folder {data} is in use by another server (process {})",
        server.child.id()
    );
    assert!(said.contains(&in_use) && said.contains("MENAGERIE_DATA_DIR"), "{said}");

    let said = ends_with(embedded_in(folder.path()).args(["seed", "history"]), 0);
    assert!(said.contains("history: ") && said.contains("were added"), "{said}");
    let all = server.gifts().await;
    assert!(all > 50, "the command used the server's database: {all}");
    ends_with(embedded_in(folder.path()).arg("check"), 0);
    let create = ["token", "create", "keeper", "--role", "reader"];
    assert!(ends_with(embedded_in(folder.path()).args(create), 0).starts_with("mng_"));
    assert!(ends_with(embedded_in(folder.path()).args(["token", "list"]), 0).contains("keeper  reader, made "));

    // Were it to load the article again, this gift would come back: nothing tells any more that it was loaded.
    let uri = embedded::running(&folder.path().join("data")).expect("it runs");
    let client = mongodb::Client::with_uri_str(uri)
        .await
        .expect("the driver takes the URI");
    let database = client.database("menagerie");
    database.collection::<Document>("seeded").drop().await.expect("dropped");
    let gifts = database.collection::<Document>("gifts");
    let deleted = gifts.delete_one(doc! { "_id": "gift_cn-kr" }).await.expect("an answer");
    assert_eq!(deleted.deleted_count, 1);

    let process = server.database();
    server.signal("-KILL");
    server.ended();
    until("the end of the database", || (!lives(process)).then_some(()));

    let mut server = Server::start(&mut embedded_in(folder.path()));
    assert_eq!(server.gifts().await, all - 1, "all is there but what was deleted");
    let process = server.database();
    server.signal("-TERM");
    assert_eq!(server.ended().code(), Some(0));
    assert!(!lives(process), "it waits for its database to end");
    let log = server.log();
    assert!(
        log.contains("the database has ended") && !log.contains("article: "),
        "{log}"
    );
}

#[tokio::test]
async fn a_command_without_a_server_starts_a_database_of_its_own_and_ends_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = ends_with(embedded_in(folder.path()).arg("seed"), 0);
    assert!(
        said.contains("article: ") && said.contains("the database has ended"),
        "{said}"
    );
    assert_eq!(embedded::running(&folder.path().join("data")), None);
    let said = ends_with(embedded_in(folder.path()).arg("check"), 0);
    assert!(said.contains("nothing found: "), "{said}");
}

#[tokio::test]
async fn a_server_that_cannot_load_its_sets_ends_its_database_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = embedded_in(folder.path());
    command.envs([("MENAGERIE_SEED", "history"), ("MENAGERIE_BIND", "127.0.0.1:0")]);
    let said = ends_with(&mut command, 65);
    assert!(
        said.contains("which is neither in this set nor in the database"),
        "{said}"
    );
    assert!(said.contains("the database has ended"), "{said}");
    assert_eq!(embedded::running(&folder.path().join("data")), None);
}
