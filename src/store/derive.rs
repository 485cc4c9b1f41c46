//! What follows from what a document says: a date's bounds from its EDTF, the words from the texts, a fingerprint of
//! the whole; and the rules between fields that no `$jsonSchema` can state.
//!
//! Pure: a document goes in, a fuller one or a list of problems comes out. Writing is `write.rs`'s business.

use std::fmt::{self, Write};

use mongodb::bson::{Bson, Document};

use super::bson_types::date_of;
use super::path::{join, texts_at, value_at};
use super::validate::{Problem, number_of};
use crate::domain::date::{Calendar, Edtf};
use crate::domain::hash::sha256;
use crate::domain::text::{sort_key, tidied, unseen};
use crate::domain::vocabulary::GiftStatus;
use crate::domain::words::words;

/// The fields that the store keeps about a document, beside what it says.
pub(super) const BOOKKEEPING: [&str; 5] = ["words", SORT_KEYS, "version", "createdAt", "updatedAt"];

/// The field of a row that holds its id.
pub(super) const ROW_ID: &str = "id";

/// The field with the keys by which texts are ordered, each by the path of its text.
pub(super) const SORT_KEYS: &str = "sortKeys";

/// The fields of a date that follow from its `edtf`.
pub(super) const FROM_EDTF: [&str; 6] = [
    "earliest",
    "latest",
    "precision",
    "approximate",
    "uncertain",
    "endUnknown",
];

/// Goes up with every change of what is derived here: documents that were written before are derived again when a
/// server starts (`rederive.rs`).
pub(super) const DERIVATION: i64 = 5;

/// Puts the texts of a document in order, and says which have characters that nobody sees. Ids are left as they are: one
/// that is not in order is none.
pub(super) fn tidy(document: &mut Document, problems: &mut Vec<Problem>) {
    let id = document.remove("_id");
    each_object(document, "", &mut |fields, path| {
        for (name, value) in fields.iter_mut() {
            match value {
                Bson::String(text) => tidy_text(text, || join(path, name), problems),
                Bson::Array(items) => {
                    for (index, item) in items.iter_mut().enumerate() {
                        if let Bson::String(text) = item {
                            tidy_text(text, || format!("{}[{index}]", join(path, name)), problems);
                        }
                    }
                }
                _ => {}
            }
        }
    });
    document.extend(id.map(|id| ("_id".to_owned(), id)));
}

fn tidy_text(text: &mut String, place: impl Fn() -> String, problems: &mut Vec<Problem>) {
    let tidy = tidied(text);
    if tidy != text.as_str() {
        *text = tidy.into_owned();
    }
    if let Some(unseen) = unseen(text) {
        problems.push(Problem {
            path: place(),
            found: unseen.to_string(),
            accepted: "a text without control characters, direction overrides and zero-width marks".into(),
        });
    }
}

/// The keys by which a document is ordered, from the texts at these paths.
pub(super) fn sort_keys_of(paths: &[String], document: &Document) -> Document {
    let keys = paths.iter().filter_map(|path| {
        let text = value_at(document, path).and_then(Bson::as_str)?;
        Some((path.clone(), Bson::String(sort_key(text))))
    });
    keys.collect()
}

/// The words of a document, from the texts at these paths.
pub(super) fn words_of(paths: &[String], document: &Document) -> Vec<String> {
    words(paths.iter().flat_map(|path| texts_at(document, path)))
}

/// Takes out the fields that are the store's to fill in, with a problem for each that was there.
pub(super) fn take_out_derived(document: &mut Document, problems: &mut Vec<Problem>) {
    let mut refuse = |fields: &mut Document, path: &str, names: &[&str], reason: &str| {
        for name in names {
            if fields.remove(*name).is_some() {
                problems.push(Problem {
                    path: join(path, name),
                    found: "a value".into(),
                    accepted: format!("nothing: {reason}"),
                });
            }
        }
    };
    refuse(document, "", &BOOKKEEPING, "this field is kept by the store");
    each_object(document, "", &mut |fields, path| {
        if fields.contains_key("edtf") {
            refuse(fields, path, &FROM_EDTF, "this field follows from `edtf`");
        }
        if !path.is_empty() {
            refuse(fields, path, &[ROW_ID], "rows get their ids from the store");
        }
    });
}

