//! The fields that hold ids of other documents: those whose pattern in `schema/collections` is that of an id.

use std::sync::LazyLock;

use mongodb::bson::Document;

use super::collections;
use crate::domain::id::{Kind, any_id_pattern};

/// A field that holds ids of other documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// The collection that holds the field.
    pub from: Kind,
    /// Its dotted path, which may lead through arrays.
    pub path: &'static str,
    /// The kind of the documents that it refers to; `None` for any kind.
    pub to: Option<Kind>,
}

/// All references that the collections declare.
pub fn references() -> &'static [Reference] {
    static ALL: LazyLock<Vec<(Kind, String, Option<Kind>)>> = LazyLock::new(|| {
        let mut found = Vec::new();
        // Without declarations there are no references. The error is reported when the declarations are applied, before
        // anything is written.
        for schema in collections::all().unwrap_or_default() {
            collect(&schema.declared.json_schema, "", &mut |path, to| {
                found.push((schema.kind, path.to_owned(), to));
            });
        }
        found
    });
    static REFERENCES: LazyLock<Vec<Reference>> = LazyLock::new(|| {
        let references = ALL.iter().map(|(from, path, to)| Reference {
            from: *from,
            path,
            to: *to,
        });
        references.collect()
    });
    &REFERENCES
}

/// Calls `each` for every field at or below `path` that holds ids, with its path and their kind.
fn collect(schema: &Document, path: &str, each: &mut impl FnMut(&str, Option<Kind>)) {
    if let Ok(items) = schema.get_document("items") {
        collect(items, path, each);
    }
    if let Some(to) = schema.get_str("pattern").ok().and_then(leads_to) {
        each(path, to);
    }
    let fields = schema.get_document("properties").into_iter().flatten();
    for (name, field) in fields.filter(|(name, _)| *name != "_id") {
        if let Some(field) = field.as_document() {
            collect(field, &super::path::join(path, name), each);
        }
    }
}

/// The kind whose ids have this pattern: `Some(None)` for ids of any kind, `None` if it is not the pattern of an id.
fn leads_to(pattern: &str) -> Option<Option<Kind>> {
    let ids = pattern.strip_prefix('^')?.strip_suffix('$')?;
    if ids == any_id_pattern() {
        return Some(None);
    }
    Kind::ALL.into_iter().find(|kind| ids == kind.id_pattern()).map(Some)
}
