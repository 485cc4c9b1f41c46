//! What several pages show: facts, tables of gifts, claims with their sources.

use maud::{Markup, html};
use serde_json::{Value as Json, json};

use crate::http::web::site::{Site, name_of, path_of};

/// The text at a path of fields, such as `/capital/name`; empty if there is none.
pub fn text<'a>(value: &'a Json, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Json::as_str).unwrap_or_default()
}

/// The list at a path of fields; empty if there is none.
pub fn list<'a>(value: &'a Json, pointer: &str) -> &'a [Json] {
    value
        .pointer(pointer)
        .and_then(Json::as_array)
        .map_or(&[], Vec::as_slice)
}

/// A word of a vocabulary as people write it: `RETURN_GIFT` is "return gift".
pub fn word(word: &str) -> String {
    word.to_lowercase().replace('_', " ")
}

/// A link to the page of a document.
pub fn link(site: &Site, typename: &str, document: &Json) -> Markup {
    match path_of(typename, document) {
        Some(path) => html! { a href=(site.to(&path)) { (name_of(document)) } },
        None => html! { (name_of(document)) },
    }
}

/// A link to a page of the web; only the text where the address is none.
pub fn outside(address: &str, words: &str) -> Markup {
    let lower = address.to_ascii_lowercase();
    match lower.starts_with("https://") || lower.starts_with("http://") {
        true => html! { a href=(address) rel="noreferrer nofollow" { (words) } },
        false => html! { (words) },
    }
}

/// A fact by its name; left out where there is none.
pub type Fact<'a> = (&'a str, Option<Markup>);

/// A text as a fact; none where it is empty.
pub fn said(text: &str) -> Option<Markup> {
    (!text.is_empty()).then(|| html! { (text) })
}

/// Several texts as one fact.
pub fn all_said(texts: &[Json]) -> Option<Markup> {
    let texts: Vec<&str> = texts.iter().filter_map(Json::as_str).collect();
    said(&texts.join(", "))
}

/// The names in other languages, as a fact.
pub fn names(document: &Json) -> Option<Markup> {
    let names = list(document, "/names");
    (!names.is_empty()).then(|| {
        html! {
            @for (index, name) in names.iter().enumerate() {
                @if index > 0 { ", " }
                span lang=(text(name, "/language")) { (text(name, "/name")) }
            }
        }
    })
}

/// Links to what others know of it, as a fact.
pub fn elsewhere(document: &Json) -> Option<Markup> {
    let addresses = list(document, "/sameAs");
    (!addresses.is_empty()).then(|| {
        html! {
            @for (index, address) in addresses.iter().filter_map(Json::as_str).enumerate() {
                @if index > 0 { ", " }
                (outside(address, address))
            }
        }
    })
}

/// The facts as a list of terms.
pub fn facts(heading: &str, facts: Vec<Fact<'_>>) -> Markup {
    html! {
        section class="card wide" aria-labelledby="facts" {
            h2 id="facts" { (heading) }
            dl class="facts" {
                @for (name, fact) in facts {
                    @if let Some(fact) = fact {
                        div class="fact" {
                            dt { (name) }
                            dd { p class="fact-value" { (fact) } }
                        }
                    }
                }
            }
        }
    }
}

/// A date in words, with its days and the words of the source.
pub fn date(date: &Json) -> Option<Markup> {
    (!date.is_null()).then(|| {
        html! {
            (text(date, "/text"))
            small {
                " (EDTF " code { (text(date, "/edtf")) } ")"
                @if !text(date, "/phrase").is_empty() { " “" (text(date, "/phrase")) "”" }
            }
        }
    })
}

/// A connection of gifts as a table; nothing where there is none.
pub fn gifts(site: &Site, id: &str, heading: &str, connection: &Json) -> Markup {
    let nodes = list(connection, "/nodes");
    let total = connection["totalCount"].as_u64().unwrap_or(nodes.len() as u64);
    html! {
        @if !nodes.is_empty() {
            section class="card wide" aria-labelledby=(id) {
                h2 id=(id) { (heading) " (" (total) ")" }
                @if total > nodes.len() as u64 { p class="lead" { "The first " (nodes.len()) " are shown." } }
                (gift_rows(site, nodes))
            }
        }
    }
}

/// Gifts as the rows of a table.
pub fn gift_rows(site: &Site, nodes: &[Json]) -> Markup {
    html! {
        div class="scroller" tabindex="0" role="region" aria-label="Gifts" {
            table class="gift-table plain-table" {
                thead {
                    tr {
                        @for head in ["Gift", "When", "From", "To", "Animals", "Status"] { th scope="col" { (head) } }
                    }
                }
                tbody {
                    @for gift in nodes {
                        tr {
                            th scope="row" { (link(site, "Gift", gift)) }
                            td { (shown(text(gift, "/date/text"))) }
                            td { (link(site, "Nation", &gift["giver"])) }
                            td { (link(site, "Nation", &gift["recipient"])) }
                            td { (how_many(gift)) }
                            td { (word(text(gift, "/status"))) }
                        }
                    }
                }
            }
        }
    }
}

