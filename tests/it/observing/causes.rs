//! The cause of an error is for those who look after the server, and named by its request's id.

use mongodb::bson::doc;
use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::commands::program_over;
use crate::commands::server::Server;
use crate::support::{TestApp, client};

#[tokio::test]
async fn a_cause_is_in_the_log_with_the_id_of_its_request_and_not_in_the_answer() {
    let app = TestApp::with(&["article"]).await;
    // As only another program can leave it: what validators and types both refuse.
    let command = doc! {
        "update": "gifts",
        "bypassDocumentValidation": true,
        "updates": [{ "q": { "_id": "gift_cn-kr" }, "u": { "$set": { "mode": "NO_MODE_OF_OURS" } } }],
    };
    app.raw().await.run_command(command).await.expect("the gift is spoilt");

    let mut server = Server::start(&mut program_over(&app));
    let asked = json!({ "query": "{ gift(id: \"gift_cn-kr\") { mode } }" });
    let answer = client()
        .post(&server.address)
        .json(&asked)
        .send()
        .await
        .expect("an answer");
    let id = answer.headers()["x-request-id"].to_str().expect("text").to_owned();
    let answer: Json = answer.json().await.expect("JSON");
    assert_eq!(answer["errors"][0]["extensions"]["code"], "INTERNAL", "{answer}");
    assert!(!answer.to_string().contains("NO_MODE_OF_OURS"), "{answer}");

    server.signal("-TERM");
    server.ended();
    let log = server.log();
    let mut causes = log.lines().filter(|line| line.contains("NO_MODE_OF_OURS"));
    assert!(causes.any(|line| line.contains(&id)), "{id}: {log}");
}

#[tokio::test]
async fn what_is_no_http_fills_no_log() {
    let app = TestApp::empty().await;
    let mut server = Server::start(&mut program_over(&app));
    let host = server
        .address
        .trim_start_matches("http://")
        .trim_end_matches("/graphql")
        .to_owned();
    for _ in 0..3 {
        let mut stream = TcpStream::connect(&host).await.expect("a connection");
        stream
            .write_all(b"\x16\x03\x01 nonsense\r\n\r\n")
            .await
            .expect("it is sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    }
    server.signal("-TERM");
    server.ended();
    let log = server.log();
    assert!(!log.contains("parse error"), "{log}");
}
