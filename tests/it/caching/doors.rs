//! One cache behind every door: what one client asked for in a body answers another in a batch, a socket or a stream.

use futures_util::future::join_all;
use menagerie::http::Settings;
use menagerie::limits::Limit;
use reqwest::RequestBuilder;
use serde_json::{Value as Json, json};

use super::{GIFT, HITS, JOINED, is_fresh, keeping, metric, once_more, share_one_answer};
use crate::live::socket::Socket;
use crate::support::{TestApp, client};

/// Many commands, so that whoever asks meanwhile finds it under way.
const STATISTICS: &str = "{ giftStats { gifts byGiver { nation { name } gifts } byYear { label gifts } } }";

/// A server that keeps answers and takes batches, over the article's data.
async fn app() -> TestApp {
    let mut settings = Settings { ..keeping() };
    settings.config.limits.set(Limit::Batch, 5);
    let app = TestApp::set(settings).await;
    app.load(&["article"]).await;
    is_fresh(&app).await;
    app
}

async fn json_of(request: RequestBuilder) -> Json {
    let answer = request.send().await.expect("an answer");
    answer.json().await.expect("JSON")
}

async fn batch(app: &TestApp, queries: &[&str]) -> Json {
    let requests: Vec<Json> = queries.iter().map(|query| json!({ "query": query })).collect();
    json_of(client().post(format!("{}/graphql", app.address)).json(&requests)).await
}

/// The result of a query in a socket.
async fn by_socket(socket: &mut Socket, query: &str) -> Json {
    socket.subscribe("1", query).await;
    let mut message = socket.message().await;
    assert_eq!(
        (&message["id"], &message["type"]),
        (&json!("1"), &json!("next")),
        "{message}"
    );
    assert_eq!(socket.message().await, json!({ "id": "1", "type": "complete" }));
    message["payload"].take()
}

/// How many commands a query costs a server that has read nothing yet, and what it gives. The server is to stay until the
/// test is over: with it goes the database.
async fn alone(app: &TestApp, query: &str) -> (TestApp, u64, Json) {
    let alone = TestApp::over(app.options.clone()).await;
    let before = alone.store.commands_sent();
    let data = alone.query(query).await;
    let commands = alone.store.commands_sent() - before;
    (alone, commands, data)
}

#[tokio::test]
async fn what_one_door_answered_every_other_answers_from_memory() {
    let app = app().await;
    let expected = json!({ "data": app.query(GIFT).await });
    let sent = app.store.commands_sent();
    let mut socket = Socket::connected(&app).await;
    assert_eq!(by_socket(&mut socket, GIFT).await, expected);
    assert_eq!(batch(&app, &[GIFT, GIFT]).await, json!([expected, expected]));
    let stream = client().post(format!("{}/graphql/stream", app.address));
    let stream = stream.json(&json!({ "query": GIFT })).send().await.expect("an answer");
    let text = stream.text().await.expect("text");
    let data = text
        .lines()
        .find_map(|line| line.strip_prefix("data: "))
        .expect("an event");
    assert_eq!(serde_json::from_str::<Json>(data).expect("JSON"), expected);
    assert!(text.ends_with("event: complete\ndata:\n\n"), "{text}");
    assert_eq!(app.store.commands_sent(), sent, "nothing was asked of the database");
    assert_eq!(metric(&app, HITS), 4.0);
}

#[tokio::test]
async fn what_a_socket_asked_for_is_kept_for_the_others() {
    let app = app().await;
    let mut socket = Socket::connected(&app).await;
    let first = by_socket(&mut socket, GIFT).await;
    let sent = app.store.commands_sent();
    assert_eq!(json!({ "data": app.query(GIFT).await }), first);
    assert_eq!(app.store.commands_sent(), sent);
    // Mutations and errors are not kept.
    let mutation = "mutation { revokeToken(input: { name: \"nobody\" }) { revoked } }";
    for query in [
        mutation,
        mutation,
        "{ node(id: \"x\") { id } }",
        "{ node(id: \"x\") { id } }",
    ] {
        let result = by_socket(&mut socket, query).await;
        assert!(result["errors"].is_array(), "{result}");
    }
    assert_eq!(metric(&app, HITS), 1.0);
}

#[tokio::test]
async fn those_who_ask_the_same_at_once_by_different_doors_wait_for_one_answer() {
    let app = app().await;
    let (_alone, commands, _) = alone(&app, STATISTICS).await;
    let mut sockets = Vec::new();
    for _ in 0..10 {
        sockets.push(Socket::connected(&app).await);
    }
    let sockets = futures_util::lock::Mutex::new(sockets);
    share_one_answer(&app, commands, 29.0, &[JOINED, HITS], async |attempt| {
        let query = &once_more(STATISTICS, attempt);
        let mut sockets = sockets.lock().await;
        let by_body = join_all((0..10).map(|_| app.query(query)));
        let by_socket = join_all(sockets.iter_mut().map(|socket| by_socket(socket, query)));
        let both = [query.as_str(); 2];
        let by_batch = join_all((0..5).map(|_| batch(&app, &both)));
        let (bodies, messages, batches) = tokio::join!(by_body, by_socket, by_batch);
        let whole = json!({ "data": bodies[0] });
        assert!(bodies.iter().all(|data| *data == bodies[0]));
        assert!(messages.iter().all(|payload| *payload == whole));
        assert!(batches.iter().all(|list| *list == json!([whole, whole])));
    })
    .await;
}

#[tokio::test]
async fn of_a_batch_what_is_asked_for_twice_is_executed_once() {
    let app = app().await;
    let (alone, commands, _) = alone(&app, STATISTICS).await;
    share_one_answer(&app, commands, 1.0, &[JOINED], async |attempt| {
        let query = &once_more(STATISTICS, attempt);
        let whole = json!({ "data": alone.query(query).await });
        let answers = batch(&app, &[query, "{ __typename }", query]).await;
        assert_eq!(answers, json!([whole, { "data": { "__typename": "Query" } }, whole]));
    })
    .await;
}
