//! The lists of all documents of a kind, page by page.

use actix_web::http::StatusCode;
use maud::{Markup, html};
use serde_json::{Value as Json, json};

use super::parts::{claims, gift_rows, link, linked, list, text};
use crate::http::web::documents::PageOperation;
use crate::http::web::kind::PageKind;
use crate::http::web::rendered::View;
use crate::http::web::site::Site;

/// The list of all documents of a kind.
#[derive(Clone, Copy)]
pub struct ListPage(pub PageKind);

impl ListPage {
    /// The operation for one page of it.
    pub const fn operation(self) -> PageOperation {
        PageOperation::of_page(match self.0 {
            PageKind::Gift => "PageOfGifts",
            PageKind::Nation => "PageOfNations",
            PageKind::Animal => "PageOfAnimals",
            PageKind::Event => "PageOfEvents",
            PageKind::Claim => "PageOfClaims",
            PageKind::Source => "PageOfSources",
        })
    }

    /// The field of the answer with its connection.
    pub fn connection(self, data: &Json) -> &Json {
        &data[self.0.path().trim_start_matches('/')]
    }

    /// One page of it. `after`: the cursor that it stands behind.
    pub fn view(self, site: &Site, data: &Json, after: Option<&str>) -> View {
        let Self(kind) = self;
        let connection = self.connection(data);
        let total = connection["totalCount"].as_u64().unwrap_or(0);
        let heading = format!("All {}s", kind.noun());
        let next = match connection["pageInfo"]["hasNextPage"].as_bool() {
            Some(true) => text(connection, "/pageInfo/endCursor"),
            _ => "",
        };
        let content = html! {
            h1 { (heading) }
            p class="hero-lead" { (total) " in all." }
            @match kind {
                PageKind::Gift => (gift_rows(site, list(connection, "/nodes"))),
                PageKind::Claim => (claims(site, "claims", "Claims", list(connection, "/nodes"))),
                _ => (names(site, kind, list(connection, "/nodes"))),
            }
            @if !next.is_empty() {
                p class="links" { a rel="next" href=(site.to(&format!("{}?after={}", kind.path(), encoded(next)))) { "Next page" } }
            }
        };
        let path = match after {
            Some(after) => format!("{}?after={}", kind.path(), encoded(after)),
            None => kind.path().to_owned(),
        };
        let description = format!("All {total} {}s on record in Menagerie.", kind.noun());
        let linked = linked(
            site,
            &path,
            "CollectionPage",
            json!({ "name": heading, "description": description }),
        );
        View {
            status: StatusCode::OK,
            title: heading,
            description,
            path,
            linked,
            content,
        }
    }
}

fn names(site: &Site, kind: PageKind, nodes: &[Json]) -> Markup {
    html! {
        ul class="card wide names" {
            @for node in nodes {
                li {
                    (link(site, kind.typename(), node))
                    @for more in ["/officialName", "/scientificName", "/date/text", "/publisher"] {
                        @if !text(node, more).is_empty() { " " small { (text(node, more)) } }
                    }
                }
            }
        }
    }
}

/// A cursor in an address: base64 has a few signs that mean something there.
fn encoded(cursor: &str) -> String {
    cursor
        .replace('%', "%25")
        .replace('+', "%2B")
        .replace('=', "%3D")
        .replace('/', "%2F")
}
