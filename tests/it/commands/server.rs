//! The program as a server: started, watched, signalled, waited for.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use super::{PATIENCE, program};
use crate::support::{self, client};

/// A running server; killed when this is dropped.
pub struct Server {
    /// Its process.
    pub child: Child,
    /// Where its API is.
    pub address: String,
    printed: mpsc::Receiver<String>,
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
            printed,
            log: Some(log),
        };
        let Ok(line) = server.printed.recv_timeout(PATIENCE) else {
            let _ = server.child.kill();
            panic!("it printed nothing; its log: {}", server.log());
        };
        let address = line.strip_prefix("Menagerie serves the API at ").expect("the address");
        server.address = address.to_owned();
        server
    }

    /// What stands behind this beginning on a line that it prints.
    pub fn printed(&self, beginning: &str) -> String {
        loop {
            let line = self.printed.recv_timeout(PATIENCE).expect("another line");
            if let Some(rest) = line.trim().strip_prefix(beginning) {
                return rest.trim().to_owned();
            }
        }
    }

    pub fn signal(&self, signal: &str) {
        support::signal(self.child.id(), signal);
    }

    /// Waits until it has ended.
    pub fn ended(&mut self) -> ExitStatus {
        until("the end of the server", || {
            self.child.try_wait().expect("it is our child")
        })
    }

    /// All that it has logged, when it has ended.
    pub fn log(&mut self) -> String {
        let log = self.log.take().expect("asked for once");
        log.join().expect("no panic")
    }

    pub async fn query(&self, query: &str) -> Json {
        let request = client().post(&self.address).json(&json!({ "query": query }));
        let mut answer: Json = request.send().await.expect("it answers").json().await.expect("JSON");
        assert!(answer.get("errors").is_none(), "{answer}");
        answer["data"].take()
    }

    pub async fn gifts(&self) -> i64 {
        let data = self.query("{ gifts { totalCount } }").await;
        data["gifts"]["totalCount"].as_i64().expect("a number")
    }

    /// The number of gifts, once it is another than `before`: what another process writes is told by the change feed.
    pub async fn gifts_after(&self, before: i64) -> i64 {
        let since = Instant::now();
        loop {
            let found = self.gifts().await;
            if found != before {
                return found;
            }
            assert!(since.elapsed() < PATIENCE, "in vain: other than {before} gifts");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The process of its database.
    pub fn database(&self) -> u32 {
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
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
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

pub fn lives(process: u32) -> bool {
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
pub fn embedded_in(folder: &Path) -> Command {
    let mut command = program(folder);
    command
        .env("MENAGERIE_DATA_DIR", folder.join("data"))
        .env("MENAGERIE_DATABASE_MEMORY_MB", "512");
    command
}
