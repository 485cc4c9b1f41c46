//! What stands around the content of every page: the bar with the search, and the foot.

use maud::{Markup, html};

use crate::http::web::kind::PageKind;
use crate::http::web::site::Site;

/// The frame around a page's content.
pub fn framed(site: &Site, content: &Markup) -> Markup {
    html! {
        a class="skip" href="#main" { "Skip to the content" }
        header class="bar" {
            a class="brand" href=(site.to("/")) { "Menagerie" }
            form class="plain-search" action=(site.to("/")) method="get" role="search" {
                label class="unseen" for="text" { "Search for gifts" }
                input id="text" name="text" type="search" placeholder="Search for gifts";
                button type="submit" { "Search" }
            }
            nav aria-label="Elsewhere" {
                @if site.graphiql { a href=(site.to("/graphiql")) { "GraphiQL" } }
                @if site.schema { a href=(site.to("/schema.graphql")) { "Schema" } }
            }
        }
        main id="main" class="gift-page" tabindex="-1" { (content) }
        footer class="foot" {
            nav aria-label="All of it" { (everything(site)) }
            p {
                "Every number here comes from the API at " code { "/graphql" } ", with its bounds: what no source tells is shown as \
                 unknown, never as zero."
            }
            p {
                "Menagerie " (env!("CARGO_PKG_VERSION")) ", " a href=(site.to("/licenses.txt")) { "licences" }
            }
        }
    }
}

/// Links to the lists of all documents.
pub fn everything(site: &Site) -> Markup {
    html! {
        ul class="everything" {
            @for kind in PageKind::ALL {
                li { a href=(site.to(kind.path())) { "All " (kind.noun()) "s" } }
            }
            li { a href=(site.to("/dataset")) { "About the data" } }
        }
    }
}
