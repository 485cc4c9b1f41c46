//! From memory: the bytes of the answers that are known, and no work beside reading the request and sending them.
//!
//! What a server on this machine can give at the most. It is a plain actix app; where the server itself offers a hook for
//! a route of one's own, this is the place to use it instead.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::Path;

use actix_web::http::header::ContentType;
use actix_web::web::{Bytes, Data, post};
use actix_web::{App, HttpResponse, HttpServer};
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
    let server = HttpServer::new(move || {
        App::new()
            .app_data(answers.clone())
            .route("/graphql", post().to(answer))
    })
    .bind("127.0.0.1:0")?;
    writeln!(io::stdout(), "memory serves at http://{}/graphql", server.addrs()[0])?;
    server.run().await
}

async fn answer(answers: Data<HashMap<String, Bytes>>, body: Bytes) -> HttpResponse {
    let asked = serde_json::from_slice::<Asked<'_>>(&body);
    match asked.ok().and_then(|asked| answers.get(asked.operation)) {
        Some(bytes) => HttpResponse::Ok().content_type(ContentType::json()).body(bytes.clone()),
        None => HttpResponse::NotFound().finish(),
    }
}