/// Takes out what the store has filled in, which is nobody's mistake.
pub(super) fn without_derived(document: &mut Document) {
    take_out_derived(document, &mut Vec::new());
}

/// Adds to every date in a document what follows from its EDTF, and says what cannot be true: an EDTF that is none,
/// a `min` above its `max`. An object with a field `edtf` is a date.
pub(super) fn derive(document: &mut Document, problems: &mut Vec<Problem>) {
    each_object(document, "", &mut |fields, path| {
        derive_date(fields, path, problems);
        if let (Some(min), Some(max)) = (bound(fields, "min"), bound(fields, "max"))
            && min > max
        {
            problems.push(Problem {
                path: join(path, "min"),
                found: format!("{min}, which is more than `max`, {max}"),
                accepted: "a number that is not above `max`".into(),
            });
        }
    });
    end_with_what_became_of_it(document);
}

/// An end of a gift's date that is not known lies no later than the end of what became of the gift.
///
/// Steps contradict each other, so the latest counts; a step whose own end is not known, or whose date is itself
/// uncertain or approximate, leaves the end unknown.
fn end_with_what_became_of_it(document: &mut Document) {
    let Ok(steps) = document.get_array("statusHistory") else {
        return;
    };
    let steps = steps.iter().filter_map(Bson::as_document).filter(|step| {
        let status = step.get_str("status").unwrap_or_default();
        GiftStatus::ENDS.iter().any(|end| end.as_str() == status)
    });
    let dates = steps.filter_map(|step| step.get_document("date").ok());
    let end = |date: &Document| {
        let is = |flag| date.get_bool(flag).unwrap_or(true);
        let latest = date.get_datetime("latest").ok().copied();
        latest.filter(|_| !is("approximate") && !is("uncertain"))
    };
    let ends: Option<Vec<_>> = dates.map(end).collect();
    let Some(end) = ends.and_then(|ends| ends.into_iter().max()) else {
        return;
    };
    let Ok(date) = document.get_document_mut("date") else {
        return;
    };
    let begins_later = date.get_datetime("earliest").is_ok_and(|earliest| *earliest > end);
    if date.get_bool("endUnknown").unwrap_or(false) && !begins_later {
        date.insert("latest", end);
        date.insert("endUnknown", false);
    }
}

fn derive_date(fields: &mut Document, path: &str, problems: &mut Vec<Problem>) {
    let Some(edtf) = fields.get("edtf").and_then(Bson::as_str) else {
        return;
    };
    let calendar = fields.get_str("calendar").unwrap_or_default();
    let calendar = Calendar::ALL.into_iter().find(|known| known.as_str() == calendar);
    match Edtf::read(edtf, calendar.unwrap_or_default()) {
        Ok(date) => {
            let bounds = date.bounds();
            // What is open or unknown is left out, never null: an index of DocumentDB keeps the two apart, and rows would be
            // missing from pages in the order of such a bound.
            for (name, bound) in [("earliest", bounds.earliest), ("latest", bounds.latest)] {
                match bound {
                    Some(day) => drop(fields.insert(name, date_of(day))),
                    None => drop(fields.remove(name)),
                }
            }
            fields.insert("precision", date.precision().as_str());
            fields.insert("approximate", date.is_approximate());
            fields.insert("uncertain", date.is_uncertain());
            fields.insert("endUnknown", date.has_unknown_end() && bounds.latest.is_none());
            fields
                .entry("inferred".to_owned())
                .or_insert_with(|| Bson::Array(vec![]));
        }
        Err(error) => problems.push(Problem {
            path: join(path, "edtf"),
            found: format!("{edtf:?}, where {}", error.problem),
            accepted: error.advice(),
        }),
    }
}

fn bound(fields: &Document, name: &str) -> Option<f64> {
    fields.get(name).and_then(number_of)
}

