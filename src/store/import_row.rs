//! Rows of files on their way in: documents as exports and people write them, with an id for those that have none.
//!
//! Whether a row may be written is decided in `write`; how it stood in its file is the business of `transfer`.

use mongodb::bson::{Bson, Document};
use serde_json::Value as Json;

use super::collections::bson_of;
use super::derive::{fingerprint, without_derived, without_nulls};
use super::validate::Problem;
use super::write::Prepared;
use super::write::document::id_of_slug;
use crate::domain::id::Kind;

/// How many digits of its fingerprint are the id of a row without id and slug: 128 bits, so no two rows get the same.
const DIGITS: usize = 32;

impl Prepared {
    /// Takes a row as exports give it: `id` stands for `_id`, and what the store fills in by itself is passed over.
    ///
    /// A row without an id gets one made of its slug, or else of what it says. So the same row gets the same id each
    /// time, and a file that is read twice makes no document twice.
    ///
    /// # Errors
    /// All that is wrong with it; `id` is called so there too.
    pub fn from_row(kind: Kind, row: &Json) -> Result<Self, Vec<Problem>> {
        let Bson::Document(document) = bson_of(row) else {
            return Self::from_json(kind, row);
        };
        let mut document = without_nulls(document);
        without_derived(&mut document);
        if !document.contains_key("_id") {
            let id = document
                .remove("id")
                .unwrap_or_else(|| Bson::String(made(kind, &document)));
            document.insert("_id", id);
        }
        Self::from_document(kind, document).map_err(|problems| problems.into_iter().map(in_a_row).collect())
    }
}

fn made(kind: Kind, document: &Document) -> String {
    let of_what_it_says = || format!("{}_{}", kind.prefix(), &fingerprint(document)[..DIGITS]);
    id_of_slug(kind, document.get_str("slug").ok()).unwrap_or_else(of_what_it_says)
}

fn in_a_row(mut problem: Problem) -> Problem {
    if problem.path == "_id" {
        problem.path = "id".to_owned();
    }
    problem
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_row_without_an_id_gets_the_same_each_time_and_another_row_another() {
        let id = |row: Json| Prepared::from_row(Kind::Source, &row).map(|row| row.id);
        let first = id(json!({ "title": "A", "kind": "DATASET" })).unwrap();
        assert!(
            first.starts_with("source_") && first.len() == "source_".len() + DIGITS,
            "{first}"
        );
        assert_eq!(
            id(json!({ "kind": "DATASET", "title": "A", "id": null, "version": 3 })).unwrap(),
            first
        );
        assert_ne!(id(json!({ "title": "B", "kind": "DATASET" })).unwrap(), first);
        let given = json!({ "title": "A", "kind": "DATASET", "id": "source_a" });
        assert_eq!(id(given).unwrap(), "source_a");
        let nation = json!({ "slug": "arcadia", "name": "Arcadia", "officialName": "Arcadia" });
        assert_eq!(Prepared::from_row(Kind::Nation, &nation).unwrap().id, "nation_arcadia");
    }

    #[test]
    fn a_wrong_id_is_called_as_it_is_in_the_row() {
        let row = json!({ "title": "A", "kind": "DATASET", "id": "gift_a" });
        let problems = Prepared::from_row(Kind::Source, &row).unwrap_err();
        assert_eq!(
            problems.iter().map(|problem| problem.path.as_str()).collect::<Vec<_>>(),
            ["id"]
        );
    }
}
