//! What other servers of MongoDB's protocol say that the embedded database never says: a proxy in between says it.

mod confirming; // writes that no majority confirms
mod connecting; // what the URI sets, what a person reads of an error
mod distance; // a database that is far away
mod feeds; // foreign resume tokens, refused streams, shards that hold events back, primaries that step down
mod proxy; // reads and answers commands
mod starting; // validators and indexes that are refused, single servers
mod stepping; // primaries that step down under load

use menagerie::api::viewer::Role;
use menagerie::http::Settings;
use proxy::Wire;
use serde_json::{Value as Json, json};

use crate::identity::made;
use crate::support::{TestApp, client, database_options, server_uri, settings};

/// A server that comes to an empty database by a proxy, with these options in its URI. The end of the test drops the
/// database past the proxy.
async fn over(wire: &Wire, settings: Settings, options: &str) -> TestApp {
    let mut database = database_options();
    database.uri = wire.uri(options);
    database.pool_size = 8;
    let mut app = TestApp::start(database, settings).await;
    app.options.uri = server_uri();
    app
}

/// Settings under which answers are kept.
fn keeping() -> Settings {
    let mut settings = settings();
    settings.config.response_cache_bytes = 4 * 1024 * 1024;
    settings
}

/// An editor at a server.
struct Editor<'a> {
    app: &'a TestApp,
    token: String,
}

impl<'a> Editor<'a> {
    async fn at(app: &'a TestApp) -> Self {
        let token = made(app, "ed", Role::Editor, None).await;
        Self { app, token }
    }

    /// The status and the whole answer.
    async fn ask(&self, query: &str, variables: Json) -> (u16, Json) {
        let request = client()
            .post(format!("{}/graphql", self.app.address))
            .bearer_auth(&self.token)
            .json(&json!({ "query": query, "variables": variables }));
        let response = request.send().await.expect("an answer");
        (response.status().as_u16(), response.json().await.expect("JSON"))
    }
}

/// The code of the first error of an answer.
fn code(answer: &Json) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or("-")
}
