//! The ids of the rows in a document's lists, such as the items of a gift.
//!
//! Clients keep rows by their ids, so a row keeps its id for as long as it is there, whatever becomes of those around it,
//! and no other row of the document ever gets it. People do not write ids: when a list is written, each row is found
//! again by what it says. Pure; the lists whose rows have ids are those in whose schema a row has an `id`.

use std::collections::HashSet;

use mongodb::bson::{Bson, Document};

use super::derive::{ROW_ID, fingerprint};
use crate::domain::hash::sha256;

/// How many digits of a hash are the last part of an id.
const DIGITS: usize = 12;

/// Gives an id to every row that has none: that of the same row in the document as it was `before`, or a new one.
pub(super) fn identify(schema: &Document, document: &mut Document, before: Option<&Document>) {
    let id = document.get_str("_id").unwrap_or_default().to_owned();
    identify_within(schema, &id, document, before);
}

/// The same for the lists of an object; `id`: of the object.
fn identify_within(schema: &Document, id: &str, object: &mut Document, before: Option<&Document>) {
    for (name, field) in schema.get_document("properties").into_iter().flatten() {
        let Some(field) = field.as_document() else { continue };
        let before = before.and_then(|before| before.get(name));
        match object.get_mut(name) {
            Some(Bson::Document(inner)) => {
                let before = before.and_then(Bson::as_document);
                identify_within(field, &format!("{id}/{name}"), inner, before);
            }
            Some(Bson::Array(rows)) => {
                if let Some(row) = field.get_document("items").ok().filter(|row| has_ids(row)) {
                    let old = before.and_then(Bson::as_array).map_or(&[][..], Vec::as_slice);
                    identify_rows(row, &format!("{id}/{name}/"), rows, old);
                }
            }
            _ => {}
        }
    }
}

/// The same for the rows of a list, whose ids begin with `list`.
fn identify_rows(schema: &Document, list: &str, rows: &mut [Bson], old: &[Bson]) {
    let old: Vec<&Document> = old.iter().filter_map(Bson::as_document).collect();
    let mut rows: Vec<&mut Document> = rows.iter_mut().filter_map(Bson::as_document_mut).collect();
    let found = found_again(schema, &rows, &old);
    let mut known: HashSet<String> = old.iter().filter_map(|row| id_of(row)).collect();
    known.extend(rows.iter().filter_map(|row| id_of(row)));
    for (row, found) in rows.iter_mut().zip(found) {
        let old = found.and_then(|at| old.get(at)).copied();
        let id = id_of(row).or_else(|| old.and_then(id_of));
        let id = id.unwrap_or_else(|| new_id(list, row, &known));
        known.insert(id.clone());
        row.insert(ROW_ID, &id);
        identify_within(schema, &id, row, old);
    }
}

fn has_ids(row: &Document) -> bool {
    row.get_document("properties")
        .is_ok_and(|fields| fields.contains_key(ROW_ID))
}

/// What a row says, whatever its id.
fn says(row: &Document) -> String {
    let mut row = row.clone();
    row.remove(ROW_ID);
    fingerprint(&row)
}

fn id_of(row: &Document) -> Option<String> {
    row.get_str(ROW_ID).ok().map(str::to_owned)
}

/// For each row its place among the old ones: one that says the same, or else one of the same subject, which is the first
/// field that its schema requires: the animal of an item, the nation of a part.
fn found_again(schema: &Document, rows: &[&mut Document], old: &[&Document]) -> Vec<Option<usize>> {
    let mut found = vec![None; rows.len()];
    if old.is_empty() {
        return found;
    }
    let mut free: Vec<usize> = (0..old.len()).collect();
    let said: Vec<String> = old.iter().map(|row| says(row)).collect();
    let subject = schema
        .get_array("required")
        .ok()
        .and_then(|required| required.first()?.as_str());
    for by_subject in [false, true] {
        for (row, found) in rows.iter().zip(&mut found).filter(|(_, found)| found.is_none()) {
            let says = says(row);
            let is_same = |at: &usize| match (by_subject, subject) {
                (false, _) => said.get(*at) == Some(&says),
                (true, Some(subject)) => old.get(*at).and_then(|old| old.get(subject)) == row.get(subject),
                (true, None) => false,
            };
            if let Some(place) = free.iter().position(is_same) {
                *found = Some(free.remove(place));
            }
        }
    }
    found
}

