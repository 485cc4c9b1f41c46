//! Patches: what they leave of a document, and what of it rests on them.

use mongodb::bson::{Bson, Document};

use crate::store::derive::says_nothing;
use crate::store::validate::Problem;

/// Lays a patch over a document, as JSON Merge Patch does (RFC 7396): what it leaves out stays, also in objects within;
/// null clears; and a list is replaced as a whole.
pub(super) fn lay_over(document: &mut Document, patch: &Document) {
    for (name, value) in patch {
        match value {
            Bson::Null => drop(document.remove(name)),
            Bson::Document(patch) => {
                let within = document.entry(name.clone()).or_insert(Bson::Null);
                if !matches!(within, Bson::Document(_)) {
                    *within = Bson::Document(Document::new());
                }
                if let Bson::Document(within) = within {
                    lay_over(within, patch);
                }
            }
            value => drop(document.insert(name.clone(), value.clone())),
        }
    }
}

/// Lays a patch over the first item of a list, which comes to be where there is none, and goes where it says nothing any
/// more.
///
/// # Errors
/// Where it would go although others follow it.
pub(super) fn lay_over_first(document: &mut Document, list: &str, patch: &Document) -> Result<(), Problem> {
    let items = document
        .entry(list.to_owned())
        .or_insert_with(|| Bson::Array(Vec::new()));
    // Something else than a list is told of by the validator.
    let Bson::Array(items) = items else { return Ok(()) };
    let mut first = match items.first() {
        Some(Bson::Document(first)) => first.clone(),
        _ => Document::new(),
    };
    lay_over(&mut first, patch);
    let first = crate::store::derive::without_nulls(first);
    match (says_nothing(&first), items.len()) {
        (true, 0) => {}
        (true, 1) => items.clear(),
        (true, count) => {
            return Err(Problem {
                path: format!("{list}[0]"),
                found: format!("nothing, where the first of {count} items stands"),
                accepted: format!("what the first item says, or all of them in `{list}`"),
            });
        }
        (false, 0) => items.push(Bson::Document(first)),
        (false, _) => items[0] = Bson::Document(first),
    }
    Ok(())
}

/// The places of the objects that a patch changes in part without naming a claim: what they rest on is what they rested
/// on before.
pub(super) fn without_claim(patch: &Document, within: &str) -> Vec<String> {
    let unclaimed = |value: &Bson| value.as_document().is_some_and(|part| !part.contains_key("claim"));
    let parts = patch.iter().filter(|(_, value)| unclaimed(value));
    parts.map(|(name, _)| format!("{within}{name}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use mongodb::bson::doc;

    #[test]
    fn what_a_patch_leaves_out_stays_and_null_clears() {
        let mut document = doc! { "a": 1, "b": { "c": 2, "d": { "e": 3 }, "f": [1, 2] }, "g": 4 };
        let patch =
            doc! { "a": null, "b": { "c": 5, "d": { "x": 6 }, "f": [] }, "h": { "i": null, "j": 7 }, "k": null };
        lay_over(&mut document, &patch);
        assert_eq!(
            document,
            doc! { "b": { "c": 5, "d": { "e": 3, "x": 6 }, "f": [] }, "g": 4, "h": { "j": 7 } }
        );
    }

    #[test]
    fn the_first_item_comes_changes_and_goes() {
        let mut document = doc! {};
        lay_over_first(&mut document, "items", &doc! { "animal": null }).unwrap();
        assert_eq!(document, doc! { "items": [] });
        lay_over_first(&mut document, "items", &doc! { "animal": "a", "count": { "min": 2 } }).unwrap();
        lay_over_first(&mut document, "items", &doc! { "count": { "max": 3 } }).unwrap();
        assert_eq!(
            document,
            doc! { "items": [{ "animal": "a", "count": { "min": 2, "max": 3 } }] }
        );
        lay_over_first(&mut document, "items", &doc! { "animal": null, "count": null }).unwrap();
        assert_eq!(document, doc! { "items": [] });
        let mut several = doc! { "items": [{ "animal": "a" }, { "animal": "b" }] };
        assert!(lay_over_first(&mut several, "items", &doc! { "animal": null }).is_err());
    }

    #[test]
    fn the_counts_that_name_no_claim_are_told() {
        let patch = doc! { "total": { "min": 1 }, "occasions": { "min": 1, "claim": "c" }, "date": null };
        assert_eq!(without_claim(&patch, ""), ["total"]);
        assert_eq!(without_claim(&doc! { "count": {} }, "items[0]."), ["items[0].count"]);
    }
}
