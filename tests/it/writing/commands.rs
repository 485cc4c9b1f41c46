//! Many documents go in few commands: what a batch costs the database, counted on the wire.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex};

use menagerie::api::viewer::Role;
use menagerie::seed::load::{Options, load};
use mongodb::bson::RawDocument;
use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::tcp::OwnedReadHalf;
use tokio::net::{TcpListener, TcpStream};

use super::Desk;
use crate::identity::made;
use crate::support::{TestApp, database_options};

/// How many rows a batch has here.
const ROWS: usize = 500;
/// How many commands a batch may cost, whatever it does.
const FEW: usize = 16;

/// The commands of transactions, by their names.
type Counted = Arc<Mutex<BTreeMap<String, usize>>>;

/// A way to the database of the tests that counts the commands of transactions.
async fn counting() -> (menagerie::store::Options, Counted) {
    let mut options = database_options();
    let address = options.uri.trim_start_matches("mongodb://");
    let address = address.split(['/', '?']).next().expect("an address").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let port = listener.local_addr().expect("the port is known").port();
    options.uri = format!("mongodb://127.0.0.1:{port}/?directConnection=true");
    let counted = Counted::default();
    let of_each = Arc::clone(&counted);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(&address).await.expect("the database listens");
            let (mut from_server, mut to_server) = server.into_split();
            let (mut from_client, mut to_client) = client.into_split();
            let counted = Arc::clone(&of_each);
            tokio::spawn(async move {
                while let Some(message) = read(&mut from_client).await {
                    if let Some(name) = command_of_transaction(&message) {
                        *counted.lock().expect("no panic").entry(name).or_default() += 1;
                    }
                    if to_server.write_all(&message).await.is_err() {
                        return;
                    }
                }
            });
            tokio::spawn(async move { copy(&mut from_server, &mut to_client).await });
        }
    });
    (options, counted)
}

/// The next message of the wire protocol, which begins with its length.
async fn read(from: &mut OwnedReadHalf) -> Option<Vec<u8>> {
    let length = from.read_i32_le().await.ok()?;
    let mut message = length.to_le_bytes().to_vec();
    message.resize(usize::try_from(length).ok()?, 0);
    from.read_exact(&mut message[4..]).await.ok()?;
    Some(message)
}

/// The name of the command in a message, where it belongs to a transaction.
fn command_of_transaction(message: &[u8]) -> Option<String> {
    const OP_MSG: [u8; 4] = 2013_i32.to_le_bytes();
    const SECTIONS: usize = 20;
    let length = |at: usize| Some(i32::from_le_bytes(message.get(at..at + 4)?.try_into().ok()?) as usize);
    if message[12..16] != OP_MSG {
        return None;
    }
    let mut at = SECTIONS;
    // Sections of kind 1 hold documents, that of kind 0 the command.
    while *message.get(at)? == 1 {
        at += 1 + length(at + 1)?;
    }
    let command = RawDocument::from_bytes(message.get(at + 1..at + 1 + length(at + 1)?)?).ok()?;
    let is_within = command.get("autocommit").ok()?.is_some();
    let (name, _) = command.iter().next()?.ok()?;
    is_within.then(|| name.to_string())
}

/// What was counted since the last time.
fn taken(counted: &Counted) -> BTreeMap<String, usize> {
    std::mem::take(&mut *counted.lock().expect("no panic"))
}

/// As many sources.
fn rows(title: &str) -> Json {
    let row =
        |number| json!({ "id": format!("source_{number}"), "title": format!("{title} {number}"), "kind": "MEDIA" });
    (0..ROWS).map(row).collect()
}

#[tokio::test]
async fn a_batch_costs_a_handful_of_commands_however_many_rows_it_has() {
    let (options, counted) = counting().await;
    let app = TestApp::over(options).await;
    let token = made(&app, "ed", Role::Editor, None).await;
    let desk = Desk { app, token };
    let sets = ["article".to_owned()];
    taken(&counted);
    let reports = load(&desk.app.store, &sets, Options::default()).await;
    let written = reports.expect("the set loads")[0].written();
    let seeded = taken(&counted);
    writeln!(std::io::stderr(), "{written} documents of a set: {seeded:?}").expect("it is printed");
    // For each of six collections: what is there, who has a value, the documents themselves.
    assert!(written > 100 && seeded.values().sum::<usize>() < 2 * FEW, "{seeded:?}");
    for (title, created) in [("First", ROWS), ("Second", 0)] {
        let input = json!({ "kind": "SOURCE", "rows": rows(title) });
        let made = desk
            .make("importRows", "created updated userErrors { message }", input)
            .await;
        assert_eq!(
            made,
            json!({ "created": created, "updated": ROWS - created, "userErrors": [] })
        );
        let cost = taken(&counted);
        writeln!(std::io::stderr(), "{ROWS} rows: {cost:?}").expect("it is printed");
        let update = usize::from(created == 0);
        assert!(cost.values().sum::<usize>() <= FEW, "{cost:?}");
        assert_eq!(cost.get("update").copied().unwrap_or_default(), update, "{cost:?}");
        assert_eq!(cost.get("insert").copied(), Some(2 - update), "{cost:?}");
    }
    let input = json!({ "id": "source_7", "title": "Another" });
    let made = desk.make("updateSource", "userErrors { message }", input).await;
    assert_eq!(made, json!({ "userErrors": [] }));
    let cost = taken(&counted);
    assert!(
        (3..=FEW).contains(&cost.values().sum::<usize>()),
        "an edit is a batch of one: {cost:?}"
    );
}
