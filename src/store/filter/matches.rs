//! Evaluates filters on documents in memory, with the same results as the database.
//!
//! Pure: no I/O. `operator.rs` defines each operator for one field, next to its translation.

use std::collections::BTreeSet;

use mongodb::bson::{RawBsonRef, RawDocument};

use super::Filter;
use crate::store::path::top_field;

/// Whether a document matches a filter. As in a query, an unresolved join matches nothing.
pub(in crate::store) fn meets(filter: &Filter, document: &RawDocument) -> bool {
    let leaf = |part: &Filter| match part {
        Filter::Field(path, operator) => Some(operator.holds_in(document, path)),
        _ => Some(false),
    };
    decide(filter, &leaf) == Some(true)
}

/// Whether some document with this id could match a filter.
pub(in crate::store) fn may_be_met_by(filter: &Filter, id: &str) -> bool {
    let id = RawBsonRef::String(id);
    let leaf = |part: &Filter| match part {
        Filter::Field("_id", operator) => Some(operator.holds_for(id)),
        _ => None,
    };
    decide(filter, &leaf) != Some(false)
}

/// Whether a filter uses one of these top-level fields, other than the id.
pub(in crate::store) fn looks_at(filter: &Filter, fields: &[String]) -> bool {
    let looked_at = top_fields(filter);
    fields.iter().any(|field| looked_at.contains(field.as_str()))
}

/// The top-level fields that a filter uses: a document of only these matches if the whole document does.
pub(in crate::store) fn top_fields(filter: &Filter) -> BTreeSet<&'static str> {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().flat_map(top_fields).collect(),
        Filter::Not(part) => top_fields(part),
        Filter::Field(path, _) | Filter::Joined { path, .. } => BTreeSet::from([top_field(path)]),
    }
}

/// Evaluates a filter; `leaf` evaluates fields and joins. `None` if the result depends on something unknown.
fn decide(filter: &Filter, leaf: &impl Fn(&Filter) -> Option<bool>) -> Option<bool> {
    // One decisive part is enough; otherwise all parts must be known.
    let first = |parts: &[Filter], decisive: bool| {
        let mut outcome = Some(!decisive);
        for part in parts {
            match decide(part, leaf) {
                Some(found) if found == decisive => return Some(decisive),
                Some(_) => {}
                None => outcome = None,
            }
        }
        outcome
    };
    match filter {
        Filter::All(parts) => first(parts, false),
        Filter::Any(parts) => first(parts, true),
        Filter::Not(part) => decide(part, leaf).map(|held| !held),
        Filter::Field(..) | Filter::Joined { .. } => leaf(filter),
    }
}
