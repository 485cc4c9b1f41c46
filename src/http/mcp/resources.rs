//! Documents as resources, by their ids: `menagerie://documents/gift_ru-kp-2024`.

use serde_json::{Value as Json, json};

/// How the addresses of documents begin.
const DOCUMENTS: &str = "menagerie://documents/";

/// The id of the document that reads one by its id.
pub const DOCUMENT: &str = "menagerie/resource";
/// What it asks for.
pub const TEXT: &str = include_str!("resource.graphql");

/// How documents are addressed.
pub fn templates() -> Json {
    json!([{
        "uriTemplate": format!("{DOCUMENTS}{{id}}"),
        "name": "document",
        "description": "A gift, nation, animal, event, claim or source by its id, such as gift_ru-kp-2024.",
        "mimeType": "application/json",
    }])
}

/// The id that an address names.
pub fn id_of(uri: &str) -> Option<&str> {
    uri.strip_prefix(DOCUMENTS).filter(|id| !id.is_empty())
}

/// What is read at an address.
pub fn contents(uri: &str, document: &Json) -> Json {
    json!([{ "uri": uri, "mimeType": "application/json", "text": document.to_string() }])
}
