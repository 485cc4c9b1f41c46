//! The limit: a handler written by hand that gives the same answers with as little work as it takes.
//!
//! No GraphQL: it goes by the operation's name and trusts its request. It reads in batched calls, one for each relation of
//! a level, borrows from the database's replies, and writes JSON from there. No server that understands queries can be
//! expected to do with less; how near it comes is what the benchmark tells.

mod answers;
mod read;
mod shapes;
mod statistics;

use std::io::{self, Write};

use actix_web::http::header::ContentType;
use actix_web::web::{Bytes, Data, post};
use actix_web::{App, HttpResponse, HttpServer};
use mongodb::Client;
use mongodb::options::ClientOptions;
use read::{Failure, Reader};
use serde::Deserialize;

/// A request, as far as it is looked at.
#[derive(Deserialize)]
struct Asked<'a> {
    #[serde(rename = "operationName")]
    operation: &'a str,
    #[serde(borrow)]
    variables: Variables<'a>,
}

#[derive(Deserialize)]
struct Variables<'a> {
    #[serde(default)]
    id: &'a str,
    #[serde(default)]
    first: usize,
    #[serde(default)]
    span: &'a str,
    #[serde(default)]
    region: &'a str,
}

/// Serves on a port that the system picks, with a client of the database for each worker, or one for all of them.
pub async fn serve(uri: &str, database: &str, shared: bool) -> io::Result<()> {
    let mut options = ClientOptions::parse(uri).await.map_err(io::Error::other)?;
    options.max_pool_size = Some(64);
    let one = Client::with_options(options.clone()).map_err(io::Error::other)?;
    let database = database.to_owned();
    let server = HttpServer::new(move || {
        // The factory runs on the worker's own runtime, to which such a client belongs.
        let client = if shared {
            one.clone()
        } else {
            Client::with_options(options.clone()).expect("these options were good before")
        };
        App::new()
            .app_data(Data::new(Reader::new(&client.database(&database))))
            .route("/graphql", post().to(answer))
    })
    .bind("127.0.0.1:0")?;
    writeln!(io::stdout(), "the limit serves at http://{}/graphql", server.addrs()[0])?;
    server.run().await
}

async fn answer(reader: Data<Reader>, body: Bytes) -> HttpResponse {
    match told(&reader, &body).await {
        Ok(json) => HttpResponse::Ok().content_type(ContentType::json()).body(json),
        Err(failure) => HttpResponse::InternalServerError().body(failure.to_string()),
    }
}

async fn told(reader: &Reader, body: &[u8]) -> Result<Vec<u8>, Failure> {
    let Asked { operation, variables } = serde_json::from_slice(body)?;
    match operation {
        "Point" => answers::point(reader, variables.id).await,
        "List" => answers::list(reader, variables.first).await,
        "Levels" => answers::levels(reader).await,
        "Filter" => answers::filter(reader, variables.span, variables.region).await,
        "Statistics" => statistics::answer(reader).await,
        other => Err(format!("no operation is called {other}").into()),
    }
}
