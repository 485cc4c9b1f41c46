//! No change is lost and none told twice, whatever is killed or cut: the server by `kill -9`, the database by `kill -9`,
//! connections at random, all under a load of writes; over WebSockets and over streams of events.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use menagerie::embedded::Embedded;
use menagerie::store::Options;
use mongodb::bson::{DateTime, Document, doc};
use mongodb::error::Error;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value as Json, json};
use tempfile::TempDir;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep, timeout};

use super::socket::{Frame, PROTOCOL, Socket};
use crate::commands::program;
use crate::commands::server::Server;
use crate::support::{client, database_at, kill_again, server_of_its_own, text};

/// How many write, and how many documents each: every one is made and changed, every other deleted.
const WRITERS: usize = 6;
const DOCUMENTS: usize = 250;
/// How many subscribers by each transport.
const SUBSCRIBERS: usize = 2;
/// A subscriber takes at most so many changes before its connection is cut.
const LONGEST: usize = 400;
/// How often each is killed.
const KILLS: usize = 2;
/// The whole must be over by then.
const PATIENCE: Duration = Duration::from_secs(150);
/// What is written last.
const LAST: &str = "source_last";

/// A change: of which document, and which.
type Written = (String, &'static str);

/// What was acknowledged, what was not and may have been written, and how much was tried.
#[derive(Default)]
struct Log {
    sure: Mutex<BTreeSet<Written>>,
    maybe: Mutex<BTreeSet<Written>>,
    tried: AtomicUsize,
}

impl Log {
    fn note(&self, written: &[Written], outcome: &Result<(), Error>) {
        let list = if outcome.is_ok() { &self.sure } else { &self.maybe };
        list.lock().expect("no panic").extend(written.iter().cloned());
        self.tried.fetch_add(written.len(), Ordering::SeqCst);
    }
}

fn source(id: &str) -> Document {
    let now = DateTime::now();
    doc! { "_id": id, "title": "A source", "kind": "DATASET", "words": ["source"], "version": 1, "createdAt": now, "updatedAt": now }
}

fn change() -> Document {
    doc! { "$set": { "title": "Another" }, "$inc": { "version": 1 } }
}

/// Makes, changes and deletes documents; every fifth in a transaction.
async fn write(database: mongodb::Database, writer: usize, log: Arc<Log>) {
    let sources = database.collection::<Document>("sources");
    for number in 0..DOCUMENTS {
        let id = format!("source_{writer}-{number}");
        let this = doc! { "_id": &id };
        // A database that was killed may apply a write anew that the driver repeats: then there is nothing to change.
        let unchanged = doc! { "_id": &id, "version": 1 };
        let is_deleted = number % 2 == 0;
        let mut all = vec![(id.clone(), "CREATED"), (id.clone(), "UPDATED")];
        all.extend(is_deleted.then(|| (id.clone(), "DELETED")));
        if number % 5 == 0 {
            let outcome = async {
                let mut session = database.client().start_session().await?;
                session.start_transaction().await?;
                sources.insert_one(source(&id)).session(&mut session).await?;
                sources
                    .update_one(unchanged.clone(), change())
                    .session(&mut session)
                    .await?;
                if is_deleted {
                    sources.delete_one(this).session(&mut session).await?;
                }
                session.commit_transaction().await
            };
            log.note(&all, &outcome.await);
            continue;
        }
        for written in all {
            let outcome = match written.1 {
                "CREATED" => sources.insert_one(source(&id)).await.map(drop),
                "UPDATED" => sources.update_one(unchanged.clone(), change()).await.map(drop),
                _ => sources.delete_one(this.clone()).await.map(drop),
            };
            log.note(&[written], &outcome);
        }
    }
}

/// A subscriber: what it has heard, and where it goes on.
struct Hearer {
    heard: BTreeMap<(String, String), usize>,
    /// Of all that it has heard.
    cursors: Vec<String>,
    cursor: String,
    connections: usize,
    random: ChaCha8Rng,
}

impl Hearer {
    /// Hears until the last is told: every other subscriber over WebSockets.
    async fn of_all(number: usize, address: Arc<Mutex<String>>, cursor: String) -> Self {
        let mut hearer = Self {
            heard: BTreeMap::new(),
            cursors: Vec::new(),
            cursor,
            connections: 0,
            random: ChaCha8Rng::seed_from_u64(number as u64),
        };
        while !hearer.is_done() {
            let address = address.lock().expect("no panic").clone();
            hearer.connections += 1;
            let heard = async {
                match number % 2 {
                    0 => hearer.by_socket(&address).await,
                    _ => hearer.by_events(&address).await,
                }
            };
            timeout(PATIENCE, heard)
                .await
                .expect("a change, or the end of the connection");
            sleep(Duration::from_millis(20)).await;
        }
        hearer
    }

    /// Takes in a result. False where it is none of a change, and the connection is done.
    fn hear(&mut self, answer: &Json) -> bool {
        let change = &answer["data"]["changes"];
        let Some(cursor) = change["cursor"].as_str() else {
            let code = &answer["errors"][0]["extensions"]["code"];
            assert!(
                ["UNAVAILABLE", "LIMIT_EXCEEDED", "TIMEOUT"]
                    .map(Json::from)
                    .contains(code),
                "{answer}"
            );
            return false;
        };
        let written = (text(&change["id"]), text(&change["operation"]));
        *self.heard.entry(written).or_default() += 1;
        cursor.clone_into(&mut self.cursor);
        self.cursors.push(cursor.to_owned());
        true
    }

    fn is_done(&self) -> bool {
        self.heard.contains_key(&(LAST.to_owned(), "CREATED".to_owned()))
    }

    /// Hears until the connection ends or is cut, over a WebSocket.
    async fn by_socket(&mut self, address: &str) {
        let address = address.trim_end_matches("/graphql");
        let Ok(mut socket) = Socket::shake(address, &[("Sec-WebSocket-Protocol", PROTOCOL)]).await else {
            return;
        };
        socket.init(json!({})).await;
        let query = format!(
            "subscription {{ changes(kinds: [SOURCE], after: {:?}) {{ cursor id operation }} }}",
            self.cursor
        );
        let mut left = self.random.random_range(1..LONGEST);
        while let Frame::Message(message) = socket.next().await {
            let goes_on = match message["type"].as_str() {
                Some("connection_ack") => {
                    socket.subscribe("1", &query).await;
                    true
                }
                Some("next") => self.hear(&message["payload"]),
                Some("error") => self.hear(&json!({ "errors": message["payload"] })),
                other => panic!("{other:?}: {message}"),
            };
            left -= 1;
            if !goes_on || left == 0 || self.is_done() {
                return;
            }
        }
    }

    /// The same over a stream of events, which goes on as a browser does.
    async fn by_events(&mut self, address: &str) {
        let query = "subscription { changes(kinds: [SOURCE]) { cursor id operation } }";
        let request = client()
            .get(address)
            .query(&[("query", query)])
            .header("accept", "text/event-stream");
        let Ok(mut response) = request.header("last-event-id", &self.cursor).send().await else {
            return;
        };
        let mut left = self.random.random_range(1..LONGEST);
        let mut text = String::new();
        while let Ok(Some(bytes)) = response.chunk().await {
            text += std::str::from_utf8(&bytes).expect("text");
            while let Some((block, rest)) = text.split_once("\n\n") {
                let data = block.lines().find_map(|line| line.strip_prefix("data: "));
                let answer = data.and_then(|data| serde_json::from_str::<Json>(data).ok());
                if let Some(answer) = answer {
                    let goes_on = self.hear(&answer);
                    if goes_on {
                        let id = block.lines().find_map(|line| line.strip_prefix("id: "));
                        assert_eq!(id, Some(self.cursor.as_str()));
                    }
                    left -= 1;
                    if !goes_on || left == 0 || self.is_done() {
                        return;
                    }
                }
                text = rest.to_owned();
            }
        }
    }
}

/// How many changes are tried.
const CHANGES: usize = WRITERS * DOCUMENTS * 5 / 2;

/// What is under load: a server as a process and its database, both of which are killed.
struct Bed {
    database: Embedded,
    options: Options,
    folder: TempDir,
    server: Server,
    /// Where the server listens at the time.
    address: Arc<Mutex<String>>,
}

impl Bed {
    async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (database, options) = server_of_its_own(folder.path()).await;
        let server = started(folder.path(), &options).await;
        Self {
            address: Arc::new(Mutex::new(server.address.clone())),
            database,
            options,
            folder,
            server,
        }
    }

    /// Kills the server and the database, one after the other, as the writers go on.
    async fn kill(&mut self, log: &Log) {
        let began = Instant::now();
        let mut killed = BTreeSet::new();
        for step in 1..=KILLS * 2 {
            while log.tried.load(Ordering::SeqCst) < CHANGES * step / (KILLS * 2 + 1) {
                assert!(began.elapsed() < PATIENCE, "the writers do not get on");
                sleep(Duration::from_millis(5)).await;
            }
            if step % 2 == 1 {
                self.server.signal("-9");
                self.server.ended();
                self.server = started(self.folder.path(), &self.options).await;
                self.server
                    .address
                    .clone_into(&mut self.address.lock().expect("no panic"));
            } else {
                kill_again(&self.database, &mut killed).await;
            }
        }
    }
}

