//! A proxy that reads what is said between a server and its database, and answers single commands otherwise.
//!
//! One connection of the server is one to the database; on each, questions and answers follow each other, for the driver is
//! not told of the topology's versions, without which it sends no question that has several answers.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use mongodb::bson::{Document, deserialize_from_slice, doc, serialize_to_vec};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

use crate::front::proxy::{database, through};

/// The operation code of a message.
const OP_MSG: u32 = 2_013;
/// Header, flags and the kind of the first section.
const BEFORE_DOCUMENT: usize = 16 + 4 + 1;

/// What is done with a command.
pub enum Reply {
    /// The database answers.
    Pass,
    /// The database answers, and the answer is changed.
    Changed(Box<dyn FnOnce(Document) -> Document + Send>),
    /// It never reaches the database, and this is the answer.
    Instead(Document),
    /// It reaches the database after that time.
    Late(Duration),
    /// The database answers at once, and the answer comes after that time.
    LateAnswer(Duration),
    /// The connection is closed.
    Closed,
}

impl Reply {
    /// An error of the database.
    pub fn error(code: i32, name: &str, message: &str) -> Self {
        Self::Instead(doc! { "ok": 0.0, "code": code, "codeName": name, "errmsg": message })
    }

    /// The command is carried out, but not confirmed.
    pub fn unconfirmed() -> Self {
        Self::Changed(Box::new(|mut answer| {
            let concern =
                doc! { "code": 64, "codeName": "WriteConcernTimeout", "errmsg": "waiting for replication timed out" };
            answer.insert("writeConcernError", concern);
            answer
        }))
    }
}

type Rule = Box<dyn FnMut(&str, &Document) -> Reply + Send>;

/// A proxy on a port of its own, before the database that all tests share.
pub struct Wire {
    port: u16,
    rule: Arc<Mutex<Rule>>,
}

impl Wire {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let port = listener.local_addr().expect("the port is known").port();
        let passes: Rule = Box::new(|_, _| Reply::Pass);
        let rule = Arc::new(Mutex::new(passes));
        let rules = Arc::clone(&rule);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let rule = Arc::clone(&rules);
                tokio::spawn(async move {
                    // A connection that breaks is what some tests are about.
                    let _ = connect(client, &rule).await;
                });
            }
        });
        Self { port, rule }
    }

    /// From now on this is done with each command, by its name.
    pub fn set(&self, rule: impl FnMut(&str, &Document) -> Reply + Send + 'static) {
        *self.rule.lock().expect("no panic") = Box::new(rule);
    }

    /// The address to which a driver connects.
    pub fn uri(&self, options: &str) -> String {
        through(self.port, options)
    }
}

async fn connect(client: TcpStream, rule: &Mutex<Rule>) -> std::io::Result<()> {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = TcpStream::connect(database()).await?.into_split();
    loop {
        let question = message(&mut from_client).await?;
        let Some(command) = document_of(&question) else {
            to_server.write_all(&question).await?;
            to_client.write_all(&message(&mut from_server).await?).await?;
            continue;
        };
        let name = command.keys().next().cloned().unwrap_or_default();
        let reply = (rule.lock().expect("no panic"))(&name, &command);
        let is_hello =
            command.contains_key("hello") || command.contains_key("isMaster") || command.contains_key("ismaster");
        let answered = match reply {
            Reply::Closed => return Ok(()),
            Reply::Instead(answer) => {
                to_client.write_all(&answer_to(&question, &answer)).await?;
                continue;
            }
            Reply::Late(time) => {
                sleep(time).await;
                ask(&question, &mut to_server, &mut from_server).await?
            }
            Reply::LateAnswer(time) => {
                let answer = ask(&question, &mut to_server, &mut from_server).await?;
                sleep(time).await;
                answer
            }
            Reply::Changed(change) => {
                let answer = ask(&question, &mut to_server, &mut from_server).await?;
                let told = document_of(&answer).unwrap_or_default();
                answer_to(&question, &change(told))
            }
            Reply::Pass => ask(&question, &mut to_server, &mut from_server).await?,
        };
        match document_of(&answered) {
            Some(mut told) if is_hello => {
                told.remove("topologyVersion");
                to_client.write_all(&answer_to(&question, &told)).await?;
            }
            _ => to_client.write_all(&answered).await?,
        }
    }
}

async fn ask(question: &[u8], to: &mut OwnedWriteHalf, from: &mut OwnedReadHalf) -> std::io::Result<Vec<u8>> {
    to.write_all(question).await?;
    message(from).await
}

/// One message with its header.
async fn message(from: &mut OwnedReadHalf) -> std::io::Result<Vec<u8>> {
    let mut message = vec![0; 16];
    from.read_exact(&mut message).await?;
    let length = number(&message, 0) as usize;
    message.resize(length.max(16), 0);
    from.read_exact(&mut message[16..]).await?;
    Ok(message)
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

/// The document of a message, if that is of the kind that all commands have.
fn document_of(message: &[u8]) -> Option<Document> {
    if number(message, 12) != OP_MSG || message.get(BEFORE_DOCUMENT - 1) != Some(&0) {
        return None;
    }
    let body = &message[BEFORE_DOCUMENT..];
    let length = number(body, 0) as usize;
    deserialize_from_slice(body.get(..length)?).ok()
}

fn answer_to(question: &[u8], answer: &Document) -> Vec<u8> {
    let body = serialize_to_vec(answer).expect("BSON");
    let length = u32::try_from(BEFORE_DOCUMENT + body.len()).expect("a short answer");
    let mut message = Vec::new();
    for number in [length, 1, number(question, 4), OP_MSG, 0] {
        message.extend(number.to_le_bytes());
    }
    message.push(0);
    message.extend(body);
    message
}
