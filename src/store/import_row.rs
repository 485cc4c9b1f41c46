//! Rows of files and requests on their way in: what each says of a document, and which document that is.
//!
//! What becomes of it is decided in `write`; how it stood in its file is the business of `transfer`.

use mongodb::bson::{Bson, Document};
use serde_json::{Map, Value as Json};

use super::collections::{self, CollectionSchema, bson_of};
use super::derive::{fill_in_lists, fingerprint, without_nulls};
use super::path::texts_at;
use super::references::references;
use super::schema_fields::has_form;
use super::validate::Problem;
use crate::domain::id::Kind;

/// How many digits of its fingerprint are the id of a row without id and slug: 128 bits, so no two rows get the same.
const DIGITS: usize = 32;

/// What a row says of a document: a field that is not in it says nothing, null clears, and an object says as much of each
/// of its fields.
#[derive(Clone, Debug)]
pub struct ImportRow {
    /// Which collection.
    pub kind: Kind,
    /// What it says, but for the id.
    pub(super) said: Document,
    /// What it says of the first item of a list: the list, and the item's fields.
    pub(super) first: Option<(&'static str, Document)>,
    /// The id that it gives, or else the one that it gets.
    pub(super) id: String,
    /// Whether it gives an id.
    pub(super) has_id: bool,
    /// What is wrong with it, whatever is stored.
    pub(super) problems: Vec<Problem>,
    /// It says nothing that could be understood.
    pub(super) is_void: bool,
}

impl ImportRow {
    /// Takes a row as exports and people write it: what the store fills in by itself is passed over, as are blanks at the
    /// ends of ids, words and dates.
    ///
    /// A row without an id is about the document that has its slug. Where there is none, the id is made of the slug, or
    /// else of what the row says. So the same row gets the same id each time, and a file that is read twice makes no
    /// document twice.
    pub fn new(kind: Kind, row: &Json) -> Self {
        let mut void = Self {
            kind,
            said: Document::new(),
            first: None,
            id: String::new(),
            has_id: false,
            problems: Vec::new(),
            is_void: true,
        };
        let schema = match collections::of(kind) {
            Ok(schema) => schema,
            Err(error) => {
                void.problems
                    .push(problem("", error.to_string(), "readable files in schema/collections"));
                return void;
            }
        };
        let Bson::Document(mut said) = bson_of(row) else {
            let accepted = "an object with the fields of schema/collections";
            void.problems
                .push(problem("", "something else than an object".to_owned(), accepted));
            return void;
        };
        tidy(schema, &mut said);
        let given = said.remove("id").or_else(|| said.remove("_id"));
        let given = given.filter(|id| *id != Bson::Null);
        let mut row = Self {
            said,
            has_id: given.is_some(),
            is_void: false,
            ..void
        };
        match given {
            Some(Bson::String(id)) if kind.check(&id).is_ok() => row.id = id,
            Some(id) => {
                let accepted = format!("the id of {}, such as `{}`", kind.noun(), kind.example());
                row.problems.push(problem("id", id.to_string(), &accepted));
            }
            None => row.id = row.made(schema),
        }
        row
    }

    /// The same row, which also says this of the first item of a list.
    pub fn with_first_item(mut self, list: &'static str, item: Map<String, Json>) -> Self {
        if let Bson::Document(mut item) = bson_of(&Json::Object(item)) {
            if let Some(each) = collections::of(self.kind).ok().and_then(|schema| item_of(schema, list)) {
                trim(each, &mut item);
            }
            self.first = Some((list, item));
        }
        self
    }

    /// The values by which the row's document is called, and by which other rows may refer to it.
    pub fn called(&self) -> Vec<&str> {
        let paths = called_by(self.kind).into_iter();
        paths.flat_map(|path| texts_at(&self.said, path)).collect()
    }

    /// The values that no other document of the collection may have, each with its field.
    pub fn unique_values(&self) -> Vec<(&'static str, String)> {
        let fields = collections::unique_fields(self.kind);
        let values = |field| {
            texts_at(&self.said, field)
                .into_iter()
                .map(move |value| (field, value.to_owned()))
        };
        fields.flat_map(values).collect()
    }

