//! The first page, as it stands before its script has run.

use actix_web::http::StatusCode;
use maud::{Markup, html};
use serde_json::{Value as Json, json};

use super::dataset;
use super::frame::everything;
use super::parts::{gift_rows, link, list, text};
use crate::http::web::rendered::View;
use crate::http::web::site::Site;

/// The page.
pub fn view(site: &Site, data: &Json) -> View {
    let stats = &data["giftStats"];
    let summary = text(stats, "/summary");
    let content = html! {
        h1 { "Animals as gifts between nations" }
        p class="hero-lead" { (summary) }
        (everything(site))
        div class="cards" {
            (groups(site, "Givers", "Nation", "nation", list(stats, "/byGiver")))
            (groups(site, "Recipients", "Nation", "nation", list(stats, "/byRecipient")))
            (groups(site, "Animals", "Animal", "animal", list(stats, "/byAnimal")))
        }
        section class="card wide" aria-labelledby="latest" {
            h2 id="latest" { "The latest gifts" }
            (gift_rows(site, list(data, "/gifts/nodes")))
        }
    };
    let linked = dataset::in_terms(site, &data["dataset"], "/");
    View {
        status: StatusCode::OK,
        title: "Animals as gifts between nations".to_owned(),
        description: summary.to_owned(),
        path: "/".to_owned(),
        linked,
        content,
    }
}

fn groups(site: &Site, heading: &str, typename: &str, field: &str, groups: &[Json]) -> Markup {
    html! {
        section class="card half" {
            h2 { (heading) }
            table class="plain-table" {
                thead { tr { th scope="col" { (typename) } th scope="col" { "Gifts" } th scope="col" { "Animals" } } }
                tbody {
                    @for group in groups {
                        tr {
                            th scope="row" {
                                @if group[field].is_null() { (text(group, "/label")) } @else {
                                    (link(site, typename, &json!({ "slug": group[field]["slug"], "name": group["label"] })))
                                }
                            }
                            td { (group["gifts"].as_u64().unwrap_or(0)) }
                            td { (text(group, "/animals/text")) }
                        }
                    }
                }
            }
        }
    }
}
