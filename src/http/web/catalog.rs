//! The data for catalogues: a data package (Frictionless) and an entry in the terms of DCAT.

use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value as Json, json};
use tracing::Instrument;

use super::ask::ask;
use super::site::Site;
use super::view::DATASET;
use crate::graphql::export::{ColumnType, ExportFormat, ExportRows, columns_of};
use crate::http::pipeline::admission::turn_away;
use crate::http::pipeline::record::Recorder;
use crate::http::state::State;

/// `/datapackage.json`: each table as CSV, with its columns.
pub async fn package(http: HttpRequest, state: Data<State>) -> HttpResponse {
    answered(http, state, "/datapackage.json", "application/json", data_package).await
}

/// `/dcat.jsonld`: the data set and its files, in the words of W3C's catalogues of data.
pub async fn dcat(http: HttpRequest, state: Data<State>) -> HttpResponse {
    answered(http, state, "/dcat.jsonld", "application/ld+json", catalogue_entry).await
}

async fn answered(
    http: HttpRequest,
    state: Data<State>,
    route: &'static str,
    media: &'static str,
    make: fn(&Site, &Json) -> Json,
) -> HttpResponse {
    let mut recorder = Recorder::begin(&state.metrics, route, &http);
    let (span, site) = (recorder.span(), Site::of(&http, &state));
    match ask(&http, &state, &mut recorder, DATASET, &json!({}))
        .instrument(span)
        .await
    {
        Ok((data, _permit)) => {
            recorder.ends(StatusCode::OK, []);
            HttpResponse::Ok()
                .insert_header((CACHE_CONTROL, "private, no-cache"))
                .content_type(media)
                .body(format!("{:#}\n", make(&site, &data["dataset"])))
        }
        Err((_, answer)) => turn_away(&http, &mut recorder, answer),
    }
}

fn data_package(site: &Site, dataset: &Json) -> Json {
    let resources = ExportRows::all().map(|rows| {
        let columns = columns_of(rows).unwrap_or_default();
        let fields: Vec<Json> = columns
            .iter()
            .map(|name| json!({ "name": name, "type": type_of(name) }))
            .collect();
        json!({
            "name": rows.name(),
            "path": site.url(&format!("/export/{}.csv", rows.name())),
            "profile": "tabular-data-resource",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": { "fields": fields, "primaryKey": rows.key() },
        })
    });
    json!({
        "profile": "tabular-data-package",
        "name": "menagerie",
        "title": dataset["title"],
        "description": dataset["description"],
        "version": dataset["version"],
        "created": dataset["modified"],
        "homepage": site.url("/dataset"),
        "licenses": [{ "name": dataset["license"], "path": dataset["licenseUrl"] }],
        "contributors": dataset["creators"].as_array().into_iter().flatten()
            .map(|name| json!({ "title": name, "role": "author" })).collect::<Vec<_>>(),
        "resources": resources.collect::<Vec<_>>(),
    })
}

/// The type of a column, as data packages call it.
fn type_of(name: &str) -> &'static str {
    match ColumnType::of(name) {
        ColumnType::Whole => "integer",
        ColumnType::Number => "number",
        ColumnType::Moment => "datetime",
        ColumnType::Text | ColumnType::Texts => "string",
    }
}

fn catalogue_entry(site: &Site, dataset: &Json) -> Json {
    let files = ExportRows::all().flat_map(|rows| {
        ExportFormat::ALL.map(|format| {
            let address = site.url(&format!("/export/{}.{}", rows.name(), format.extension()));
            json!({
                "@type": "dcat:Distribution",
                "dct:title": format!("{} as {}", rows.name(), format.extension()),
                "dcat:downloadURL": { "@id": address },
                "dcat:mediaType": { "@id": format!("https://www.iana.org/assignments/media-types/{}", format.media()) },
            })
        })
    });
    json!({
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@id": site.url("/dataset"),
        "@type": "dcat:Dataset",
        "dct:title": dataset["title"],
        "dct:description": dataset["description"],
        "dct:license": { "@id": dataset["licenseUrl"] },
        "dct:modified": { "@value": dataset["modified"], "@type": "xsd:dateTime" },
        "dcat:version": dataset["version"],
        "dct:bibliographicCitation": dataset["citation"],
        "dct:creator": dataset["creators"].as_array().into_iter().flatten()
            .map(|name| json!({ "@type": "foaf:Agent", "foaf:name": name })).collect::<Vec<_>>(),
        "dcat:landingPage": { "@id": site.url("/dataset") },
        "dcat:distribution": files.collect::<Vec<_>>(),
    })
}