    /// The fields of such values of which it says something, be it that there is none.
    pub fn unique_fields_said(&self) -> impl Iterator<Item = &'static str> {
        collections::unique_fields(self.kind).filter(|field| self.said.contains_key(*field))
    }

    /// The slug, of a row that gives no id.
    pub(super) fn key(&self) -> Option<&str> {
        self.said.get_str(SLUG).ok().filter(|_| !self.has_id)
    }

    /// The texts that stand where ids are expected and are none, each with the kind of document that it should lead to.
    pub(super) fn names_for_ids(&self) -> Vec<(Option<Kind>, &str)> {
        let mut found = Vec::new();
        for reference in references().iter().filter(|reference| reference.from == self.kind) {
            let mut texts = texts_at(&self.said, reference.path);
            if let Some((list, item)) = &self.first
                && let Some(path) = reference
                    .path
                    .strip_prefix(list)
                    .and_then(|path| path.strip_prefix('.'))
            {
                texts.extend(texts_at(item, path));
            }
            let names = texts.into_iter().filter(|text| Kind::of(text).is_err());
            found.extend(names.map(|text| (reference.to, text)));
        }
        found
    }

    fn made(&self, schema: &CollectionSchema) -> String {
        let of_what_it_says = || {
            let mut document = without_nulls(self.said.clone());
            fill_in_lists(&schema.input_schema, &mut document);
            format!("{}_{}", self.kind.prefix(), &fingerprint(&document)[..DIGITS])
        };
        let slug = self.said.get_str(SLUG).ok();
        slug.and_then(|slug| self.kind.id_of_slug(slug))
            .unwrap_or_else(of_what_it_says)
    }
}

/// The field by which a row without id finds its document.
const SLUG: &str = "slug";

/// The fields by which people call a document of a kind: its slug, its codes, its names.
pub(super) fn called_by(kind: Kind) -> Vec<&'static str> {
    let Ok(schema) = collections::of(kind) else {
        return Vec::new();
    };
    let fields = schema.input_schema.get_document("properties").ok();
    let is_code = |path: &&String| {
        let field = fields.and_then(|fields| fields.get_document(path.as_str()).ok());
        field.is_some_and(|field| field.contains_key("pattern"))
    };
    let codes = schema.words.iter().filter(is_code);
    let names = schema.names.iter().filter(|name| !is_code(name));
    codes.chain(names).map(String::as_str).collect()
}

fn problem(path: &str, found: String, accepted: &str) -> Problem {
    Problem {
        path: path.to_owned(),
        found,
        accepted: accepted.to_owned(),
    }
}

fn item_of<'a>(schema: &'a CollectionSchema, list: &str) -> Option<&'a Document> {
    let fields = schema.input_schema.get_document("properties").ok()?;
    fields.get_document(list).ok()?.get_document("items").ok()
}

/// Takes out what the store fills in, and blanks where no text may have any.
fn tidy(schema: &CollectionSchema, said: &mut Document) {
    take_out_filled_in(&schema.declared.json_schema, &schema.input_schema, said);
    trim(&schema.input_schema, said);
    if let Some(Bson::String(id)) = said.get_mut("id") {
        *id = id.trim().to_owned();
    }
    if said.get_str("id").is_ok_and(str::is_empty) {
        said.remove("id");
    }
}

/// Takes out the fields that are stored and not written, also where an object does not say from what they follow.
fn take_out_filled_in(stored: &Document, written: &Document, said: &mut Document) {
    if let (Ok(stored), Ok(written)) = (stored.get_document("properties"), written.get_document("properties")) {
        for (name, stored) in stored {
            let Ok(written) = written.get_document(name) else {
                said.remove(name);
                continue;
            };
            if let (Some(stored), Some(value)) = (stored.as_document(), said.get_mut(name)) {
                take_out_within(stored, written, value);
            }
        }
    }
}

