//! An export is read back to the same documents: random ones of every kind that the declarations allow, in every format.

use std::fs;
use std::path::{Path, PathBuf};

use menagerie::domain::id::Kind;
use menagerie::domain::text::tidied;
use menagerie::store::collections;
use menagerie::store::write::Prepared;
use menagerie::transfer::FileFormat;
use menagerie::transfer::export::export_file;
use mongodb::bson::{Bson, Document};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value as Json, json};

use super::{counts, documents, good};
use crate::support::{TestApp, insert_new};

/// How many random worlds are made, and how many documents of each kind are in one.
const WORLDS: u64 = 8;
const EACH: usize = 6;

const DATES: [&str; 8] = [
    "1986",
    "1986-04-12",
    "198X",
    "1986~",
    "1986?/1990",
    "../1990",
    "1990/",
    "-0044-03-15",
];
/// What texts are made of: what tables, JSON and spreadsheets could take for something else.
const PARTS: [&str; 20] = [
    "a", ",", "\"", "\n", "\r\n", "\r", " ", "=", "+", "-", "@", "·", "é", "熊", "🐻", "ß", "\\", "{}", "null", ";",
];

/// Makes documents.
pub(super) struct Making {
    random: ChaCha8Rng,
    made: usize,
}

impl Making {
    /// All documents of a world: they refer to each other, also in circles.
    pub(super) fn world(seed: u64) -> Vec<(Kind, Json)> {
        let random = ChaCha8Rng::seed_from_u64(seed);
        let mut making = Self { random, made: 0 };
        let mut documents = Vec::new();
        for kind in Kind::ALL {
            let schema = &collections::of(kind).expect("it is declared").input_schema;
            for number in 0..EACH {
                making.made += 1;
                let mut document = making.object(schema);
                document.insert("_id".to_owned(), json!(format!("{}_p{number}", kind.prefix())));
                documents.push((kind, Json::Object(document)));
            }
        }
        // A contradiction is seen from both sides.
        let claims: Vec<usize> = (0..documents.len())
            .filter(|at| documents[*at].0 == Kind::Claim)
            .collect();
        let named =
            |document: &Json, id: &Json| document["conflictsWith"].as_array().is_some_and(|ids| ids.contains(id));
        let before = documents.clone();
        for at in &claims {
            let id = before[*at].1["_id"].clone();
            let others = claims.iter().filter(|other| *other != at);
            let others: Vec<Json> = others
                .filter(|other| named(&before[**other].1, &id) || named(&before[*at].1, &before[**other].1["_id"]))
                .map(|other| before[*other].1["_id"].clone())
                .collect();
            documents[*at].1["conflictsWith"] = Json::Array(others);
            // And none rests on itself.
            let rests_on = documents[*at].1["dependsOn"].as_array_mut();
            rests_on.expect("a list").retain(|other| *other != id);
        }
        documents
    }

    fn object(&mut self, schema: &Document) -> Map<String, Json> {
        let required = schema.get_array("required").cloned().unwrap_or_default();
        let mut object = Map::new();
        for (name, schema) in schema.get_document("properties").into_iter().flatten() {
            if name == "_id" || !(required.contains(&Bson::String(name.clone())) || self.random.random_bool(0.5)) {
                continue;
            }
            let value = self.value(name, schema.as_document().expect("a schema"));
            object.insert(name.clone(), value);
        }
        // `check` would tell of gifts outside of it.
        if let Some(existed) = object.get_mut("existed") {
            existed["edtf"] = json!("-0500/..");
        }
        if let (Some(min), Some(max)) = (object.get("min").cloned(), object.get("max").cloned())
            && min.as_i64() > max.as_i64()
        {
            object.insert("min".to_owned(), max);
            object.insert("max".to_owned(), min);
        }
        object
    }

