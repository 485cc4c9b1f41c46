//! The page of an event.

use actix_web::http::StatusCode;
use maud::html;
use serde_json::{Value as Json, json};

use super::parts::{claims, date, facts, gifts, link, linked, linked_nation, linked_page, list, said, text, word};
use crate::http::web::rendered::View;
use crate::http::web::site::Site;

/// The page.
pub fn view(site: &Site, event: &Json) -> View {
    let title = text(event, "/title");
    let path = format!("/events/{}", text(event, "/slug"));
    let summary = text(event, "/summary");
    let place: Vec<&str> = ["/place/name", "/place/city", "/place/nation/name"]
        .into_iter()
        .map(|field| text(event, field))
        .filter(|part| !part.is_empty())
        .collect();
    let nations = list(event, "/nations");
    let taking_part = (!nations.is_empty()).then(|| {
        html! {
            @for (index, one) in nations.iter().enumerate() {
                @if index > 0 { ", " }
                (link(site, "Nation", &one["nation"])) " (" (word(text(one, "/role"))) ")"
            }
        }
    });
    let people: Vec<String> = list(event, "/people")
        .iter()
        .map(|person| match text(person, "/office") {
            "" => text(person, "/name").to_owned(),
            office => format!("{} ({office})", text(person, "/name")),
        })
        .collect();
    let headcount = format!("{} {}", text(event, "/headcount/text"), text(event, "/headcountOf"));
    let content = html! {
        h1 { (title) }
        p class="hero-lead" { (summary) }
        (facts("The event", vec![
            ("Kind", said(&word(text(event, "/kind")))),
            ("Status", said(&word(text(event, "/status")))),
            ("Date", date(&event["date"])),
            ("Place", said(&place.join(", "))),
            ("Nations", taking_part),
            ("People", said(&people.join("; "))),
            ("How many took part", said(headcount.trim())),
        ]))
        (gifts(site, "gifts", "Gifts that belong to it", &event["gifts"]))
        (claims(site, "claims", "What the sources say of it", list(event, "/claims/nodes")))
    };
    let linked = in_terms(site, event, &path, &place);
    View {
        status: StatusCode::OK,
        title: title.to_owned(),
        description: summary.to_owned(),
        path,
        linked,
        content,
    }
}

/// The same as linked data.
fn in_terms(site: &Site, event: &Json, path: &str, place: &[&str]) -> Json {
    let (title, summary, nations) = (text(event, "/title"), text(event, "/summary"), list(event, "/nations"));
    let attending: Vec<Json> = nations.iter().map(|one| linked_nation(site, &one["nation"])).collect();
    let location = json!({ "@type": "Place", "name": place.join(", ") });
    linked(
        site,
        path,
        "Event",
        json!({
            "name": title,
            "description": summary,
            "startDate": event["date"]["earliest"],
            "endDate": event["date"]["latest"],
            "location": if place.is_empty() { Json::Null } else { location },
            "attendee": attending,
            "subjectOf": linked_page(site, path, event),
        }),
    )
}
