//! Dotted paths into documents: one walker for BSON as a tree, BSON as bytes, and JSON.
//!
//! A path consists of field names, `total.min`, and as in MongoDB passes through lists of objects: `items.animal` leads
//! to the animal of each item. A list at the end of a path counts as a value, and so does each of its items.

use std::ops::ControlFlow::{self, Break, Continue};

use mongodb::bson::{Bson, Document, RawBsonRef, RawDocument};
use serde_json::{Map, Value as Json};

/// An object in one of the forms that documents have here.
pub trait Nested<'a>: Copy {
    type Value: Copy;

    /// The value of the field with this name.
    fn field(self, name: &str) -> Option<Self::Value>;
    /// The value, if it is an object.
    fn of(value: Self::Value) -> Option<Self>;
    /// The items of the value, if it is a list.
    fn items(value: Self::Value) -> Option<impl Iterator<Item = Self::Value>>;
    /// The value, if it is a string.
    fn text(value: Self::Value) -> Option<&'a str>;
}

impl<'a> Nested<'a> for &'a Document {
    type Value = &'a Bson;

    fn field(self, name: &str) -> Option<&'a Bson> {
        self.get(name)
    }

    fn of(value: &'a Bson) -> Option<Self> {
        value.as_document()
    }

    fn items(value: &'a Bson) -> Option<impl Iterator<Item = &'a Bson>> {
        value.as_array().map(|items| items.iter())
    }

    fn text(value: &'a Bson) -> Option<&'a str> {
        value.as_str()
    }
}

impl<'a> Nested<'a> for &'a RawDocument {
    type Value = RawBsonRef<'a>;

    fn field(self, name: &str) -> Option<RawBsonRef<'a>> {
        self.get(name).ok().flatten()
    }

    fn of(value: RawBsonRef<'a>) -> Option<Self> {
        value.as_document()
    }

    fn items(value: RawBsonRef<'a>) -> Option<impl Iterator<Item = RawBsonRef<'a>>> {
        value.as_array().map(|items| items.into_iter().flatten())
    }

    fn text(value: RawBsonRef<'a>) -> Option<&'a str> {
        value.as_str()
    }
}

impl<'a> Nested<'a> for &'a Map<String, Json> {
    type Value = &'a Json;

    fn field(self, name: &str) -> Option<&'a Json> {
        self.get(name)
    }

    fn of(value: &'a Json) -> Option<Self> {
        value.as_object()
    }

    fn items(value: &'a Json) -> Option<impl Iterator<Item = &'a Json>> {
        value.as_array().map(|items| items.iter())
    }

    fn text(value: &'a Json) -> Option<&'a str> {
        value.as_str()
    }
}

/// An item of a list on the path, with those of the lists around it. On the stack, so that walking does not allocate.
#[derive(Clone, Copy)]
pub struct Item<'w> {
    within: Option<&'w Item<'w>>,
    /// Where the name of the list ends in the path.
    list: usize,
    index: usize,
}

