//! The page about the data as a whole: how they may be used, cited and had, and how they are to be read.

use actix_web::http::StatusCode;
use maud::{Markup, html};
use serde_json::{Value as Json, json};

use super::parts::{all_said, facts, linked, list, outside, said, text};
use crate::graphql::export::{ExportFormat, ExportRows};
use crate::http::web::rendered::View;
use crate::http::web::site::Site;

/// The page.
pub fn view(site: &Site, dataset: &Json) -> View {
    let title = text(dataset, "/title");
    let description = text(dataset, "/description");
    let content = html! {
        h1 { "About the data" }
        p class="hero-lead" { (description) }
        (facts("The data set", vec![
            ("Title", said(title)),
            ("Made by", all_said(list(dataset, "/creators"))),
            ("Licence", Some(outside(text(dataset, "/licenseUrl"), text(dataset, "/license")))),
            ("Version", said(text(dataset, "/version"))),
            ("Last changed", said(text(dataset, "/modified"))),
            ("Sources", Some(html! { a href=(site.to("/sources")) { (dataset["sources"].as_u64().unwrap_or(0)) } })),
            ("How to cite it", said(text(dataset, "/citation"))),
        ]))
        (downloads(site))
        (method())
    };
    View {
        status: StatusCode::OK,
        title: "About the data: licence, citation, method, files".to_owned(),
        description: description.to_owned(),
        path: "/dataset".to_owned(),
        linked: in_terms(site, dataset, "/dataset"),
        content,
    }
}

/// The data set as linked data.
pub fn in_terms(site: &Site, dataset: &Json, path: &str) -> Json {
    let files = ExportRows::all().flat_map(|rows| {
        ExportFormat::ALL.map(|format| {
            let file = format!("/export/{}.{}", rows.name(), format.extension());
            json!({ "@type": "DataDownload", "name": rows.name(), "contentUrl": site.url(&file), "encodingFormat": format.media() })
        })
    });
    let creators: Vec<Json> = list(dataset, "/creators")
        .iter()
        .map(|name| json!({ "@type": "Organization", "name": name }))
        .collect();
    linked(
        site,
        path,
        "Dataset",
        json!({
            "name": dataset["title"],
            "description": dataset["description"],
            "license": dataset["licenseUrl"],
            "creator": creators,
            "citation": dataset["citation"],
            "version": dataset["version"],
            "dateModified": dataset["modified"],
            "isAccessibleForFree": true,
            "distribution": files.collect::<Vec<_>>(),
        }),
    )
}

fn downloads(site: &Site) -> Markup {
    html! {
        section class="card wide" aria-labelledby="files" {
            h2 id="files" { "Files" }
            table class="plain-table" {
                thead { tr { th scope="col" { "Table" } th scope="col" { "As" } } }
                tbody {
                    @for rows in ExportRows::all() {
                        tr {
                            th scope="row" { (rows.name()) }
                            td {
                                @for format in ExportFormat::ALL {
                                    a href=(site.to(&format!("/export/{}.{}", rows.name(), format.extension()))) {
                                        (format.extension().to_uppercase())
                                    }
                                    " "
                                }
                            }
                        }
                    }
                }
            }
            p class="links" {
                a href=(site.to("/datapackage.json")) { "Data package (Frictionless)" } " "
                a href=(site.to("/dcat.jsonld")) { "Catalogue entry (DCAT)" }
            }
        }
    }
}

fn method() -> Markup {
    html! {
        section class="card wide" aria-labelledby="method" {
            h2 id="method" { "How the figures are to be read" }
            h3 { "Counts" }
            p {
                "A count has a least and a most. Where a source says “over 70”, the least is 71 and the most is unknown; what no \
                 source tells is unknown and never zero. Sums add the least and the most apart, and name how many gifts have no \
                 number at all. What was only planned, offered or declined is listed, and adds nothing to the animals given."
            }
            h3 { "Dates" }
            p {
                "A date is as exact as its source, in the Extended Date/Time Format. A chart counts a gift where it certainly lies; \
                 what may also lie in a decade is shown apart, for the same gift may be possible in several."
            }
            h3 { "Claims and certainty" }
            p {
                "Every statement is a claim with its source and its place there. Certainty says how the source speaks (it states, \
                 reports, quotes, assesses, interprets, announces, fears or guesses), not whether it is right."
            }
            h3 { "Contradictions" }
            p {
                "Claims that cannot all be true name each other and are all kept. A figure rests on one of them; the other readings \
                 stand beside it."
            }
        }
    }
}
