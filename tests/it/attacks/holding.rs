//! Clients that hold on to what there is for all: answers that they do not take, bodies that they do not finish, exports
//! that they fetch slowly. Meanwhile a client of another address is served, and afterwards the memory is there again.

use mongodb::bson::doc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::GROWTH;
use super::target::{Target, get, post, query};
use crate::commands::PATIENCE;
use crate::support::awaited;

/// Nothing is kept from one request to the next, so that what memory there is belongs to requests; and time enough for all
/// of them on a busy machine.
const SETTINGS: [(&str, &str); 4] = [
    ("MENAGERIE_RESPONSE_CACHE_MB", "0"),
    ("MENAGERIE_ENTITY_CACHE_MB", "0"),
    ("MENAGERIE_REQUEST_TIMEOUT_MS", "120000"),
    ("MENAGERIE_MAX_EXPORTS", "4"),
];

/// Nations of which 200 with three times their official name are an answer of about 5 MB.
async fn large(target: &Target) {
    let nations = target.database.raw().await.collection("nations");
    let name = "n".repeat(8_000);
    let nation = |number| {
        let slug = format!("large-{number:04}");
        doc! { "_id": format!("nation_{slug}"), "slug": &slug, "name": &slug, "officialName": &name }
    };
    // More than an export keeps ready.
    let written = nations.insert_many((0..2_500).map(nation));
    written
        .bypass_document_validation(true)
        .await
        .expect("documents are written");
}

/// Sends this from a client that has next to no room for what comes back.
async fn begun(target: &Target, request: &[u8]) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4_096).expect("a small buffer");
    let address = target.host.parse().expect("an address");
    let mut stream = socket.connect(address).await.expect("a connection");
    // One that is refused may be closed before it has sent all.
    let _ = stream.write_all(request).await;
    stream
}

/// The status of what has come on a connection, if any has.
async fn status(stream: &mut TcpStream) -> Option<String> {
    let mut piece = [0; 12];
    tokio::time::timeout(PATIENCE, stream.read_exact(&mut piece))
        .await
        .ok()?
        .ok()?;
    Some(String::from_utf8_lossy(&piece[9..]).into_owned())
}

#[tokio::test]
async fn silent_connections_with_large_answers_are_counted_and_gone_after_the_cut_off() {
    silent(&SETTINGS).await;
}

#[tokio::test]
async fn silent_connections_are_counted_too_where_answers_are_cached() {
    // The cache takes none of these answers: each is larger than a sixteenth of it.
    silent(&[("MENAGERIE_RESPONSE_CACHE_MB", "16"), SETTINGS[1], SETTINGS[2]]).await;
}

/// Thirty connections of one client that ask for large answers, each another one, and take nothing of them.
async fn silent(settings: &[(&str, &str)]) {
    const SILENT: usize = 30;
    let target = Target::start(settings).await;
    large(&target).await;
    let before = target.memory();
    let mut streams = Vec::new();
    for number in 0..SILENT {
        let ask = format!(
            "{{ nations(first: 200) {{ nodes {{ a{number}: officialName b: officialName c: officialName }} }} }}"
        );
        streams.push(begun(&target, &query(&ask)).await);
        target.serves_good_requests("an answer that nobody takes").await;
    }
    // All are held, cut off, or refused because the client's others are not taken; none is forgotten.
    awaited("all to be made", async || {
        let made = target.metric("menagerie_requests_in_flight").await
            + target.metric("menagerie_answers_cut_off_total").await
            + target.metric("menagerie_over_limit_total{limit=\"clientShare\"}").await;
        (made >= SILENT as f64).then_some(())
    })
    .await;
    awaited("all to be cut off", async || {
        (target.metric("menagerie_requests_in_flight").await == 0.0).then_some(())
    })
    .await;
    assert!(target.metric("menagerie_answers_cut_off_total").await >= 2.0);
    let refused = target.metric("menagerie_over_limit_total{limit=\"clientShare\"}").await;
    assert!(refused >= (SILENT / 2) as f64, "{refused} of {SILENT}");
    assert_eq!(
        target.metric("menagerie_permits_held{resource=\"answer_bytes\"}").await,
        0.0
    );
    assert_eq!(
        target.metric("menagerie_permits_held{resource=\"requests\"}").await,
        0.0
    );
    awaited("the memory to be given back", async || {
        (target.memory() < before + GROWTH).then_some(())
    })
    .await;
    target.serves_good_requests("all of them").await;
    drop(streams);
}

#[tokio::test]
async fn unfinished_bodies_of_one_client_are_refused_before_they_take_the_memory() {
    const MANY: usize = 300;
    let target = Target::start(&SETTINGS).await;
    let before = target.memory();
    let body = post(" ".repeat(250_000));
    let mut streams = Vec::new();
    for _ in 0..MANY {
        streams.push(begun(&target, &body[..240_000]).await);
    }
    target.serves_good_requests("bodies that do not end").await;
    // On a busy machine the server comes to the last of them only now.
    awaited("most of them to be refused", async || {
        let refused = target.metric("menagerie_over_limit_total{limit=\"clientShare\"}").await;
        (refused >= (MANY / 2) as f64).then_some(())
    })
    .await;
    let held = target.metric("menagerie_permits_held{resource=\"body_bytes\"}").await;
    assert!(held <= 8.0 * 1024.0 * 1024.0, "its share of 16 MiB: {held}");
    awaited("the memory to be bounded while they wait", async || {
        (target.memory() < before + GROWTH).then_some(())
    })
    .await;
    drop(streams);
    awaited("their places to be free", async || {
        (target.metric("menagerie_permits_held{resource=\"body_bytes\"}").await == 0.0
            && target.metric("menagerie_requests_in_flight").await == 0.0)
            .then_some(())
    })
    .await;
}

#[tokio::test]
async fn slow_exports_of_one_address_leave_room_for_queries_and_for_exports_of_another() {
    let target = Target::start(&SETTINGS).await;
    large(&target).await;
    let before = target.memory();
    let export = get("/export/nations.ndjson", "*/*");
    let mut slow = Vec::new();
    let mut statuses = Vec::new();
    for _ in 0..6 {
        let mut stream = begun(&target, &export).await;
        statuses.push(status(&mut stream).await.expect("an answer"));
        slow.push(stream);
    }
    assert_eq!(statuses, ["200", "200", "429", "429", "429", "429"]);
    target.serves_good_requests("slow exports").await;
    let small = get("/export/gifts.csv", "*/*");
    let answer = target.send_as_another(&small).await.expect("an answer");
    assert_eq!(answer.status, 200, "{answer:?}");
    awaited("the slow ones to be cut off", async || {
        (target.metric("menagerie_permits_held{resource=\"exports\"}").await == 0.0).then_some(())
    })
    .await;
    awaited("the memory to be given back", async || {
        (target.memory() < before + GROWTH).then_some(())
    })
    .await;
    drop(slow);
}