/// How many animals a gift had: its total where a source gives one, else what its items add up to.
pub fn how_many(gift: &Json) -> &str {
    let total = text(gift, "/total/text");
    shown(if total.is_empty() {
        text(gift, "/itemsTotal/text")
    } else {
        total
    })
}

fn shown(text: &str) -> &str {
    if text.is_empty() { "unknown" } else { text }
}

/// Claims with who makes them, each with a link to its page; nothing where there is none.
pub fn claims(site: &Site, id: &str, heading: &str, claims: &[Json]) -> Markup {
    html! {
        @if !claims.is_empty() {
            section class="card wide" aria-labelledby=(id) {
                h2 id=(id) { (heading) " (" (claims.len()) ")" }
                ul class="claims" {
                    @for claim in claims {
                        li {
                            p class="claim-head" {
                                span class="code" { (link(site, "Claim", claim)) } " "
                                span class="pill certainty" { (word(text(claim, "/certainty"))) }
                            }
                            p class="statement" { (text(claim, "/statement")) }
                            (origin(site, claim))
                            (against(site, claim))
                        }
                    }
                }
            }
        }
    }
}

/// Who says it, and where.
pub fn origin(site: &Site, claim: &Json) -> Markup {
    let source = &claim["source"];
    let place = place_of(claim);
    let publisher = text(source, "/publisher");
    html! {
        p class="origin" {
            @if text(source, "/id").is_empty() { (name_of(source)) } @else { (link(site, "Source", source)) }
            @if !publisher.is_empty() && publisher != name_of(source) { ", " (publisher) }
            @if !place.is_empty() { ", " (place) }
            @if !text(claim, "/url").is_empty() { ", " (outside(text(claim, "/url"), "where it stands")) }
        }
    }
}

/// What contradicts it.
pub fn against(site: &Site, claim: &Json) -> Markup {
    let others = list(claim, "/conflictsWith");
    html! {
        @if !others.is_empty() {
            p class="against" {
                "Contradicted by "
                @for (index, other) in others.iter().enumerate() {
                    @if index > 0 { ", " }
                    span class="code" { (link(site, "Claim", other)) }
                }
            }
        }
    }
}

/// "paragraph 2, sentences 2 to 3".
fn place_of(claim: &Json) -> String {
    let number = |field: &str| claim.pointer(&format!("/locator/{field}")).and_then(Json::as_u64);
    match (number("paragraph"), number("sentence"), number("lastSentence")) {
        (Some(paragraph), Some(first), Some(last)) => format!("paragraph {paragraph}, sentences {first} to {last}"),
        (Some(paragraph), Some(first), None) => format!("paragraph {paragraph}, sentence {first}"),
        _ => String::new(),
    }
}

/// Linked data in the terms of schema.org, without what is not known.
pub fn linked(site: &Site, path: &str, kind: &str, mut what: Json) -> Json {
    let mut linked =
        json!({ "@context": "https://schema.org", "@type": kind, "@id": site.url(path), "url": site.url(path) });
    if let (Some(linked), Some(what)) = (linked.as_object_mut(), what.as_object_mut()) {
        linked.append(what);
    }
    forget_unknown(&mut linked);
    linked
}

/// Removes what is not known, at every depth.
fn forget_unknown(value: &mut Json) {
    match value {
        Json::Object(fields) => {
            fields.values_mut().for_each(forget_unknown);
            fields.retain(|_, value| !value.is_null() && *value != json!("") && *value != json!([]));
        }
        Json::Array(values) => values.iter_mut().for_each(forget_unknown),
        _ => {}
    }
}

/// A nation that acts, in linked data: schema.org lets only organizations and persons act, and a country is a place.
pub fn linked_nation(site: &Site, nation: &Json) -> Json {
    let country = linked_within(site, "Nation", "Country", nation);
    json!({ "@type": "Organization", "name": name_of(nation), "location": country })
}

/// The page about something, in linked data: schema.org dates pages, not countries or animals.
pub fn linked_page(site: &Site, path: &str, document: &Json) -> Json {
    json!({ "@type": "WebPage", "url": site.url(path), "dateModified": changed(document) })
}

/// A document in linked data, as a part of another.
pub fn linked_within(site: &Site, typename: &str, kind: &str, document: &Json) -> Json {
    let id = path_of(typename, document).map(|path| site.url(&path));
    json!({ "@type": kind, "@id": id, "name": name_of(document) })
}

/// When it was last changed here.
pub fn changed(document: &Json) -> Json {
    document["updatedAt"].clone()
}
