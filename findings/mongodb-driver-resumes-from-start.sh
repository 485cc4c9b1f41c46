#!/usr/bin/env bash
# A change stream that is refused once when it resumes begins where it began (crate mongodb 3.9.1)
#
# Guess: a change stream that breaks off resumes after its last event; if the resuming command is refused with
# a retryable error, it is sent again as it was.
# Rule: the drivers' specification of change streams: to resume, the driver sends the last cached resume token
# in `resumeAfter` or `startAfter`; the specification of retryable reads: the command is executed again.
# Seen: the retried command has no token any more, because the first attempt took it away. Opened without a
# position, the stream goes on from now, and events in between are lost; opened with `startAfter`, it tells
# everything since then once more. No error is raised. A step-down of the primary is enough.
# Versions: mongodb 3.9.1, tokio 1.54.1 from the Rust registry, beside a server in the
# script that says what a primary says. It builds for some minutes. Date: 2026-12-01.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
export CARGO_TARGET_DIR="$here/target"

mkdir src
cat >Cargo.toml <<'MANIFEST'
[package]
name = "resumes"
version = "0.1.0"
edition = "2024"

[dependencies]
mongodb = "=3.9.1"
tokio = { version = "=1.54.1", features = ["full"] }
[profile.dev]
debug = false
MANIFEST

cat >src/main.rs <<'PROGRAM'
use std::sync::{Arc, Mutex};

use mongodb::bson::{Document, from_slice, doc, to_vec};
use mongodb::change_stream::event::ResumeToken;
use mongodb::{Client, bson};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[derive(Default)]
struct Seen {
    opened: u32,
    asked: u32,
}

fn token(name: &str) -> Document {
    doc! { "_data": name }
}

/// What a primary says; `None` closes the connection.
fn reply(command: &Document, seen: &mut Seen) -> Option<Document> {
    let cursor = |batch: &str, events: Vec<Document>, after: &str| {
        doc! { "ok": 1, "cursor": { "id": 7_i64, "ns": "zoo.$cmd.aggregate", batch: events, "postBatchResumeToken": token(after) } }
    };
    match command.keys().next()?.as_str() {
        "hello" | "isMaster" | "ismaster" => Some(doc! {
            "ok": 1, "isWritablePrimary": true, "ismaster": true, "setName": "rs", "hosts": ["127.0.0.1"], "minWireVersion": 0,
            "maxWireVersion": 21, "maxBsonObjectSize": 16_777_216, "maxMessageSizeBytes": 48_000_000, "maxWriteBatchSize": 100_000,
        }),
        "aggregate" => {
            let first = command.get_array("pipeline").ok()?.first()?.as_document()?;
            println!("  opened: {}", first.get_document("$changeStream").ok()?);
            seen.opened += 1;
            Some(match seen.opened {
                2 => doc! { "ok": 0, "code": 10107, "codeName": "NotWritablePrimary", "errmsg": "not primary" },
                _ => cursor("firstBatch", vec![], "start"),
            })
        }
        "getMore" => {
            seen.asked += 1;
            match seen.asked {
                1 => Some(cursor("nextBatch", vec![doc! { "_id": token("event 1"), "operationType": "insert" }], "event 1")),
                2 => None,
                _ => Some(cursor("nextBatch", vec![], "later")),
            }
        }
        _ => Some(doc! { "ok": 1 }),
    }
}

async fn serve(mut client: TcpStream, seen: Arc<Mutex<Seen>>) -> std::io::Result<()> {
    loop {
        let mut head = [0; 16];
        client.read_exact(&mut head).await?;
        let length = u32::from_le_bytes(head[..4].try_into().unwrap()) as usize;
        let is_message = u32::from_le_bytes(head[12..].try_into().unwrap()) == 2013;
        let mut body = vec![0; length - 16];
        client.read_exact(&mut body).await?;
        // After the flags and the kind of a section; the first, older greeting has the name of a collection before.
        let start = if is_message { 5 } else { 4 + b"admin.$cmd\0".len() + 8 };
        let end = start + u32::from_le_bytes(body[start..start + 4].try_into().unwrap()) as usize;
        let command: Document = from_slice(&body[start..end]).unwrap();
        let Some(answer) = reply(&command, &mut seen.lock().unwrap()) else { return Ok(()) };
        let answer = to_vec(&answer).unwrap();
        let before: Vec<u8> = match is_message {
            true => vec![0; 5],
            false => [&8_u32.to_le_bytes()[..], &[0; 12], &1_u32.to_le_bytes()].concat(),
        };
        let mut message = Vec::new();
        message.extend(((16 + before.len() + answer.len()) as u32).to_le_bytes());
        message.extend([1, 0, 0, 0]);
        message.extend(&head[4..8]);
        message.extend(if is_message { 2013_u32 } else { 1 }.to_le_bytes());
        client.write_all(&[&message[..], &before, &answer].concat()).await?;
    }
}

#[tokio::main]
async fn main() {
    for after in [None, Some("long ago")] {
        println!("{}", if after.is_some() { "with a position" } else { "without a position" });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Seen::default()));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(client, Arc::clone(&seen)));
            }
        });
        let client = Client::with_uri_str(format!("mongodb://127.0.0.1:{port}/?directConnection=true")).await.unwrap();
        let after = after.map(|after| bson::from_document::<ResumeToken>(token(after)).unwrap());
        let zoo = client.database("zoo");
        let mut watch = zoo.watch();
        if let Some(after) = after {
            watch = watch.start_after(after);
        }
        let mut stream = watch.await.unwrap().with_type::<Document>();
        for _ in 0..4 {
            let event = stream.next_if_any().await.unwrap();
            println!("  told: {}", event.map_or("nothing".to_owned(), |event| event.get_document("_id").unwrap().to_string()));
        }
    }
}
PROGRAM

cat >expected <<'SEEN'
without a position
  opened: {}
  told: nothing
  told: { "_data": "event 1" }
  opened: { "resumeAfter": { "_data": "event 1" } }
  opened: {}
  told: nothing
  told: nothing
with a position
  opened: { "startAfter": { "_data": "long ago" } }
  told: nothing
  told: { "_data": "event 1" }
  opened: { "resumeAfter": { "_data": "event 1" } }
  opened: { "startAfter": { "_data": "long ago" } }
  told: nothing
  told: nothing
SEEN

cargo run --quiet >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-12-01.' >&2; exit 1; }
