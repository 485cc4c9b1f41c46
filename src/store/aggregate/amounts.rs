//! How many animals a gift stands for, as expressions of the database: one place for all sums over gifts.
//!
//! A gift's number is its total where a source gives one, else the sum of its items. Gifts and items that were never
//! given (`GiftStatus::NEVER_GIVEN`) add nothing. Pure: makes documents, sends nothing.
//!
//! Expressions stand inside `$group`, not in a stage before it: SecantusDB makes a copy of each document for a stage,
//! which takes five times as long as the sums. Paths through arrays go by `$map`, since not every server resolves
//! them in expressions.

use mongodb::bson::{Bson, Document, doc};

use crate::domain::vocabulary::GiftStatus;

/// The parts of a sum: each is 0 or more for one gift.
///
/// `gifts` is 1; `min` and `max` add up, an unknown bound as 0; `open` is 1 where the most is unknown, `unknown` where
/// nothing is.
pub(super) const PARTS: [&str; 5] = ["gifts", "min", "max", "open", "unknown"];

fn never_given() -> Vec<&'static str> {
    GiftStatus::NEVER_GIVEN.iter().map(|status| status.as_str()).collect()
}

/// Whether the value at a path is a number: in the order of BSON only null and what is missing come before.
fn known(path: &str) -> Bson {
    doc! { "$gt": [path, Bson::Null] }.into()
}

fn flag(condition: impl Into<Bson>) -> Bson {
    doc! { "$cond": [condition.into(), 1, 0] }.into()
}

fn not(condition: impl Into<Bson>) -> Bson {
    doc! { "$not": [condition.into()] }.into()
}

/// Whether the gift was given at all. Gifts that were not form rows of their own, whose sums are left out.
pub(super) fn given() -> Bson {
    not(doc! { "$in": ["$status", never_given()] })
}

/// The parts of one gift's number.
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

/// The accumulators that make one gift's number for one kind of animal out of its unwound items of that kind.
pub(super) fn of_items() -> Document {
    let never = || doc! { "$in": ["$items.status", never_given()] };
    let bound = |path: &str| doc! { "$cond": [never(), 0, path] };
    let counted = doc! { "$or": [never(), known("$items.count.min"), known("$items.count.max")] };
    let bounded = doc! { "$or": [never(), known("$items.count.max")] };
    doc! {
        "min": { "$sum": bound("$items.count.min") },
        "max": { "$sum": bound("$items.count.max") },
        "open": { "$max": flag(not(bounded)) },
        // Unknown only where each of the items is.
        "unknown": { "$min": flag(not(counted)) },
    }
}
