//! Lists for pages of others: a table without a script, with a link to where it comes from.

use actix_web::http::StatusCode;
use maud::html;
use serde_json::{Value as Json, json};

use super::parts::{list, text};
use crate::http::web::documents::PageOperation;
use crate::http::web::rendered::View;
use crate::http::web::site::Site;

/// What can be embedded: its name in addresses, its heading, and the operation that asks for it.
pub const EMBEDS: [(&str, &str, PageOperation); 5] = [
    ("givers", "Who gave", PageOperation::of_page("EmbedOfGivers")),
    (
        "recipients",
        "Who received",
        PageOperation::of_page("EmbedOfRecipients"),
    ),
    ("animals", "Which animals", PageOperation::of_page("EmbedOfAnimals")),
    ("decades", "When", PageOperation::of_page("EmbedOfDecades")),
    ("flows", "From whom to whom", PageOperation::of_page("EmbedOfFlows")),
];

/// The list of this name.
pub fn view(site: &Site, name: &str, heading: &str, data: &Json) -> View {
    let stats = &data["giftStats"];
    let flow = |flow: &Json| {
        let label = format!("{} → {}", text(flow, "/giver/name"), text(flow, "/recipient/name"));
        json!({ "label": label, "gifts": flow["gifts"], "animals": flow["animals"] })
    };
    let rows: Vec<Json> = match data["giftFlows"].as_array() {
        Some(flows) => flows.iter().map(flow).collect(),
        None => list(stats, "/groups").to_vec(),
    };
    let content = html! {
        table class="plain-table" {
            caption { (heading) ": " (text(stats, "/summary")) }
            thead { tr { th scope="col" { (heading) } th scope="col" { "Gifts" } th scope="col" { "Animals" } } }
            tbody {
                @for row in &rows {
                    tr {
                        th scope="row" { (text(row, "/label")) }
                        td { (row["gifts"].as_u64().unwrap_or(0)) }
                        td { (text(row, "/animals/text")) }
                    }
                }
            }
        }
        p { a href=(site.url("/")) target="_top" { "Menagerie: animals as gifts between nations" } }
    };
    View {
        status: StatusCode::OK,
        title: heading.to_owned(),
        description: text(stats, "/summary").to_owned(),
        path: format!("/embed/{name}"),
        linked: Json::Null,
        content,
    }
}
