//! What is open when its token ends: no operation begins and no event is sent once it is acknowledged that it is revoked,
//! by whichever server of the database, or by the command line.

use std::sync::Arc;
use std::time::Instant;

use futures_util::future::join_all;
use menagerie::api::viewer::Role;
use menagerie::http::Settings;
use menagerie::http::auth::{Signed, SignedSettings};
use mongodb::Collection;
use mongodb::bson::{Document, doc};
use serde_json::{Value as Json, json};

use super::socket::{Frame, PROTOCOL, Socket};
use super::stream::Stream;
use super::{CHANGES, GIFT, PATIENCE, listeners, loaded, patient, title};
use crate::commands::output;
use crate::identity::issuer::{ED, KeyServer, claims, now, set_of, settings as issued};
use crate::identity::made;
use crate::support::{TestApp, client, database_options, until};

/// How often it is tried in all, and how many at once.
const TRIES: usize = 200;
const AT_ONCE: usize = 20;

/// A server that looks by itself only after a time that no test lasts whether tokens hold.
fn attentive() -> Settings {
    let mut settings = patient(|_| {});
    settings.config.anonymous = false;
    settings.config.response_cache_bytes = 4 * 1024 * 1024;
    settings
}

/// A socket of this token's, acknowledged.
async fn connected(app: &TestApp, token: &str) -> Socket {
    let mut socket = Socket::shake(&app.address, &[("Sec-WebSocket-Protocol", PROTOCOL)])
        .await
        .expect("it opens");
    let payload = json!({ "authorization": format!("Bearer {token}") });
    socket.acknowledged(payload).await;
    socket
}

/// A stream of changes of this token's.
async fn following(app: &TestApp, token: &str) -> Stream {
    let request = client().get(format!("{}/graphql/stream", app.address));
    Stream::open(request.query(&[("query", CHANGES)]).bearer_auth(token)).await
}

async fn gifts(app: &TestApp) -> Collection<Document> {
    app.raw().await.collection("gifts")
}

/// Changes the gift, whatever others do to it meanwhile.
async fn retitle(gifts: &Collection<Document>, title: &str) {
    let update = doc! { "$set": { "title": title } };
    let since = Instant::now();
    while let Err(error) = gifts.update_one(doc! { "_id": GIFT }, update.clone()).await {
        assert!(since.elapsed() < PATIENCE, "{error}");
    }
}

/// The answer to a mutation of an admin's by HTTP.
async fn administer(app: &TestApp, token: &str, mutation: &str) -> Json {
    let request = client().post(format!("{}/graphql", app.address)).bearer_auth(token);
    let answer = request.json(&json!({ "query": mutation })).send().await;
    answer.expect("an answer").json().await.expect("JSON")
}

/// A mutation that leaves a trace where it is executed.
fn trace(name: &str) -> String {
    format!("mutation {{ createToken(input: {{ name: {name:?}, role: ADMIN }}) {{ token }} }}")
}

/// What one try has open, on both servers.
struct Open {
    name: String,
    sockets: Vec<Socket>,
    streams: Vec<Stream>,
}

impl Open {
    async fn new(apps: [&TestApp; 2], name: String) -> Self {
        let token = made(apps[0], &name, Role::Admin, None).await;
        let (mut sockets, mut streams) = (Vec::new(), Vec::new());
        for app in apps {
            let mut socket = connected(app, &token).await;
            socket.subscribe("changes", CHANGES).await;
            sockets.push(socket);
            streams.push(following(app, &token).await);
        }
        Self { name, sockets, streams }
    }

    /// Fails unless all of it is of use: operations are executed, and this title is told.
    async fn is_of_use(&mut self, expected: &str) {
        for (number, socket) in self.sockets.iter_mut().enumerate() {
            socket
                .subscribe("before", &trace(&format!("{}-before-{number}", self.name)))
                .await;
            let (mut executed, mut told) = (false, false);
            while !executed || !told {
                let message = socket.message().await;
                told |= title(&message["payload"]) == expected;
                executed |= message["payload"]["data"]["createToken"]["token"].is_string();
            }
        }
        for stream in &mut self.streams {
            while title(&stream.next().await.json()) != expected {}
        }
    }

