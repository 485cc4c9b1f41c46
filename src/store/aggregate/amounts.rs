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
/// `unknown` is 1 if both are, `approximate` is 1 if a number is.
pub(super) const PARTS: [&str; 6] = ["gifts", "min", "max", "open", "unknown", "approximate"];

fn never_given() -> Vec<&'static str> {
    GiftStatus::NEVER_GIVEN.iter().map(|status| status.as_str()).collect()
}

/// Whether the value at a path is a number: in BSON's order only null and missing values come before numbers.
pub(super) fn known(path: &str) -> Bson {
    doc! { "$gt": [path, Bson::Null] }.into()
}

pub(super) fn flag(condition: impl Into<Bson>) -> Bson {
    doc! { "$cond": [condition.into(), 1, 0] }.into()
}

pub(super) fn not(condition: impl Into<Bson>) -> Bson {
    doc! { "$not": [condition.into()] }.into()
}

/// Whether the gift was given at all. Gifts that were not get rows of their own, whose sums are ignored.
pub(super) fn given() -> Bson {
    not(doc! { "$in": ["$status", never_given()] })
}

fn is_true(path: &str) -> Bson {
    doc! { "$eq": [path, true] }.into()
}

fn all(conditions: impl IntoIterator<Item = Bson>) -> Bson {
    doc! { "$and": conditions.into_iter().collect::<Vec<_>>() }.into()
}

/// Whether a bound of the count at this path is known.
fn counted(count: &str) -> Bson {
    doc! { "$or": [known(&format!("{count}.min")), known(&format!("{count}.max"))] }.into()
}

/// The [`PARTS`] of one gift.
pub(super) fn of_gift() -> [Bson; PARTS.len()] {
    let has_total = counted("$total");
    let has_items = Bson::from(doc! { "$gt": ["$items", []] });
    let never = doc! { "$in": ["$$item.status", never_given()] };
    let given = not(never.clone());
    let each = |of: Bson| doc! { "$map": { "input": "$items", "as": "item", "in": of } };
    let sum = |bound: &str| {
        let path = format!("$$item.count.{bound}");
        doc! { "$sum": each(doc! { "$cond": [never.clone(), 0, path] }.into()) }
    };
    let any = |of: Bson| all([has_items.clone(), doc! { "$anyElementTrue": [each(of)] }.into()]);
    let total_or = |total: Bson, items: Bson| Bson::from(doc! { "$cond": [has_total.clone(), total, items] });
    let bounded = doc! { "$or": [never.clone(), known("$$item.count.max")] };
    let all_bounded = all([
        has_items.clone(),
        doc! { "$allElementsTrue": [each(bounded.into())] }.into(),
    ]);
    let any_counted = any(all([given.clone(), counted("$$item.count")]));
    let any_approximate = any(all([given.clone(), is_true("$$item.count.approximate")]));
    // Of a gift all of whose items were never given, nothing is unknown.
    let none_given = all([has_items.clone(), not(any(given))]);
    [
        1.into(),
        total_or("$total.min".into(), sum("min").into()),
        total_or("$total.max".into(), sum("max").into()),
        flag(not(total_or(known("$total.max"), all_bounded))),
        flag(not(doc! { "$or": [has_total.clone(), any_counted, none_given] })),
        flag(total_or(is_true("$total.approximate"), any_approximate)),
    ]
}

/// The accumulators that compute one gift's number for one kind of animal from its unwound items of that kind.
pub(super) fn of_items() -> Document {
    let never = || doc! { "$in": ["$items.status", never_given()] };
    let bound = |path: &str| doc! { "$cond": [never(), 0, path] };
    let bounded = doc! { "$or": [never(), known("$items.count.max")] };
    let of_given = |condition: Bson| doc! { "$max": flag(all([not(never()), condition])) };
    doc! {
        "min": { "$sum": bound("$items.count.min") },
        "max": { "$sum": bound("$items.count.max") },
        "open": { "$max": flag(not(bounded)) },
        "given": of_given(true.into()),
        "counted": of_given(counted("$items.count")),
        "approximate": of_given(is_true("$items.count.approximate")),
    }
}

/// The [`PARTS`] of one gift's number for one kind of animal, from what [`of_items`] has computed.
pub(super) fn of_kind() -> [Bson; PARTS.len()] {
    [
        1.into(),
        "$min".into(),
        "$max".into(),
        "$open".into(),
        // Unknown if something was given, and none of that is counted.
        doc! { "$subtract": ["$given", "$counted"] }.into(),
        "$approximate".into(),
    ]
}
