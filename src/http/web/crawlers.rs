//! For programs that go through all pages: what they may read, and where everything is.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value as Json, json};
use tracing::Instrument;

use super::ask::ask;
use super::kind::PageKind;
use super::site::{Site, path_of};
use super::view::ListPage;
use crate::http::answer::Answer;
use crate::http::pipeline::admission::turn_away;
use crate::http::pipeline::record::Recorder;
use crate::http::state::State;

/// How many pages of each list the sitemap goes through: beyond, the lists themselves lead on.
const MOST_PAGES: usize = 50;

/// `/robots.txt`: pages may be read, what makes work may not.
pub async fn robots(http: HttpRequest, state: Data<State>) -> HttpResponse {
    let site = Site::of(&http, &state);
    let closed = ["/graphql", "/graphiql", "/export/"].map(|path| format!("Disallow: {}\n", site.to(path)));
    let text = format!(
        "User-agent: *\n{}Sitemap: {}\n",
        closed.concat(),
        site.url("/sitemap.xml")
    );
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "public, max-age=3600"))
        .content_type("text/plain; charset=utf-8")
        .body(text)
}

/// `/sitemap.xml`: the addresses of all pages, as the protocol of sitemaps.org says.
pub async fn sitemap(http: HttpRequest, state: Data<State>) -> HttpResponse {
    let mut recorder = Recorder::begin(&state.metrics, "/sitemap.xml", &http);
    let (span, site) = (recorder.span(), Site::of(&http, &state));
    match addresses(&http, &state, &mut recorder, &site).instrument(span).await {
        Ok(addresses) => {
            let urls: Vec<String> = addresses
                .iter()
                .map(|address| format!("<url><loc>{}</loc></url>\n", escaped(address)))
                .collect();
            recorder.ends(actix_web::http::StatusCode::OK, []);
            HttpResponse::Ok()
                .insert_header((CACHE_CONTROL, "private, no-cache"))
                .insert_header((CONTENT_TYPE, "application/xml; charset=utf-8"))
                .body(format!(
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n{}</urlset>\n",
                    urls.concat()
                ))
        }
        Err(answer) => turn_away(&http, &mut recorder, answer),
    }
}

async fn addresses(
    http: &HttpRequest,
    state: &Data<State>,
    recorder: &mut Recorder,
    site: &Site,
) -> Result<Vec<String>, Answer> {
    let mut addresses = vec![site.url("/"), site.url("/dataset")];
    for kind in PageKind::ALL {
        addresses.push(site.url(kind.path()));
        let (list, mut after) = (ListPage(kind), Json::Null);
        for _ in 0..MOST_PAGES {
            let asked = ask(http, state, recorder, list.operation(), &json!({ "after": after })).await;
            let (data, _) = asked.map_err(|(_, answer)| answer)?;
            let connection = list.connection(&data);
            let nodes = connection["nodes"].as_array().into_iter().flatten();
            let paths = nodes.filter_map(|node| path_of(kind.typename(), node));
            addresses.extend(paths.map(|path| site.url(&path)));
            if connection["pageInfo"]["hasNextPage"] != true {
                break;
            }
            after = connection["pageInfo"]["endCursor"].clone();
        }
    }
    Ok(addresses)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
