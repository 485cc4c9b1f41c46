//! The page of a source.

use actix_web::http::StatusCode;
use maud::html;
use serde_json::{Value as Json, json};

use super::parts::{changed, claims, date, facts, linked, list, outside, said, text, word};
use crate::http::web::rendered::View;
use crate::http::web::site::{Site, path_of};

/// The page.
pub fn view(site: &Site, source: &Json) -> View {
    let title = text(source, "/title");
    let path = path_of("Source", source).unwrap_or_default();
    let made = source["claims"]["totalCount"].as_u64().unwrap_or(0);
    let description = format!(
        "{title}: a source of {made} {} on record here.",
        if made == 1 { "claim" } else { "claims" }
    );
    let url = text(source, "/url");
    let content = html! {
        h1 { (title) }
        (facts("The source", vec![
            ("Kind", said(&word(text(source, "/kind")))),
            ("Publisher", said(text(source, "/publisher"))),
            ("Published", date(&source["published"])),
            ("Address", (!url.is_empty()).then(|| outside(url, url))),
            ("SHA-256 of the document", said(text(source, "/sha256"))),
        ]))
        (claims(site, "claims", "What it says", list(source, "/claims/nodes")))
        (claims(site, "attributed", "What others say that it says", list(source, "/attributedClaims/nodes")))
    };
    let publisher = json!({ "@type": "Organization", "name": source["publisher"] });
    let linked = linked(
        site,
        &path,
        "CreativeWork",
        json!({
            "name": title,
            "publisher": if source["publisher"].is_null() { Json::Null } else { publisher },
            "datePublished": source["published"]["edtf"],
            "sameAs": url,
            "dateModified": changed(source),
        }),
    );
    View {
        status: StatusCode::OK,
        title: title.to_owned(),
        description,
        path,
        linked,
        content,
    }
}
