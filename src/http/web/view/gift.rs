//! The page of a gift, as it stands before its script has run.

use actix_web::http::StatusCode;
use maud::{Markup, html};
use serde_json::{Value as Json, json};

use super::parts::{
    claims, date, facts, how_many, link, linked, linked_nation, linked_page, linked_within, list, said, text, word,
};
use crate::http::web::rendered::View;
use crate::http::web::site::Site;

/// The page.
pub fn view(site: &Site, gift: &Json) -> View {
    let title = text(gift, "/title");
    let path = format!("/gifts/{}", text(gift, "/slug"));
    let when = match text(gift, "/date/text") {
        "" => "at an unknown time",
        when => when,
    };
    let description = format!(
        "From {} to {}, {when}; animals: {}; status: {}.",
        text(gift, "/giver/name"),
        text(gift, "/recipient/name"),
        how_many(gift),
        word(text(gift, "/status")),
    );
    let content = html! {
        h1 { (title) }
        p class="route" {
            (link(site, "Nation", &gift["giver"])) " → " (link(site, "Nation", &gift["recipient"]))
            span class="pill" { (word(text(gift, "/status"))) }
        }
        (facts("The figures", vec![
            ("Total", said(text(gift, "/total/text"))),
            ("Animals that are listed", said(text(gift, "/itemsTotal/text"))),
            ("Occasions", said(text(gift, "/occasions/text"))),
            ("Date", date(&gift["date"])),
            ("Way", said(&word(text(gift, "/mode")))),
            ("From", place(&gift["origin"])),
            ("To", place(&gift["destination"])),
            ("Event", (!gift["event"].is_null()).then(|| link_to_event(site, &gift["event"]))),
        ]))
        section class="card wide" aria-labelledby="items" {
            h2 id="items" { "The animals" }
            ul class="plain-list" {
                @for item in list(gift, "/items") {
                    li {
                        (link(site, "Animal", &item["animal"])) ": "
                        (match text(item, "/count/text") { "" => "unknown", count => count })
                        @if !list(item, "/names").is_empty() {
                            ", named " (list(item, "/names").iter().filter_map(Json::as_str).collect::<Vec<_>>().join(", "))
                        }
                    }
                }
            }
        }
        (claims(site, "claims", "What the sources say", list(gift, "/claims/nodes")))
    };
    let linked = in_terms(site, gift, &path, &description);
    View {
        status: StatusCode::OK,
        title: title.to_owned(),
        description,
        path,
        linked,
        content,
    }
}

/// The same as linked data.
fn in_terms(site: &Site, gift: &Json, path: &str, description: &str) -> Json {
    let title = text(gift, "/title");
    let objects: Vec<Json> = list(gift, "/items")
        .iter()
        .map(|item| linked_within(site, "Animal", "Taxon", &item["animal"]))
        .collect();
    linked(
        site,
        path,
        "GiveAction",
        json!({
            "name": title,
            "description": description,
            "agent": linked_nation(site, &gift["giver"]),
            "recipient": linked_nation(site, &gift["recipient"]),
            "object": objects,
            "startTime": gift["date"]["earliest"],
            "endTime": gift["date"]["latest"],
            "subjectOf": linked_page(site, path, gift),
        }),
    )
}

fn link_to_event(site: &Site, event: &Json) -> Markup {
    link(site, "Event", event)
}

fn place(place: &Json) -> Option<Markup> {
    let parts: Vec<&str> = ["/name", "/city", "/nation/name"]
        .into_iter()
        .map(|field| text(place, field))
        .filter(|part| !part.is_empty())
        .collect();
    said(&parts.join(", "))
}
