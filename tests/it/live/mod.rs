//! What is live: subscriptions over WebSockets and streams of events, as clients meet them.
//!
//! Here stands what the files beside this one share: a server over the article's data, and changes in it. `socket` is a
//! client of WebSockets that can also be wrong, `stream` one of events.

mod bounds; // how much may be open over WebSockets
mod events; // streams of events: their form, where they go on, how they end
mod idle; // what a subscriber costs that hears nothing
mod lasting; // how sockets and streams end: tokens, silence, clients that do not read, the server's stop
mod loss; // nothing is lost and nothing doubled, whatever is killed or cut
mod parts; // subscriptions as the parts of a multipart body
mod revoked; // a token that is revoked or taken away: no operation and no event after that
pub mod socket; // a client of WebSockets
mod stream; // a client of streams of events
mod ws; // graphql-transport-ws to the letter

use menagerie::http::{Settings, Timeouts};
use mongodb::bson::{Document, doc};
use serde_json::Value as Json;

use crate::support::{PATIENCE, TestApp, settings, until};

/// The gift that changes.
const GIFT: &str = "gift_ru-kp-2024";

/// Every change of it.
const CHANGES: &str =
    r#"subscription { changes(ids: ["gift_ru-kp-2024"]) { cursor operation id node { ... on Gift { title } } } }"#;

/// A server with these settings over the article's data.
async fn loaded(settings: Settings) -> TestApp {
    let app = TestApp::set(settings).await;
    app.load(&["article"]).await;
    // What the loading changed is told before anything that a test changes.
    app.is_indexed().await;
    app
}

/// Settings under which nothing is waited for that a test does not wait for.
fn patient(change: impl FnOnce(&mut Timeouts)) -> Settings {
    let mut settings = settings();
    settings.timeouts = Timeouts {
        init: PATIENCE,
        beat: PATIENCE,
        stalled: PATIENCE,
        check: PATIENCE,
    };
    change(&mut settings.timeouts);
    settings
}

/// Waits until so many hear of changes beside the search index.
async fn listeners(app: &TestApp, expected: usize) {
    until(&format!("{expected} listeners"), || {
        // The index listens too.
        app.live.status().listeners == expected + 1
    })
    .await;
}

/// Changes the gift.
async fn retitle(app: &TestApp, title: &str) {
    let gifts = app.raw().await.collection::<Document>("gifts");
    let updated = gifts
        .update_one(doc! { "_id": GIFT }, doc! { "$set": { "title": title } })
        .await;
    assert_eq!(updated.expect("it is updated").modified_count, 1, "{title}");
}

/// The title in an event.
fn title(event: &Json) -> &str {
    event["data"]["changes"]["node"]["title"].as_str().unwrap_or_default()
}

/// The subscription that begins after a place.
fn after(place: &str) -> String {
    CHANGES.replace("changes(", &format!("changes(after: {place:?}, "))
}
