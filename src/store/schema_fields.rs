//! The leaves of a collection's documents: the dotted paths of values, with their types. They become the columns of
//! tables; items of a list are not leaves.

use mongodb::bson::{Bson, Document};

use super::collections;
use super::derive::{BOOKKEEPING, FROM_EDTF};
use super::{Result, StoreError};
use crate::domain::id::Kind;

/// The type of the value at a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// A string, or a word from a list.
    Text,
    /// A number, whole or not.
    Number,
    Flag,
    /// A list of texts.
    Texts,
    /// A list of anything else.
    List,
    /// An object all of whose fields are optional, so that it may be present and empty. Its fields are leaves as well.
    Object,
}

/// A leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaField {
    /// Such as `date.edtf`. The document's `_id` is called `id`.
    pub path: String,
    pub holds: FieldType,
    /// Whether the store computes it.
    pub is_derived: bool,
    /// Whether a text has a form of its own, such as an id, a word from a list, or a date: blanks at its ends mean nothing.
    pub has_form: bool,
}

/// The leaves of this collection's documents, in the order of their declaration.
///
/// # Errors
/// [`StoreError::Schema`].
pub fn leaves(kind: Kind) -> Result<Vec<SchemaField>> {
    let schema = &collections::of(kind)?.declared.json_schema;
    let mut found = Vec::new();
    walk(schema, "", &mut found);
    if found.is_empty() {
        return Err(StoreError::Schema {
            file: kind.collection().to_owned(),
            detail: "no `properties`".to_owned(),
        });
    }
    Ok(found)
}

/// The leaves of the first item of the list that has columns of its own in tables, where the collection declares one, with
/// the name of the list; those that are called like a leaf of the document itself are left out.
///
/// # Errors
/// [`StoreError::Schema`].
pub fn first_item(kind: Kind) -> Result<Option<(&'static str, Vec<SchemaField>)>> {
    let schema = collections::of(kind)?;
    let Some(list) = schema.first_item.as_deref() else {
        return Ok(None);
    };
    let item = schema.declared.json_schema.get_document("properties");
    let item = item
        .and_then(|fields| fields.get_document(list))
        .and_then(|list| list.get_document("items"));
    let mut found = Vec::new();
    item.into_iter().for_each(|item| walk(item, "", &mut found));
    let own = leaves(kind)?;
    found.retain(|leaf| own.iter().all(|other| other.path != leaf.path));
    Ok(Some((list, found)))
}

fn walk(object: &Document, path: &str, found: &mut Vec<SchemaField>) {
    let Ok(properties) = object.get_document("properties") else {
        return;
    };
    for (name, schema) in properties {
        let Bson::Document(schema) = schema else { continue };
        let is_derived = (path.is_empty() && BOOKKEEPING.contains(&name.as_str()))
            || (properties.contains_key("edtf") && FROM_EDTF.contains(&name.as_str()));
        let name = if path.is_empty() && name == "_id" {
            "id"
        } else {
            name.as_str()
        };
        let path = super::path::join(path, name);
        let holds = holds(schema);
        let has_form = name == "edtf" || has_form(schema);
        if holds != Some(FieldType::Object) || schema.get_array("required").is_err() {
            found.extend(holds.map(|holds| SchemaField {
                path: path.clone(),
                holds,
                is_derived,
                has_form,
            }));
        }
        walk(schema, &path, found);
    }
}

/// Whether a text has a form of its own, from its first character to its last.
pub(super) fn has_form(schema: &Document) -> bool {
    schema.contains_key("enum") || schema.get_str("pattern").is_ok_and(|pattern| pattern.ends_with('$'))
}

/// Derived dates and the like count as text: nothing reads them from a table, so their type does not matter.
fn holds(schema: &Document) -> Option<FieldType> {
    let types = match schema.get("bsonType") {
        Some(Bson::Array(types)) => types.first().and_then(Bson::as_str),
        Some(one) => one.as_str(),
        None => Some("string"),
    };
    Some(match types? {
        "int" | "long" | "double" => FieldType::Number,
        "bool" => FieldType::Flag,
        "array" => match schema.get_document("items").ok().and_then(holds) {
            Some(FieldType::Text) => FieldType::Texts,
            _ => FieldType::List,
        },
        "object" => FieldType::Object,
        _ => FieldType::Text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::validate::problems;
    use mongodb::bson::doc;

    #[test]
    fn the_leaves_of_a_gift_are_its_values() {
        let leaves = leaves(Kind::Gift).unwrap();
        let leaf = |path: &str| {
            leaves
                .iter()
                .find(|leaf| leaf.path == path)
                .map(|leaf| (leaf.holds, leaf.is_derived))
        };
        assert_eq!(leaf("id"), Some((FieldType::Text, false)));
        assert_eq!(leaf("mode"), Some((FieldType::Text, false)));
        assert_eq!(leaf("items"), Some((FieldType::List, false)));
        assert_eq!(leaf("inferred"), Some((FieldType::Texts, false)));
        assert_eq!(leaf("total"), Some((FieldType::Object, false)));
        assert_eq!(leaf("total.min"), Some((FieldType::Number, false)));
        assert_eq!(leaf("date"), None, "a date says at least its EDTF");
        assert_eq!(leaf("date.edtf"), Some((FieldType::Text, false)));
        assert_eq!(leaf("date.earliest"), Some((FieldType::Text, true)));
        assert_eq!(leaf("origin.location.lon"), Some((FieldType::Number, false)));
        assert_eq!(leaf("version"), Some((FieldType::Number, true)));
    }

    #[test]
    fn the_first_item_of_a_gift_has_leaves_of_its_own() {
        let (list, leaves) = first_item(Kind::Gift).unwrap().unwrap();
        let paths: Vec<&str> = leaves.iter().map(|leaf| leaf.path.as_str()).collect();
        assert_eq!(list, "items");
        assert!(paths.contains(&"animal") && paths.contains(&"count.min"), "{paths:?}");
        assert!(!paths.contains(&"status"), "a gift has a status itself");
        assert_eq!(first_item(Kind::Nation).unwrap(), None);
    }

    #[test]
    fn no_text_may_be_empty_so_that_an_empty_cell_can_stand_for_an_absent_value() {
        fn texts(schema: &Document, path: &str) {
            for (name, schema) in schema.get_document("properties").into_iter().flatten() {
                let schema = schema.as_document().unwrap();
                let path = format!("{path}.{name}");
                if holds(schema) == Some(FieldType::Text) {
                    let object = doc! { "properties": { "text": schema.clone() } };
                    assert!(!problems(&object, &doc! { "text": "" }).is_empty(), "{path}");
                }
                texts(schema, &path);
            }
        }
        for kind in Kind::ALL {
            texts(&collections::of(kind).unwrap().input_schema, kind.collection());
        }
    }
}