    fn value(&mut self, name: &str, schema: &Document) -> Json {
        if let Ok(words) = schema.get_array("enum") {
            return json!(self.pick(words).as_str().expect("a word"));
        }
        let types: Vec<&str> = match schema.get("bsonType") {
            Some(Bson::Array(types)) => types.iter().filter_map(Bson::as_str).collect(),
            Some(one) => one.as_str().into_iter().collect(),
            None => panic!("{schema}"),
        };
        let bound = |name: &str, none: i64| match schema.get(name) {
            Some(Bson::Int32(bound)) => i64::from(*bound),
            Some(Bson::Int64(bound)) => *bound,
            _ => none,
        };
        let (least, most) = (bound("minimum", -1_000), bound("maximum", 1_000));
        match types[0] {
            "object" => Json::Object(self.object(schema)),
            "array" => {
                let each = schema.get_document("items").expect("it says of what");
                let mut items = Vec::new();
                for _ in 0..self.random.random_range(0..=3) {
                    let item = self.value(name, each);
                    if !items.iter().any(|other| are_stored_alike(other, &item)) {
                        items.push(item);
                    }
                }
                Json::Array(items)
            }
            // As many digits as a number can have.
            _ if types.contains(&"double") => {
                json!(
                    least as f64
                        + (most - least) as f64 * f64::from(self.random.next_u32()) / f64::from(u32::MAX) / 1.000_000_1
                )
            }
            "int" => match self.random.random_range(0..4) {
                0 => json!(least),
                1 => json!(most),
                _ => json!(self.random.random_range(least..=most.min(least + 500))),
            },
            "bool" => json!(self.random.random_bool(0.5)),
            "string" => json!(self.text(name, schema)),
            other => panic!("{other} in {name}"),
        }
    }

    fn text(&mut self, name: &str, schema: &Document) -> String {
        let pattern = schema.get_str("pattern").unwrap_or_default();
        let number = self.made;
        let letter = |number: usize| char::from(b'A' + u8::try_from(number % 26).expect("a letter"));
        let of = Kind::ALL
            .into_iter()
            .find(|kind| pattern.starts_with(&format!("^{}_", kind.prefix())));
        match (name, pattern) {
            ("edtf", _) => (*self.pick(&DATES)).to_owned(),
            ("slug", _) => format!("p{number}-{}", self.random.random_range(0..10)),
            (_, "^[0-9]{3}$") => format!("{number:03}"),
            (_, "^[A-Z]{2}$") => [letter(number / 26), letter(number)].iter().collect(),
            (_, "^[A-Z]{2}(?:[A-Z]{2})?$") => [letter(number / 26), letter(self.random.random_range(0..26))]
                .iter()
                .collect(),
            (_, "^[A-Z]{4}$") => ['X', 'X', letter(number / 26), letter(number)].iter().collect(),
            ("language", _) => (*self.pick(&["ru", "zh", "fr"])).to_owned(),
            (_, "^[A-Z]{3}$") => ['X', letter(number / 26), letter(number)].iter().collect(),
            (_, "^[0-9a-f]{64}$") => format!("{number:064x}"),
            (_, pattern) if pattern.starts_with("^https?://") => {
                format!("https://{}", self.free(60).replace(['\r', '\n'], ""))
            }
            (_, "") => self.free(60),
            // Ids, of one kind or of any of some.
            (_, pattern) => {
                assert!(
                    pattern.contains('_'),
                    "{name}: add a text of the pattern {pattern} above"
                );
                let kind = of.unwrap_or_else(|| *self.pick(&Kind::ALL));
                format!("{}_p{}", kind.prefix(), self.random.random_range(0..EACH))
            }
        }
    }

    /// A text that is not empty.
    fn free(&mut self, most: usize) -> String {
        let parts = self.random.random_range(1..8);
        let text: String = (0..parts).map(|_| *self.pick(&PARTS)).collect();
        let text: String = text.chars().take(most).collect();
        // A cell of blanks is an empty one.
        if text.trim().is_empty() { text + "a" } else { text }
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.random.random_range(0..from.len())]
    }
}

pub(super) async fn fill(app: &TestApp, world: &[(Kind, Json)]) {
    for kind in Kind::ALL {
        let rows = world.iter().filter(|(of, _)| *of == kind);
        let rows = rows.map(|(_, json)| {
            Prepared::from_json(kind, json).unwrap_or_else(|problems| panic!("{json:#}: {problems:?}"))
        });
        let new = insert_new(&app.store, rows.collect()).await.expect("they are written");
        assert_eq!(new, EACH as u64);
    }
}

