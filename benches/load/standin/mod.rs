//! A stand-in for the database that answers from memory, so that the servers are measured and not what they wait for.
//!
//! It speaks the wire protocol. While it learns, it hands on to the real database what it has not been asked before, and
//! keeps the reply by what was asked (`tape`). After that it answers from memory alone, and what it does not know is an
//! error, is counted, and ends the benchmark; but for servers that ask for what they do not keep yet, it goes on to learn.
//! It greets and answers pings itself. A change stream begins where the real one did, and then tells of nothing but the
//! marks that servers write to know that they have heard of everything.

mod tape;
mod wire;

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mongodb::bson::{DateTime, RawArrayBuf, RawBsonRef, RawDocumentBuf, Timestamp, rawdoc};
use tape::{Message, Tape};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio::time::timeout;
use wire::{Request, document_of, whole};

/// How many threads answer.
const THREADS: usize = 2;

/// A running stand-in; it ends when it is dropped.
pub struct Standin {
    address: SocketAddr,
    shared: Arc<Shared>,
    runtime: Option<Runtime>,
}

struct Shared {
    address: SocketAddr,
    database: SocketAddr,
    tape: Tape,
    /// Where change streams begin, as the real database said of the first.
    beginning: Mutex<Option<RawDocumentBuf>>,
    /// The change streams by their cursors: of how many marks each has told.
    streams: Mutex<HashMap<i64, i64>>,
    /// How many marks were written.
    marks: watch::Sender<i64>,
    learning: AtomicBool,
    asked: AtomicU64,
    unknown: Mutex<Vec<String>>,
}

impl Standin {
    /// Stands in for the database at this address, and learns.
    pub fn start(database: SocketAddr) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .enable_all()
            .build()?;
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let listener = {
            let _inside = runtime.enter();
            TcpListener::from_std(listener)?
        };
        let shared = Arc::new(Shared {
            address,
            database,
            tape: Tape::default(),
            beginning: Mutex::default(),
            streams: Mutex::default(),
            marks: watch::Sender::new(0),
            learning: AtomicBool::new(true),
            asked: AtomicU64::new(0),
            unknown: Mutex::default(),
        });
        let answering = Arc::clone(&shared);
        runtime.spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let shared = Arc::clone(&answering);
                // A client that leaves is no failure.
                tokio::spawn(async move { shared.serve(client).await });
            }
        });
        Ok(Self {
            address,
            shared,
            runtime: Some(runtime),
        })
    }

    /// Where drivers find it.
    pub fn uri(&self) -> String {
        format!("mongodb://{}/?directConnection=true", self.address)
    }

    /// Whether what is not known is asked of the real database.
    pub fn learn(&self, learning: bool) {
        self.shared.learning.store(learning, Ordering::SeqCst);
    }

    /// How many commands it has answered so far, without greetings, pings and change streams.
    pub fn asked(&self) -> u64 {
        self.shared.asked.load(Ordering::Relaxed)
    }

    /// Commands that it could not answer.
    pub fn unknown(&self) -> Vec<String> {
        self.shared.unknown.lock().expect("no holder panics").clone()
    }
}

impl Drop for Standin {
    fn drop(&mut self) {
        // Its owner may be asynchronous, where nothing may wait for the threads.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Shared {
    async fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        client.set_nodelay(true)?;
        let mut database = None;
        let (mut input, mut output) = (Vec::with_capacity(65_536), Vec::with_capacity(65_536));
        while client.read_buf(&mut input).await? > 0 {
            let mut at = 0;
            while let Some(length) = whole(&input[at..]) {
                self.answer(&input[at..at + length], &mut database, &mut output).await?;
                at += length;
            }
            input.drain(..at);
            client.write_all(&output).await?;
            output.clear();
        }
        Ok(())
    }

    /// Appends the reply to a message.
    async fn answer(&self, message: &[u8], database: &mut Option<TcpStream>, output: &mut Vec<u8>) -> io::Result<()> {
        let request = Request::read(message).ok_or(io::ErrorKind::InvalidData)?;
        match request.name() {
            "hello" | "isMaster" | "ismaster" => request.reply(&self.greeting(), output),
            "ping" | "endSessions" | "killCursors" if request.waits => request.reply(&rawdoc! { "ok": 1.0 }, output),
            "ping" | "endSessions" | "killCursors" => {}
            "findAndModify" if request.command.get_str("findAndModify").is_ok_and(|name| name == MARKS) => {
                request.reply(&self.marked(), output);
            }
            "getMore" if let Some((stream, told)) = self.stream_of(&request) => {
                let mark = self.mark_after(told, &request).await;
                request.reply(&self.told(stream, mark), output);
            }
            "aggregate" if opens_stream(&request) => {
                if self.beginning.lock().expect("no holder panics").is_none() {
                    let opened = self.ask(message, database).await?;
                    let cursor = document_of(&opened).and_then(|reply| reply.get_document("cursor").ok());
                    let token = cursor.and_then(|cursor| cursor.get_document("postBatchResumeToken").ok());
                    *self.beginning.lock().expect("no holder panics") = token.map(ToOwned::to_owned);
                }
                request.reply(&self.opened(), output);
            }
            name => {
                self.asked.fetch_add(1, Ordering::Relaxed);
                let fingerprint = request.fingerprint().ok_or(io::ErrorKind::InvalidData)?;
                let cursor = request.command.get_i64("getMore").ok().filter(|_| name == "getMore");
                let known = match cursor {
                    Some(cursor) => self.tape.more(cursor),
                    None => self.tape.reply(fingerprint),
                };
                if let Some(known) = known {
                    request.replay(&known, output);
                } else if self.learning.load(Ordering::Relaxed) {
                    let reply = self.ask(message, database).await?;
                    match cursor {
                        Some(cursor) => self.tape.keep_more(cursor, &reply),
                        None => self.tape.keep(fingerprint, &reply),
                    }
                    request.replay(&reply, output);
                } else {
                    self.unknown
                        .lock()
                        .expect("no holder panics")
                        .push(format!("{:?}", request.command));
                    let error = "the stand-in was not asked this while it learned";
                    request.reply(&rawdoc! { "ok": 0.0, "errmsg": error, "code": 8_000 }, output);
                }
            }
        }
        Ok(())
    }

