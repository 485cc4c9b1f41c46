//! The filters and orders that the schema offers, by introspection: a new one cannot be forgotten.

use std::collections::HashMap;

use menagerie::domain::id::Kind;
use serde_json::Value as Json;

use crate::support::{TestApp, text};

/// The input types and enums of the schema, by name.
pub struct Catalog(HashMap<String, Json>);

impl Catalog {
    /// Asks a server for its schema.
    pub async fn of(app: &TestApp) -> Self {
        let data = app
            .query(
                "{ __schema { types { name inputFields { name type { ...Name ofType { ...Name ofType { ...Name ofType { ...Name } } } } }
                    enumValues { name } } } }
                 fragment Name on __Type { name kind }",
            )
            .await;
        let types = data["__schema"]["types"].as_array().expect("a list of types");
        Self(
            types
                .iter()
                .map(|named| (text(&named["name"]), named.clone()))
                .collect(),
        )
    }

    /// The filters of a collection: `status.eq`, `text`. A filter across a relation is one, `giver`: what can be asked
    /// behind it are the filters of the other collection.
    pub fn filters(&self, collection: &str) -> Vec<String> {
        const COMBINING: [&str; 3] = ["and", "or", "not"];
        let is_collection = |named: &str| {
            Kind::ALL
                .iter()
                .any(|kind| named == format!("{}Filter", title(kind.prefix())))
        };
        let mut found = Vec::new();
        for (field, of) in self.fields(&format!("{collection}Filter")) {
            if COMBINING.contains(&field.as_str()) {
                continue;
            }
            let parts = self.fields(&of);
            if is_collection(&of) || parts.is_empty() {
                found.push(field);
            } else {
                found.extend(parts.iter().map(|(part, _)| format!("{field}.{part}")));
            }
        }
        found
    }

    /// The fields that a collection can be ordered by: `CREATED_AT`.
    pub fn orders(&self, collection: &str) -> Vec<String> {
        let values = self.0[&format!("{collection}OrderField")]["enumValues"].as_array();
        values.into_iter().flatten().map(|value| text(&value["name"])).collect()
    }

    /// The fields of an input type with the names of their types; none where it is not one.
    fn fields(&self, of: &str) -> Vec<(String, String)> {
        let fields = self.0[of]["inputFields"].as_array();
        fields
            .into_iter()
            .flatten()
            .map(|field| (text(&field["name"]), innermost(&field["type"])))
            .collect()
    }
}

fn innermost(of: &Json) -> String {
    match &of["ofType"] {
        inner if inner.is_object() => innermost(inner),
        _ => text(&of["name"]),
    }
}

fn title(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}
