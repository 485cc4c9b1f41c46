//! The page of a nation.

use actix_web::http::StatusCode;
use maud::html;
use serde_json::{Value as Json, json};

use super::parts::{all_said, claims, date, elsewhere, facts, gifts, linked, linked_page, list, names, said, text};
use crate::http::web::rendered::View;
use crate::http::web::site::Site;

/// The page.
pub fn view(site: &Site, nation: &Json) -> View {
    let name = text(nation, "/name");
    let path = format!("/nations/{}", text(nation, "/slug"));
    let count = |field: &str| nation[field]["totalCount"].as_u64().unwrap_or(0);
    let (given, received) = (count("giftsGiven"), count("giftsReceived"));
    let description = format!("{name} gave {given} and received {received} of the gifts of animals on record here.");
    let codes = known(nation, &["isoAlpha2", "isoAlpha3", "isoAlpha4", "m49"]);
    let region = known(nation, &["region", "subregion"]);
    let content = html! {
        h1 { (name) }
        p class="hero-lead" { (description) }
        p class="links" {
            a href=(site.to(&format!("/?nation={}", text(nation, "/slug")))) { "These gifts in charts" }
        }
        (facts("The nation", vec![
            ("Official name", said(text(nation, "/officialName"))),
            ("Codes", said(&codes.join(", "))),
            ("Region", said(&region.join(", "))),
            ("Capital", said(text(nation, "/capital/name"))),
            ("Existed", date(&nation["existed"])),
            ("What came after it", all_said(list(nation, "/successors"))),
            ("Also known as", all_said(list(nation, "/aliases"))),
            ("In other languages", names(nation)),
            ("Elsewhere", elsewhere(nation)),
        ]))
        (gifts(site, "given", "Gifts that it gave", &nation["giftsGiven"]))
        (gifts(site, "received", "Gifts that it received", &nation["giftsReceived"]))
        (claims(site, "claims", "What the sources say of it", list(nation, "/claims/nodes")))
    };
    let also: Vec<&Json> = list(nation, "/aliases")
        .iter()
        .chain(list(nation, "/names").iter().map(|name| &name["name"]))
        .collect();
    let capital = &nation["capital"];
    let place = json!({ "@type": "City", "name": capital["name"],
        "geo": { "@type": "GeoCoordinates", "latitude": capital["location"]["lat"], "longitude": capital["location"]["lon"] } });
    let linked = linked(
        site,
        &path,
        "Country",
        json!({
            "name": name,
            "alternateName": also,
            "identifier": codes,
            "sameAs": nation["sameAs"],
            "containsPlace": if capital["location"].is_null() { Json::Null } else { place },
            "description": description,
            "subjectOf": linked_page(site, &path, nation),
        }),
    );
    View {
        status: StatusCode::OK,
        title: format!("{name}: animals given and received"),
        description,
        path,
        linked,
        content,
    }
}

/// The texts in these fields, of those that have one.
fn known<'a>(nation: &'a Json, fields: &[&str]) -> Vec<&'a str> {
    let texts = fields.iter().filter_map(|field| nation[*field].as_str());
    texts.filter(|text| !text.is_empty()).collect()
}
