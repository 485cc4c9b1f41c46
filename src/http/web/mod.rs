//! The web pages, embedded in the binary as Vite built them: files with a hash in their names below `/assets/`, and one
//! HTML file for each page. `missing` replaces them if they were not built.
//!
//! Files that brotli makes smaller are embedded only as `NAME.br`: every browser accepts them as they are, and they are
//! decompressed for the rare client that does not.

mod ask;
mod catalog;
mod crawlers;
pub mod documents;
mod kind;
mod missing;
mod page;
mod pages;
mod rendered;
mod shell;
pub mod site;
mod view;

use actix_web::HttpResponse;
use actix_web::dev::Decompress;
use actix_web::http::header::{
    AcceptEncoding, CACHE_CONTROL, CONTENT_SECURITY_POLICY, ContentEncoding, ETAG, Encoding, Header, LOCATION, VARY,
};
use actix_web::web::{Bytes, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, error::PayloadError};
use futures_util::stream::once;
use rust_embed::RustEmbed;

use super::cross_origin::PAGE_POLICY;
use super::etag;
use super::readable::readable;
use super::state::State;
use super::transport::delivery::{Held, deliver};
use crate::config::Config;
use kind::PageKind;
use pages::Pages;

#[derive(RustEmbed)]
#[folder = "web/dist"]
struct Files;

/// The pages that are switched on, and the files that they load.
pub fn routes(app: &mut ServiceConfig, config: &Config) {
    app.app_data(Data::new(Pages::new(config, |name| {
        Files::get(name).map(|file| file.data.into_owned())
    })));
    if config.dashboard {
        app.service(readable("/", page::home))
            .service(readable("/dataset", page::dataset))
            .service(readable("/datapackage.json", catalog::package))
            .service(readable("/dcat.jsonld", catalog::dcat))
            .service(readable("/embed/{name}", page::embed))
            .service(readable("/robots.txt", crawlers::robots))
            .service(readable("/sitemap.xml", crawlers::sitemap))
            .service(readable("/favicon.ico", favicon));
        for kind in PageKind::ALL {
            let list = move |http, state, pages, place| page::list(kind, http, state, pages, place);
            let document = move |http, state, pages, name| page::document(kind, http, state, pages, name);
            app.service(readable(kind.path(), list))
                .service(readable(kind.route(), document));
        }
    } else if config.graphiql {
        app.service(readable("/", to_graphiql));
    }
    if config.graphiql {
        app.service(readable("/graphiql", graphiql));
    }
    if config.dashboard || config.graphiql {
        app.service(readable("/assets/{name:.*}", asset))
            .service(readable("/licenses.txt", licenses));
    }
}

/// The licences and notices of everything by others that is in the program: its crates, and the packages of the pages.
pub fn notices() -> String {
    let pages = Files::get("licenses.txt").map(|file| String::from_utf8_lossy(&file.data).into_owned());
    let crates = include_str!(concat!(env!("OUT_DIR"), "/notices.txt"));
    format!(
        "Menagerie is under the MIT licence or the Apache licence 2.0, as you like. It is made with these crates:\n\n{crates}\n\
         Its pages are made with these packages:\n\n{}",
        pages.unwrap_or_else(|| "none, for the pages are not built\n".to_owned())
    )
}

async fn licenses() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "public, max-age=86400"))
        .content_type("text/plain; charset=utf-8")
        .body(notices())
}

async fn to_graphiql(state: Data<State>) -> HttpResponse {
    found_at(&state, "/graphiql")
}

/// `/favicon.ico`, which is asked for where no page says better.
async fn favicon(state: Data<State>) -> HttpResponse {
    match Files::iter().find(|name| name.starts_with("assets/icon-")) {
        Some(icon) => found_at(&state, &format!("/{}", icon.trim_end_matches(".br"))),
        None => HttpResponse::NotFound().finish(),
    }
}

fn found_at(state: &State, path: &str) -> HttpResponse {
    let place = format!("{}{path}", state.prefix());
    HttpResponse::Found().insert_header((LOCATION, place)).finish()
}

/// GraphiQL. It refers to its assets by their hashes, so browsers must revalidate it each time.
async fn graphiql(http: HttpRequest, state: Data<State>, pages: Data<Pages>) -> HttpResponse {
    let Some(page) = &pages.graphiql else {
        tracing::warn!("{} was asked for; the pages are not built", http.path());
        return missing::page(state.config.introspection, state.prefix());
    };
    let tag = etag::of(page.html().as_bytes());
    let held = etag::is_held(&http, &tag);
    let mut response = if held {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response
        .insert_header((CACHE_CONTROL, "no-cache"))
        .insert_header((VARY, "Accept-Encoding"))
        .insert_header((ETAG, tag))
        .insert_header((CONTENT_SECURITY_POLICY, PAGE_POLICY));
    if held {
        return response.finish();
    }
    let response = response
        .content_type("text/html; charset=utf-8")
        .body(page.html().to_owned());
    deliver(&http, &state, response, Held::default())
}

/// An asset, which never changes: its name contains the hash of its content.
async fn asset(http: HttpRequest, state: Data<State>, name: Path<String>) -> HttpResponse {
    let response = file(&http, &name);
    deliver(&http, &state, response, Held::default())
}

fn file(http: &HttpRequest, name: &str) -> HttpResponse {
    let path = format!("assets/{name}");
    let Some((file, is_packed)) = Files::get(&format!("{path}.br"))
        .map(|file| (file, true))
        .or_else(|| Some((Files::get(&path)?, false)))
    else {
        return HttpResponse::NotFound()
            .content_type("text/plain; charset=utf-8")
            .body("no such file\n");
    };
    let mut response = HttpResponse::Ok();
    response
        .content_type(mime_guess::from_path(&path).first_or_octet_stream().to_string())
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((VARY, "Accept-Encoding"));
    if !is_packed {
        response.body(file.data)
    } else if takes_brotli(http) {
        // This header keeps the middleware from compressing it again.
        response.insert_header(ContentEncoding::Brotli).body(file.data)
    } else {
        let whole = once(async { Ok::<_, PayloadError>(Bytes::from(file.data.into_owned())) });
        response.streaming(Decompress::new(Box::pin(whole), ContentEncoding::Brotli))
    }
}

fn takes_brotli(http: &HttpRequest) -> bool {
    let offered = [Encoding::brotli(), Encoding::identity()];
    AcceptEncoding::parse(http).is_ok_and(|accepted| accepted.negotiate(offered.iter()) == Some(Encoding::brotli()))
}