/// Follows a path, and calls `visit` with every value at its end and the item that contains it; with `None` for each
/// object where the path ends early. If `visit` breaks, the walk ends with that.
///
/// An item of a list that is not an object is skipped, without even a `None`.
pub fn walk<'a, F: Nested<'a>, B>(
    object: F,
    path: &str,
    visit: &mut impl FnMut(Option<F::Value>, Option<&Item<'_>>) -> ControlFlow<B>,
) -> ControlFlow<B> {
    walk_from(object, path, 0, None, visit)
}

fn walk_from<'a, F: Nested<'a>, B>(
    mut object: F,
    path: &str,
    mut start: usize,
    within: Option<&Item<'_>>,
    visit: &mut impl FnMut(Option<F::Value>, Option<&Item<'_>>) -> ControlFlow<B>,
) -> ControlFlow<B> {
    loop {
        let (name, rest) = parted(&path[start..]);
        let list = start + name.len();
        let Some(value) = object.field(name) else {
            return visit(None, within);
        };
        let item = |index| Item { within, list, index };
        if rest.is_none() {
            visit(Some(value), within)?;
            for (index, inner) in F::items(value).into_iter().flatten().enumerate() {
                visit(Some(inner), Some(&item(index)))?;
            }
            return Continue(());
        }
        start = list + 1;
        if let Some(inner) = F::of(value) {
            object = inner;
            continue;
        }
        let Some(items) = F::items(value) else {
            return visit(None, within);
        };
        for (index, inner) in items.enumerate() {
            if let Some(inner) = F::of(inner) {
                walk_from(inner, path, start, Some(&item(index)), visit)?;
            }
        }
        return Continue(());
    }
}

/// The value at a path without lists.
pub fn value_at<'a, F: Nested<'a>>(object: F, path: &str) -> Option<F::Value> {
    let found = walk(object, path, &mut |value, within| match within {
        None => Break(value),
        Some(_) => Continue(()),
    });
    found.break_value().flatten()
}

/// All strings at a path, in order.
pub fn texts_at<'a, F: Nested<'a>>(object: F, path: &str) -> Vec<&'a str> {
    let mut texts = Vec::new();
    let _: ControlFlow<()> = walk(object, path, &mut |value, _| {
        texts.extend(value.and_then(F::text));
        Continue(())
    });
    texts
}

/// The exact place of the first such string at a path: `items[1].animal`.
pub fn place_of<'a, F: Nested<'a>>(object: F, path: &str, wanted: &str) -> Option<String> {
    let found = walk(object, path, &mut |value, within| {
        if value.and_then(F::text) == Some(wanted) {
            Break(placed(path, within))
        } else {
            Continue(())
        }
    });
    found.break_value()
}

fn placed(path: &str, mut within: Option<&Item<'_>>) -> String {
    let mut place = path.to_owned();
    while let Some(item) = within {
        place.insert_str(item.list, &format!("[{}]", item.index));
        within = item.within;
    }
    place
}

/// Calls `each` with every string at a path, to change it, and with its exact place.
pub(super) fn each_text(document: &mut Document, path: &str, each: &mut dyn FnMut(&mut String, &str)) {
    fn within(value: &mut Bson, path: Option<&str>, place: &str, each: &mut dyn FnMut(&mut String, &str)) {
        match (value, path) {
            (Bson::String(text), None) => each(text, place),
            (Bson::Document(fields), Some(path)) => within_object(fields, path, place, each),
            (Bson::Array(items), _) => {
                for (at, item) in items.iter_mut().enumerate() {
                    within(item, path, &format!("{place}[{at}]"), each);
                }
            }
            _ => {}
        }
    }
    fn within_object(fields: &mut Document, path: &str, place: &str, each: &mut dyn FnMut(&mut String, &str)) {
        let (name, rest) = parted(path);
        if let Some(value) = fields.get_mut(name) {
            within(value, rest, &join(place, name), each);
        }
    }
    within_object(document, path, "", each);
}

/// Sets the value at a path, and creates missing objects on it. If something else is in the way, the value is dropped.
pub fn put(object: &mut Map<String, Json>, path: &str, value: Json) {
    match parted(path) {
        (name, None) => drop(object.insert(name.to_owned(), value)),
        (name, Some(rest)) => {
            let inner = object.entry(name).or_insert_with(|| Json::Object(Map::new()));
            if let Json::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

/// The path of a field inside the object at `path`; `path` may be empty.
pub(super) fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// The first name of a path.
pub fn top_field(path: &str) -> &str {
    parted(path).0
}

/// The first name of a path, and the rest.
fn parted(path: &str) -> (&str, Option<&str>) {
    path.split_once('.')
        .map_or((path, None), |(name, rest)| (name, Some(rest)))
}

#[cfg(test)]
mod tests {
    use mongodb::bson::doc;
    use serde_json::json;

    use super::*;

    fn gift() -> Document {
        doc! {
            "title": "Two bears",
            "total": { "min": 2 },
            "items": [
                { "animal": "animal_bear", "names": ["Mika", "Misha"], "readings": [{ "note": "a" }, { "note": "b" }] },
                7,
                { "animal": "animal_yak", "readings": [{ "note": "c" }, {}] },
            ],
        }
    }

    /// The values at a path as text; `-` for what is missing.
    fn walked<'a, F: Nested<'a, Value: std::fmt::Debug>>(object: F, path: &str) -> Vec<String> {
        let mut found = Vec::new();
        let _: ControlFlow<()> = walk(object, path, &mut |value, _| {
            found.push(match value {
                Some(value) if F::items(value).is_some() => "[]".to_owned(),
                Some(value) => F::text(value).map_or_else(|| format!("{value:?}"), str::to_owned),
                None => "-".to_owned(),
            });
            Continue(())
        });
        found
    }

    #[test]
    fn a_path_leads_through_lists_and_says_where_it_ends_too_early() {
        let gift = gift();
        let raw = mongodb::bson::RawDocumentBuf::try_from(&gift).unwrap();
        let Json::Object(json) = Bson::Document(gift.clone()).into_relaxed_extjson() else {
            unreachable!()
        };
        for (path, expected) in [
            ("title", vec!["Two bears"]),
            ("title.length", vec!["-"]),
            ("missing", vec!["-"]),
            ("total.max", vec!["-"]),
            ("items.animal", vec!["animal_bear", "animal_yak"]),
            ("items.names", vec!["[]", "Mika", "Misha", "-"]),
            ("items.readings.note", vec!["a", "b", "c", "-"]),
        ] {
            assert_eq!(walked(&gift, path), expected, "{path}");
            assert_eq!(walked(&*raw, path), expected, "{path} in bytes");
            assert_eq!(walked(&json, path), expected, "{path} in JSON");
        }
        assert_eq!(texts_at(&*raw, "items.names"), ["Mika", "Misha"]);
    }

    #[test]
    fn a_value_stands_where_no_list_leads() {
        let gift = gift();
        assert_eq!(value_at(&gift, "total.min"), Some(&Bson::Int32(2)));
        assert_eq!(value_at(&gift, "total.max"), None);
        assert_eq!(value_at(&gift, "items.animal"), None);
        assert!(value_at(&gift, "items").is_some_and(|items| items.as_array().is_some()));
    }

    #[test]
    fn a_place_counts_the_items_of_every_list_on_the_way() {
        let gift = gift();
        let place = |path, text| place_of(&gift, path, text);
        assert_eq!(place("title", "Two bears").as_deref(), Some("title"));
        assert_eq!(place("items.animal", "animal_yak").as_deref(), Some("items[2].animal"));
        assert_eq!(place("items.names", "Misha").as_deref(), Some("items[0].names[1]"));
        assert_eq!(
            place("items.readings.note", "b").as_deref(),
            Some("items[0].readings[1].note")
        );
        assert_eq!(place("items.animal", "animal_owl"), None);
    }

    #[test]
    fn what_is_put_makes_its_objects_and_replaces_nothing_else() {
        let mut object = Map::new();
        put(&mut object, "date.edtf", json!("2024"));
        put(&mut object, "date.phrase", json!("in 2024"));
        put(&mut object, "title", json!("A"));
        put(&mut object, "title.short", json!("B"));
        let expected = json!({ "date": { "edtf": "2024", "phrase": "in 2024" }, "title": "A" });
        assert_eq!(Json::Object(object), expected);
    }
}