async fn started(folder: &Path, options: &Options) -> Server {
    let mut command = program(folder);
    command
        .env("MONGODB_URI", &options.uri)
        .env("MONGODB_DATABASE", &options.database)
        .env("RUST_LOG", "error");
    let starting = spawn_blocking(move || Server::start(&mut command));
    starting.await.expect("the server starts")
}

/// Every subscriber has heard what was written for sure, once, and nothing that was not; and all in the same order.
fn all_have_heard(mut hearers: Vec<Hearer>, log: &Log) {
    let sure = log.sure.lock().expect("no panic");
    let maybe = log.maybe.lock().expect("no panic");
    assert!(
        sure.len() > CHANGES * 9 / 10,
        "only {} of {CHANGES} were acknowledged",
        sure.len()
    );
    assert!(hearers.iter().all(|hearer| hearer.cursors == hearers[0].cursors));
    for hearer in &mut hearers {
        hearer.heard.remove(&(LAST.to_owned(), "CREATED".to_owned()));
        let twice: Vec<_> = hearer.heard.iter().filter(|(_, times)| **times > 1).collect();
        let told = |(id, operation): &&Written| hearer.heard.contains_key(&(id.clone(), (*operation).to_owned()));
        let lost: Vec<_> = sure.iter().filter(|written| !told(written)).collect();
        let known = sure.iter().chain(maybe.iter()).filter(told).count();
        assert!(
            lost.is_empty() && twice.is_empty(),
            "lost: {lost:?}; told twice: {twice:?}"
        );
        assert_eq!(known, hearer.heard.len(), "nothing is told that was not written");
        assert!(hearer.connections > KILLS, "{} connections", hearer.connections);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_killed_or_cut_every_change_is_told_once() {
    let mut bed = Bed::start().await;
    let data = bed.server.query("{ changesCursor }").await;
    let cursor = text(&data["changesCursor"]);
    let log = Arc::new(Log::default());
    let raw = database_at(&bed.options.uri, &bed.options.database).await;
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| tokio::spawn(write(raw.clone(), writer, Arc::clone(&log))))
        .collect();
    let hearers: Vec<_> = (0..SUBSCRIBERS * 2)
        .map(|number| tokio::spawn(Hearer::of_all(number, Arc::clone(&bed.address), cursor.clone())))
        .collect();
    bed.kill(&log).await;
    for writer in writers {
        writer.await.expect("a writer ends");
    }
    raw.collection::<Document>("sources")
        .insert_one(source(LAST))
        .await
        .expect("the last write");

    let mut ended = Vec::new();
    for hearer in hearers {
        ended.push(hearer.await.expect("a subscriber ends"));
    }
    all_have_heard(ended, &log);
    let Bed { database, server, .. } = bed;
    drop(server);
    database.stop().await;
}