    /// Revokes the token by this server, and makes use of everything as soon as that is acknowledged. Fails where anything
    /// comes of it.
    async fn hears_nothing_once_revoked(mut self, app: &TestApp, chief: &str, gifts: &Collection<Document>) {
        let name = self.name.clone();
        let revoke = format!("mutation {{ revokeToken(input: {{ name: {name:?} }}) {{ revoked }} }}");
        let answer = administer(app, chief, &revoke).await;
        assert_eq!(answer["data"]["revokeToken"]["revoked"], json!(name), "{answer}");
        for (number, socket) in self.sockets.iter_mut().enumerate() {
            socket
                .subscribe("after", &trace(&format!("{name}-after-{number}")))
                .await;
        }
        let late = format!("{name}-late");
        retitle(gifts, &late).await;
        for socket in &mut self.sockets {
            let closed = loop {
                match socket.next().await {
                    Frame::Message(message) => {
                        assert_ne!(title(&message["payload"]), late, "an event after the acknowledgement");
                        assert!(message["id"] != "after" || message["type"] == "error", "{message}");
                    }
                    Frame::Close(code, reason) => break (code, reason),
                    other => panic!("{other:?}"),
                }
            };
            assert_eq!(closed, (4403, "Forbidden: the token was revoked".to_owned()));
        }
        for stream in &mut self.streams {
            let end = loop {
                let event = stream.next().await.json();
                assert_ne!(title(&event), late, "an event after the acknowledgement");
                if event.get("errors").is_some() {
                    break event;
                }
            };
            assert_eq!(end["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{end}");
            stream.completes().await;
        }
    }
}

/// The names of all tokens.
async fn names(app: &TestApp) -> Vec<String> {
    let tokens = app.store.tokens_by_name().await.expect("the tokens");
    tokens.into_iter().map(|token| token.name).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn once_it_is_acknowledged_that_a_token_is_revoked_nothing_comes_of_what_it_has_open() {
    let one = loaded(attentive()).await;
    let other = TestApp::start(one.options.clone(), attentive()).await;
    let chief = made(&one, "chief", Role::Admin, None).await;
    let gifts = gifts(&one).await;
    for round in 0..TRIES / AT_ONCE {
        let open = (0..AT_ONCE).map(|number| Open::new([&one, &other], format!("{round}-{number}")));
        let mut open: Vec<Open> = join_all(open).await;
        for app in [&one, &other] {
            listeners(app, 2 * AT_ONCE).await;
        }
        let early = format!("{round}-early");
        retitle(&gifts, &early).await;
        join_all(open.iter_mut().map(|open| open.is_of_use(&early))).await;
        let ends = open.into_iter().enumerate().map(|(number, open)| {
            let by = if number % 2 == 0 { &one } else { &other };
            open.hears_nothing_once_revoked(by, &chief, &gifts)
        });
        join_all(ends).await;
        for app in [&one, &other] {
            listeners(app, 0).await;
        }
    }
    let names = names(&one).await;
    let of = |part: &str| names.iter().filter(|name| name.contains(part)).count();
    assert_eq!((of("-before-"), of("-after-")), (2 * TRIES, 0));
}

/// A server that hears of nothing has to ask, for each operation.
#[tokio::test]
async fn a_server_that_hears_of_no_changes_looks_the_token_up_for_each_operation() {
    let one = loaded(attentive()).await;
    let mut deaf = TestApp::start(one.options.clone(), attentive()).await;
    until("a first sign", || deaf.live.status().live).await;
    deaf.stop_following().await;
    for number in 0..5 {
        let name = format!("token-{number}");
        let token = made(&one, &name, Role::Admin, None).await;
        let mut socket = connected(&deaf, &token).await;
        for before in ["a", "b"] {
            socket.subscribe(before, "{ __typename }").await;
            assert_eq!(socket.message().await["payload"]["data"]["__typename"], "Query");
            assert_eq!(socket.message().await["type"], "complete");
        }
        assert!(one.store.revoke_token(&name, "the tests").await.expect("an answer"));
        socket.subscribe("after", &trace(&format!("{name}-after"))).await;
        let closed = socket.next().await;
        assert_eq!(
            closed,
            Frame::Close(4403, "Forbidden: the token was revoked".to_owned())
        );
    }
    assert!(names(&one).await.iter().all(|name| !name.contains("after")));
}

#[tokio::test]
async fn a_token_that_the_command_line_revokes_ends_what_it_has_open() {
    let app = loaded(attentive()).await;
    let gifts = gifts(&app).await;
    let token = made(&app, "dashboard", Role::Admin, None).await;
    let mut socket = connected(&app, &token).await;
    let mut stream = following(&app, &token).await;
    socket.subscribe("changes", CHANGES).await;
    listeners(&app, 2).await;
    output(&app, &["token", "revoke", "dashboard"]);
    socket.subscribe("after", &trace("after")).await;
    retitle(&gifts, "late").await;
    assert_eq!(
        socket.closed().await,
        (4403, "Forbidden: the token was revoked".to_owned())
    );
    let end = stream.next().await.json();
    assert_eq!(end["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{end}");
    stream.completes().await;
    assert!(!names(&app).await.contains(&"after".to_owned()));
}

/// Asks by a socket again and again until it is closed; gives the reason.
async fn until_closed(socket: &mut Socket) -> (u16, String) {
    let since = Instant::now();
    for number in 0.. {
        assert!(since.elapsed() < PATIENCE, "it is never closed");
        socket.subscribe(&number.to_string(), "{ __typename }").await;
        loop {
            match socket.next().await {
                Frame::Message(message) if message["type"] == "complete" => break,
                Frame::Message(_) => {}
                Frame::Close(code, reason) => return (code, reason),
                other => panic!("{other:?}"),
            }
        }
    }
    unreachable!("there is always another number")
}

#[tokio::test]
async fn a_signed_token_ends_with_its_time_and_with_its_key() {
    let issuer = KeyServer::start(200, set_of(&[&ED]));
    let signed = SignedSettings {
        refresh: std::time::Duration::ZERO,
        rest: std::time::Duration::ZERO,
        ..issued(&issuer.address)
    };
    let signed = Signed::new(signed).await.expect("the keys are read");
    let settings = Settings {
        signed: Some(Arc::new(signed)),
        ..attentive()
    };
    let app = loaded(settings).await;
    let gifts = gifts(&app).await;
    // Clocks may differ by 30 s, so this one holds for some seconds more.
    let mut short = claims();
    short["exp"] = json!(now() - 27);
    let mut socket = connected(&app, &ED.sign(&short)).await;
    let expired = (4403, "Forbidden: the token has expired".to_owned());
    assert_eq!(until_closed(&mut socket).await, expired);

    let long = ED.sign(&claims());
    let mut socket = connected(&app, &long).await;
    let mut stream = following(&app, &long).await;
    listeners(&app, 1).await;
    retitle(&gifts, "early").await;
    assert_eq!(title(&stream.next().await.json()), "early");
    issuer.answers(200, set_of(&[]));
    let (code, reason) = until_closed(&mut socket).await;
    assert!(
        code == 4403 && reason.contains("a key that is not known here"),
        "{code} {reason}"
    );
    retitle(&gifts, "late").await;
    let end = stream.next().await.json();
    assert_eq!(end["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{end}");
    stream.completes().await;
}

/// What one token does not end.
#[tokio::test]
async fn a_token_that_is_revoked_ends_nothing_of_others() {
    let app = TestApp::start(database_options(), attentive()).await;
    let (kept, other) = (
        made(&app, "kept", Role::Reader, None).await,
        made(&app, "other", Role::Reader, None).await,
    );
    let (mut kept, mut other) = (connected(&app, &kept).await, connected(&app, &other).await);
    assert!(app.store.revoke_token("other", "the tests").await.expect("an answer"));
    assert_eq!(other.closed().await.0, 4403);
    kept.subscribe("1", "{ __typename }").await;
    assert_eq!(kept.message().await["payload"]["data"]["__typename"], "Query");
}
