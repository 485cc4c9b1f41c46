//! The pages in the browser, carried inside the binary as Vite built them.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION};
use actix_web::web::{Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use rust_embed::RustEmbed;

use super::browser::PAGE_POLICY;
use super::readable;

#[derive(RustEmbed)]
#[folder = "web/dist"]
struct Files;

/// What a page says where Node was missing when the server was built.
const NOT_BUILT: &str = "The pages were left out when this server was built. With Node 20.19 or later installed, run \
    `make web` and build the server again. The API answers at /graphql, the schema is at /schema.graphql.\n";

/// The pages; without GraphiQL none is left.
pub fn routes(config: &mut ServiceConfig, graphiql: bool) {
    if graphiql {
        config
            .service(readable("/", home))
            .service(readable("/graphiql", self::graphiql))
            .service(readable("/assets/{name:.*}", asset));
    }
}

async fn home() -> HttpResponse {
    HttpResponse::Found().insert_header((LOCATION, "/graphiql")).finish()
}

async fn graphiql(request: HttpRequest) -> HttpResponse {
    match Files::get("graphiql.html") {
        Some(page) => HttpResponse::Ok()
            .content_type("text/html; charset=utf-8")
            .insert_header((CACHE_CONTROL, "no-cache"))
            .insert_header((CONTENT_SECURITY_POLICY, PAGE_POLICY))
            .body(page.data),
        None => {
            tracing::warn!("{} was asked for; the pages are not built", request.path());
            HttpResponse::NotFound()
                .content_type("text/plain; charset=utf-8")
                .body(NOT_BUILT)
        }
    }
}

/// A file whose name holds the hash of its content, so that it never changes.
async fn asset(name: Path<String>) -> HttpResponse {
    let path = format!("assets/{name}");
    match Files::get(&path) {
        Some(file) => HttpResponse::Ok()
            .content_type(mime_guess::from_path(&path).first_or_octet_stream().to_string())
            .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
            .body(file.data),
        None => HttpResponse::NotFound()
            .content_type("text/plain; charset=utf-8")
            .body("no such file\n"),
    }
}
