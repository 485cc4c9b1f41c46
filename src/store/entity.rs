//! What the store needs to know about a document's type.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;

use crate::domain::id::Kind;

/// A type of stored document. Reads fetch only the wanted fields, and of an object only the wanted parts, so every
/// field of the type, and of the objects in it, needs a serde default.
pub trait Entity: DeserializeOwned + Send + Sync + 'static {
    const KIND: Kind;

    /// The `_id`.
    fn id(&self) -> &str;
}

/// The fields that a read fetches, as a whole or in parts; `_id` is always included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Projection(BTreeMap<&'static str, Extent>);

/// How much of a field is fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Extent {
    Whole,
    /// Only these fields of the object, or of each object in the list.
    Parts(BTreeSet<&'static str>),
}

impl Projection {
    /// Adds a whole field.
    pub fn add(&mut self, field: &'static str) {
        self.0.insert(field, Extent::Whole);
    }

    /// Adds only these parts of a field.
    pub fn add_parts(&mut self, field: &'static str, parts: impl IntoIterator<Item = &'static str>) {
        let extent = self.0.entry(field).or_insert_with(|| Extent::Parts(BTreeSet::new()));
        if let Extent::Parts(known) = extent {
            known.extend(parts);
        }
    }

    /// The dotted paths of everything that is fetched, with these fields as a whole. Never both a path and a part of
    /// it, which MongoDB refuses.
    pub fn paths<'a>(&'a self, whole: &'a [&str]) -> impl Iterator<Item = String> + 'a {
        let rest = self.0.iter().filter(|(field, _)| !whole.contains(field));
        let rest = rest.flat_map(|(field, extent)| match extent {
            Extent::Whole => vec![(*field).to_owned()],
            Extent::Parts(parts) => parts.iter().map(|part| format!("{field}.{part}")).collect(),
        });
        whole.iter().map(|field| (*field).to_owned()).chain(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_stands_beside_a_part_of_it() {
        let mut projection = Projection::default();
        projection.add_parts("date", ["edtf"]);
        projection.add_parts("items", ["count"]);
        projection.add_parts("items", ["animal"]);
        projection.add("title");
        let paths = |whole: &[&str]| projection.paths(whole).collect::<Vec<_>>();
        assert_eq!(paths(&[]), ["date.edtf", "items.animal", "items.count", "title"]);
        assert_eq!(paths(&["items"]), ["items", "date.edtf", "title"]);
        projection.add("items");
        projection.add_parts("items", ["names"]);
        assert_eq!(
            projection.paths(&["date"]).collect::<Vec<_>>(),
            ["date", "items", "title"]
        );
    }
}