    /// Asks the real database.
    async fn ask(&self, message: &[u8], database: &mut Option<TcpStream>) -> io::Result<Message> {
        let database = match database {
            Some(open) => open,
            None => database.insert(TcpStream::connect(self.database).await?),
        };
        database.write_all(message).await?;
        let mut reply = Vec::new();
        while whole(&reply).is_none() {
            if database.read_buf(&mut reply).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(reply.into())
    }

    /// The reply to a mark, which change streams tell of from now on.
    fn marked(&self) -> RawDocumentBuf {
        let mut number = 0;
        self.marks.send_modify(|marks| {
            *marks += 1;
            number = *marks;
        });
        rawdoc! { "value": { "_id": "mark", "number": number }, "ok": 1.0 }
    }

    /// The last mark, as soon as there is one behind those that were told, or nothing after the time that this waits.
    async fn mark_after(&self, told: i64, request: &Request<'_>) -> Option<i64> {
        let wait = request.command.get("maxTimeMS").ok().flatten();
        let wait = Duration::from_millis(wait.and_then(number).unwrap_or(1_000).unsigned_abs());
        let mut marks = self.marks.subscribe();
        let news = timeout(wait, marks.wait_for(|marks| *marks > told)).await;
        news.ok().and_then(|news| news.ok().map(|marks| *marks))
    }

    /// A change stream's cursor and of how many marks it has told, where this asks for more of one.
    fn stream_of(&self, request: &Request<'_>) -> Option<(i64, i64)> {
        let cursor = request.command.get_i64("getMore").ok()?;
        let streams = self.streams.lock().expect("no holder panics");
        streams.get(&cursor).map(|told| (cursor, *told))
    }

    /// A new change stream.
    fn opened(&self) -> RawDocumentBuf {
        let mut streams = self.streams.lock().expect("no holder panics");
        // No cursor of the real database has a number below zero.
        let cursor = -1 - i64::try_from(streams.len()).expect("few streams are opened");
        streams.insert(cursor, *self.marks.borrow());
        let beginning = self.beginning.lock().expect("no holder panics").clone();
        rawdoc! {
            "cursor": {
                "firstBatch": [], "id": cursor, "ns": STREAM, "postBatchResumeToken": beginning.unwrap_or_default(),
            },
            "ok": 1.0,
        }
    }

    /// What a change stream says after a wait: that a mark was written, or that nothing was.
    fn told(&self, stream: i64, mark: Option<i64>) -> RawDocumentBuf {
        let mut batch = RawArrayBuf::new();
        let mut token = self
            .beginning
            .lock()
            .expect("no holder panics")
            .clone()
            .unwrap_or_default();
        if let Some(number) = mark {
            self.streams.lock().expect("no holder panics").insert(stream, number);
            let place = rawdoc! { "s": i64::MAX / 2 + number };
            let digits: String = place.as_bytes().iter().map(|byte| format!("{byte:02X}")).collect();
            token = rawdoc! { "_data": digits };
            batch.push(rawdoc! {
                "_id": token.clone(), "operationType": "update", "clusterTime": Timestamp { time: 1, increment: 1 },
                "ns": { "db": "menagerie", "coll": MARKS }, "documentKey": { "_id": "mark" },
                "updateDescription": { "updatedFields": { "number": number } },
            });
        }
        rawdoc! {
            "cursor": { "nextBatch": batch, "id": stream, "ns": STREAM, "postBatchResumeToken": token },
            "ok": 1.0,
        }
    }

    /// What a replica set of one member says of itself.
    fn greeting(&self) -> RawDocumentBuf {
        let me = self.address.to_string();
        rawdoc! {
            "helloOk": true, "ismaster": true, "isWritablePrimary": true, "secondary": false, "readOnly": false,
            "setName": "standin", "setVersion": 1, "hosts": [me.as_str()], "primary": me.as_str(), "me": me.as_str(),
            "maxBsonObjectSize": 16_777_216, "maxMessageSizeBytes": 48_000_000, "maxWriteBatchSize": 100_000,
            "localTime": DateTime::now(), "logicalSessionTimeoutMinutes": 30, "minWireVersion": 0,
            "maxWireVersion": 21, "ok": 1.0,
        }
    }
}

/// The collection of the marks by which a server knows that it has been told of everything: the one thing that it writes.
const MARKS: &str = "marks";

/// What a change stream over all collections is called by.
const STREAM: &str = "menagerie.$cmd.aggregate";

fn number(value: RawBsonRef<'_>) -> Option<i64> {
    value.as_i64().or(value.as_i32().map(i64::from))
}

fn opens_stream(request: &Request<'_>) -> bool {
    let pipeline = request.command.get_array("pipeline").ok();
    let first = pipeline.and_then(|stages| stages.get(0).ok().flatten());
    first.is_some_and(|stage| {
        stage
            .as_document()
            .is_some_and(|stage| stage.get("$changeStream").is_ok_and(|found| found.is_some()))
    })
}