fn take_out_within(stored: &Document, written: &Document, value: &mut Bson) {
    match value {
        Bson::Document(said) => take_out_filled_in(stored, written, said),
        Bson::Array(items) => {
            if let (Ok(stored), Ok(written)) = (stored.get_document("items"), written.get_document("items")) {
                items.iter_mut().for_each(|item| take_out_within(stored, written, item));
            }
        }
        _ => {}
    }
}

/// Takes blanks off the ends of texts that have a form of their own: ids, codes, addresses, words of a list, dates. One
/// that is blank says nothing.
fn trim(schema: &Document, said: &mut Document) {
    let Ok(fields) = schema.get_document("properties") else {
        return;
    };
    for (name, value) in said.iter_mut() {
        if let Ok(field) = fields.get_document(name) {
            trim_value(field, name == "edtf", value);
        }
    }
}

fn trim_value(schema: &Document, is_date: bool, value: &mut Bson) {
    let has_form = is_date || has_form(schema);
    match value {
        Bson::String(text) if has_form => match text.trim() {
            "" => *value = Bson::Null,
            trimmed if trimmed.len() < text.len() => *value = Bson::String(trimmed.to_owned()),
            _ => {}
        },
        Bson::Document(fields) => trim(schema, fields),
        Bson::Array(items) => {
            if let Ok(each) = schema.get_document("items") {
                items.iter_mut().for_each(|item| trim_value(each, false, item));
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_row_without_an_id_gets_the_same_each_time_and_another_row_another() {
        let id = |row: Json| ImportRow::new(Kind::Source, &row).id;
        let first = id(json!({ "title": "A", "kind": "DATASET" }));
        assert!(
            first.starts_with("source_") && first.len() == "source_".len() + DIGITS,
            "{first}"
        );
        assert_eq!(
            id(json!({ "kind": " DATASET ", "title": "A", "id": null, "version": 3, "url": null })),
            first
        );
        assert_ne!(id(json!({ "title": "B", "kind": "DATASET" })), first);
        let given = json!({ "title": "A", "kind": "DATASET", "id": " source_a " });
        assert_eq!(id(given), "source_a");
        let nation = json!({ "slug": "arcadia", "name": "Arcadia", "officialName": "Arcadia" });
        assert_eq!(ImportRow::new(Kind::Nation, &nation).id, "nation_arcadia");
        let claim = |lists: Json| {
            let mut row = json!({ "code": "X", "source": "source_a" });
            row.as_object_mut().unwrap().extend(lists.as_object().unwrap().clone());
            ImportRow::new(Kind::Claim, &row).id
        };
        assert_eq!(
            claim(json!({})),
            claim(json!({ "about": [], "dependsOn": null })),
            "empty lists may be left out"
        );
    }

    #[test]
    fn a_wrong_id_is_called_as_it_is_in_the_row() {
        let row = json!({ "title": "A", "kind": "DATASET", "id": "gift_a" });
        let problems = ImportRow::new(Kind::Source, &row).problems;
        assert_eq!(
            problems.iter().map(|problem| problem.path.as_str()).collect::<Vec<_>>(),
            ["id"]
        );
    }

    #[test]
    fn what_the_store_fills_in_is_passed_over_whatever_stands_beside_it() {
        let row = json!({
            "date": { "earliest": "1900-01-01", "precision": "YEAR" }, "version": 1,
            "statusHistory": [{ "status": " DIED ", "note": " n ", "date": { "edtf": " 1900 ", "latest": null } }],
        });
        let said = ImportRow::new(Kind::Gift, &row).said;
        let expected = json!({
            "date": {}, "statusHistory": [{ "status": "DIED", "note": " n ", "date": { "edtf": "1900" } }],
        });
        assert_eq!(Bson::Document(said), bson_of(&expected));
    }

    #[test]
    fn nations_are_called_by_slug_codes_and_names() {
        let called = called_by(Kind::Nation);
        for field in ["slug", "isoAlpha2", "isoAlpha3", "name", "officialName"] {
            assert!(called.contains(&field), "{called:?}");
        }
        assert_eq!(called_by(Kind::Claim), ["code"]);
    }
}
