//! The page of a claim.

use actix_web::http::StatusCode;
use maud::html;
use serde_json::{Value as Json, json};

use super::parts::{changed, claims, link, linked, list, origin, text, word};
use crate::http::web::rendered::View;
use crate::http::web::site::{Site, name_of, path_of};

/// The page.
pub fn view(site: &Site, claim: &Json) -> View {
    let (code, statement) = (text(claim, "/code"), text(claim, "/statement"));
    let path = format!("/claims/{code}");
    let about = list(claim, "/about");
    let content = html! {
        h1 { "Claim " (code) }
        p class="hero-lead" { (statement) }
        section class="card wide" aria-labelledby="said" {
            h2 id="said" { "Who says so" }
            p { span class="pill certainty" { (word(text(claim, "/certainty"))) } }
            (origin(site, claim))
        }
        @if !about.is_empty() {
            section class="card wide" aria-labelledby="about" {
                h2 id="about" { "What it is about" }
                ul class="plain-list" {
                    @for one in about {
                        li { (link(site, text(one, "/__typename"), one)) " (" (text(one, "/__typename").to_lowercase()) ")" }
                    }
                }
            }
        }
        (claims(site, "against", "What contradicts it", list(claim, "/conflictsWith")))
        (claims(site, "rests", "What it rests on", list(claim, "/dependsOn")))
        (claims(site, "dependents", "What rests on it", list(claim, "/dependents/nodes")))
    };
    let subjects: Vec<Json> = about
        .iter()
        .map(|one| {
            let page = path_of(text(one, "/__typename"), one).map(|path| site.url(&path));
            json!({ "@type": "Thing", "@id": page, "name": name_of(one) })
        })
        .collect();
    let source = &claim["source"];
    let appearance = json!({ "@type": "CreativeWork", "@id": path_of("Source", source).map(|path| site.url(&path)),
        "name": source["title"], "url": source["url"] });
    let linked = linked(
        site,
        &path,
        "Claim",
        json!({
            "identifier": code,
            "text": statement,
            "appearance": appearance,
            "about": subjects,
            "dateModified": changed(claim),
        }),
    );
    View {
        status: StatusCode::OK,
        title: format!("Claim {code}"),
        description: statement.to_owned(),
        path,
        linked,
        content,
    }
}
