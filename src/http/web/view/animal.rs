//! The page of a kind of animal.

use actix_web::http::StatusCode;
use maud::html;
use serde_json::{Value as Json, json};

use super::parts::{
    all_said, claims, elsewhere, facts, gifts, link, linked, linked_page, list, names, said, text, word,
};
use crate::http::web::rendered::View;
use crate::http::web::site::Site;

/// The page.
pub fn view(site: &Site, animal: &Json) -> View {
    let name = text(animal, "/commonName");
    let scientific = text(animal, "/scientificName");
    let path = format!("/animals/{}", text(animal, "/slug"));
    let total = animal["gifts"]["totalCount"].as_u64().unwrap_or(0);
    let description = format!(
        "{name} in {total} {} between nations; how many changed hands: {}.",
        if total == 1 { "gift" } else { "gifts" },
        text(animal, "/given/text"),
    );
    let conservation = &animal["conservation"];
    let red_list = (!conservation.is_null()).then(|| {
        html! {
            (word(text(conservation, "/category")))
            @if let Some(year) = conservation["year"].as_i64() { " (" (year) ")" }
        }
    });
    let content = html! {
        h1 { (name) @if !scientific.is_empty() { " " i { (scientific) } } }
        p class="hero-lead" { (description) }
        p class="links" {
            a href=(site.to(&format!("/?animal={}", text(animal, "/slug")))) { "These gifts in charts" }
        }
        (facts("The animal", vec![
            ("Rank", said(&word(text(animal, "/rank")))),
            ("Class", said(text(animal, "/taxonomy/class"))),
            ("Order", said(text(animal, "/taxonomy/order"))),
            ("Family", said(text(animal, "/taxonomy/family"))),
            ("Red List", red_list),
            ("Native to", all_said(list(animal, "/nativeTo"))),
            ("Comes from", (!animal["origin"].is_null()).then(|| link(site, "Nation", &animal["origin"]))),
            ("Also known as", all_said(list(animal, "/aliases"))),
            ("In other languages", names(animal)),
            ("Elsewhere", elsewhere(animal)),
        ]))
        (gifts(site, "gifts", "Gifts with it", &animal["gifts"]))
        (claims(site, "claims", "What the sources say of it", list(animal, "/claims/nodes")))
    };
    let linked = in_terms(site, animal, &path, &description);
    View {
        status: StatusCode::OK,
        title: format!("{name}: given between nations"),
        description,
        path,
        linked,
        content,
    }
}

/// The same as linked data.
fn in_terms(site: &Site, animal: &Json, path: &str, description: &str) -> Json {
    let (name, scientific) = (text(animal, "/commonName"), text(animal, "/scientificName"));
    let also: Vec<&Json> = list(animal, "/aliases")
        .iter()
        .chain(list(animal, "/names").iter().map(|name| &name["name"]))
        .collect();
    let rank = text(animal, "/rank").to_lowercase();
    let family = json!({ "@type": "Taxon", "name": text(animal, "/taxonomy/family"), "taxonRank": "family" });
    linked(
        site,
        path,
        "Taxon",
        json!({
            "name": if scientific.is_empty() { name } else { scientific },
            "alternateName": std::iter::once(&animal["commonName"]).chain(also).collect::<Vec<_>>(),
            "taxonRank": rank,
            "sameAs": animal["sameAs"],
            "parentTaxon": if text(animal, "/taxonomy/family").is_empty() { Json::Null } else { family },
            "description": description,
            "subjectOf": linked_page(site, path, animal),
        }),
    )
}