/// Calls `each` with the document and every object in it, and with the path of each.
fn each_object(document: &mut Document, path: &str, each: &mut dyn FnMut(&mut Document, &str)) {
    each(document, path);
    for (name, value) in document.iter_mut() {
        match value {
            Bson::Document(fields) => each_object(fields, &join(path, name), each),
            Bson::Array(items) => {
                for (place, item) in items.iter_mut().enumerate() {
                    if let Bson::Document(fields) = item {
                        each_object(fields, &format!("{}[{place}]", join(path, name)), each);
                    }
                }
            }
            _ => {}
        }
    }
}

/// The document without nulls, also in its objects: an absent field is how a document says that something is unknown.
pub(super) fn without_nulls(fields: Document) -> Document {
    fn inside(value: Bson) -> Bson {
        match value {
            Bson::Document(fields) => Bson::Document(without_nulls(fields)),
            Bson::Array(items) => Bson::Array(items.into_iter().map(inside).collect()),
            other => other,
        }
    }
    let said = fields.into_iter().filter(|(_, value)| *value != Bson::Null);
    said.map(|(name, value)| (name, inside(value))).collect()
}

/// Whether nothing stands in an object: no field, or only empty lists, flags that are not set, and objects in which nothing
/// stands.
pub(super) fn says_nothing(fields: &Document) -> bool {
    fields.values().all(|value| match value {
        Bson::Document(fields) => says_nothing(fields),
        Bson::Array(items) => items.is_empty(),
        other => *other == Bson::Boolean(false),
    })
}

/// Fills in what need not be written: an empty list where one is required and nothing is said. Takes out what says nothing
/// and is not required: objects in which nothing stands, empty lists, flags that are not set, for that is how exports write
/// what is absent. Both in the objects of a document as well.
pub(super) fn fill_in_lists(schema: &Document, document: &mut Document) {
    let required = schema.get_array("required").map_or(&[][..], Vec::as_slice);
    for (name, schema) in schema.get_document("properties").into_iter().flatten() {
        let Some(schema) = schema.as_document() else { continue };
        let holds = schema.get_str("bsonType").unwrap_or_default();
        let is_required = required.iter().any(|field| field.as_str() == Some(name));
        match document.get_mut(name) {
            Some(Bson::Document(fields)) if holds == "object" && says_nothing(fields) => drop(document.remove(name)),
            Some(Bson::Document(fields)) => fill_in_lists(schema, fields),
            Some(Bson::Array(items)) if holds == "array" && items.is_empty() && !is_required => {
                document.remove(name);
            }
            Some(Bson::Boolean(false)) if holds == "bool" && !is_required => drop(document.remove(name)),
            Some(Bson::Array(items)) => {
                if let Ok(each) = schema.get_document("items") {
                    let items = items.iter_mut().filter_map(Bson::as_document_mut);
                    items.for_each(|fields| fill_in_lists(each, fields));
                }
            }
            None if holds == "array" && is_required => {
                document.insert(name, Bson::Array(Vec::new()));
            }
            _ => {}
        }
    }
}

/// A hash of what a document says, whatever the order of its fields, the width of its numbers and the ids of its rows.
pub(super) fn fingerprint(document: &Document) -> String {
    let mut text = String::new();
    canonical(document, &BOOKKEEPING, &mut text);
    sha256(&text)
}

/// Writes a document in one form, without some of its own fields and without the ids of its rows.
fn canonical(document: &Document, without: &[&str], out: &mut String) {
    let mut sorted: Vec<_> = document.iter().collect();
    sorted.retain(|(name, _)| !without.contains(&name.as_str()));
    sorted.sort_unstable_by_key(|(name, _)| *name);
    out.push('{');
    for (name, value) in sorted {
        put(out, format_args!("{name:?}:"));
        canonical_value(value, out);
        out.push(',');
    }
    out.push('}');
}

fn canonical_value(value: &Bson, out: &mut String) {
    match value {
        Bson::Document(fields) => canonical(fields, &[ROW_ID], out),
        Bson::Array(items) => {
            out.push('[');
            for item in items {
                canonical_value(item, out);
                out.push(',');
            }
            out.push(']');
        }
        Bson::String(text) => put(out, format_args!("{text:?}")),
        other => match number_of(other) {
            Some(number) => put(out, format_args!("{number}")),
            None => put(out, format_args!("{other}")),
        },
    }
}

fn put(out: &mut String, what: fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = out.write_fmt(what);
}
