//! Filters held against documents that are at hand, as the database holds them against those that it stores.
//!
//! Pure: a [`Filter`] and a document go in, yes or no comes out. What an operator means for one field is said in
//! `operator.rs`, beside its translation.

use std::collections::BTreeSet;

use mongodb::bson::{RawBsonRef, RawDocument};

use super::Filter;
use crate::store::path::top_field;

/// Whether a document meets a filter. As in a query, a join that has not been resolved holds for none.
pub(in crate::store) fn meets(filter: &Filter, document: &RawDocument) -> bool {
    let leaf = |part: &Filter| match part {
        Filter::Field(path, operator) => Some(operator.holds_in(document, path)),
        _ => Some(false),
    };
    decide(filter, &leaf) == Some(true)
}

/// Whether any document of this id could meet a filter.
pub(in crate::store) fn may_be_met_by(filter: &Filter, id: &str) -> bool {
    let id = RawBsonRef::String(id);
    let leaf = |part: &Filter| match part {
        Filter::Field("_id", operator) => Some(operator.holds_for(id)),
        _ => None,
    };
    decide(filter, &leaf) != Some(false)
}

/// Whether a filter looks at one of these top-level fields, other than the id.
pub(in crate::store) fn looks_at(filter: &Filter, fields: &[String]) -> bool {
    let looked_at = top_fields(filter);
    fields.iter().any(|field| looked_at.contains(field.as_str()))
}

/// The top-level fields that a filter looks at: a document with just these meets it where the whole document does.
pub(in crate::store) fn top_fields(filter: &Filter) -> BTreeSet<&'static str> {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().flat_map(top_fields).collect(),
        Filter::Not(part) => top_fields(part),
        Filter::Field(path, _) | Filter::Joined { path, .. } => BTreeSet::from([top_field(path)]),
    }
}

/// Whether a filter holds, where `leaf` tells it of tests and joins; `None` where that depends on what is not known.
fn decide(filter: &Filter, leaf: &impl Fn(&Filter) -> Option<bool>) -> Option<bool> {
    // One such part decides; otherwise all must be known.
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
