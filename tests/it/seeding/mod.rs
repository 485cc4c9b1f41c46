//! Seeding: what is written, what is left alone, what is refused.
//!
//! Here stand a small set to play with and a picture of a whole database; the files beside this one hold the tests.

mod again; // a second run; edited and deleted documents; sets that change; dry runs
mod properties;
mod refused; // bad files, bad references, values that another document has
mod together; // all or nothing; two at once // random JSON never panics; the order of fields does not matter

use std::collections::BTreeMap;
use std::path::Path;

use futures_util::TryStreamExt;
use menagerie::seed::LoadError;
use menagerie::seed::load::{LoadReport, Options, load};
use mongodb::bson::{Document, doc};
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::support::TestApp;

/// A set in a folder of its own, gone when it is dropped.
pub struct Folder {
    folder: TempDir,
    files: BTreeMap<String, Json>,
}

impl Folder {
    /// A set that is right: two nations, an animal, an event, a gift, and two claims that contradict each other.
    pub fn good() -> Self {
        let files = json!({
            "sources.json": [{
                "_id": "source_test", "title": "A source for tests", "kind": "DATASET",
                "published": { "edtf": "2020-05" }, "url": "https://example.org/gifts", "sha256": "0".repeat(64),
            }],
            "nations.json": [
                {
                    "_id": "nation_arcadia", "slug": "arcadia", "name": "Arcadia", "officialName": "Realm of Arcadia",
                    "isoAlpha2": "XA", "isoAlpha3": "XAA", "m49": "901", "region": "Europe",
                    "capital": { "name": "Lykosoura", "location": { "lon": 22.5, "lat": 37 } },
                    "existed": { "edtf": "1000/1500" },
                },
                { "_id": "nation_laputa", "slug": "laputa", "name": "Laputa", "officialName": "Island of Laputa" },
            ],
            "animals.json": [{
                "_id": "animal_okapi", "slug": "okapi", "commonName": "okapi", "rank": "SPECIES",
                "taxonomy": { "class": "Mammalia", "order": "Artiodactyla", "family": "Giraffidae" },
                "conservation": { "category": "EN", "year": 2015 }, "nativeTo": ["CD"],
            }],
            "events.json": [{
                "_id": "event_visit", "slug": "visit", "title": "A visit", "kind": "SUMMIT", "date": { "edtf": "1400-03-01" },
                "nations": [{ "nation": "nation_arcadia", "role": "HOST" }], "people": [{ "name": "A guest" }],
                "summary": "Made up for tests.", "place": { "name": "The palace", "kind": "PALACE" },
            }],
            "gifts.json": [{
                "_id": "gift_okapi", "slug": "okapi-gift", "title": "An okapi", "giver": "nation_arcadia",
                "recipient": "nation_laputa", "mode": "GIFT", "status": "DELIVERED",
                "statusHistory": [{ "status": "DELIVERED", "note": "It arrived.", "claim": "claim_test-T1" }],
                "items": [{
                    "animal": "animal_okapi", "count": { "min": 2, "max": 3 }, "otherReadings": [], "attributes": [],
                    "names": ["Otto"],
                }],
                "total": { "min": 2, "phrase": "at least two" }, "date": { "edtf": "1400", "inferred": ["YEAR"] },
                "event": "event_visit", "inferred": ["recipient"],
            }],
            "claims.json": [claim("T1", "T2"), claim("T2", "T1")],
        });
        let Json::Object(files) = files else { unreachable!() };
        let set = Self {
            folder: tempfile::tempdir().expect("a folder"),
            files: files.into_iter().collect(),
        };
        set.files.keys().for_each(|file| set.save(file));
        set
    }

    /// Its name on the command line.
    pub fn name(&self) -> String {
        self.path().display().to_string()
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Changes the value at a JSON pointer, or adds it, or takes it out (`None`), and writes the file.
    pub fn set(&mut self, file: &str, pointer: &str, value: Option<Json>) {
        let (parent, last) = pointer.rsplit_once('/').expect("a pointer has a slash");
        let parent = self.files.get_mut(file).and_then(|json| json.pointer_mut(parent));
        match (parent.expect("the pointer leads somewhere"), value) {
            (Json::Object(fields), Some(value)) => drop(fields.insert(last.to_owned(), value)),
            (Json::Object(fields), None) => drop(fields.shift_remove(last)),
            (Json::Array(items), Some(value)) if last == "-" => items.push(value),
            (Json::Array(items), Some(value)) => items[last.parse::<usize>().expect("a place")] = value,
            (parent, _) => panic!("nothing to set in {parent}"),
        }
        self.save(file);
    }

    fn save(&self, file: &str) {
        std::fs::write(self.path().join(file), self.files[file].to_string()).expect("the file is written");
    }
}

fn claim(code: &str, other: &str) -> Json {
    json!({
        "_id": format!("claim_test-{code}"), "code": code, "source": "source_test",
        "locator": { "paragraph": 1, "sentence": 1 }, "statement": format!("What {code} says."), "certainty": "REPORTED",
        "attributions": [{ "to": "source_test", "scope": "CLEAR" }], "about": ["gift_okapi"],
        "conflictsWith": [format!("claim_test-{other}")], "dependsOn": [],
    })
}

/// How sets are loaded in most tests.
pub const PLAINLY: Options = Options {
    reset: false,
    dry_run: false,
};
pub const WITH_RESET: Options = Options {
    reset: true,
    dry_run: false,
};
pub const DRY: Options = Options {
    reset: false,
    dry_run: true,
};

/// Loads sets that must be right.
pub async fn loaded(app: &TestApp, names: &[&str], options: Options) -> Vec<LoadReport> {
    try_load(app, names, options).await.expect("the sets load")
}

pub async fn try_load(app: &TestApp, names: &[&str], options: Options) -> Result<Vec<LoadReport>, LoadError> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    load(&app.store, &names, options).await
}

/// Everything in the database, bookkeeping and all, by collection and id; not by which version it was derived.
pub async fn contents(app: &TestApp) -> BTreeMap<String, Document> {
    let database = app.raw().await;
    let mut found = BTreeMap::new();
    for name in database.list_collection_names().await.expect("the collections") {
        // By which version something was derived is no content, and neither is the heartbeat of the feed.
        if name == "derived" || name == "marks" {
            continue;
        }
        let rows = database.collection::<Document>(&name).find(doc! {}).await;
        let rows: Vec<Document> = rows.expect("a cursor").try_collect().await.expect("documents");
        for row in rows {
            found.insert(format!("{name}/{}", row.get("_id").expect("an id")), row);
        }
    }
    found
}

/// One document as it is stored.
pub async fn stored(app: &TestApp, collection: &str, id: &str) -> Option<Document> {
    let collection = app.raw().await.collection::<Document>(collection);
    collection.find_one(doc! { "_id": id }).await.expect("an answer")
}

/// Changes a stored document behind the program's back.
pub async fn edit(app: &TestApp, collection: &str, id: &str, update: Document) {
    let collection = app.raw().await.collection::<Document>(collection);
    let outcome = collection
        .update_one(doc! { "_id": id }, update)
        .bypass_document_validation(true)
        .await;
    assert_eq!(outcome.expect("an answer").modified_count, 1, "{id}");
}

/// Deletes a stored document behind the program's back.
pub async fn delete(app: &TestApp, collection: &str, id: &str) {
    let collection = app.raw().await.collection::<Document>(collection);
    let outcome = collection.delete_one(doc! { "_id": id }).await.expect("an answer");
    assert_eq!(outcome.deleted_count, 1, "{id}");
}
