//! Where things stand: the paths of pages, and their addresses as visitors know them.

use actix_web::HttpRequest;
use serde_json::Value as Json;

use crate::http::paths;
use crate::http::state::State;

/// The server as its visitors know it.
pub struct Site {
    root: String,
    prefix: String,
    /// Whether GraphiQL is served.
    pub graphiql: bool,
    /// Whether the schema is.
    pub schema: bool,
}

impl Site {
    /// As a request says it, or as it is set.
    pub fn of(http: &HttpRequest, state: &State) -> Self {
        Self {
            root: paths::absolute(http, state, ""),
            prefix: state.prefix().to_owned(),
            graphiql: state.config.graphiql,
            schema: state.config.introspection,
        }
    }

    /// The address of a path, for links on pages.
    pub fn to(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// The absolute address of a path, for what is read elsewhere.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.root)
    }
}

/// The path of the page of a document, by the name of its type: of its slug or code, of a source the id without its prefix.
pub fn path_of(typename: &str, document: &Json) -> Option<String> {
    let text = |field: &str| document[field].as_str();
    Some(match typename {
        "Gift" => format!("/gifts/{}", text("slug")?),
        "Nation" => format!("/nations/{}", text("slug")?),
        "Animal" => format!("/animals/{}", text("slug")?),
        "Event" => format!("/events/{}", text("slug")?),
        "Claim" => format!("/claims/{}", text("code")?),
        "Source" => format!("/sources/{}", text("id")?.strip_prefix("source_")?),
        _ => return None,
    })
}

/// What a document is called.
pub fn name_of(document: &Json) -> &str {
    ["title", "name", "commonName", "code"]
        .into_iter()
        .find_map(|field| document[field].as_str())
        .unwrap_or("?")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_document_has_a_path_by_what_it_is() {
        let document = json!({ "id": "source_a-b", "slug": "a", "code": "C05" });
        for (typename, path) in [
            ("Gift", Some("/gifts/a")),
            ("Claim", Some("/claims/C05")),
            ("Source", Some("/sources/a-b")),
            ("Token", None),
        ] {
            assert_eq!(path_of(typename, &document).as_deref(), path, "{typename}");
        }
    }
}
