//! What a subscriber costs that hears nothing: memory of the server, a process of its own, by the number of subscribers.

use reqwest::Client;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;

use super::socket::{PROTOCOL, Socket};
use super::stream::Stream;
use super::{CHANGES, loaded};
use crate::commands::program_over;
use crate::commands::server::{Server, status_of};
use crate::support::{client, settings};

/// How many there are of each kind, behind some that have warmed the server up.
const SUBSCRIBERS: usize = 1_000;
const WARMING: usize = 50;

/// The most that one may cost, in KiB. What waits is larger where nothing is optimised.
const MOST: f64 = if cfg!(debug_assertions) { 40.0 } else { 32.0 };

/// What the server has in memory, in KiB.
fn resident(server: &Server) -> f64 {
    let line = status_of(server.child.id(), "VmRSS:").expect("it runs");
    line.trim_end_matches("kB").trim().parse().expect("a number")
}

/// Waits until so many subscriptions are under way.
async fn subscribed(http: &Client, host: &str, expected: usize) {
    let since = std::time::Instant::now();
    loop {
        let answer = http.get(format!("{host}/metrics")).send().await.expect("an answer");
        let text = answer.text().await.expect("text");
        if text.contains(&format!("menagerie_feed_listeners {}\n", expected + 1)) {
            return;
        }
        assert!(
            since.elapsed() < super::PATIENCE,
            "in vain: {expected} listeners in\n{text}"
        );
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_thousand_subscribers_that_hear_nothing_cost_little_each() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    setrlimit(Resource::Nofile, raised).expect("it may be raised");
    let app = loaded(settings()).await;
    let server = Server::start(&mut program_over(&app));
    let host = server.address.strip_suffix("/graphql").expect("the API").to_owned();
    let http = client();

    let mut sockets = Vec::new();
    let mut before = 0.0;
    for number in 0..WARMING + SUBSCRIBERS {
        if number == WARMING {
            subscribed(&http, &host, number).await;
            before = resident(&server);
        }
        let shaken = Socket::shake(&host, &[("Sec-WebSocket-Protocol", PROTOCOL)]).await;
        let mut socket = shaken.expect("it opens");
        socket.acknowledged(json!({})).await;
        socket.subscribe("1", CHANGES).await;
        sockets.push(socket);
    }
    subscribed(&http, &host, sockets.len()).await;
    let by_socket = (resident(&server) - before) / SUBSCRIBERS as f64;

    let mut streams = Vec::new();
    for number in 0..WARMING + SUBSCRIBERS {
        if number == WARMING {
            subscribed(&http, &host, sockets.len() + number).await;
            before = resident(&server);
        }
        let request = http.get(format!("{host}/graphql/stream")).query(&[("query", CHANGES)]);
        streams.push(Stream::open(request).await);
    }
    subscribed(&http, &host, sockets.len() + streams.len()).await;
    let by_stream = (resident(&server) - before) / SUBSCRIBERS as f64;

    assert!(
        by_socket < MOST && by_stream < MOST,
        "{by_socket:.1} KiB by WebSocket, {by_stream:.1} KiB by a stream of events"
    );
}
