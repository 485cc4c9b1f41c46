//! The number of animals of a gift, as database expressions: the only definition for all sums over gifts.
//!
//! A gift's number is its total if a source gives one, otherwise the sum of its items. Gifts and items that were never
//! given (`GiftStatus::NEVER_GIVEN`) add nothing. Pure: builds documents, without I/O.
//!
//! The expressions are used inside `$group`, not in a stage before it: SecantusDB copies each document for every stage,
//! which takes five times as long as the sums. Paths through arrays use `$map`, as some servers need it in expressions.

use mongodb::bson::{Bson, Document, doc};

use crate::domain::vocabulary::GiftStatus;

/// The parts of a sum; each is 0 or more for one gift.
///
/// `gifts` is 1; `min` and `max` are summed, with 0 for an unknown bound; `open` is 1 if the maximum is unknown,
/// `unknown` is 1 if both are.
pub(super) const PARTS: [&str; 5] = ["gifts", "min", "max", "open", "unknown"];

fn never_given() -> Vec<&'static str> {
    GiftStatus::NEVER_GIVEN.iter().map(|status| status.as_str()).collect()
}

/// Whether the value at a path is a number: in BSON's order only null and missing values come before numbers.
fn known(path: &str) -> Bson {
    doc! { "$gt": [path, Bson::Null] }.into()
}

fn flag(condition: impl Into<Bson>) -> Bson {
    doc! { "$cond": [condition.into(), 1, 0] }.into()
}

fn not(condition: impl Into<Bson>) -> Bson {
    doc! { "$not": [condition.into()] }.into()
}

/// Whether the gift was given at all. Gifts that were not get rows of their own, whose sums are ignored.
pub(super) fn given() -> Bson {
    not(doc! { "$in": ["$status", never_given()] })
}

/// The [`PARTS`] of one gift.
pub(super) fn of_gift() -> [Bson; PARTS.len()] {
    let has_total = doc! { "$gt": [{ "$ifNull": ["$total.min", "$total.max"] }, Bson::Null] };
    let has_items = doc! { "$gt": ["$items", []] };
    let never = doc! { "$in": ["$$item.status", never_given()] };
    let each = |of: Bson| doc! { "$map": { "input": "$items", "as": "item", "in": of } };
    let sum = |bound: &str| {
        let path = format!("$$item.count.{bound}");
        doc! { "$sum": each(doc! { "$cond": [never.clone(), 0, path] }.into()) }
    };
    let total_or = |total: Bson, items: Bson| Bson::from(doc! { "$cond": [has_total.clone(), total, items] });
    let counted = doc! { "$or": [never.clone(), known("$$item.count.min"), known("$$item.count.max")] };
    let bounded = doc! { "$or": [never.clone(), known("$$item.count.max")] };
    let any_counted = doc! { "$and": [has_items.clone(), { "$anyElementTrue": [each(counted.into())] }] };
    let all_bounded = doc! { "$and": [has_items, { "$allElementsTrue": [each(bounded.into())] }] };
    [
        1.into(),
        total_or("$total.min".into(), sum("min").into()),
        total_or("$total.max".into(), sum("max").into()),
        flag(not(total_or(known("$total.max"), all_bounded.into()))),
        flag(not(total_or(true.into(), any_counted.into()))),
    ]
}

/// The accumulators that compute one gift's number for one kind of animal from its unwound items of that kind.
pub(super) fn of_items() -> Document {
    let never = || doc! { "$in": ["$items.status", never_given()] };
    let bound = |path: &str| doc! { "$cond": [never(), 0, path] };
    let counted = doc! { "$or": [never(), known("$items.count.min"), known("$items.count.max")] };
    let bounded = doc! { "$or": [never(), known("$items.count.max")] };
    doc! {
        "min": { "$sum": bound("$items.count.min") },
        "max": { "$sum": bound("$items.count.max") },
        "open": { "$max": flag(not(bounded)) },
        // Unknown only if every item is.
        "unknown": { "$min": flag(not(counted)) },
    }
}