/// A file of each collection.
pub(super) async fn exported(app: &TestApp, folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for kind in Kind::ALL {
        let path = folder.join(format!("{}.{ending}", kind.collection()));
        let format = FileFormat::named(ending).expect("a format");
        export_file(&app.store, kind, format, &path, &mut |_| {})
            .await
            .expect("it is written");
        files.push(path);
    }
    files
}

/// Whether two values are the same once their texts are in order.
fn are_stored_alike(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::String(one), Json::String(other)) => tidied(one) == tidied(other),
        (Json::Object(one), Json::Object(other)) => {
            let alike = |(name, value): (&String, &Json)| other.get(name).is_some_and(|it| are_stored_alike(value, it));
            one.len() == other.len() && one.iter().all(alike)
        }
        _ => one == other,
    }
}

#[tokio::test]
async fn random_documents_of_every_kind_come_back_from_every_format() {
    let (app, other) = (TestApp::empty().await, TestApp::empty().await);
    let folder = tempfile::tempdir().expect("a folder");
    for seed in 0..WORLDS {
        app.store.clear().await.expect("it is emptied");
        fill(&app, &Making::world(seed)).await;
        let expected = documents(&app).await;
        for format in ["csv", "ndjson"] {
            other.store.clear().await.expect("it is emptied");
            let files = exported(&app, folder.path(), format).await;
            let texts: Vec<String> = files
                .iter()
                .map(|file| fs::read_to_string(file).expect("it is there"))
                .collect();
            let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
            let report = good(&other, &files).await;
            assert_eq!(
                counts(&report),
                [expected.len() as u64, 0, 0, 0],
                "world {seed}, {format}"
            );
            let found = documents(&other).await;
            for (place, document) in &expected {
                assert_eq!(found.get(place), Some(document), "world {seed}, {format}");
            }
            assert_eq!(found.len(), expected.len());
            if format == "csv" {
                let again = exported(&other, folder.path(), format).await;
                let again = again.iter().map(|file| fs::read_to_string(file).expect("it is there"));
                assert!(again.eq(texts), "world {seed}: it is written the same again");
            }
        }
    }
    other.is_whole().await;
}

#[tokio::test]
async fn the_exports_over_http_are_read_back_too() {
    let app = TestApp::with(&["article", "history"]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let mut files = Vec::new();
    for kind in Kind::ALL {
        let name = format!("{}.ndjson", kind.collection());
        let (status, _, text) = app.get(&format!("/export/{name}")).await;
        assert_eq!(status, 200, "{text}");
        let path = folder.path().join(name);
        fs::write(&path, text).expect("it is written");
        files.push(path);
    }
    let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let other = TestApp::empty().await;
    good(&other, &files).await;
    let (theirs, ours) = (documents(&other).await, documents(&app).await);
    for (id, document) in &ours {
        assert_eq!(theirs.get(id), Some(document), "{id}");
    }
    assert_eq!(theirs.len(), ours.len());
    assert_eq!(
        good(&app, &files).await.unchanged,
        documents(&app).await.len() as u64,
        "to the server itself they say nothing new"
    );
}

#[tokio::test]
async fn an_export_that_fails_leaves_the_file_as_it_was() {
    let app = TestApp::with(&["article"]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("gifts.csv");
    fs::write(&path, "before").expect("it is written");
    // A server that is not there.
    let options = menagerie::store::Options {
        uri: "mongodb://127.0.0.1:1/".to_owned(),
        ..app.options.clone()
    };
    let nowhere = menagerie::store::Store::connect(&options)
        .await
        .expect("nothing is sent yet");
    let outcome = export_file(&nowhere, Kind::Gift, FileFormat::Csv, &path, &mut |_| {}).await;
    let error = outcome.expect_err("no database").to_string();
    assert!(error.ends_with("; no file was written"), "{error}");
    assert_eq!(fs::read_to_string(&path).expect("it is there"), "before");
    assert_eq!(
        fs::read_dir(folder.path()).expect("a folder").count(),
        1,
        "nothing is left beside it"
    );
}
