//! Pages as HTML that needs no script, made from what the API answers. Does no I/O.
//!
//! Each file renders one kind of page from the answer to its operation (`documents/`): the facts as readable HTML, and the
//! same as linked data in the terms of schema.org.

mod animal;
mod claim;
mod dataset;
mod embed;
mod event;
mod frame;
mod gift;
mod home;
mod list;
mod nation;
mod parts;
mod source;

use actix_web::http::StatusCode;
use maud::{Markup, html};
use serde_json::Value as Json;

use super::documents::PageOperation;
use super::kind::PageKind;
use super::rendered::View;
use super::site::Site;

pub use embed::{EMBEDS, view as embed};
pub use list::ListPage;

/// The page of a document, from the answer to its operation; `None` if there is no such document.
pub fn document(kind: PageKind, site: &Site, data: &Json) -> Option<View> {
    let document = &data[kind.noun()];
    (!document.is_null()).then(|| match kind {
        PageKind::Gift => gift::view(site, document),
        PageKind::Nation => nation::view(site, document),
        PageKind::Animal => animal::view(site, document),
        PageKind::Event => event::view(site, document),
        PageKind::Claim => claim::view(site, document),
        PageKind::Source => source::view(site, document),
    })
}

/// The operation for the first page.
pub const HOME: PageOperation = PageOperation::of_page("PageOfAll");

/// The first page.
pub fn home(site: &Site, data: &Json) -> View {
    home::view(site, data)
}

/// The operation for the page about the data.
pub const DATASET: PageOperation = PageOperation::of_page("PageOfDataset");

/// The page about the data as a whole.
pub fn dataset(site: &Site, data: &Json) -> View {
    dataset::view(site, &data["dataset"])
}

/// The page for what is not there.
pub fn missing(site: &Site, kind: PageKind, name: &str) -> View {
    let noun = kind.noun();
    notice(
        StatusCode::NOT_FOUND,
        &format!("No such {noun}"),
        &html! {
            "There is no " (noun) " named " code { (name) } ". "
            a href=(site.to(kind.path())) { "All " (noun) "s" } " are listed, and the search finds them by their names."
        },
    )
}

/// A page that only says something.
pub fn notice(status: StatusCode, title: &str, text: &Markup) -> View {
    View {
        status,
        title: title.to_owned(),
        description: title.to_owned(),
        path: String::new(),
        linked: Json::Null,
        content: html! {
            h1 { (title) }
            p class="hero-lead" { (text) }
        },
    }
}

/// The whole page around a view: its bar, its content and its foot. For pages without a script.
pub fn framed(site: &Site, view: &View) -> Markup {
    frame::framed(site, &view.content)
}