/// An id of the list that no row has or had just before: made of what the row says, so that it is the same each time the
/// same data are loaded.
fn new_id(list: &str, row: &Document, known: &HashSet<String>) -> String {
    let says = says(row);
    let mut number = 0_u32;
    loop {
        let hash = sha256(format!("{list}{says}{number}"));
        let id = format!("{list}{}", &hash[..DIGITS]);
        if !known.contains(&id) {
            return id;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mongodb::bson::doc;

    fn schema() -> Document {
        let item_of = |subject: &str| doc! { "required": [subject], "properties": { "id": {}, subject: {} } };
        let reading = item_of("note");
        let item = doc! { "required": ["animal"], "properties": {
            "id": {}, "animal": {}, "count": {}, "readings": { "items": reading },
        } };
        let date = doc! { "properties": { "edtf": {}, "readings": { "items": item_of("edtf") } } };
        doc! { "properties": { "items": { "items": item }, "names": { "items": {} }, "date": date } }
    }

    fn gift(items: Vec<Document>, before: Option<&Document>) -> Document {
        let mut gift = doc! { "_id": "gift_a", "items": items, "names": ["x"] };
        identify(&schema(), &mut gift, before);
        gift
    }

    fn ids(gift: &Document) -> Vec<String> {
        let items = gift.get_array("items").expect("a list").iter();
        items.filter_map(|item| id_of(item.as_document()?)).collect()
    }

    #[test]
    fn rows_keep_their_ids_when_others_go_move_or_change() {
        let (yaks, lion, bear) = (
            doc! { "animal": "yak" },
            doc! { "animal": "lion" },
            doc! { "animal": "bear" },
        );
        let before = gift(vec![yaks.clone(), lion.clone(), bear.clone()], None);
        let [of_yaks, of_lion, of_bear] = <[String; 3]>::try_from(ids(&before)).expect("three");
        assert!(of_yaks.starts_with("gift_a/items/") && of_yaks != of_lion && of_lion != of_bear);
        let without = gift(vec![lion.clone(), bear.clone()], Some(&before));
        assert_eq!(ids(&without), [of_lion.clone(), of_bear.clone()]);
        let mut more = lion.clone();
        more.insert("count", 40);
        let changed = gift(vec![bear, more, yaks, lion], Some(&before));
        let [first, second, third, fourth] = <[String; 4]>::try_from(ids(&changed)).expect("four");
        assert_eq!([&first, &third, &fourth], [&of_bear, &of_yaks, &of_lion]);
        assert!(!ids(&before).contains(&second), "a second lion is a new row");
    }

    #[test]
    fn a_row_that_changes_keeps_its_id_and_a_new_one_that_says_what_it_said_gets_another() {
        let before = gift(vec![doc! { "animal": "yak", "count": 1 }], None);
        let after = gift(vec![doc! { "animal": "yak", "count": 2 }], Some(&before));
        assert_eq!(ids(&before), ids(&after));
        let both = gift(
            vec![
                doc! { "animal": "yak", "count": 2 },
                doc! { "animal": "yak", "count": 1 },
            ],
            Some(&after),
        );
        assert_eq!(ids(&both)[0], ids(&after)[0]);
        assert_ne!(ids(&both)[1], ids(&after)[0]);
    }

    #[test]
    fn rows_that_say_the_same_have_different_ids_and_the_same_data_the_same() {
        let twins = || vec![doc! { "animal": "yak" }, doc! { "animal": "yak" }];
        let gift_ids = ids(&gift(twins(), None));
        assert_ne!(gift_ids[0], gift_ids[1]);
        assert_eq!(gift_ids, ids(&gift(twins(), None)));
    }

    #[test]
    fn rows_within_objects_have_ids_too() {
        let gift = |edtf: &str, before: Option<&Document>| {
            let readings = vec![doc! { "edtf": edtf }, doc! { "edtf": "2024" }];
            let mut gift = doc! { "_id": "gift_a", "date": { "edtf": "2023", "readings": readings } };
            identify(&schema(), &mut gift, before);
            gift
        };
        let ids = |gift: &Document| {
            let date = gift.get_document("date").expect("a date");
            let readings = date.get_array("readings").expect("a list").iter();
            readings.filter_map(|row| id_of(row.as_document()?)).collect::<Vec<_>>()
        };
        let before = gift("2021", None);
        let after = gift("2022", Some(&before));
        assert!(ids(&before)[0].starts_with("gift_a/date/readings/"));
        assert_ne!(ids(&before)[0], ids(&after)[0]);
        assert_eq!(ids(&before)[1], ids(&after)[1]);
    }

    #[test]
    fn rows_within_rows_have_ids_below_theirs() {
        let with = |note: &str| doc! { "animal": "yak", "readings": [{ "note": note }, { "note": "b" }] };
        let reading = |gift: &Document, at: usize| {
            let item = gift.get_array("items").expect("a list")[0]
                .as_document()
                .expect("an item");
            let reading = item.get_array("readings").expect("a list")[at]
                .as_document()
                .expect("a reading");
            id_of(reading).expect("an id")
        };
        let before = gift(vec![with("a")], None);
        let after = gift(vec![with("c")], Some(&before));
        assert!(reading(&before, 0).starts_with(&format!("{}/readings/", ids(&before)[0])));
        assert_ne!(reading(&before, 0), reading(&after, 0));
        assert_eq!(reading(&before, 1), reading(&after, 1));
    }
}
