//! The columns that a table may have, by all the names that people and exports give them.

use std::collections::HashMap;

use serde_json::Value as Json;

use crate::domain::id::Kind;
use crate::store;
use crate::store::collections;
use crate::store::schema_fields::{FieldType, SchemaField, first_item, leaves};

/// What the cells of a column are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cells {
    /// The values of a field.
    Values(SchemaField),
    /// The values of a field of the first item of a list.
    OfFirst(SchemaField),
    /// They follow from others, and are passed over.
    Derived,
}

/// The columns of the tables of a collection.
#[derive(Debug)]
pub struct Columns {
    known: HashMap<String, Cells>,
    /// Their names, in their order.
    names: Vec<String>,
    /// The list whose first item has columns.
    pub first: Option<&'static str>,
}

impl Columns {
    /// Those of a collection.
    pub fn of(kind: Kind) -> store::Result<Self> {
        let mut columns = Self {
            known: HashMap::new(),
            names: Vec::new(),
            first: None,
        };
        let leaves = leaves(kind)?;
        for leaf in &leaves {
            let cells = match leaf.is_derived {
                true => Cells::Derived,
                false => Cells::Values(leaf.clone()),
            };
            columns.add(&leaf.path, cells);
        }
        // A date is what its EDTF says.
        for leaf in &leaves {
            if let Some(date) = leaf.path.strip_suffix(".edtf") {
                columns.know(date, Cells::Values(leaf.clone()));
            }
        }
        let as_declared = collections::of(kind)?.columns.as_array().into_iter().flatten();
        let of_exports = as_declared.filter_map(Json::as_object).flatten();
        for (name, cell) in of_exports {
            let leaf = cell
                .as_str()
                .and_then(|path| leaves.iter().find(|leaf| leaf.path == path));
            columns.know(name, leaf.map_or(Cells::Derived, |leaf| Cells::Values(leaf.clone())));
        }
        if let Some((list, leaves)) = first_item(kind)? {
            columns.first = Some(list);
            for leaf in leaves {
                columns.add(&leaf.path.clone(), Cells::OfFirst(leaf));
            }
        }
        Ok(columns)
    }

    fn add(&mut self, name: &str, cells: Cells) {
        let is_told = match &cells {
            Cells::Values(leaf) | Cells::OfFirst(leaf) => leaf.holds != FieldType::Object,
            Cells::Derived => false,
        };
        self.know(name, cells);
        if is_told {
            self.names.push(name.to_owned());
        }
    }

    fn know(&mut self, name: &str, cells: Cells) {
        self.known.entry(key(name)).or_insert(cells);
    }

    /// What a column of this name holds.
    pub fn find(&self, name: &str) -> Option<&Cells> {
        self.known.get(&key(name))
    }

    /// The names of the columns that say something.
    pub fn names(&self) -> Vec<&str> {
        self.names.iter().map(String::as_str).collect()
    }
}

/// A name without what does not matter in it: `Total min` and `totalMin` are `total.min`.
fn key(name: &str) -> String {
    let letters = name.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_known_by_what_exports_and_people_call_them() {
        let columns = Columns::of(Kind::Gift).unwrap();
        let path = |name: &str| match columns.find(name) {
            Some(Cells::Values(leaf)) => leaf.path.clone(),
            Some(Cells::OfFirst(leaf)) => format!("items[0].{}", leaf.path),
            other => format!("{other:?}"),
        };
        for (name, expected) in [
            ("title", "title"),
            ("Title ", "title"),
            ("\u{feff}TITLE", "title"),
            ("total.min", "total.min"),
            ("totalMin", "total.min"),
            ("Total\u{a0}min", "total.min"),
            ("giverId", "giver"),
            ("Date", "date.edtf"),
            ("originLon", "origin.location.lon"),
            ("animal", "items[0].animal"),
            ("count.min", "items[0].count.min"),
            ("giverName", "Some(Derived)"),
            ("itemsMin", "Some(Derived)"),
            ("dateEarliest", "Some(Derived)"),
            ("version", "Some(Derived)"),
            ("remark", "None"),
        ] {
            assert_eq!(path(name), expected, "{name}");
        }
    }

    #[test]
    fn no_name_means_two_things() {
        for kind in Kind::ALL {
            let mut known: HashMap<String, String> = HashMap::new();
            let mut add = |name: &str, means: &str| {
                if let Some(other) = known.insert(key(name), means.to_owned()) {
                    assert_eq!(other, means, "{kind:?}: {name}");
                }
            };
            leaves(kind)
                .unwrap()
                .iter()
                .for_each(|leaf| add(&leaf.path, &leaf.path));
            let declared = collections::of(kind).unwrap().columns.as_array().unwrap();
            for (name, cell) in declared.iter().filter_map(Json::as_object).flatten() {
                // A list is told in words in the column of its name.
                let list = cell["list"].as_str().filter(|list| list == name);
                add(name, list.or(cell.as_str()).unwrap_or("derived"));
            }
            if let Some((list, leaves)) = first_item(kind).unwrap() {
                leaves
                    .iter()
                    .for_each(|leaf| add(&leaf.path, &format!("{list}[0].{}", leaf.path)));
            }
        }
    }
}
