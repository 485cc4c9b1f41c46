//! From memory: the bytes of the answers that are known, and no work beside reading the request and sending them.
//!
//! A route of the server itself, with all that every route of it gets: what it could give at the most.

use std::collections::HashMap;
use std::io::{self, Write};
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::ContentType;
use actix_web::web::{Bytes, Data, ServiceConfig, post};
use menagerie::feed::Live;
use menagerie::http::{Serving, Settings, State, serve_with};
use menagerie::search::Search;
use menagerie::store::{self, Store};
use serde::Deserialize;

/// A request, as far as it is looked at.
#[derive(Deserialize)]
struct Asked<'a> {
    #[serde(rename = "operationName")]
    operation: &'a str,
}

/// Serves the answers of a JSON file, by the operation's name, on a port that the system picks.
pub async fn serve(answers: &Path) -> io::Result<()> {
    let answers: HashMap<String, String> = serde_json::from_slice(&std::fs::read(answers)?)?;
    let answers: HashMap<String, Bytes> = answers.into_iter().map(|(name, text)| (name, text.into())).collect();
    let answers = Data::new(answers);
    // No database is asked: this one only has a name.
    let options = store::Options {
        uri: "mongodb://127.0.0.1:1/?directConnection=true".into(),
        database: "none".into(),
        pool_size: 1,
        deadline: Duration::from_secs(1),
        columns: false,
    };
    let store = Store::connect(&options).await.map_err(io::Error::other)?;
    let live = Live::new(&store, 0);
    let mut settings = Settings::default();
    settings.config.response_cache_bytes = 0;
    let state = State::new(store, live, Search::default(), settings).map_err(io::Error::other)?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    writeln!(io::stdout(), "memory serves at http://{}/bytes", listener.local_addr()?)?;
    let routes = move |config: &mut ServiceConfig| {
        config.app_data(answers.clone()).route("/bytes", post().to(answer));
    };
    serve_with(listener, state, Serving::default(), routes)?.await?;
    Ok(())
}

async fn answer(answers: Data<HashMap<String, Bytes>>, body: Bytes) -> HttpResponse {
    let asked = serde_json::from_slice::<Asked<'_>>(&body);
    match asked.ok().and_then(|asked| answers.get(asked.operation)) {
        Some(bytes) => HttpResponse::Ok().content_type(ContentType::json()).body(bytes.clone()),
        None => HttpResponse::NotFound().finish(),
    }
}
